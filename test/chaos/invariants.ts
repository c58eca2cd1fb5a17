/** What must be true after each restart. Each function answers what is not, in words. */
import { Decimal, dec } from '../../src-main/market/decimal.ts';
import type { Fill, Order, OrderState, OrderTimeline } from '../../src-preload/contract/types/trading.ts';
import type { VenueOrder } from '../exchanges/bybit/order.ts';
import type { Books } from './books.ts';
import type { Arrival, Record as Witness, Wished } from './record.ts';
import { DEPOSIT } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';

const same = (a: string | null, b: Decimal | string): boolean => a !== null && dec(a).equals(b);

/** Nothing is known for sure, or a wish of ours is on its way: to be settled by asking the venue. */
export const isOpenEnded = ({ state }: Pick<Order, 'state'>): boolean =>
  ['sending', 'unknown', 'needsYou', 'cancelling'].includes(state);

/** The venue's word for a state in ours: written anew from the protocol sheet, not taken from the adapter. */
function stateAt(order: VenueOrder): OrderState {
  if (order.open) return order.filled.isZero() ? 'working' : 'partiallyFilled';
  if (order.status === 'Filled') return 'filled';
  return order.status === 'Rejected' ? 'rejected' : 'cancelled';
}

/** Every order of the venue is known with its state, its sizes and its fills; nothing else is said to be there. */
export function orderViolations(books: Books, { account }: Surroundings): string[] {
  const found = books.twice.map((id) => `${id} is in the ledger twice`);
  const theirs = new Map(account.orders.map((order) => [order.linkId, order]));
  const filled = sums(books.fills.values());
  for (const [id, ours] of books.orders) {
    const order = theirs.get(id);
    if (order) found.push(...differences(ours, order, filled.get(id) ?? new Decimal(0)));
    else if (ours.state !== 'rejected') found.push(`${id} is ${ours.state} here and not at the venue`);
  }
  return found;
}

function differences(ours: Order, order: VenueOrder, filled: Decimal): string[] {
  const state = stateAt(order);
  const shown = (what: string, here: unknown, there: unknown): string =>
    `${ours.clientOrderId}: ${what} is ${String(here)} here and ${String(there)} at the venue`;
  const checks: readonly (readonly [string, boolean, unknown, unknown])[] = [
    ['state', ours.state === state, ours.state, state],
    ['id', ours.venueOrderId === order.orderId, ours.venueOrderId, order.orderId],
    ['filled', same(ours.filledQuantity, order.filled), ours.filledQuantity, order.filled],
    ['price', same(ours.price, order.price), ours.price, order.price],
    ['quantity', same(ours.quantity, order.qty), ours.quantity, order.qty],
    ['sum of fills', filled.equals(order.filled), filled, order.filled],
  ];
  return checks.filter(([, holds]) => !holds).map(([what, , here, there]) => shown(what, here, there));
}

function sums(fills: Iterable<Fill>): Map<string, Decimal> {
  const all = new Map<string, Decimal>();
  for (const { clientOrderId, quantity } of fills)
    all.set(clientOrderId, (all.get(clientOrderId) ?? new Decimal(0)).plus(quantity));
  return all;
}

/** As many fills as executions, none twice. */
export function fillViolations(books: Books, { account }: Surroundings): string[] {
  const theirs = account.executions.length;
  const found: string[] = [];
  if (books.fillRows !== theirs)
    found.push(`the ledger has ${String(books.fillRows)} fills, the venue ${String(theirs)}`);
  if (books.fills.size !== books.fillRows)
    found.push(`${String(books.fillRows)} fills in the ledger have ${String(books.fills.size)} ids`);
  return found;
}

/** What the fills of the ledger add up to is what the venue has in the account. */
export function fundsViolations(books: Books, { account, venue }: Surroundings): string[] {
  const coins = { USDT: dec(DEPOSIT.USDT), BTC: dec(DEPOSIT.BTC) };
  let contracts = new Decimal(0);
  for (const fill of books.fills.values()) {
    const signed = dec(fill.quantity).times(fill.side === 'buy' ? 1 : -1);
    coins.USDT = coins.USDT.minus(signed.times(fill.price));
    if (fill.symbol === 'BTC/USDT') coins.BTC = coins.BTC.plus(signed);
    else contracts = contracts.plus(signed);
    const coin = fill.feeCurrency === 'BTC' ? 'BTC' : 'USDT';
    coins[coin] = coins[coin].minus(fill.fee);
  }
  const { size, average } = account.position(venue.market('linear', 'BTCUSDT'), 0);
  const found: string[] = [];
  if (!contracts.equals(size))
    found.push(`the fills make a position of ${contracts.toFixed()}, the venue has ${size.toFixed()}`);
  // What is still in the position was paid for at the venue's average, which it rounds.
  coins.USDT = coins.USDT.plus(size.times(average));
  for (const coin of ['USDT', 'BTC'] as const) {
    const difference = coins[coin].minus(account.balance(coin)).abs();
    if (difference.gt('0.000001'))
      found.push(
        `the fills explain ${coins[coin].toFixed()} ${coin}, the venue has ${account.balance(coin).toFixed()}`,
      );
  }
  return found;
}

/** No client order id and no wish reached the venue twice, and nothing did that nobody wished for. */
export function arrivalViolations(witness: Witness): string[] {
  const found: string[] = [];
  const creates = witness.arrivals.filter(({ op }) => op === 'create');
  for (const [id, times] of counted(creates.map(({ linkId }) => linkId)))
    if (times > 1) found.push(`${id} was sent ${String(times)} times`);
  for (const [name, times] of counted(creates.map((arrival) => arrival.name))) {
    const wishes = witness.wishesNamed(name).length;
    if (wishes === 0) found.push(`nobody wished for ${name}`);
    else if (times > wishes) found.push(`${name} was sent ${String(times)} times`);
  }
  return found;
}

function counted(words: readonly string[]): Map<string, number> {
  const all = new Map<string, number>();
  for (const word of words) all.set(word, (all.get(word) ?? 0) + 1);
  return all;
}

/** What the caller was told about a wish is what became of it. */
export function answerViolations(
  wished: Wished,
  sent: Arrival | undefined,
  books: Books,
  { account }: Surroundings,
): string[] {
  const wish = `wish ${String(wished.wish.intent)}`;
  const orders = wished.answers.flatMap((result) => (result.ok ? [result.value as Order] : []));
  const ids = new Set(orders.map(({ clientOrderId }) => clientOrderId));
  if (sent) ids.add(sent.linkId);
  const found: string[] = [];
  if (ids.size > 1) found.push(`${wish} became ${String(ids.size)} orders: ${[...ids].join(', ')}`);
  for (const { clientOrderId, state } of orders)
    if (!books.orders.has(clientOrderId))
      found.push(`${wish} was answered with ${clientOrderId} (${state}), which the ledger does not have`);
  const isRefused = wished.answers.length > 0 && orders.length === 0;
  const theirs = account.orders.find((order) => order.linkId === sent?.linkId);
  if (isRefused && sent && theirs)
    found.push(`${wish} was refused (${words(wished)}), and the venue has it as ${sent.linkId}`);
  return found;
}

const words = ({ answers }: Wished): string =>
  answers.map((result) => (result.ok ? 'ok' : result.error.code)).join(', ');

/** What was sent was written down before: the new order itself, and each change of it. */
export function journalViolations(arrival: Arrival, { events }: OrderTimeline): string[] {
  const { op, linkId, at, price, quantity } = arrival;
  const before = events.filter(({ time }) => time <= at);
  if (op === 'create') {
    const steps = ['intent', 'checked', 'journaled'] as const;
    const missing = steps.filter((step) => !before.some(({ kind }) => kind === step));
    return missing.map((step) => `${linkId} was sent without "${step}" in the journal`);
  }
  if (op === 'cancel') return [];
  const wanted = [...(price ? [`price ${price}`] : []), ...(quantity ? [`quantity ${quantity}`] : [])];
  const isThere = before.some(
    ({ kind, detail }) => kind === 'amending' && wanted.every((part) => detail?.includes(part)),
  );
  return isThere ? [] : [`${linkId} was amended (${wanted.join(', ')}) without a word in the journal`];
}
