import { toHoldfastError } from '../../../errors.ts';
import type { After } from '../../../market/shared-stream.ts';
import type { StreamListener, StreamState, Ticker, Unsubscribe } from '../../exchange.ts';
import type { InstrumentIndex } from './instrument-index.ts';
import type { ListedMarket } from './instrument-loader.ts';
import type { TopicFeed } from './topic-feed.ts';

/** Hundreds of options change many times a second; a table is read a few times a second. */
const EVERY_MS = 250;
const RETRY_MS = 5_000;

export interface OptionChainParts {
  readonly base: string;
  readonly index: InstrumentIndex;
  /** The whole chain over REST. */
  readonly ask: () => Promise<readonly Ticker[]>;
  readonly feed: (market: ListedMarket) => TopicFeed<Ticker>;
  readonly timers: After;
}

interface Followed {
  readonly leave: Unsubscribe;
  state: StreamState;
}

/** The options on one coin for one listener: a first picture over REST, then each option's own stream. */
export class OptionChain {
  readonly #parts: OptionChainParts;
  readonly #listener: StreamListener<readonly Ticker[]>;
  readonly #followed = new Map<string, Followed>();
  readonly #tickers = new Map<string, Ticker>();
  readonly #unlisten: Unsubscribe;
  #hasPicture = false;
  #isClosed = false;
  #state: StreamState = 'connecting';
  #cancelRetry: (() => void) | null = null;
  #cancelSend: (() => void) | null = null;

  constructor(parts: OptionChainParts, listener: StreamListener<readonly Ticker[]>) {
    this.#parts = parts;
    this.#listener = listener;
    // Options are listed and expire every day.
    this.#unlisten = parts.index.onChange(() => this.#follow());
    listener.state?.('connecting');
    void this.#start();
  }

  close(): void {
    this.#isClosed = true;
    this.#unlisten();
    this.#cancelRetry?.();
    this.#cancelSend?.();
    for (const { leave } of this.#followed.values()) leave();
    this.#followed.clear();
  }

  async #start(): Promise<void> {
    try {
      await this.#parts.index.ready();
      if (this.#isClosed) return;
      this.#follow();
      // A coin without options needs no question.
      const picture = this.#followed.size === 0 ? [] : await this.#parts.ask();
      if (this.#isClosed) return;
      for (const ticker of picture) this.#keep(ticker);
      this.#hasPicture = true;
      this.#judge();
      this.#send();
    } catch (error) {
      if (this.#isClosed) return;
      this.#setState('stale', toHoldfastError(error).message);
      this.#cancelRetry = this.#parts.timers(RETRY_MS, () => void this.#start());
    }
  }

  /** Follows exactly the options that are listed now. */
  #follow(): void {
    const listed = new Map(
      this.#parts.index.options(this.#parts.base).map((market) => [market.instrument.symbol, market]),
    );
    for (const [symbol, { leave }] of this.#followed) {
      if (listed.has(symbol)) continue;
      leave();
      this.#followed.delete(symbol);
      this.#tickers.delete(symbol);
    }
    for (const [symbol, market] of listed) {
      if (this.#followed.has(symbol)) continue;
      const followed: Followed = {
        state: 'connecting',
        leave: this.#parts.feed(market).subscribe({
          next: (ticker) => {
            this.#keep(ticker);
            this.#sendSoon();
          },
          state: (state) => {
            const one = this.#followed.get(symbol);
            if (one === undefined) return;
            one.state = state;
            this.#judge();
          },
        }),
      };
      this.#followed.set(symbol, followed);
    }
  }

  #keep(ticker: Ticker): void {
    const known = this.#tickers.get(ticker.symbol);
    if (known === undefined || known.time <= ticker.time) this.#tickers.set(ticker.symbol, ticker);
  }

  /** Live with a picture and no stream that broke. An option that the venue refuses to stream does not count. */
  #judge(): void {
    if (!this.#hasPicture) return;
    const broke = [...this.#followed.values()].some(({ state }) => state === 'stale');
    if (broke) this.#setState('stale', 'The connection broke.');
    else this.#setState('live');
  }

  #setState(state: StreamState, reason?: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#listener.state?.(state, reason);
  }

  #sendSoon(): void {
    if (!this.#hasPicture || this.#cancelSend !== null) return;
    this.#cancelSend = this.#parts.timers(EVERY_MS, () => this.#send());
  }

  #send(): void {
    this.#cancelSend?.();
    this.#cancelSend = null;
    this.#listener.next([...this.#tickers.values()]);
  }
}
