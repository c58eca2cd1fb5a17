/**
 * The life of orders: hands them to the engine of their market, books its fills, places what protects a
 * position, and tells the private feed. The engine calls back while it works; what has to follow (protection,
 * the other leg of a pair) waits in a list until it is done, because the engine must not be re-entered.
 */
import { dec, text } from '../../../src-main/market/decimal.ts';
import type {
  EndReason,
  EngineListener,
  EngineOrder,
  EngineTrade,
} from '../../../src-main/exchanges/practice/matching/order.ts';
import type { Account } from './accounts.ts';
import { engineTicket } from './engine-ticket.ts';
import type { Market } from './market.ts';
import { VenueOrder, type OrderSpec } from './order.ts';
import type { Position } from './position.ts';
import type { PrivateFeed } from './private-feed.ts';
import type { Payload } from './protocol.ts';
import { Protections } from './protection.ts';
import { book } from './settlement.ts';
import { walletPayload, type CoinPrice } from './valuation.ts';
import type { Ids, VenueTime } from './venue-time.ts';

interface Outbox {
  /** States that are over before the turn is, as `Triggered`. */
  readonly passing: Payload[];
  readonly orders: Set<VenueOrder>;
  readonly executions: Payload[];
  readonly positions: Set<Position>;
  readonly coins: Set<string>;
}

const ENDS: Record<EndReason, { cancelType: string; rejectReason: string }> = {
  requested: { cancelType: 'CancelByUser', rejectReason: 'EC_PerCancelRequest' },
  notFilledAtOnce: { cancelType: 'UNKNOWN', rejectReason: 'EC_NoImmediateQtyToFill' },
  noLiquidity: { cancelType: 'UNKNOWN', rejectReason: 'EC_NoImmediateQtyToFill' },
  fillOrKill: { cancelType: 'UNKNOWN', rejectReason: 'EC_NoEnoughQtyToFill' },
  wouldTake: { cancelType: 'UNKNOWN', rejectReason: 'EC_PostOnlyWillTakeLiquidity' },
  selfTrade: { cancelType: 'CancelBySmp', rejectReason: 'EC_PerCancelRequest' },
  reduceOnly: { cancelType: 'CancelByReduceOnly', rejectReason: 'EC_PerCancelRequest' },
  insufficientFunds: { cancelType: 'CancelByPrepareOb', rejectReason: 'EC_InsufficientBalance' },
  margin: { cancelType: 'CancelByPrepareOb', rejectReason: 'EC_InsufficientBalance' },
  liquidation: { cancelType: 'CancelByPrepareLiq', rejectReason: 'EC_PerCancelRequest' },
  sourceChanged: { cancelType: 'CancelByUser', rejectReason: 'EC_PerCancelRequest' },
};

export class Desk {
  readonly #time: VenueTime;
  readonly #ids: Ids;
  readonly #feed: PrivateFeed;
  readonly #accounts: (uid: string) => Account;
  readonly #usd: CoinPrice;
  readonly #working = new Map<string, VenueOrder>();
  readonly #outboxes = new Map<string, Outbox>();
  readonly #later: (() => void)[] = [];
  readonly protections: Protections;
  #settling = false;

  constructor(parts: {
    time: VenueTime;
    ids: Ids;
    feed: PrivateFeed;
    accounts: (uid: string) => Account;
    usd: CoinPrice;
  }) {
    this.#time = parts.time;
    this.#ids = parts.ids;
    this.#feed = parts.feed;
    this.#accounts = parts.accounts;
    this.#usd = parts.usd;
    this.protections = new Protections(this, parts.ids, parts.time);
  }

  /** The listener of one market's engine. */
  listener(market: () => Market): EngineListener {
    return {
      trade: (trade) => this.#traded(market(), trade),
      ended: (order) => this.#ended(order),
      firing: (order) => this.#firing(order),
      reducible: (owner, side) => this.#reducible(market(), owner, side),
    };
  }

  /** Accepts an order that passed the rules and lets it trade. */
  place(spec: OrderSpec): VenueOrder {
    const order = new VenueOrder(spec);
    this.#accounts(spec.uid).addOrder(order);
    this.#working.set(order.orderId, order);
    this.#touched(order);
    const result = spec.market.engine.submit(engineTicket(order), this.#time.now());
    if (!result.ok) {
      // A conditional order whose price has been reached goes at once; everything else ends by stream.
      const refused = result.reason;
      const known = refused in ENDS ? (refused as EndReason) : 'requested';
      this.#finish(order, 'cancelled', known);
    }
    if (order.family === 'contract') this.#positionTouched(order);
    this.settle();
    return order;
  }

  /** True when the order was open. */
  cancel(order: VenueOrder, reason: EndReason = 'requested'): boolean {
    if (!order.open) return false;
    const done = order.market.engine.cancel(order.orderId, reason);
    if (order.family === 'contract') this.#positionTouched(order);
    this.settle();
    return done !== null;
  }

  /** Changes price, quantity or trigger of a working order; the answer is the engine's. */
  amend(order: VenueOrder, change: { price: string; qty: string; triggerPrice: string }): string | null {
    const { scale, engine } = order.market;
    const lots = scale.lots(change.qty);
    const price = change.price === '' ? null : scale.ticks(change.price);
    const trigger = change.triggerPrice === '' ? null : scale.ticks(change.triggerPrice);
    const previous = { price: order.price, qty: order.qty, triggerPrice: order.triggerPrice };
    Object.assign(order, change);
    const result = engine.amend(
      order.orderId,
      {
        ...(lots === null || order.byAmount ? {} : { lots }),
        ...(price === null || order.spec.orderType === 'Market' ? {} : { price }),
        ...(trigger === null || order.status !== 'Untriggered' ? {} : { triggerPrice: trigger }),
      },
      this.#time.now(),
    );
    if (result.ok) this.touch(order);
    else Object.assign(order, previous);
    this.settle();
    return result.ok ? null : result.reason;
  }

  /** Marks an order as changed, for the next push. */
  touch(order: VenueOrder): void {
    order.updatedAt = this.#time.now();
    this.#touched(order);
    if (order.family === 'contract') this.#positionTouched(order);
  }

  touchPosition(uid: string, position: Position): void {
    position.updatedAt = this.#time.now();
    this.#box(uid).positions.add(position);
  }

  touchWallet(uid: string, coins: readonly string[]): void {
    for (const coin of coins) this.#box(uid).coins.add(coin);
  }

  /** Runs what waits for the engine to be done, then hands everything to the feed. */
  settle(): void {
    if (this.#settling) return;
    this.#settling = true;
    try {
      for (let next = this.#later.shift(); next !== undefined; next = this.#later.shift()) next();
    } finally {
      this.#settling = false;
    }
    this.#flush();
  }

  account(uid: string): Account {
    return this.#accounts(uid);
  }

  #traded(market: Market, trade: EngineTrade): void {
    for (const side of [trade.taker, trade.maker]) {
      const order = this.#working.get(side.id);
      if (order !== undefined) this.#fill(market, order, side, trade);
    }
  }

  #fill(market: Market, order: VenueOrder, side: EngineOrder, trade: EngineTrade): void {
    const account = this.#accounts(order.spec.uid);
    const booked = book(account, order, {
      execId: this.#ids.uuid(),
      price: dec(market.scale.priceText(trade.price)),
      quantity: dec(market.scale.quantityText(trade.lots)),
      maker: side === trade.maker,
      time: trade.time,
      seq: market.seq,
    });
    order.status = 'PartiallyFilled';
    const box = this.#box(order.spec.uid);
    box.executions.push(booked.execution);
    for (const coin of booked.coins) box.coins.add(coin);
    this.#touched(order);
    if (order.family === 'contract') this.#positionTouched(order);
    this.#later.push(() => this.protections.afterFill(account, order));
  }

  #ended(engineOrder: EngineOrder): void {
    const order = this.#working.get(engineOrder.id);
    if (order === undefined) return;
    const status =
      engineOrder.status === 'filled' || engineOrder.status === 'rejected' ? engineOrder.status : 'cancelled';
    this.#finish(order, status, engineOrder.endReason);
  }

  #finish(order: VenueOrder, status: 'filled' | 'cancelled' | 'rejected', reason: EndReason | null): void {
    this.#working.delete(order.orderId);
    order.updatedAt = this.#time.now();
    if (status === 'filled') order.status = 'Filled';
    else {
      const partly = order.family === 'spot' && !order.filled.isZero();
      const idle = order.status === 'Untriggered' && order.family === 'spot';
      order.status =
        status === 'rejected'
          ? 'Rejected'
          : partly
            ? 'PartiallyFilledCanceled'
            : idle
              ? 'Deactivated'
              : 'Cancelled';
      Object.assign(order, ENDS[reason ?? 'requested']);
    }
    this.#touched(order);
    if (order.family === 'spot')
      this.touchWallet(order.spec.uid, [order.market.listing.base, order.market.listing.quote]);
    this.#later.push(() => this.protections.afterEnd(this.#accounts(order.spec.uid), order));
  }

  #firing(engineOrder: EngineOrder): boolean {
    const order = this.#working.get(engineOrder.id);
    if (order === undefined) return true;
    order.status = 'Triggered';
    order.updatedAt = this.#time.now();
    if (order.spec.closeOnTrigger && order.spec.stopOrderType !== 'Stop') this.#resize(order);
    this.#box(order.spec.uid).passing.push(order.event());
    order.status = 'New';
    this.#touched(order);
    return true;
  }

  /** Protection of a whole position closes what is held when it fires, not what was held when it was placed. */
  #resize(order: VenueOrder): void {
    const { size } = this.#accounts(order.spec.uid).position(order.market, order.spec.positionIdx);
    if (order.brackets.tpslMode === 'Full') order.qty = text(size.abs());
  }

  #reducible(market: Market, owner: string, side: 'buy' | 'sell'): number {
    const [uid = '', index = '0'] = owner.split('#');
    if (uid === '' || market.listing.category === 'spot') return 0;
    const { size } = this.#accounts(uid).position(market, Number(index));
    const closes = side === 'sell' ? size.gt(0) : size.lt(0);
    return closes ? (market.scale.lots(text(size.abs())) ?? 0) : 0;
  }

  #touched(order: VenueOrder): void {
    this.#box(order.spec.uid).orders.add(order);
  }

  #positionTouched(order: VenueOrder): void {
    const account = this.#accounts(order.spec.uid);
    this.#box(order.spec.uid).positions.add(account.position(order.market, order.spec.positionIdx));
  }

  #box(uid: string): Outbox {
    const known = this.#outboxes.get(uid);
    if (known !== undefined) return known;
    const box: Outbox = {
      passing: [],
      orders: new Set(),
      executions: [],
      positions: new Set(),
      coins: new Set(),
    };
    this.#outboxes.set(uid, box);
    return box;
  }

  #flush(): void {
    for (const [uid, box] of this.#outboxes) {
      const account = this.#accounts(uid);
      this.#feed.add(uid, 'order', [...box.passing, ...[...box.orders].map((order) => order.event())]);
      this.#feed.add(uid, 'execution', box.executions);
      this.#feed.add(
        uid,
        'position',
        [...box.positions].map((position) => positionEvent(account, position)),
      );
      if (box.coins.size > 0)
        this.#feed.add(uid, 'wallet', [walletPayload(account, this.#usd, [...box.coins])]);
    }
    this.#outboxes.clear();
  }
}

/** A position on the stream: the price has another name there. */
function positionEvent(account: Account, position: Position): Payload {
  const { avgPrice, ...rest } = position.payload(account.leverageOf(position.market, position.index));
  return { category: position.market.listing.category, ...rest, entryPrice: avgPrice };
}
