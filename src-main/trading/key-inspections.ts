import type { Account, KeyInspection } from '../../src-preload/contract/types/account.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';

const KEY = (accountId: string) => `inspection.${accountId}`;

interface Parts {
  readonly ledger: LedgerRepositories;
  readonly onWriteFailed: (error: unknown) => void;
}

/** What the venues last said of each key, kept in the ledger so that it is there before they are asked again. */
export class KeyInspections {
  readonly #parts: Parts;
  readonly #known = new Map<string, KeyInspection>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What was kept earlier. A ledger that cannot be read leaves them unknown. */
  async load(accountIds: readonly string[]): Promise<void> {
    await Promise.all(
      accountIds.map(async (id) => {
        const stored = await this.#parts.ledger.keyValues.get({ key: KEY(id) }).catch(() => null);
        // Our own words, from an authenticated file.
        if (stored !== null && !this.#known.has(id)) this.#known.set(id, JSON.parse(stored) as KeyInspection);
      }),
    );
  }

  get(accountId: string): KeyInspection | null {
    return this.#known.get(accountId) ?? null;
  }

  keep(accountId: string, inspection: KeyInspection): void {
    this.#known.set(accountId, inspection);
    const value = JSON.stringify(inspection);
    this.#parts.ledger.keyValues
      .set({ key: KEY(accountId), value, time: inspection.inspectedAt })
      .catch(this.#parts.onWriteFailed);
  }

  /** The key is gone, or another one: nothing of it is true any more. */
  forget(accountId: string): void {
    this.#known.delete(accountId);
    this.#parts.ledger.keyValues.remove({ key: KEY(accountId) }).catch(this.#parts.onWriteFailed);
  }
}

/** Why a venue refuses a key, most telling first. */
const REFUSALS = {
  otherSite: 'The venue does not know this key here: it belongs to another site.',
  expired: 'This key has expired at the venue.',
  ipRefused: 'The venue refuses this key from your present network address.',
  refused: 'The venue refuses this key.',
} as const;

/** The account with what its inspection says of it. */
export function withInspection(account: Account, inspection: KeyInspection | null): Account {
  if (inspection === null) return account;
  const inspected: Account = {
    ...account,
    inspection,
    permissions: inspection.permissions ?? account.permissions,
    modes: inspection.modes ?? account.modes,
  };
  // A stream that lives proves more than yesterday's refusal.
  if (inspection.permissions !== null || account.state === 'live') return inspected;
  const codes: ReadonlySet<string> = new Set(inspection.findings.map((finding) => finding.code));
  const code = (Object.keys(REFUSALS) as (keyof typeof REFUSALS)[]).find((one) => codes.has(one));
  return code === undefined ? inspected : { ...inspected, state: 'refused', stateReason: REFUSALS[code] };
}
