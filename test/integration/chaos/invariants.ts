/** What must be true: at every moment, and when the line is good again. */
import { expect } from 'vitest';
import { dec, text } from '../../../src-main/market/decimal.ts';
import type { Decimal } from '../../../src-main/market/decimal.ts';
import { NO_LIMITS } from '../../../src-main/risk/risk-limits.ts';
import { isFinal } from '../../../src-main/trading/order-states.ts';
import type { Fill, Order } from '../../../src-preload/contract/types/trading.ts';
import type { Program } from './program.ts';
import type { Holdings, VenueOrder, World } from './world.ts';

export const LIMITS = {
  ...NO_LIMITS,
  /** US dollars. */
  maxOrderNotional: '1000',
  maxOpenOrders: 2,
  maxOrdersPerMinute: 4,
};
/** A request is counted when it passes and seen when it arrives: these may be some seconds apart. */
const RATE_WINDOW_MS = 50_000;
const EVERYTHING = { limit: 100_000, offset: 0 };

/** At every moment, whatever is on its way. */
export async function expectSafe(world: World, intents: readonly string[]): Promise<void> {
  const theirs = await world.orders();
  const ours = new Map((await ordersInLedger(world)).map((order) => [order.clientOrderId, order]));
  const placed = placedBy(world);
  expect(new Set(placed).size, 'an order was sent twice').toBe(placed.length);
  expect(placed.length, 'more orders than intents').toBeLessThanOrEqual(intents.length);
  for (const id of placed) expect(ours.has(id), `${id} was sent and is in no journal`).toBe(true);
  for (const order of theirs) {
    const known = ours.get(order.clientOrderId);
    if (known === undefined) continue;
    const message = `${order.clientOrderId} is ${order.state} there and ${known.state} here`;
    if (isFinal(known.state)) expect(known.state, message).toBe(order.state);
    expect(dec(known.filledQuantity).lessThanOrEqualTo(order.filledQuantity), `${message}: filled`).toBe(
      true,
    );
  }
  await expectLimits(world, theirs, new Set(placed));
}

/** As the venue sees it, not as the gate counts. */
async function expectLimits(world: World, theirs: readonly VenueOrder[], placed: ReadonlySet<string>) {
  const mine = theirs.filter(({ clientOrderId }) => placed.has(clientOrderId));
  const open = mine.filter(({ isOpen }) => isOpen);
  expect(open.length, 'too many open orders').toBeLessThanOrEqual(LIMITS.maxOpenOrders);
  const { ask } = await world.best();
  for (const { quantity, price } of mine) {
    const notional = dec(quantity).times(price ?? ask);
    expect(notional.toNumber(), 'an order was too large').toBeLessThanOrEqual(
      Number(LIMITS.maxOrderNotional),
    );
  }
  for (const { at } of world.sent) {
    const together = world.sent.filter((other) => other.at >= at && other.at < at + RATE_WINDOW_MS);
    expect(together.length, 'too many orders in a minute').toBeLessThanOrEqual(LIMITS.maxOrdersPerMinute);
  }
}

/**
 * When the line is good and the account was reconciled: nothing is in doubt any more. Answers how many orders and
 * fills there were to check.
 */
export async function expectTruth(
  world: World,
  program: Program,
  before: Holdings,
  intents: readonly string[],
) {
  const theirs = await world.orders();
  const ours = await ordersInLedger(world);
  const placed = new Set(placedBy(world));
  const { rows: fills } = await world.ledger.repositories.fills.list(EVERYTHING);
  for (const order of theirs) {
    const known = ours.find((one) => isSame(one, order));
    // Placed elsewhere and ended without a fill while nobody listened: it left no trace on the account.
    const isNothing = !order.isOpen && Number(order.filledQuantity) === 0;
    if (known === undefined && isNothing && !placed.has(order.clientOrderId)) continue;
    expect(known, `${order.clientOrderId} ${order.venueOrderId} is not known`).toBeDefined();
    expect(known?.state, `${order.clientOrderId}: its state`).toBe(order.state);
    expect(Number(known?.filledQuantity), `${order.clientOrderId}: filled`).toBe(
      Number(order.filledQuantity),
    );
    const filled = sum(fills.filter((fill) => isOf(fill, order)).map(({ quantity }) => dec(quantity)));
    expect(text(filled), `fills of ${order.clientOrderId}`).toBe(text(dec(order.filledQuantity)));
  }
  // What the venue does not have never was there, and we say so.
  for (const one of ours)
    if (!theirs.some((order) => isSame(one, order))) expect(one.state, one.clientOrderId).toBe('rejected');
  await expectOneOrderEach(world, theirs, intents);
  await expectNoMoneyMoved(world, program, before, fills);
  return theirs.length + fills.length;
}

/** Every order there is of one intent, or of somebody else. */
async function expectOneOrderEach(world: World, theirs: readonly VenueOrder[], intents: readonly string[]) {
  const { orders } = world.ledger.repositories;
  const made = await Promise.all(
    intents.map((intentId) => orders.byIntent({ accountId: world.account.id, intentId })),
  );
  const ids = made.flatMap((order) => order?.clientOrderId ?? []);
  const placed = placedBy(world);
  expect(
    placed.filter((id) => !ids.includes(id)),
    'sent for no intent',
  ).toEqual([]);
  for (const id of ids)
    expect(theirs.filter(({ clientOrderId }) => clientOrderId === id).length, id).toBeLessThanOrEqual(1);
}

/** What the venue holds is what it held and what our fills moved; the program shows it and suspects nothing. */
async function expectNoMoneyMoved(world: World, program: Program, before: Holdings, fills: readonly Fill[]) {
  const now = await world.holdings();
  const instrument = await program.session.exchange.market
    .instruments()
    .then((all) => all.find(({ symbol }) => symbol === world.symbol));
  const moved = movedBy(fills, instrument?.kind === 'spot' ? instrument : null);
  for (const asset of new Set([...Object.keys(before.assets), ...moved.keys(), ...Object.keys(now.assets)])) {
    const expected = dec(before.assets[asset] ?? '0').plus(moved.get(asset) ?? '0');
    const rest = expected.minus(now.assets[asset] ?? '0').toNumber();
    expect(Math.abs(rest), `${asset}: ${text(expected)} by our fills`).toBeLessThan(1e-6);
    const shown = program.session.balances.filter((row) => row.asset === asset && row.counted);
    expect(text(sum(shown.map(({ total }) => dec(total)))), `${asset} as shown`).toBe(
      text(dec(now.assets[asset] ?? '0')),
    );
  }
  if (instrument?.kind !== 'spot') {
    const signed = fills.map(({ side, quantity }) =>
      side === 'buy' ? dec(quantity) : dec(quantity).negated(),
    );
    expect(text(sum(signed)), 'the position by our fills').toBe(text(dec(now.position)));
  }
  const reports = await program.reconciler.reports([world.account.id]);
  expect(reports[0]?.outcome).toMatch(/equal|adopted/);
  const strange = reports.flatMap(({ differences }) =>
    differences.filter(({ subject, cause }) => subject !== 'order' && cause === 'unexplained'),
  );
  expect(strange, 'money appeared or vanished').toEqual([]);
}

/** By asset. `spot`: coins change hands; null = a contract, where only results and fees are booked. */
function movedBy(fills: readonly Fill[], spot: { readonly base: string; readonly quote: string } | null) {
  const moved = new Map<string, Decimal>();
  const add = (asset: string, amount: Decimal): void => {
    moved.set(asset, (moved.get(asset) ?? dec('0')).plus(amount));
  };
  for (const fill of fills) {
    add(fill.feeCurrency, dec(fill.fee).negated());
    const signed = fill.side === 'buy' ? dec(fill.quantity) : dec(fill.quantity).negated();
    if (spot) add(spot.base, signed);
    if (spot) add(spot.quote, signed.times(fill.price).negated());
    else add(fill.feeCurrency, dec(fill.realizedPnl ?? '0'));
  }
  return moved;
}

/** Every placing that left, those that went out twice twice. */
const placedBy = ({ sent }: World): readonly string[] =>
  sent.filter(({ kind }) => kind === 'place').map(({ clientOrderId }) => clientOrderId);

const sum = (amounts: readonly Decimal[]): Decimal => amounts.reduce((all, one) => all.plus(one), dec('0'));

/** Orders of others go by the venue's id here. */
const nameThere = ({ clientOrderId, venueOrderId }: VenueOrder): string => clientOrderId || venueOrderId;
const isSame = (ours: Order, theirs: VenueOrder): boolean => ours.clientOrderId === nameThere(theirs);
const isOf = (fill: Fill, theirs: VenueOrder): boolean => fill.clientOrderId === nameThere(theirs);

async function ordersInLedger({ ledger }: World): Promise<readonly Order[]> {
  return (await ledger.repositories.orders.list(EVERYTHING)).rows;
}
