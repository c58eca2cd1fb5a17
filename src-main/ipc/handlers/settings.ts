import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { SettingsStore } from '../../storage/settings.ts';
import { lockedError } from '../router.ts';
import type { CallContext } from '../router.ts';

/** Whoever stands before a locked Holdfast must not decide what protects its owner after the next unlock. */
const GUARDS = ['lock', 'confirmations', 'repeatOrders', 'durability'] as const;

export function settingsHandlers(
  store: SettingsStore,
  isUnlocked: () => boolean,
): Handlers<CallContext>['settings'] {
  return {
    get: () => store.get(),
    update: (change) => {
      if (GUARDS.some((guard) => change[guard] !== undefined) && !isUnlocked()) throw lockedError();
      return store.update(change);
    },
  };
}
