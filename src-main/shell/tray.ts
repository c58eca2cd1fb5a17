import type { Menu, MenuItemConstructorOptions, Tray } from 'electron';
import type { ShellTexts } from './texts.ts';

export interface TrayActions {
  readonly show: () => void;
  readonly lock: () => void;
  readonly quit: () => void;
}

export interface TrayParts {
  /** Makes the icon; throws where the desktop has no tray. */
  readonly create: () => Pick<Tray, 'setContextMenu' | 'setToolTip' | 'on' | 'destroy' | 'isDestroyed'>;
  readonly buildMenu: (template: MenuItemConstructorOptions[]) => Menu;
  readonly texts: ShellTexts;
  readonly actions: TrayActions;
}

/** Pure, so that its state is tested without a tray. */
export function trayTemplate(
  texts: ShellTexts,
  unlocked: boolean,
  actions: TrayActions,
): MenuItemConstructorOptions[] {
  return [
    { id: 'show', label: texts.show, click: () => actions.show() },
    { id: 'lock', label: texts.lock, enabled: unlocked, click: () => actions.lock() },
    { type: 'separator' },
    { id: 'quit', label: texts.quit, click: () => actions.quit() },
  ];
}

/** The tray icon: show, lock, quit. A desktop without a tray goes without; everything is in the menu as well. */
export class TrayIcon {
  readonly #parts: TrayParts;
  readonly #tray: ReturnType<TrayParts['create']> | undefined;

  constructor(parts: TrayParts) {
    this.#parts = parts;
    try {
      this.#tray = parts.create();
    } catch {
      return;
    }
    this.#tray.setToolTip('Holdfast');
    this.#tray.on('click', () => parts.actions.show());
    this.update(parts.texts, false);
  }

  /** Redraws the menu: after locking, unlocking, or a change of language. */
  update(texts: ShellTexts, unlocked: boolean): void {
    if (this.#tray === undefined || this.#tray.isDestroyed()) return;
    this.#tray.setContextMenu(this.#parts.buildMenu(trayTemplate(texts, unlocked, this.#parts.actions)));
  }

  dispose(): void {
    if (this.#tray?.isDestroyed() === false) this.#tray.destroy();
  }
}
