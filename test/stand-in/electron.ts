/**
 * What `import … from 'electron'` gives a main process that runs on the stand-in. A name that is missing here
 * fails the import, which is how a new use of Electron announces itself.
 */
import { app } from './api/app.ts';
import { StandInBrowserWindow as BrowserWindow } from './api/browser-window.ts';
import { clipboard, ClipboardItem } from './api/clipboard.ts';
import { dialog } from './api/dialog.ts';
import { ipcMain } from './api/ipc-main.ts';
import { Menu, StandInMenuItem as MenuItem } from './api/menu.ts';
import { nativeImage } from './api/native-image.ts';
import { nativeTheme } from './api/native-theme.ts';
import { Notification } from './api/notification.ts';
import { powerMonitor } from './api/power-monitor.ts';
import { protocol } from './api/protocol.ts';
import { safeStorage } from './api/safe-storage.ts';
import { screen } from './api/screen.ts';
import { session } from './api/session.ts';
import { shell } from './api/shell.ts';
import { Tray } from './api/tray.ts';
import { StandInWebContents as webContents } from './api/web-contents.ts';

export {
  app,
  BrowserWindow,
  clipboard,
  ClipboardItem,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
  webContents,
};

app.provideWindows(() => BrowserWindow.getAllWindows());

export default {
  app,
  BrowserWindow,
  clipboard,
  ClipboardItem,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
  webContents,
};
