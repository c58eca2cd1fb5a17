import type { ErrorShape } from '../../src-preload/contract/result.ts';
import type { AccountKeyMeta, KeyMetaPatch, StoredMeta } from './key-record.ts';
import type { KdfLimits, KdfParameters } from './kdf.ts';
import type { Bytes } from './secret-bytes.ts';
import type { SignAlgorithm } from './signing.ts';

/**
 * What main and the vault worker say to each other. Secrets travel towards the worker in transferred buffers.
 * Back come signatures, ciphertext and public fields; the exceptions are `headerSecret` (one venue wants its
 * passphrase as a header) and `ledgerKey` (the key of another encrypted store), and there are no others.
 */

/** A key as main keeps it while the vault is open. */
export interface KeyView {
  readonly id: string;
  readonly revision: number;
  readonly meta: StoredMeta;
  readonly apiKey: string;
  readonly hasVenuePassphrase: boolean;
}

export interface OpenedView {
  readonly vaultId: string;
  readonly saveCounter: number;
  readonly createdAt: number;
  readonly savedAt: number;
  readonly kdf: KdfParameters;
  readonly digest: string;
  readonly keys: readonly KeyView[];
}

/** A change is first sealed, then written and verified by main, then committed. */
export interface StagedFile {
  readonly bytes: Bytes;
  readonly digest: string;
}

export interface NewKey {
  readonly id: string;
  readonly meta: AccountKeyMeta;
  readonly apiKey: string;
  readonly secret: Bytes;
  readonly venuePassphrase: Bytes | null;
}

export type VaultChange =
  | { readonly kind: 'addKey'; readonly key: NewKey }
  | { readonly kind: 'replaceKey'; readonly key: Omit<NewKey, 'meta'> }
  | { readonly kind: 'updateMeta'; readonly id: string; readonly patch: KeyMetaPatch }
  | { readonly kind: 'removeKey'; readonly id: string }
  /** Null `kdf` = measure this machine again. */
  | { readonly kind: 'changePassphrase'; readonly passphrase: Bytes; readonly kdf: KdfParameters | null }
  | { readonly kind: 'importKeys'; readonly file: Bytes; readonly passphrase: Bytes };

export interface StageResult extends StagedFile {
  /** Keys that came in with the change: main checks foreign metas before anything is written. */
  readonly added: readonly KeyView[];
  /** Keys of an import that the vault holds already. */
  readonly skipped: number;
}

/** When and after which counter a file is sealed. */
export interface SealMoment {
  /** Milliseconds UTC. */
  readonly now: number;
  /** Highest save counter ever seen on this machine: the new one is above it. */
  readonly highestCounter: number;
}

/** Arguments and answer of every operation. */
export interface VaultOperations {
  configure: { args: { limits: KdfLimits; targetMs: number; ring: SharedArrayBuffer | null }; answer: null };
  create: { args: SealMoment & { passphrase: Bytes; kdf: KdfParameters | null }; answer: StagedFile };
  /** Makes a vault out of an export: its keys and its ledger secret under the same passphrase. */
  createFromExport: {
    args: SealMoment & { passphrase: Bytes; file: Bytes; kdf: KdfParameters | null };
    answer: StageResult;
  };
  open: { args: { file: Bytes; passphrase: Bytes }; answer: OpenedView };
  openWithWrappedKey: {
    args: { file: Bytes; wrappingKey: Bytes; wrappedKek: Bytes; context: Bytes };
    answer: OpenedView;
  };
  /** Whether this passphrase is the vault's. */
  checkPassphrase: { args: { passphrase: Bytes }; answer: boolean };
  stage: { args: SealMoment & { change: VaultChange }; answer: StageResult };
  /** Decrypts what was read back from the disk and compares it with what was to be written. */
  verifyStaged: { args: { bytes: Bytes }; answer: null };
  commit: { args: Record<string, never>; answer: OpenedView };
  discard: { args: Record<string, never>; answer: null };
  sign: { args: { keyId: string; algorithm: SignAlgorithm; payload: string | Uint8Array }; answer: string };
  headerSecret: { args: { keyId: string }; answer: string };
  ledgerKey: { args: Record<string, never>; answer: Bytes };
  sealExport: { args: { passphrase: Bytes; now: number }; answer: StagedFile };
  /** The KEK under a fresh random key, for quick unlock. `context` is authenticated. */
  wrapKek: { args: { context: Bytes }; answer: { wrappingKey: Bytes; wrappedKek: Bytes } };
  /** Overwrites everything and refuses whatever comes after; the worker is terminated next. */
  close: { args: Record<string, never>; answer: null };
}

export type OperationName = keyof VaultOperations;
export type Arguments<N extends OperationName> = VaultOperations[N]['args'];
export type Answer<N extends OperationName> = VaultOperations[N]['answer'];

export type WorkerRequest = {
  [N in OperationName]: { readonly id: number; readonly name: N; readonly args: Arguments<N> };
}[OperationName];

export type WorkerReply =
  | { readonly id: number; readonly ok: true; readonly value: Answer<OperationName> }
  | { readonly id: number; readonly ok: false; readonly error: ErrorShape };
