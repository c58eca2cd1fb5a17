import type { MenuItemConstructorOptions } from 'electron';
import type { AppCommand } from '../../src-preload/contract/types/app.ts';
import type { LinkId } from './external-links.ts';
import type { ShellTexts } from './texts.ts';

export interface MenuActions {
  readonly command: (command: AppCommand) => void;
  /** Locks in main at once: it must work even when the page hangs. */
  readonly lock: () => void;
  readonly quit: () => void;
  readonly openLink: (link: LinkId) => void;
}

export interface MenuParts {
  readonly texts: ShellTexts;
  readonly mac: boolean;
  readonly unlocked: boolean;
  /** Adds the developer tools; true in unpacked builds only. */
  readonly devTools: boolean;
  readonly actions: MenuActions;
}

type Items = MenuItemConstructorOptions[];
const SEPARATOR: MenuItemConstructorOptions = { type: 'separator' };

/** The application menu. Views need an open vault, so they are grey while it is locked. */
export function menuTemplate(parts: MenuParts): Items {
  const { texts } = parts;
  const submenus: readonly (readonly [string, Items])[] = [
    [parts.mac ? 'Holdfast' : texts.file, parts.mac ? macApplicationItems(parts) : fileItems(parts)],
    [texts.edit, editItems()],
    [texts.go, goItems(parts)],
    [texts.view, viewItems(parts)],
    [texts.window, windowItems(parts.mac)],
    [texts.help, helpItems(parts)],
  ];
  return submenus.map(([label, submenu]) => ({ label, submenu }));
}

function lockItem({ texts, unlocked, actions }: MenuParts): MenuItemConstructorOptions {
  return {
    id: 'lock',
    label: texts.lock,
    accelerator: 'CmdOrCtrl+L',
    enabled: unlocked,
    click: () => actions.lock(),
  };
}

function quitItem({ texts, actions }: MenuParts): MenuItemConstructorOptions {
  return { id: 'quit', label: texts.quit, accelerator: 'CmdOrCtrl+Q', click: () => actions.quit() };
}

function settingsItem(parts: MenuParts): MenuItemConstructorOptions {
  return commandItem(parts, 'settings', parts.texts.settings, 'CmdOrCtrl+,');
}

function commandItem(
  { unlocked, actions }: MenuParts,
  command: AppCommand,
  label: string,
  accelerator: string,
): MenuItemConstructorOptions {
  return { id: command, label, accelerator, enabled: unlocked, click: () => actions.command(command) };
}

const fileItems = (parts: MenuParts): Items => [
  settingsItem(parts),
  SEPARATOR,
  lockItem(parts),
  SEPARATOR,
  quitItem(parts),
];

function macApplicationItems(parts: MenuParts): Items {
  const hiding: Items = [{ role: 'hide' }, { role: 'hideOthers' }, { role: 'unhide' }];
  return [
    aboutItem(parts),
    SEPARATOR,
    settingsItem(parts),
    lockItem(parts),
    SEPARATOR,
    ...hiding,
    SEPARATOR,
    quitItem(parts),
  ];
}

/** Roles, because on macOS the clipboard keys work only where the menu has them. */
const editItems = (): Items => [
  { role: 'undo' },
  { role: 'redo' },
  SEPARATOR,
  { role: 'cut' },
  { role: 'copy' },
  { role: 'paste' },
  { role: 'selectAll' },
];

function goItems(parts: MenuParts): Items {
  const { texts } = parts;
  return [
    commandItem(parts, 'palette', texts.palette, 'CmdOrCtrl+K'),
    SEPARATOR,
    commandItem(parts, 'portfolio', texts.portfolio, 'CmdOrCtrl+1'),
    commandItem(parts, 'trade', texts.trade, 'CmdOrCtrl+2'),
    commandItem(parts, 'orders', texts.orders, 'CmdOrCtrl+3'),
    commandItem(parts, 'alerts', texts.alerts, 'CmdOrCtrl+4'),
    commandItem(parts, 'funds', texts.funds, 'CmdOrCtrl+5'),
    commandItem(parts, 'activity', texts.activity, 'CmdOrCtrl+6'),
    commandItem(parts, 'accounts', texts.accounts, 'CmdOrCtrl+7'),
  ];
}

function viewItems(parts: MenuParts): Items {
  const tools: Items = parts.devTools ? [SEPARATOR, { role: 'reload' }, { role: 'toggleDevTools' }] : [];
  return [
    commandItem(parts, 'hideAmounts', parts.texts.hideAmounts, 'CmdOrCtrl+Shift+H'),
    SEPARATOR,
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { role: 'togglefullscreen' },
    ...tools,
  ];
}

const windowItems = (mac: boolean): Items => [
  { role: 'minimize' },
  { role: 'close' },
  ...(mac ? [{ role: 'front' } as const] : []),
];

function aboutItem({ texts, actions }: MenuParts): MenuItemConstructorOptions {
  return { id: 'about', label: texts.about, click: () => actions.command('about') };
}

/** Where each venue makes, limits and revokes its keys. */
const KEY_PAGES: readonly (readonly [LinkId, string])[] = [
  ['bybit', 'Bybit'],
  ['bitget', 'Bitget'],
  ['bitfinex', 'Bitfinex'],
];

function helpItems(parts: MenuParts): Items {
  const { texts, actions } = parts;
  const links: Items = KEY_PAGES.map(([link, venue]) => ({
    id: `keys-${link}`,
    label: `${texts.keysAt} ${venue}`,
    click: () => actions.openLink(link),
  }));
  return parts.mac ? links : [...links, SEPARATOR, aboutItem(parts)];
}
