import type { AccountEvent, StreamState } from '../exchanges/exchange.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { AccountSession } from './account-sessions.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { reconcile } from './reconciliation.ts';

interface Parts {
  readonly ledger: LedgerRepositories;
  readonly keeper: OrderKeeper;
  readonly clock: () => number;
  readonly onFailed: (error: unknown) => void;
}

/**
 * Reconciles an account when its stream becomes live, for the first time and after each interruption. New
 * orders wait for the first one.
 */
export class Reconciler {
  readonly #parts: Parts;
  readonly #last = new Map<string, { state: StreamState; done: Promise<void> }>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  heard(session: AccountSession, event: AccountEvent): void {
    if (event.kind !== 'state') return;
    const { id } = session.account;
    const before = this.#last.get(id);
    if (event.state !== 'live' || before?.state === 'live') {
      if (before) this.#last.set(id, { ...before, state: event.state });
      return;
    }
    const done = reconcile(session, this.#parts);
    this.#last.set(id, { state: 'live', done });
    done.catch(this.#parts.onFailed);
  }

  /** Resolves once the account was reconciled; rejects as that did. An account never heard of is not waited for. */
  async ready(accountId: string): Promise<void> {
    await this.#last.get(accountId)?.done;
  }

  dispose(): void {
    this.#last.clear();
  }
}
