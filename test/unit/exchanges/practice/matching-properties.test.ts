import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineOrder } from '../../../../src-main/exchanges/practice/matching/order.ts';
import { remaining } from '../../../../src-main/exchanges/practice/matching/order.ts';
import { engineWithBooks, ticket } from './engine-harness.ts';

const order = fc.record({
  kind: fc.constant('order' as const),
  owner: fc.constantFrom('a', 'b', 'c', ''),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  price: fc.integer({ min: 95, max: 105 }),
  lots: fc.integer({ min: 1, max: 20 }),
  market: fc.boolean(),
  reduceOnly: fc.boolean(),
  postOnly: fc.boolean(),
  timeInForce: fc.constantFrom('GTC' as const, 'GTC' as const, 'IOC' as const, 'FOK' as const),
  trigger: fc.option(
    fc.record({
      price: fc.integer({ min: 96, max: 104 }),
      source: fc.constantFrom('last' as const, 'mark' as const),
      when: fc.constantFrom('rises' as const, 'falls' as const),
    }),
    { freq: 5, nil: null },
  ),
});
const change = fc.record({
  kind: fc.constantFrom('cancel' as const, 'amend' as const),
  at: fc.nat({ max: 200 }),
  lots: fc.integer({ min: 1, max: 25 }),
  price: fc.integer({ min: 95, max: 105 }),
});
const mark = fc.record({ kind: fc.constant('mark' as const), price: fc.integer({ min: 95, max: 105 }) });
const operations = fc.array(
  fc.oneof({ weight: 6, arbitrary: order }, { weight: 2, arbitrary: change }, mark),
  { minLength: 10, maxLength: 80, size: 'max' },
);

/** Every order of a side in queue order, read from the book's own links. */
function queue(engine: ReturnType<typeof engineWithBooks>['engine'], side: 'bids' | 'asks'): EngineOrder[][] {
  const levels: EngineOrder[][] = [];
  for (let rank = 0; rank < engine[side].size; rank += 1) {
    const level: EngineOrder[] = [];
    for (let at = engine[side].at(rank)?.first ?? null; at !== null; at = at.next) level.push(at);
    levels.push(level);
  }
  return levels;
}

describe('the matching engine under random operations', () => {
  it('keeps its books: no crossed book, sums of levels, sums of fills, no fill beyond a limit', () => {
    fc.assert(
      fc.property(operations, (steps) => {
        const { engine, trades, positions } = engineWithBooks();
        const orders: EngineOrder[] = [];
        const filledBy = new Map<string, number>();
        const limits = new Map<string, { side: string; price: number | null }>();
        for (const step of steps) {
          const before = trades.length;
          const held = new Map(positions);
          if (step.kind === 'order') {
            const market = step.market && !step.postOnly;
            const built = ticket({ ...step, market, price: market ? null : step.price });
            limits.set(built.id, built);
            const bestOpposite = step.side === 'buy' ? queue(engine, 'asks') : queue(engine, 'bids');
            const result = engine.submit(built, 0);
            if (result.ok) orders.push(result.order);
            else expect(trades.length).toBe(before);
            if (step.postOnly && step.trigger === null) expect(trades.length).toBe(before);
            const first = trades[before];
            if (first !== undefined && step.trigger === null) {
              // The first to be filled stood at the best price, before everybody of another owner there.
              const best = bestOpposite[0]?.filter(
                (maker) => maker.owner === '' || maker.owner !== step.owner,
              );
              if (best?.some((maker) => maker.id === first.maker))
                expect(best[0]?.reduceOnly || best[0]?.id === first.maker).toBe(true);
            }
            if (step.reduceOnly && result.ok && step.trigger === null && trades.length > before) {
              const own = held.get(step.owner) ?? 0;
              const now = positions.get(step.owner) ?? 0;
              if (
                step.owner !== '' &&
                steps.every((other) => other.kind !== 'order' || other.trigger === null)
              ) {
                expect(Math.abs(now)).toBeLessThanOrEqual(Math.abs(own));
              }
            }
          } else if (step.kind === 'mark') engine.reference('mark', step.price, 0);
          else {
            const target = orders[step.at % Math.max(1, orders.length)];
            if (target === undefined) continue;
            if (step.kind === 'cancel') engine.cancel(target.id, 'requested');
            else if (
              engine.amend(target.id, { lots: step.lots, ...(target.market ? {} : { price: step.price }) }, 0)
                .ok &&
              !target.market
            ) {
              limits.set(target.id, { side: target.side, price: step.price });
            }
          }
          for (const { price, lots, maker, taker } of trades.slice(before)) {
            expect(lots).toBeGreaterThan(0);
            for (const id of [maker, taker]) {
              filledBy.set(id, (filledBy.get(id) ?? 0) + lots);
              const limit = limits.get(id);
              if (limit?.price == null) continue;
              if (limit.side === 'buy') expect(price).toBeLessThanOrEqual(limit.price);
              else expect(price).toBeGreaterThanOrEqual(limit.price);
            }
          }
          const bid = engine.bestBid();
          const ask = engine.bestAsk();
          if (bid !== null && ask !== null) expect(bid).toBeLessThan(ask);
        }
        for (const one of orders) {
          expect(one.filled).toBe(filledBy.get(one.id) ?? 0);
          expect(one.filled).toBeLessThanOrEqual(one.lots);
          if (one.status === 'filled') expect(one.filled).toBe(one.lots);
        }
        let net = 0;
        for (const position of positions.values()) net += position;
        expect(net).toBe(0);
        for (const side of ['bids', 'asks'] as const) {
          for (const [rank, level] of queue(engine, side).entries()) {
            const total = level.reduce((sum, one) => sum + remaining(one), 0);
            expect(engine[side].at(rank)?.lots).toBe(total);
            expect(level.every((one) => one.status === 'working' && remaining(one) > 0)).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('does the same again for the same operations', () => {
    fc.assert(
      fc.property(operations, (steps) => {
        const run = () => {
          const { engine, trades } = engineWithBooks();
          steps.forEach((step, index) => {
            if (step.kind === 'order') engine.submit(ticket({ ...step, id: `s${index}` }), 0);
            else if (step.kind === 'mark') engine.reference('mark', step.price, 0);
            else if (step.kind === 'cancel') engine.cancel(`s${step.at}`, 'requested');
            else engine.amend(`s${step.at}`, { lots: step.lots }, 0);
          });
          return trades;
        };
        expect(run()).toEqual(run());
      }),
      { numRuns: 50 },
    );
  });

  it('previews what a taker then gets', () => {
    fc.assert(
      fc.property(fc.array(order, { maxLength: 40 }), fc.integer({ min: 1, max: 60 }), (steps, lots) => {
        const { engine, trades } = engineWithBooks();
        for (const step of steps) engine.submit(ticket({ ...step, trigger: null, reduceOnly: false }), 0);
        const before = trades.length;
        const expected = engine.preview('buy', { lots, limit: 103 }, 'a');
        engine.submit(ticket({ owner: 'a', price: 103, lots, timeInForce: 'IOC' }), 0);
        const made = trades.slice(before);
        expect(made.reduce((sum, trade) => sum + trade.lots, 0)).toBe(expected.lots);
        expect(made.reduce((sum, trade) => sum + trade.lots * trade.price, 0)).toBe(expected.tickLots);
      }),
      { numRuns: 200 },
    );
  });
});
