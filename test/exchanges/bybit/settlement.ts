/** Books one fill on an account: coins, position, fees, the execution, the ledger and the closed result. */
import { Decimal, dec, text } from '../../../src-main/market/decimal.ts';
import type { Account } from './accounts.ts';
import type { VenueOrder } from './order.ts';
import { round, type PositionChange } from './position.ts';
import type { Payload } from './protocol.ts';

export interface Fill {
  readonly execId: string;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly maker: boolean;
  readonly time: number;
  readonly seq: number;
}

/** What a fill did, for the streams. */
export interface Booked {
  readonly execution: Payload;
  readonly coins: readonly string[];
}

interface Charge {
  readonly coin: string;
  readonly amount: Decimal;
  readonly rate: string;
}

const ZERO = new Decimal(0);
/** Options pay a share of the underlying, never more than an eighth of the premium. */
const OPTION_FEE = { rate: '0.0003', most: '0.125' };

export function book(account: Account, order: VenueOrder, fill: Fill): Booked {
  const spot = order.family === 'spot';
  const value = valueOf(order, fill);
  const charge = chargeOf(account, order, fill, value);
  const change = spot ? null : moveContract(account, order, fill, value);
  if (spot) moveSpot(account, order, fill, value);
  account.credit(charge.coin, charge.amount.neg());
  order.filled = order.filled.plus(fill.quantity);
  order.value = order.value.plus(value);
  order.addFee(charge.coin, charge.amount);
  order.updatedAt = fill.time;
  if (change !== null) afterContract(account, order, fill, charge, change);
  const execution = executionPayload(order, fill, { value, charge, change });
  account.executions.push(execution);
  account.ledger.push(ledgerRow(account, order, fill, charge, change));
  const { base, quote, settle } = order.market.listing;
  return { execution, coins: spot ? [base, quote] : [settle] };
}

function valueOf(order: VenueOrder, fill: Fill): Decimal {
  const inverse = order.market.listing.category === 'inverse';
  return inverse ? fill.quantity.div(fill.price) : fill.quantity.times(fill.price);
}

function chargeOf(account: Account, order: VenueOrder, fill: Fill, value: Decimal): Charge {
  const { category, base, settle } = order.market.listing;
  const rates = category === 'spot' ? account.feeRates : account.contractFees;
  const rate = fill.maker ? rates.maker : rates.taker;
  if (category === 'spot' && order.spec.side === 'Buy') {
    return { coin: base, amount: round(fill.quantity.times(rate)), rate };
  }
  if (category === 'option') {
    const underlying = dec(order.market.index).times(fill.quantity).times(OPTION_FEE.rate);
    const amount = round(Decimal.min(underlying, value.times(OPTION_FEE.most)));
    return { coin: settle, amount, rate: OPTION_FEE.rate };
  }
  return { coin: settle, amount: round(value.times(rate)), rate };
}

function moveSpot(account: Account, order: VenueOrder, fill: Fill, value: Decimal): void {
  const { base, quote } = order.market.listing;
  const buy = order.spec.side === 'Buy';
  account.credit(base, buy ? fill.quantity : fill.quantity.neg());
  account.credit(quote, buy ? value.neg() : value);
}

function moveContract(account: Account, order: VenueOrder, fill: Fill, value: Decimal): PositionChange {
  const { category, settle } = order.market.listing;
  const position = account.position(order.market, order.spec.positionIdx);
  const change = position.apply(order.spec.side, fill.quantity, fill.price, fill.time);
  position.seq = fill.seq;
  // An option is paid for at once; a future settles only its result.
  const cash = category === 'option' ? (order.spec.side === 'Buy' ? value.neg() : value) : round(change.pnl);
  account.credit(settle, cash);
  return change;
}

function afterContract(
  account: Account,
  order: VenueOrder,
  fill: Fill,
  charge: Charge,
  change: PositionChange,
): void {
  const result = round(change.pnl).minus(charge.amount);
  account.realise(order.market.listing.settle, result);
  const position = account.position(order.market, order.spec.positionIdx);
  position.realised = position.realised.minus(charge.amount);
  position.currentRealised = position.currentRealised.minus(charge.amount);
  if (change.closed.isZero()) return;
  order.closedPnl = order.closedPnl.plus(result);
  account.closedPnl.push(closedRow(account, order, fill, change, result));
}

function executionPayload(
  order: VenueOrder,
  fill: Fill,
  parts: { value: Decimal; charge: Charge; change: PositionChange | null },
): Payload {
  const { spec, market } = order;
  return {
    category: market.listing.category,
    symbol: market.symbol,
    orderId: spec.orderId,
    orderLinkId: spec.linkId,
    side: spec.side,
    orderPrice: order.price === '' ? '0' : order.price,
    orderQty: order.qty,
    leavesQty: text(Decimal.max(0, order.byAmount ? ZERO : dec(order.qty).minus(order.filled))),
    createType: spec.createType,
    orderType: spec.orderType,
    stopOrderType: spec.stopOrderType === '' ? 'UNKNOWN' : spec.stopOrderType,
    execId: fill.execId,
    execPrice: text(fill.price),
    execQty: text(fill.quantity),
    execValue: text(round(parts.value)),
    execFee: text(parts.charge.amount),
    execFeeV2: '',
    feeCurrency: parts.charge.coin,
    feeRate: parts.charge.rate,
    execType: 'Trade',
    execTime: String(fill.time),
    isMaker: fill.maker,
    markPrice: market.mark,
    indexPrice: market.index,
    underlyingPrice: market.listing.category === 'option' ? market.index : '',
    tradeIv: '',
    markIv: '',
    closedSize: text(parts.change?.closed ?? ZERO),
    blockTradeId: '',
    seq: fill.seq,
    extraFees: '',
    isLeverage: spec.isLeverage ? '1' : '0',
    execPnl: text(round(parts.change?.pnl ?? ZERO)),
    marketUnit: spec.marketUnit,
  };
}

function ledgerRow(
  account: Account,
  order: VenueOrder,
  fill: Fill,
  charge: Charge,
  change: PositionChange | null,
): Payload {
  const { spec, market } = order;
  const cashFlow = change === null ? ZERO : round(change.pnl);
  return {
    id: `${account.uid}_${market.symbol}_${fill.seq}`,
    symbol: market.symbol,
    category: market.listing.category,
    side: spec.side,
    transactionTime: String(fill.time),
    type: 'TRADE',
    qty: text(fill.quantity),
    size: change === null ? '' : text(account.position(market, spec.positionIdx).size),
    currency: charge.coin,
    tradePrice: text(fill.price),
    funding: '',
    fee: text(charge.amount),
    cashFlow: text(cashFlow),
    change: text(cashFlow.minus(charge.amount)),
    cashBalance: text(round(account.balance(charge.coin))),
    feeRate: charge.rate,
    bonusChange: '',
    tradeId: fill.execId,
    orderId: spec.orderId,
    orderLinkId: spec.linkId,
    extraFees: '',
  };
}

function closedRow(
  account: Account,
  order: VenueOrder,
  fill: Fill,
  change: PositionChange,
  result: Decimal,
): Payload {
  const { spec, market } = order;
  const position = account.position(market, spec.positionIdx);
  return {
    category: market.listing.category,
    symbol: market.symbol,
    orderId: spec.orderId,
    side: spec.side,
    qty: order.qty,
    orderPrice: order.price === '' ? '0' : order.price,
    orderType: spec.orderType,
    execType: 'Trade',
    closedSize: text(change.closed),
    cumEntryValue: text(round(position.value(change.closed, change.entry))),
    avgEntryPrice: text(round(change.entry)),
    cumExitValue: text(round(position.value(change.closed, fill.price))),
    avgExitPrice: text(fill.price),
    closedPnl: text(round(result)),
    fillCount: '1',
    leverage: account.leverageOf(market, spec.positionIdx),
    openFee: '0',
    closeFee: '0',
    createdTime: String(fill.time),
    updatedTime: String(fill.time),
  };
}
