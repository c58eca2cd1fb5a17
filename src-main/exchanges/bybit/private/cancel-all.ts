/** Cancelling everything: each category, settle coin and list of spot has to be asked for by itself (sheet 7.6). */
import { HoldfastError, toHoldfastError } from '../../../errors.ts';
import { payloadError } from '../payload.ts';
import { type BybitCategory, CATEGORIES } from '../public/category.ts';
import type { ListedMarket } from '../public/instrument-loader.ts';
import { orderBudget } from '../limits.ts';
import { type AccountContext, settleCoins } from './account-context.ts';
import type { Body } from './order-body.ts';
import { SPOT_FILTERS } from './order-mapping.ts';

/** Bybit picks at most 500 of a futures account's orders each time; no account may have this many. */
const MOST_ROUNDS = 20;

/** Of one request that Bybit's limit refuses. */
const MOST_ATTEMPTS = 4;

/** What a key without rights to a category answers: it cannot have placed orders there. */
const NOT_HERE: ReadonlySet<string> = new Set(['permission', 'notSupported']);

/**
 * Client order ids (Bybit's where there is none) that Bybit says are being cancelled. Every list is tried even
 * when one fails; the first failure is thrown afterwards. Categories that the key may not touch are passed over
 * unless it may touch none.
 */
export async function cancelAll(context: AccountContext, market?: ListedMarket): Promise<readonly string[]> {
  const bodies = await targets(context, market);
  const outcomes = await Promise.allSettled(bodies.map((body) => cancelUntilNone(context, body)));
  const errors = outcomes.flatMap((one) => (one.status === 'rejected' ? [toHoldfastError(one.reason)] : []));
  const serious =
    errors.find((error) => !NOT_HERE.has(error.kind)) ??
    (errors.length === bodies.length ? errors[0] : undefined);
  if (serious !== undefined) throw serious;
  return [...new Set(outcomes.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])))];
}

async function targets(context: AccountContext, market: ListedMarket | undefined): Promise<readonly Body[]> {
  if (market !== undefined) return forCategory(market.category, { symbol: market.nativeId });
  const lists = CATEGORIES.map(async (category): Promise<readonly Body[]> => {
    if (category === 'spot' || category === 'option') return forCategory(category, {});
    const coins = await settleCoins(context, category);
    return coins.flatMap((settleCoin) => forCategory(category, { settleCoin }));
  });
  return (await Promise.all(lists)).flat();
}

/** Without a filter spot cancels its plain orders only, and futures every kind. */
function forCategory(category: BybitCategory, scope: Body): readonly Body[] {
  if (category !== 'spot') return [{ category, ...scope }];
  return SPOT_FILTERS.map((orderFilter) => ({ category, ...scope, orderFilter }));
}

async function cancelUntilNone(context: AccountContext, body: Body): Promise<readonly string[]> {
  const cancelled = new Set<string>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = cancelled.size;
    for (const id of await cancelPatiently(context, body)) cancelled.add(id);
    // The same ones again, or none: Bybit knows no more of them.
    if (cancelled.size === before) break;
  }
  return [...cancelled];
}

/** Surely refused, and harmless to repeat: the emptied budget holds the next try back until Bybit's reset. */
async function cancelPatiently(context: AccountContext, body: Body): Promise<readonly string[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await cancelOnce(context, body);
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || toHoldfastError(error).code !== 'bybit.rateLimit') throw error;
    }
  }
}

async function cancelOnce(context: AccountContext, body: Body): Promise<readonly string[]> {
  const { result } = await context.rest.post({
    operation: 'order.cancelAll',
    path: '/v5/order/cancel-all',
    body,
    lane: 'cancel',
    budget: orderBudget('cancelAll', body['category'] as BybitCategory),
  });
  const { list, success } = (result ?? {}) as { list?: unknown; success?: unknown };
  if (success === '0') {
    throw new HoldfastError(
      'unavailable',
      'bybit.cancelAllFailed',
      'Bybit did not cancel all of the orders.',
    );
  }
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw payloadError('order.cancelAll', 'list');
  return list.flatMap((entry: unknown) => {
    const { orderId, orderLinkId } = (entry ?? {}) as { orderId?: unknown; orderLinkId?: unknown };
    const id = orderLinkId === '' || orderLinkId === undefined ? orderId : orderLinkId;
    return typeof id === 'string' && id !== '' ? [id] : [];
  });
}
