import { EventEmitter } from 'node:events';
import type { WebContents, WindowOpenHandlerResponse } from 'electron';
import { browserHost, type DownloadBegin, type Size } from '../chromium/browser.ts';
import { toAppUrl } from '../chromium/origin-map.ts';
import { createEvent, notImplemented } from '../events.ts';
import { serializeArguments } from '../page/message-link.ts';
import { Page } from '../page/page.ts';
import { followPage } from '../page/page-events.ts';
import { records } from '../records.ts';
import type { KeyPress } from '../renderer/page-types.ts';
import { nativeImage, type StandInNativeImage } from './native-image.ts';
import { protocol } from './protocol.ts';
import { browserPermissions, type StandInSession } from './session.ts';
import { StandInWebFrameMain } from './web-frame-main.ts';

type WindowOpenHandler = (details: {
  url: string;
  frameName: string;
  features: string;
  disposition: 'new-window';
}) => WindowOpenHandlerResponse;

export interface WebContentsOptions {
  readonly session: StandInSession;
  readonly preload: string | undefined;
  readonly userData: string;
  readonly size: Size;
}

const all = new Map<number, StandInWebContents>();
let nextId = 1;

/** The page of a window. Chromium is attached in the background; calls that need it wait for it. */
export class StandInWebContents extends EventEmitter {
  readonly id = nextId++;
  readonly session: StandInSession;
  readonly #blankFrame = new StandInWebFrameMain('', null);
  readonly #verdicts = new Map<string, boolean>();
  readonly #page: Promise<Page>;
  #attached: Page | undefined;
  #windowOpenHandler: WindowOpenHandler = () => ({ action: 'allow' });
  #destroyed = false;
  #crashed = false;
  #zoomFactor = 1;
  title = '';
  loading = false;

  constructor(options: WebContentsOptions) {
    super();
    this.session = options.session;
    all.set(this.id, this);
    this.#page = this.#attach(options);
    this.#page.catch(() => undefined);
  }

  static getAllWebContents(): StandInWebContents[] {
    return [...all.values()];
  }

  static fromId(id: number): StandInWebContents | undefined {
    return all.get(id);
  }

  static ofFrame(frameId: string): StandInWebContents | undefined {
    return [...all.values()].find((contents) => contents.#attached?.frames.frame(frameId) !== undefined);
  }

  /** For handlers that are typed with Electron's own class, of which this is the part that Holdfast uses. */
  get asElectron(): WebContents {
    return this as unknown as WebContents;
  }

  /** The Chromium page behind this; rejects when Chromium could not start. */
  get page(): Promise<Page> {
    return this.#page;
  }

  get mainFrame(): StandInWebFrameMain {
    return this.#attached?.frames.main ?? this.#blankFrame;
  }

  async loadURL(url: string): Promise<void> {
    this.#requireAlive();
    const page = await this.#page;
    this.loading = true;
    this.emit('did-start-loading');
    try {
      await page.navigate(url);
      this.#crashed = false;
    } catch (error) {
      this.loading = false;
      const { message } = error as Error;
      this.emit('did-fail-load', createEvent({}), -2, message, url, true, 1, 1);
      throw new Error(`${message} (-2) loading '${url}'`, { cause: error });
    }
  }

  loadFile(): Promise<void> {
    return Promise.reject(notImplemented('webContents.loadFile'));
  }

  getURL(): string {
    return this.mainFrame.url;
  }

  getTitle(): string {
    return this.title;
  }

  isLoading(): boolean {
    return this.loading;
  }

  isCrashed(): boolean {
    return this.#crashed;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  isDevToolsOpened(): boolean {
    return false;
  }

  openDevTools(): void {
    this.#requireAlive();
  }

  closeDevTools(): void {
    this.#requireAlive();
  }

  send(channel: string, ...args: unknown[]): void {
    this.#requireAlive();
    if (typeof channel !== 'string') throw new TypeError('Missing required channel argument');
    this.#attached?.link.send(channel, serializeArguments(args));
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#requireAlive();
    this.#windowOpenHandler = handler;
  }

  reload(): void {
    this.#requireAlive();
    const url = this.getURL();
    const reloaded = this.#page.then(async (page) => {
      page.navigation.expect(url);
      if (this.#crashed) await page.navigate(url);
      else await page.target.session.send('Page.reload');
      this.#crashed = false;
    });
    reloaded.catch(() => undefined);
  }

  reloadIgnoringCache(): void {
    this.reload();
  }

  stop(): void {
    this.command('Page.stopLoading');
  }

  focus(): void {
    this.command('Page.bringToFront');
  }

  forcefullyCrashRenderer(): void {
    this.command('Page.crash');
  }

  getZoomFactor(): number {
    return this.#zoomFactor;
  }

  setZoomFactor(factor: number): void {
    if (!(factor > 0)) throw new Error("'zoomFactor' must be a double greater than 0.0");
    this.#zoomFactor = factor;
    const zoomed = this.#page.then((page) =>
      page.target.session.send('Runtime.evaluate', {
        expression: `document.documentElement.style.zoom = ${JSON.stringify(String(factor))}`,
      }),
    );
    zoomed.catch(() => undefined);
  }

  getZoomLevel(): number {
    return Math.log(this.#zoomFactor) / Math.log(1.2);
  }

  setZoomLevel(level: number): void {
    this.setZoomFactor(1.2 ** level);
  }

  async setVisualZoomLevelLimits(): Promise<void> {
    await this.#page;
  }

  setBackgroundThrottling(): void {
    this.#requireAlive();
  }

  async capturePage(): Promise<StandInNativeImage> {
    const page = await this.#page;
    const { data } = await page.target.session.send('Page.captureScreenshot', { format: 'png' });
    return nativeImage.createFromBuffer(Buffer.from(data, 'base64'));
  }

  /** Sends a command without parameters and does not wait. */
  command(method: 'Page.stopLoading' | 'Page.bringToFront' | 'Page.crash'): void {
    this.#requireAlive();
    const sent = this.#page.then((page) => page.target.session.send(method));
    sent.catch(() => undefined);
  }

  close(): void {
    if (!this.#destroyed) this.emit('-close-requested');
  }

  /** Called by the window that owns it. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    all.delete(this.id);
    this.emit('destroyed');
    const closed = this.#page.then((page) => browserHost.closePage(page.target.targetId));
    closed.catch(() => undefined);
  }

  /** A download the page started; it never reaches the disk, whatever the listeners say. */
  announceDownload({ url, suggestedFilename }: DownloadBegin): void {
    const item = Object.assign(new EventEmitter(), {
      getURL: () => toAppUrl(url, protocol.webSchemes),
      getFilename: () => suggestedFilename,
      cancel: () => undefined,
    });
    const event = createEvent({});
    this.session.emit('will-download', event, item, this);
    if (!event.defaultPrevented) console.error('stand-in: downloads are always cancelled');
  }

  markCrashed(): void {
    this.#crashed = true;
    this.emit('render-process-gone', createEvent({}), { reason: 'crashed', exitCode: 5 });
  }

  askToOpenWindow(url: string, frameName: string, features: string): void {
    const response = this.#windowOpenHandler({ url, frameName, features, disposition: 'new-window' });
    // Chromium has refused already; an app that wants the window must hear that it cannot have it here.
    if (response.action === 'deny') records.deniedWindows.push(url);
    else console.error(`stand-in: ${notImplemented('windows opened by a page').message}`);
  }

  async #attach({ preload, userData, size }: WebContentsOptions): Promise<Page> {
    const page = await Page.open(
      this,
      { preload, userData, size },
      {
        key: (press: KeyPress) => this.emit('-unhandled-key', press),
        windowOpen: (url, name, features) =>
          this.askToOpenWindow(toAppUrl(url, protocol.webSchemes), name, features),
        preloadError: (error) => {
          this.emit('preload-error', createEvent({}), preload, error);
        },
        permission: (permission, frame) => this.#askPermission(permission, frame),
        willNavigate: (url, frameId, isMainFrame) => this.#willNavigate(url, frameId, isMainFrame),
        willRedirect: (url, frameId, isMainFrame) =>
          this.#navigationEvent('will-redirect', url, frameId, isMainFrame),
        beforeDocument: (url) => this.#applyPermissionChecks(url),
      },
    );
    this.#attached = page;
    followPage(this, page);
    return page;
  }

  #willNavigate(url: string, frameId: string, isMainFrame: boolean): boolean {
    if (this.#navigationEvent('will-frame-navigate', url, frameId, isMainFrame)) return true;
    return isMainFrame && this.#navigationEvent('will-navigate', url, frameId, isMainFrame);
  }

  #navigationEvent(name: string, url: string, frameId: string, isMainFrame: boolean): boolean {
    const frame = this.#attached?.frames.frame(frameId) ?? null;
    const event = createEvent({ url, isSameDocument: false, isMainFrame, frame, initiator: frame });
    this.emit(name, event, url, false, isMainFrame, 1, frame?.routingId ?? 0);
    return event.defaultPrevented;
  }

  async #askPermission(permission: string, frame: StandInWebFrameMain): Promise<boolean> {
    const granted = await this.session.requestPermission(this, permission, {
      requestingUrl: frame.url,
      isMainFrame: frame.parent === null,
    });
    await this.#setPermission(permission, new URL(frame.url), granted);
    return granted;
  }

  /** Chromium gets the check handler's answers before the page can ask. */
  async #applyPermissionChecks(url: string): Promise<void> {
    const parsed = new URL(url);
    const origin = `${parsed.protocol}//${parsed.host}`;
    const names = Object.keys(browserPermissions);
    await Promise.all(
      names.map((name) =>
        this.#setPermission(name, parsed, this.session.checkPermission(this, name, `${origin}/`)),
      ),
    );
  }

  async #setPermission(permission: string, url: URL, granted: boolean): Promise<void> {
    const scheme = url.protocol.slice(0, -1);
    if (!protocol.webSchemes.has(scheme)) return;
    const origin = `https://${url.host}.${scheme}.holdfast.test`;
    const names = browserPermissions[permission as keyof typeof browserPermissions] ?? [];
    for (const name of names) {
      const key = `${origin} ${name}`;
      if (this.#verdicts.get(key) === granted) continue;
      this.#verdicts.set(key, granted);
      await browserHost.setPermission(origin, name, granted);
    }
  }

  #requireAlive(): void {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
  }
}

browserHost.on('download', (download: DownloadBegin) => {
  StandInWebContents.ofFrame(download.frameId)?.announceDownload(download);
});
