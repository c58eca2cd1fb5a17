import { HoldfastError } from '../errors.ts';
import { ORDER_DEADLINE_MS, sendWithin } from '../net/send-deadline.ts';
import type { SendDeadline } from '../net/send-deadline.ts';
import { systemTime } from '../net/time.ts';
import type { NetTime } from '../net/time.ts';

/** What an order can wait for before it leaves. */
export type Waiting = 'position' | 'reconciliation' | 'checks' | 'journal';

const WHY: Readonly<Record<Waiting, string>> = {
  position: 'the venue took too long to say what the position is',
  reconciliation: 'what is open on this account is still being compared with the venue',
  checks: 'its checks, or those of orders before it, took too long',
  journal: 'writing it to the journal took too long',
};

/**
 * From the press until the first byte, through everything in between: a person who presses sees the market of that
 * moment, and an order that waited longer is another order. Goes with the order to the venue's adapter, which asks it
 * once more just before it writes.
 */
export class OrderDeadline implements SendDeadline {
  readonly stopped: () => HoldfastError | null;
  readonly #time: NetTime;
  readonly #within: SendDeadline;

  /** @param stopped what keeps it from leaving though it is in time; null when nothing does */
  constructor(stopped: () => HoldfastError | null, time: NetTime = systemTime) {
    this.stopped = stopped;
    this.#time = time;
    this.#within = sendWithin(ORDER_DEADLINE_MS, time);
  }

  leftMs(): number {
    return this.#within.leftMs();
  }

  /** Throws `unavailable`/`order.notReady` when it is too late. Nothing was sent then. */
  require(waiting: Waiting): void {
    if (this.leftMs() <= 0) throw notReady(waiting);
  }

  /** What keeps it from leaving now; null when nothing does. */
  refusal(waiting: Waiting): HoldfastError | null {
    return this.stopped() ?? (this.leftMs() <= 0 ? notReady(waiting) : null);
  }

  /** What `work` answers. Rejects as `require` does as soon as it is too late, and as `work` does. */
  async inTime<T>(work: Promise<T>, waiting: Waiting): Promise<T> {
    if (!(await this.#ends(work, this.leftMs()))) throw notReady(waiting);
    this.require(waiting);
    return work;
  }

  /** Resolves when `work` has ended, however, or after `ms`. Never rejects. */
  async atMost(ms: number, work: Promise<unknown>): Promise<void> {
    await this.#ends(work, ms);
  }

  /** Whether it ended within `ms`, well or not. */
  #ends(work: Promise<unknown>, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#time.after(Math.max(0, ms), () => resolve(false));
      const end = (): void => {
        cancel();
        resolve(true);
      };
      work.then(end, end);
    });
  }
}

const notReady = (waiting: Waiting): HoldfastError =>
  new HoldfastError(
    'unavailable',
    'order.notReady',
    `Nothing was sent: ${WHY[waiting]}, and ${String(ORDER_DEADLINE_MS / 1000)} s after you asked for it the price may be another. Ask again.`,
  );
