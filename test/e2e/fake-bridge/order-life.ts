/** Timelines and reconciliation reports of the fake bridge. */
import type {
  Order,
  OrderTimeline,
  ReconciliationReport,
} from '../../../src-preload/contract/types/trading.ts';
import { BYBIT_ACCOUNT, PRACTICE_ACCOUNT } from './accounts.ts';
import type { FakeState } from './fake-state.ts';

const MINUTE = 60_000;

/** A limit order that was amended once, filled in two parts and looked up after a lost connection. */
export function timelineOf(state: FakeState, of: Order): OrderTimeline {
  const at = of.createdAt;
  const event = (
    after: number,
    kind: OrderTimeline['events'][number]['kind'],
    detail: string | null = null,
    became: Order['state'] | null = null,
  ): OrderTimeline['events'][number] => ({ time: at + after, kind, state: became, detail });
  const events = [
    event(0, 'intent', `${of.side} ${of.quantity ?? ''} at ${of.price ?? 'the market'}`),
    event(1, 'checked', 'All limits kept.'),
    event(4, 'journaled'),
    event(5, 'sent', null, 'sending'),
  ];
  const lost = of.state === 'unknown' || of.state === 'needsYou';
  const rest = lost
    ? [
        event(10_005, 'state', 'The answer never came.', 'unknown'),
        event(10_612, 'lookedUp', 'Not among the open orders; the history did not answer.'),
        event(14_820, 'lookedUp', 'The venue did not answer within 10 s.'),
      ]
    : [
        event(18, 'acknowledged', `Order ${of.venueOrderId ?? ''}`, 'working'),
        event(41_230, 'amending', 'Price 60118.0 to 60120.4'),
        event(41_249, 'amended'),
        event(92_400, 'reconciled', 'After a lost connection: unchanged.'),
        event(118_911, 'fill', '0.008 at 60120.4, maker', 'partiallyFilled'),
        event(133_070, 'fill', '0.007 at 60120.4, maker', 'filled'),
      ];
  return {
    order: of,
    events: [...events, ...rest],
    requests: state.flags.includes('oldTimeline') ? [3, 4] : [1283, 1282, 1280],
    toSent: 5,
    toAcknowledged: lost ? null : 18,
    toFirstFill: lost ? null : 118_911,
    toDone: lost ? null : 133_070,
  };
}

export const reconciliations = (state: FakeState): readonly ReconciliationReport[] => [
  {
    accountId: PRACTICE_ACCOUNT,
    startedAt: state.now - 3 * MINUTE,
    endedAt: state.now - 3 * MINUTE + 14,
    trigger: 'periodic',
    outcome: 'equal',
    error: null,
    differences: [],
  },
  {
    accountId: BYBIT_ACCOUNT,
    startedAt: state.now - 12 * MINUTE,
    endedAt: state.now - 12 * MINUTE + 1_840,
    trigger: 'reconnect',
    outcome: 'adopted',
    error: null,
    differences: [
      {
        subject: 'order',
        symbol: 'BTC/USDT:USDT',
        name: 'venue-fake-6',
        cause: 'placedElsewhere',
        ours: null,
        theirs: '0.120 sell, waits for 58900.0',
      },
      {
        subject: 'fill',
        symbol: 'BTC/USDT:USDT',
        name: 'fill-fake-3',
        cause: 'missedFill',
        ours: null,
        theirs: '0.012 at 60065.2',
      },
      {
        subject: 'position',
        symbol: 'BTC/USDT:USDT',
        name: 'long',
        cause: 'missedFill',
        ours: '0.108',
        theirs: '0.120',
      },
      {
        subject: 'balance',
        symbol: null,
        name: 'BTC',
        cause: 'feeInCoin',
        ours: '0.40120000',
        theirs: '0.40119280',
      },
      { subject: 'balance', symbol: null, name: 'XRP', cause: 'unexplained', ours: '812.4', theirs: '800.1' },
    ],
  },
  {
    accountId: BYBIT_ACCOUNT,
    startedAt: state.now - 47 * MINUTE,
    endedAt: state.now - 47 * MINUTE + 610,
    trigger: 'wake',
    outcome: 'adopted',
    error: null,
    differences: [
      {
        subject: 'order',
        symbol: 'BTC/USDT:USDT',
        name: '28723238952256',
        cause: 'endedMeanwhile',
        ours: 'working',
        theirs: 'cancelled',
      },
    ],
  },
  {
    accountId: BYBIT_ACCOUNT,
    startedAt: state.now - 62 * MINUTE,
    endedAt: state.now - 62 * MINUTE + 10_020,
    trigger: 'reconnect',
    outcome: 'failed',
    error: 'The venue did not answer within 10 s.',
    differences: [],
  },
  {
    accountId: BYBIT_ACCOUNT,
    startedAt: state.now - 190 * MINUTE,
    endedAt: state.now - 190 * MINUTE + 720,
    trigger: 'start',
    outcome: 'equal',
    error: null,
    differences: [],
  },
];
