import { randomBytes, timingSafeEqual } from 'node:crypto';
import { totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import { HoldfastError } from '../errors.ts';
import { parseFile } from './file-header.ts';
import type { FileHeader, FileKind, ParsedFile } from './file-header.ts';
import { assertKdfAllowed, calibrate, deriveArgon2id, KDF_LIMITS, KDF_TARGET_MS, SALT_BYTES } from './kdf.ts';
import type { DeriveKey, KdfLimits, KdfParameters } from './kdf.ts';
import { KeyRing } from './key-ring.ts';
import { changedRecords, equalRecords, keyView, ledgerRecord } from './record-changes.ts';
import { wipeRecord } from './record-codec.ts';
import type { VaultRecord } from './record-codec.ts';
import { sealFile, unsealFile, unwrapKey, wrapKey } from './sealed-file.ts';
import type { RandomBytes } from './sealed-file.ts';
import { ownCopy, wipe } from './secret-bytes.ts';
import type { Bytes } from './secret-bytes.ts';
import { lockedError, quickUnlockInvalid, saveNotVerified, wrongFileKind } from './vault-errors.ts';
import type { Answer, Arguments, OpenedView, StagedFile, StageResult } from './worker-protocol.ts';

/** One state of the vault in the clear: all that has to be overwritten on lock. */
interface VaultState {
  readonly header: FileHeader;
  readonly digest: string;
  readonly kek: Buffer;
  readonly records: readonly VaultRecord[];
}

interface OpenVault extends VaultState {
  readonly ring: KeyRing;
}

export interface VaultCoreOptions {
  readonly derive?: DeriveKey;
  readonly random?: RandomBytes;
  readonly totalMemoryBytes?: number;
  /** Milliseconds that only grow. */
  readonly elapsed?: () => number;
}

function secretsOf(state: VaultState | null): Set<Uint8Array | null> {
  return new Set(state?.records.flatMap((record) => [record.secret, record.venuePassphrase]));
}

/** Overwrites what `gone` holds and `kept` does not: two states share the records that did not change. */
function wipeDifference(gone: VaultState, kept: VaultState | null): void {
  const needed = secretsOf(kept);
  for (const secret of secretsOf(gone)) if (!needed.has(secret)) wipe(secret);
  if (gone.kek !== kept?.kek) wipe(gone.kek);
}

/**
 * The inside of the vault worker: the only object that ever holds a secret in the clear. It touches no file;
 * main writes the sealed bytes it is given and shows them again before they count (`verifyStaged`, `commit`).
 */
export class VaultCore {
  readonly #derive: DeriveKey;
  readonly #random: RandomBytes;
  readonly #totalMemoryBytes: number;
  readonly #elapsed: () => number;
  #limits: KdfLimits = KDF_LIMITS;
  #targetMs = KDF_TARGET_MS;
  #open: OpenVault | null = null;
  #staged: VaultState | null = null;
  #closed = false;

  constructor(options: VaultCoreOptions = {}) {
    this.#derive = options.derive ?? deriveArgon2id;
    this.#random = options.random ?? randomBytes;
    this.#totalMemoryBytes = options.totalMemoryBytes ?? totalmem();
    this.#elapsed = options.elapsed ?? (() => performance.now());
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** What the open vault's secrets are used for. Throws `vault.locked`. */
  get ring(): KeyRing {
    return this.#opening().ring;
  }

  /** Limits come from the program that starts the worker, never from a file. */
  configure(limits: KdfLimits, targetMs: number): void {
    this.#limits = limits;
    this.#targetMs = targetMs;
  }

  /** Seals a new vault with nothing but a fresh ledger secret. */
  async create(args: Arguments<'create'>): Promise<StagedFile> {
    return this.#stageNew(args, async () => [ledgerRecord(this.#random)]);
  }

  /** Seals a new vault with the records of an export, opened with the same passphrase. */
  async createFromExport(args: Arguments<'createFromExport'>): Promise<StageResult> {
    let records: readonly VaultRecord[] = [];
    const staged = await this.#stageNew(args, async () => {
      records = await this.#recordsOfExport(args.file, args.passphrase);
      return records;
    });
    const keys = records.filter((record) => record.kind === 'accountKey');
    return { ...staged, added: keys.map(keyView), skipped: 0 };
  }

  async #stageNew(
    args: Arguments<'create'>,
    load: () => Promise<readonly VaultRecord[]>,
  ): Promise<StagedFile> {
    try {
      const records = await load();
      const vaultId = this.#random(16).toString('hex');
      const saveCounter = args.highestCounter + 1;
      const moment = { saveCounter, createdAt: args.now, savedAt: args.now };
      const derived = await this.#newKek(args.passphrase, args.kdf);
      return this.#stage({ kind: 'vault', vaultId, ...moment, ...derived.how }, derived.kek, records);
    } finally {
      wipe(args.passphrase);
    }
  }

  /** Opens a vault file. Throws one of the four file errors, or `vault.weakKdf` before deriving anything. */
  async open(args: Arguments<'open'>): Promise<OpenedView> {
    try {
      const file = this.#parsed(args.file, 'vault');
      return this.#opened(file, await this.#derive(args.passphrase, file.header.salt, file.header.kdf));
    } finally {
      wipe(args.passphrase);
    }
  }

  /** Opens with a KEK that quick unlock had wrapped. Throws `vault.quickUnlockInvalid` when it does not fit. */
  openWithWrappedKey(args: Arguments<'openWithWrappedKey'>): OpenedView {
    const file = this.#parsed(args.file, 'vault');
    const kek = unwrapKey(args.wrappingKey, args.wrappedKek, args.context);
    wipe(args.wrappingKey);
    if (kek === null) throw quickUnlockInvalid();
    try {
      return this.#opened(file, kek);
    } catch (error) {
      // The passphrase was changed since: the wrapped key is that of the old one.
      const stale = error instanceof HoldfastError && error.code === 'vault.wrongPassphrase';
      throw stale ? quickUnlockInvalid() : error;
    }
  }

  #parsed(bytes: Uint8Array, kind: FileKind): ParsedFile {
    const file = parseFile(bytes);
    if (file.header.kind !== kind) throw wrongFileKind(kind);
    assertKdfAllowed(file.header.kdf, this.#limits);
    return file;
  }

  #opened(file: ParsedFile, kek: Buffer): OpenedView {
    try {
      this.#assertNotClosed();
      const records = unsealFile(file, kek);
      this.#open = { header: file.header, digest: file.digest, kek, records, ring: new KeyRing(records) };
      return this.#view();
    } catch (error) {
      wipe(kek);
      throw error;
    }
  }

  /** Whether the passphrase is that of the open vault: step-up before a withdrawal or an export. */
  async checkPassphrase(passphrase: Bytes): Promise<boolean> {
    const { header } = this.#opening();
    const given = await this.#derive(passphrase, header.salt, header.kdf);
    try {
      return timingSafeEqual(given, this.#opening().kek);
    } finally {
      wipe(given, passphrase);
    }
  }

  /** Seals the vault as it would be after the change. Nothing counts before `commit`. */
  async stage(args: Arguments<'stage'>): Promise<StageResult> {
    const { change } = args;
    const before = this.#opening();
    const saveCounter = Math.max(before.header.saveCounter, args.highestCounter) + 1;
    const header = { ...before.header, saveCounter, savedAt: args.now };
    try {
      if (change.kind === 'changePassphrase') {
        const derived = await this.#newKek(change.passphrase, change.kdf);
        this.#assertStill(before);
        const staged = this.#stage({ ...header, ...derived.how }, derived.kek, before.records);
        return { ...staged, added: [], skipped: 0 };
      }
      const foreign = change.kind === 'importKeys';
      const imported = foreign ? await this.#recordsOfExport(change.file, change.passphrase) : [];
      this.#assertStill(before);
      const result = changedRecords({ before: before.records, change, imported, now: args.now });
      const staged = this.#stage(header, before.kek, result.records);
      return { ...staged, added: result.added.map(keyView), skipped: result.skipped };
    } finally {
      if ('passphrase' in change) wipe(change.passphrase);
    }
  }

  async #newKek(
    passphrase: Bytes,
    wanted: KdfParameters | null,
  ): Promise<{ how: Pick<FileHeader, 'kdf' | 'salt'>; kek: Buffer }> {
    const kdf = wanted ?? (await this.#calibrated());
    assertKdfAllowed(kdf, this.#limits);
    const salt = this.#random(SALT_BYTES);
    return { how: { kdf, salt }, kek: await this.#derive(passphrase, salt, kdf) };
  }

  async #recordsOfExport(bytes: Bytes, passphrase: Bytes): Promise<readonly VaultRecord[]> {
    const file = this.#parsed(bytes, 'export');
    const kek = await this.#derive(passphrase, file.header.salt, file.header.kdf);
    try {
      return unsealFile(file, kek);
    } finally {
      wipe(kek);
    }
  }

  #stage(header: FileHeader, kek: Buffer, records: readonly VaultRecord[]): StagedFile {
    this.#assertNotClosed();
    this.discard();
    const bytes = sealFile({ header, kek, records, random: this.#random });
    const { digest } = parseFile(bytes);
    this.#staged = { header, digest, kek, records };
    return { bytes: ownCopy(bytes), digest };
  }

  /** Throws `vault.saveNotVerified` unless the bytes open with the key and hold exactly the staged records. */
  verifyStaged(bytes: Uint8Array): void {
    const staged = this.#staged;
    if (staged === null) throw saveNotVerified();
    let records: readonly VaultRecord[] = [];
    try {
      const file = parseFile(bytes);
      records = unsealFile(file, staged.kek);
      const equal = records.every((record, index) => equalRecords(record, staged.records[index]));
      const complete = records.length === staged.records.length && file.digest === staged.digest;
      if (!equal || !complete) throw saveNotVerified();
    } catch (error) {
      throw saveNotVerified(error);
    } finally {
      records.forEach(wipeRecord);
    }
  }

  /** The staged state becomes the vault's; what it no longer holds is overwritten. */
  commit(): OpenedView {
    const staged = this.#staged;
    if (staged === null) throw saveNotVerified();
    const previous = this.#open;
    this.#staged = null;
    this.#open = { ...staged, ring: new KeyRing(staged.records) };
    if (previous !== null) wipeDifference(previous, staged);
    return this.#view();
  }

  /** Forgets a staged state that could not be written; the open vault stays as it was. */
  discard(): void {
    if (this.#staged !== null) wipeDifference(this.#staged, this.#open);
    this.#staged = null;
  }

  /** All records in a file of their own: fresh salt, own data key, protected by the given passphrase. */
  async sealExport(args: Arguments<'sealExport'>): Promise<StagedFile> {
    const before = this.#opening();
    const { kdf, saveCounter, createdAt } = before.header;
    const derived = await this.#newKek(args.passphrase, kdf).finally(() => wipe(args.passphrase));
    try {
      this.#assertStill(before);
      const vaultId = this.#random(16).toString('hex');
      const moment = { saveCounter, createdAt, savedAt: args.now };
      const header: FileHeader = { kind: 'export', vaultId, ...moment, ...derived.how };
      const bytes = sealFile({ header, kek: derived.kek, records: before.records, random: this.#random });
      const file = parseFile(bytes);
      unsealFile(file, derived.kek).forEach(wipeRecord);
      return { bytes: ownCopy(bytes), digest: file.digest };
    } finally {
      wipe(derived.kek);
    }
  }

  /** The KEK under a key drawn for it. The passphrase stays the only other way in. */
  wrapKek(context: Uint8Array): Answer<'wrapKek'> {
    const { kek } = this.#opening();
    const drawn = this.#random(32);
    const wrapped = { wrappingKey: ownCopy(drawn), wrappedKek: wrapKey(drawn, kek, context, this.#random) };
    wipe(drawn);
    return wrapped;
  }

  /** Overwrites every secret and refuses whatever still comes. The worker is terminated right after. */
  close(): void {
    this.#closed = true;
    this.discard();
    this.#open?.records.forEach(wipeRecord);
    wipe(this.#open?.kek);
    this.#open = null;
  }

  #opening(): OpenVault {
    if (this.#open === null) throw lockedError();
    return this.#open;
  }

  #assertNotClosed(): void {
    if (this.#closed) throw lockedError();
  }

  /** Deriving a key takes a second, and a lock in that second has emptied the records. */
  #assertStill(before: OpenVault): void {
    if (this.#open !== before) throw lockedError();
  }

  async #calibrated(): Promise<KdfParameters> {
    const sample = this.#random(SALT_BYTES);
    const measure = async (parameters: KdfParameters): Promise<number> => {
      const from = this.#elapsed();
      wipe(await this.#derive(sample, sample, parameters));
      return this.#elapsed() - from;
    };
    const [limits, targetMs] = [this.#limits, this.#targetMs];
    return calibrate({ measure, limits, targetMs, totalMemoryBytes: this.#totalMemoryBytes });
  }

  #view(): OpenedView {
    const { header, digest, ring } = this.#opening();
    const { vaultId, saveCounter, createdAt, savedAt, kdf } = header;
    return { vaultId, saveCounter, createdAt, savedAt, kdf, digest, keys: ring.views() };
  }
}
