import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../../src-main/errors.ts';
import type { OrderRequest } from '../../../../src-main/exchanges/exchange.ts';
import { mustLiquidate, rawAvailable } from '../../../../src-main/exchanges/practice/accounts/margin.ts';
import { parseAmount } from '../../../../src-main/exchanges/practice/amount.ts';
import { setLeverage, setMarginMode } from '../../../../src-main/exchanges/practice/desk/modes.ts';
import { deskWithMarkets, PERP, SPOT } from './desk-harness.ts';

const OWNERS = ['alice', 'bob', 'carol'] as const;
const price = fc.integer({ min: 9_000, max: 11_000 });
const text = (ticks: number): string => (ticks / 100).toFixed(2);

const place = fc.record({
  kind: fc.constant('place' as const),
  owner: fc.constantFrom(...OWNERS),
  symbol: fc.constantFrom(SPOT, PERP),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  type: fc.constantFrom(
    'limit' as const,
    'limit' as const,
    'market' as const,
    'stopMarket' as const,
    'stopLimit' as const,
    'takeProfitLimit' as const,
  ),
  price,
  trigger: price,
  lots: fc.oneof(fc.integer({ min: 2, max: 4_000 }), fc.integer({ min: 2_000, max: 40_000 })),
  byAmount: fc.boolean(),
  reduceOnly: fc.constantFrom(false, false, false, true),
  timeInForce: fc.constantFrom(
    'GTC' as const,
    'GTC' as const,
    'GTC' as const,
    'IOC' as const,
    'FOK' as const,
  ),
});
const crowd = fc.record({
  kind: fc.constant('crowd' as const),
  symbol: fc.constantFrom(SPOT, PERP, PERP),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  price,
  lots: fc.integer({ min: 1, max: 20_000 }),
});
const other = fc.oneof(
  fc.record({
    kind: fc.constant('cancel' as const),
    owner: fc.constantFrom(...OWNERS),
    at: fc.nat({ max: 20 }),
  }),
  fc.record({
    kind: fc.constant('amend' as const),
    owner: fc.constantFrom(...OWNERS),
    at: fc.nat({ max: 20 }),
    lots: fc.integer({ min: 2, max: 30_000 }),
    price,
  }),
  fc.record({ kind: fc.constant('mark' as const), price: fc.integer({ min: 7_000, max: 13_000 }) }),
  fc.record({ kind: fc.constant('funding' as const), rate: fc.integer({ min: -300, max: 300 }) }),
  fc.record({
    kind: fc.constant('leverage' as const),
    owner: fc.constantFrom(...OWNERS),
    leverage: fc.constantFrom('1', '5', '25', '100'),
  }),
  fc.record({
    kind: fc.constant('mode' as const),
    owner: fc.constantFrom(...OWNERS),
    mode: fc.constantFrom('cross' as const, 'isolated' as const),
  }),
);
const steps = fc.array(
  fc.oneof({ weight: 4, arbitrary: place }, { weight: 2, arbitrary: other }, { weight: 3, arbitrary: crowd }),
  {
    minLength: 20,
    maxLength: 80,
    size: 'max',
  },
);
type Step = typeof steps extends fc.Arbitrary<(infer T)[]> ? T : never;
type Place = Extract<Step, { kind: 'place' }>;

function requestOf(step: Place, index: number): OrderRequest {
  const triggered = step.type !== 'limit' && step.type !== 'market';
  const market = step.type === 'market' || step.type === 'stopMarket';
  const amount = step.byAmount && step.type === 'market' && step.symbol === SPOT;
  return {
    symbol: step.symbol,
    side: step.side,
    type: step.type,
    ...(amount ? { quoteAmount: String(step.lots / 10) } : { quantity: String(step.lots / 1000) }),
    price: market ? undefined : text(step.price),
    triggerPrice: triggered ? text(step.trigger) : undefined,
    timeInForce: step.timeInForce,
    postOnly: false,
    reduceOnly: step.reduceOnly && step.symbol === PERP,
    positionSide: 'net',
    clientOrderId: `c${index}`,
  };
}

/** Accounts in the middle of a market: quotes on both sides, and enough leverage to be liquidated. */
function busyHouse(): ReturnType<typeof deskWithMarkets> {
  const house = deskWithMarkets(OWNERS);
  for (const owner of OWNERS) setLeverage(house.desk, house.account(owner), PERP, '25');
  for (const symbol of [SPOT, PERP]) {
    for (let step = 0; step < 10; step += 1) {
      house.crowd(symbol, 'buy', 9_990 - 50 * step, 3_000);
      house.crowd(symbol, 'sell', 10_010 + 50 * step, 3_000);
    }
  }
  return house;
}

/** Does one step; a refusal with a known kind is an answer like another. */
function act(house: ReturnType<typeof deskWithMarkets>, step: Step, index: number): void {
  const { desk } = house;
  try {
    switch (step.kind) {
      case 'place':
        desk.place(house.account(step.owner), requestOf(step, index));
        return;
      case 'cancel':
      case 'amend': {
        const account = house.account(step.owner);
        const orders = account.ordersOf();
        const record = orders[step.at % Math.max(1, orders.length)];
        if (record === undefined) return;
        const ref = {
          symbol: record.request.symbol,
          clientOrderId: record.request.clientOrderId,
          venueOrderId: null,
        };
        if (step.kind === 'cancel') desk.cancel(account, ref);
        else
          desk.amend(account, {
            ...ref,
            quantity: String(step.lots / 1000),
            ...(record.engine.market ? {} : { price: text(step.price) }),
          });
        return;
      }
      case 'mark':
        house.mark(step.price);
        return;
      case 'funding':
        house.risk.funding(PERP, parseAmount(String(step.rate / 10_000)), desk.marks(PERP) ?? 0);
        return;
      case 'leverage':
        setLeverage(desk, house.account(step.owner), PERP, step.leverage);
        return;
      case 'mode':
        setMarginMode(desk, house.account(step.owner), PERP, step.mode);
        return;
      case 'crowd':
        house.crowd(step.symbol, step.side, step.price, step.lots);
        return;
    }
  } catch (error) {
    expect(error).toBeInstanceOf(HoldfastError);
    expect(['invalidOrder', 'insufficientFunds', 'duplicateOrder', 'unknownOrder']).toContain(
      (error as HoldfastError).kind,
    );
  }
}

function check(house: ReturnType<typeof deskWithMarkets>, worth: { USDT: bigint; BTC: bigint }): void {
  const { desk, ledger } = house;
  expect(house.worth('USDT')).toBe(worth.USDT);
  expect(ledger.sum('BTC')).toBe(worth.BTC);
  let net = 0;
  for (const account of ledger.all()) net += account.positions.get(PERP)?.lots ?? 0;
  expect(net).toBe(0);
  for (const owner of OWNERS) {
    const account = house.account(owner);
    const { book } = account;
    for (const [asset, total] of book.totals) expect(total, `${owner} ${asset}`).toBeGreaterThanOrEqual(0n);
    for (const balance of account.balances(desk.marks, 0))
      expect(balance.available.startsWith('-')).toBe(false);
    const held = { USDT: 0n, BTC: 0n };
    for (const [orderId, hold] of book.holds()) {
      const record = account.open.get(orderId);
      expect(record?.engine.status).toBe('working');
      held[hold.asset as 'USDT' | 'BTC'] += hold.amount;
    }
    expect(book.held('USDT')).toBe(held.USDT);
    expect(book.held('BTC')).toBe(held.BTC);
    const spotHeld = account
      .ordersOf(SPOT)
      .filter((record) => record.engine.status === 'working' && record.engine.side === 'sell');
    const btc = spotHeld.reduce(
      (sum, { engine }) => sum + BigInt(engine.lots - engine.filled) * parseAmount('0.001'),
      0n,
    );
    expect(book.held('BTC')).toBe(btc);
    const short = ['USDT', 'BTC'].some(
      (asset) => rawAvailable(book, asset, desk.marks) < 0n && book.held(asset) > 0n,
    );
    expect(short, `${owner} holds more than there is`).toBe(false);
    const position = book.positions.get(PERP);
    if (position === undefined) continue;
    expect(mustLiquidate(book, position, desk.marks)).toBe(false);
    expect(position.margin).toBeGreaterThanOrEqual(0n);
    for (const side of ['buy', 'sell'] as const) {
      const reducing = account
        .ordersOf(PERP)
        .filter(({ engine }) => engine.reduceOnly && engine.status === 'working' && engine.side === side);
      const total = reducing.reduce((sum, { engine }) => sum + engine.lots - engine.filled, 0);
      expect(total).toBeLessThanOrEqual(Math.max(0, side === 'sell' ? position.lots : -position.lots));
    }
  }
}

describe('the accounts under random operations', () => {
  it('conserve funds, never go negative, hold what orders need, and stay solvent at every step', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const house = busyHouse();
        const worth = { USDT: house.worth('USDT'), BTC: house.worth('BTC') };
        list.forEach((step, index) => {
          act(house, step, index);
          check(house, worth);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('tell fills that add up to positions, to orders and to balances', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const house = busyHouse();
        const reducing = new Set<string>();
        list.forEach((step, index) => {
          if (step.kind === 'place' && step.reduceOnly && step.symbol === PERP)
            reducing.add(`${step.owner} c${index}`);
          if (step.kind !== 'funding') act(house, step, index);
        });
        for (const owner of OWNERS) {
          const account = house.account(owner);
          const told = house.events.get(owner) ?? [];
          const fills = told.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []));
          expect(new Set(fills.map((fill) => fill.id)).size).toBe(fills.length);
          let lots = 0n;
          const money = { USDT: parseAmount('1000'), BTC: parseAmount('10') };
          const filled = new Map<string, bigint>();
          for (const fill of fills) {
            const quantity = parseAmount(fill.quantity);
            const signed = fill.side === 'buy' ? quantity : -quantity;
            filled.set(fill.venueOrderId, (filled.get(fill.venueOrderId) ?? 0n) + quantity);
            if (fill.feeCurrency === 'USDT') money.USDT -= parseAmount(fill.fee);
            else money.BTC -= parseAmount(fill.fee);
            if (fill.symbol === SPOT) {
              money.BTC += signed;
              money.USDT -= (signed * parseAmount(fill.price)) / 10n ** 18n;
            } else {
              if (reducing.has(`${owner} ${fill.clientOrderId}`)) {
                expect((lots + signed) * (lots + signed)).toBeLessThan(lots * lots);
              }
              lots += signed;
              money.USDT += parseAmount(fill.realizedPnl ?? '0');
            }
          }
          const position = account.book.positions.get(PERP);
          expect(BigInt(position?.lots ?? 0) * parseAmount('0.001')).toBe(lots);
          expect(account.book.total('BTC')).toBe(money.BTC);
          // The venue may have paid for a bankrupt position: never less than the fills say.
          expect(account.book.total('USDT')).toBeGreaterThanOrEqual(money.USDT);
          const orders = new Map(
            told.flatMap((event) =>
              event.kind === 'order' ? [[event.order.venueOrderId, event.order] as const] : [],
            ),
          );
          for (const [orderId, order] of orders) {
            expect(parseAmount(order.filledQuantity)).toBe(filled.get(orderId ?? '') ?? 0n);
            if (order.state === 'filled') expect(order.filledQuantity).toBe(order.quantity);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
