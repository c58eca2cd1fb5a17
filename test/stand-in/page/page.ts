import { randomBytes } from 'node:crypto';
import { nativeTheme } from '../api/native-theme.ts';
import { protocol } from '../api/protocol.ts';
import type { StandInWebContents } from '../api/web-contents.ts';
import { browserHost, type PageTarget, type Size } from '../chromium/browser.ts';
import { toPageUrl } from '../chromium/origin-map.ts';
import { buildPageScripts } from '../renderer/page-script.ts';
import { FrameTree } from './frame-tree.ts';
import { MessageLink, type LinkHandlers } from './message-link.ts';
import { NavigationWatch, type NavigationEvents } from './navigation.ts';
import { NetworkGate } from './network-gate.ts';

export interface PageOptions {
  readonly userData: string;
  readonly size: Size;
  readonly preload: string | undefined;
}

export type PageHandlers = LinkHandlers &
  NavigationEvents & {
    /** Before a document of the main frame is requested. */
    beforeDocument(url: string): Promise<void>;
  };

const worldName = 'Electron Isolated Context';

/** A live Chromium page with everything wired that makes it behave as the page of a BrowserWindow. */
export class Page {
  readonly target: PageTarget;
  readonly frames: FrameTree;
  readonly link: MessageLink;
  readonly navigation: NavigationWatch;

  private constructor(target: PageTarget, frames: FrameTree, link: MessageLink, navigation: NavigationWatch) {
    this.target = target;
    this.frames = frames;
    this.link = link;
    this.navigation = navigation;
  }

  static async open(
    webContents: StandInWebContents,
    options: PageOptions,
    handlers: PageHandlers,
  ): Promise<Page> {
    const target = await browserHost.openPage(options.userData, options.size);
    const { session } = target;
    const schemes = protocol.webSchemes;
    const { frameTree } = await session.send('Page.getFrameTree');
    const frames = new FrameTree(session, frameTree.frame.id, worldName, schemes);
    const names = { binding: `standIn${randomBytes(8).toString('hex')}`, deliver: '__standInDeliver' };
    const link = new MessageLink(session, frames, webContents, names, handlers);
    const navigation = new NavigationWatch(session, frames, schemes, handlers);
    const page = new Page(target, frames, link, navigation);
    await Promise.all([
      session.send('Page.enable'),
      session.send('Runtime.enable'),
      session.send('Log.enable'),
    ]);
    await page.#followColorScheme();
    await page.#installScripts(names, options.preload, handlers);
    const gate = new NetworkGate(session, webContents.session, webContents.id, async (attempt) => {
      const allowed = await navigation.mayGo(attempt);
      if (allowed && frames.isMain(attempt.frameId)) await handlers.beforeDocument(attempt.url);
      return allowed;
    });
    await gate.open();
    return page;
  }

  /** `prefers-color-scheme` follows nativeTheme, as in Electron. */
  async #followColorScheme(): Promise<void> {
    const apply = (): Promise<void> =>
      this.target.session.send('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: nativeTheme.colorScheme }],
      }) as Promise<unknown> as Promise<void>;
    // Each document anew: a driver that is attached as well restores its own idea of the scheme there.
    this.target.session.on('Page.domContentEventFired', () => void apply().catch(() => undefined));
    nativeTheme.on('-page-scheme', () => void apply().catch(() => undefined));
    await apply();
  }

  async #installScripts(
    names: { binding: string; deliver: string },
    preload: string | undefined,
    handlers: PageHandlers,
  ): Promise<void> {
    const { session } = this.target;
    const config = {
      ...names,
      preloadPath: preload ?? '',
      platform: process.platform,
      arch: process.arch,
      versions: { ...(process.versions as Record<string, string>) },
    };
    const scripts = buildPageScripts(preload, config, `standIn${randomBytes(16).toString('hex')}`);
    if (scripts.preloadFailure) handlers.preloadError(scripts.preloadFailure);
    await session.send('Runtime.addBinding', { name: names.binding, executionContextName: worldName });
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: scripts.mainWorld });
    await session.send('Page.addScriptToEvaluateOnNewDocument', {
      source: scripts.isolatedWorld,
      worldName,
    });
  }

  /**
   * Loads an address and waits for its load event. Rejects with Chromium's error text, such as
   * `net::ERR_ABORTED`.
   */
  async navigate(url: string): Promise<void> {
    const { session } = this.target;
    this.navigation.expect(url);
    const loaded = new Promise<void>((resolve) => session.on('Page.loadEventFired', () => resolve()));
    const { errorText, loaderId } = await session.send('Page.navigate', {
      url: toPageUrl(url, protocol.webSchemes),
    });
    if (errorText !== undefined && errorText !== '') throw new Error(errorText);
    // No loader: only the fragment changed, and there will be no load event.
    if (loaderId !== undefined) await loaded;
  }
}
