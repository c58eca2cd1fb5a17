import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AboutPanelOptionsOptions, App, LoginItemSettings, Settings } from 'electron';
import { createEvent } from '../events.ts';
import { lifecycle } from '../lifecycle.ts';
import { readIdentity, type AppIdentity } from './app-identity.ts';
import { AppPaths, type PathName } from './app-paths.ts';
import { StandInCommandLine } from './command-line.ts';
import { SingleInstance } from './single-instance.ts';

/** What `app` needs to know of a window; browser-window.ts depends on this file, not the other way round. */
interface ClosableWindow {
  close(): void;
  focus(): void;
}

type Surface = Pick<
  App,
  | 'enableSandbox'
  | 'disableHardwareAcceleration'
  | 'exit'
  | 'focus'
  | 'getAppPath'
  | 'getLocale'
  | 'getName'
  | 'getPath'
  | 'getPreferredSystemLanguages'
  | 'getSystemLocale'
  | 'getVersion'
  | 'hasSingleInstanceLock'
  | 'isPackaged'
  | 'isReady'
  | 'name'
  | 'quit'
  | 'releaseSingleInstanceLock'
  | 'setAppUserModelId'
  | 'setName'
  | 'setPath'
  | 'whenReady'
>;

export class StandInApp extends EventEmitter implements Surface {
  readonly isPackaged = false;
  readonly commandLine = new StandInCommandLine(process.argv.slice(2));
  readonly #identity: AppIdentity = readIdentity(resolve(process.argv[1] ?? '.'));
  readonly #ready = Promise.withResolvers<void>();
  readonly #paths: AppPaths;
  #windows: () => ClosableWindow[] = () => [];
  #lock: SingleInstance | undefined;
  #name = this.#identity.name;
  #sandboxForced = false;
  #quitting = false;
  #relaunch: { args: string[] } | undefined;
  #loginItem: Partial<Settings> = {};
  #aboutPanel: AboutPanelOptionsOptions = {};

  constructor() {
    super();
    this.#paths = new AppPaths(() => this.#name, this.commandLine.getSwitchValue('user-data-dir'));
  }

  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
  }

  get sandboxForced(): boolean {
    return this.#sandboxForced;
  }

  /** What the app asked of the desktop, for tests. */
  get requests(): { relaunch: boolean; loginItem: Partial<Settings>; aboutPanel: AboutPanelOptionsOptions } {
    return {
      relaunch: this.#relaunch !== undefined,
      loginItem: this.#loginItem,
      aboutPanel: this.#aboutPanel,
    };
  }

  /** Called once, when the app's main module has been evaluated to its end. */
  becomeReady(): void {
    mkdirSync(this.getPath('userData'), { recursive: true });
    lifecycle.markReady();
    this.emit('will-finish-launching');
    this.emit('ready', createEvent({}), {});
    this.#ready.resolve();
  }

  provideWindows(windows: () => ClosableWindow[]): void {
    this.#windows = windows;
  }

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  isReady(): boolean {
    return lifecycle.ready;
  }

  enableSandbox(): void {
    lifecycle.requireNotReady('app.enableSandbox() can only be called before app is ready');
    this.#sandboxForced = true;
  }

  disableHardwareAcceleration(): void {
    lifecycle.requireNotReady('app.disableHardwareAcceleration() can only be called before app is ready');
  }

  getName(): string {
    return this.#name;
  }

  setName(name: string): void {
    this.#name = name;
  }

  getVersion(): string {
    return this.#identity.version;
  }

  getAppPath(): string {
    return this.#identity.folder;
  }

  getPath(name: PathName): string {
    return this.#paths.get(name);
  }

  setPath(name: PathName, path: string): void {
    this.#paths.set(name, path);
  }

  getLocale(): string {
    lifecycle.requireReady('app.getLocale() can only be called after app is ready');
    return this.getSystemLocale();
  }

  getSystemLocale(): string {
    const language = process.env['LC_ALL'] ?? process.env['LANG'] ?? '';
    const tag = language.split('.')[0]?.replace('_', '-') ?? '';
    return /^[a-z]{2,3}(-[A-Z]{2})?$/.test(tag) ? tag : 'en-US';
  }

  getPreferredSystemLanguages(): string[] {
    return [this.getSystemLocale()];
  }

  setAppUserModelId(id: string): void {
    if (typeof id !== 'string') throw new TypeError('setAppUserModelId expects a string');
  }

  setAboutPanelOptions(options: AboutPanelOptionsOptions): void {
    this.#aboutPanel = options;
  }

  showAboutPanel(): void {
    this.emit('-about-panel-shown');
  }

  setLoginItemSettings(settings: Settings): void {
    this.#loginItem = settings;
  }

  getLoginItemSettings(): Pick<LoginItemSettings, 'openAtLogin'> {
    return { openAtLogin: this.#loginItem.openAtLogin ?? false };
  }

  setBadgeCount(): boolean {
    return false;
  }

  focus(): void {
    this.#windows()[0]?.focus();
  }

  requestSingleInstanceLock(additionalData?: Record<string, unknown>): boolean {
    this.#lock ??= new SingleInstance(this.getPath('userData'));
    const message = {
      argv: [process.execPath, ...process.argv.slice(1)],
      workingDirectory: process.cwd(),
      additionalData: additionalData ?? null,
    };
    const lock = this.#lock;
    const acquired = lock.acquire(message, (second) => {
      const { argv, workingDirectory } = second;
      void this.whenReady().then(() =>
        this.emit('second-instance', createEvent({}), argv, workingDirectory, second.additionalData),
      );
    });
    lifecycle.onExit(async () => {
      await lock.notified;
      lock.release();
    });
    return acquired;
  }

  hasSingleInstanceLock(): boolean {
    return this.#lock?.held ?? false;
  }

  releaseSingleInstanceLock(): void {
    this.#lock?.release();
  }

  relaunch(options: { args?: string[] } = {}): void {
    this.#relaunch = { args: options.args ?? process.argv.slice(1) };
  }

  /** Any `before-quit`, `close` or `will-quit` listener can call it off. */
  quit(): void {
    if (this.#quitting) return;
    const beforeQuit = createEvent({});
    this.emit('before-quit', beforeQuit);
    if (beforeQuit.defaultPrevented) return;
    this.#quitting = true;
    for (const window of this.#windows()) window.close();
    if (this.#windows().length > 0) {
      this.#quitting = false;
      return;
    }
    const willQuit = createEvent({});
    this.emit('will-quit', willQuit);
    if (willQuit.defaultPrevented) {
      this.#quitting = false;
      return;
    }
    this.exit(0);
  }

  exit(exitCode = 0): void {
    this.#quitting = true;
    this.emit('quit', createEvent({}), exitCode);
    void lifecycle.exit(exitCode);
  }

  /** Called by a window that has gone. Without a listener, Electron quits with its last window. */
  windowClosed(remaining: number): void {
    if (remaining > 0 || this.#quitting) return;
    if (!this.emit('window-all-closed')) this.quit();
  }
}

export const app = new StandInApp();
