import type { SessionParts } from './session-parts.ts';

/**
 * Asks whether the ledger was lost: the vault held keys when it was opened, and the ledger remembers none of them,
 * though each is remembered there when it is added. Asked in this way, and not at the moment in which the new file is
 * made, a crash right after that moment changes nothing.
 */
export function lostLedger({
  vault,
  ledger,
}: Pick<SessionParts, 'vault' | 'ledger'>): () => Promise<boolean> {
  const keys = new Set(vault.listKeys().map(({ id }) => id));
  return async () =>
    keys.size > 0 && !(await ledger.repositories.accounts.list()).some(({ id }) => keys.has(id));
}
