/** An order of the venue in the terms of the matching engine. */
import { dec } from '../../../src-main/market/decimal.ts';
import type { OrderTicket } from '../../../src-main/exchanges/practice/matching/order.ts';
import type { VenueOrder } from './order.ts';

const SOURCES = { LastPrice: 'last', MarkPrice: 'mark', IndexPrice: 'index' } as const;

/** The engine knows accounts by this name: the two sides of a hedged position are two owners. */
export const ownerOf = (order: VenueOrder): string => `${order.spec.uid}#${order.spec.positionIdx}`;

export function engineTicket(order: VenueOrder): OrderTicket {
  const { spec, market } = order;
  const { scale } = market;
  const price = order.price === '' ? null : scale.ticks(order.price);
  // A trigger for the whole position asks for everything; reduce-only clips it when it fires.
  const whole = spec.closeOnTrigger && order.brackets.tpslMode === 'Full';
  const lots = whole ? largestLots(price) : scale.lots(order.qty);
  return {
    id: spec.orderId,
    owner: ownerOf(order),
    clientId: '',
    side: spec.side === 'Buy' ? 'buy' : 'sell',
    price,
    market: spec.orderType === 'Market',
    lots: order.byAmount ? null : (lots ?? 0),
    ...(order.byAmount ? { budget: budgetOf(order) } : {}),
    timeInForce: spec.timeInForce === 'PostOnly' ? 'GTC' : spec.timeInForce,
    postOnly: spec.timeInForce === 'PostOnly',
    reduceOnly: spec.reduceOnly,
    trigger: triggerOf(order),
  };
}

function triggerOf(order: VenueOrder): OrderTicket['trigger'] {
  const { spec, market } = order;
  if (order.triggerPrice === '' || spec.triggerBy === '') return null;
  return {
    price: market.scale.ticks(order.triggerPrice) ?? 0,
    source: SOURCES[spec.triggerBy],
    when: spec.triggerDirection === 1 ? 'rises' : 'falls',
  };
}

/** Quote coins as the engine counts them: one tick times one lot. */
function budgetOf(order: VenueOrder): number {
  const { tick, step } = order.market.listing;
  return dec(order.qty).div(dec(tick).times(step)).floor().toNumber();
}

const largestLots = (price: number | null): number => Math.floor(Number.MAX_SAFE_INTEGER / 4 / (price ?? 1));
