import type { Delivery } from '../../src-preload/contract/define.ts';
import type { Scheduler } from './scheduler.ts';

/** At most 30 updates a second reach a window for one subscription. */
export const UPDATE_INTERVAL_MS = 1000 / 30;
/** Updates on their way that the window has not taken yet; beyond it we wait and coalesce further. */
export const MAX_UNTAKEN = 2;
/** Events of an `every` topic that may wait for a slow window before it has to start afresh. */
export const QUEUE_LIMIT = 5000;

export interface SubscriptionParts {
  readonly delivery: Delivery;
  readonly scheduler: Scheduler;
  /** Sends one payload: the event itself for `latest`, an array of events for `every`. */
  readonly deliver: (payload: unknown) => void;
  /** The window fell so far behind an `every` topic that dropping would be the only way on. */
  readonly onOverflow: () => void;
}

/**
 * Paces one subscription. `latest` keeps only the newest waiting value. `every` keeps all of them, in order,
 * and reports an overflow rather than losing one silently: an order update that vanished is worse than a
 * view that reloads.
 */
export class Subscription {
  readonly #parts: SubscriptionParts;
  #waiting: unknown[] = [];
  #untaken = 0;
  #lastSentAt = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;
  #closed = false;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
  }

  /** Takes one event from the source. */
  emit(event: unknown): void {
    if (this.#closed) return;
    if (this.#parts.delivery === 'latest') this.#waiting = [event];
    else this.#waiting.push(event);
    if (this.#waiting.length > QUEUE_LIMIT) {
      this.close();
      this.#parts.onOverflow();
      return;
    }
    this.#flushWhenDue();
  }

  /** The window took one update. */
  taken(): void {
    this.#untaken = Math.max(0, this.#untaken - 1);
    this.#flushWhenDue();
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #flushWhenDue(): void {
    if (this.#closed || this.#waiting.length === 0 || this.#untaken >= MAX_UNTAKEN || this.#cancelTimer)
      return;
    const wait = this.#lastSentAt + UPDATE_INTERVAL_MS - this.#parts.scheduler.now();
    if (wait <= 0) return this.#send();
    this.#cancelTimer = this.#parts.scheduler.after(Math.ceil(wait), () => {
      this.#cancelTimer = undefined;
      this.#flushWhenDue();
    });
  }

  #send(): void {
    const events = this.#waiting;
    this.#waiting = [];
    this.#untaken += 1;
    this.#lastSentAt = this.#parts.scheduler.now();
    this.#parts.deliver(this.#parts.delivery === 'latest' ? events[0] : events);
  }
}
