import { computed, nextTick, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { ErrorShape } from '../../../../src-preload/contract/result.ts';
import type { BookView, MarketRef, Ticker } from '../../../../src-preload/contract/types/market.ts';
import { useTopic } from '../../../lib/use-topic.ts';

export type FeedState = 'loading' | 'live' | 'stale' | 'failed';

/** Ticker and book of the market on screen. Children read the refs, so that a tick renders only who shows it. */
export interface MarketFeed {
  readonly ticker: Readonly<ShallowRef<Ticker | null>>;
  readonly book: Readonly<ShallowRef<BookView | null>>;
  readonly state: ComputedRef<FeedState>;
  readonly error: Readonly<ShallowRef<ErrorShape | null>>;
  readonly bestBid: ComputedRef<string | null>;
  readonly bestAsk: ComputedRef<string | null>;
  /** When the newest book arrived, ms UTC. */
  readonly asOf: ComputedRef<number | null>;
  /** Levels per side to ask main for. */
  readonly depth: Ref<number>;
  readonly reload: () => void;
}

/** Subscribes to ticker and book of `market`; null closes both. */
export function useMarketFeed(market: () => MarketRef | null): MarketFeed {
  const ticker = shallowRef<Ticker | null>(null);
  const book = shallowRef<BookView | null>(null);
  const error = shallowRef<ErrorShape | null>(null);
  const depth = ref(50);
  const paused = ref(false);
  const wanted = (): MarketRef | null => (paused.value ? null : market());

  useTopic('market.ticker', () => (wanted() === null ? null : { market: wanted() as MarketRef }), {
    next: (value) => {
      ticker.value = value;
    },
    error: (shape) => {
      error.value = shape;
    },
  });
  useTopic(
    'market.book',
    () => (wanted() === null ? null : { market: wanted() as MarketRef, depth: depth.value }),
    {
      next: (value) => {
        book.value = value;
        error.value = null;
      },
      error: (shape) => {
        error.value = shape;
      },
    },
  );
  watch(
    () => `${market()?.venue}|${market()?.symbol}`,
    () => {
      // Another market's prices under this market's name would be the worst kind of stale.
      ticker.value = null;
      book.value = null;
      error.value = null;
    },
    { flush: 'sync' },
  );

  const state = computed<FeedState>(() => {
    if (error.value !== null) return 'failed';
    return book.value?.state ?? 'loading';
  });
  const reload = (): void => {
    paused.value = true;
    error.value = null;
    void nextTick(() => {
      paused.value = false;
    });
  };
  return {
    ticker,
    book,
    state,
    error,
    depth,
    bestBid: computed(() => book.value?.bids[0]?.[0] ?? ticker.value?.bid ?? null),
    bestAsk: computed(() => book.value?.asks[0]?.[0] ?? ticker.value?.ask ?? null),
    asOf: computed(() => book.value?.receivedAt ?? null),
    reload,
  };
}
