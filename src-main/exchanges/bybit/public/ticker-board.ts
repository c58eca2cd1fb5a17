import { HoldfastError, toHoldfastError } from '../../../errors.ts';
import type { After } from '../../../market/shared-stream.ts';
import type { StreamListener, StreamState, Ticker, Unsubscribe } from '../../exchange.ts';

/** Three requests each time, out of 600 that Bybit allows an address in five seconds. */
const EVERY_MS = 3_000;
const LONGEST_WAIT_MS = 60_000;

export interface TickerBoardParts {
  /** Every market that has a place on the board, as of now. */
  readonly ask: () => Promise<readonly Ticker[]>;
  /** What is streaming at the moment and therefore newer. */
  readonly live: () => readonly Ticker[];
  readonly timers: After;
}

/** All tickers of the venue every few seconds. Bybit has no stream of all markets; single ones stream on demand. */
export class TickerBoard {
  readonly #parts: TickerBoardParts;
  readonly #listeners = new Set<StreamListener<readonly Ticker[]>>();
  #board = new Map<string, Ticker>();
  #state: StreamState = 'connecting';
  #reason: string | undefined;
  #failures = 0;
  #lastAnswerAt: number | null = null;
  #cancel: (() => void) | null = null;
  /** Told apart from an answer that comes after everybody left and somebody came again. */
  #run = 0;

  constructor(parts: TickerBoardParts) {
    this.#parts = parts;
  }

  /** ms UTC of our clock; null before the first answer. */
  get lastAnswerAt(): number | null {
    return this.#lastAnswerAt;
  }

  subscribe(listener: StreamListener<readonly Ticker[]>): Unsubscribe {
    const own: StreamListener<readonly Ticker[]> = {
      next: (tickers) => listener.next(tickers),
      state: (state, reason) => listener.state?.(state, reason),
    };
    this.#listeners.add(own);
    own.state?.(this.#state, this.#reason);
    if (this.#board.size > 0) own.next([...this.#board.values()]);
    if (this.#listeners.size === 1) void this.#poll((this.#run += 1));
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#stop();
    };
  }

  /** The next round is now: the network came back. */
  wake(): void {
    if (this.#listeners.size === 0) return;
    this.#cancel?.();
    this.#cancel = null;
    void this.#poll((this.#run += 1));
  }

  dispose(): void {
    this.#listeners.clear();
    this.#stop();
  }

  async #poll(run: number): Promise<void> {
    const answer = await this.#parts.ask().catch(toHoldfastError);
    if (run !== this.#run) return;
    if (answer instanceof HoldfastError) {
      this.#failures += 1;
      this.#setState('stale', answer.message);
    } else {
      this.#failures = 0;
      this.#take(answer);
    }
    const wait = Math.min(EVERY_MS * 2 ** this.#failures, LONGEST_WAIT_MS);
    this.#cancel = this.#parts.timers(wait, () => void this.#poll(run));
  }

  #take(answer: readonly Ticker[]): void {
    this.#lastAnswerAt = answer[0]?.receivedAt ?? this.#lastAnswerAt;
    const board = new Map<string, Ticker>();
    for (const ticker of answer) board.set(ticker.symbol, newer(this.#board.get(ticker.symbol), ticker));
    for (const ticker of this.#parts.live()) {
      const asked = board.get(ticker.symbol);
      // Options stream too, and have no place here.
      if (asked !== undefined) board.set(ticker.symbol, newer(asked, ticker));
    }
    this.#board = board;
    this.#setState('live');
    const tickers = [...board.values()];
    for (const listener of [...this.#listeners]) listener.next(tickers);
  }

  #setState(state: StreamState, reason?: string): void {
    if (state === this.#state && reason === this.#reason) return;
    this.#state = state;
    this.#reason = reason;
    for (const listener of [...this.#listeners]) listener.state?.(state, reason);
  }

  #stop(): void {
    this.#run += 1;
    this.#cancel?.();
    this.#cancel = null;
    this.#board = new Map();
    this.#state = 'connecting';
    this.#reason = undefined;
    this.#failures = 0;
  }
}

/** Bybit warns that REST may lag behind: of two, the one with the later time of the venue. */
const newer = (known: Ticker | undefined, next: Ticker): Ticker =>
  known !== undefined && known.time > next.time ? known : next;
