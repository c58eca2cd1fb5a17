/** From an order as the port has it to a ticket of the engine: instrument filters, and whole ticks and lots. */
import type { HoldfastError } from '../../../errors.ts';
import { compareText, roundToStep } from '../../../market/decimal.ts';
import type { Instrument, OrderRequest } from '../../exchange.ts';
import { parseAmount } from '../amount.ts';
import type { OrderTicket, Trigger } from '../matching/order.ts';
import type { PracticeMarket } from '../market-source.ts';
import { invalidOrder } from './refusals.ts';

interface Problem {
  field: string;
  rule: string;
  nearest?: string;
}

/** A market order walks at most this far from the best price, in percent. */
const MARKET_REACH = 5;
const DECIMAL = /^\d{1,20}(?:\.\d{1,18})?$/;

/** Worst price that a market order may trade at, in ticks; null when the other side is empty. */
export function marketReach(market: PracticeMarket, side: 'buy' | 'sell'): number | null {
  const best = side === 'buy' ? market.matcher.bestAsk() : market.matcher.bestBid();
  if (best === null) return null;
  const distance = Math.floor((best * MARKET_REACH) / 100);
  return side === 'buy' ? best + distance : Math.max(1, best - distance);
}

/** A ticket, or the `invalidOrder` that names every field that breaks a rule. */
export function ticketOf(
  request: OrderRequest,
  market: PracticeMarket,
  id: string,
): OrderTicket | HoldfastError {
  const problems = [...shapeProblems(request), ...filterProblems(request, market)];
  if (problems.length > 0) return invalidOrder(problems);
  const { scale } = market.terms;
  const isMarket = !isLimit(request);
  const limit = request.price === undefined || isMarket ? null : scale.ticks(request.price);
  return {
    id,
    owner: '',
    clientId: request.clientOrderId,
    side: request.side,
    price: isMarket && request.triggerPrice === undefined ? marketReach(market, request.side) : limit,
    market: isMarket,
    lots: request.quantity === undefined ? null : scale.lots(request.quantity),
    ...(request.quoteAmount === undefined ? {} : { budget: budgetOf(request.quoteAmount, market) }),
    timeInForce: request.timeInForce,
    postOnly: request.postOnly,
    reduceOnly: request.reduceOnly,
    trigger: triggerOf(request, market),
  };
}

function budgetOf(quoteAmount: string, market: PracticeMarket): number {
  return Number(parseAmount(quoteAmount) / market.terms.scale.tickLot);
}

const isLimit = ({ type }: OrderRequest): boolean =>
  type === 'limit' || type === 'stopLimit' || type === 'takeProfitLimit';
const isStop = ({ type }: OrderRequest): boolean => type === 'stopLimit' || type === 'stopMarket';
const isTriggered = (request: OrderRequest): boolean => request.type !== 'limit' && request.type !== 'market';

function triggerOf(request: OrderRequest, market: PracticeMarket): Trigger | null {
  if (request.triggerPrice === undefined) return null;
  const price = market.terms.scale.ticks(request.triggerPrice) ?? 0;
  const rises = isStop(request) === (request.side === 'buy');
  return { price, source: request.triggerBy ?? 'last', when: rises ? 'rises' : 'falls' };
}

/** Fields that have to be there, or must not be, for the order's type. */
function shapeProblems(request: OrderRequest): Problem[] {
  const problems: Problem[] = [];
  const need = (field: string, broken: boolean, rule: string): void => {
    if (broken) problems.push({ field, rule });
  };
  const { quantity, quoteAmount, price, triggerPrice } = request;
  need(
    'quantity',
    (quantity === undefined) === (quoteAmount === undefined),
    'exactly one of quantity and quoteAmount must be set',
  );
  need(
    'quoteAmount',
    quoteAmount !== undefined && request.type !== 'market',
    'only a market order can spend an amount',
  );
  need('price', isLimit(request) && price === undefined, 'a limit order needs a price');
  need('price', !isLimit(request) && price !== undefined, 'a market order has no price');
  need(
    'triggerPrice',
    isTriggered(request) && triggerPrice === undefined,
    'a stop or take-profit order needs a trigger price',
  );
  need(
    'triggerPrice',
    !isTriggered(request) && triggerPrice !== undefined,
    'only stop and take-profit orders have a trigger price',
  );
  need(
    'postOnly',
    request.postOnly && (!isLimit(request) || request.timeInForce !== 'GTC'),
    'post-only needs a limit order that rests (GTC)',
  );
  need(
    'positionSide',
    request.positionSide !== 'net',
    'the practice exchange has one net position for each market',
  );
  return problems;
}

function filterProblems(request: OrderRequest, market: PracticeMarket, priceIsNew = true): Problem[] {
  const { instrument } = market;
  const problems: Problem[] = [];
  if (instrument.kind === 'spot') {
    if (request.reduceOnly)
      problems.push({ field: 'reduceOnly', rule: 'spot markets have no positions to reduce' });
    if (request.triggerBy === 'mark' || request.triggerBy === 'index') {
      problems.push({ field: 'triggerBy', rule: 'spot triggers go by the last price' });
    }
  } else if (request.quoteAmount !== undefined) {
    problems.push({ field: 'quoteAmount', rule: 'contracts are ordered by quantity' });
  }
  problems.push(
    ...stepProblem('price', request.price, instrument.tickSize, 'tick size'),
    ...stepProblem('triggerPrice', request.triggerPrice, instrument.tickSize, 'tick size'),
    ...stepProblem('quantity', request.quantity, instrument.lotSize, 'lot size'),
  );
  if (request.quoteAmount !== undefined && !positive(request.quoteAmount)) {
    problems.push({ field: 'quoteAmount', rule: 'must be a decimal number greater than zero' });
  }
  if (problems.length > 0) return problems;
  const band = priceIsNew ? bandProblem(request.price, market) : [];
  const worth = notionalProblem(request, market);
  // Too small in two ways is one problem, and the nearest value has to satisfy both.
  return [...(worth.length > 0 ? worth : sizeProblems(request, instrument)), ...band];
}

const positive = (text: string): boolean => DECIMAL.test(text) && parseAmount(text) > 0n;

function stepProblem(field: string, value: string | undefined, step: string, name: string): Problem[] {
  if (value === undefined) return [];
  if (!positive(value)) return [{ field, rule: 'must be a decimal number greater than zero' }];
  if (parseAmount(value) % parseAmount(step) === 0n) return [];
  const down = roundToStep(value, step, 'down');
  const nearest = compareText(down, '0') > 0 ? down : step;
  return [{ field, rule: `must be a multiple of the ${name} ${step}`, nearest }];
}

function sizeProblems({ quantity, type }: OrderRequest, instrument: Instrument): Problem[] {
  if (quantity === undefined) return [];
  const { minQuantity } = instrument;
  const isMarket = type === 'market' || type === 'stopMarket' || type === 'takeProfitMarket';
  const most = isMarket ? (instrument.maxMarketQuantity ?? instrument.maxQuantity) : instrument.maxQuantity;
  if (compareText(quantity, minQuantity) < 0) {
    return [{ field: 'quantity', rule: `must be at least ${minQuantity}`, nearest: minQuantity }];
  }
  if (most === undefined || compareText(quantity, most) <= 0) return [];
  return [{ field: 'quantity', rule: `must be at most ${most}`, nearest: most }];
}

/** Limit prices stay within the band around the mark price, or the last price of a spot market. */
function bandProblem(price: string | undefined, market: PracticeMarket): Problem[] {
  const { priceBand } = market.instrument;
  const { mark, last } = market.prices();
  const reference = mark ?? last;
  const ticks = price === undefined ? null : market.terms.scale.ticks(price);
  if (priceBand === undefined || reference === null || ticks === null) return [];
  const reach = Number((BigInt(reference) * parseAmount(priceBand)) / parseAmount('1'));
  const { scale } = market.terms;
  const nearest = Math.min(Math.max(ticks, reference - reach), reference + reach);
  if (nearest === ticks) return [];
  const rule = `must lie between ${scale.priceText(reference - reach)} and ${scale.priceText(reference + reach)}`;
  return [{ field: 'price', rule, nearest: scale.priceText(nearest) }];
}

function notionalProblem(request: OrderRequest, market: PracticeMarket): Problem[] {
  const { minNotional, quote, lotSize } = market.instrument;
  if (minNotional === undefined || request.reduceOnly) return [];
  const rule = `the order must be worth at least ${minNotional} ${quote}`;
  if (request.quoteAmount !== undefined) {
    const tooSmall = compareText(request.quoteAmount, minNotional) < 0;
    return tooSmall ? [{ field: 'quoteAmount', rule, nearest: minNotional }] : [];
  }
  const { scale } = market.terms;
  const ticks =
    request.price !== undefined
      ? scale.ticks(request.price)
      : request.triggerPrice !== undefined
        ? scale.ticks(request.triggerPrice)
        : market.prices().last;
  const lots = request.quantity === undefined ? null : scale.lots(request.quantity);
  if (ticks === null || lots === null || scale.notional(ticks, lots) >= parseAmount(minNotional)) return [];
  const perLot = scale.notional(ticks, 1);
  const enough = (parseAmount(minNotional) + perLot - 1n) / perLot;
  return [
    { field: 'quantity', rule, nearest: roundToStep(scale.quantityText(Number(enough)), lotSize, 'up') },
  ];
}

/** The rules that a changed order has to keep: those of its placing, with the band only for a new price. */
export function amendProblems(changed: OrderRequest, market: PracticeMarket, priceIsNew: boolean): Problem[] {
  return filterProblems(changed, market, priceIsNew);
}
