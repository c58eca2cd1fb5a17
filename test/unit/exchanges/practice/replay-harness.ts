import type { BookLevel, OrderRequest, Side } from '../../../../src-main/exchanges/exchange.ts';
import { Ledger } from '../../../../src-main/exchanges/practice/accounts/ledger.ts';
import { parseAmount } from '../../../../src-main/exchanges/practice/amount.ts';
import { Desk } from '../../../../src-main/exchanges/practice/desk/desk.ts';
import { RiskKeeper } from '../../../../src-main/exchanges/practice/desk/risk-keeper.ts';
import { ReplayMarket } from '../../../../src-main/exchanges/practice/replay/replay-market.ts';
import type {
  RecordedEvent,
  RecordedInstrument,
  Recording,
} from '../../../../src-main/market/recording/recorded-event.ts';

export const SYMBOL = 'BTC/USDT';
export const START = Date.UTC(2026, 7, 9, 21, 26);

/** The world's clock is months after the record. */
const WALL = Date.UTC(2026, 10, 20);

export function recordedInstrument(
  has: Partial<RecordedInstrument['counts']>,
  over: Partial<RecordedInstrument> = {},
): RecordedInstrument {
  return {
    symbol: SYMBOL,
    nativeId: 'BTCUSDT',
    kind: 'spot',
    base: 'BTC',
    quote: 'USDT',
    tickSize: '1',
    lotSize: '0.001',
    counts: { bookSnapshot: 0, bookDelta: 0, trade: 0, ticker: 0, candle: 0, ...has },
    ...over,
  };
}

export const at = (ms: number) => ({ time: START + ms, symbol: SYMBOL });

export const book = (
  ms: number,
  kind: 'bookSnapshot' | 'bookDelta',
  bids: readonly BookLevel[],
  asks: readonly BookLevel[],
): RecordedEvent => ({ ...at(ms), kind, venueTime: START + ms, depth: 200, sequence: ms + 1, bids, asks });

let tradeIds = 0;
export const trade = (ms: number, price: string, quantity: string, side: Side): RecordedEvent => ({
  ...at(ms),
  kind: 'trade',
  trade: { id: `t${++tradeIds}`, price, quantity, side, time: START + ms },
});

export const minute = (
  index: number,
  [open, high, low, close]: readonly string[],
  volume: string,
): RecordedEvent => ({
  ...at((index + 1) * 60_000),
  kind: 'candle',
  interval: '1m',
  candle: {
    time: START + index * 60_000,
    open: open ?? '',
    high: high ?? '',
    low: low ?? '',
    close: close ?? '',
    volume,
    closed: true,
  },
});

/** One replayed market with a desk in front of it; tests feed it the record event by event. */
export function replayed(instrument: RecordedInstrument) {
  const ledger = new Ledger();
  let ids = 0;
  let clientIds = 0;
  const desk = new Desk({ ledger, clock: () => WALL, nextId: () => `n${++ids}` });
  const risk = new RiskKeeper(desk);
  const market = new ReplayMarket(instrument, desk.listener(instrument.symbol), () => WALL, START);
  desk.markets = new Map([[instrument.symbol, market]]);
  const account = desk.open('alice');
  account.book.add('USDT', parseAmount('10000000'));
  account.book.add('BTC', parseAmount('1000'));
  return {
    market,
    account,
    play: (...events: readonly RecordedEvent[]) => {
      for (const event of events) {
        market.apply(event);
        desk.operation(() => risk.moved(instrument.symbol));
      }
    },
    place: (over: Partial<OrderRequest>) =>
      desk.place(account, {
        symbol: instrument.symbol,
        side: 'buy',
        type: 'limit',
        quantity: '1',
        price: over.type === 'market' ? undefined : '100',
        timeInForce: 'GTC',
        postOnly: false,
        reduceOnly: false,
        positionSide: 'net',
        clientOrderId: `c${++clientIds}`,
        ...over,
      }),
    fills: () =>
      account.history.fills
        .values()
        .map(({ price, quantity, liquidity }) => ({ price, quantity, liquidity })),
    open: () => account.ordersOf(),
  };
}

/** A record in memory. `breakAfter`: reading fails there, as a damaged file does. */
export function memoryRecording(
  instruments: readonly RecordedInstrument[],
  events: readonly RecordedEvent[],
  breakAfter: { readonly count: number; readonly error: Error } | null = null,
): Recording {
  const times = events.map((event) => event.time);
  return {
    file: 'memory.jsonl',
    format: 'bybitCapture',
    describe: async () => ({
      format: 'bybitCapture',
      instruments,
      from: times[0] ?? 0,
      to: times.at(-1) ?? 0,
      counts: { bookSnapshot: 0, bookDelta: 0, trade: 0, ticker: 0, candle: 0 },
      oddities: { outOfOrder: 0, duplicates: 0, gaps: 0, ignored: 0, truncated: false },
    }),
    events: async function* () {
      for (const [index, event] of events.entries()) {
        if (breakAfter !== null && index === breakAfter.count) throw breakAfter.error;
        yield event;
      }
    },
  };
}
