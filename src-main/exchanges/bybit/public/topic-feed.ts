/** One topic of a public stream for any number of listeners. */
import { toHoldfastError } from '../../../errors.ts';
import type { After } from '../../../market/shared-stream.ts';
import type { SocketState } from '../../../net/types.ts';
import type { StreamListener, StreamState, Unsubscribe } from '../../exchange.ts';
import type { CategorySockets, TopicHandler, TopicWish } from './category-sockets.ts';
import { Resync } from './resync.ts';

/** What a topic's frames mean. */
export interface FeedReader<T> {
  /** True: without a first frame after each connect nothing is known. False: silence means that nothing happened. */
  readonly needsSnapshot: boolean;
  /**
   * The new value, undefined where a frame changes nothing. Throws for a malformed one. `broken` says that what
   * is known cannot be trusted any more; a fresh snapshot is asked for.
   */
  take(text: string, receivedAt: number, broken: (reason: string) => void): T | undefined;
  /** The connection is gone. The value to show meanwhile, where it says itself that it is stale. */
  lost(): T | undefined;
}

export interface TopicFeedParts<T> {
  readonly topic: string;
  readonly sockets: CategorySockets;
  readonly reader: FeedReader<T>;
  readonly timers: After;
  /** Told of each frame that broke the documented form. */
  readonly onProtocolError: () => void;
  readonly onClosed: () => void;
}

export class TopicFeed<T> implements TopicHandler {
  readonly #parts: TopicFeedParts<T>;
  readonly #listeners = new Set<StreamListener<T>>();
  readonly #resync: Resync;
  #wish: TopicWish | null = null;
  #value: T | undefined;
  #state: StreamState = 'connecting';
  #reason: string | undefined;
  #socket: SocketState = 'idle';
  #wasLive = false;
  #isRefused = false;

  constructor(parts: TopicFeedParts<T>) {
    this.#parts = parts;
    this.#resync = new Resync(() => this.#wish?.renew(), parts.timers);
  }

  /** The last value; undefined before the first. */
  get value(): T | undefined {
    return this.#value;
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Starts with the state and the present value. */
  subscribe(listener: StreamListener<T>): Unsubscribe {
    const own: StreamListener<T> = {
      next: (value) => listener.next(value),
      state: (state, reason) => listener.state?.(state, reason),
    };
    this.#listeners.add(own);
    if (this.#wish === null) this.#wish = this.#parts.sockets.want(this.#parts.topic, this);
    own.state?.(this.#state, this.#reason);
    if (this.#value !== undefined) own.next(this.#value);
    return () => this.#leave(own);
  }

  frame(text: string, receivedAt: number): void {
    if (this.#wish === null) return;
    let brokenBy: string | undefined;
    let value: T | undefined;
    try {
      value = this.#parts.reader.take(text, receivedAt, (reason) => {
        brokenBy = reason;
      });
    } catch (error) {
      this.#parts.onProtocolError();
      brokenBy = toHoldfastError(error).message;
    }
    if (value !== undefined) this.#value = value;
    if (brokenBy !== undefined) this.#broken(brokenBy);
    else if (value !== undefined) {
      this.#resync.healed(receivedAt);
      this.#setState('live');
    }
    if (value !== undefined) this.#emit(value);
  }

  connection(state: SocketState, reason: string | null): void {
    const before = this.#socket;
    this.#socket = state;
    // Nobody asks for it any more, whatever the connection does.
    if (this.#isRefused) return;
    if (state === 'live') {
      if (!this.#parts.reader.needsSnapshot) this.#setState('live');
      // The connection was silent and then spoke again: nobody subscribed anew, so no snapshot comes by itself.
      else if (before === 'stale') this.#wish?.renew();
      return;
    }
    if (before === 'live') this.#showLost();
    this.#resync.reset();
    this.#setState(stateOf(state, this.#wasLive), reason ?? undefined);
  }

  refused(error: Error): void {
    this.#isRefused = true;
    this.#showLost();
    this.#setState('failed', toHoldfastError(error).message);
  }

  wake(): void {
    if (!this.#parts.reader.needsSnapshot || this.#socket !== 'live') return;
    this.#showLost();
    this.#broken('The computer was asleep.');
  }

  #broken(reason: string): void {
    this.#setState('stale', reason);
    this.#resync.request();
  }

  #showLost(): void {
    const value = this.#parts.reader.lost();
    if (value === undefined) return;
    this.#value = value;
    this.#emit(value);
  }

  #setState(state: StreamState, reason?: string): void {
    if (state === 'live') this.#wasLive = true;
    if (state === this.#state && reason === this.#reason) return;
    this.#state = state;
    this.#reason = reason;
    for (const listener of [...this.#listeners]) listener.state?.(state, reason);
  }

  #emit(value: T): void {
    for (const listener of [...this.#listeners]) listener.next(value);
  }

  #leave(listener: StreamListener<T>): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
    this.#resync.reset();
    const wish = this.#wish;
    this.#wish = null;
    this.#parts.onClosed();
    wish?.leave();
  }
}

function stateOf(socket: SocketState, wasLive: boolean): StreamState {
  if (socket === 'failed' || socket === 'closed') return 'failed';
  return wasLive ? 'stale' : 'connecting';
}
