import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import { dec } from '../../../src-main/market/decimal.ts';
import type { RiskGateParts } from '../../../src-main/risk/risk-gate.ts';
import type { RiskLimits } from '../../../src-preload/contract/types/risk.ts';
import { BTC_PERPETUAL } from '../../support/markets.ts';
import { MARKET, NOW, book, gate, position, working } from './gate-fixture.ts';
import type { World } from './gate-fixture.ts';

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
  it('counts an order that is being amended as large as it may become', async () => {
    const other = working({ quantity: '0.4' });
    const own = working({ quantity: '0.4' }, { clientOrderId: '8' });
    const amend = { kind: 'amend', order: own } as const;
    const wish = { quantity: '0.43', price: '60000' };
    expect(await gate({ limits, open: [other, own] }).check(wish, amend)).toBeNull();
    const pending = [{ ...other, quantity: '0.43' }];
    expect(await gate({ limits, open: [other, own] }).check(wish, { ...amend, pending })).toBe(
      'risk.maxPositionShare',
    );
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

describe('an option', () => {
  const { minNotional: _minimum, priceBand: _band, ...contract } = BTC_PERPETUAL;
  const symbol = 'BTC/USDT:USDT-261225-90000-C';
  const instrument = { ...contract, symbol, kind: 'option', lotSize: '0.01', minQuantity: '0.01' } as const;
  const usd = (btc: string | null) => ({
    priceOf: (_venue: string, asset: string) =>
      asset === 'USDT' ? dec('1') : btc === null ? null : dec(btc),
    equityOf: () => dec('100000'),
  });
  const world = (over: World = {}) =>
    gate({ ...over, over: { usd: usd('60000'), reference: () => Promise.resolve('5'), ...over.over } });
  const sell = { symbol, side: 'sell', price: '5', quantity: '100' } as const;

  it('that is written counts with the coins behind it, not with its premium', async () => {
    const limits = { maxOrderNotional: '100000' };
    expect(await world({ limits }).check(sell, { instrument })).toBe('risk.maxOrderNotional');
    expect(await world({ limits }).check({ ...sell, quantity: '1.66' }, { instrument })).toBeNull();
    expect(await world({ limits }).check({ ...sell, quantity: '1.67' }, { instrument })).toBe(
      'risk.maxOrderNotional',
    );
    const share = { maxPositionShare: '0.9' };
    expect(await world({ limits: share }).check({ ...sell, quantity: '1.5' }, { instrument })).toBeNull();
    expect(await world({ limits: share }).check({ ...sell, quantity: '1.51' }, { instrument })).toBe(
      'risk.maxPositionShare',
    );
  });
  it('that is bought, or sold by who owns it, counts with its premium', async () => {
    const limits = { maxOrderNotional: '500' };
    expect(await world({ limits }).check({ ...sell, side: 'buy' }, { instrument })).toBeNull();
    const positions = [position({ symbol, quantity: '100' })];
    expect(await world({ limits, positions }).check(sell, { instrument })).toBeNull();
    const fewer = [position({ symbol, quantity: '99.99' })];
    expect(await world({ limits, positions: fewer }).check(sell, { instrument })).toBe(
      'risk.maxOrderNotional',
    );
  });
  it('that is written where the price of the coin is not known is refused, with that reason', async () => {
    for (const limits of [{ maxOrderNotional: '100000' }, { maxPositionShare: '0.9' }]) {
      const made = world({ limits, over: { usd: usd(null) } });
      const refused = await made.refusal({ ...sell, quantity: '0.01' }, { instrument });
      expect(refused.message).toContain(
        'and the price of BTC, by which an option that is written is measured, is not known now.',
      );
    }
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
