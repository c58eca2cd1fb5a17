import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { lifecycle } from '../lifecycle.ts';
import type { CdpSession } from './cdp.ts';
import { launchChromium, type Chromium } from './launch.ts';

export interface PageTarget {
  readonly targetId: string;
  readonly session: CdpSession;
  readonly headed: boolean;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface DownloadBegin {
  readonly frameId: string;
  readonly guid: string;
  readonly url: string;
  readonly suggestedFilename: string;
}

/**
 * The one Chromium behind all windows, started with the first of them. Emits `target-closed` (target id),
 * `title` (target id, title), `download` (`DownloadBegin`) and `browser-closed`.
 */
class BrowserHost extends EventEmitter {
  #chromium: Promise<Chromium> | undefined;
  #firstPageTaken = false;
  readonly #endpoint = Promise.withResolvers<string | undefined>();

  /** DevTools address for tests; settles when Chromium has started. */
  get endpoint(): Promise<string | undefined> {
    return this.#endpoint.promise;
  }

  async openPage(userData: string, size: Size): Promise<PageTarget> {
    this.#chromium ??= this.#launch(userData, size);
    const { connection, headed } = await this.#chromium;
    const { browser } = connection;
    const targetId = this.#firstPageTaken
      ? (await browser.send('Target.createTarget', { url: 'about:blank', newWindow: true })).targetId
      : await this.#takeFirstPage();
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
    return { targetId, session: connection.session(sessionId), headed };
  }

  async closePage(targetId: string): Promise<void> {
    const chromium = await this.#chromium;
    await chromium?.connection.browser.send('Target.closeTarget', { targetId }).catch(() => undefined);
  }

  async setPermission(origin: string, name: string, granted: boolean): Promise<void> {
    const chromium = await this.#chromium;
    // A Chromium that does not know the permission cannot grant it either.
    await chromium?.connection.browser
      .send('Browser.setPermission', {
        origin,
        permission: { name },
        setting: granted ? 'granted' : 'denied',
      })
      .catch(() => undefined);
  }

  async #takeFirstPage(): Promise<string> {
    this.#firstPageTaken = true;
    const chromium = await this.#chromium;
    const { targetInfos } = (await chromium?.connection.browser.send('Target.getTargets')) ?? {};
    const first = targetInfos?.find(({ type }) => type === 'page');
    if (!first) throw new Error('Chromium started without a page.');
    return first.targetId;
  }

  async #launch(userData: string, size: Size): Promise<Chromium> {
    try {
      const chromium = await launchChromium({
        profile: join(userData, 'Chromium'),
        size,
        debuggingPort: process.env['HOLDFAST_STANDIN_CONTROL'] !== undefined,
      });
      await this.#prepare(chromium);
      this.#endpoint.resolve(chromium.endpoint);
      lifecycle.onExit(() => chromium.close());
      return chromium;
    } catch (error) {
      this.#endpoint.reject(error);
      console.error(`stand-in: ${(error as Error).message}`);
      await lifecycle.exit(1);
      throw error;
    }
  }

  async #prepare({ connection }: Chromium): Promise<void> {
    const { browser } = connection;
    browser.on('Target.targetCreated', ({ targetInfo }) => {
      // A link with a target opens its window by itself. Main has been asked by then and cannot say yes here.
      if (targetInfo.type === 'page' && targetInfo.openerId !== undefined)
        void this.closePage(targetInfo.targetId);
    });
    browser.on('Target.targetDestroyed', ({ targetId }) => this.emit('target-closed', targetId));
    browser.on('Target.targetInfoChanged', ({ targetInfo }) => {
      this.emit('title', targetInfo.targetId, targetInfo.title);
    });
    browser.on('Browser.downloadWillBegin', (download) => {
      // A test that attaches may have allowed downloads for itself; they still never reach the disk.
      browser.send('Browser.cancelDownload', { guid: download.guid }).catch(() => undefined);
      this.emit('download', download);
    });
    await browser.send('Target.setDiscoverTargets', { discover: true });
    await browser.send('Browser.setDownloadBehavior', { behavior: 'deny', eventsEnabled: true });
    // Chromium ended by itself: the user closed its last window, or it crashed.
    connection.onClose(() => this.emit('browser-closed'));
  }
}

export const browserHost = new BrowserHost();
browserHost.endpoint.catch(() => undefined);
