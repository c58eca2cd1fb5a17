import { runInThisContext } from 'node:vm';
import { app } from '../api/app.ts';
import { StandInBrowserWindow } from '../api/browser-window.ts';
import { Menu, type StandInMenuItem } from '../api/menu.ts';
import { nativeTheme } from '../api/native-theme.ts';
import { powerMonitor, type PowerEvent } from '../api/power-monitor.ts';
import { safeStorage, type Backend } from '../api/safe-storage.ts';
import { browserHost } from '../chromium/browser.ts';
import * as electron from '../electron.ts';
import { records, type DialogAnswer } from '../records.ts';

export interface MenuItemState {
  readonly id: string;
  readonly label: string;
  readonly type: string;
  readonly role: string | undefined;
  readonly accelerator: string | undefined;
  readonly enabled: boolean;
  readonly visible: boolean;
  readonly checked: boolean;
  readonly submenu: MenuItemState[] | undefined;
}

function describe(menu: Menu | null | undefined): MenuItemState[] {
  return (menu?.items ?? []).map((item) => ({
    id: item.id,
    label: item.label,
    type: item.type,
    role: item.role,
    accelerator: item.accelerator,
    enabled: item.enabled,
    visible: item.visible,
    checked: item.checked,
    submenu: item.submenu && describe(item.submenu),
  }));
}

/** Finds an item by id or, failing that, by label. */
function findItem(menu: Menu | null, name: string): StandInMenuItem {
  const byLabel = (items: StandInMenuItem[]): StandInMenuItem | undefined =>
    items.find((item) => item.label === name) ??
    items.flatMap((item) => byLabel(item.submenu?.items ?? []) ?? [])[0];
  const item = menu?.getMenuItemById(name) ?? byLabel(menu?.items ?? []);
  if (!item) throw new Error(`No menu item '${name}'`);
  if (!item.enabled) throw new Error(`The menu item '${name}' is disabled`);
  return item;
}

function nth<Item>(items: readonly Item[], index: number, what: string): Item {
  const item = items.at(index);
  if (!item) throw new Error(`No ${what} at ${String(index)}`);
  return item;
}

/**
 * What a test can do to the desktop around the app. Arguments and results are JSON; an exception becomes the
 * caller's rejection.
 */
export const commands = {
  /** Address of Chromium's DevTools; waits for the first window. */
  cdp: () => browserHost.endpoint,

  /** Emits a power event. On a real Linux, lock-screen and unlock-screen come from D-Bus and not from here. */
  power: (event: PowerEvent) => powerMonitor.simulate(event),
  idle: (seconds: number) => powerMonitor.simulateIdle(seconds),
  colorScheme: (scheme: 'light' | 'dark') => nativeTheme.simulateSystem(scheme),
  safeStorage: (backend: Backend, available = true) => safeStorage.simulateBackend(backend, available),

  answerDialog: (answer: DialogAnswer) => void records.dialogAnswers.push(answer),
  dialogs: () => records.dialogs,

  menu: () => describe(Menu.getApplicationMenu()),
  clickMenu: (name: string) => {
    const window = StandInBrowserWindow.getFocusedWindow() ?? StandInBrowserWindow.getAllWindows()[0];
    findItem(Menu.getApplicationMenu(), name).click({}, window);
  },

  trays: () => records.trays.map((tray) => ({ toolTip: tray.toolTip, menu: describe(tray.contextMenu) })),
  clickTray: (index = 0) => nth(records.trays, index, 'tray icon').simulateClick(),
  clickTrayItem: (name: string, index = 0) => {
    findItem(nth(records.trays, index, 'tray icon').contextMenu, name).click();
  },

  notifications: () =>
    records.notifications.map(({ id, title, body, shown }) => ({ id, title, body, shown })),
  clickNotification: (index = -1) => nth(records.notifications, index, 'notification').simulateClick(),

  openedExternally: () => records.openedExternally,
  shownInFolder: () => records.shownInFolder,
  blockedRequests: () => records.blockedRequests,
  deniedWindows: () => records.deniedWindows,

  windows: () =>
    StandInBrowserWindow.getAllWindows().map((window) => ({
      id: window.id,
      title: window.getTitle(),
      url: window.webContents.getURL(),
      visible: window.isVisible(),
      focused: window.isFocused(),
      minimized: window.isMinimized(),
      maximized: window.isMaximized(),
      bounds: window.getBounds(),
    })),
  closeWindow: (index = 0) => nth(StandInBrowserWindow.getAllWindows(), index, 'window').close(),
  crashRenderer: (index = 0) => {
    nth(StandInBrowserWindow.getAllWindows(), index, 'window').webContents.forcefullyCrashRenderer();
  },
  quit: () => void setImmediate(() => app.quit()),

  /** Runs a function's source in the main process with Electron's modules, like Playwright's Electron driver. */
  evaluate: async (source: string, argument: unknown): Promise<unknown> => {
    const run = runInThisContext(`(${source})`) as (modules: object, argument: unknown) => unknown;
    return run(electron, argument);
  },
};

export type Commands = typeof commands;
