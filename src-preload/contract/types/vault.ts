export interface VaultStatus {
  readonly state: 'absent' | 'locked' | 'unlocked';
  readonly path: string;
  /** Rises by one with each save: a lower number than remembered means an older file was put back. */
  readonly saveCounter: number | null;
  readonly savedAt: number | null;
  /** Guessing is refused until then; null = now allowed. */
  readonly throttledUntil: number | null;
  /** Code of what is wrong with the file, such as `vault.damaged`: an earlier state can be put back. */
  readonly fault: string | null;
  /** Id of the earlier state that was put back at start because the vault file was gone. */
  readonly recoveredFrom: string | null;
  readonly quickUnlock: QuickUnlockStatus;
  readonly kdf: { readonly memoryMiB: number; readonly iterations: number; readonly lanes: number } | null;
}
export interface QuickUnlockStatus {
  readonly available: boolean;
  readonly enabled: boolean;
  readonly reason: string | null;
  readonly expiresAt: number | null;
}
/** One earlier verified state of the vault file. */
export interface VaultGeneration {
  readonly id: string;
  readonly savedAt: number;
  readonly saveCounter: number;
  readonly bytes: number;
}
