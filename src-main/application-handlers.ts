import type { Handlers } from '../src-preload/contract/index.ts';
import type { VenueCapabilities } from '../src-preload/contract/types/account.ts';
import type { AppState, FileLocations } from '../src-preload/contract/types/app.ts';
import type { ApplicationPorts } from './application-ports.ts';
import type { ApplicationState } from './app-state.ts';
import { otherFiles } from './file-locations.ts';
import { accountsHandlers } from './ipc/handlers/accounts.ts';
import { activityHandlers } from './ipc/handlers/activity.ts';
import { alertsHandlers } from './ipc/handlers/alerts.ts';
import { appHandlers } from './ipc/handlers/app.ts';
import { fundsHandlers } from './ipc/handlers/funds.ts';
import { marketHandlers } from './ipc/handlers/market.ts';
import { portfolioHandlers } from './ipc/handlers/portfolio.ts';
import { practiceHandlers } from './ipc/handlers/practice.ts';
import { riskHandlers } from './ipc/handlers/risk.ts';
import { settingsHandlers } from './ipc/handlers/settings.ts';
import { tradingHandlers } from './ipc/handlers/trading.ts';
import { vaultHandlers } from './ipc/handlers/vault.ts';
import type { CallContext } from './ipc/router.ts';
import type { Notices } from './notices.ts';
import type { SessionHost } from './session/session-host.ts';
import type { AutoLock } from './vault/auto-lock.ts';
import type { QuickUnlock } from './vault/quick-unlock.ts';
import type { Vault } from './vault/vault.ts';

interface Parts {
  readonly ports: ApplicationPorts;
  readonly files: FileLocations;
  readonly vault: Vault;
  readonly quickUnlock: QuickUnlock;
  readonly autoLock: AutoLock;
  readonly host: SessionHost;
  readonly state: ApplicationState;
  readonly notices: Notices;
  readonly venues: () => readonly VenueCapabilities[];
}

/** The handlers of the whole border. Those that need an open vault ask the host for the live session. */
export function applicationHandlers(parts: Parts): Handlers<CallContext> {
  const { ports, host, state, venues } = parts;
  const live = () => host.live();
  return {
    app: appHandlers({
      state: (): Promise<AppState> => state.now(),
      files: parts.files,
      notices: parts.notices,
      reveal: ports.reveal,
      openLink: ports.openLink,
      quit: ports.quit,
    }),
    vault: applicationVaultHandlers(parts),
    accounts: accountsHandlers({ directory: () => live().directory, venues }),
    market: marketHandlers(() => live().hub),
    trading: tradingHandlers(live, ports.dialogs.saveOrders),
    portfolio: portfolioHandlers(() => live().portfolio),
    alerts: alertsHandlers(live),
    funds: fundsHandlers(() => live().funds),
    risk: riskHandlers(live),
    activity: activityHandlers({ requests: () => live().requests, chooseFile: ports.dialogs.saveActivity }),
    settings: settingsHandlers(ports.settings, () => host.isOpen),
    practice: practiceHandlers({
      control: () => live().practice.control,
      settings: ports.settings,
      chooseReplayFile: ports.dialogs.openReplay,
      onSourceChanged: () => live().hub.forget('practice'),
    }),
  };
}

function applicationVaultHandlers(parts: Parts): Handlers<CallContext>['vault'] {
  const { ports, files, vault, quickUnlock, autoLock, host, state } = parts;
  return vaultHandlers({
    vault,
    quickUnlock,
    opened: () => host.opened(),
    closed: () => host.settled(),
    onActivity: () => autoLock.activity(),
    chooseExportFile: ports.dialogs.saveExport,
    confirmForget: ports.dialogs.confirmForget,
    chooseImportFile: ports.dialogs.openExport,
    otherFiles: () => otherFiles(ports.userData, files),
    onForgotten: () => state.tell(),
    onKeysImported: () => {
      host
        .live()
        .directory.open()
        .catch((error: unknown) => ports.onFailure('accounts', error));
    },
  });
}
