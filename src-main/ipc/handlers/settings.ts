import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { SettingsStore } from '../../storage/settings.ts';
import { lockedError } from '../router.ts';
import type { CallContext } from '../router.ts';

export function settingsHandlers(
  store: SettingsStore,
  isUnlocked: () => boolean,
): Handlers<CallContext>['settings'] {
  return {
    get: () => store.get(),
    update: (change) => {
      // Whoever stands before a locked Holdfast must not decide when it will lock the next time.
      if (change.lock !== undefined && !isUnlocked()) throw lockedError();
      return store.update(change);
    },
  };
}
