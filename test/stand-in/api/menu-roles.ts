import type { MenuItemConstructorOptions } from 'electron';
import { app } from './app.ts';

/** What the roles need of the window they act on. */
export interface RoleWindow {
  close(): void;
  minimize(): void;
  reload(): void;
  isFullScreen(): boolean;
  setFullScreen(flag: boolean): void;
  readonly webContents: { getZoomLevel(): number; setZoomLevel(level: number): void };
}

export interface Role {
  readonly label: string;
  readonly accelerator?: string;
  readonly submenu?: () => MenuItemConstructorOptions[];
  /** Absent for editing roles: Chromium carries those keys out by itself. */
  readonly run?: (window: RoleWindow | undefined) => void;
}

const isMac = process.platform === 'darwin';
const isWindows = process.platform === 'win32';

function zoomBy(step: number): (window: RoleWindow | undefined) => void {
  return (window) => window?.webContents.setZoomLevel(window.webContents.getZoomLevel() + step);
}

const separator: MenuItemConstructorOptions = { type: 'separator' };

/** Labels and accelerators of Electron's `lib/browser/api/menu-item-roles.ts`. */
export const roles: Readonly<Record<string, Role>> = {
  about: { label: `About ${app.getName()}`, run: () => app.showAboutPanel() },
  quit: {
    label: isWindows ? 'Exit' : `Quit ${app.getName()}`,
    ...(isWindows ? {} : { accelerator: 'CommandOrControl+Q' }),
    run: () => app.quit(),
  },
  close: {
    label: isMac ? 'Close Window' : 'Close',
    accelerator: 'CommandOrControl+W',
    run: (window) => window?.close(),
  },
  minimize: { label: 'Minimize', accelerator: 'CommandOrControl+M', run: (window) => window?.minimize() },
  reload: { label: 'Reload', accelerator: 'CmdOrCtrl+R', run: (window) => window?.reload() },
  forcereload: {
    label: 'Force Reload',
    accelerator: 'Shift+CmdOrCtrl+R',
    run: (window) => window?.reload(),
  },
  toggledevtools: {
    label: 'Toggle Developer Tools',
    accelerator: isMac ? 'Alt+Command+I' : 'Ctrl+Shift+I',
    run: () => undefined,
  },
  togglefullscreen: {
    label: 'Toggle Full Screen',
    accelerator: isMac ? 'Control+Command+F' : 'F11',
    run: (window) => window?.setFullScreen(!window.isFullScreen()),
  },
  resetzoom: {
    label: 'Actual Size',
    accelerator: 'CommandOrControl+0',
    run: (window) => window?.webContents.setZoomLevel(0),
  },
  zoomin: { label: 'Zoom In', accelerator: 'CommandOrControl+Plus', run: zoomBy(0.5) },
  zoomout: { label: 'Zoom Out', accelerator: 'CommandOrControl+-', run: zoomBy(-0.5) },
  undo: { label: 'Undo' },
  redo: { label: 'Redo' },
  cut: { label: 'Cut' },
  copy: { label: 'Copy' },
  paste: { label: 'Paste' },
  pasteandmatchstyle: { label: 'Paste and Match Style' },
  delete: { label: 'Delete' },
  selectall: { label: 'Select All' },
  hide: { label: `Hide ${app.getName()}`, accelerator: 'Command+H' },
  hideothers: { label: 'Hide Others', accelerator: 'Command+Alt+H' },
  unhide: { label: 'Show All' },
  front: { label: 'Bring All to Front' },
  zoom: { label: 'Zoom' },
  services: { label: 'Services' },
  window: { label: 'Window' },
  help: { label: 'Help' },
  appmenu: {
    label: app.getName(),
    submenu: () => [{ role: 'about' }, separator, { role: 'hide' }, separator, { role: 'quit' }],
  },
  filemenu: { label: 'File', submenu: () => [isMac ? { role: 'close' } : { role: 'quit' }] },
  editmenu: {
    label: 'Edit',
    submenu: () => [
      { role: 'undo' },
      { role: 'redo' },
      separator,
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' },
    ],
  },
  viewmenu: {
    label: 'View',
    submenu: () => [
      { role: 'reload' },
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      separator,
      { role: 'togglefullscreen' },
    ],
  },
  windowmenu: { label: 'Window', submenu: () => [{ role: 'minimize' }, { role: 'close' }] },
};
