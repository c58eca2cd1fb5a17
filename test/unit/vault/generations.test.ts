import { describe, expect, it } from 'vitest';
import { useVaults } from './support/use-vaults.ts';
import { CHEAP_KDF, codeOf, passphrase, testKey, VAULT_PATH } from './support/vaults.ts';

const { fresh, created } = useVaults();

const counters = (list: readonly { saveCounter: number }[]): number[] => list.map((each) => each.saveCounter);

describe('earlier states', () => {
  it('are kept for the last five saves, the present one among them', async () => {
    const { vault, fs } = await created();
    for (let index = 0; index < 8; index += 1) await vault.addKey(testKey(`g${index}`));
    expect(counters(await vault.listGenerations())).toEqual([9, 8, 7, 6, 5]);
    expect(fs.paths().filter((path) => path.includes('generations/'))).toHaveLength(5);
  });

  it('put the newest back when the vault file is gone, and say so', async () => {
    const { vault, fs, clock } = await created();
    await vault.addKey(testKey('gone'));
    await vault.dispose();
    fs.delete(VAULT_PATH);
    const again = fresh({ fs, clock }).vault;
    expect(await again.status()).toMatchObject({ state: 'locked', saveCounter: 2 });
    expect((await again.status()).recoveredFrom).toMatch(/^0000000002-/);
    await again.unlock(passphrase());
    expect(again.listKeys()).toHaveLength(1);
  });

  it('never include a damaged file, and damage is never counted among the kept ones', async () => {
    const { vault, fs } = await created();
    for (let index = 0; index < 4; index += 1) await vault.addKey(testKey(`d${index}`));
    const newest = fs.paths().find((path) => path.includes('generations/0000000005-')) ?? '';
    fs.put(newest, Buffer.from('rubbish'));
    expect(counters(await vault.listGenerations())).toEqual([4, 3, 2, 1]);
    await vault.addKey(testKey('last'));
    // State 5 was the present file, so it is kept anew before it is replaced.
    expect(counters(await vault.listGenerations())).toEqual([6, 5, 4, 3, 2]);
  });

  it('bring back a damaged vault with one call, and the damaged file is set aside', async () => {
    const { vault, fs } = await created();
    await vault.addKey(testKey('kept'));
    await vault.lock('command');
    const damaged = Buffer.from(fs.raw(VAULT_PATH) ?? []);
    damaged[200] = (damaged[200] ?? 0) ^ 1;
    fs.put(VAULT_PATH, damaged);
    expect(await vault.status()).toMatchObject({
      state: 'locked',
      fault: 'vault.damaged',
      saveCounter: null,
    });
    expect(await codeOf(vault.unlock(passphrase()))).toBe('vault.damaged');
    const [newest] = await vault.listGenerations();
    await vault.restoreGeneration(newest?.id ?? '');
    expect(fs.raw(fs.paths().find((path) => path.includes('.damaged-')) ?? '')).toEqual(damaged);
    expect(await vault.unlock(passphrase())).toMatchObject({ saveCounter: 2, rolledBack: null });
    expect(vault.listKeys()).toHaveLength(1);
  });

  it('go with the old passphrase, damaged ones and those set aside too: a turned bit spoils no key', async () => {
    const { vault, fs } = await created();
    await vault.addKey(testKey('kept'));
    const spoil = (path: string): void => {
      const file = Buffer.from(fs.raw(path) ?? []);
      const last = file.length - 1;
      file[last] = (file[last] ?? 0) ^ 1;
      fs.put(path, file);
    };
    spoil(fs.paths().find((path) => path.includes('generations/0000000001-')) ?? '');
    await vault.lock('command');
    spoil(VAULT_PATH);
    await vault.restoreGeneration((await vault.listGenerations())[0]?.id ?? '');
    await vault.unlock(passphrase());
    expect(fs.paths().filter((path) => path.includes('.damaged-'))).toHaveLength(1);
    await vault.changePassphrase(passphrase(), passphrase('test passphrase two'));
    const left = fs.paths().filter((path) => !path.endsWith('.state'));
    expect(left).toEqual([VAULT_PATH, expect.stringContaining('generations/0000000003-')]);
  });

  it('can be gone back to; the unlock says so, and the next save goes on above the highest number', async () => {
    const { vault } = await created();
    await vault.addKey(testKey('one'));
    await vault.addKey(testKey('two'));
    const list = await vault.listGenerations();
    await vault.restoreGeneration(list[1]?.id ?? '');
    expect(vault.isUnlocked).toBe(false);
    expect(await vault.unlock(passphrase())).toMatchObject({
      saveCounter: 2,
      rolledBack: { seen: 3, found: 2 },
    });
    expect(vault.listKeys()).toHaveLength(1);
    await vault.addKey(testKey('three'));
    expect((await vault.status()).saveCounter).toBe(4);
    expect(counters(await vault.listGenerations())).toEqual([4, 3, 2, 1]);
    await vault.lock('command');
    expect(await vault.unlock(passphrase())).toMatchObject({ rolledBack: null });
  });

  it('are refused by an id that is not from the list', async () => {
    const { vault, fs } = await created();
    const before = fs.raw(VAULT_PATH);
    for (const id of ['', '../vault.hfv', '0000000001-0000000000000000.hfv', 'a/b', '..']) {
      expect(await codeOf(vault.restoreGeneration(id)), id).toBe('vault.generationNotFound');
    }
    expect(fs.raw(VAULT_PATH)).toEqual(before);
  });

  it('stop a new vault from being made over them when the vault file is gone', async () => {
    const { vault, fs, clock } = await created();
    await vault.dispose();
    fs.delete(VAULT_PATH);
    const again = fresh({ fs, clock }).vault;
    expect(await codeOf(again.create(passphrase('test passphrase other'), { kdf: CHEAP_KDF }))).toBe(
      'vault.exists',
    );
    await again.unlock(passphrase());
  });
});

describe('forget everything', () => {
  it('overwrites and deletes every file of the vault and those named, and answers the list', async () => {
    const { vault, fs } = await created();
    await vault.addKey(testKey('f'));
    await codeOf(vault.verify(passphrase('test passphrase wrong')));
    fs.put('/vault/ledger.db', Buffer.from('test ledger'));
    fs.put('/vault/unrelated.txt', Buffer.from('stays'));
    fs.put(`${VAULT_PATH}.damaged-1`, Buffer.from('old damage'));
    fs.log.length = 0;
    const report = await vault.forgetEverything(['/vault/ledger.db']);
    expect(fs.paths()).toEqual(['/vault/unrelated.txt']);
    expect(report.every((file) => file.overwritten && file.deleted)).toBe(true);
    expect(report.map((file) => file.path)).toContain('/vault/ledger.db');
    expect(report.length).toBe(fs.log.filter((name) => name === 'overwriteFile').length);
    expect(vault.isUnlocked).toBe(false);
    expect(await vault.status()).toMatchObject({ state: 'absent', throttledUntil: null });
    await vault.create(passphrase('test passphrase new'), { kdf: CHEAP_KDF });
  });

  it('reports a file that cannot be deleted and goes on with the others', async () => {
    const { vault, fs } = await created();
    const remove = fs.remove.bind(fs);
    fs.remove = async (path) => {
      if (path === VAULT_PATH) throw Object.assign(new Error('held'), { code: 'EBUSY' });
      await remove(path);
    };
    const report = await vault.forgetEverything();
    expect(report.filter((file) => !file.deleted).map((file) => file.path)).toEqual([VAULT_PATH]);
    expect(fs.paths()).toEqual([VAULT_PATH]);
    expect(await codeOf(vault.unlock(passphrase()))).not.toBe('none');
  });
});
