import type { Health, VenueHealth } from '../../../src-preload/contract/types/app.ts';
import type { FakePart, FakeState } from './fake-state.ts';

const stream = (name: string, state: string, ageMs: number | null): VenueHealth['streams'][number] => ({
  name,
  state,
  ageMs,
});

const venue = (change: Partial<VenueHealth>): VenueHealth => ({
  venue: 'practice',
  state: 'live',
  latencyMs: 1,
  clockOffsetMs: 0,
  dataAgeMs: 80,
  budget: null,
  streams: [
    stream('book BTC/USDT', 'live', 80),
    stream('trades BTC/USDT', 'live', 1240),
    stream('ticker BTC/USDT', 'live', 80),
    stream('orders', 'live', null),
  ],
  nextAttemptAt: null,
  lastError: null,
  ...change,
});

const remarks = [
  'spot XYZUSDT was left out: Bybit sent something undocumented in instrument.spot.status.',
  'Fields that Holdfast does not know and leaves out: order.newField, ticker.linear.fresh.',
];

const bybit = venue({
  venue: 'bybit',
  latencyMs: 38,
  clockOffsetMs: -1240,
  budget: 0.92,
  remarks,
  streams: [
    stream('linear orderbook.50.BTCUSDT', 'live', 40),
    stream('linear publicTrade.BTCUSDT', 'stale', 21_400),
    stream('private', 'live', 1800),
    stream('trade', 'live', null),
    ...['ETH', 'SOL', 'XRP', 'DOGE', 'ADA', 'LINK', 'AVAX', 'LTC'].map((coin, at) =>
      stream(`linear tickers.${coin}USDT`, 'live', 120 + at * 35),
    ),
  ],
});

const bybitTestnet = venue({
  venue: 'bybit-testnet',
  latencyMs: 141,
  clockOffsetMs: -8,
  budget: 0.14,
  streams: [stream('spot orderbook.50.BTCUSDT', 'live', 310)],
});

const reconnecting = (state: FakeState): VenueHealth =>
  venue({
    venue: 'bitfinex',
    state: 'backingOff',
    latencyMs: null,
    clockOffsetMs: null,
    dataAgeMs: 9400,
    nextAttemptAt: state.now + 3000,
    lastError: 'The connection was closed by the venue (1006) while waiting for the heartbeat.',
    streams: [stream('book tBTCUSD', 'backingOff', 9400)],
  });

function venuesOf(state: FakeState): readonly VenueHealth[] {
  if (state.flags.includes('replay')) {
    const replay = {
      file: '/home/test/recordings/v5-linear-BTC-DOGE.jsonl',
      positionMs: 754_000,
      lengthMs: 3_600_000,
      speed: 10,
      ended: false,
    };
    return [venue({ replay })];
  }
  if (state.name === 'stale') {
    return [
      venue({ state: 'stale', dataAgeMs: 840_000, latencyMs: null, lastError: 'No message for 14 minutes.' }),
    ];
  }
  if (state.name === 'error') {
    return [
      venue({
        state: 'failed',
        latencyMs: null,
        dataAgeMs: null,
        lastError: 'The record could not be read.',
      }),
    ];
  }
  return state.name === 'empty' ? [venue({})] : [venue({}), bybit, bybitTestnet, reconnecting(state)];
}

export const health: FakePart = (state) => {
  const report = (): Health => ({ time: state.now, venues: venuesOf(state) });
  return {
    topics: {
      app: {
        health: (_params, emit) => {
          if (state.name !== 'loading') emit(report());
          return () => undefined;
        },
      },
    },
  };
};
