const WINDOW_MS = 60_000;

/** How many orders an account sent in the last 60 seconds. */
export class OrderRate {
  readonly #clock: () => number;
  readonly #times = new Map<string, number[]>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Also for orders that were sent before this run, at their time. */
  add(accountId: string, time: number = this.#clock()): void {
    this.#times.set(accountId, [...this.#present(accountId), time]);
  }

  count(accountId: string): number {
    return this.#present(accountId).length;
  }

  #present(accountId: string): number[] {
    const now = this.#clock();
    // A clock that was set back must not hold orders for hours: what lies ahead counts as now.
    const times = (this.#times.get(accountId) ?? []).map((time) => Math.min(time, now));
    const recent = times.filter((time) => now - time < WINDOW_MS);
    this.#times.set(accountId, recent);
    return recent;
  }
}
