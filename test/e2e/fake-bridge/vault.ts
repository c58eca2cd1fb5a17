import type { VaultGeneration, VaultStatus } from '../../../src-preload/contract/types/vault.ts';
import { refuse, type FakePart } from './fake-state.ts';
import { phase, setPhase } from './session.ts';

const HOUR = 3_600_000;

/** Opens in the pictures; any other text is the wrong passphrase. */
export const FAKE_PASSPHRASE = 'test passphrase for pictures';

export const vault: FakePart = (state) => {
  const flag = (name: string): boolean => state.flags.includes(name);
  let throttledUntil = flag('throttled') ? state.now + 47_000 : null;
  let quickEnabled = flag('quickUnlock');

  const vaultState = (): VaultStatus['state'] => {
    const now = phase(state);
    return now === 'firstRun' ? 'absent' : now;
  };
  const status = (): VaultStatus => ({
    state: vaultState(),
    path: '/home/example/.config/Holdfast/vault.hfv',
    saveCounter: 42,
    savedAt: state.now - 26 * HOUR,
    throttledUntil,
    fault: flag('damagedVault') ? 'vault.damaged' : flag('newerVault') ? 'vault.newerVersion' : null,
    recoveredFrom: null,
    quickUnlock: {
      available: !flag('noKeyring'),
      enabled: quickEnabled,
      reason: flag('noKeyring') ? 'No key ring is running, so the system cannot keep a key safely.' : null,
      expiresAt: quickEnabled ? state.now + 96 * HOUR : null,
    },
    kdf: { memoryMiB: 256, iterations: 3, lanes: 4 },
  });
  const generations: VaultGeneration[] = [42, 41, 40, 38].map((counter, index) => ({
    id: `gen-fake-${counter}`,
    savedAt: state.now - (26 + index * 31) * HOUR,
    saveCounter: counter,
    bytes: 4096 + index * 128,
  }));

  const open = ({ passphrase }: { passphrase: Uint8Array }): VaultStatus => {
    if (flag('damagedVault')) {
      return refuse({ code: 'vault.damaged', kind: 'vault', message: 'The vault file is damaged.' });
    }
    if (flag('newerVault')) {
      return refuse({
        code: 'vault.newerVersion',
        kind: 'vault',
        message: 'A newer Holdfast made this vault.',
      });
    }
    if (new TextDecoder().decode(passphrase) !== FAKE_PASSPHRASE) {
      throttledUntil = null;
      return refuse({ code: 'vault.wrongPassphrase', kind: 'vault', message: 'The passphrase is wrong.' });
    }
    setPhase('unlocked');
    return status();
  };

  return {
    calls: {
      vault: {
        status,
        create: () => {
          setPhase('unlocked');
          return status();
        },
        unlock: open,
        quickUnlock: () => {
          setPhase('unlocked');
          return status();
        },
        lock: () => {
          setPhase('locked');
          return null;
        },
        activity: () => null,
        changePassphrase: () => null,
        recalibrate: status,
        enableQuickUnlock: () => {
          quickEnabled = true;
          return status();
        },
        disableQuickUnlock: () => {
          quickEnabled = false;
          return status();
        },
        generations: () => generations,
        restoreGeneration: status,
        exportEncrypted: () => ({ path: '/home/example/holdfast-export.hfx' }),
        importEncrypted: () => ({ added: 2, skipped: 1 }),
        forgetEverything: () => {
          setPhase('firstRun');
          return { deleted: ['vault.hfv', 'generations', 'ledger.db', 'settings.json'] };
        },
      },
    },
  };
};
