import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { ErrorShape } from '../../../../src-preload/contract/result.ts';
import type { AccountModes, MarginMode } from '../../../../src-preload/contract/types/trading.ts';
import { api } from '../../../lib/api.ts';

export type MarketModes = AccountModes & { readonly leverage: string };

export interface MarketModesState {
  /** Null for spot, and until the venue answered. */
  readonly modes: Readonly<ShallowRef<MarketModes | null>>;
  readonly error: Readonly<ShallowRef<ErrorShape | null>>;
  readonly busy: Readonly<Ref<boolean>>;
  /** Applies what differs; false when the venue refused (`error` says why). */
  readonly change: (wanted: { leverage: string; marginMode: MarginMode }) => Promise<boolean>;
}

/** Leverage, margin mode and position mode of one contract market; `target` null means not applicable. */
export function useMarketModes(
  target: () => { readonly accountId: string; readonly symbol: string } | null,
): MarketModesState {
  const modes = shallowRef<MarketModes | null>(null);
  const error = shallowRef<ErrorShape | null>(null);
  const busy = ref(false);
  let era = 0;

  async function load(): Promise<void> {
    era += 1;
    const mine = era;
    const wanted = target();
    if (wanted === null) return;
    const result = await api.trading.marketModes(wanted);
    if (mine !== era) return;
    error.value = result.ok ? null : result.error;
    if (result.ok) modes.value = result.value;
  }

  watch(
    () => JSON.stringify(target()),
    () => {
      modes.value = null;
      error.value = null;
      void load();
    },
    { immediate: true },
  );

  async function change(wanted: { leverage: string; marginMode: MarginMode }): Promise<boolean> {
    const place = target();
    if (place === null || busy.value) return false;
    busy.value = true;
    error.value = null;
    try {
      if (wanted.marginMode !== modes.value?.marginMode) {
        const result = await api.trading.setMarginMode({ ...place, marginMode: wanted.marginMode });
        if (!result.ok) error.value = result.error;
      }
      if (error.value === null && wanted.leverage !== modes.value?.leverage) {
        const result = await api.trading.setLeverage({ ...place, leverage: wanted.leverage });
        if (!result.ok) error.value = result.error;
      }
      const refused = error.value;
      // Half of it may have been accepted: what the venue says now is what counts.
      await load();
      error.value = refused ?? error.value;
      return refused === null;
    } finally {
      busy.value = false;
    }
  }

  return { modes, error, busy, change };
}
