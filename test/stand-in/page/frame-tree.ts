import type { CdpSession } from '../chromium/cdp.ts';
import { toAppOrigin, toAppUrl } from '../chromium/origin-map.ts';
import { StandInWebFrameMain } from '../api/web-frame-main.ts';

interface ContextInfo {
  readonly id: number;
  readonly frame: StandInWebFrameMain;
}

/**
 * Follows the frames of one page and the preload world of each. Whose message it is comes from here, that is
 * from the browser, never from what the page says about itself.
 */
export class FrameTree {
  readonly main: StandInWebFrameMain;
  readonly #mainToken: string;
  readonly #frames = new Map<string, StandInWebFrameMain>();
  readonly #contexts = new Map<number, ContextInfo>();
  readonly #schemes: ReadonlySet<string>;

  constructor(session: CdpSession, mainToken: string, world: string, schemes: ReadonlySet<string>) {
    this.#schemes = schemes;
    this.#mainToken = mainToken;
    this.main = new StandInWebFrameMain(mainToken, null);
    this.#frames.set(mainToken, this.main);
    session.on('Page.frameAttached', ({ frameId, parentFrameId }) => this.#attach(frameId, parentFrameId));
    session.on('Page.frameDetached', ({ frameId }) => this.#detach(frameId));
    session.on('Page.frameNavigated', ({ frame }) => this.#navigated(frame));
    session.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      const frame = this.#frames.get(frameId);
      if (frame) frame.url = toAppUrl(url, this.#schemes);
    });
    session.on('Runtime.executionContextCreated', ({ context }) => {
      const frameId = (context.auxData as { frameId?: string } | undefined)?.frameId;
      const frame = frameId === undefined ? undefined : this.#frames.get(frameId);
      if (context.name === world && frame) this.#contexts.set(context.id, { id: context.id, frame });
    });
    session.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      this.#contexts.delete(executionContextId);
    });
    session.on('Runtime.executionContextsCleared', () => this.#contexts.clear());
  }

  isMain(frameId: string): boolean {
    return frameId === this.#mainToken;
  }

  frame(frameId: string): StandInWebFrameMain | undefined {
    return this.#frames.get(frameId);
  }

  /** The frame whose preload world has this context id. */
  frameOf(contextId: number): StandInWebFrameMain | undefined {
    return this.#contexts.get(contextId)?.frame;
  }

  /** The preload world of the main frame's current document; undefined between documents. */
  get mainContext(): number | undefined {
    for (const context of this.#contexts.values()) if (context.frame === this.main) return context.id;
    return undefined;
  }

  #attach(frameId: string, parentId: string): void {
    if (this.#frames.has(frameId)) return;
    this.#frames.set(frameId, new StandInWebFrameMain(frameId, this.#frames.get(parentId) ?? this.main));
  }

  #detach(frameId: string): void {
    this.#frames.get(frameId)?.destroy();
    this.#frames.delete(frameId);
  }

  #navigated(frame: {
    id: string;
    parentId?: string;
    name?: string;
    url: string;
    unreachableUrl?: string;
    securityOrigin: string;
  }): void {
    if (frame.parentId !== undefined) this.#attach(frame.id, frame.parentId);
    const known = this.#frames.get(frame.id);
    if (!known) return;
    known.url = toAppUrl(frame.unreachableUrl ?? frame.url, this.#schemes);
    known.name = frame.name ?? '';
    known.origin = frame.securityOrigin === '://' ? 'null' : toAppOrigin(frame.securityOrigin, this.#schemes);
  }
}
