import * as z from 'zod/mini';
import { call } from './define.ts';
import type { VaultGeneration, VaultStatus } from './types/vault.ts';
import { nothing, secretBytes } from './values.ts';

const passphraseOnly = z.strictObject({ passphrase: secretBytes });

export const vault = {
  calls: {
    status: call<VaultStatus>()({ input: nothing, capability: 'read', unlocked: false }),
    /** Makes the vault and opens it. Refused where one exists. At least 10 characters; no composition rules. */
    create: call<VaultStatus>()({ input: passphraseOnly, capability: 'vault', unlocked: false }),
    unlock: call<VaultStatus>()({ input: passphraseOnly, capability: 'vault', unlocked: false }),
    quickUnlock: call<VaultStatus>()({ input: nothing, capability: 'vault', unlocked: false }),
    lock: call<null>()({ input: nothing, capability: 'read', unlocked: false }),
    /** Tells main that a person is at the machine: resets the idle lock. Sent at most every 10 s. */
    activity: call<null>()({ input: nothing, capability: 'read', unlocked: false }),
    changePassphrase: call<null>()({
      input: z.strictObject({ current: secretBytes, next: secretBytes }),
      capability: 'vault',
      unlocked: true,
    }),
    /** Measures this machine again and re-wraps the key with the parameters that take 0.5 to 1 s now. */
    recalibrate: call<VaultStatus>()({ input: passphraseOnly, capability: 'vault', unlocked: true }),
    enableQuickUnlock: call<VaultStatus>()({
      input: z.strictObject({ passphrase: secretBytes, days: z.int().check(z.minimum(1), z.maximum(30)) }),
      capability: 'vault',
      unlocked: true,
    }),
    disableQuickUnlock: call<VaultStatus>()({ input: nothing, capability: 'vault', unlocked: false }),
    generations: call<readonly VaultGeneration[]>()({ input: nothing, capability: 'vault', unlocked: false }),
    /** Puts an earlier verified file back; the present one is kept as a generation. Locks first. */
    restoreGeneration: call<VaultStatus>()({
      input: z.strictObject({
        generationId: z.string().check(z.regex(/^[A-Za-z0-9._-]{1,80}$/, 'must be an id from the list')),
      }),
      capability: 'vault',
      unlocked: false,
    }),
    /** Main opens the save dialog; answers the chosen path, or null when the person cancelled. */
    exportEncrypted: call<{ path: string } | null>()({
      input: z.strictObject({ passphrase: secretBytes, exportPassphrase: secretBytes }),
      capability: 'vault',
      unlocked: true,
    }),
    /**
     * Main opens the file dialog; null when the person cancelled. Adds the keys to the open vault; where there
     * is no vault yet, the export becomes it and is open afterwards. Refused while a vault is locked.
     */
    importEncrypted: call<{ added: number; skipped: number } | null>()({
      input: z.strictObject({ exportPassphrase: secretBytes }),
      capability: 'vault',
      unlocked: false,
    }),
    /**
     * Deletes vault, earlier states, ledger, logs and settings. `confirm` must be the word that the window asked
     * for, and main asks once more itself: null when the person did not want to. Needs no passphrase, because
     * a forgotten one is a reason for it.
     */
    forgetEverything: call<{ deleted: readonly string[] } | null>()({
      input: z.strictObject({ confirm: z.literal('FORGET', 'must be the word FORGET') }),
      capability: 'vault',
      unlocked: false,
    }),
  },
  topics: {},
};
