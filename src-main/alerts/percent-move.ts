import type { AlertCondition } from '../../src-preload/contract/types/alert.ts';
import type { DecimalText } from '../../src-preload/contract/types/market.ts';
import { compareText, dec, text } from '../market/decimal.ts';

type PercentMove = Extract<AlertCondition, { kind: 'percentMove' }>;

interface Extreme {
  readonly time: number;
  readonly price: DecimalText;
}

/**
 * Lowest (sign 1) or highest (sign -1) price of a sliding window. Only prices that can still become the extreme
 * are kept, so that a day-long window costs a comparison a tick and not a walk through the day.
 */
class SlidingExtreme {
  readonly #sign: 1 | -1;
  #kept: Extreme[] = [];

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  push(price: DecimalText, time: number): void {
    while (this.#kept.length > 0 && compareText(this.#kept.at(-1)?.price ?? '0', price) * this.#sign >= 0)
      this.#kept.pop();
    this.#kept.push({ time, price });
  }

  /** The extreme since `oldest`, or null before the first price. */
  since(oldest: number): DecimalText | null {
    const first = this.#kept.findIndex((entry) => entry.time >= oldest);
    if (first > 0) this.#kept = this.#kept.slice(first);
    return first === -1 ? null : (this.#kept[0]?.price ?? null);
  }

  clear(): void {
    this.#kept = [];
  }
}

/** The prices of one percent-move alert's window. */
export class MoveWindow {
  readonly #low = new SlidingExtreme(1);
  readonly #high = new SlidingExtreme(-1);

  /** Takes a price in and answers the move in percent (signed text) when the condition holds, else null. */
  next(condition: PercentMove, price: DecimalText, time: number): DecimalText | null {
    const oldest = time - condition.windowMinutes * 60_000;
    const move = strongest(condition, price, this.#low.since(oldest), this.#high.since(oldest));
    if (move !== null) {
      // A firing starts a new window: the same move is told once.
      this.#low.clear();
      this.#high.clear();
    }
    this.#low.push(price, time);
    this.#high.push(price, time);
    return move;
  }
}

function strongest(
  condition: PercentMove,
  price: DecimalText,
  low: DecimalText | null,
  high: DecimalText | null,
): DecimalText | null {
  const change = (from: DecimalText) => dec(price).minus(from).div(from).times('100');
  const rise = low === null ? null : change(low);
  const fall = high === null ? null : change(high);
  if (rise && condition.direction !== 'down' && rise.greaterThanOrEqualTo(condition.percent)) {
    return text(rise.toDecimalPlaces(2));
  }
  if (fall && condition.direction !== 'up' && fall.negated().greaterThanOrEqualTo(condition.percent)) {
    return text(fall.toDecimalPlaces(2));
  }
  return null;
}
