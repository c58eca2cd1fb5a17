import { EventEmitter } from 'node:events';
import type { MenuItemConstructorOptions } from 'electron';
import { createEvent } from '../events.ts';
import { lifecycle } from '../lifecycle.ts';
import type { KeyPress } from '../renderer/page-types.ts';
import { matchesAccelerator, parseAccelerator } from './accelerator.ts';
import { roles, type RoleWindow } from './menu-roles.ts';

type Click = (item: StandInMenuItem, window: RoleWindow | undefined, event: object) => void;
type ItemType = NonNullable<MenuItemConstructorOptions['type']>;

let nextCommandId = 1;

export class StandInMenuItem {
  readonly commandId = nextCommandId++;
  readonly id: string;
  readonly type: ItemType;
  readonly role: string | undefined;
  readonly accelerator: string | undefined;
  readonly submenu: Menu | undefined;
  readonly registerAccelerator: boolean;
  label: string;
  sublabel: string;
  toolTip: string;
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  menu: Menu | undefined;
  readonly #click: Click | undefined;

  constructor(options: MenuItemConstructorOptions) {
    const role = options.role?.toLowerCase();
    const known = role === undefined ? undefined : roles[role];
    if (role !== undefined && !known)
      throw new Error(`Unknown or unsupported menu role: ${options.role ?? ''}`);
    this.role = role;
    this.id = options.id ?? '';
    this.type = options.type ?? (options.submenu ? 'submenu' : 'normal');
    this.label = options.label ?? known?.label ?? '';
    this.accelerator = options.accelerator ?? known?.accelerator;
    if (this.accelerator !== undefined) parseAccelerator(this.accelerator);
    this.registerAccelerator = options.registerAccelerator ?? true;
    this.sublabel = options.sublabel ?? '';
    this.toolTip = options.toolTip ?? '';
    this.enabled = options.enabled ?? true;
    this.visible = options.visible ?? true;
    this.checked = options.checked ?? false;
    this.submenu = toMenu(options.submenu) ?? (known?.submenu && Menu.buildFromTemplate(known.submenu()));
    this.#click = options.click as Click | undefined;
  }

  /** What a click by the user does: toggles a checkbox, picks a radio item, then runs the role or the handler. */
  click(event: object = {}, window?: RoleWindow): void {
    if (!this.enabled || !this.visible) return;
    if (this.type === 'checkbox') this.checked = !this.checked;
    if (this.type === 'radio') this.#pickRadio();
    if (this.#click) this.#click(this, window, event);
    else if (this.role !== undefined) roles[this.role]?.run?.(window);
  }

  #pickRadio(): void {
    const items = this.menu?.items ?? [];
    const at = items.indexOf(this);
    // A group ends at the next item that is no radio item.
    for (const step of [-1, 1]) {
      for (let i = at + step; items[i]?.type === 'radio'; i += step)
        (items[i] as StandInMenuItem).checked = false;
    }
    this.checked = true;
  }
}

function toMenu(submenu: MenuItemConstructorOptions['submenu']): Menu | undefined {
  if (submenu === undefined) return undefined;
  return Array.isArray(submenu) ? Menu.buildFromTemplate(submenu) : (submenu as unknown as Menu);
}

let applicationMenu: Menu | null = null;

export class Menu extends EventEmitter {
  readonly items: StandInMenuItem[] = [];

  static buildFromTemplate(template: (MenuItemConstructorOptions | StandInMenuItem)[]): Menu {
    if (!Array.isArray(template))
      throw new TypeError('Invalid template for Menu: Menu template must be an array');
    const menu = new Menu();
    for (const entry of template) {
      menu.append(entry instanceof StandInMenuItem ? entry : new StandInMenuItem(entry));
    }
    return menu;
  }

  static setApplicationMenu(menu: Menu | null): void {
    applicationMenu = menu;
  }

  static getApplicationMenu(): Menu | null {
    return applicationMenu;
  }

  append(item: StandInMenuItem): void {
    this.insert(this.items.length, item);
  }

  insert(position: number, item: StandInMenuItem): void {
    item.menu = this;
    this.items.splice(position, 0, item);
  }

  getMenuItemById(id: string): StandInMenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }

  /** No native menu is drawn; a test clicks the items through the control channel. */
  popup(): void {
    lifecycle.requireReady('Menu.popup can only be called after app is ready');
    this.emit('menu-will-show', createEvent({}));
  }

  closePopup(): void {
    this.emit('menu-will-close', createEvent({}));
  }

  /** Runs the first enabled item whose accelerator a key press matches. True when there was one. */
  dispatchKey(press: KeyPress, window: RoleWindow): boolean {
    for (const item of this.items) {
      if (item.submenu?.dispatchKey(press, window)) return true;
      if (!item.enabled || !item.visible || !item.registerAccelerator) continue;
      if (item.accelerator === undefined) continue;
      if (!matchesAccelerator(parseAccelerator(item.accelerator), press)) continue;
      item.click({ triggeredByAccelerator: true }, window);
      return true;
    }
    return false;
  }
}
