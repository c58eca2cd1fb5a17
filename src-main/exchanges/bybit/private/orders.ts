/** Placing, amending, cancelling. An acknowledgement is not a result: fills are never read out of one. */
import { HoldfastError, toHoldfastError } from '../../../errors.ts';
import { ORDER_DEADLINE_MS, type SendDeadline, sendWithin } from '../../../net/send-deadline.ts';
import type { BatchItem, Order, OrderAmendment, OrderRef, OrderRequest } from '../../exchange.ts';
import { type NetTime, systemTime } from '../../../net/time.ts';
import { lostAnswer, refusalError } from '../errors.ts';
import { LARGEST_BATCH } from '../limits.ts';
import type { BybitCategory } from '../public/category.ts';
import type { ListedMarket } from '../public/instrument-loader.ts';
import type { AccountContext } from './account-context.ts';
import { amendBody, type Body, cancelBody, createBody, isConditional } from './order-body.ts';
import type { OrderAnswer } from './order-entry.ts';
import { findListed } from './order-lists.ts';
import { notListed, type SpotFilter } from './order-mapping.ts';
import type { OrderMemory } from './order-memory.ts';
import type { OrderSender } from './order-sender.ts';

type Time = Pick<NetTime, 'now' | 'monotonic'>;

export class Orders {
  readonly #context: AccountContext;
  readonly #sender: OrderSender;
  readonly #memory: OrderMemory;
  readonly #time: Time;

  constructor(context: AccountContext, sender: OrderSender, memory: OrderMemory, time: Time = systemTime) {
    this.#context = context;
    this.#sender = sender;
    this.#memory = memory;
    this.#time = time;
  }

  async place(
    request: OrderRequest,
    deadline: SendDeadline = sendWithin(ORDER_DEADLINE_MS, this.#time),
  ): Promise<Order> {
    const { markets } = this.#context;
    const market = markets.bySymbol(request.symbol) ?? (await markets.find(request.symbol));
    const body = createBody(market, request);
    const answer = await this.#sender.send('create', market.category, body, deadline);
    return this.#placed(request, idOf(answer.data, request), answer.time);
  }

  /** Ten at a time and one category at a time; what the venue said of each, in the order asked. */
  async placeBatch(requests: readonly OrderRequest[]): Promise<readonly BatchItem[]> {
    const deadline = sendWithin(ORDER_DEADLINE_MS, this.#time);
    const items: BatchItem[] = [];
    const groups = new Map<BybitCategory, { index: number; request: OrderRequest; body: Body }[]>();
    await Promise.all(
      requests.map(async (request, index) => {
        try {
          const market = await this.#context.markets.find(request.symbol);
          const { category: _shared, ...body } = createBody(market, request);
          const group = groups.get(market.category) ?? [];
          groups.set(market.category, group);
          group.push({ index, request, body });
        } catch (error) {
          items[index] = failed(request, error);
        }
      }),
    );
    const sends = [...groups].flatMap(([category, group]) =>
      chunks(group, LARGEST_BATCH).map(async (chunk) => {
        const answers = await this.#sendBatch(category, chunk, deadline);
        chunk.forEach(({ index }, position) => (items[index] = answers[position] as BatchItem));
      }),
    );
    await Promise.all(sends);
    return items;
  }

  async amend(
    amendment: OrderAmendment,
    deadline: SendDeadline = sendWithin(ORDER_DEADLINE_MS, this.#time),
  ): Promise<Order> {
    const market = await this.#context.markets.find(amendment.symbol);
    const body = amendBody(market, amendment);
    const answer = await this.#sender.send('amend', market.category, body, deadline);
    const order = await this.#present(market, amendment, 'change');
    // Ended, or changed again since: what the stream said is newer than this answer.
    if (!isOpen(order) || order.updatedAt > answer.time) return order;
    const { quantity, price, triggerPrice } = amendment;
    return {
      ...order,
      ...(quantity === undefined ? {} : { quantity }),
      ...(price === undefined ? {} : { price }),
      ...(triggerPrice === undefined ? {} : { triggerPrice }),
      updatedAt: Math.max(order.updatedAt, answer.time),
    };
  }

  /** Answers the order as `cancelling`, or as it ended when the stream was faster. */
  async cancel(ref: OrderRef): Promise<Order> {
    const market = await this.#context.markets.find(ref.symbol);
    const answer = await this.#sendCancel(market, ref);
    const order = await this.#present(market, ref, 'cancellation');
    if (!isOpen(order)) return order;
    return { ...order, state: 'cancelling', updatedAt: Math.max(order.updatedAt, answer.time) };
  }

  /** Spot wants to be told in which of its lists the order is; one that we never saw is looked up. */
  async #sendCancel(market: ListedMarket, ref: OrderRef): Promise<OrderAnswer> {
    const guess = this.#memory.filter(ref) ?? 'Order';
    const send = (filter: SpotFilter): Promise<OrderAnswer> =>
      this.#sender.send('cancel', market.category, cancelBody(market, ref, filter));
    try {
      return await send(guess);
    } catch (error) {
      if (market.category !== 'spot' || toHoldfastError(error).kind !== 'unknownOrder') throw error;
      const found = await findListed(this.#context, market, ref);
      if (found === null || found.filter === guess) throw error;
      this.#memory.hear(found.order, found.filter);
      return send(found.filter);
    }
  }

  async #sendBatch(
    category: BybitCategory,
    chunk: readonly { request: OrderRequest; body: Body }[],
    deadline: SendDeadline,
  ): Promise<readonly BatchItem[]> {
    try {
      const bodies = chunk.map(({ body }) => body);
      const answer = await this.#sender.sendBatch('create', category, bodies, deadline);
      const results = listOf(answer.data);
      const codes = listOf(answer.extInfo);
      // A list that lost some of its rows does not say whose refusals the others are.
      const isWhole = results.length === chunk.length && codes.length === chunk.length;
      return chunk.map(({ request }, index) =>
        isWhole
          ? this.#item(request, results[index], codes[index], answer.time)
          : failed(request, lostAnswer()),
      );
    } catch (error) {
      return chunk.map(({ request }) => failed(request, error));
    }
  }

  #item(request: OrderRequest, result: unknown, verdict: unknown, time: number): BatchItem {
    const { code, msg } = (verdict ?? {}) as { code?: unknown; msg?: unknown };
    try {
      if (code === 0 || code === '0')
        return { ok: true, order: this.#placed(request, idOf(result, request), time) };
    } catch (error) {
      return failed(request, error);
    }
    // Without a code of its own nothing is known of this one.
    if (typeof code !== 'number' && typeof code !== 'string') return failed(request, lostAnswer());
    const message = typeof msg === 'string' ? msg : '';
    return failed(request, refusalError({ code, message, isWrite: true }));
  }

  /** The order as the stream showed it already, or as it was asked for. */
  #placed(request: OrderRequest, orderId: string, time: number): Order {
    const { symbol, clientOrderId } = request;
    const seen = this.#memory.order({ symbol, clientOrderId, venueOrderId: orderId });
    if (seen !== undefined) return seen;
    return {
      venue: this.#context.venue,
      symbol,
      accountId: this.#context.accountId,
      clientOrderId,
      venueOrderId: orderId,
      side: request.side,
      type: request.type,
      state: isConditional(request) ? 'untriggered' : 'working',
      quantity: request.quantity ?? null,
      ...(request.quoteAmount === undefined ? {} : { quoteAmount: request.quoteAmount }),
      filledQuantity: '0',
      averagePrice: null,
      price: request.price ?? null,
      triggerPrice: request.triggerPrice ?? null,
      ...(request.triggerBy === undefined ? {} : { triggerBy: request.triggerBy }),
      timeInForce: request.timeInForce,
      postOnly: request.postOnly,
      reduceOnly: request.reduceOnly,
      positionSide: request.positionSide,
      ...(request.takeProfit === undefined ? {} : { takeProfit: request.takeProfit }),
      ...(request.stopLoss === undefined ? {} : { stopLoss: request.stopLoss }),
      createdAt: time,
      updatedAt: time,
    };
  }

  async #present(market: ListedMarket, ref: OrderRef, what: string): Promise<Order> {
    const known = this.#memory.order(ref);
    if (known !== undefined) return known;
    const found = await findListed(this.#context, market, ref).catch(() => null);
    if (found === null) throw notListed(what);
    this.#memory.hear(found.order, found.filter);
    return found.order;
  }
}

const isOpen = ({ state }: Order): boolean => ['working', 'partiallyFilled', 'untriggered'].includes(state);

/** Bybit took the order: an answer without its id, or about another one, leaves us not knowing which. */
function idOf(data: unknown, { clientOrderId }: OrderRequest): string {
  const { orderId, orderLinkId } = (data ?? {}) as { orderId?: unknown; orderLinkId?: unknown };
  const isOurs = orderLinkId === undefined || orderLinkId === clientOrderId;
  if (isOurs && typeof orderId === 'string' && orderId !== '') return orderId;
  throw lostAnswer();
}

function listOf(value: unknown): readonly unknown[] {
  const list = (value as { list?: unknown } | null | undefined)?.list;
  return Array.isArray(list) ? list : [];
}

function failed(request: OrderRequest, error: unknown): BatchItem {
  const known = error instanceof HoldfastError ? error : toHoldfastError(error);
  return { ok: false, clientOrderId: request.clientOrderId, error: known };
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < list.length; start += size) parts.push(list.slice(start, start + size));
  return parts;
}
