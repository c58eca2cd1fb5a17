import type { After } from '../../../market/shared-stream.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** A snapshot that did not come in this time is asked for again. */
const PATIENCE_MS = 10_000;
/** After so long without trouble the next request goes out at once again. */
const CALM_MS = 60_000;

/** Asks for a fresh snapshot: at once the first time, then ever more rarely, so that a market that keeps breaking costs little. */
export class Resync {
  readonly #renew: () => void;
  readonly #timers: After;
  #attempts = 0;
  #healedAt: number | null = null;
  #cancel: (() => void) | null = null;

  constructor(renew: () => void, timers: After) {
    this.#renew = renew;
    this.#timers = timers;
  }

  /** Harmless while one is under way. */
  request(): void {
    this.#healedAt = null;
    if (this.#cancel !== null) return;
    const wait =
      this.#attempts === 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (this.#attempts - 1), LONGEST_WAIT_MS);
    this.#attempts += 1;
    if (wait === 0) this.#ask();
    else this.#cancel = this.#timers(wait, () => this.#ask());
  }

  /** What came is good again. `at`: ms UTC. */
  healed(at: number): void {
    if (this.#attempts === 0) return;
    this.#stop();
    this.#healedAt ??= at;
    if (at - this.#healedAt >= CALM_MS) this.#attempts = 0;
  }

  /** The connection is gone: a new one brings snapshots by itself. */
  reset(): void {
    this.#stop();
    this.#attempts = 0;
    this.#healedAt = null;
  }

  #ask(): void {
    this.#cancel = this.#timers(PATIENCE_MS, () => {
      this.#cancel = null;
      this.request();
    });
    this.#renew();
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
