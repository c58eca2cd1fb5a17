import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { VaultCore } from '../../../src-main/vault/vault-core.ts';
import { own } from './support/cheap-core.ts';
import { useVaults } from './support/use-vaults.ts';
import { bytes, CHEAP_KDF, CHEAP_LIMITS, codeOf, passphrase, START, testKey } from './support/vaults.ts';
import type { TestVault } from './support/vaults.ts';

const { fresh, created } = useVaults();
const EXPORT = 'test passphrase export';

async function withKeys(): Promise<TestVault & { ids: string[] }> {
  const made = await created();
  const one = await made.vault.addKey({ ...testKey('one'), passphrase: bytes('test-venue-passphrase') });
  const two = await made.vault.addKey(testKey('two'));
  return { ...made, ids: [one, two] };
}

const exported = ({ vault }: TestVault, target: string | null = null): Promise<Uint8Array> =>
  vault.exportEncrypted(target, passphrase(), passphrase(EXPORT));

describe('an encrypted export', () => {
  it('brings the keys with their ids into another vault, and a second time changes nothing', async () => {
    const from = await withKeys();
    const file = await exported(from);
    const to = await created();
    await to.vault.addKey(testKey('own'));
    expect(await to.vault.importEncrypted(file, passphrase(EXPORT))).toEqual({ added: 2, skipped: 0 });
    expect(await to.vault.importEncrypted(file, passphrase(EXPORT))).toEqual({ added: 0, skipped: 2 });
    await to.vault.lock('command');
    await to.vault.unlock(passphrase());
    expect(to.vault.listKeys().map((key) => key.label)).toEqual(['Label own', 'Label one', 'Label two']);
    const signer = to.vault.signer(from.ids[0] ?? '');
    expect(await signer.sign('hmac-sha256-hex', 'x')).toBe(
      createHmac('sha256', 'test-secret-one').update('x').digest('hex'),
    );
    expect(await signer.headerSecret()).toBe('test-venue-passphrase');
  });

  it('becomes the vault where there is none, with the same ledger key', async () => {
    const from = await withKeys();
    const ledger = Buffer.from(await from.vault.ledgerKey());
    await exported(from, '/backup/keys.hfx');
    const to = fresh({ fs: from.fs, path: '/other/vault.hfv' });
    expect(await to.vault.importEncrypted('/backup/keys.hfx', passphrase(EXPORT))).toEqual({
      added: 2,
      skipped: 0,
    });
    expect(to.vault.isUnlocked).toBe(true);
    expect(Buffer.from(await to.vault.ledgerKey())).toEqual(ledger);
    await to.vault.lock('command');
    expect(await codeOf(to.vault.unlock(passphrase()))).toBe('vault.wrongPassphrase');
    await to.vault.unlock(passphrase(EXPORT));
    expect(to.vault.listKeys()).toHaveLength(2);
  });

  it('is never written over a file of Holdfast itself, whatever the dialog answers', async () => {
    const from = await withKeys();
    const before = Buffer.from(from.fs.raw('/vault/vault.hfv') ?? []);
    const own = ['/vault/vault.hfv', '/vault/VAULT.hfv', '/vault/x/../vault.hfv', '/vault/vault.hfv.state'];
    for (const target of [...own, '/vault/ledger.db', '/vault/settings.json', '/vault/vault.hfv.hfx'])
      expect(await codeOf(exported(from, target)), target).toBe('vault.exportOverOwnFile');
    expect(from.fs.raw('/vault/vault.hfv')).toEqual(before);
    await exported(from, '/vault/holdfast-keys.hfx');
    expect(from.fs.raw('/vault/holdfast-keys.hfx')?.length).toBeGreaterThan(0);
  });

  it('needs the passphrase of the vault, and a decent one for itself', async () => {
    const { vault } = await withKeys();
    expect(
      await codeOf(vault.exportEncrypted(null, passphrase('test passphrase wrong'), passphrase(EXPORT))),
    ).toBe('vault.wrongPassphrase');
    expect(await codeOf(vault.exportEncrypted(null, passphrase(), passphrase('short')))).toBe(
      'input.invalid',
    );
    await vault.lock('command');
    expect(await codeOf(vault.exportEncrypted(null, passphrase(), passphrase(EXPORT)))).toBe('vault.locked');
  });

  it('is told apart from a wrong passphrase, damage, the vault itself and other files', async () => {
    const { vault, fs } = await withKeys();
    const file = await vault.exportEncrypted(null, passphrase(), passphrase(EXPORT));
    const before = fs.raw(vault.path);
    const outcome = (source: string | Uint8Array, given = EXPORT): Promise<string> =>
      codeOf(vault.importEncrypted(source, passphrase(given)));
    expect(await outcome(file, 'test passphrase wrong')).toBe('vault.wrongPassphrase');
    expect(await outcome(file.subarray(0, -1))).toBe('vault.damaged');
    expect(await outcome(fs.raw(vault.path) ?? file)).toBe('vault.wrongFileKind');
    expect(await outcome(Buffer.from('key,secret\n'.repeat(40)))).toBe('vault.notAVault');
    expect(await outcome('/no/such/file')).toBe('vault.notAVault');
    fs.put('/huge', Buffer.alloc(9 * 1024 * 1024));
    expect(await outcome('/huge')).toBe('vault.notAVault');
    expect(fs.raw(vault.path)).toEqual(before);
    expect(vault.listKeys()).toHaveLength(2);
  });

  it('that cannot be written leaves no half file behind', async () => {
    const made = await withKeys();
    for (const step of ['createFile', 'write', 'sync', 'rename']) {
      made.fs.always.set(step, 'ENOSPC');
      const from = made.fs.paths().length;
      expect(await codeOf(exported(made, '/backup/keys.hfx')), step).toBe('vault.diskFull');
      made.fs.always.clear();
      expect(made.fs.paths().filter((path) => path.startsWith('/backup'))).toEqual([]);
      expect(made.fs.paths().length).toBe(from);
    }
  });

  it('whose key descriptions break the rules is refused as a whole', async () => {
    const evil = new VaultCore();
    evil.configure(CHEAP_LIMITS, 1);
    const moment = { now: START, highestCounter: 0 };
    await evil.create({ ...moment, passphrase: own('test passphrase evil'), kdf: CHEAP_KDF });
    evil.commit();
    const meta = {
      ...testKey('e').meta,
      region: '../../etc',
      keyType: 'hmac',
      uses: ['read'],
      permissions: null,
      accountType: null,
      modes: null,
    } as const;
    const key = {
      id: 'ee'.repeat(16),
      meta,
      apiKey: 'test-key-e',
      secret: own('test-secret-e'),
      venuePassphrase: null,
    };
    await evil.stage({ ...moment, change: { kind: 'addKey', key } });
    evil.commit();
    const { bytes: file } = await evil.sealExport({ passphrase: own(EXPORT), now: START });
    const { vault } = await created();
    expect(await codeOf(vault.importEncrypted(file, passphrase(EXPORT)))).toBe('vault.damaged');
    expect(vault.listKeys()).toEqual([]);
    const none = fresh();
    expect(await codeOf(none.vault.importEncrypted(file, passphrase(EXPORT)))).toBe('vault.damaged');
    expect(await none.vault.exists()).toBe(false);
    await vault.addKey(testKey('still-works'));
  });
});
