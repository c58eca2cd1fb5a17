import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
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

const NOW = 1_000_000;
const PERP = { symbol: 'BTC/USDT:USDT' } as const;
const book = (over: Partial<BookView> = {}): BookView => ({
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
const position = (over: Partial<Position> = {}): Position => ({
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

interface World {
  limits?: Partial<RiskLimits>;
  equity?: string | null;
  realized?: string | null;
  positions?: readonly Position[];
  open?: readonly Order[];
  venueBook?: () => Promise<BookView>;
  over?: Partial<RiskGateParts>;
}

function gate({
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
  const refusal = (wish?: Partial<OrderDraft>): Promise<HoldfastError> =>
    made.check(intent(wish)).then(
      () => Promise.reject(new Error('it passed')),
      (error: HoldfastError) => error,
    );
  return { made, rate, check, refusal };
}

const MARKET = { type: 'market', price: undefined, timeInForce: 'IOC' } as const;
const working = (wish: Partial<OrderDraft>, over: Partial<Order> = {}): Order => ({
  ...orderOf(draft({ ...PERP, ...wish }), { venue: 'practice', symbol: PERP.symbol }, '7', NOW),
  state: 'working',
  ...over,
});

describe('the largest order', () => {
  const limits = { maxOrderNotional: '1000' };
  it('is measured where a sell trades: at the market, not at its limit far below', async () => {
    expect(await gate({ limits }).check({ side: 'sell', price: '100', quantity: '0.02' })).toBe(
      'risk.maxOrderNotional',
    );
    expect(await gate({ limits }).check({ side: 'sell', price: '100', quantity: '0.016' })).toBeNull();
  });
  it('refuses what it cannot measure', async () => {
    const reference = () => Promise.resolve(null);
    expect(await gate({ limits, over: { reference } }).check({ ...MARKET, quantity: '0.001' })).toBe(
      'risk.maxOrderNotional',
    );
    const usd = { priceOf: () => null, equityOf: () => null };
    expect(await gate({ limits, over: { usd } }).check({ quantity: '0.001' })).toBe('risk.maxOrderNotional');
  });
  it('says the nearest quantity that passes', async () => {
    const error = await gate({ limits }).refusal({ quantity: '1', price: '60000' });
    expect(error.details.problems).toMatchObject([{ field: 'quantity', nearest: '0.0166' }]);
    expect(error.message).toBe(
      'The largest order is limited to 1000 USD (the limits of this account); this one is worth 60000 USD.',
    );
  });
});

describe('an option that is written', () => {
  const instrument = { ...BTC_PERPETUAL, kind: 'option' } as const;
  const usd = {
    priceOf: (_venue: string, asset: string) => dec(asset === 'BTC' ? '60000' : '1'),
    equityOf: () => dec('100000'),
  };
  const over = { usd, reference: () => Promise.resolve('50') };
  const write = { side: 'sell', price: '50', quantity: '0.1' } as const;
  it('counts by the coin behind it: for little money, much can be lost', async () => {
    const made = gate({ limits: { maxOrderNotional: '1000' }, over });
    expect(await made.check(write, { instrument })).toBe('risk.maxOrderNotional');
    expect(await made.check({ ...write, quantity: '0.01' }, { instrument })).toBeNull();
    const share = gate({ limits: { maxPositionShare: '0.5' }, over });
    expect(await share.check({ ...write, quantity: '0.9' }, { instrument })).toBe('risk.maxPositionShare');
  });
  it('counts by its premium where it is bought, or sold out of a position', async () => {
    const limits = { maxOrderNotional: '1000' };
    expect(await gate({ limits, over }).check({ ...write, side: 'buy' }, { instrument })).toBeNull();
    const positions = [position({ quantity: '0.1' })];
    expect(await gate({ limits, positions, over }).check(write, { instrument })).toBeNull();
  });
});

describe('the share of the equity', () => {
  const limits = { maxPositionShare: '0.5' };
  it('counts the position, open orders and pending ones on the same side', async () => {
    const wish = { quantity: '0.3', price: '60000' };
    expect(await gate({ limits }).check(wish)).toBeNull();
    expect(await gate({ limits, positions: [position({ quantity: '0.6' })] }).check(wish)).toBe(
      'risk.maxPositionShare',
    );
    expect(await gate({ limits, open: [working({ quantity: '0.6' })] }).check(wish)).toBe(
      'risk.maxPositionShare',
    );
    const pending = [working({ quantity: '0.6' }, { state: 'sending' })];
    expect(await gate({ limits }).check(wish, { pending })).toBe('risk.maxPositionShare');
    // What is left of a partly filled order is what counts of it.
    const open = [working({ quantity: '0.6' }, { filledQuantity: '0.5', state: 'partiallyFilled' })];
    expect(await gate({ limits, open }).check(wish)).toBeNull();
  });
  it('counts what filled and is in no position yet, and takes nothing for reducing that it has closed', async () => {
    const unseen = { on: () => dec('0.6') };
    expect(await gate({ limits, over: { unseen } }).check({ quantity: '0.3', price: '60000' })).toBe(
      'risk.maxPositionShare',
    );
    const positions = [position({ quantity: '1' })];
    const loss = { limits: { maxDailyLoss: '1' }, realized: '-5', positions, over: { unseen } };
    expect(await gate(loss).check({ ...MARKET, side: 'sell', quantity: '0.4' })).toBeNull();
    expect(await gate(loss).check({ ...MARKET, side: 'sell', quantity: '0.5' })).toBe('risk.maxDailyLoss');
  });
  it('refuses while the equity is not known, but never what reduces', async () => {
    expect(await gate({ limits, equity: null }).check()).toBe('risk.maxPositionShare');
    const positions = [position({ quantity: '10' })];
    const against = { ...MARKET, side: 'sell', quantity: '10' } as const;
    expect(await gate({ limits, equity: null, positions }).check(against)).toBeNull();
    expect(await gate({ limits, equity: null, positions }).check({ ...against, quantity: '10.1' })).toBe(
      'risk.maxPositionShare',
    );
    expect(await gate({ limits, equity: null }).check({ ...against, reduceOnly: true })).toBeNull();
  });
  it('does not take two orders for reducing that together turn the position round', async () => {
    const positions = [position({ quantity: '1' })];
    const open = [working({ side: 'sell', quantity: '0.6', price: '61000' })];
    const made = gate({ limits: { maxDailyLoss: '1' }, realized: '-5', positions, open });
    expect(await made.check({ ...MARKET, side: 'sell', quantity: '0.4' })).toBeNull();
    expect(await made.check({ ...MARKET, side: 'sell', quantity: '0.5' })).toBe('risk.maxDailyLoss');
  });
});

describe('the price band', () => {
  const limits = { priceBand: '0.01' };
  it('measures limit prices from the middle and says the nearest, on the tick', async () => {
    expect(await gate({ limits }).check({ price: '59500' })).toBeNull();
    const error = await gate({ limits }).refusal({ price: '59000' });
    expect(error).toMatchObject({
      code: 'risk.priceBand',
      details: { problems: [{ field: 'price', nearest: '59400' }] },
    });
  });
  it('measures market orders by the worst price that they take, and refuses what the book does not hold', async () => {
    expect(await gate({ limits }).check({ ...MARKET, quantity: '1' })).toBeNull();
    expect(await gate({ limits }).check({ ...MARKET, quantity: '1.1' })).toBe('risk.priceBand');
    expect(await gate({ limits }).check({ ...MARKET, quantity: '1000' })).toBe('risk.priceBand');
  });
  it('asks the venue when the streamed book is old, and refuses when that does not help', async () => {
    const old = { book: () => Promise.resolve(book({ receivedAt: NOW - 60_000 })) };
    expect(await gate({ limits, over: old }).check()).toBe('risk.priceBand');
    expect(await gate({ limits, over: old, venueBook: () => Promise.resolve(book()) }).check()).toBeNull();
    const stale = { book: () => Promise.resolve(book({ state: 'stale' })) };
    expect(await gate({ limits, over: stale }).check()).toBe('risk.priceBand');
  });
  it('takes a book from the future for stale: the clock was set back, and it may be hours old', async () => {
    const ahead = { book: () => Promise.resolve(book({ receivedAt: NOW + 1 })) };
    expect(await gate({ limits, over: ahead }).check()).toBe('risk.priceBand');
    expect(await gate({ limits, over: ahead, venueBook: () => Promise.resolve(book()) }).check()).toBeNull();
  });
  it('measures a waiting limit order from its trigger', async () => {
    const waits = { type: 'stopLimit', triggerPrice: '70000', price: '70100' } as const;
    expect(await gate({ limits }).check(waits)).toBeNull();
    expect(await gate({ limits }).check({ ...waits, price: '72000' })).toBe('risk.priceBand');
  });
});

describe('what surely makes a position smaller', () => {
  const limits: Partial<RiskLimits> = {
    allowedMarkets: ['ETH/USDT'],
    maxOrdersPerMinute: 1,
    maxOrderNotional: '1000',
    maxPositionShare: '0.01',
    priceBand: '0.01',
    maxDailyLoss: '1',
    maxOpenOrders: 1,
  };
  const positions = [position({ quantity: '10' })];
  const over = { book: () => Promise.resolve(book({ state: 'stale' })) };
  const burst = (world: World = {}) => {
    const made = gate({ limits, positions, equity: null, realized: null, ...world });
    made.made.sent('practice');
    return made;
  };
  const close = { ...MARKET, side: 'sell', reduceOnly: true, quantity: '10' } as const;

  it('closes at the market whatever is limited: list, rate, size, band without a book, loss', async () => {
    expect(await burst({ over }).check(close)).toBeNull();
    expect(await burst({ over }).check({ ...close, quantity: '0.1' })).toBeNull();
    const short = [position({ side: 'short', quantity: '10' })];
    expect(await burst({ over, positions: short }).check({ ...close, side: 'buy' })).toBeNull();
  });
  it('is not more than the position, nor on its own side, nor without the venue’s word for it', async () => {
    expect(await burst({ over }).check({ ...close, quantity: '10.0001' })).toBe('risk.allowedMarkets');
    expect(await burst({ over }).check({ ...close, side: 'buy' })).toBe('risk.allowedMarkets');
    expect(await burst({ over }).check({ ...close, reduceOnly: false })).toBe('risk.allowedMarkets');
    expect(await burst({ over, positions: [] }).check(close)).toBe('risk.allowedMarkets');
    const hedged = [position({ quantity: '10', positionSide: 'short' })];
    expect(await burst({ over, positions: hedged }).check(close)).toBe('risk.allowedMarkets');
  });
  it('keeps the price band and the count of open orders when it waits, and no other limit', async () => {
    const waits = { side: 'sell', reduceOnly: true, quantity: '10' } as const;
    expect(await burst().check({ ...waits, price: '60100' })).toBeNull();
    expect(await burst().check({ ...waits, price: '59000' })).toBe('risk.priceBand');
    expect(await burst({ over }).check({ ...waits, price: '60100' })).toBe('risk.priceBand');
    expect(await burst({ open: [working({ price: '1' })] }).check({ ...waits, price: '60100' })).toBe(
      'risk.maxOpenOrders',
    );
    expect(await burst().check({ ...waits, price: '60100', quantity: '11' })).toBe('risk.allowedMarkets');
    // What is filled of it already is gone from the position, too.
    const order = working({ ...waits, quantity: '11' }, { filledQuantity: '1' });
    const amend = { kind: 'amend', order } as const;
    expect(await burst().check({ ...waits, price: '60100', quantity: '11' }, amend)).toBeNull();
  });
});

describe('the other limits', () => {
  it('stop new risk after the loss of the day, also while that is not known', async () => {
    const limits = { maxDailyLoss: '100' };
    expect(await gate({ limits, realized: '-100' }).check()).toBeNull();
    expect(await gate({ limits, realized: '-100.01' }).check()).toBe('risk.maxDailyLoss');
    expect(await gate({ limits, realized: null }).check()).toBe('risk.maxDailyLoss');
  });
  it('count open orders for those that can rest only', async () => {
    const world = { limits: { maxOpenOrders: 1 }, open: [working({})] };
    expect(await gate(world).check()).toBe('risk.maxOpenOrders');
    expect(await gate(world).check(MARKET)).toBeNull();
    expect(await gate(world).check({}, { kind: 'amend', order: working({}) })).toBeNull();
  });
  it('count what was sent in any 60 seconds', async () => {
    const made = gate({ limits: { maxOrdersPerMinute: 2 } });
    made.rate.resume('practice', NOW - 60_000);
    made.made.sent('practice');
    expect(await made.check()).toBeNull();
    made.made.sent('practice');
    expect(await made.check()).toBe('risk.maxOrdersPerMinute');
  });
  it('allow an amendment that only takes quantity away, whatever the loss', async () => {
    const made = gate({ limits: { maxDailyLoss: '1' }, realized: '-5' });
    const order = working({ quantity: '0.5', price: '60000' });
    const amend = { kind: 'amend', order } as const;
    expect(await made.check({ quantity: '0.4', price: '60000' }, amend)).toBeNull();
    expect(await made.check({ quantity: '0.4', price: '60100' }, amend)).toBe('risk.maxDailyLoss');
    expect(await made.check({ quantity: '0.6', price: '60000' }, amend)).toBe('risk.maxDailyLoss');
  });
  it('do not hang on a venue that never answers', async () => {
    const after: RiskGateParts['after'] = (_ms, run) => {
      queueMicrotask(run);
      return () => undefined;
    };
    const never = () => new Promise<never>(() => undefined);
    const made = gate({ limits: { maxOrderNotional: '1' }, over: { after, reference: never } });
    expect(await made.check(MARKET)).toBe('risk.maxOrderNotional');
  });
  it('are refused as a whole while they cannot be read', async () => {
    const limits = {
      effective: () => Promise.reject(new HoldfastError('notAllowed', 'risk.unreadable', 'not readable')),
    };
    expect(await gate({ over: { limits } }).check({ ...MARKET, reduceOnly: true })).toBe('risk.unreadable');
  });
});
