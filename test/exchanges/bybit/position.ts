/** A position in one contract: signed size, average price, realised and unrealised result. */
import { Decimal, dec, text } from '../../../src-main/market/decimal.ts';
import type { Market } from './market.ts';
import type { BybitSide, Payload } from './protocol.ts';

const ZERO = new Decimal(0);
/** One maintenance rate for all sizes: the venue's lowest tier. */
export const MAINTENANCE = '0.005';

export interface PositionChange {
  /** Quantity that closed something, unsigned. */
  readonly closed: Decimal;
  /** Result of the closed part in the settle coin, before fees. */
  readonly pnl: Decimal;
  readonly entry: Decimal;
}

/** Trigger protection of a whole position; '' = none. */
export interface Protection {
  takeProfit: string;
  stopLoss: string;
  trailingStop: string;
  activePrice: string;
}

export class Position {
  readonly market: Market;
  readonly index: number;
  /** Above zero long, below short. */
  size: Decimal = ZERO;
  average: Decimal = ZERO;
  realised: Decimal = ZERO;
  currentRealised: Decimal = ZERO;
  createdAt = 0;
  updatedAt = 0;
  openedAt = 0;
  seq = 0;
  autoAddMargin = 0;
  addedMargin: Decimal = ZERO;
  readonly protection: Protection = { takeProfit: '', stopLoss: '', trailingStop: '', activePrice: '' };
  /** Best price since the trailing stop became active; '' = not active yet. */
  trailingBest = '';

  constructor(market: Market, index: number) {
    this.market = market;
    this.index = index;
  }

  static key(market: Market, index: number): string {
    return `${market.listing.category} ${market.symbol} ${index}`;
  }

  get side(): BybitSide | '' {
    if (this.size.isZero()) return '';
    return this.size.isPositive() ? 'Buy' : 'Sell';
  }

  get inverse(): boolean {
    return this.market.listing.category === 'inverse';
  }

  /** Takes a fill in; the answer tells what it closed. */
  apply(side: BybitSide, quantity: Decimal, price: Decimal, now: number): PositionChange {
    const signed = side === 'Buy' ? quantity : quantity.neg();
    const opposite = !this.size.isZero() && this.size.isPositive() !== signed.isPositive();
    const closed = opposite ? Decimal.min(quantity, this.size.abs()) : ZERO;
    const entry = this.average;
    const pnl = this.pnl(closed, entry, price);
    if (opposite) this.size = this.size.plus(signed.isPositive() ? closed : closed.neg());
    const opened = quantity.minus(closed);
    if (opened.gt(0)) this.#open(signed.isPositive() ? opened : opened.neg(), price, now);
    this.realised = this.realised.plus(pnl);
    this.currentRealised = this.currentRealised.plus(pnl);
    this.updatedAt = now;
    if (this.size.isZero()) this.#reset();
    return { closed, pnl, entry };
  }

  /** Worth of a quantity at a price in the settle coin. */
  value(quantity: Decimal, price: Decimal): Decimal {
    if (!this.inverse) return quantity.times(price);
    return price.isZero() ? ZERO : quantity.div(price);
  }

  unrealised(): Decimal {
    return this.pnl(this.size.abs(), this.average, dec(this.market.mark));
  }

  initialMargin(leverage: string): Decimal {
    if (this.market.listing.category === 'option') return ZERO;
    return this.value(this.size.abs(), this.average).div(leverage);
  }

  maintenanceMargin(): Decimal {
    return this.value(this.size.abs(), dec(this.market.mark)).times(MAINTENANCE);
  }

  /** Fields of `position/list`; the stream renames one of them. */
  payload(leverage: string): Payload {
    const { market, protection } = this;
    const value = this.value(this.size.abs(), this.average);
    const empty = this.size.isZero();
    const im = text(round(this.initialMargin(leverage)));
    const mm = text(round(this.maintenanceMargin()));
    return {
      positionIdx: this.index,
      riskId: 1,
      riskLimitValue: '2000000',
      symbol: market.symbol,
      side: this.side,
      size: text(this.size.abs()),
      avgPrice: empty ? '0' : text(round(this.average)),
      positionValue: empty ? '' : text(round(value)),
      tradeMode: 0,
      autoAddMargin: this.autoAddMargin,
      positionStatus: 'Normal',
      leverage: market.listing.category === 'option' ? '' : leverage,
      markPrice: market.mark,
      liqPrice: empty ? '' : this.#liquidation(leverage),
      bustPrice: '',
      breakEvenPrice: empty ? '' : text(round(this.average)),
      positionIM: empty ? '' : im,
      positionIMByMp: empty ? '' : im,
      positionMM: empty ? '' : mm,
      positionMMByMp: empty ? '' : mm,
      positionBalance: empty ? '0' : im,
      tpslMode: 'Full',
      takeProfit: protection.takeProfit,
      stopLoss: protection.stopLoss,
      trailingStop: protection.trailingStop === '' ? '0' : protection.trailingStop,
      sessionAvgPrice: market.listing.settle === 'USDC' && !empty ? text(round(this.average)) : '',
      delta: '',
      gamma: '',
      vega: '',
      theta: '',
      unrealisedPnl: empty ? '' : text(round(this.unrealised())),
      curRealisedPnl: text(round(this.currentRealised)),
      cumRealisedPnl: text(round(this.realised)),
      adlRankIndicator: empty ? 0 : 2,
      createdTime: String(this.createdAt),
      updatedTime: String(this.updatedAt),
      openTime: this.openedAt,
      seq: empty && this.seq === 0 ? -1 : this.seq,
      isReduceOnly: false,
      mmrSysUpdatedTime: '',
      leverageSysUpdatedTime: '',
    };
  }

  pnl(quantity: Decimal, entry: Decimal, exit: Decimal): Decimal {
    if (quantity.isZero() || entry.isZero() || exit.isZero()) return ZERO;
    const long = this.size.isPositive();
    const gain = this.inverse
      ? quantity.div(entry).minus(quantity.div(exit))
      : quantity.times(exit.minus(entry));
    return long ? gain : gain.neg();
  }

  #open(signed: Decimal, price: Decimal, now: number): void {
    const before = this.size.abs();
    const total = before.plus(signed.abs());
    if (before.isZero()) {
      this.createdAt = this.createdAt === 0 ? now : this.createdAt;
      this.openedAt = now;
      this.currentRealised = ZERO;
    }
    // Inverse contracts are worth 1 USD each, so their average is the harmonic one.
    this.average = this.inverse
      ? total.div(this.value(before, this.average).plus(this.value(signed.abs(), price)))
      : before.times(this.average).plus(signed.abs().times(price)).div(total);
    this.size = this.size.plus(signed);
  }

  #liquidation(leverage: string): string {
    const room = dec('1').div(leverage).minus(MAINTENANCE);
    const factor = this.size.isPositive() ? dec('1').minus(room) : dec('1').plus(room);
    const price = this.average.times(factor);
    return price.gt(0) ? text(price.toDecimalPlaces(2)) : '';
  }

  #reset(): void {
    this.average = ZERO;
    this.openedAt = 0;
    this.trailingBest = '';
    Object.assign(this.protection, { takeProfit: '', stopLoss: '', trailingStop: '', activePrice: '' });
  }
}

/** The venue writes eight decimals. */
export const round = (value: Decimal): Decimal => value.toDecimalPlaces(8);
