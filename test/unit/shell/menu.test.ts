import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { APP_COMMANDS, type AppCommand } from '../../../src-preload/contract/types/app.ts';
import { menuTemplate, type MenuParts } from '../../../src-main/shell/menu.ts';
import { SHELL_TEXTS } from '../../../src-main/shell/texts.ts';
import { trayTemplate, TrayIcon } from '../../../src-main/shell/tray.ts';

type Item = MenuItemConstructorOptions;
const actions = () => ({
  command: vi.fn<(command: AppCommand) => void>(),
  lock: vi.fn<() => void>(),
  quit: vi.fn<() => void>(),
  openLink: vi.fn<(link: string) => void>(),
});

function items(parts: Partial<MenuParts> = {}): { all: Item[]; spies: ReturnType<typeof actions> } {
  const spies = actions();
  const template = menuTemplate({
    texts: SHELL_TEXTS.en,
    mac: false,
    unlocked: true,
    devTools: false,
    actions: spies,
    ...parts,
  });
  const flat = (list: Item[]): Item[] =>
    list.flatMap((item) => [item, ...flat((item.submenu ?? []) as Item[])]);
  return { all: flat(template), spies };
}
const byId = (list: Item[], id: string): Item | undefined => list.find((item) => item.id === id);
const click = (item: Item | undefined): void => (item?.click as (() => void) | undefined)?.();

describe('the application menu', () => {
  it.each([false, true])('offers every command of the contract exactly once (macOS: %s)', (mac) => {
    const { all, spies } = items({ mac });
    for (const command of APP_COMMANDS.filter((name) => name !== 'lock')) {
      expect(
        all.filter((item) => item.id === command),
        command,
      ).toHaveLength(1);
      click(byId(all, command));
      expect(spies.command).toHaveBeenLastCalledWith(command);
    }
    click(byId(all, 'lock'));
    click(byId(all, 'quit'));
    expect([spies.lock.mock.calls.length, spies.quit.mock.calls.length]).toEqual([1, 1]);
  });

  it('gives no accelerator twice', () => {
    const keys = items({ devTools: true }).all.flatMap((item) =>
      item.accelerator === undefined ? [] : [item.accelerator],
    );
    expect(keys.length).toBeGreaterThan(8);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('greys everything that needs the vault while it is locked, and leaves quit and help', () => {
    const { all } = items({ unlocked: false });
    const grey = all.filter((item) => item.enabled === false).map((item) => item.id);
    expect(grey.sort()).toEqual(
      [
        'accounts',
        'activity',
        'alerts',
        'funds',
        'hideAmounts',
        'lock',
        'orders',
        'palette',
        'portfolio',
        'settings',
        'trade',
      ].sort(),
    );
  });

  it('has developer tools in unpacked builds only', () => {
    const roles = (devTools: boolean): unknown[] => items({ devTools }).all.map((item) => item.role);
    expect(roles(false)).not.toContain('toggleDevTools');
    expect(roles(false)).not.toContain('reload');
    expect(roles(true)).toContain('toggleDevTools');
  });

  it('has the editing roles that macOS needs for its clipboard keys', () => {
    const roles = items({ mac: true }).all.map((item) => item.role);
    expect(roles).toEqual(
      expect.arrayContaining(['cut', 'copy', 'paste', 'selectAll', 'undo', 'redo', 'hide']),
    );
  });

  it('opens links by id', () => {
    const { all, spies } = items();
    for (const link of ['bybit', 'bitget', 'bitfinex']) click(byId(all, `keys-${link}`));
    expect(spies.openLink.mock.calls).toEqual([['bybit'], ['bitget'], ['bitfinex']]);
  });

  it('is complete in every language', () => {
    const [en, de] = [SHELL_TEXTS.en, SHELL_TEXTS.de];
    expect(Object.keys(de)).toEqual(Object.keys(en));
    expect(Object.values(de).every((text) => text.trim() !== '')).toBe(true);
    expect(items({ texts: de }).all.some((item) => item.label === 'Jetzt sperren')).toBe(true);
  });
});

describe('the tray', () => {
  const spies = { show: vi.fn<() => void>(), lock: vi.fn<() => void>(), quit: vi.fn<() => void>() };

  it('shows, locks and quits, and offers to lock only what is open', () => {
    const [show, lock, , quit] = trayTemplate(SHELL_TEXTS.en, true, spies);
    for (const item of [show, lock, quit]) click(item);
    expect([spies.show, spies.lock, spies.quit].map((spy) => spy.mock.calls.length)).toEqual([1, 1, 1]);
    expect(lock?.enabled).toBe(true);
    expect(trayTemplate(SHELL_TEXTS.en, false, spies)[1]?.enabled).toBe(false);
  });

  it('redraws its menu and goes away on dispose', () => {
    const menus: unknown[] = [];
    let destroyed = 0;
    const tray = {
      setContextMenu: (menu: unknown) => menus.push(menu),
      setToolTip: () => undefined,
      on: () => tray,
      destroy: () => (destroyed += 1),
      isDestroyed: () => destroyed > 0,
    };
    const buildMenu = (template: Item[]) => template.find((item) => item.id === 'lock')?.enabled;
    const parts = { create: () => tray, buildMenu, texts: SHELL_TEXTS.en, actions: spies };
    const icon = new TrayIcon(parts as never);
    icon.update(SHELL_TEXTS.en, true);
    icon.dispose();
    icon.dispose();
    icon.update(SHELL_TEXTS.en, false);
    expect(menus).toEqual([false, true]);
    expect(destroyed).toBe(1);
  });

  it('is done without where the desktop has none', () => {
    const create = (): never => {
      throw new Error('no tray');
    };
    const icon = new TrayIcon({
      create,
      buildMenu: () => undefined,
      texts: SHELL_TEXTS.en,
      actions: spies,
    } as never);
    expect(() => {
      icon.update(SHELL_TEXTS.en, true);
      icon.dispose();
    }).not.toThrow();
  });
});
