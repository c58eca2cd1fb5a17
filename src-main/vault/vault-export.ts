import { checkGivenPassphrase, checkNewPassphrase } from './passphrase.ts';
import { takeSecret, wiping } from './secret-bytes.ts';
import type { Bytes } from './secret-bytes.ts';
import type { VaultEngine } from './vault-engine.ts';

export interface ExportOptions {
  /** Where to write; null = only answer the bytes. */
  readonly target: string | null;
  readonly passphrase: Uint8Array;
  readonly exportPassphrase: Uint8Array;
}

/** See `Vault.exportEncrypted`. */
export async function exportVault(engine: VaultEngine, options: ExportOptions): Promise<Uint8Array> {
  const { target, passphrase, exportPassphrase } = options;
  checkGivenPassphrase(passphrase, 'passphrase');
  checkNewPassphrase(exportPassphrase, 'exportPassphrase');
  return engine.run(async () => {
    await engine.verify(passphrase);
    const given = takeSecret(exportPassphrase);
    const args = { passphrase: given, now: engine.now() };
    const { bytes } = await wiping([given], () =>
      engine.require().client.call('sealExport', args, [given.buffer]),
    );
    if (target !== null) await engine.store.writeExport(target, bytes);
    return bytes;
  });
}

export interface ImportResult {
  readonly added: number;
  readonly skipped: number;
}

/** See `Vault.importEncrypted`. */
export async function importExport(
  engine: VaultEngine,
  source: string | Uint8Array,
  exportPassphrase: Uint8Array,
): Promise<ImportResult> {
  checkGivenPassphrase(exportPassphrase, 'exportPassphrase');
  await engine.ready();
  const file = await engine.foreignFile(source);
  const makes = !(await engine.store.exists());
  const passphrase = takeSecret(exportPassphrase);
  return wiping([passphrase], async () => {
    if (makes) return makeFromExport(engine, file, passphrase);
    const change = { kind: 'importKeys' as const, file, passphrase };
    // Opening an export that one made oneself must not buy new guesses at the vault's own passphrase.
    const { added, skipped } = await engine.run(() =>
      engine.throttle.attempt(() => engine.changeNow(change, [passphrase.buffer]), 'keepCount'),
    );
    return { added: added.length, skipped };
  });
}

async function makeFromExport(engine: VaultEngine, file: Bytes, passphrase: Bytes): Promise<ImportResult> {
  let added = 0;
  await engine.run(() =>
    engine.throttle.attempt(() =>
      engine.make(async (client) => {
        const args = { passphrase, file, kdf: null, now: engine.now(), highestCounter: 0 };
        const staged = await client.call('createFromExport', args, [passphrase.buffer]);
        added = staged.added.length;
        return staged;
      }),
    ),
  );
  return { added, skipped: 0 };
}
