import type { CdpSession } from '../chromium/cdp.ts';
import { toAppUrl } from '../chromium/origin-map.ts';
import type { FrameTree } from './frame-tree.ts';
import type { NavigationAttempt } from './network-gate.ts';

export interface NavigationEvents {
  /** True when a listener prevented it. */
  willNavigate(url: string, frameId: string, isMainFrame: boolean): boolean;
  willRedirect(url: string, frameId: string, isMainFrame: boolean): boolean;
}

/**
 * Tells navigations that the page started from those that main (or a test's driver) started: Electron asks its
 * listeners about the former only. The evidence is Chromium's own report that the page requested it.
 */
export class NavigationWatch {
  readonly #session: CdpSession;
  readonly #frames: FrameTree;
  readonly #events: NavigationEvents;
  readonly #schemes: ReadonlySet<string>;
  readonly #requested = new Map<string, string>();
  #expected: string | undefined;
  #scheduled = '';

  constructor(
    session: CdpSession,
    frames: FrameTree,
    schemes: ReadonlySet<string>,
    events: NavigationEvents,
  ) {
    this.#session = session;
    this.#frames = frames;
    this.#schemes = schemes;
    this.#events = events;
    session.on('Page.frameNavigated', ({ frame }) => this.#requested.delete(frame.id));
    session.on('Page.frameScheduledNavigation', ({ frameId, url }) => {
      this.#scheduled = `${frameId} ${url}`;
      this.#pageRequested(frameId, url);
    });
    // A script's navigation is reported twice, a link's once.
    session.on('Page.frameRequestedNavigation', ({ frameId, url }) => {
      if (this.#scheduled !== `${frameId} ${url}`) this.#pageRequested(frameId, url);
      this.#scheduled = '';
    });
  }

  /** Announces a navigation of the main frame by main itself. */
  expect(appUrl: string): void {
    this.#expected = withoutHash(appUrl);
  }

  async mayGo({ frameId, url, isRedirect }: NavigationAttempt): Promise<boolean> {
    const isMainFrame = this.#frames.isMain(frameId);
    if (isRedirect) return !this.#events.willRedirect(url, frameId, isMainFrame);
    if (isMainFrame && this.#expected === withoutHash(url)) {
      this.#expected = undefined;
      return true;
    }
    if (!(await this.#startedByPage(frameId, url))) return true;
    return !this.#events.willNavigate(url, frameId, isMainFrame);
  }

  #pageRequested(frameId: string, pageUrl: string): void {
    const url = toAppUrl(pageUrl, this.#schemes);
    const current = this.#frames.frame(frameId)?.url ?? '';
    // Within the document nothing is loaded, so nothing is asked.
    if (url.includes('#') && withoutHash(url) === withoutHash(current)) return;
    if (/^https?:/.test(url) || this.#schemes.has(new URL(url).protocol.slice(0, -1))) {
      this.#requested.set(frameId, withoutHash(url));
      return;
    }
    // file:, data:, mailto: and the like never reach request interception: ask here, and stop what was denied.
    if (this.#events.willNavigate(url, frameId, this.#frames.isMain(frameId))) {
      this.#session.send('Page.stopLoading').catch(() => undefined);
    }
  }

  async #startedByPage(frameId: string, url: string): Promise<boolean> {
    if (this.#takeRequested(frameId, url)) return true;
    // The report comes from another process than the request and may be a moment behind; a round trip through
    // the page's process brings it here. A crashed page does not answer, hence the limit.
    const answered = this.#session.send('Runtime.evaluate', { expression: '0' }).catch(() => undefined);
    await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 250))]);
    return this.#takeRequested(frameId, url);
  }

  #takeRequested(frameId: string, url: string): boolean {
    if (this.#requested.get(frameId) !== withoutHash(url)) return false;
    this.#requested.delete(frameId);
    return true;
  }
}

function withoutHash(url: string): string {
  const at = url.indexOf('#');
  return at < 0 ? url : url.slice(0, at);
}
