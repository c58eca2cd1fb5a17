import { computed, type WritableComputedRef } from 'vue';
import { useSettingsStore } from '../../../lib/use-settings-store.ts';

/** Whether the tape shows one line per sweep; remembered. */
export function useAggregated(): WritableComputedRef<boolean> {
  const settings = useSettingsStore();
  return computed({
    get: () => settings.layoutOf('trade.tape.aggregated', true),
    set: (on) => settings.setLayout('trade.tape.aggregated', on),
  });
}
