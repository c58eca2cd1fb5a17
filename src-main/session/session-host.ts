import { HoldfastError } from '../errors.ts';
import { Signal } from '../signal.ts';
import type { Vault } from '../vault/vault.ts';
import type { UnlockedSession } from './unlocked-session.ts';

interface Parts {
  readonly vault: Pick<Vault, 'onLock' | 'onUnlock' | 'isUnlocked'>;
  readonly open: () => Promise<UnlockedSession>;
  readonly onOpenFailed: (error: unknown) => void;
}

/** Opens what lives while the vault is open, and closes it when the vault locks. One at a time, in order. */
export class SessionHost {
  readonly #parts: Parts;
  readonly changed = new Signal<UnlockedSession | null>();
  readonly #stops: (() => void)[];
  #session: UnlockedSession | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#stops = [
      parts.vault.onUnlock(() => {
        void this.#queue(() => this.#open());
      }),
      parts.vault.onLock(() => {
        void this.#queue(() => this.#close());
      }),
    ];
  }

  get isOpen(): boolean {
    return this.#session !== null && this.#parts.vault.isUnlocked;
  }

  /** What is open. Throws `locked`. */
  live(): UnlockedSession {
    if (this.#session !== null && this.#parts.vault.isUnlocked) return this.#session;
    throw new HoldfastError('locked', 'vault.locked', 'Holdfast is locked.', { action: 'unlock' });
  }

  /** Resolves when everything that locking and unlocking asked for is done. */
  settled(): Promise<void> {
    return this.#work;
  }

  async dispose(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    await this.#queue(() => this.#close());
    this.changed.clear();
  }

  #queue(job: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(job).catch(this.#parts.onOpenFailed);
    return this.#work;
  }

  async #open(): Promise<void> {
    // Locked again before it was our turn.
    if (this.#session !== null || !this.#parts.vault.isUnlocked) return;
    this.#session = await this.#parts.open();
    this.changed.emit(this.#session);
  }

  async #close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    if (!session) return;
    this.changed.emit(null);
    await session.close();
  }
}
