/** An order as the venue remembers it, and its fields on the wire (sheet section 4.3). */
import { Decimal, dec, text } from '../../../src-main/market/decimal.ts';
import type { Market } from './market.ts';
import { round } from './position.ts';
import type { BybitSide, Payload } from './protocol.ts';

export type OrderStatus =
  | 'New'
  | 'PartiallyFilled'
  | 'Untriggered'
  | 'Triggered'
  | 'Rejected'
  | 'PartiallyFilledCanceled'
  | 'Filled'
  | 'Cancelled'
  | 'Deactivated';

export type TriggerBy = 'LastPrice' | 'IndexPrice' | 'MarkPrice';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'PostOnly';

/** Attached or stand-alone protection, as the parameters name it. */
export interface Brackets {
  takeProfit: string;
  stopLoss: string;
  tpTriggerBy: string;
  slTriggerBy: string;
  tpslMode: string;
  tpLimitPrice: string;
  slLimitPrice: string;
  tpOrderType: string;
  slOrderType: string;
}

export const NO_BRACKETS: Brackets = {
  takeProfit: '',
  stopLoss: '',
  tpTriggerBy: '',
  slTriggerBy: '',
  tpslMode: '',
  tpLimitPrice: '',
  slLimitPrice: '',
  tpOrderType: '',
  slOrderType: '',
};

export interface OrderSpec {
  readonly uid: string;
  readonly market: Market;
  readonly orderId: string;
  readonly linkId: string;
  readonly side: BybitSide;
  readonly orderType: 'Market' | 'Limit';
  readonly price: string;
  readonly qty: string;
  readonly timeInForce: TimeInForce;
  readonly reduceOnly: boolean;
  readonly closeOnTrigger: boolean;
  readonly positionIdx: number;
  readonly isLeverage: boolean;
  readonly marketUnit: '' | 'baseCoin' | 'quoteCoin';
  readonly orderFilter: 'Order' | 'StopOrder' | 'tpslOrder';
  readonly stopOrderType: string;
  readonly createType: string;
  readonly triggerPrice: string;
  readonly triggerBy: TriggerBy | '';
  readonly triggerDirection: 0 | 1 | 2;
  readonly brackets: Brackets;
  readonly smpType: string;
  readonly createdAt: number;
}

const OPEN: readonly OrderStatus[] = ['New', 'PartiallyFilled', 'Untriggered'];

export class VenueOrder {
  readonly spec: OrderSpec;
  price: string;
  qty: string;
  triggerPrice: string;
  status: OrderStatus;
  cancelType = 'UNKNOWN';
  rejectReason = 'EC_NoError';
  filled: Decimal = new Decimal(0);
  /** Price times quantity of the fills (inverse: the coin value). */
  value: Decimal = new Decimal(0);
  closedPnl: Decimal = new Decimal(0);
  updatedAt: number;
  readonly fees = new Map<string, Decimal>();
  readonly brackets: Brackets;
  readonly lastPriceOnCreated: string;
  /** Order id of the other leg of a pair of protection orders. */
  sibling = '';

  constructor(spec: OrderSpec) {
    this.spec = spec;
    this.price = spec.price;
    this.qty = spec.qty;
    this.triggerPrice = spec.triggerPrice;
    this.status = spec.triggerPrice === '' ? 'New' : 'Untriggered';
    this.updatedAt = spec.createdAt;
    this.brackets = { ...spec.brackets };
    this.lastPriceOnCreated = spec.market.last;
  }

  get orderId(): string {
    return this.spec.orderId;
  }

  get linkId(): string {
    return this.spec.linkId;
  }

  get market(): Market {
    return this.spec.market;
  }

  get family(): 'spot' | 'contract' {
    return this.market.listing.category === 'spot' ? 'spot' : 'contract';
  }

  get open(): boolean {
    return OPEN.includes(this.status);
  }

  get byAmount(): boolean {
    return this.spec.marketUnit === 'quoteCoin' && this.spec.orderType === 'Market';
  }

  leaves(): Decimal {
    if (!this.open) return new Decimal(0);
    const total = dec(this.qty);
    return this.byAmount ? Decimal.max(0, total.minus(this.value)) : Decimal.max(0, total.minus(this.filled));
  }

  addFee(coin: string, fee: Decimal): void {
    this.fees.set(coin, (this.fees.get(coin) ?? new Decimal(0)).plus(fee));
  }

  payload(): Payload {
    const { spec, market } = this;
    const spot = this.family === 'spot';
    const leaves = this.leaves();
    return {
      symbol: market.symbol,
      orderType: spec.orderType,
      orderLinkId: spec.linkId,
      orderId: spec.orderId,
      parentOrderLinkId: '',
      slLimitPrice: this.brackets.slLimitPrice === '' ? '0' : this.brackets.slLimitPrice,
      cancelType: this.cancelType,
      avgPrice: this.#average(),
      stopOrderType: spec.stopOrderType,
      lastPriceOnCreated: spot ? '' : this.lastPriceOnCreated,
      ...(spot ? { basePrice: this.lastPriceOnCreated } : {}),
      orderStatus: this.status,
      createType: spec.createType,
      takeProfit: this.brackets.takeProfit,
      tpslMode: this.brackets.tpslMode,
      tpLimitPrice: this.brackets.tpLimitPrice === '' ? '0' : this.brackets.tpLimitPrice,
      tpTriggerBy: this.brackets.tpTriggerBy,
      slTriggerBy: this.brackets.slTriggerBy,
      stopLoss: this.brackets.stopLoss,
      ocoTriggerBy: '',
      cumExecValue: text(round(this.value)),
      cumExecQty: text(this.filled),
      cumExecFee: text(round([...this.fees.values()].reduce((sum, fee) => sum.plus(fee), new Decimal(0)))),
      cumFeeDetail: Object.fromEntries([...this.fees].map(([coin, fee]) => [coin, text(round(fee))])),
      triggerPrice: this.triggerPrice,
      triggerBy: spec.triggerBy,
      triggerDirection: spec.triggerDirection,
      rejectReason: this.rejectReason,
      price: this.price === '' ? '0' : this.price,
      qty: this.qty,
      leavesQty: text(leaves),
      leavesValue: text(round(leaves.times(this.price === '' ? market.last : this.price))),
      side: spec.side,
      timeInForce: spec.timeInForce,
      positionIdx: spec.positionIdx,
      reduceOnly: spec.reduceOnly,
      closeOnTrigger: spec.closeOnTrigger,
      isLeverage: spot ? (spec.isLeverage ? '1' : '0') : '',
      marketUnit: spec.marketUnit,
      slippageToleranceType: 'UNKNOWN',
      slippageTolerance: '',
      smpType: spec.smpType,
      smpGroup: 0,
      smpOrderId: '',
      orderIv: '',
      placeType: market.listing.category === 'option' ? 'price' : '',
      blockTradeId: '',
      rpiTakerAccess: false,
      rpiMatchedQty: '',
      createdTime: String(spec.createdAt),
      updatedTime: String(this.updatedAt),
    };
  }

  /** The same order on the private stream. */
  event(): Payload {
    const { category, quote } = this.market.listing;
    return {
      category,
      ...this.payload(),
      closedPnl: text(round(this.closedPnl)),
      feeCurrency: category === 'spot' && this.spec.side === 'Buy' ? this.market.listing.base : quote,
    };
  }

  #average(): string {
    if (this.filled.isZero()) return '';
    const inverse = this.market.listing.category === 'inverse';
    return text(round(inverse ? this.filled.div(this.value) : this.value.div(this.filled)));
  }
}
