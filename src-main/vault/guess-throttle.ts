import { HoldfastError } from '../errors.ts';
import type { SideStateFile } from './side-state.ts';
import { throttled } from './vault-errors.ts';

const FREE_GUESSES = 5;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/** How long to wait after so many wrong passphrases in a row, in milliseconds: five are free, then it doubles. */
export function waitAfter(failures: number): number {
  if (failures < FREE_GUESSES) return 0;
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - FREE_GUESSES), LONGEST_WAIT_MS);
}

export interface GuessThrottleOptions {
  readonly state: SideStateFile;
  /** Milliseconds UTC; a person can set this clock. */
  readonly now: () => number;
  /** Milliseconds that only grow while the program runs; nobody can set it. */
  readonly elapsed: () => number;
}

function isWrongGuess(error: unknown): boolean {
  return error instanceof HoldfastError && error.code === 'vault.wrongPassphrase';
}

/**
 * Slows down somebody who sits at the machine and types passphrases. Somebody who took the file away guesses
 * on a machine of their own; against that stands the cost of the key derivation, not this class.
 */
export class GuessThrottle {
  readonly #state: SideStateFile;
  readonly #now: () => number;
  readonly #elapsed: () => number;
  /** When the last wrong guess of this run happened, by the clock that nobody can set. */
  #lastFailure: number | null = null;

  constructor(options: GuessThrottleOptions) {
    this.#state = options.state;
    this.#now = options.now;
    this.#elapsed = options.elapsed;
  }

  /** Milliseconds until the next guess is allowed; 0 = now. */
  async remainingMs(): Promise<number> {
    const { failures, lastFailureAt } = await this.#state.read();
    const wait = waitAfter(failures);
    if (wait === 0) return 0;
    if (this.#lastFailure !== null) return Math.max(0, wait - (this.#elapsed() - this.#lastFailure));
    const passed = this.#now() - lastFailureAt;
    if (passed >= 0) return Math.max(0, wait - passed);
    // The clock was set back: the wait starts anew instead of lasting until the old date comes round.
    this.#lastFailure = this.#elapsed();
    await this.#state.update({ lastFailureAt: this.#now() });
    return wait;
  }

  /**
   * Runs one guess. It is counted as wrong before it starts, so that killing the program half way is no free
   * guess; a right one clears the count (or leaves it as it was, where the passphrase is not the vault's), and a
   * failure that says nothing about the passphrase gives it back. Throws `vault.throttled` with `retryAfterMs`.
   */
  async attempt<T>(guess: () => Promise<T>, whenRight: 'clear' | 'keepCount' = 'clear'): Promise<T> {
    const remaining = await this.remainingMs();
    if (remaining > 0) throw throttled(remaining);
    const { failures, lastFailureAt } = await this.#state.read();
    await this.#state.update({ failures: failures + 1, lastFailureAt: this.#now() });
    try {
      const result = await guess();
      if (whenRight === 'clear') this.#lastFailure = null;
      await this.#state.update(
        whenRight === 'clear' ? { failures: 0, lastFailureAt: 0 } : { failures, lastFailureAt },
      );
      return result;
    } catch (error) {
      if (isWrongGuess(error)) {
        this.#lastFailure = this.#elapsed();
        await this.#state.update({ lastFailureAt: this.#now() });
      } else await this.#state.update({ failures, lastFailureAt });
      throw error;
    }
  }
}
