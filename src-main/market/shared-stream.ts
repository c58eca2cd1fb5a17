import type { StreamListener, StreamState, Unsubscribe } from '../exchanges/exchange.ts';

/** Calls `run` after `ms` unless the answered function is called first. */
export type After = (ms: number, run: () => void) => () => void;

export interface SharedStreamParts<T> {
  /** Opens the venue's stream. */
  readonly open: (listener: Required<StreamListener<T>>) => Unsubscribe;
  /** What a later subscriber is handed at once, out of what was kept and the new value. */
  readonly keep: (kept: T | null, next: T) => T;
  /** How long the stream stays open after its last subscriber left: views change faster than venues subscribe. */
  readonly lingerMs: number;
  readonly after: After;
  /** Told when the stream was closed because nobody listens. */
  readonly onClosed: () => void;
  readonly onListenerError: (error: unknown) => void;
}

/** One venue stream for any number of subscribers. It opens with the first and closes a little after the last. */
export class SharedStream<T> {
  readonly #parts: SharedStreamParts<T>;
  readonly #listeners = new Set<StreamListener<T>>();
  #close: Unsubscribe | null = null;
  #cancelLinger: (() => void) | null = null;
  #kept: T | null = null;
  #state: StreamState = 'connecting';
  #reason: string | undefined;

  constructor(parts: SharedStreamParts<T>) {
    this.#parts = parts;
  }

  /** The last value (or what `keep` made of the last ones); null before the first and after closing. */
  get kept(): T | null {
    return this.#kept;
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Hands over state and kept value at once, then everything new. Throws what opening the stream throws. */
  subscribe(listener: StreamListener<T>): Unsubscribe {
    this.#cancelLinger?.();
    this.#cancelLinger = null;
    // Own object: the same listener may subscribe twice and leave once.
    const own: StreamListener<T> = {
      next: (value) => listener.next(value),
      state: (state, reason) => listener.state?.(state, reason),
    };
    this.#guard(() => own.state?.(this.#state, this.#reason));
    const kept = this.#kept;
    if (kept !== null) this.#guard(() => own.next(kept));
    this.#listeners.add(own);
    if (this.#close === null) this.#open(own);
    return () => this.#leave(own);
  }

  /** Closes at once, whoever listens. */
  dispose(): void {
    this.#cancelLinger?.();
    this.#cancelLinger = null;
    this.#listeners.clear();
    this.#shut();
  }

  #open(first: StreamListener<T>): void {
    try {
      this.#close = this.#parts.open({
        next: (value) => this.#next(value),
        state: (state, reason) => this.#setState(state, reason),
      });
    } catch (error) {
      this.#listeners.delete(first);
      this.#parts.onClosed();
      throw error;
    }
  }

  #next(value: T): void {
    // A venue that still talks after it was closed is not listened to.
    if (this.#listeners.size === 0 && this.#close === null) return;
    this.#kept = this.#parts.keep(this.#kept, value);
    for (const listener of [...this.#listeners]) this.#guard(() => listener.next(value));
  }

  #setState(state: StreamState, reason: string | undefined): void {
    this.#state = state;
    this.#reason = reason;
    for (const listener of [...this.#listeners]) this.#guard(() => listener.state?.(state, reason));
  }

  #leave(listener: StreamListener<T>): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
    this.#cancelLinger?.();
    this.#cancelLinger = this.#parts.after(this.#parts.lingerMs, () => this.#shut());
  }

  #shut(): void {
    const close = this.#close;
    this.#close = null;
    this.#kept = null;
    this.#state = 'connecting';
    this.#reason = undefined;
    this.#parts.onClosed();
    close?.();
  }

  /** One subscriber's mistake must not silence the others. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#parts.onListenerError(error);
    }
  }
}
