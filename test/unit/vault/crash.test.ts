import { describe, expect, it } from 'vitest';
import type { Vault } from '../../../src-main/vault/vault.ts';
import { MemoryFs } from './support/memory-fs.ts';
import { useVaults } from './support/use-vaults.ts';
import { cheapCore, CORE_PASSPHRASE, openCore, own } from './support/cheap-core.ts';
import { CHEAP_KDF, codeOf, passphrase, START, testKey, VAULT_PATH } from './support/vaults.ts';
import { parseFile } from '../../../src-main/vault/file-header.ts';
import { VaultStore } from '../../../src-main/vault/vault-store.ts';
import type { Bytes } from '../../../src-main/vault/secret-bytes.ts';

const { fresh, created } = useVaults();

function storeOver(fs: MemoryFs): VaultStore {
  return new VaultStore({
    path: VAULT_PATH,
    fs,
    sleep: () => Promise.resolve(),
    now: () => START,
    generations: 5,
  });
}

/** Two consecutive states of one vault, and what verifies the second. */
async function twoStates(): Promise<{
  old: Bytes;
  next: Bytes;
  verify: (bytes: Uint8Array) => Promise<void>;
}> {
  const { core, file, ids } = await openCore(2);
  const change = { kind: 'updateMeta' as const, id: ids[0] ?? '', patch: { label: 'New label' } };
  const staged = await core.stage({ now: START, highestCounter: 0, change });
  return { old: file, next: staged.bytes, verify: async (bytes) => core.verifyStaged(bytes) };
}

async function counterOf(bytes: Uint8Array | undefined): Promise<number> {
  if (bytes === undefined) throw new Error('there is no vault file');
  const view = await cheapCore().open({ file: new Uint8Array(bytes), passphrase: own(CORE_PASSPHRASE) });
  return view.saveCounter;
}

describe('a save cut short', () => {
  const outcomes = ['kept', 'lost'] as const;

  it.each(outcomes)(
    'by a power cut before any of its steps leaves a vault that opens (renames %s)',
    async (renames) => {
      const { old, next, verify } = await twoStates();
      const expected = parseFile(old).digest;
      const before = parseFile(old).header.saveCounter;
      let finished = false;
      const counters = new Set<number>();
      for (let step = 1; !finished; step += 1) {
        const fs = new MemoryFs();
        fs.put(VAULT_PATH, old);
        await storeOver(fs).keepOpened(old);
        fs.failAt({ at: step, with: 'stop' });
        const code = await codeOf(storeOver(fs).replace(next, { expected, verify }));
        finished = code === 'none' && fs.operations < step;
        fs.restart(renames);
        const store = storeOver(fs);
        await store.recover();
        const counter = await counterOf(fs.raw(VAULT_PATH));
        counters.add(counter);
        expect([before, before + 1], `step ${step}`).toContain(counter);
        if (code === 'none' && renames === 'kept') expect(counter, `step ${step}`).toBe(before + 1);
        // What was promised to be kept is there, and nothing half written is left.
        const kept = (await store.listGenerations()).map((each) => each.saveCounter);
        expect(kept, `step ${step}`).toContain(before);
        expect(
          fs.paths().filter((path) => path.startsWith(`${VAULT_PATH}.`) && path.endsWith('.tmp')),
        ).toEqual([]);
      }
      expect([...counters].sort()).toEqual([before, before + 1]);
    },
  );

  it.each(['ENOSPC', 'EACCES', 'EIO', 'EXDEV', 'EROFS', 'EBUSY', 'EPERM'])(
    'by %s at any of its steps changes nothing or everything, and says which',
    async (errno) => {
      const { old, next, verify } = await twoStates();
      const expected = parseFile(old).digest;
      const before = parseFile(old).header.saveCounter;
      let steps = 0;
      let failures = 0;
      for (let step = 1; steps === 0; step += 1) {
        const fs = new MemoryFs();
        fs.put(VAULT_PATH, old);
        await storeOver(fs).keepOpened(old);
        fs.failAt({ at: step, with: errno });
        const code = await codeOf(storeOver(fs).replace(next, { expected, verify }));
        if (fs.operations < step) steps = step;
        if (code !== 'none') failures += 1;
        const counter = await counterOf(fs.raw(VAULT_PATH));
        expect(counter, `step ${step}: ${code}`).toBe(code === 'none' ? before + 1 : before);
        expect(code).not.toBe('internal.unexpected');
      }
      expect(failures).toBeGreaterThan(2);
    },
  );

  it('of a first vault leaves either none or a whole one', async () => {
    const { core } = await openCore(0);
    const staged = await core.stage({
      now: START,
      highestCounter: 0,
      change: { kind: 'changePassphrase', passphrase: own(CORE_PASSPHRASE), kdf: CHEAP_KDF },
    });
    for (let step = 1, finished = false; !finished; step += 1) {
      const fs = new MemoryFs();
      fs.failAt({ at: step, with: 'stop' });
      const verify = async (bytes: Uint8Array): Promise<void> => core.verifyStaged(bytes);
      const code = await codeOf(storeOver(fs).replace(staged.bytes, { expected: null, verify }));
      finished = code === 'none' && fs.operations < step;
      fs.restart('kept');
      const store = storeOver(fs);
      await store.recover();
      const present = fs.raw(VAULT_PATH);
      if (present !== undefined) expect(await counterOf(present)).toBeGreaterThan(0);
      expect(fs.paths().filter((path) => path.endsWith('.tmp')).length, `step ${step}`).toBe(0);
    }
  });

  it('is not counted when the disk gives back something else than was written', async () => {
    class LyingFs extends MemoryFs {
      override async readFile(path: string): Promise<Buffer> {
        const bytes = await super.readFile(path);
        if (path.endsWith('.tmp')) bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        return bytes;
      }
    }
    const fs = new LyingFs();
    const { old, next, verify } = await twoStates();
    fs.put(VAULT_PATH, old);
    const saving = storeOver(fs).replace(next, { expected: parseFile(old).digest, verify });
    expect(await codeOf(saving)).toBe('vault.saveNotVerified');
    expect(fs.raw(VAULT_PATH)?.equals(Buffer.from(old))).toBe(true);
  });
});

describe('a save that fails', () => {
  const messages = [
    ['ENOSPC', 'write', 'vault.diskFull'],
    ['EACCES', 'createFile', 'vault.notWritable'],
    ['EROFS', 'createFile', 'vault.notWritable'],
    ['EXDEV', 'rename', 'vault.saveFailed'],
    ['EBUSY', 'rename', 'vault.fileInUse'],
    ['EIO', 'sync', 'vault.saveFailed'],
  ] as const;

  it.each(messages)(
    'with %s at %s says %s, keeps the vault open as it was, and the next one succeeds',
    async (errno, step, code) => {
      const { vault, fs } = await created();
      await vault.addKey(testKey('before'));
      fs.always.set(step, errno);
      expect(await codeOf(vault.addKey(testKey('lost')))).toBe(code);
      expect(vault.listKeys().map((key) => key.label)).toEqual(['Label before']);
      fs.always.clear();
      const id = await vault.addKey(testKey('after'));
      expect(await vault.signer(id).sign('hmac-sha256-hex', 'x')).toHaveLength(64);
      await vault.lock('command');
      await vault.unlock(passphrase());
      expect(vault.listKeys().map((key) => key.label)).toEqual(['Label before', 'Label after']);
    },
  );

  it('because a scanner holds the file is tried again', async () => {
    const { vault, fs } = await created();
    let refusals = 3;
    const rename = fs.rename.bind(fs);
    fs.rename = async (from, to) => {
      if (to === VAULT_PATH && refusals > 0) {
        refusals -= 1;
        throw Object.assign(new Error('busy'), { code: refusals % 2 === 0 ? 'EPERM' : 'EBUSY' });
      }
      await rename(from, to);
    };
    await vault.addKey(testKey('patient'));
    expect(refusals).toBe(0);
    expect(vault.listKeys()).toHaveLength(1);
  });

  it('does not keep the owner out of a vault on a read-only disk', async () => {
    const { vault, fs } = await created();
    await vault.lock('command');
    for (const step of ['createFile', 'write', 'rename', 'remove', 'makeFolder'])
      fs.always.set(step, 'EROFS');
    expect(await codeOf(vault.unlock(passphrase('test passphrase wrong')))).toBe('vault.wrongPassphrase');
    await vault.unlock(passphrase());
    expect(vault.isUnlocked).toBe(true);
  });
});

describe('two instances', () => {
  const both = async (): Promise<{ first: Vault; second: Vault; fs: MemoryFs }> => {
    const { vault: first, fs, clock } = await created();
    const { vault: second } = fresh({ fs, clock });
    await second.unlock(passphrase());
    return { first, second, fs };
  };

  it('never overwrite each other: the one that is behind is refused', async () => {
    const { first, second } = await both();
    await first.addKey(testKey('first'));
    expect(await codeOf(second.addKey(testKey('second')))).toBe('vault.changedOnDisk');
    expect(second.listKeys()).toEqual([]);
    await second.lock('command');
    await second.unlock(passphrase());
    await second.addKey(testKey('second'));
    expect(second.listKeys().map((key) => key.label)).toEqual(['Label first', 'Label second']);
  });

  it('saving at the same moment end with one saved and one refused', async () => {
    const { first, second, fs } = await both();
    const codes = await Promise.all([
      codeOf(first.addKey(testKey('a'))),
      codeOf(second.addKey(testKey('b'))),
    ]);
    expect(codes.filter((code) => code === 'none')).toHaveLength(1);
    expect(codes.some((code) => ['vault.busy', 'vault.changedOnDisk'].includes(code))).toBe(true);
    expect(fs.paths()).not.toContain(`${VAULT_PATH}.lock`);
  });

  it('take over the lock of one that died, not of one that saves', async () => {
    const { vault, fs, clock } = await created();
    const lock = (processId: number, at: number): void =>
      fs.put(`${VAULT_PATH}.lock`, Buffer.from(JSON.stringify({ processId, at })));
    lock(process.pid, clock.now - 1000);
    expect(await codeOf(vault.addKey(testKey('busy')))).toBe('vault.busy');
    lock(process.pid, clock.now - 120_000);
    expect(await codeOf(vault.addKey(testKey('stale')))).toBe('none');
    lock(0x7ffffffe, clock.now);
    expect(await codeOf(vault.addKey(testKey('dead')))).toBe('none');
    fs.put(`${VAULT_PATH}.lock`, Buffer.from('not json'));
    expect(await codeOf(vault.addKey(testKey('junk')))).toBe('none');
  });
});
