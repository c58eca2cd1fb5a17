/** Composition root of the main process: builds the parts and wires them, nothing else. */
import { join } from 'node:path';
import { app, dialog, ipcMain, nativeTheme, protocol, session } from 'electron';
import { contract } from '../src-preload/contract/index.ts';
import { createApplication } from './application.ts';
import { HoldfastError } from './errors.ts';
import { WINDOW_STATE } from './file-locations.ts';
import type { SiteResolver } from './exchanges/bybit/sites.ts';
import { openBorder } from './ipc/border.ts';
import { KnownWindows } from './ipc/sender.ts';
import { systemTimers } from './session/timers.ts';
import { APP_ORIGIN, APP_SCHEME, APP_SCHEME_PRIVILEGES, pageServer } from './shell/app-protocol.ts';
import { CommandBus } from './shell/commands.ts';
import { openDesktop } from './shell/desktop.ts';
import { Lifecycle } from './shell/lifecycle.ts';
import { mainWindow } from './shell/main-window.ts';
import { hardenApp, hardenSession } from './shell/security.ts';
import { becomeOnlyInstance } from './shell/single-instance.ts';
import {
  practiceFromArguments,
  readArguments,
  refuseDebugging,
  sitesFromArguments,
} from './shell/start-arguments.ts';
import { ElectronPorts } from './shell/system-ports.ts';
import { SHELL_TEXTS } from './shell/texts.ts';
import { LOG_FOLDER, openAppLog } from './storage/app-log.ts';
import type { AppLog } from './storage/app-log.ts';
import { openSettings } from './storage/settings.ts';
import type { SettingsStore } from './storage/settings.ts';
import createLedgerWorker from './storage/ledger/worker.ts?nodeWorker';
import createVaultWorker from './vault/worker.ts?nodeWorker';

const here = import.meta.dirname;
const icon = join(here, 'icons', '256x256.png');
const argv = readArguments(app);
if (argv.userDataDir !== undefined) app.setPath('userData', argv.userDataDir);
protocol.registerSchemesAsPrivileged([APP_SCHEME_PRIVILEGES]);
hardenApp(app);
let showWindow: () => void = () => undefined;
refuseDebugging(app);
if (becomeOnlyInstance(app, () => showWindow()))
  void app
    .whenReady()
    .then(() => sitesFromArguments(argv))
    .then(start)
    .catch(failedStart);
else app.quit();

function start(venueSites: SiteResolver | undefined): void {
  const userData = app.getPath('userData');
  const log = openAppLog(join(userData, LOG_FOLDER));
  const onFailure = logFailures(log);
  const mac = process.platform === 'darwin';
  const lifecycle = new Lifecycle({ app, mac, showWindow: () => showWindow(), onFailure });
  const commands = lifecycle.own('commands', new CommandBus(), (part) => part.dispose());
  const settings = startSettings(userData);
  const system = lifecycle.own(
    'system',
    new ElectronPorts(() => SHELL_TEXTS[settings.get().language]),
    (part) => part.dispose(),
  );
  const { packaged, openLink, quit } = system.ports;
  const application = createApplication({
    ...system.ports,
    userData,
    createVaultWorker: () => createVaultWorker({}),
    createLedgerWorker: () => createLedgerWorker({}),
    settings,
    commands,
    timers: systemTimers,
    venueSites,
    onFailure,
  });
  const windows = new KnownWindows(APP_ORIGIN);
  const border = lifecycle.own(
    'border',
    openBorder({ ipc: ipcMain, windows, contract, application, log }),
    (part) => part.dispose(),
  );
  hardenSession(session.defaultSession, { devTools: !packaged });
  protocol.handle(APP_SCHEME, pageServer(join(here, '../renderer')));
  const window = mainWindow({
    preload: join(here, '../preload/index.cjs'),
    icon,
    packaged,
    stateFile: join(userData, WINDOW_STATE),
    windows,
    topics: border.topics,
    log,
    onMinimize: () => system.minimised(),
  });
  showWindow = () => window.show();
  lifecycle.own(
    'desktop',
    openDesktop({
      application,
      settings,
      commands,
      icon,
      packaged,
      showWindow,
      openLink: (id) => void openLink(id).catch((error: unknown) => onFailure('link', error)),
      quit,
    }),
    (close) => close(),
  );
  lifecycle.own('window', window, (part) => part.dispose());
  // Owned last, so it goes first: whatever else hangs, the vault is locked.
  lifecycle.own('application', application, (part) => part.dispose());
  showWindow();
}

/** Without a window there is nowhere else to say it. */
function failedStart(error: unknown): void {
  const reason =
    error instanceof HoldfastError ? error.message : 'An unexpected error; the log may tell more.';
  dialog.showErrorBox('Holdfast could not start', reason);
  app.exit(1);
}

/** Settings as stored, with what the command line asked for, and the theme in step with them. */
function startSettings(userData: string): SettingsStore {
  const settings = openSettings(userData);
  const practice = practiceFromArguments(argv, settings.get().practice);
  if (practice) settings.setPractice(practice);
  nativeTheme.themeSource = settings.get().theme;
  settings.onChange(({ theme }) => (nativeTheme.themeSource = theme));
  return settings;
}

/** Failures that nobody waits for go to the log: by code, never by text, which could hold anything. */
function logFailures(log: AppLog): (where: string, error: unknown) => void {
  const onFailure = (where: string, error: unknown): void => {
    log.error({ where, code: error instanceof HoldfastError ? error.code : 'internal.unexpected' }, 'failed');
  };
  process.on('unhandledRejection', (error) => onFailure('promise', error));
  process.on('uncaughtException', (error) => onFailure('exception', error));
  return onFailure;
}
