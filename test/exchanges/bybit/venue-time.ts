/** The venue's clock, which can be wrong on purpose, and its timers, which never keep a process alive. */
export interface VenueTime {
  /** Unix milliseconds by the server's clock. */
  now(): number;
  /** Runs later by real time; the answer cancels. */
  after(ms: number, run: () => void): () => void;
  every(ms: number, run: () => void): () => void;
}

export class ServerClock implements VenueTime {
  /** Added to every reading: +1000 = the server is a second ahead. */
  offsetMs = 0;
  readonly #read: () => number;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(read: () => number = Date.now) {
    this.#read = read;
  }

  now(): number {
    return this.#read() + this.offsetMs;
  }

  after(ms: number, run: () => void): () => void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    return this.#keep(timer, clearTimeout);
  }

  every(ms: number, run: () => void): () => void {
    return this.#keep(setInterval(run, ms), clearInterval);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #keep(timer: NodeJS.Timeout, clear: (timer: NodeJS.Timeout) => void): () => void {
    this.#timers.add(timer);
    timer.unref();
    return () => {
      this.#timers.delete(timer);
      clear(timer);
    };
  }
}

/** Deterministic ids: the same seed and the same calls make the same ids. */
export class Ids {
  #count = 0;
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
  }

  /** Shaped as a UUID, unique in this venue. */
  uuid(): string {
    this.#count += 1;
    const high = this.#seed.toString(16).padStart(8, '0').slice(-8);
    const low = this.#count.toString(16).padStart(12, '0');
    return `${high}-b0b1-4000-8000-${low}`;
  }

  /** Long decimal id, as spot orders carry. */
  digits(): string {
    this.#count += 1;
    return `17${String(this.#seed % 100_000).padStart(5, '0')}${String(this.#count).padStart(12, '0')}`;
  }
}
