/**
 * The application without its desktop: vault, ledger, settings, the session that lives while the vault is open,
 * and the handlers of the border. Everything of Electron comes in as a port, so that this runs under plain Node.
 */
import type { Handlers, TopicSources } from '../src-preload/contract/index.ts';
import type { FileLocations, Notice } from '../src-preload/contract/types/app.ts';
import { applicationHandlers } from './application-handlers.ts';
import type { ApplicationPorts } from './application-ports.ts';
import { ApplicationState } from './app-state.ts';
import { deviceId } from './device-id.ts';
import { CAPABILITIES } from './exchanges/capabilities.ts';
import { fileLocations } from './file-locations.ts';
import type { CallContext } from './ipc/router.ts';
import { topicSources } from './ipc/topic-sources.ts';
import { Notices } from './notices.ts';
import { SessionHost } from './session/session-host.ts';
import { openSession } from './session/unlocked-session.ts';
import { Ledger } from './storage/ledger/ledger.ts';
import { followDurability } from './storage/settings-durability.ts';
import type { SettingsStore } from './storage/settings.ts';
import { AutoLock } from './vault/auto-lock.ts';
import { QuickUnlock } from './vault/quick-unlock.ts';
import { nodeVaultFs } from './vault/vault-fs.ts';
import { Vault } from './vault/vault.ts';

export interface Application {
  readonly vault: Vault;
  readonly host: SessionHost;
  readonly notices: Notices;
  readonly files: FileLocations;
  readonly handlers: Handlers<CallContext>;
  readonly sources: TopicSources;
  /** Locks, then closes everything. */
  dispose(): Promise<void>;
}

/** Nobody is to trade against a stand-in without knowing. */
const TEST_HOSTS: Notice = {
  id: 'venue.testHosts',
  severity: 'warning',
  code: 'venue.testHosts',
  message: 'Test servers on this computer stand in for the venues: nothing here is real.',
};

export function createApplication(ports: ApplicationPorts): Application {
  const { settings, timers, platform, version, packaged, screenLock } = ports;
  const files = fileLocations(ports.userData, settings.path);
  const notices = new Notices();
  const venues = () => CAPABILITIES;
  const { vault, quickUnlock, autoLock } = createVault(ports, files);
  const ledger = new Ledger(ports.createLedgerWorker);
  const { power, copySensitive, onFailure } = ports;
  // The command line refuses it there as well: an installed Holdfast talks to the venues themselves.
  const venueSites = packaged ? undefined : ports.venueSites;
  if (venueSites !== undefined) notices.add(TEST_HOSTS);
  const outlives = { vault, ledger, ledgerFile: files.ledger, settings, notices, venues, timers };
  const session = { ...outlives, power, copySensitive, venueSites, onFailure };
  const host = new SessionHost({
    vault,
    open: async () => {
      const opened = await openSession(session);
      notices.dismiss('session');
      return opened;
    },
    onFailed: (error) => {
      ports.onFailure('session', error);
      notices.failure('session', error);
    },
  });
  const about = { version, platform, packaged };
  const state = new ApplicationState({ vault, host, notices, settings, screenLock, about, now: timers.now });
  const stops = [
    followDurability(settings, ledger),
    settings.onChange(() => autoLock.setPolicy(policyOf(settings))),
    // Whoever finds the locked machine finds no address on its clipboard.
    vault.onLock(() => {
      ports.clearClipboard().catch((error: unknown) => ports.onFailure('clipboard', error));
    }),
  ];
  return {
    vault,
    host,
    notices,
    files,
    handlers: applicationHandlers({
      ports,
      files,
      vault,
      quickUnlock,
      autoLock,
      host,
      state,
      notices,
      venues,
    }),
    sources: topicSources({ live: () => host.live(), state, commands: ports.commands, settings }),
    dispose: async () => {
      for (const stop of stops) stop();
      autoLock.dispose();
      // The window is on its way out: it hears nothing of this lock.
      state.dispose();
      await ports.clearClipboard().catch((error: unknown) => ports.onFailure('clipboard', error));
      await vault.lock('quit');
      await host.dispose();
      await ledger.dispose();
      await vault.dispose();
    },
  };
}

/** The vault with what opens and locks it besides the passphrase. */
function createVault(ports: ApplicationPorts, files: FileLocations) {
  const { settings, timers } = ports;
  const vault = new Vault({
    path: files.vault,
    createWorker: ports.createVaultWorker,
    now: timers.now,
    ...ports.vaultOptions,
  });
  const quickUnlock = new QuickUnlock({
    vault,
    safeStorage: ports.safeStorage,
    fs: nodeVaultFs,
    path: `${files.vault}.quick`,
    deviceId: deviceId(),
    platform: ports.platform,
    now: timers.now,
    sleep: timers.wait,
  });
  const autoLock = new AutoLock({
    vault,
    power: ports.power,
    policy: policyOf(settings),
    onError: (error) => ports.onFailure('autoLock', error),
  });
  return { vault, quickUnlock, autoLock };
}

function policyOf(settings: SettingsStore) {
  const { idleMinutes, onSuspend, onScreenLock, onMinimize } = settings.get().lock;
  return {
    idleMinutes: idleMinutes === 0 ? null : idleMinutes,
    onSuspend,
    onScreenLock,
    onMinimise: onMinimize,
  };
}
