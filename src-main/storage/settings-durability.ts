import type { Settings } from '../../src-preload/contract/types/settings.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { SettingsStore } from './settings.ts';

/**
 * Keeps the ledger at the durability that the settings ask for: at once, also before it is open, and with every change.
 * @returns stops following
 */
export function followDurability(
  settings: Pick<SettingsStore, 'get' | 'onChange'>,
  ledger: Pick<Ledger, 'setDurability'>,
): () => void {
  let known: Settings['durability'] | null = null;
  const apply = ({ durability }: Settings): void => {
    // Panel sizes are settings, too: a dragged divider is nothing for the ledger.
    if (durability === known) return;
    known = durability;
    ledger.setDurability(durability);
  };
  apply(settings.get());
  return settings.onChange(apply);
}
