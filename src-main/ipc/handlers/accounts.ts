import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { VenueCapabilities } from '../../../src-preload/contract/types/account.ts';
import type { AccountDirectory } from '../../trading/account-directory.ts';
import type { CallContext } from '../router.ts';

interface Parts {
  readonly directory: () => AccountDirectory;
  readonly venues: () => readonly VenueCapabilities[];
}

export function accountsHandlers(parts: Parts): Handlers<CallContext>['accounts'] {
  return {
    list: () => parts.directory().list(),
    venues: () => parts.venues(),
    add: (input) => parts.directory().add(input),
    inspect: ({ accountId }) => parts.directory().inspect(accountId),
    moveSite: ({ accountId }) => parts.directory().moveSite(accountId),
    rename: ({ accountId, label }) => parts.directory().rename(accountId, label),
    setUses: ({ accountId, uses, passphrase }) => parts.directory().setUses(accountId, uses, passphrase),
    replaceKey: ({ accountId, passphrase, ...material }) =>
      parts.directory().replaceKey(accountId, material, passphrase),
    remove: async ({ accountId, leaveOpen }) => {
      await parts.directory().remove(accountId, leaveOpen === true);
      return null;
    },
  };
}
