import { basename } from 'node:path';
import type { Notice } from '../../src-preload/contract/types/app.ts';
import type { SessionParts } from './session-parts.ts';

/**
 * Opens the ledger. One that cannot be opened is a notice: the rest still starts, and orders are refused
 * because they could not be journaled. Rejects when the vault was locked meanwhile.
 */
export async function openLedger({ vault, ledger, ledgerFile, notices }: SessionParts): Promise<void> {
  try {
    const { setAside } = await ledger.open(ledgerFile, await vault.ledgerKey());
    notices.dismiss('ledger.open');
    if (setAside !== null) notices.add(lostChanges(setAside));
  } catch (error) {
    if (!vault.isUnlocked) throw error;
    notices.failure('ledger.open', error);
  }
}

/** Orders that were confirmed may be missing from the ledger; the first reconciliation finds them at the venue. */
const lostChanges = (kept: string): Notice => ({
  id: 'ledger.redo',
  severity: 'warning',
  code: 'ledger.redoSetAside',
  message: `The last changes of the ledger could not be read. They were kept as ${basename(kept)}; what is missing is asked for at the venues.`,
});
