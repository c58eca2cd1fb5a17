import { afterEach } from 'vitest';
import type { Vault } from '../../../../src-main/vault/vault.ts';
import { CHEAP_KDF, passphrase, testVault } from './vaults.ts';
import type { TestVault } from './vaults.ts';

type Options = Parameters<typeof testVault>[0];

/** Vaults for one test file; those of a test are disposed after it. */
export function useVaults(): {
  fresh: (options?: Options) => TestVault;
  created: (options?: Options) => Promise<TestVault>;
} {
  const opened: Vault[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((vault) => vault.dispose()));
  });
  const fresh = (options: Options = {}): TestVault => {
    const made = testVault(options);
    opened.push(made.vault);
    return made;
  };
  const created = async (options: Options = {}): Promise<TestVault> => {
    const made = fresh(options);
    await made.vault.create(passphrase(), { kdf: CHEAP_KDF });
    return made;
  };
  return { fresh, created };
}
