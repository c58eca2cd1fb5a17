import { removeQuietly, renamePatiently, writeDurably } from './file-steps.ts';
import type { Sleep } from './file-steps.ts';
import type { VaultFs } from './vault-fs.ts';

/** What has to be known before the vault is open, and therefore lies beside it unencrypted. */
export interface SideState {
  /** Wrong passphrases in a row. */
  readonly failures: number;
  /** Milliseconds UTC of the last one; 0 = none. */
  readonly lastFailureAt: number;
  /** Whose counter that is: another vault starts its own. */
  readonly vaultId: string;
  /** Highest save counter that was ever opened or written here. */
  readonly highestCounter: number;
}

export const EMPTY_SIDE_STATE: SideState = { failures: 0, lastFailureAt: 0, vaultId: '', highestCounter: 0 };

// A file that cannot be read is treated as if the free guesses were used up: spoiling it must not help.
const UNREADABLE: SideState = { ...EMPTY_SIDE_STATE, failures: 5 };
const MAX_BYTES = 4096;

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function parsed(text: string): SideState {
  const value = JSON.parse(text) as Partial<Record<keyof SideState, unknown>> | null;
  const failures = count(value?.failures);
  const lastFailureAt = count(value?.lastFailureAt);
  const highestCounter = count(value?.highestCounter);
  const vaultId = value?.vaultId;
  if (failures === null || lastFailureAt === null || highestCounter === null || typeof vaultId !== 'string') {
    return UNREADABLE;
  }
  return { failures, lastFailureAt, highestCounter, vaultId };
}

/** Keeps the side state in memory and on the disk; the disk is a best effort, memory always counts. */
export class SideStateFile {
  readonly #fs: VaultFs;
  readonly #path: string;
  readonly #sleep: Sleep;
  #state: SideState | null = null;

  constructor(options: { fs: VaultFs; path: string; sleep: Sleep }) {
    this.#fs = options.fs;
    this.#path = options.path;
    this.#sleep = options.sleep;
  }

  async read(): Promise<SideState> {
    this.#state ??= await this.#load();
    return this.#state;
  }

  async #load(): Promise<SideState> {
    try {
      const size = await this.#fs.size(this.#path);
      if (size === null) return EMPTY_SIDE_STATE;
      if (size > MAX_BYTES) return UNREADABLE;
      return parsed((await this.#fs.readFile(this.#path)).toString('utf8'));
    } catch {
      return UNREADABLE;
    }
  }

  async update(change: Partial<SideState>): Promise<void> {
    const next = { ...(await this.read()), ...change };
    this.#state = next;
    const temporary = `${this.#path}.tmp`;
    try {
      await removeQuietly(this.#fs, temporary);
      await writeDurably(this.#fs, temporary, Buffer.from(JSON.stringify(next)));
      await renamePatiently(this.#fs, temporary, this.#path, this.#sleep);
    } catch {
      // A full or read-only disk must not keep the owner out: this run still counts in memory.
      await removeQuietly(this.#fs, temporary);
    }
  }

  /** After the files were deleted. */
  forget(): void {
    this.#state = EMPTY_SIDE_STATE;
  }
}
