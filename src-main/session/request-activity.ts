import type { LatencyRow, RequestRow } from '../../src-preload/contract/types/activity.ts';
import type { RequestLog } from '../net/request-log.ts';
import { Signal } from '../signal.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import { exportRequests } from './export-requests.ts';

const DAY_MS = 86_400_000;

export type RequestFilter = Omit<Parameters<LedgerRepositories['requestLog']['list']>[0], 'limit' | 'offset'>;

interface Parts {
  readonly ledger: Pick<LedgerRepositories, 'requestLog'>;
  /** ms UTC. */
  readonly clock: () => number;
}

/** The log of requests as a session has it: kept in the ledger, heard by whoever looks. */
export class RequestActivity {
  /** Each request when it has ended and is kept. */
  readonly rows = new Signal<RequestRow>();
  readonly #parts: Parts;
  readonly #hidden = new Set<string>();
  #log: Promise<RequestLog> | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A key id that is in no text of the log. It stays out after the vault was locked, too. */
  hide(keyId: string): void {
    this.#hidden.add(keyId);
  }

  /** Where the network of a venue records. Loaded with the first one: practice sends no requests. */
  log(): Promise<RequestLog> {
    this.#log ??= import('../net/request-log.ts').then(
      (loaded) =>
        new loaded.RequestLog({
          append: (rows) => this.#parts.ledger.requestLog.append(rows),
          onRows: (rows) => {
            for (const row of rows) this.rows.emit(row);
          },
          secrets: () => [...this.#hidden],
        }),
    );
    return this.#log;
  }

  /** Newest first. */
  list(
    page: RequestFilter & { readonly limit: number; readonly offset: number },
  ): Promise<{ rows: readonly RequestRow[]; total: number }> {
    return this.#parts.ledger.requestLog.list(page);
  }

  /** Over the last 24 hours. */
  latency(): Promise<readonly LatencyRow[]> {
    return this.#parts.ledger.requestLog.latency({ since: this.#parts.clock() - DAY_MS });
  }

  /** Writes what matches to a file of the owner's alone, oldest first; answers how many rows. */
  async exportTo(path: string, filter: RequestFilter): Promise<number> {
    await (await this.#log)?.flush();
    return exportRequests(path, (afterId, limit) =>
      this.#parts.ledger.requestLog.page({ ...filter, afterId, limit }),
    );
  }

  async clear(): Promise<void> {
    (await this.#log)?.forget();
    await this.#parts.ledger.requestLog.clear();
  }

  /** Keeps what is still on its way to the ledger. */
  async dispose(): Promise<void> {
    await (await this.#log)?.dispose();
    this.rows.clear();
  }
}
