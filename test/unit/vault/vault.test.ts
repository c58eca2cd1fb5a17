import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  CHEAP_KDF,
  codeOf,
  createWorker,
  passphrase,
  START,
  testKey,
  VAULT_PATH,
} from './support/vaults.ts';
import { useVaults } from './support/use-vaults.ts';

const { fresh, created } = useVaults();

describe('the life of a vault', () => {
  it('is absent, then made and open, then locked, then open again with the same keys', async () => {
    const { vault, fs, clock } = fresh();
    expect(await vault.status()).toMatchObject({ state: 'absent', saveCounter: null, throttledUntil: null });
    await vault.create(passphrase(), { kdf: CHEAP_KDF });
    expect(await vault.status()).toMatchObject({
      state: 'unlocked',
      saveCounter: 1,
      savedAt: START,
      kdf: CHEAP_KDF,
    });
    const id = await vault.addKey(testKey('one'));
    await vault.lock('command');
    expect(await vault.status()).toMatchObject({ state: 'locked', saveCounter: 2, fault: null });
    const again = fresh({ fs, clock }).vault;
    expect(await again.unlock(passphrase())).toMatchObject({ saveCounter: 2, rolledBack: null });
    expect(again.listKeys()).toEqual([
      {
        id,
        revision: 1,
        venue: 'bybit',
        environment: 'demo',
        region: 'global',
        label: 'Label one',
        keyType: 'hmac',
        uses: ['read'],
        permissions: null,
        accountType: null,
        modes: null,
        addedAt: START,
        keyLast4: '-one',
        hasVenuePassphrase: false,
      },
    ]);
  });

  it('tells a wrong passphrase, and opens with the right one afterwards', async () => {
    const { vault } = await created();
    await vault.lock('command');
    expect(await codeOf(vault.unlock(passphrase('test passphrase wrong')))).toBe('vault.wrongPassphrase');
    expect(vault.isUnlocked).toBe(false);
    await vault.unlock(passphrase());
    expect(vault.isUnlocked).toBe(true);
  });

  it('refuses what does not fit its state', async () => {
    const { vault } = fresh();
    expect(await codeOf(vault.unlock(passphrase()))).toBe('vault.absent');
    expect(await codeOf(vault.create(passphrase('too short')))).toBe('input.invalid');
    await vault.create(passphrase(), { kdf: CHEAP_KDF });
    expect(await codeOf(vault.create(passphrase()))).toBe('vault.exists');
    expect(await codeOf(vault.unlock(passphrase()))).toBe('vault.alreadyUnlocked');
    await vault.lock('command');
    expect(await codeOf(vault.create(passphrase()))).toBe('vault.exists');
  });

  it('tells its listeners of each lock and unlock, and one that throws does not hinder the others', async () => {
    const { vault } = fresh();
    const heard: string[] = [];
    vault.onUnlock((info) => heard.push(`unlock ${info.saveCounter}`));
    const end = vault.onLock((reason) => heard.push(reason));
    await vault.create(passphrase(), { kdf: CHEAP_KDF });
    await vault.lock('idle');
    await vault.lock('idle');
    end();
    await vault.unlock(passphrase());
    await vault.lock('suspend');
    expect(heard).toEqual(['unlock 1', 'idle', 'unlock 1']);
  });

  it('measures the machine when no parameters are given, and never goes below the floor', async () => {
    const { vault } = fresh();
    await vault.create(passphrase());
    const { kdf } = await vault.status();
    expect(kdf?.memoryKiB).toBeGreaterThanOrEqual(CHEAP_KDF.memoryKiB);
    expect(await vault.recalibrate(passphrase())).toEqual(
      expect.objectContaining({ lanes: CHEAP_KDF.lanes }),
    );
    await vault.lock('command');
    await vault.unlock(passphrase());
  });

  it('refuses parameters below the floor when it is made', async () => {
    const { vault } = fresh();
    expect(await codeOf(vault.create(passphrase(), { kdf: { ...CHEAP_KDF, memoryKiB: 32 } }))).toBe(
      'vault.weakKdf',
    );
    expect(await vault.exists()).toBe(false);
  });
});

describe('secrets handed in', () => {
  it('are overwritten whatever becomes of the call', async () => {
    const { vault } = fresh();
    const given = {
      tooShort: passphrase('short'),
      create: passphrase(),
      existing: passphrase(),
      wrong: passphrase('test passphrase wrong'),
      unlock: passphrase(),
      verify: passphrase(),
      secret: bytes('test-secret-zero'),
      badSecret: bytes('test secret with spaces'),
      venue: bytes('test-venue-passphrase'),
      next: passphrase('test passphrase two'),
      current: passphrase(),
    };
    await codeOf(vault.create(given.tooShort));
    await vault.create(given.create, { kdf: CHEAP_KDF });
    await codeOf(vault.create(given.existing));
    await vault.addKey({ ...testKey('zero'), secret: given.secret, passphrase: given.venue });
    await codeOf(vault.addKey({ ...testKey('bad'), secret: given.badSecret }));
    await vault.verify(given.verify);
    await vault.changePassphrase(given.current, given.next);
    await vault.lock('command');
    await codeOf(vault.unlock(given.wrong));
    await vault.unlock(passphrase('test passphrase two'));
    await codeOf(vault.unlock(given.unlock));
    for (const [name, buffer] of Object.entries(given)) {
      expect(
        buffer.every((byte) => byte === 0),
        name,
      ).toBe(true);
      expect(buffer.length, name).toBeGreaterThan(0);
    }
  });

  it('are overwritten when the vault is locked', async () => {
    const { vault } = await created();
    await vault.lock('command');
    const secret = bytes('test-secret-late');
    expect(await codeOf(vault.addKey({ ...testKey('late'), secret }))).toBe('vault.locked');
    expect(secret.every((byte) => byte === 0)).toBe(true);
  });
});

describe('locking', () => {
  it('makes signers throw and lets them work again after the unlock', async () => {
    const { vault } = await created({ createWorker });
    const signer = vault.signer(await vault.addKey(testKey('l')));
    const before = await signer.sign('hmac-sha256-hex', 'x');
    const locking = vault.lock('command');
    expect(await codeOf(signer.sign('hmac-sha256-hex', 'x'))).toBe('vault.locked');
    await locking;
    expect(await codeOf(() => signer.apiKey)).toBe('vault.locked');
    expect(await codeOf(() => vault.listKeys())).toBe('vault.locked');
    expect(await codeOf(() => vault.ledgerKey())).toBe('vault.locked');
    await vault.unlock(passphrase());
    expect(await signer.sign('hmac-sha256-hex', 'x')).toBe(before);
  });

  it('ends an unlock that is under way', async () => {
    let started: () => void = () => undefined;
    const starting = new Promise<void>((resolve) => {
      started = resolve;
    });
    const made = fresh();
    await made.vault.create(passphrase(), { kdf: CHEAP_KDF });
    await made.vault.lock('command');
    const second = fresh({
      ...made,
      createWorker: () => {
        started();
        return createWorker();
      },
    }).vault;
    const heard: string[] = [];
    second.onUnlock(() => heard.push('unlock'));
    const unlocking = codeOf(second.unlock(passphrase()));
    await starting;
    // The thread has only just been asked for, so the answer cannot have come yet.
    await second.lock('suspend');
    expect(await unlocking).toBe('vault.locked');
    expect(second.isUnlocked).toBe(false);
    expect(heard).toEqual([]);
    expect((await second.status()).throttledUntil).toBeNull();
    await second.unlock(passphrase());
    expect(second.isUnlocked).toBe(true);
  });

  it('in the middle of a save leaves either the old or the new vault, and it opens', async () => {
    const { vault } = await created({ createWorker });
    for (let round = 0; round < 6; round += 1) {
      const adding = codeOf(vault.addKey(testKey(`r${round}`)));
      for (let turn = 0; turn < round * 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await vault.lock('idle');
      const code = await adding;
      await vault.unlock(passphrase());
      const present = vault.listKeys().some((key) => key.label === `Label r${round}`);
      expect(['none', 'vault.locked']).toContain(code);
      if (code === 'none') expect(present).toBe(true);
    }
  });

  it('is what a worker that dies amounts to', async () => {
    const workers: Worker[] = [];
    const made = fresh({
      createWorker: () => {
        const worker = createWorker();
        workers.push(worker);
        return worker;
      },
    });
    await made.vault.create(passphrase(), { kdf: CHEAP_KDF });
    const id = await made.vault.addKey(testKey('dies'));
    const locked = new Promise((resolve) => made.vault.onLock(resolve));
    await workers[0]?.terminate();
    expect(await locked).toBe('workerFailed');
    expect(made.vault.isUnlocked).toBe(false);
    await made.vault.unlock(passphrase());
    expect(made.vault.key(id).label).toBe('Label dies');
  });
});

describe('passphrases', () => {
  it('change: the new one opens, the old one does not, and no earlier state opens with the old one', async () => {
    const { vault, fs } = await created();
    await vault.addKey(testKey('p'));
    expect((await vault.listGenerations()).length).toBe(2);
    const before = await vault.ledgerKey();
    await vault.changePassphrase(passphrase(), passphrase('test passphrase two'));
    expect((await vault.listGenerations()).map((each) => each.saveCounter)).toEqual([3]);
    expect(fs.paths().filter((path) => path.includes('generations')).length).toBe(1);
    await vault.lock('command');
    expect(await codeOf(vault.unlock(passphrase()))).toBe('vault.wrongPassphrase');
    await vault.unlock(passphrase('test passphrase two'));
    expect(Buffer.from(await vault.ledgerKey())).toEqual(Buffer.from(before));
    expect(vault.listKeys().length).toBe(1);
  });

  it('change also when a lock comes as soon as the new file is in place: no earlier state is spared', async () => {
    const { vault, fs } = await created();
    await vault.addKey(testKey('p'));
    const rename = fs.rename.bind(fs);
    fs.rename = async (from, to) => {
      await rename(from, to);
      if (to === VAULT_PATH) void vault.lock('idle');
    };
    await vault.changePassphrase(passphrase(), passphrase('test passphrase two'));
    expect(vault.isUnlocked).toBe(false);
    expect((await vault.listGenerations()).map((each) => each.saveCounter)).toEqual([3]);
    expect(await codeOf(vault.unlock(passphrase()))).toBe('vault.wrongPassphrase');
    await vault.unlock(passphrase('test passphrase two'));
    expect(vault.listKeys().length).toBe(1);
  });

  it('are asked again without closing anything', async () => {
    const { vault } = await created();
    await vault.verify(passphrase());
    expect(await codeOf(vault.verify(passphrase('test passphrase wrong')))).toBe('vault.wrongPassphrase');
    expect(
      await codeOf(
        vault.changePassphrase(passphrase('test passphrase wrong'), passphrase('test passphrase two')),
      ),
    ).toBe('vault.wrongPassphrase');
    expect(vault.isUnlocked).toBe(true);
    await vault.lock('command');
    expect(await codeOf(vault.verify(passphrase()))).toBe('vault.locked');
  });
});

describe('the ledger key', () => {
  it('is 256 bits, its own for each vault, and survives saves and unlocks', async () => {
    const { vault } = await created();
    const other = (await created()).vault;
    const key = Buffer.from(await vault.ledgerKey());
    expect(key.length).toBe(32);
    expect(key.equals(Buffer.from(await other.ledgerKey()))).toBe(false);
    await vault.addKey(testKey('k'));
    await vault.lock('command');
    await vault.unlock(passphrase());
    expect(Buffer.from(await vault.ledgerKey())).toEqual(key);
  });
});
