import {
  computed,
  onScopeDispose,
  ref,
  shallowRef,
  watch,
  type ComputedRef,
  type Ref,
  type ShallowRef,
} from 'vue';
import type { ErrorShape } from '../../../src-preload/contract/result.ts';
import type { Ticker, VenueId } from '../../../src-preload/contract/types/market.ts';
import { useClock } from '../../lib/use-clock.ts';
import { useTopic } from '../../lib/use-topic.ts';

/** A reader follows about four changes a second; more would only cost time. */
const SHOW_EVERY_MS = 250;
/** The options of a coin tick all the time: silence for so long means that something is wrong. */
const STALE_MS = 20_000;

export interface ChainFeed {
  /** By symbol; null until the first answer. */
  readonly tickers: Readonly<ShallowRef<ReadonlyMap<string, Ticker> | null>>;
  /** When the newest figure arrived, ms UTC. */
  readonly asOf: Readonly<Ref<number | null>>;
  readonly stale: ComputedRef<boolean>;
  readonly error: Readonly<ShallowRef<ErrorShape | null>>;
  readonly reload: () => void;
}

/** The prices of all options on one coin; `target` null closes the stream. */
export function useChain(target: () => { readonly venue: VenueId; readonly base: string } | null): ChainFeed {
  const tickers = shallowRef<ReadonlyMap<string, Ticker> | null>(null);
  const asOf = ref<number | null>(null);
  const error = shallowRef<ErrorShape | null>(null);
  const paused = ref(false);
  const now = useClock();
  let newest: readonly Ticker[] | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const forget = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    newest = null;
  };
  function show(): void {
    timer = null;
    if (newest === null) return;
    tickers.value = new Map(newest.map((one) => [one.symbol, one]));
    asOf.value = newest.reduce<number | null>((latest, one) => Math.max(latest ?? 0, one.receivedAt), null);
    error.value = null;
    newest = null;
  }
  useTopic('market.optionChain', () => (paused.value ? null : target()), {
    next: (all) => {
      newest = all;
      // The first answer at once; what follows in steps that can be read.
      if (tickers.value === null) show();
      else timer ??= setTimeout(show, SHOW_EVERY_MS);
    },
    error: (shape) => {
      error.value = shape;
    },
  });
  watch(
    () => JSON.stringify(target()),
    () => {
      // Another coin's prices under this coin's strikes would be the worst kind of stale.
      forget();
      tickers.value = null;
      asOf.value = null;
      error.value = null;
    },
    { flush: 'sync' },
  );
  onScopeDispose(forget);

  return {
    tickers,
    asOf,
    error,
    stale: computed(
      () =>
        tickers.value !== null &&
        (error.value !== null || (asOf.value !== null && now.value - asOf.value > STALE_MS)),
    ),
    reload: () => {
      error.value = null;
      paused.value = true;
      queueMicrotask(() => {
        paused.value = false;
      });
    },
  };
}
