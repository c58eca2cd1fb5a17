import type { SessionParts } from './session-parts.ts';

/**
 * Opens the ledger. One that cannot be opened is a notice: the rest still starts, and orders are refused
 * because they could not be journaled. Rejects when the vault was locked meanwhile.
 */
export async function openLedger({ vault, ledger, ledgerFile, notices }: SessionParts): Promise<void> {
  try {
    await ledger.open(ledgerFile, await vault.ledgerKey());
    notices.dismiss('ledger.open');
  } catch (error) {
    if (!vault.isUnlocked) throw error;
    notices.failure('ledger.open', error);
  }
}
