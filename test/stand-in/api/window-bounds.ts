import type { Rectangle } from 'electron';
import type { CdpSession } from '../chromium/cdp.ts';
import type { StandInWebContents } from './web-contents.ts';

export interface BoundsOptions {
  readonly x?: number | undefined;
  readonly y?: number | undefined;
  readonly width: number;
  readonly height: number;
  readonly minWidth?: number | undefined;
  readonly minHeight?: number | undefined;
}

type WindowState = 'normal' | 'minimized' | 'maximized' | 'fullscreen';

/**
 * Size and place of a window. What the app set counts at once, as in Electron; Chromium follows. The bounds are
 * those of the content: Chromium's own frame around it is measured once and added.
 */
export class WindowBounds {
  minimum: { width: number; height: number };
  readonly #contents: StandInWebContents;
  #normal: Rectangle;
  #current: Rectangle;
  #state: WindowState = 'normal';
  #frame = { width: 0, height: 0 };
  #queue: Promise<void>;

  constructor(contents: StandInWebContents, options: BoundsOptions) {
    this.#contents = contents;
    this.minimum = { width: options.minWidth ?? 0, height: options.minHeight ?? 0 };
    const { x = 0, y = 0, width, height } = options;
    this.#normal = { x, y, width, height };
    this.#current = this.#normal;
    this.#queue = this.#measure().catch(() => undefined);
  }

  get current(): Rectangle {
    return { ...this.#current };
  }

  get normal(): Rectangle {
    return { ...this.#normal };
  }

  /** True when anything changed. */
  set(bounds: Partial<Rectangle>): boolean {
    const next = { ...this.#current, ...bounds };
    next.width = Math.max(next.width, this.minimum.width);
    next.height = Math.max(next.height, this.minimum.height);
    if (sameBounds(next, this.#current)) return false;
    this.#current = next;
    this.#normal = next;
    this.#apply('normal', next);
    return true;
  }

  setState(state: WindowState): void {
    this.#state = state;
    if (state === 'normal') this.#current = this.#normal;
    this.#apply(state);
  }

  /** Takes over what the user (or a window manager) did to the window. True when it differs. */
  async refresh(): Promise<boolean> {
    await this.#queue;
    const { session, headed } = (await this.#contents.page).target;
    if (!headed || this.#state === 'minimized') return false;
    const seen = await session.send('Browser.getWindowForTarget').catch(() => undefined);
    if (!seen || seen.bounds.windowState === 'minimized') return false;
    const { left = 0, top = 0, width = 0, height = 0 } = seen.bounds;
    const next = {
      x: left,
      y: top,
      width: width - this.#frame.width,
      height: height - this.#frame.height,
    };
    if (sameBounds(next, this.#current)) return false;
    this.#current = next;
    if (this.#state === 'normal') this.#normal = next;
    return true;
  }

  /** Measures Chromium's frame and gives the content the size the app asked for. */
  async #measure(): Promise<void> {
    const { session } = (await this.#contents.page).target;
    const { cssLayoutViewport } = await session.send('Page.getLayoutMetrics');
    const { bounds } = await session.send('Browser.getWindowForTarget');
    this.#frame = {
      width: Math.max(0, (bounds.width ?? 0) - cssLayoutViewport.clientWidth),
      height: Math.max(0, (bounds.height ?? 0) - cssLayoutViewport.clientHeight),
    };
    await this.#send(session, 'normal', this.#current);
    if (this.#state !== 'normal') await this.#send(session, this.#state);
  }

  #apply(state: WindowState, bounds?: Rectangle): void {
    this.#queue = this.#queue
      .then(async () => this.#send((await this.#contents.page).target.session, state, bounds))
      .catch(() => undefined);
  }

  async #send(session: CdpSession, windowState: WindowState, bounds?: Rectangle): Promise<void> {
    const { windowId, bounds: now } = await session.send('Browser.getWindowForTarget');
    // Chromium goes from one special state to another only by way of the normal one.
    if (now.windowState !== 'normal' && now.windowState !== windowState) {
      await session.send('Browser.setWindowBounds', { windowId, bounds: { windowState: 'normal' } });
    }
    const place = bounds && {
      left: bounds.x,
      top: bounds.y,
      width: bounds.width + this.#frame.width,
      height: bounds.height + this.#frame.height,
    };
    await session.send('Browser.setWindowBounds', { windowId, bounds: place ?? { windowState } });
  }
}

function sameBounds(a: Rectangle, b: Rectangle): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
