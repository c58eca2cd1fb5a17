import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { QuickUnlock } from '../../../src-main/vault/quick-unlock.ts';
import type { QuickUnlockOptions, SafeStoragePort } from '../../../src-main/vault/quick-unlock.ts';
import { useVaults } from './support/use-vaults.ts';
import { codeOf, passphrase, testKey, VAULT_PATH } from './support/vaults.ts';
import type { TestVault } from './support/vaults.ts';

const { created } = useVaults();
const DAY = 86_400_000;

/** A key store with a key of its own, as Electron's behaves. */
class FakeSafeStorage implements SafeStoragePort {
  key = randomBytes(32);
  backend = 'gnome_libsecret';
  available = true;
  rotated = false;
  encryptions = 0;

  async isAsyncEncryptionAvailable(): Promise<boolean> {
    return this.available;
  }

  async encryptStringAsync(plainText: string): Promise<Buffer> {
    this.encryptions += 1;
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    const body = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  }

  async decryptStringAsync(encrypted: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> {
    const decipher = createDecipheriv('aes-256-gcm', this.key, encrypted.subarray(0, 12));
    decipher.setAuthTag(encrypted.subarray(12, 28));
    const body = Buffer.concat([decipher.update(encrypted.subarray(28)), decipher.final()]);
    return { result: body.toString('utf8'), shouldReEncrypt: this.rotated };
  }

  getSelectedStorageBackend(): string {
    return this.backend;
  }
}

const PATH = `${VAULT_PATH}.quick`;

interface Set extends TestVault {
  readonly store: FakeSafeStorage;
  readonly quick: QuickUnlock;
  readonly with: (change: Partial<QuickUnlockOptions>) => QuickUnlock;
}

async function setUp(): Promise<Set> {
  const made = await created();
  const store = new FakeSafeStorage();
  const options: QuickUnlockOptions = {
    vault: made.vault,
    safeStorage: store,
    fs: made.fs,
    path: PATH,
    deviceId: 'test-device-1',
    platform: 'linux',
    now: () => made.clock.now,
    sleep: () => Promise.resolve(),
  };
  return {
    ...made,
    store,
    quick: new QuickUnlock(options),
    with: (change) => new QuickUnlock({ ...options, ...change }),
  };
}

async function enabledAndLocked(): Promise<Set> {
  const set = await setUp();
  await set.vault.addKey(testKey('q'));
  await set.quick.enable(passphrase(), 7);
  await set.vault.lock('command');
  return set;
}

describe('quick unlock', () => {
  it('opens the vault until its last day, and the passphrase works all the time', async () => {
    const { quick, vault, clock } = await enabledAndLocked();
    expect(await quick.status()).toEqual({
      available: true,
      enabled: true,
      reason: null,
      expiresAt: clock.now + 7 * DAY,
    });
    clock.now += 7 * DAY - 1;
    await quick.unlock();
    expect(vault.listKeys()).toHaveLength(1);
    await vault.lock('command');
    await vault.unlock(passphrase());
    await vault.lock('command');
    clock.now += 1;
    expect(await codeOf(quick.unlock())).toBe('vault.quickUnlockExpired');
    expect(await codeOf(quick.unlock())).toBe('vault.quickUnlockOff');
    await vault.unlock(passphrase());
  });

  it('does not go on beyond its end when the clock is set back or the file is edited', async () => {
    const { quick, clock, fs, vault } = await enabledAndLocked();
    const issued = clock.now;
    clock.now = issued - DAY;
    expect(await codeOf(quick.unlock())).toBe('vault.quickUnlockExpired');
    clock.now = issued;
    await vault.unlock(passphrase());
    await quick.enable(passphrase(), 1);
    await vault.lock('command');
    const edited = JSON.parse(fs.raw(PATH)?.toString() ?? '{}');
    edited.terms.expiresAt += 365 * DAY;
    fs.put(PATH, Buffer.from(JSON.stringify(edited)));
    clock.now += 30 * DAY;
    expect(await codeOf(quick.unlock())).toBe('vault.quickUnlockInvalid');
    expect(vault.isUnlocked).toBe(false);
  });

  it.each(['basic_text', 'unknown'])(
    'is refused on %s, and the file of an earlier store opens nothing there',
    async (backend) => {
      const { quick, store, vault } = await enabledAndLocked();
      store.backend = backend;
      expect(await codeOf(quick.unlock())).toBe('vault.quickUnlockUnsafe');
      expect(await quick.status()).toMatchObject({ available: false, enabled: false });
      await vault.unlock(passphrase());
      expect(await codeOf(quick.enable(passphrase(), 7))).toBe('vault.quickUnlockUnsafe');
    },
  );

  it('says that the store changed, and works again when it changes back', async () => {
    const { quick, store } = await enabledAndLocked();
    store.backend = 'kwallet6';
    expect(await codeOf(quick.unlock())).toBe('vault.quickUnlockBackendChanged');
    expect(await quick.status()).toMatchObject({ available: true, enabled: false });
    store.backend = 'gnome_libsecret';
    await quick.unlock();
  });

  it('says that the store lost its key, and the passphrase still opens', async () => {
    const { quick, store, vault } = await enabledAndLocked();
    store.key = randomBytes(32);
    expect(await codeOf(quick.unlock())).toBe('vault.quickUnlockStoreFailed');
    store.available = false;
    expect(await codeOf(quick.unlock())).toBe('vault.quickUnlockUnavailable');
    await vault.unlock(passphrase());
  });

  it('does not work on another machine or after a change of passphrase', async () => {
    const set = await enabledAndLocked();
    expect(await codeOf(set.with({ deviceId: 'test-device-2' }).unlock())).toBe(
      'vault.quickUnlockOtherDevice',
    );
    expect(await codeOf(set.with({ platform: 'darwin' }).unlock())).toBe('vault.quickUnlockBackendChanged');
    await set.vault.unlock(passphrase());
    await set.vault.changePassphrase(passphrase(), passphrase('test passphrase two'));
    await set.vault.lock('command');
    expect(await codeOf(set.quick.unlock())).toBe('vault.quickUnlockInvalid');
    expect(await codeOf(set.quick.unlock())).toBe('vault.quickUnlockOff');
    await set.vault.unlock(passphrase('test passphrase two'));
  });

  it('survives saves of the vault', async () => {
    const { quick, vault } = await enabledAndLocked();
    await quick.unlock();
    await vault.addKey(testKey('later'));
    await vault.lock('command');
    await quick.unlock();
    expect(vault.listKeys()).toHaveLength(2);
  });

  it('is turned on with the passphrase only, for 1 to 30 days', async () => {
    const { quick, fs } = await setUp();
    expect(await codeOf(quick.enable(passphrase('test passphrase wrong'), 7))).toBe('vault.wrongPassphrase');
    for (const days of [0, 31, 1.5, Number.NaN])
      expect(await codeOf(quick.enable(passphrase(), days))).toBe('input.invalid');
    expect(fs.raw(PATH)).toBeUndefined();
    const given = passphrase();
    await quick.enable(given, 30);
    expect(given.every((byte) => byte === 0)).toBe(true);
  });

  it('encrypts its half anew when the system changed its key', async () => {
    const { quick, store, vault } = await enabledAndLocked();
    store.rotated = true;
    await quick.unlock();
    expect(store.encryptions).toBe(2);
    store.rotated = false;
    await vault.lock('command');
    await quick.unlock();
  });

  it('treats a file that is no such file as useless, never as a way in', async () => {
    const { quick, fs, vault } = await enabledAndLocked();
    const good = fs.raw(PATH) ?? Buffer.alloc(0);
    const spoiled = (change: (value: Record<string, unknown>) => void): Buffer => {
      const value = JSON.parse(good.toString()) as Record<string, unknown>;
      change(value);
      return Buffer.from(JSON.stringify(value));
    };
    const contents = [
      Buffer.alloc(0),
      Buffer.from('junk'),
      good.subarray(0, 60),
      Buffer.alloc(100_000, 0x20),
      spoiled((value) => (value.version = 2)),
      spoiled((value) => (value.extra = 1)),
      spoiled((value) => (value.wrappedKek = Buffer.alloc(60).toString('base64'))),
      spoiled((value) => (value.wrappedKek = 'AAAA')),
    ];
    for (const content of contents) {
      fs.put(PATH, content);
      expect(await codeOf(quick.unlock()), content.toString().slice(0, 40)).toBe('vault.quickUnlockInvalid');
      expect(vault.isUnlocked).toBe(false);
    }
  });

  it('keeps neither the vault key nor its own key readable in any file', async () => {
    const { fs } = await enabledAndLocked();
    const terms = JSON.parse(fs.raw(PATH)?.toString() ?? '{}');
    expect(Object.keys(terms).sort()).toEqual(['format', 'protectedKey', 'terms', 'version', 'wrappedKek']);
    expect(Buffer.from(terms.wrappedKek, 'base64')).toHaveLength(60);
  });
});
