/** Time that passes only while everybody waits: the next wait to end is the next that happens. */
export class VirtualTime {
  #now: number;
  #order = 0;
  #waits: { readonly at: number; readonly order: number; readonly end: () => void }[] = [];

  constructor(now = 0) {
    this.#now = now;
  }

  now = (): number => this.#now;

  wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      this.#waits.push({ at: this.#now + ms, order: (this.#order += 1), end: resolve });
    });

  /** Lets time pass until the promise settles, or nobody waits for anything any more. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isDone = false;
    const settled = promise.finally(() => (isDone = true));
    settled.catch(() => undefined);
    for (let idle = 0; !isDone && idle < 50; idle += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (idle < 10 || this.#waits.length === 0) continue;
      idle = 0;
      this.#pass();
    }
    if (!isDone) throw new Error('nobody waits, and it is not done');
    return settled;
  }

  #pass(): void {
    const next = this.#waits.sort((a, b) => a.at - b.at || a.order - b.order).shift();
    if (!next) return;
    this.#now = Math.max(this.#now, next.at);
    next.end();
  }
}
