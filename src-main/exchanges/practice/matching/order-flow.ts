/**
 * The life of an order in a market, whatever stands on the other side: acceptance, triggers, time in force,
 * post-only, reduce-only, amending and cancelling. What it trades with comes from the subclass: a live book
 * (matching-engine.ts) or a record (replay/replay-matcher.ts). Synchronous, without clock or randomness: the
 * same calls make the same trades.
 */
import type { Side, TriggerSource } from '../../exchange.ts';
import {
  newOrder,
  remaining,
  wellFormed,
  type AmendResult,
  type EndReason,
  type EngineListener,
  type EngineOrder,
  type EngineTrade,
  type Matcher,
  type OrderChange,
  type OrderTicket,
  type RejectReason,
  type SubmitResult,
  type TakerPreview,
} from './order.ts';
import { TriggerBook } from './trigger-book.ts';

export abstract class OrderFlow implements Matcher {
  protected readonly listener: EngineListener;
  readonly #orders = new Map<string, EngineOrder>();
  readonly #usedClientIds = new Set<string>();
  readonly #triggers = new TriggerBook();
  readonly #references = new Map<TriggerSource, number>();
  #sequence = 0;
  /** Range of trade prices whose `last` triggers have not been looked at. */
  #tradedLow = Infinity;
  #tradedHigh = -Infinity;

  constructor(listener: EngineListener) {
    this.listener = listener;
  }

  abstract bestBid(): number | null;
  abstract bestAsk(): number | null;
  abstract preview(
    side: Side,
    want: { lots?: number; budget?: number; limit?: number | null },
    owner: string,
  ): TakerPreview;
  /** Trades the order with what the market offers, as far as limit, budget and rest allow. */
  protected abstract take(order: EngineOrder, time: number): void;
  protected abstract rest(order: EngineOrder, time: number): void;
  protected abstract unrest(order: EngineOrder): void;
  /** An order that rests gets fewer lots and keeps its place. */
  protected abstract shrink(order: EngineOrder, lots: number): void;

  get openOrders(): number {
    return this.#orders.size;
  }

  order(id: string): EngineOrder | null {
    return this.#orders.get(id) ?? null;
  }

  submit(ticket: OrderTicket, time: number): SubmitResult {
    const problem = this.#refusal(ticket);
    if (problem !== null) return { ok: false, reason: problem };
    const order = newOrder(ticket);
    if (order.trigger === null) {
      const refused = this.#admission(order);
      if (refused !== null) return { ok: false, reason: refused };
    }
    this.#orders.set(order.id, order);
    if (ticket.clientId !== '') this.#usedClientIds.add(`${ticket.owner}\n${ticket.clientId}`);
    if (order.trigger !== null) this.#triggers.add(order);
    else this.#execute(order, time);
    this.#fireLast(time);
    return { ok: true, order };
  }

  cancel(id: string, reason: EndReason): EngineOrder | null {
    const order = this.#orders.get(id);
    if (order === undefined) return null;
    if (order.status === 'untriggered') this.#triggers.remove(order);
    else this.unrest(order);
    this.end(order, 'cancelled', reason);
    return order;
  }

  /**
   * Changes an order. It keeps its place in the queue only when the price stays and the quantity falls; any
   * other change sends it to the end of the queue, where it can trade at once.
   */
  amend(id: string, change: OrderChange, time: number): AmendResult {
    const order = this.#orders.get(id);
    if (order === undefined) return { ok: false, reason: 'unknown' };
    const lots = change.lots ?? order.lots;
    const price = change.price ?? order.price;
    const problem = this.#amendRefusal(order, { ...change, lots }, price);
    if (problem !== null) return { ok: false, reason: problem };
    if (order.status === 'untriggered') this.#amendWaiting(order, lots, price, change.triggerPrice);
    else if (price === order.price && lots <= order.lots) {
      if (lots < order.lots) this.shrink(order, lots);
    } else this.#requeue(order, lots, price, time);
    this.#fireLast(time);
    return { ok: true, order };
  }

  reference(source: TriggerSource, price: number, time: number): void {
    this.#references.set(source, price);
    this.#fire(source, price, price, time);
    this.#fireLast(time);
  }

  /** True for an order that stays although it takes: only where liquidity cannot be seen beforehand. */
  protected waits(_order: EngineOrder): boolean {
    return false;
  }

  /** Books a trade on both orders and tells the listener. Resting orders are unlinked by the subclass. */
  protected trade(maker: EngineOrder, taker: EngineOrder, price: number, lots: number, time: number): void {
    maker.filled += lots;
    taker.filled += lots;
    if (taker.budget !== null) {
      taker.budget -= price * lots;
      taker.lots = taker.filled;
    }
    this.note(price);
    const trade: EngineTrade = { sequence: ++this.#sequence, price, lots, maker, taker, time };
    this.listener.trade(trade);
  }

  /** A price was traded: remembered for `last` triggers, which fire when the running order is through. */
  protected note(price: number): void {
    if (price < this.#tradedLow) this.#tradedLow = price;
    if (price > this.#tradedHigh) this.#tradedHigh = price;
    this.#references.set('last', price);
  }

  protected end(
    order: EngineOrder,
    status: 'filled' | 'cancelled' | 'rejected',
    reason: EndReason | null,
  ): void {
    order.status = status;
    order.endReason = reason;
    this.#orders.delete(order.id);
    this.listener.ended(order);
  }

  /** Fires what the last trades triggered; each firing can trade and fire more. */
  protected settleTriggers(time: number): void {
    this.#fireLast(time);
  }

  #refusal(ticket: OrderTicket): RejectReason | null {
    if (!wellFormed(ticket)) return 'badOrder';
    if (this.#orders.has(ticket.id)) return 'duplicate';
    if (ticket.clientId !== '' && this.#usedClientIds.has(`${ticket.owner}\n${ticket.clientId}`)) {
      return 'duplicate';
    }
    return ticket.trigger !== null && this.#wouldFire(ticket.trigger) ? 'wouldTrigger' : null;
  }

  #wouldFire(trigger: { source: TriggerSource; price: number; when: 'rises' | 'falls' }): boolean {
    const now = this.#references.get(trigger.source);
    if (now === undefined) return false;
    return trigger.when === 'rises' ? now >= trigger.price : now <= trigger.price;
  }

  /** Rules that are checked at the moment an order goes to the book. Clips a reduce-only order. */
  #admission(order: EngineOrder): RejectReason | null {
    if (order.reduceOnly) {
      const most = this.listener.reducible(order.owner, order.side);
      if (most <= 0) return 'reduceOnly';
      if (order.budget === null) order.lots = Math.min(order.lots, order.filled + most);
    }
    if (order.postOnly && this.#crosses(order)) return 'wouldTake';
    if (!order.market && order.timeInForce !== 'FOK') return null;
    const wanted = order.budget === null ? { lots: remaining(order) } : { budget: order.budget };
    const offer = this.preview(order.side, { ...wanted, limit: order.price }, order.owner);
    if (offer.lots === 0) return order.market ? 'noLiquidity' : 'fillOrKill';
    if (order.timeInForce !== 'FOK') return null;
    return order.budget === null && offer.lots < remaining(order) ? 'fillOrKill' : null;
  }

  #crosses(order: EngineOrder): boolean {
    const opposite = order.side === 'buy' ? this.bestAsk() : this.bestBid();
    if (opposite === null || order.price === null) return false;
    return order.side === 'buy' ? order.price >= opposite : order.price <= opposite;
  }

  #execute(order: EngineOrder, time: number): void {
    this.take(order, time);
    if (order.status !== 'working') return;
    const done = order.budget === null ? remaining(order) === 0 : false;
    if (done) this.end(order, 'filled', null);
    else if (this.waits(order)) this.rest(order, time);
    else if (order.market && order.filled > 0 && order.budget !== null) this.end(order, 'filled', null);
    else if (order.market) this.end(order, 'cancelled', 'noLiquidity');
    else if (order.timeInForce !== 'GTC') this.end(order, 'cancelled', 'notFilledAtOnce');
    else this.rest(order, time);
  }

  #fireLast(time: number): void {
    while (this.#tradedLow <= this.#tradedHigh) {
      const low = this.#tradedLow;
      const high = this.#tradedHigh;
      this.#tradedLow = Infinity;
      this.#tradedHigh = -Infinity;
      this.#fire('last', low, high, time);
    }
  }

  #fire(source: TriggerSource, low: number, high: number, time: number): void {
    for (;;) {
      const order = this.#triggers.next(source, low, high);
      if (order === null) return;
      order.status = 'working';
      if (!this.listener.firing(order)) {
        this.end(order, 'rejected', 'insufficientFunds');
        continue;
      }
      const refused = this.#admission(order);
      if (refused === null) this.#execute(order, time);
      else this.end(order, 'rejected', refused === 'fillOrKill' ? 'fillOrKill' : endFor(refused));
    }
  }

  #amendRefusal(
    order: EngineOrder,
    change: OrderChange & { lots: number },
    price: number | null,
  ): 'belowFilled' | 'wouldTake' | 'wouldTrigger' | 'badOrder' | null {
    const figures = [change.lots, price ?? 1, change.triggerPrice ?? 1, change.lots * (price ?? 1)];
    if (figures.some((figure) => !Number.isSafeInteger(figure) || figure <= 0)) return 'badOrder';
    if (order.market && change.price !== undefined) return 'badOrder';
    if (change.lots <= order.filled) return 'belowFilled';
    if (change.triggerPrice !== undefined) {
      if (order.trigger === null || order.status !== 'untriggered') return 'badOrder';
      if (this.#wouldFire({ ...order.trigger, price: change.triggerPrice })) return 'wouldTrigger';
    }
    if (order.status !== 'working' || !order.postOnly) return null;
    return this.#crosses({ ...order, price }) ? 'wouldTake' : null;
  }

  #amendWaiting(order: EngineOrder, lots: number, price: number | null, triggerPrice?: number): void {
    order.lots = lots;
    order.price = price;
    if (triggerPrice === undefined || order.trigger === null) return;
    this.#triggers.remove(order);
    order.trigger = { ...order.trigger, price: triggerPrice };
    this.#triggers.add(order);
  }

  #requeue(order: EngineOrder, lots: number, price: number | null, time: number): void {
    this.unrest(order);
    order.lots = lots;
    order.price = price;
    const most = order.reduceOnly ? this.listener.reducible(order.owner, order.side) : Infinity;
    if (most <= 0) {
      this.end(order, 'cancelled', 'reduceOnly');
      return;
    }
    order.lots = Math.min(lots, order.filled + most);
    this.#execute(order, time);
  }
}

function endFor(reason: RejectReason): EndReason {
  if (reason === 'wouldTake' || reason === 'noLiquidity' || reason === 'reduceOnly') return reason;
  return 'requested';
}
