import { describe, expect, it } from 'vitest';
import { waitAfter } from '../../../src-main/vault/guess-throttle.ts';
import { useVaults } from './support/use-vaults.ts';
import { codeOf, passphrase, VAULT_PATH } from './support/vaults.ts';
import type { TestVault } from './support/vaults.ts';

const { fresh, created } = useVaults();
const STATE = `${VAULT_PATH}.state`;

async function locked(): Promise<TestVault> {
  const made = await created();
  await made.vault.lock('command');
  return made;
}

const guess = ({ vault }: TestVault): Promise<string> =>
  codeOf(vault.unlock(passphrase('test passphrase wrong')));

async function spoil(made: TestVault, guesses: number): Promise<void> {
  for (let index = 0; index < guesses; index += 1) expect(await guess(made)).toBe('vault.wrongPassphrase');
}

describe('the guess throttle', () => {
  it('leaves five guesses free and then doubles from 1 s to 60 s', () => {
    expect([0, 4, 5, 6, 7, 10, 11, 12, 99].map(waitAfter)).toEqual([
      0, 0, 1000, 2000, 4000, 32_000, 60_000, 60_000, 60_000,
    ]);
  });

  it('refuses even the right passphrase while it waits, tells how long, and lets it in afterwards', async () => {
    const made = await locked();
    await spoil(made, 5);
    await expect(made.vault.unlock(passphrase())).rejects.toMatchObject({
      kind: 'throttled',
      code: 'vault.throttled',
      details: { retryAfterMs: 1000 },
    });
    expect((await made.vault.status()).throttledUntil).toBe(made.clock.now + 1000);
    made.clock.elapsed += 1000;
    await made.vault.unlock(passphrase());
    expect((await made.vault.status()).throttledUntil).toBeNull();
  });

  it('counts the passphrase asked again for a withdrawal just the same', async () => {
    const made = await created();
    for (let index = 0; index < 5; index += 1) {
      expect(await codeOf(made.vault.verify(passphrase('test passphrase wrong')))).toBe(
        'vault.wrongPassphrase',
      );
    }
    expect(await codeOf(made.vault.verify(passphrase()))).toBe('vault.throttled');
    expect(
      await codeOf(made.vault.exportEncrypted(null, passphrase(), passphrase('test passphrase export'))),
    ).toBe('vault.throttled');
  });

  it('counts the passphrase of an export together with the own one, and a right one buys no new guesses', async () => {
    const made = await created();
    const file = await made.vault.exportEncrypted(null, passphrase(), passphrase('test passphrase export'));
    const importing = (text: string) => codeOf(made.vault.importEncrypted(file, passphrase(text)));
    for (let index = 0; index < 2; index += 1)
      expect(await importing('test passphrase wrong')).toBe('vault.wrongPassphrase');
    await made.vault.importEncrypted(file, passphrase('test passphrase export'));
    for (let index = 0; index < 3; index += 1) {
      expect(await codeOf(made.vault.verify(passphrase('test passphrase wrong')))).toBe(
        'vault.wrongPassphrase',
      );
    }
    expect(await codeOf(made.vault.verify(passphrase()))).toBe('vault.throttled');
    expect(await importing('test passphrase export')).toBe('vault.throttled');
  });

  it('forgets the wrong guesses after a right one', async () => {
    const made = await locked();
    await spoil(made, 4);
    await made.vault.unlock(passphrase());
    await made.vault.lock('command');
    await spoil(made, 5);
  });

  it('survives a restart', async () => {
    const made = await locked();
    await spoil(made, 5);
    made.fs.restart('kept');
    const again = fresh({ fs: made.fs, clock: { now: made.clock.now + 500, elapsed: 0 } });
    expect(await guess(again)).toBe('vault.throttled');
    const later = fresh({ fs: made.fs, clock: { now: made.clock.now + 2000, elapsed: 0 } });
    await later.vault.unlock(passphrase());
  });

  it('is not shortened by setting the clock forward while it runs', async () => {
    const made = await locked();
    await spoil(made, 5);
    made.clock.now += 86_400_000;
    expect(await guess(made)).toBe('vault.throttled');
  });

  it('starts the wait anew when the clock was set back, instead of waiting for the old date', async () => {
    const made = await locked();
    await spoil(made, 5);
    const again = fresh({ fs: made.fs, clock: { now: made.clock.now - 86_400_000, elapsed: 0 } });
    await expect(again.vault.unlock(passphrase())).rejects.toMatchObject({ details: { retryAfterMs: 1000 } });
    again.clock.elapsed += 1000;
    await again.vault.unlock(passphrase());
  });

  it('counts a guess whose program was killed before the answer', async () => {
    const made = await locked();
    await spoil(made, 4);
    const before = made.fs.raw(STATE)?.toString() ?? '';
    let during = '';
    // The guess is on the disk before anything is derived: this is where a killer would strike.
    const second = fresh({ fs: made.fs, clock: made.clock });
    const read = made.fs.readFile.bind(made.fs);
    made.fs.readFile = async (path) => {
      if (path === VAULT_PATH) during = made.fs.raw(STATE)?.toString() ?? '';
      return read(path);
    };
    await guess(second);
    expect(JSON.parse(before)).toMatchObject({ failures: 4 });
    expect(JSON.parse(during)).toMatchObject({ failures: 5 });
  });

  it('does not count a damaged file as a guess', async () => {
    const made = await locked();
    const good = Buffer.from(made.fs.raw(VAULT_PATH) ?? []);
    made.fs.put(VAULT_PATH, good.subarray(0, 100));
    for (let index = 0; index < 8; index += 1)
      expect(await codeOf(made.vault.unlock(passphrase()))).toBe('vault.damaged');
    made.fs.put(VAULT_PATH, good);
    await made.vault.unlock(passphrase());
  });

  it('takes a spoiled memory for used-up free guesses', async () => {
    const made = await locked();
    for (const content of ['', 'junk', '{}', '{"failures":-1}', 'null', 'x'.repeat(10_000)]) {
      made.fs.put(STATE, Buffer.from(content));
      const again = fresh({ fs: made.fs, clock: { ...made.clock } });
      expect(await guess(again), content.slice(0, 20)).toBe('vault.wrongPassphrase');
      expect(await guess(again), content.slice(0, 20)).toBe('vault.throttled');
    }
  });

  it('runs guesses one after the other, so that none slip through at the same time', async () => {
    const made = await locked();
    const codes = await Promise.all(Array.from({ length: 8 }, () => guess(made)));
    expect(codes.filter((code) => code === 'vault.wrongPassphrase')).toHaveLength(5);
    expect(codes.filter((code) => code === 'vault.throttled')).toHaveLength(3);
  });
});
