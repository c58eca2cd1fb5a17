/**
 * A market's own whole numbers: prices in ticks, quantities in lots. Both are safe integers, so comparing and
 * adding them is exact and fast; money comes out as bigint amounts.
 */
import { HoldfastError } from '../../errors.ts';
import { amountText, DECIMALS, divide, ONE, parseAmount, type Amount } from './amount.ts';

const decimalsOf = (text: string): number => (text.split('.')[1] ?? '').replace(/0+$/, '').length;

export class MarketScale {
  readonly tick: Amount;
  readonly lot: Amount;
  /** Worth of one lot at a price of one tick, in the quote asset. */
  readonly tickLot: Amount;
  readonly #priceDecimals: number;
  readonly #tickUnits: number;

  /** Throws `protocol` when tick times lot needs more digits than an amount has. */
  constructor(tickSize: string, lotSize: string) {
    this.tick = parseAmount(tickSize);
    this.lot = parseAmount(lotSize);
    this.#priceDecimals = decimalsOf(tickSize);
    const decimals = this.#priceDecimals + decimalsOf(lotSize);
    this.#tickUnits = Number(this.tick / 10n ** BigInt(DECIMALS - this.#priceDecimals));
    if (this.tick <= 0n || this.lot <= 0n || decimals > DECIMALS || !Number.isSafeInteger(this.#tickUnits)) {
      throw new HoldfastError('protocol', 'practice.badSteps', 'Tick and lot size need too many digits.');
    }
    this.tickLot = (this.tick * this.lot) / ONE;
  }

  /** Ticks of a price; null when it is no multiple of the tick or beyond exact counting. */
  ticks(price: string): number | null {
    return wholeSteps(parseAmount(price), this.tick);
  }

  /** Lots of a quantity; null when it is no multiple of the lot or beyond exact counting. */
  lots(quantity: string): number | null {
    return wholeSteps(parseAmount(quantity), this.lot);
  }

  /** The tick at or below a price, or at or above it. For prices that come from outside the tick grid. */
  roundTicks(price: string, rounding: 'down' | 'up'): number {
    return Number(divide(parseAmount(price), this.tick, rounding));
  }

  /** The lots that a quantity holds in full. */
  floorLots(quantity: Amount): number {
    return Number(quantity / this.lot);
  }

  /** Worth of `lots` at `ticks`, exact. */
  notional(ticks: number, lots: number): Amount {
    return BigInt(ticks) * BigInt(lots) * this.tickLot;
  }

  quantity(lots: number): Amount {
    return BigInt(lots) * this.lot;
  }

  /** Price text with the decimals of the tick, as venues write it ("92000.10"). */
  priceText(ticks: number): string {
    const units = ticks * this.#tickUnits;
    if (!Number.isSafeInteger(units)) return amountText(BigInt(ticks) * this.tick);
    if (this.#priceDecimals === 0) return String(units);
    const digits = String(units).padStart(this.#priceDecimals + 1, '0');
    const point = digits.length - this.#priceDecimals;
    return `${digits.slice(0, point)}.${digits.slice(point)}`;
  }

  quantityText(lots: number): string {
    return amountText(this.quantity(lots));
  }

  /** Average price of a turnover over a quantity, rounded down to two more decimals than the tick. */
  averageText(notional: Amount, lots: number): string {
    const raw = divide(notional * ONE, this.quantity(lots), 'down');
    const drop = 10n ** BigInt(Math.max(0, DECIMALS - this.#priceDecimals - 2));
    return amountText((raw / drop) * drop);
  }
}

function wholeSteps(value: Amount, step: Amount): number | null {
  if (value % step !== 0n) return null;
  const steps = Number(value / step);
  return Number.isSafeInteger(steps) ? steps : null;
}
