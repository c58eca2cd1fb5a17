import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions, Rectangle } from 'electron';
import { createEvent, notImplemented } from '../events.ts';
import { lifecycle } from '../lifecycle.ts';
import type { KeyPress } from '../renderer/page-types.ts';
import { app } from './app.ts';
import { Menu } from './menu.ts';
import { session } from './session.ts';
import { StandInWebContents } from './web-contents.ts';
import { checkWebPreferences } from './web-preferences.ts';
import { WindowBounds } from './window-bounds.ts';

type WindowState = 'normal' | 'minimized' | 'maximized' | 'fullscreen';

const all = new Map<number, StandInBrowserWindow>();
let focused: StandInBrowserWindow | null = null;
let nextId = 1;

function focusOn(window: StandInBrowserWindow): void {
  focused = window;
}

export class StandInBrowserWindow extends EventEmitter {
  readonly id = nextId++;
  readonly webContents: StandInWebContents;
  readonly #bounds: WindowBounds;
  #title: string;
  #visible: boolean;
  #state: WindowState = 'normal';
  #destroyed = false;
  #shownOnce = false;
  #menuBarVisible = true;
  #resizable: boolean;

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    lifecycle.requireReady('Cannot create BrowserWindow before app is ready');
    const preferences = checkWebPreferences(options.webPreferences ?? {}, app.sandboxForced);
    const { width = 800, height = 600 } = options;
    this.#title = options.title ?? app.getName();
    this.#visible = options.show ?? true;
    this.#resizable = options.resizable ?? true;
    this.webContents = new StandInWebContents({
      session: session.defaultSession,
      preload: preferences.preload,
      userData: app.getPath('sessionData'),
      size: { width, height },
    });
    this.#bounds = new WindowBounds(this.webContents, { ...options, width, height });
    all.set(this.id, this);
    this.#follow();
    app.emit('browser-window-created', createEvent({}), this);
    app.emit('web-contents-created', createEvent({}), this.webContents);
    if (this.#visible) this.#takeFocus();
  }

  static getAllWindows(): StandInBrowserWindow[] {
    return [...all.values()];
  }

  static getFocusedWindow(): StandInBrowserWindow | null {
    return focused;
  }

  static fromId(id: number): StandInBrowserWindow | null {
    return all.get(id) ?? null;
  }

  static fromWebContents(contents: StandInWebContents): StandInBrowserWindow | null {
    return [...all.values()].find((window) => window.webContents === contents) ?? null;
  }

  loadURL(url: string): Promise<void> {
    this.#requireAlive();
    return this.webContents.loadURL(url);
  }

  loadFile(): Promise<void> {
    return Promise.reject(notImplemented('BrowserWindow.loadFile'));
  }

  reload(): void {
    this.webContents.reload();
  }

  show(): void {
    this.showInactive();
    this.#takeFocus();
  }

  showInactive(): void {
    this.#requireAlive();
    if (this.#state === 'minimized') this.restore();
    if (this.#visible) return;
    this.#visible = true;
    this.#bounds.setState('normal');
    this.emit('show');
  }

  hide(): void {
    this.#requireAlive();
    if (!this.#visible) return;
    this.#visible = false;
    // Chromium has no hidden windows; a minimised one reports the same visibility to its page.
    this.#bounds.setState('minimized');
    this.#dropFocus();
    this.emit('hide');
  }

  isVisible(): boolean {
    this.#requireAlive();
    return this.#visible && this.#state !== 'minimized';
  }

  focus(): void {
    this.#requireAlive();
    if (!this.#visible) return;
    this.webContents.focus();
    this.#takeFocus();
  }

  blur(): void {
    this.#requireAlive();
    this.#dropFocus();
  }

  isFocused(): boolean {
    this.#requireAlive();
    return focused === this;
  }

  minimize(): void {
    this.#changeState('minimized', 'minimize');
    this.#dropFocus();
  }

  isMinimized(): boolean {
    return this.#state === 'minimized';
  }

  restore(): void {
    const was = this.#state;
    this.#changeState('normal', was === 'maximized' ? 'unmaximize' : 'restore');
  }

  maximize(): void {
    if (!this.#visible) this.show();
    this.#changeState('maximized', 'maximize');
  }

  unmaximize(): void {
    if (this.#state === 'maximized') this.#changeState('normal', 'unmaximize');
  }

  isMaximized(): boolean {
    return this.#state === 'maximized';
  }

  setFullScreen(flag: boolean): void {
    if (flag === this.isFullScreen()) return;
    if (flag) this.#changeState('fullscreen', 'enter-full-screen');
    else this.#changeState('normal', 'leave-full-screen');
  }

  isFullScreen(): boolean {
    return this.#state === 'fullscreen';
  }

  isNormal(): boolean {
    return this.#state === 'normal';
  }

  getBounds(): Rectangle {
    this.#requireAlive();
    return this.#bounds.current;
  }

  getNormalBounds(): Rectangle {
    this.#requireAlive();
    return this.#bounds.normal;
  }

  getContentBounds(): Rectangle {
    return this.getBounds();
  }

  setBounds(bounds: Partial<Rectangle>): void {
    this.#requireAlive();
    if (this.#bounds.set(bounds)) this.#emitBounds();
  }

  getSize(): number[] {
    const { width, height } = this.getBounds();
    return [width, height];
  }

  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }

  getPosition(): number[] {
    const { x, y } = this.getBounds();
    return [x, y];
  }

  setPosition(x: number, y: number): void {
    this.setBounds({ x, y });
  }

  getMinimumSize(): number[] {
    return [this.#bounds.minimum.width, this.#bounds.minimum.height];
  }

  setMinimumSize(width: number, height: number): void {
    this.#bounds.minimum = { width, height };
    this.setBounds({});
  }

  center(): void {
    this.#requireAlive();
  }

  isResizable(): boolean {
    return this.#resizable;
  }

  setResizable(resizable: boolean): void {
    this.#resizable = resizable;
  }

  getTitle(): string {
    this.#requireAlive();
    return this.#title;
  }

  setTitle(title: string): void {
    this.#requireAlive();
    this.#title = title;
  }

  setMenuBarVisibility(visible: boolean): void {
    this.#menuBarVisible = visible;
  }

  isMenuBarVisible(): boolean {
    return this.#menuBarVisible;
  }

  setAutoHideMenuBar(hide: boolean): void {
    this.#menuBarVisible = !hide;
  }

  removeMenu(): void {
    this.#menuBarVisible = false;
  }

  setBackgroundColor(): void {
    this.#requireAlive();
  }

  setContentProtection(): void {
    // macOS and Windows only, as documented: nothing to do on the platforms the stand-in is for.
    this.#requireAlive();
  }

  flashFrame(): void {
    this.#requireAlive();
  }

  setProgressBar(): void {
    this.#requireAlive();
  }

  setSkipTaskbar(): void {
    this.#requireAlive();
  }

  setIcon(): void {
    this.#requireAlive();
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  /** Asks the listeners first; any of them can keep the window open. */
  close(): void {
    if (this.#destroyed) return;
    const event = createEvent({});
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }

  /** Closes without asking. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#dropFocus();
    this.#destroyed = true;
    all.delete(this.id);
    this.webContents.destroy();
    this.emit('closed');
    app.windowClosed(all.size);
  }

  #follow(): void {
    const contents = this.webContents;
    contents.on('did-finish-load', () => {
      if (this.#shownOnce || this.#destroyed) return;
      this.#shownOnce = true;
      this.emit('ready-to-show');
    });
    contents.on('page-title-updated', (event: { defaultPrevented: boolean }, title: string) => {
      this.emit('page-title-updated', event, title, true);
      if (!event.defaultPrevented) this.#title = title;
    });
    contents.on('render-process-gone', (event: unknown, details: unknown) => {
      app.emit('render-process-gone', event, contents, details);
    });
    contents.on('-unhandled-key', (press: KeyPress) => {
      Menu.getApplicationMenu()?.dispatchKey(press, this);
    });
    contents.on('-frame-resized', () => {
      void this.#bounds.refresh().then((changed) => {
        if (changed && !this.#destroyed) this.#emitBounds();
      });
    });
    contents.on('-close-requested', () => this.close());
    contents.on('-target-closed', () => this.#closedByUser());
  }

  /** The user closed Chromium's window. What a listener wanted to keep cannot be kept here. */
  #closedByUser(): void {
    if (this.#destroyed) return;
    const event = createEvent({});
    this.emit('close', event);
    if (event.defaultPrevented) {
      console.error('stand-in: a closed Chromium window cannot be kept hidden; quitting instead');
      app.quit();
    }
    this.destroy();
  }

  #emitBounds(): void {
    this.emit('resize');
    this.emit('move');
    this.emit('resized');
    this.emit('moved');
  }

  #changeState(state: WindowState, event: string): void {
    this.#requireAlive();
    if (this.#state === state) return;
    this.#state = state;
    this.#bounds.setState(state);
    this.emit(event);
  }

  #takeFocus(): void {
    if (focused === this) return;
    focused?.blur();
    focusOn(this);
    this.emit('focus');
    app.emit('browser-window-focus', createEvent({}), this);
  }

  #dropFocus(): void {
    if (focused !== this) return;
    focused = null;
    this.emit('blur');
    app.emit('browser-window-blur', createEvent({}), this);
  }

  #requireAlive(): void {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
  }
}
