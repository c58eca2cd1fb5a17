import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { VaultStatus } from '../../../src-preload/contract/types/vault.ts';
import { HoldfastError } from '../../errors.ts';
import type { CallContext } from '../router.ts';
import type { VaultParts } from './vault.ts';

type FileCall =
  'generations' | 'restoreGeneration' | 'exportEncrypted' | 'importEncrypted' | 'forgetEverything';

/** The calls about the vault's files: earlier states, export, import, the end. */
export function vaultFileHandlers(
  parts: VaultParts,
  status: () => Promise<VaultStatus>,
): Pick<Handlers<CallContext>['vault'], FileCall> {
  const { vault, quickUnlock } = parts;
  return {
    generations: () => vault.listGenerations(),
    restoreGeneration: async ({ generationId }) => {
      await vault.restoreGeneration(generationId);
      return status();
    },
    exportEncrypted: async ({ passphrase, exportPassphrase }) => {
      const path = await parts.chooseExportFile();
      if (path === null) return null;
      await vault.exportEncrypted(path, passphrase, exportPassphrase);
      return { path };
    },
    importEncrypted: async ({ exportPassphrase }) => {
      const makes = !(await vault.exists());
      // Before the dialog: nobody should look for a file that is refused anyway.
      if (!makes && !vault.isUnlocked) throw lockedFirst();
      const path = await parts.chooseImportFile();
      if (path === null) return null;
      const report = await vault.importEncrypted(path, exportPassphrase);
      if (makes) await parts.opened();
      else parts.onKeysImported();
      return report;
    },
    forgetEverything: async () => {
      if (!(await parts.confirmForget())) return null;
      await vault.lock('forget');
      await parts.closed();
      const report = await vault.forgetEverything(parts.otherFiles());
      await quickUnlock.disable();
      parts.onForgotten();
      return { deleted: report.filter((file) => file.deleted).map((file) => file.path) };
    },
  };
}

const lockedFirst = () =>
  new HoldfastError('locked', 'vault.locked', 'Unlock the vault before importing into it.', {
    action: 'unlock',
  });
