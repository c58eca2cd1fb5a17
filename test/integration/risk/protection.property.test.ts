import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import { dec, text } from '../../../src-main/market/decimal.ts';
import { isFinal } from '../../../src-main/trading/order-states.ts';
import type { Order, OrderDraft, Position } from '../../../src-preload/contract/types/trading.ts';
import { PERPETUAL, openProtectionWorld } from './protection-world.ts';
import type { ProtectionWorld } from './protection-world.ts';

type Side = 'buy' | 'sell';
type Kind = 'stopMarket' | 'stopLimit' | 'takeProfitMarket' | 'takeProfitLimit';
type Step =
  | { readonly do: 'trade'; readonly side: Side; readonly quantity: string; readonly reduceOnly: boolean }
  | { readonly do: 'close' }
  | { readonly do: 'wait'; readonly kind: Kind; readonly away: number; readonly quarters: number }
  | { readonly do: 'resize'; readonly pick: number; readonly quantity: string }
  | { readonly do: 'cancel'; readonly pick: number }
  | { readonly do: 'protect'; readonly away: number | null }
  | { readonly do: 'pass'; readonly ms: number };

const quantity = fc.integer({ min: 1, max: 12 }).map((lots) => text(dec(String(lots)).times('0.004')));
/** Shares of the price, in hundredths of a percent: near ones are reached within the test. */
const away = fc.constantFrom(1, 2, 5, 40, 300, 600);
const trade = (reduceOnly: fc.Arbitrary<boolean>) =>
  fc.record({
    do: fc.constant('trade' as const),
    side: fc.constantFrom<Side>('buy', 'sell'),
    quantity,
    reduceOnly,
  });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: trade(fc.boolean()),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'close' as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      kind: fc.constantFrom<Kind>(
        'stopMarket',
        'stopMarket',
        'stopLimit',
        'takeProfitMarket',
        'takeProfitLimit',
      ),
      away,
      // Of the position: together they are soon too many.
      quarters: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resize' as const), pick: fc.nat(20), quantity }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('protect' as const), away: fc.option(away) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1000, max: 60_000 }) }),
  },
);

const steps = fc
  .tuple(trade(fc.constant(false)), fc.array(step, { minLength: 4, maxLength: 24 }))
  .map(([first, rest]): Step[] => [first, ...rest]);

/** Has everything that the property is about, whatever chance brings. */
const EXAMPLE: Step[] = [
  { do: 'trade', side: 'buy', quantity: '0.04', reduceOnly: false },
  { do: 'protect', away: 300 },
  { do: 'trade', side: 'buy', quantity: '0.02', reduceOnly: false },
  { do: 'wait', kind: 'stopMarket', away: 300, quarters: 3 },
  { do: 'wait', kind: 'stopLimit', away: 40, quarters: 2 },
  { do: 'wait', kind: 'stopMarket', away: 1, quarters: 1 },
  { do: 'pass', ms: 60_000 },
  { do: 'pass', ms: 60_000 },
  { do: 'trade', side: 'sell', quantity: '0.02', reduceOnly: true },
  { do: 'trade', side: 'sell', quantity: '0.1', reduceOnly: false },
];

const seen = { trimmed: 0, refused: 0, flipped: 0, triggered: 0, protectedFills: 0, checks: 0 };

const signOf = (position: Position | undefined): number =>
  position === undefined ? 0 : position.side === 'long' ? 1 : -1;
const sizeOf = (position: Position | undefined, side: Side) =>
  dec(signOf(position) === (side === 'sell' ? 1 : -1) ? (position?.quantity ?? '0') : '0');
const isStop = ({ type }: Order): boolean => type === 'stopMarket' || type === 'stopLimit';
const isProfit = ({ type }: Order): boolean => type === 'takeProfitMarket' || type === 'takeProfitLimit';
const GROUPS = [
  ['buy', isStop],
  ['sell', isStop],
  ['buy', isProfit],
  ['sell', isProfit],
] as const;

async function look({ house }: ProtectionWorld) {
  const [position] = await house.account.positions();
  const orders = (await house.account.openOrders()).filter(({ state }) => !isFinal(state));
  const sums = GROUPS.map(([side, is]) =>
    orders
      .filter((order) => order.side === side && order.reduceOnly && is(order))
      .reduce((sum, order) => sum.plus(order.quantity ?? '0').minus(order.filledQuantity), dec('0')),
  );
  return { position, orders, sums };
}

let intents = 0;
const draftOf = (world: ProtectionWorld, over: Partial<OrderDraft>): OrderDraft => ({
  accountId: world.accountId,
  symbol: PERPETUAL,
  side: 'buy',
  type: 'market',
  quantity: '0.01',
  timeInForce: 'IOC',
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net',
  ...over,
});
const place = (world: ProtectionWorld, over: Partial<OrderDraft>) =>
  world.desk.place(draftOf(world, over), `step-${String((intents += 1))}`);

/** A price on its side of the market, `hundredths` of a percent away. */
async function price(world: ProtectionWorld, isAbove: boolean, hundredths: number): Promise<string> {
  const { bid, ask } = await world.house.best(PERPETUAL);
  const from = dec(isAbove ? ask : bid);
  const distance = from.times(String(hundredths)).div('10000');
  return text((isAbove ? from.plus(distance) : from.minus(distance)).toDecimalPlaces(1, isAbove ? 0 : 1));
}

async function waitFor(world: ProtectionWorld, wish: Extract<Step, { do: 'wait' }>): Promise<unknown> {
  const { position } = await look(world);
  const side: Side = position?.side === 'short' ? 'buy' : 'sell';
  const isAbove = wish.kind.startsWith('stop') === (side === 'buy');
  const triggerPrice = await price(world, isAbove, wish.away);
  return place(world, {
    side,
    type: wish.kind,
    quantity: text(
      dec(position?.quantity ?? '0.004')
        .times(String(wish.quarters))
        .div('4'),
    ),
    triggerPrice,
    reduceOnly: true,
    ...(wish.kind.endsWith('Limit') ? { price: triggerPrice, timeInForce: 'GTC' as const } : {}),
  });
}

async function pickFrom(world: ProtectionWorld, pick: number): Promise<Order | null> {
  const { orders } = await look(world);
  return orders[pick % Math.max(1, orders.length)] ?? null;
}

/** What the position is protected by afterwards; undefined = nothing was changed. */
async function act(world: ProtectionWorld, wish: Step): Promise<string | null | undefined> {
  const { desk, protection, accountId, house } = world;
  const { position } = await look(world);
  if (wish.do === 'trade') await place(world, wish);
  if (wish.do === 'close')
    await desk.closePosition(accountId, PERPETUAL, 'net', `step-${String((intents += 1))}`);
  if (wish.do === 'wait') await waitFor(world, wish);
  if (wish.do === 'pass') house.pass(wish.ms, 1000);
  if (wish.do === 'resize' || wish.do === 'cancel') {
    const order = await pickFrom(world, wish.pick);
    if (order === null) return undefined;
    const { clientOrderId } = order;
    if (wish.do === 'cancel') await desk.cancel(accountId, clientOrderId);
    else await desk.amend({ accountId, clientOrderId, quantity: wish.quantity });
  }
  if (wish.do !== 'protect') return undefined;
  const stopLoss = wish.away === null ? null : await price(world, position?.side === 'short', wish.away);
  await protection.set({ accountId, symbol: PERPETUAL, positionSide: 'net', takeProfit: null, stopLoss });
  return stopLoss;
}

async function check(world: ProtectionWorld, steps: readonly Step[]): Promise<void> {
  let stopLoss: string | null = null;
  let sign = 0;
  for (const wish of steps) {
    const before = await look(world);
    const set = await act(world, wish).catch((error: unknown) => {
      if (!(error instanceof HoldfastError)) throw error;
      if (error.code === 'risk.stopsBeyondPosition') seen.refused += 1;
      return undefined;
    });
    const atOnce = await look(world);
    await world.settle();
    const after = await look(world);
    seen.checks += 1;
    GROUPS.forEach(([side], index) => {
      const size = sizeOf(after.position, side);
      const [was, is] = [atOnce.sums[index] ?? dec('0'), after.sums[index] ?? dec('0')];
      expect(is.lessThanOrEqualTo(size), `${side}: stops for ${text(is)}, position ${text(size)}`).toBe(true);
      // And no more is cut than has to be.
      expect(text(is)).toBe(text(was.lessThan(size) ? was : size));
      if (is.lessThan(was)) seen.trimmed += 1;
    });
    const turned = signOf(after.position) !== sign;
    if (turned && sign !== 0 && signOf(after.position) !== 0) seen.flipped += 1;
    if (wish.do === 'pass' && after.orders.length < before.orders.length) seen.triggered += 1;
    if (set !== undefined) stopLoss = set;
    // What protects a position follows it, whatever its size, and never outlives it.
    else if (turned) stopLoss = null;
    else if (stopLoss !== null && wish.do === 'trade') seen.protectedFills += 1;
    sign = signOf(after.position);
    const held = after.position?.stopLoss ?? null;
    expect(held === null ? null : Number(held)).toBe(stopLoss === null ? null : Number(stopLoss));
  }
}

describe('protective orders on the practice account', () => {
  it('never wait for more than the position holds, and follow it through fills, closes and flips', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (wishes) => {
        const world = await openProtectionWorld();
        try {
          await world.settle();
          await check(world, wishes);
        } finally {
          world.dispose();
        }
      }),
      { numRuns: Number(process.env['PROTECTION_RUNS'] ?? 15), examples: [[EXAMPLE]] },
    );
    // A test of nothing would pass, too.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(0);
  }, 120_000);
});
