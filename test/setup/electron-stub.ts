/**
 * What `electron` is under test: nothing. Parts of the application take what they need of Electron as
 * parameters, so anything that still reaches for the module itself fails loudly and by name.
 */
const QUIET = new Set<PropertyKey>(['then', 'toJSON', 'prototype', 'name', 'length']);

function refusing(path: string): object {
  const refuse = (): never => {
    throw new Error(`${path} of electron was used in a test; pass a fake instead.`);
  };
  return new Proxy(function () {}, {
    apply: refuse,
    construct: refuse,
    get: (target, key) => {
      if (typeof key === 'symbol' || QUIET.has(key)) return Reflect.get(target, key) as unknown;
      throw new Error(`${path}.${key} of electron was used in a test; pass a fake instead.`);
    },
  });
}

export const app = refusing('app');
export const BrowserWindow = refusing('BrowserWindow');
export const clipboard = refusing('clipboard');
export const ClipboardItem = refusing('ClipboardItem');
export const contextBridge = refusing('contextBridge');
export const dialog = refusing('dialog');
export const ipcMain = refusing('ipcMain');
export const ipcRenderer = refusing('ipcRenderer');
export const Menu = refusing('Menu');
export const nativeImage = refusing('nativeImage');
export const nativeTheme = refusing('nativeTheme');
export const net = refusing('net');
export const Notification = refusing('Notification');
export const powerMonitor = refusing('powerMonitor');
export const protocol = refusing('protocol');
export const safeStorage = refusing('safeStorage');
export const screen = refusing('screen');
export const session = refusing('session');
export const shell = refusing('shell');
export const Tray = refusing('Tray');
export const webContents = refusing('webContents');

export default refusing('the default export');
