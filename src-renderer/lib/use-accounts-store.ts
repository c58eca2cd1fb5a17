import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { ErrorShape } from '../../src-preload/contract/result.ts';
import type { Account, VenueCapabilities } from '../../src-preload/contract/types/account.ts';
import { api } from './api.ts';
import { useSettingsStore } from './use-settings-store.ts';

/** The accounts of the vault and what their venues can do. Emptied on lock. */
export const useAccountsStore = defineStore('accounts', () => {
  const layout = useSettingsStore();
  const list = shallowRef<readonly Account[]>([]);
  const venues = shallowRef<readonly VenueCapabilities[]>([]);
  const loaded = shallowRef(false);
  const error = shallowRef<ErrorShape | null>(null);
  const chosenId = computed(() => layout.layoutOf<string | null>('activeAccount', null));

  function accept(next: readonly Account[]): void {
    list.value = next;
    loaded.value = true;
    error.value = null;
  }

  async function load(): Promise<void> {
    const [accounts, capabilities] = await Promise.all([api.accounts.list({}), api.accounts.venues({})]);
    if (capabilities.ok) venues.value = capabilities.value;
    if (accounts.ok) accept(accounts.value);
    const failed = [accounts, capabilities].find((result) => !result.ok);
    if (failed !== undefined && !failed.ok) error.value = failed.error;
  }

  function clear(): void {
    list.value = [];
    loaded.value = false;
    error.value = null;
  }

  /** The account that the window trades with; the first one until a person chose. */
  const active = computed(() => list.value.find((one) => one.id === chosenId.value) ?? list.value[0] ?? null);

  return {
    list,
    venues,
    loaded,
    error,
    active,
    activeId: computed(() => active.value?.id ?? null),
    accept,
    load,
    clear,
    byId: (id: string) => list.value.find((account) => account.id === id),
    capabilitiesOf: (venue: string) => venues.value.find((one) => one.venue === venue),
    activate: (id: string) => {
      layout.setLayout('activeAccount', id);
    },
  };
});
