import { HoldfastError } from '../errors.ts';

/** Two presses closer together than this are one wish, ms. */
const DOUBLE_PRESS_MS = 300;

interface Press {
  readonly intentId: string;
  readonly at: number;
}

interface Options {
  /** Asked with every press, so that a changed setting counts at once. */
  readonly repeatsAllowed?: () => boolean;
  /** Milliseconds that no clock change moves. */
  readonly now?: () => number;
}

/**
 * Tells a double click from a second order. Each press of the ticket's button is an intent of its own, so that
 * nothing else would keep a nervous finger from buying twice.
 */
export class PressGuard {
  readonly #last = new Map<string, Press>();
  readonly #repeatsAllowed: () => boolean;
  readonly #now: () => number;

  constructor({ repeatsAllowed = () => false, now = () => performance.now() }: Options = {}) {
    this.#repeatsAllowed = repeatsAllowed;
    this.#now = now;
  }

  /**
   * Throws `notAllowed` for an order that equals another one within the last 300 ms and has another intent, unless
   * the person asked for repeats. The same intent again passes: it is the same order.
   * @param order all that the ticket sends, the account included
   */
  order(order: object, intentId: string): void {
    this.#press(order, intentId, this.#repeatsAllowed(), doubleOrder);
  }

  /** The same for closing a position, which nobody wants twice: repeats are never allowed. */
  close(position: object, intentId: string): void {
    this.#press({ ...position, closes: true }, intentId, false, doubleClose);
  }

  #press(wish: object, intentId: string, repeats: boolean, refusal: () => HoldfastError): void {
    const at = this.#now();
    const key = JSON.stringify(Object.entries(wish).sort(([a], [b]) => (a < b ? -1 : 1)));
    for (const [other, { at: then }] of this.#last)
      if (at - then >= DOUBLE_PRESS_MS) this.#last.delete(other);
    const last = this.#last.get(key);
    if (last?.intentId === intentId) return;
    if (last !== undefined && !repeats) throw refusal();
    this.#last.set(key, { intentId, at });
  }
}

const doubleOrder = () =>
  new HoldfastError(
    'notAllowed',
    'order.doublePress',
    `The same order was sent less than ${String(DOUBLE_PRESS_MS)} ms ago, so this press was taken for a double click and sent nothing: only the first one counts. Press again to repeat the order. Settings, Orders can allow repeats within that time.`,
  );

const doubleClose = () =>
  new HoldfastError(
    'notAllowed',
    'position.doublePress',
    `Closing this position was asked for less than ${String(DOUBLE_PRESS_MS)} ms ago, so this press was taken for a double click and sent nothing: only the first one counts.`,
  );
