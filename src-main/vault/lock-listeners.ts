/** Why the vault was locked; shown to the person. */
export type LockReason =
  | 'command'
  | 'idle'
  | 'suspend'
  | 'screenLock'
  | 'minimise'
  | 'quit'
  | 'restore'
  | 'forget'
  | 'workerFailed'
  /** What should live while the vault is open could not be started. */
  | 'openFailed';

export interface UnlockInfo {
  readonly vaultId: string;
  readonly saveCounter: number;
  /** Milliseconds UTC. */
  readonly savedAt: number;
  /** Set when an older file than the last one seen here was opened: somebody put it back. */
  readonly rolledBack: { readonly seen: number; readonly found: number } | null;
}

/** Listeners of lock and unlock. One that throws hinders neither the lock nor the others. */
export class LockListeners {
  readonly #onLock = new Set<(reason: LockReason) => void>();
  readonly #onUnlock = new Set<(info: UnlockInfo) => void>();

  onLock(listener: (reason: LockReason) => void): () => void {
    this.#onLock.add(listener);
    return () => this.#onLock.delete(listener);
  }

  onUnlock(listener: (info: UnlockInfo) => void): () => void {
    this.#onUnlock.add(listener);
    return () => this.#onUnlock.delete(listener);
  }

  locked(reason: LockReason): void {
    for (const listener of [...this.#onLock]) tell(() => listener(reason));
  }

  unlocked(info: UnlockInfo): void {
    for (const listener of [...this.#onUnlock]) tell(() => listener(info));
  }

  clear(): void {
    this.#onLock.clear();
    this.#onUnlock.clear();
  }
}

/** The error still reaches the process's handler of uncaught errors; the vault's own work goes on. */
function tell(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
