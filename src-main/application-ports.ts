import type { Worker } from 'node:worker_threads';
import type { AppState } from '../src-preload/contract/types/app.ts';
import type { ScreenLockPort } from './app-state.ts';
import type { SiteResolver } from './exchanges/bybit/sites.ts';
import type { Timers } from './session/timers.ts';
import type { CommandBus } from './shell/commands.ts';
import type { LinkId } from './shell/external-links.ts';
import type { SettingsStore } from './storage/settings.ts';
import type { PowerEvents } from './vault/auto-lock.ts';
import type { SafeStoragePort } from './vault/quick-unlock.ts';
import type { VaultOptions } from './vault/vault.ts';

/** What the system gives: Electron's part of the application, and in tests a stand-in of a few lines. */
export interface SystemPorts {
  readonly version: string;
  readonly platform: AppState['platform'];
  readonly packaged: boolean;
  readonly safeStorage: SafeStoragePort;
  readonly power: PowerEvents;
  readonly screenLock: ScreenLockPort;
  readonly dialogs: {
    readonly saveExport: () => Promise<string | null>;
    /** Where the list of requests is to be written, as JSON lines. */
    readonly saveActivity: () => Promise<string | null>;
    /** Where the list of orders is to be written, as CSV. */
    readonly saveOrders: () => Promise<string | null>;
    readonly openExport: () => Promise<string | null>;
    readonly openReplay: () => Promise<string | null>;
    /** Asks outside the page, where no script can answer. */
    readonly confirmForget: () => Promise<boolean>;
  };
  /** Puts an address or an id on the clipboard for a short while, out of sight of clipboard histories. */
  readonly copySensitive: (text: string) => Promise<void>;
  /** Takes it away again, if it is still there. */
  readonly clearClipboard: () => Promise<void>;
  readonly reveal: (path: string) => void;
  readonly openLink: (id: LinkId) => Promise<void>;
  readonly quit: () => void;
}

export interface ApplicationPorts extends SystemPorts {
  /** Folder of vault, ledger, settings and logs. */
  readonly userData: string;
  readonly createVaultWorker: () => Worker;
  readonly createLedgerWorker: () => Worker;
  readonly settings: SettingsStore;
  readonly commands: CommandBus;
  readonly timers: Timers;
  /** A failure that nobody waits for. */
  readonly onFailure: (where: string, error: unknown) => void;
  /** Tests only: servers that stand in for a venue's own. The window says so. */
  readonly venueSites?: SiteResolver | undefined;
  /** Tests derive keys faster. */
  readonly vaultOptions?: Pick<VaultOptions, 'kdfLimits' | 'kdfTargetMs'>;
}
