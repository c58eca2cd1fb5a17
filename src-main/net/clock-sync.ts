import { systemTime } from './time.ts';
import type { NetTime } from './time.ts';
import type { VenueClock } from './types.ts';

export const CLOCK_SAMPLES = 5;
export const CLOCK_REFRESH_MS = 600_000;
const CHECK_MS = 5_000;
/** Beyond this our own clock was set, or the machine slept. NTP slews by far less between two looks. */
const JUMP_MS = 500;
const MAX_FAILURES = 2;

interface Sample {
  readonly offset: number;
  readonly roundTrip: number;
}

export interface ClockOptions {
  /** Answers the venue's time, ms UTC. */
  readonly ask: () => Promise<number>;
  readonly time?: NetTime;
  /** Our own clock moved by so many ms beside the monotonic one. */
  readonly onJump?: (byMs: number) => void;
}

/** The offset of a venue's clock from ours, kept fresh. */
export class ClockSync implements VenueClock {
  readonly #ask: () => Promise<number>;
  readonly #time: NetTime;
  readonly #onJump: (byMs: number) => void;
  #offset: number | null = null;
  #running: Promise<void> | null = null;
  /** Wall clock minus monotonic clock when last looked at: constant until somebody sets the clock. */
  #anchor: number;
  #cancelRefresh: () => void = () => undefined;
  #cancelCheck: () => void = () => undefined;
  #isDisposed = false;

  constructor(options: ClockOptions) {
    this.#ask = options.ask;
    this.#time = options.time ?? systemTime;
    this.#onJump = options.onJump ?? (() => undefined);
    this.#anchor = this.#difference();
    this.#keepChecking();
  }

  now(): number {
    this.#lookForJump();
    return Math.round(this.#time.now() + (this.#offset ?? 0));
  }

  offsetMs(): number | null {
    return this.#offset === null ? null : Math.round(this.#offset);
  }

  sync(): Promise<void> {
    if (this.#isDisposed) return Promise.resolve();
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#cancelRefresh();
    this.#cancelCheck();
  }

  async #run(): Promise<void> {
    const samples: Sample[] = [];
    let failures = 0;
    let failure: Error | null = null;
    for (let n = 0; n < CLOCK_SAMPLES && failures < MAX_FAILURES && !this.#isDisposed; n += 1) {
      try {
        samples.push(await this.#sample());
      } catch (error) {
        failures += 1;
        failure = error instanceof Error ? error : new Error(String(error));
      }
    }
    this.#refreshLater();
    if (this.#isDisposed) return;
    if (samples.length > 0) {
      this.#anchor = this.#difference();
      this.#offset = weightedMedian(samples) - this.#anchor;
    } else if (failure !== null) {
      throw failure;
    }
  }

  /** Beside the monotonic clock: somebody may set ours between two samples. */
  async #sample(): Promise<Sample> {
    const start = this.#time.monotonic();
    const venue = await this.#ask();
    const roundTrip = this.#time.monotonic() - start;
    return { offset: venue - (start + roundTrip / 2), roundTrip };
  }

  #refreshLater(): void {
    this.#cancelRefresh();
    if (this.#isDisposed) return;
    this.#cancelRefresh = this.#time.after(CLOCK_REFRESH_MS, () => {
      this.#syncQuietly();
    });
  }

  #keepChecking(): void {
    this.#cancelCheck = this.#time.after(CHECK_MS, () => {
      this.#keepChecking();
      this.#lookForJump();
    });
  }

  #lookForJump(): void {
    const by = this.#difference() - this.#anchor;
    if (Math.abs(by) <= JUMP_MS) return;
    this.#anchor += by;
    // Set back: only the clock moved, so the offset moved the other way. Forward can also be sleep, in which the
    // monotonic clock stands still on some systems: then the old offset is the right one until we have asked.
    if (by < 0 && this.#offset !== null) this.#offset -= by;
    this.#onJump(by);
    if (this.#offset !== null) this.#syncQuietly();
  }

  /** The old offset stays when the venue cannot be asked; the next request that needs it says so. */
  #syncQuietly(): void {
    this.sync().catch(() => undefined);
  }

  #difference(): number {
    return this.#time.now() - this.#time.monotonic();
  }
}

/**
 * The middle of the samples, each weighing the inverse of its round trip: the error of a sample is at most half
 * its round trip, so that a slow one hardly counts and a single odd one cannot move the result.
 */
export function weightedMedian(samples: readonly Sample[]): number {
  const sorted = samples.toSorted((a, b) => a.offset - b.offset);
  const weight = ({ roundTrip }: Sample): number => 1 / Math.max(1, roundTrip);
  const half = sorted.reduce((sum, sample) => sum + weight(sample), 0) / 2;
  let seen = 0;
  for (const sample of sorted) {
    seen += weight(sample);
    if (seen >= half) return sample.offset;
  }
  return sorted.at(-1)?.offset ?? 0;
}
