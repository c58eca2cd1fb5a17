/**
 * The application without its desktop: vault, ledger, settings, the session that lives while the vault is open,
 * and the handlers of the border. Everything of Electron comes in as a port, so that this runs under plain Node.
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { AppState, FileLocations } from '../src-preload/contract/types/app.ts';
import type { Handlers, TopicSources } from '../src-preload/contract/index.ts';
import { KEY_ONLY_VENUES } from './exchanges/capabilities.ts';
import { CAPABILITIES as PRACTICE } from './exchanges/practice/capabilities.ts';
import { accountsHandlers } from './ipc/handlers/accounts.ts';
import { alertsHandlers } from './ipc/handlers/alerts.ts';
import { appHandlers } from './ipc/handlers/app.ts';
import { marketHandlers } from './ipc/handlers/market.ts';
import { portfolioHandlers } from './ipc/handlers/portfolio.ts';
import { practiceHandlers } from './ipc/handlers/practice.ts';
import { settingsHandlers } from './ipc/handlers/settings.ts';
import { tradingHandlers } from './ipc/handlers/trading.ts';
import { vaultHandlers } from './ipc/handlers/vault.ts';
import type { CallContext } from './ipc/router.ts';
import { topicSources } from './ipc/topic-sources.ts';
import { Notices } from './notices.ts';
import { SessionHost } from './session/session-host.ts';
import type { Timers } from './session/timers.ts';
import { openSession } from './session/unlocked-session.ts';
import type { CommandBus } from './shell/commands.ts';
import type { LinkId } from './shell/external-links.ts';
import { Signal } from './signal.ts';
import { Ledger } from './storage/ledger/ledger.ts';
import type { SettingsStore } from './storage/settings.ts';
import { AutoLock } from './vault/auto-lock.ts';
import type { PowerEvents } from './vault/auto-lock.ts';
import { QuickUnlock } from './vault/quick-unlock.ts';
import type { SafeStoragePort } from './vault/quick-unlock.ts';
import { nodeVaultFs } from './vault/vault-fs.ts';
import { Vault } from './vault/vault.ts';
import type { VaultOptions } from './vault/vault.ts';

export interface ApplicationPorts {
  /** Folder of vault, ledger, settings and logs. */
  readonly userData: string;
  readonly version: string;
  readonly platform: AppState['platform'];
  readonly packaged: boolean;
  readonly createVaultWorker: () => Worker;
  readonly createLedgerWorker: () => Worker;
  readonly safeStorage: SafeStoragePort;
  readonly power: PowerEvents;
  readonly settings: SettingsStore;
  readonly commands: CommandBus;
  readonly timers: Timers;
  readonly dialogs: {
    readonly saveExport: () => Promise<string | null>;
    readonly openExport: () => Promise<string | null>;
    readonly openReplay: () => Promise<string | null>;
  };
  readonly reveal: (path: string) => void;
  readonly openLink: (id: LinkId) => Promise<void>;
  readonly quit: () => void;
  /** A failure that nobody waits for. */
  readonly onFailure: (where: string, error: unknown) => void;
  /** Tests derive keys faster. */
  readonly vaultOptions?: Pick<VaultOptions, 'kdfLimits' | 'kdfTargetMs'>;
}

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

export function createApplication(ports: ApplicationPorts): Application {
  const { settings, timers, userData } = ports;
  const files = fileLocations(userData, settings.path);
  const notices = new Notices();
  const stateChanged = new Signal<void>();
  const venues = () => [PRACTICE, ...KEY_ONLY_VENUES];
  const vault = new Vault({
    path: files.vault,
    createWorker: ports.createVaultWorker,
    now: timers.now,
    ...ports.vaultOptions,
  });
  const ledger = new Ledger(ports.createLedgerWorker);
  const quickUnlock = new QuickUnlock({
    vault,
    safeStorage: ports.safeStorage,
    fs: nodeVaultFs,
    path: `${files.vault}.quick`,
    deviceId: hostname(),
    platform: ports.platform,
    now: timers.now,
    sleep: timers.wait,
  });
  const host = new SessionHost({
    vault,
    open: () => openSession({ vault, ledger, ledgerFile: files.ledger, settings, notices, venues, timers }),
    onOpenFailed: (error) => {
      ports.onFailure('session', error);
      notices.failure('session', error);
    },
  });
  const autoLock = new AutoLock({
    vault,
    power: ports.power,
    policy: policyOf(settings),
    onError: (error) => {
      ports.onFailure('autoLock', error);
    },
  });
  let lockReason: string | null = null;
  const state = async (): Promise<AppState> => ({
    phase: host.isOpen ? 'unlocked' : (await vault.exists()) ? 'locked' : 'firstRun',
    version: ports.version,
    platform: ports.platform,
    packaged: ports.packaged,
    lockReason,
    notices: notices.all(),
    time: timers.now(),
  });
  const tell = () => {
    stateChanged.emit();
  };
  const stops = [
    settings.onChange(() => {
      autoLock.setPolicy(policyOf(settings));
    }),
    vault.onUnlock(({ rolledBack }) => {
      lockReason = null;
      if (rolledBack) notices.add(rolledBackNotice(rolledBack));
    }),
    vault.onLock((reason) => {
      lockReason = reason;
      tell();
    }),
    host.changed.on(tell),
    notices.changed.on(tell),
  ];
  noticeSetAside(settings, notices);
  const live = () => host.live();
  return {
    vault,
    host,
    notices,
    files,
    handlers: {
      app: appHandlers({
        state,
        files,
        notices,
        reveal: ports.reveal,
        openLink: ports.openLink,
        quit: ports.quit,
      }),
      vault: vaultHandlers({
        vault,
        quickUnlock,
        settled: () => host.settled(),
        onActivity: () => {
          autoLock.activity();
        },
        chooseExportFile: ports.dialogs.saveExport,
        chooseImportFile: ports.dialogs.openExport,
        otherFiles: () => [
          files.ledger,
          `${files.ledger}-wal`,
          `${files.ledger}-shm`,
          `${files.vault}.quick`,
          files.settings,
        ],
        onForgotten: tell,
        onKeysImported: () => {
          live()
            .directory.open()
            .catch((error: unknown) => {
              ports.onFailure('accounts', error);
            });
        },
      }),
      accounts: accountsHandlers({ directory: () => live().directory, venues }),
      market: marketHandlers(() => live().hub),
      trading: tradingHandlers(live),
      portfolio: portfolioHandlers(() => live().portfolio),
      alerts: alertsHandlers(live),
      settings: settingsHandlers(settings),
      practice: practiceHandlers({
        control: () => live().practice.control,
        settings,
        chooseReplayFile: ports.dialogs.openReplay,
        onSourceChanged: () => {
          live().hub.forget('practice');
        },
      }),
    },
    sources: topicSources({ live, state, stateChanged, commands: ports.commands, settings }),
    dispose: async () => {
      for (const stop of stops.splice(0)) stop();
      autoLock.dispose();
      await vault.lock('quit');
      await host.dispose();
      await ledger.dispose();
      await vault.dispose();
      stateChanged.clear();
    },
  };
}

function fileLocations(userData: string, settingsFile: string): FileLocations {
  const vault = join(userData, 'vault.hfv');
  return {
    vault,
    generations: join(userData, 'generations'),
    ledger: join(userData, 'ledger.db'),
    settings: settingsFile,
    logs: join(userData, 'logs'),
  };
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

function rolledBackNotice({ seen, found }: { seen: number; found: number }) {
  const message = `An older vault file was put back: save ${String(found)} was opened, save ${String(seen)} was seen before. Keys and limits changed since may be missing.`;
  return { id: 'vault.rolledBack', severity: 'warning', code: 'vault.rolledBack', message } as const;
}

function noticeSetAside(settings: SettingsStore, notices: Notices): void {
  if (settings.setAside === null) return;
  const message = `The settings file could not be read. It was kept as ${settings.setAside} and the defaults are used.`;
  notices.add({ id: 'settings.setAside', severity: 'warning', code: 'settings.setAside', message });
}
