import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';
import { APP_ORIGIN } from './app-protocol.ts';
import { MIN_HEIGHT, MIN_WIDTH, fitToScreens, type Area, type WindowState } from './window-state.ts';

/** Shown until the page has painted: the background of the tokens, so that nothing flashes. */
export const BACKGROUND = { dark: '#0E1116', light: '#F5F6F8' } as const;

export interface WindowLook {
  readonly preload: string;
  readonly icon: string;
  readonly dark: boolean;
  /** True in unpacked builds only. */
  readonly devTools: boolean;
  readonly state: WindowState;
}

/** Every option that Electron is given, spelled out even where it is the default: each is tested by name. */
export function windowOptions(look: WindowLook): BrowserWindowConstructorOptions {
  const { x, y, width, height } = look.state;
  return {
    ...(x === undefined || y === undefined ? {} : { x, y }),
    width,
    height,
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    show: false,
    title: 'Holdfast',
    icon: look.icon,
    backgroundColor: look.dark ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: look.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      plugins: false,
      devTools: look.devTools,
    },
  };
}

/** The part of a BrowserWindow that this file drives. */
export type ShellWindow = Pick<
  BrowserWindow,
  | 'show'
  | 'destroy'
  | 'maximize'
  | 'isMaximized'
  | 'getNormalBounds'
  | 'loadURL'
  | 'isDestroyed'
  | 'on'
  | 'once'
> & {
  readonly webContents: Pick<BrowserWindow['webContents'], 'id' | 'on' | 'reload' | 'isDestroyed'>;
};

export interface MainWindowParts {
  readonly create: (options: BrowserWindowConstructorOptions) => ShellWindow;
  readonly look: Omit<WindowLook, 'state'>;
  readonly workAreas: readonly Area[];
  readonly stateFile: { load(): WindowState; save(state: WindowState): void };
  /** Admits the window's page to the border; the returned function withdraws it. */
  readonly admit: (webContentsId: number) => () => void;
  /** The page went: it reloads, crashed or was closed. Its subscriptions have to be closed. */
  readonly onPageGone: (webContentsId: number) => void;
  readonly onMinimize: () => void;
  readonly onClosed: () => void;
  /** Says why a page died; never holds anything of its content. */
  readonly onCrash: (reason: string) => void;
  readonly now?: () => number;
}

/** A page that dies again and again is left dead: reloading it for ever would hide the fault. */
const MAX_RELOADS = 3;
const RELOAD_WINDOW_MS = 60_000;

export interface MainWindow {
  readonly window: ShellWindow;
  /** Remembers the window's place and destroys it: nothing in the page can hold up the end. */
  dispose(): void;
}

/** Opens the main window: restored to its place, shown once painted, reloaded when its process dies. */
export function openMainWindow(parts: MainWindowParts): MainWindow {
  const state = fitToScreens(parts.stateFile.load(), parts.workAreas);
  const window = parts.create(windowOptions({ ...parts.look, state }));
  const { id } = window.webContents;
  const withdraw = parts.admit(id);
  window.once('ready-to-show', () => {
    if (state.maximized) window.maximize();
    window.show();
  });
  window.on('minimize', parts.onMinimize);
  const savePlace = (): void =>
    parts.stateFile.save({ ...window.getNormalBounds(), maximized: window.isMaximized() });
  window.on('close', savePlace);
  window.on('closed', () => {
    withdraw();
    parts.onPageGone(id);
    parts.onClosed();
  });
  watchPage(window, parts);
  // A failure to load our own file shows as an empty window and in the log; there is nobody to reject to.
  window.loadURL(`${APP_ORIGIN}/index.html`).catch((error: unknown) => {
    parts.onCrash(`page not loaded: ${error instanceof Error ? error.name : 'unknown'}`);
  });
  return {
    window,
    dispose: () => {
      if (window.isDestroyed()) return;
      savePlace();
      window.destroy();
    },
  };
}

function watchPage(window: ShellWindow, parts: MainWindowParts): void {
  const contents = window.webContents;
  const now = parts.now ?? Date.now;
  let deaths: number[] = [];
  contents.on('did-start-navigation', ({ isMainFrame, isSameDocument, url }) => {
    // Also told of a navigation that is then denied: only our own page, loaded anew, replaces the one there is.
    if (isMainFrame && !isSameDocument && url.startsWith(`${APP_ORIGIN}/`)) parts.onPageGone(contents.id);
  });
  contents.on('render-process-gone', (_event, { reason }) => {
    parts.onPageGone(contents.id);
    if (reason === 'clean-exit') return;
    parts.onCrash(reason);
    deaths = [...deaths.filter((time) => time > now() - RELOAD_WINDOW_MS), now()];
    if (deaths.length <= MAX_RELOADS && !contents.isDestroyed()) contents.reload();
  });
}
