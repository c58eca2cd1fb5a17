import { MatchingEngine } from '../../../../src-main/exchanges/practice/matching/matching-engine.ts';
import type {
  EngineListener,
  EngineOrder,
  EngineTrade,
  OrderTicket,
  SelfTradePolicy,
} from '../../../../src-main/exchanges/practice/matching/order.ts';

let ids = 0;

export const ticket = (over: Partial<OrderTicket> = {}): OrderTicket => ({
  id: `o${++ids}`,
  owner: 'alice',
  clientId: '',
  side: 'buy',
  price: 100,
  market: false,
  lots: 10,
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  trigger: null,
  ...over,
});

/** An engine that keeps the positions of its owners, as contracts do, and remembers what it was told. */
export function engineWithBooks(policy?: SelfTradePolicy) {
  const positions = new Map<string, number>();
  const trades: { price: number; lots: number; maker: string; taker: string }[] = [];
  const ended: EngineOrder[] = [];
  let fundsForFiring = true;
  const listener: EngineListener = {
    trade: ({ price, lots, maker, taker }: EngineTrade) => {
      trades.push({ price, lots, maker: maker.id, taker: taker.id });
      for (const order of [maker, taker]) {
        const signed = order.side === 'buy' ? lots : -lots;
        positions.set(order.owner, (positions.get(order.owner) ?? 0) + signed);
      }
    },
    ended: (order) => ended.push(order),
    firing: () => fundsForFiring,
    reducible: (owner, side) => {
      const position = positions.get(owner) ?? 0;
      return Math.max(0, side === 'sell' ? position : -position);
    },
  };
  const engine = new MatchingEngine(listener, policy);
  const send = (over: Partial<OrderTicket> = {}) => {
    const result = engine.submit(ticket(over), 0);
    if (!result.ok) throw new Error(`refused: ${result.reason}`);
    return result.order;
  };
  return {
    engine,
    send,
    trades,
    ended,
    positions,
    refuseFiring: () => {
      fundsForFiring = false;
    },
  };
}
