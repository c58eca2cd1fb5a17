import type { NetTime } from '../../src-main/net/time.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A NetTime that stands still until it is moved. Timers run in the order of their times. */
export class FakeTime implements NetTime {
  #wall: number;
  #monotonic = 1_000;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(wall = Date.UTC(2026, 10, 20)) {
    this.#wall = wall;
  }

  now = (): number => this.#wall;
  monotonic = (): number => this.#monotonic;
  after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: this.#monotonic + ms, order: (this.#order += 1), run };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  };

  get timers(): number {
    return this.#timers.size;
  }

  /** Moves both clocks, running what comes due on the way. */
  advance(ms: number): void {
    const end = this.#monotonic + ms;
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#step(Math.max(0, next.at - this.#monotonic));
      next.run();
    }
    this.#step(end - this.#monotonic);
  }

  /** As `advance`, letting promises settle after each step of at most `step` ms. */
  async run(ms: number, step = 100): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      this.advance(Math.min(step, left));
      await settle();
    }
  }

  /** The process stood still: time passed and no timer ran until its end. */
  sleep(ms: number): void {
    this.#step(ms);
    this.advance(0);
  }

  /** Somebody set the wall clock. */
  setBy(ms: number): void {
    this.#wall += ms;
  }

  #step(ms: number): void {
    this.#wall += ms;
    this.#monotonic += ms;
  }

  #next(until: number): Timer | undefined {
    return [...this.#timers]
      .filter(({ at }) => at <= until)
      .sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}

/** Lets everything that is ready, promises and immediates, happen. */
export const settle = async (): Promise<void> => {
  for (let n = 0; n < 5; n += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Waits for something real (a socket) without a fixed sleep. */
export async function until(condition: () => boolean, what = 'the condition'): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
