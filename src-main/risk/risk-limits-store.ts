import * as z from 'zod/mini';
import { risk } from '../../src-preload/contract/risk.ts';
import type { RiskLimits, RiskLimitsEntry } from '../../src-preload/contract/types/risk.ts';
import { SerialQueue } from '../vault/serial-queue.ts';
import { NO_LIMITS, tighter } from './risk-limits.ts';
import type { EffectiveLimits } from './risk-limits.ts';
import { readDocument, unreadable, writeDocument } from './stored-document.ts';
import type { DocumentParts } from './stored-document.ts';

export const LIMITS_KEY = 'risk.limits';
const VERSIONS_KEPT = 50;

const ENTRY = z.strictObject({
  accountId: z.nullable(z.string()),
  version: z.int(),
  changedAt: z.nullable(z.number()),
  limits: risk.calls.setLimits.input.shape.limits,
});
/** For all accounts (null) or for one: every version, oldest first. */
const DOCUMENT = z.array(
  z.strictObject({ accountId: z.nullable(z.string()), versions: z.array(ENTRY).check(z.minLength(1)) }),
);
type Scope = z.infer<typeof DOCUMENT>[number];

/** The limits as the ledger has them, each version kept. What cannot be read is an error, never "no limits". */
export class RiskLimitsStore {
  readonly #parts: DocumentParts;
  readonly #writes = new SerialQueue();
  #scopes: readonly Scope[] | null = null;

  constructor(parts: DocumentParts) {
    this.#parts = parts;
  }

  /** As last set; version 0 where nothing was. Rejects with `risk.unreadable`. */
  async entry(accountId: string | null): Promise<RiskLimitsEntry> {
    return lastOf(await this.#load(), accountId);
  }

  /** What counts for orders of an account. Rejects with `risk.unreadable`. */
  async effective(accountId: string): Promise<EffectiveLimits> {
    const scopes = this.#scopes ?? (await this.#load());
    return tighter(lastOf(scopes, null).limits, lastOf(scopes, accountId).limits);
  }

  /** Counts when it is durable. Rejects with `risk.unreadable`, or a `storage` error and then nothing changed. */
  set(accountId: string | null, limits: RiskLimits): Promise<RiskLimitsEntry> {
    return this.#writes.run(async () => {
      const scopes = await this.#loadForChange();
      const changedAt = this.#parts.clock();
      const next = { accountId, version: lastOf(scopes, accountId).version + 1, changedAt, limits };
      const present = scopes.find((scope) => scope.accountId === accountId);
      const versions = [...(present?.versions ?? []), asStored(next)].slice(-VERSIONS_KEPT);
      const changed = [...scopes.filter((scope) => scope !== present), { accountId, versions }];
      await writeDocument(this.#parts, LIMITS_KEY, changed);
      this.#scopes = changed;
      return next;
    });
  }

  /** Whoever sets limits anew gets rid of a damaged document; it is kept apart. */
  async #loadForChange(): Promise<readonly Scope[]> {
    if (this.#scopes !== null) return this.#scopes;
    const read = await readDocument(this.#parts, LIMITS_KEY, (value) => z.parse(DOCUMENT, value));
    if (read.kind !== 'damaged') return this.#load();
    const { ledger, clock } = this.#parts;
    const value = await ledger.keyValues.get({ key: LIMITS_KEY });
    if (value !== null) await ledger.keyValues.set({ key: `${LIMITS_KEY}.damaged`, value, time: clock() });
    return [];
  }

  async #load(): Promise<readonly Scope[]> {
    if (this.#scopes !== null) return this.#scopes;
    const read = await readDocument(this.#parts, LIMITS_KEY, (value) => z.parse(DOCUMENT, value));
    if (read.kind === 'damaged' || read.kind === 'unreadable') throw unreadable('The risk limits');
    // A change that was written meanwhile is newer than what was read.
    this.#scopes ??= read.kind === 'value' ? read.value : [];
    return this.#scopes;
  }
}

const asStored = (entry: RiskLimitsEntry): Scope['versions'][number] => ({
  ...entry,
  limits: {
    ...entry.limits,
    allowedMarkets: entry.limits.allowedMarkets === null ? null : [...entry.limits.allowedMarkets],
  },
});

function lastOf(scopes: readonly Scope[], accountId: string | null): RiskLimitsEntry {
  const last = scopes.find((scope) => scope.accountId === accountId)?.versions.at(-1);
  return last ?? { accountId, version: 0, changedAt: null, limits: NO_LIMITS };
}
