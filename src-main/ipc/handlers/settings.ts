import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { SettingsStore } from '../../storage/settings.ts';
import type { CallContext } from '../router.ts';

export function settingsHandlers(store: SettingsStore): Handlers<CallContext>['settings'] {
  return {
    get: () => store.get(),
    update: (change) => store.update(change),
  };
}
