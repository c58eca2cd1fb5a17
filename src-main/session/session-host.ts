import { HoldfastError, toHoldfastError } from '../errors.ts';
import { Signal } from '../signal.ts';
import type { Vault } from '../vault/vault.ts';
import type { UnlockedSession } from './unlocked-session.ts';

interface Parts {
  readonly vault: Pick<Vault, 'onLock' | 'onUnlock' | 'isUnlocked' | 'lock'>;
  readonly open: () => Promise<UnlockedSession>;
  /** The session could not be opened or closed. A lock that came in between is no failure. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Opens what lives while the vault is open, and closes it when the vault locks. One at a time, in order. When
 * the opening fails, the vault is locked again: an open vault that nothing can be done with helps nobody.
 */
export class SessionHost {
  readonly #parts: Parts;
  readonly changed = new Signal<UnlockedSession | null>();
  readonly #stops: (() => void)[];
  #session: UnlockedSession | null = null;
  #work: Promise<void> = Promise.resolve();
  #failure: HoldfastError | null = null;

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
    throw locked();
  }

  /** Resolves when everything that locking and unlocking asked for is done. */
  settled(): Promise<void> {
    return this.#work;
  }

  /** After an unlock: resolves when the session is there; rejects with what kept it from opening, or `locked`. */
  async opened(): Promise<void> {
    await this.#work;
    if (!this.isOpen) throw this.#failure ?? locked();
  }

  async dispose(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    await this.#queue(() => this.#close());
    this.changed.clear();
  }

  #queue(job: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(job).catch(this.#parts.onFailed);
    return this.#work;
  }

  async #open(): Promise<void> {
    // Locked again before it was our turn.
    if (this.#session !== null || !this.#parts.vault.isUnlocked) return;
    this.#failure = null;
    try {
      const session = await this.#parts.open();
      // Locked after its last look: nobody may hear of it any more.
      if (!this.#parts.vault.isUnlocked) return await session.close();
      this.#session = session;
    } catch (error) {
      if (!this.#parts.vault.isUnlocked) return;
      this.#failure = toHoldfastError(error);
      await this.#parts.vault.lock('openFailed');
      throw error;
    }
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

const locked = () => new HoldfastError('locked', 'vault.locked', 'Holdfast is locked.', { action: 'unlock' });
