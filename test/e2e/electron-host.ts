import type { ElectronApplication } from 'playwright';
import type { AppControl } from './control.ts';

interface Recorded {
  openedExternally: string[];
  shownInFolder: string[];
  dialogs: { kind: 'open' | 'save' | 'message' | 'error'; options: unknown; answered: boolean }[];
  answers: Record<string, unknown>[];
  notifications: Electron.Notification[];
  trays: { tray: Electron.Tray; toolTip: string; menu: Electron.Menu | null }[];
  idleSeconds: number;
}

declare global {
  /** Lives in the main process of the app under test. */
  var holdfastDesktop: Recorded;
}

/**
 * On a real Electron the desktop is recorded by replacing, in the main process and before the first window, the
 * calls that would leave the app. What the stand-in counts by itself is not available here and says so.
 */
export async function recordDesktop(application: ElectronApplication): Promise<void> {
  await application.evaluate(({ dialog, shell, powerMonitor, Notification, Tray }) => {
    const desktop: Recorded = {
      openedExternally: [],
      shownInFolder: [],
      dialogs: [],
      answers: [],
      notifications: [],
      trays: [],
      idleSeconds: 0,
    };
    globalThis.holdfastDesktop = desktop;
    shell.openExternal = async (url) => void desktop.openedExternally.push(url);
    shell.showItemInFolder = (path) => void desktop.shownInFolder.push(path);
    powerMonitor.getSystemIdleTime = () => desktop.idleSeconds;
    const answer = (
      kind: 'open' | 'save' | 'message',
      args: unknown[],
    ): Record<string, unknown> | undefined => {
      const at = desktop.answers.findIndex((prepared) => prepared['kind'] === kind);
      const [found] = at < 0 ? [] : desktop.answers.splice(at, 1);
      desktop.dialogs.push({ kind, options: args.at(-1), answered: found !== undefined });
      return found;
    };
    Object.assign(dialog, {
      showOpenDialog: async (...args: unknown[]) => {
        const found = answer('open', args);
        return { canceled: !found, filePaths: found?.['filePaths'] ?? [] };
      },
      showSaveDialog: async (...args: unknown[]) => {
        const found = answer('save', args);
        return { canceled: !found, filePath: found?.['filePath'] ?? '' };
      },
      showMessageBox: async (...args: unknown[]) => {
        const found = answer('message', args);
        return { response: found?.['response'] ?? 0, checkboxChecked: found?.['checkboxChecked'] ?? false };
      },
    });
    Notification.prototype.show = function show(this: Electron.Notification) {
      desktop.notifications.push(this);
    };
    const trayOf = (tray: Electron.Tray): Recorded['trays'][number] => {
      const known = desktop.trays.find((entry) => entry.tray === tray);
      if (known) return known;
      const entry = { tray, toolTip: '', menu: null };
      desktop.trays.push(entry);
      return entry;
    };
    const { setToolTip, setContextMenu } = Tray.prototype;
    Tray.prototype.setToolTip = function set(this: Electron.Tray, text: string) {
      trayOf(this).toolTip = text;
      setToolTip.call(this, text);
    };
    Tray.prototype.setContextMenu = function set(this: Electron.Tray, menu: Electron.Menu | null) {
      trayOf(this).menu = menu;
      setContextMenu.call(this, menu);
    };
  });
}

function unavailable(what: string): () => Promise<never> {
  return () => Promise.reject(new Error(`${what} can be read on the stand-in only`));
}

/** The same commands as the stand-in's, carried out through Playwright's Electron driver. */
export function electronControl(application: ElectronApplication): AppControl {
  const desktop = <Result>(read: (_electron: unknown, argument: never) => Result, argument?: unknown) =>
    application.evaluate(read as (electron: unknown, argument: unknown) => Result, argument);
  return {
    evaluate: (run, argument) =>
      application.evaluate(
        run as unknown as Parameters<typeof application.evaluate>[0],
        argument as never,
      ) as never,
    cdp: unavailable('The DevTools address'),
    power: (event) =>
      application.evaluate(({ powerMonitor }, name) => void powerMonitor.emit(name), event as string),
    idle: (seconds) =>
      desktop((_electron, value: number) => void (holdfastDesktop.idleSeconds = value), seconds),
    colorScheme: (scheme) =>
      application.evaluate(({ nativeTheme }, value) => void (nativeTheme.themeSource = value), scheme),
    safeStorage: (backend, available = true) =>
      application.evaluate(
        ({ safeStorage }, chosen) => {
          safeStorage.getSelectedStorageBackend = () => chosen.backend;
          safeStorage.isAsyncEncryptionAvailable = async () => chosen.available;
        },
        { backend, available },
      ),
    answerDialog: (answer) =>
      desktop(
        (_electron, value: Record<string, unknown>) => void holdfastDesktop.answers.push(value),
        answer,
      ),
    dialogs: () => desktop(() => holdfastDesktop.dialogs),
    menu: unavailable('The menu tree'),
    clickMenu: (name) =>
      application.evaluate(({ Menu }, id) => {
        const item = Menu.getApplicationMenu()?.getMenuItemById(id);
        if (!item) throw new Error(`No menu item '${id}'`);
        item.click();
      }, name),
    trays: unavailable('The tray icons'),
    clickTray: (index = 0) =>
      desktop((_electron, at: number) => void holdfastDesktop.trays[at]?.tray.emit('click', {}), index),
    clickTrayItem: (name, index = 0) =>
      desktop(
        (_electron, { at, id }: { at: number; id: string }) => {
          const item = holdfastDesktop.trays[at]?.menu?.getMenuItemById(id);
          if (!item) throw new Error(`No tray menu item '${id}'`);
          item.click();
        },
        { at: index, id: name },
      ),
    notifications: () =>
      desktop(() =>
        holdfastDesktop.notifications.map(({ title, body }, id) => ({
          id: String(id),
          title,
          body,
          shown: true,
        })),
      ),
    clickNotification: (index = -1) =>
      desktop((_electron, at: number) => void holdfastDesktop.notifications.at(at)?.emit('click', {}), index),
    openedExternally: () => desktop(() => holdfastDesktop.openedExternally),
    shownInFolder: () => desktop(() => holdfastDesktop.shownInFolder),
    blockedRequests: unavailable('The count of blocked requests'),
    deniedWindows: unavailable('The count of denied windows'),
    windows: () =>
      application.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().map((window) => ({
          id: window.id,
          title: window.getTitle(),
          url: window.webContents.getURL(),
          visible: window.isVisible(),
          focused: window.isFocused(),
          minimized: window.isMinimized(),
          maximized: window.isMaximized(),
          bounds: window.getBounds(),
        })),
      ),
    closeWindow: (index = 0) =>
      application.evaluate(({ BrowserWindow }, at) => BrowserWindow.getAllWindows()[at]?.close(), index),
    crashRenderer: (index = 0) =>
      application.evaluate(
        ({ BrowserWindow }, at) => BrowserWindow.getAllWindows()[at]?.webContents.forcefullyCrashRenderer(),
        index,
      ),
    quit: () => application.evaluate(({ app }) => void setImmediate(() => app.quit())),
  };
}
