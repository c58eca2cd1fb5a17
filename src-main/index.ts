/** Composition root of the main process: builds the parts and wires them, nothing else. */
import { join } from 'node:path';
import {
  BrowserWindow,
  app,
  ipcMain,
  nativeTheme,
  powerMonitor,
  protocol,
  safeStorage,
  session,
  shell,
} from 'electron';
import { contract } from '../src-preload/contract/index.ts';
import { createApplication } from './application.ts';
import { HoldfastError } from './errors.ts';
import { Router } from './ipc/router.ts';
import { KnownWindows } from './ipc/sender.ts';
import { TopicServer } from './ipc/topics.ts';
import { systemTimers } from './session/timers.ts';
import { APP_ORIGIN, APP_SCHEME, APP_SCHEME_PRIVILEGES, pageServer } from './shell/app-protocol.ts';
import { CommandBus } from './shell/commands.ts';
import { fileDialogs, openDesktop } from './shell/desktop.ts';
import { openLink } from './shell/external-links.ts';
import type { LinkId } from './shell/external-links.ts';
import { Lifecycle } from './shell/lifecycle.ts';
import { mainWindow } from './shell/main-window.ts';
import { SystemPower } from './shell/power.ts';
import { systemKeyStore } from './shell/safe-storage.ts';
import { hardenApp, hardenSession } from './shell/security.ts';
import { becomeOnlyInstance } from './shell/single-instance.ts';
import { practiceFromArguments, readArguments } from './shell/start-arguments.ts';
import { openAppLog } from './storage/app-log.ts';
import { openSettings } from './storage/settings.ts';
import createLedgerWorker from './storage/ledger/worker.ts?nodeWorker';
import createVaultWorker from './vault/worker.ts?nodeWorker';

const here = import.meta.dirname;
const argv = readArguments(app);
if (argv.userDataDir !== undefined) app.setPath('userData', argv.userDataDir);
protocol.registerSchemesAsPrivileged([APP_SCHEME_PRIVILEGES]);
hardenApp(app);
let showWindow: () => void = () => undefined;
if (becomeOnlyInstance(app, () => showWindow())) void app.whenReady().then(start);
else app.quit();

function start(): void {
  const userData = app.getPath('userData');
  const log = openAppLog(join(userData, 'logs'));
  const onFailure = (where: string, error: unknown): void => {
    log.error({ where, code: error instanceof HoldfastError ? error.code : 'internal.unexpected' }, 'failed');
  };
  process.on('unhandledRejection', (error) => onFailure('promise', error));
  process.on('uncaughtException', (error) => onFailure('exception', error));

  const mac = process.platform === 'darwin';
  const icon = join(here, 'icons', '256x256.png');
  const quit = (): void => app.quit();
  const lifecycle = new Lifecycle({ app, mac, showWindow: () => showWindow(), onFailure });
  const commands = lifecycle.own('commands', new CommandBus(), (bus) => bus.dispose());
  const settings = openSettings(userData);
  const practice = practiceFromArguments(argv, settings.get().practice);
  if (practice) settings.setPractice(practice);
  nativeTheme.themeSource = settings.get().theme;
  settings.onChange(({ theme }) => (nativeTheme.themeSource = theme));

  const power = lifecycle.own(
    'power',
    new SystemPower({ monitor: powerMonitor, platform: process.platform }),
    (part) => part.dispose(),
  );
  void power.start();
  const minimised = new Set<() => void>();
  const openLinkById = (id: LinkId): Promise<void> => openLink(shell, id);
  const application = createApplication({
    userData,
    version: app.getVersion(),
    platform: mac ? 'darwin' : process.platform === 'win32' ? 'win32' : 'linux',
    packaged: app.isPackaged,
    createVaultWorker: () => createVaultWorker({}),
    createLedgerWorker: () => createLedgerWorker({}),
    safeStorage: systemKeyStore(safeStorage),
    power: {
      idleSeconds: () => power.idleSeconds(),
      on: (event, listener) => {
        if (event !== 'minimise') return power.on(event, listener);
        minimised.add(listener);
        return () => minimised.delete(listener);
      },
    },
    settings,
    commands,
    timers: systemTimers,
    dialogs: fileDialogs(() => BrowserWindow.getAllWindows()[0] ?? null, Date.now),
    reveal: (path) => shell.showItemInFolder(path),
    openLink: openLinkById,
    quit,
    onFailure,
  });

  const windows = new KnownWindows(APP_ORIGIN);
  const gate = {
    isUnlocked: () => application.host.isOpen,
    onLock: (listener: () => void) => application.vault.onLock(listener),
  };
  const common = { ipc: ipcMain, windows, gate, log, contract };
  lifecycle.own('router', new Router({ ...common, handlers: application.handlers }), (part) =>
    part.dispose(),
  );
  const topics = lifecycle.own(
    'topics',
    new TopicServer({ ...common, sources: application.sources }),
    (part) => part.dispose(),
  );
  hardenSession(session.defaultSession, { devTools: !app.isPackaged });
  protocol.handle(APP_SCHEME, pageServer(join(here, '../renderer')));

  const window = mainWindow({
    preload: join(here, '../preload/index.cjs'),
    icon,
    packaged: app.isPackaged,
    stateFile: join(userData, 'window.json'),
    windows,
    topics,
    log,
    onMinimize: () => minimised.forEach((listener) => listener()),
  });
  showWindow = window.show;
  lifecycle.own(
    'desktop',
    openDesktop({
      application,
      settings,
      commands,
      icon,
      packaged: app.isPackaged,
      showWindow,
      openLink: (id) => void openLinkById(id).catch((error: unknown) => onFailure('link', error)),
      quit,
    }),
    (close) => close(),
  );
  lifecycle.own('window', window, (part) => part.dispose());
  // Owned last, so it goes first: whatever else hangs, the vault is locked.
  lifecycle.own('application', application, (part) => part.dispose());
  showWindow();
}
