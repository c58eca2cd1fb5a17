import type { ReconciliationNews, ReconciliationReport } from '../../src-preload/contract/types/trading.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';

/** How many reports of an account are kept, and how many differences of one. */
const KEPT = 20;
const DIFFERENCES_KEPT = 200;
const KEY = (accountId: string) => `reconciliations.${accountId}`;

interface Parts {
  readonly ledger: Pick<LedgerRepositories, 'keyValues'>;
  readonly clock: () => number;
}

/** The reports of past reconciliations, newest first. */
export class ReconciliationLog {
  readonly #parts: Parts;
  readonly #running = new Set<ReconciliationReport>();
  /** One write after the other, since each reads what is there. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  started(accountId: string, trigger: ReconciliationReport['trigger']): ReconciliationReport {
    const report: ReconciliationReport = {
      accountId,
      startedAt: this.#parts.clock(),
      endedAt: null,
      trigger,
      outcome: 'running',
      error: null,
      differences: [],
    };
    this.#running.add(report);
    return report;
  }

  /** Keeps the report that `started` has become. Rejects when the ledger cannot be written. */
  async ended(started: ReconciliationReport, report: ReconciliationReport): Promise<void> {
    const { accountId } = report;
    this.#running.delete(started);
    const differences = report.differences.slice(0, DIFFERENCES_KEPT);
    this.#last = this.#last
      .catch(() => undefined)
      .then(async () => {
        const earlier = await this.#of(accountId);
        // Nothing happened, again: the last of these says as much as all of them.
        const isRepeated = isQuiet(report) && earlier[0] !== undefined && isQuiet(earlier[0]);
        const kept = [{ ...report, differences }, ...(isRepeated ? earlier.slice(1) : earlier)].slice(
          0,
          KEPT,
        );
        const value = JSON.stringify(kept);
        await this.#parts.ledger.keyValues.set({ key: KEY(accountId), value, time: this.#parts.clock() });
      });
    await this.#last;
  }

  /** What is running now. */
  running(): readonly ReconciliationReport[] {
    return [...this.#running.values()];
  }

  /** Those of the given accounts, what is running now included; newest first. */
  async list(accountIds: readonly string[]): Promise<readonly ReconciliationReport[]> {
    const kept = await Promise.all(accountIds.map((id) => this.#of(id)));
    const running = this.running().filter(({ accountId }) => accountIds.includes(accountId));
    return [...running, ...kept.flat()].sort((a, b) => b.startedAt - a.startedAt);
  }

  async #of(accountId: string): Promise<readonly ReconciliationReport[]> {
    const stored = await this.#parts.ledger.keyValues.get({ key: KEY(accountId) });
    // Our own words, from an authenticated file.
    return stored === null ? [] : (JSON.parse(stored) as ReconciliationReport[]);
  }
}

export const newsOf = ({ differences, ...report }: ReconciliationReport): ReconciliationNews => ({
  ...report,
  differences: differences.length,
});

const isQuiet = ({ trigger, outcome }: ReconciliationReport): boolean =>
  trigger === 'periodic' && outcome === 'equal';
