import { computed, type WritableComputedRef } from 'vue';
import type { MarketRef } from '../../../../src-preload/contract/types/market.ts';
import { useSettingsStore } from '../../../lib/use-settings-store.ts';

/** How many ticks a row of the ladder holds, remembered per market. */
export function useGrouping(market: () => MarketRef): WritableComputedRef<string> {
  const settings = useSettingsStore();
  const key = computed(() => `trade.group.${market().venue}.${market().symbol}`);
  return computed({
    get: () => settings.layoutOf(key.value, '1'),
    set: (multiple) => settings.setLayout(key.value, multiple),
  });
}
