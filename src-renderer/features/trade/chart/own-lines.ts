import type { Alert } from '../../../../src-preload/contract/types/alert.ts';
import type { MarketRef } from '../../../../src-preload/contract/types/market.ts';
import type { Order, Position } from '../../../../src-preload/contract/types/trading.ts';
import { subtractText } from '../../../lib/decimal.ts';
import type { PriceLine } from './price-lines.ts';

export interface LineTexts {
  readonly order: (order: Order, left: string) => string;
  readonly trigger: (order: Order, left: string) => string;
  readonly position: (position: Position) => string;
  readonly liquidation: (position: Position) => string;
  readonly leg: (leg: 'takeProfit' | 'stopLoss') => string;
  readonly alert: (alert: Alert) => string;
}

const AMENDABLE: ReadonlySet<Order['state']> = new Set(['working', 'partiallyFilled', 'untriggered']);

const sameMarket = (a: MarketRef, b: MarketRef): boolean => a.venue === b.venue && a.symbol === b.symbol;

function orderLine(order: Order, texts: LineTexts, amend: boolean): PriceLine[] {
  if (order.quantity === null) return [];
  const left = subtractText(order.quantity, order.filledQuantity);
  const waiting = order.state === 'untriggered';
  const price = waiting ? order.triggerPrice : order.price;
  if (price === null) return [];
  return [
    {
      id: `order:${order.accountId}:${order.clientOrderId || order.venueOrderId}`,
      price,
      label: waiting ? texts.trigger(order, left) : texts.order(order, left),
      tone: order.side,
      dash: waiting ? 'dashed' : 'solid',
      // Placed elsewhere without an id of ours: it can be seen, but not changed from here.
      draggable: amend && AMENDABLE.has(order.state),
    },
  ];
}

function positionLines(position: Position, texts: LineTexts): PriceLine[] {
  const entry: PriceLine = {
    id: `position:${position.accountId}:${position.positionSide}`,
    price: position.entryPrice,
    label: texts.position(position),
    tone: 'accent',
    dash: 'solid',
    draggable: false,
  };
  const legs = (['takeProfit', 'stopLoss'] as const).flatMap((leg): PriceLine[] => {
    const price = position[leg] ?? null;
    const id = `${leg}:${position.accountId}:${position.positionSide}`;
    const tone = (leg === 'takeProfit') === (position.side === 'long') ? 'buy' : 'sell';
    return price === null ? [] : [{ ...entry, id, price, label: texts.leg(leg), tone, dash: 'dashed' }];
  });
  if (position.liquidationPrice === null) return [entry, ...legs];
  const liquidation: PriceLine = {
    ...entry,
    id: `liquidation:${position.accountId}:${position.positionSide}`,
    price: position.liquidationPrice,
    label: texts.liquidation(position),
    tone: 'warn',
    dash: 'dashed',
  };
  return [entry, liquidation, ...legs];
}

function alertLine(alert: Alert, market: MarketRef, texts: LineTexts): PriceLine[] {
  const { condition } = alert;
  if (alert.state !== 'active' || condition.kind !== 'priceCrosses') return [];
  if (!sameMarket(condition.market, market)) return [];
  return [
    {
      id: `alert:${alert.id}`,
      price: condition.price,
      label: texts.alert(alert),
      tone: 'warn',
      dash: 'dotted',
      draggable: false,
    },
  ];
}

/** What of ours is drawn on a market's chart: orders, position with its liquidation price, price alerts. */
export function ownLines(
  market: MarketRef,
  own: {
    readonly orders: readonly Order[];
    readonly positions: readonly Position[];
    readonly alerts: readonly Alert[];
  },
  texts: LineTexts,
  amend: boolean,
): PriceLine[] {
  return [
    ...own.orders
      .filter((order) => sameMarket(order, market))
      .flatMap((order) => orderLine(order, texts, amend)),
    ...own.positions.filter((one) => sameMarket(one, market)).flatMap((one) => positionLines(one, texts)),
    ...own.alerts.flatMap((alert) => alertLine(alert, market, texts)),
  ];
}
