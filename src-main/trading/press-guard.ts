import { HoldfastError } from '../errors.ts';

/** Two presses closer together than this are one wish, ms. */
const DOUBLE_PRESS_MS = 300;

interface Press {
  readonly intentId: string;
  readonly at: number;
}

/**
 * Tells a double click from a second order. Each press of the ticket's button is an intent of its own, so that
 * nothing else would keep a nervous finger from buying twice.
 */
export class PressGuard {
  readonly #last = new Map<string, Press>();
  readonly #now: () => number;

  /** @param now milliseconds that no clock change moves */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Throws `notAllowed` for a wish that equals another one within the last 300 ms and has another intent. The same
   * intent again passes: it is the same order.
   * @param wish an order draft or whatever else a button sends, the account included
   */
  pressed(wish: object, intentId: string): void {
    const at = this.#now();
    const key = JSON.stringify(Object.entries(wish).sort(([a], [b]) => (a < b ? -1 : 1)));
    for (const [other, { at: then }] of this.#last)
      if (at - then >= DOUBLE_PRESS_MS) this.#last.delete(other);
    const last = this.#last.get(key);
    if (last && last.intentId !== intentId) throw doublePress();
    this.#last.set(key, { intentId, at: last?.at ?? at });
  }
}

const doublePress = () =>
  new HoldfastError(
    'notAllowed',
    'order.doublePress',
    `The same order was sent less than ${String(DOUBLE_PRESS_MS)} ms ago, so this press was taken for a double click and nothing was sent. Press again to repeat the order.`,
  );
