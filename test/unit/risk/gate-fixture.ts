import { type HoldfastError } from '../../../src-main/errors.ts';
import type { BookView } from '../../../src-main/exchanges/exchange.ts';
import { dec } from '../../../src-main/market/decimal.ts';
import { OrderRate } from '../../../src-main/risk/order-rate.ts';
import { RiskGate } from '../../../src-main/risk/risk-gate.ts';
import type { RiskGateParts } from '../../../src-main/risk/risk-gate.ts';
import { NO_LIMITS, tighter } from '../../../src-main/risk/risk-limits.ts';
import type { AccountSession } from '../../../src-main/trading/account-sessions.ts';
import { orderOf } from '../../../src-main/trading/order-draft.ts';
import type { GatedIntent } from '../../../src-main/trading/order-gate.ts';
import type { RiskLimits } from '../../../src-preload/contract/types/risk.ts';
import type { Order, OrderDraft, Position } from '../../../src-preload/contract/types/trading.ts';
import { BTC_PERPETUAL, draft } from '../../support/markets.ts';
import { fakeAccount } from '../../support/trading-account.ts';
import { ACCOUNT } from '../trading/desk-fixture.ts';

export const NOW = 1_000_000;
export const PERP = { symbol: 'BTC/USDT:USDT' } as const;
export const book = (over: Partial<BookView> = {}): BookView => ({
  venue: 'practice',
  symbol: PERP.symbol,
  bids: [
    ['59990', '1'],
    ['58000', '100'],
  ],
  asks: [
    ['60010', '1'],
    ['62000', '100'],
  ],
  state: 'live',
  time: NOW,
  receivedAt: NOW,
  sequence: null,
  ...over,
});
export const position = (over: Partial<Position> = {}): Position => ({
  venue: 'practice',
  accountId: 'practice',
  symbol: PERP.symbol,
  side: 'long',
  positionSide: 'net',
  quantity: '1',
  entryPrice: '60000',
  markPrice: '60000',
  liquidationPrice: null,
  leverage: '10',
  marginMode: 'cross',
  margin: '6000',
  unrealizedPnl: '0',
  realizedPnl: '0',
  settle: 'USDT',
  updatedAt: NOW,
  ...over,
});

export interface World {
  limits?: Partial<RiskLimits>;
  equity?: string | null;
  realized?: string | null;
  positions?: readonly Position[];
  open?: readonly Order[];
  venueBook?: () => Promise<BookView>;
  over?: Partial<RiskGateParts>;
}

export function gate({
  limits = {},
  equity = '100000',
  realized = '0',
  positions = [],
  open = [],
  over = {},
  venueBook,
}: World = {}) {
  const session = {
    account: ACCOUNT,
    trading: fakeAccount(),
    exchange: { market: { book: venueBook ?? (() => Promise.reject(new Error('no book'))) } },
    balances: [],
    positions,
    state: 'live',
    stateReason: null,
    asOf: NOW,
  } as unknown as AccountSession;
  const rate = new OrderRate({ monotonic: () => 0, now: () => NOW });
  const made = new RiskGate({
    limits: { effective: () => Promise.resolve(tighter(NO_LIMITS, { ...NO_LIMITS, ...limits })) },
    killSwitch: {
      load: () => Promise.resolve({ engaged: false, engagedAt: null, flatten: false }),
      pass: () => false,
      isClosing: false,
    },
    session: () => session,
    openOrders: () => open,
    usd: {
      priceOf: (_venue, asset) => (asset === 'USDT' ? dec('1') : null),
      equityOf: () => (equity === null ? null : dec(equity)),
    },
    dailyLoss: { realizedToday: () => Promise.resolve(realized === null ? null : dec(realized)) },
    rate,
    unseen: { on: () => dec('0') },
    reference: () => Promise.resolve('60000'),
    book: () => Promise.resolve(book()),
    preview: () => Promise.reject(new Error('no preview')),
    clock: () => NOW,
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    ...over,
  });
  const intent = (wish: Partial<OrderDraft> = {}, more: Partial<GatedIntent> = {}): GatedIntent => ({
    account: ACCOUNT,
    draft: draft({ ...PERP, ...wish }),
    instrument: BTC_PERPETUAL,
    kind: 'place',
    order: null,
    pending: [],
    ...more,
  });
  const check = (wish?: Partial<OrderDraft>, more?: Partial<GatedIntent>): Promise<string | null> =>
    made.check(intent(wish, more)).then(
      () => null,
      (error: HoldfastError) => error.code,
    );
  const refusal = (wish?: Partial<OrderDraft>, more?: Partial<GatedIntent>): Promise<HoldfastError> =>
    made.check(intent(wish, more)).then(
      () => Promise.reject(new Error('it passed')),
      (error: HoldfastError) => error,
    );
  return { made, rate, check, refusal };
}

export const MARKET = { type: 'market', price: undefined, timeInForce: 'IOC' } as const;
export const working = (wish: Partial<OrderDraft>, over: Partial<Order> = {}): Order => ({
  ...orderOf(draft({ ...PERP, ...wish }), { venue: 'practice', symbol: PERP.symbol }, '7', NOW),
  state: 'working',
  ...over,
});
