import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { openMainWindow, windowOptions, type MainWindowParts } from '../../../src-main/shell/window.ts';
import { DEFAULT_STATE, type WindowState } from '../../../src-main/shell/window-state.ts';

const look = { preload: '/app/preload/index.cjs', icon: '/app/icon.png', dark: true, devTools: false };
const options = windowOptions({ ...look, state: DEFAULT_STATE });

describe('windowOptions', () => {
  it.each([
    ['preload', '/app/preload/index.cjs'],
    ['sandbox', true],
    ['contextIsolation', true],
    ['nodeIntegration', false],
    ['nodeIntegrationInWorker', false],
    ['nodeIntegrationInSubFrames', false],
    ['webSecurity', true],
    ['allowRunningInsecureContent', false],
    ['experimentalFeatures', false],
    ['webviewTag', false],
    ['navigateOnDragDrop', false],
    ['safeDialogs', true],
    ['spellcheck', false],
    ['plugins', false],
    ['devTools', false],
  ])('sets the web preference %s to %s', (name, value) => {
    expect((options.webPreferences as Record<string, unknown>)[name]).toBe(value);
  });

  it('sets no web preference beside those', () => {
    expect(Object.keys(options.webPreferences ?? {})).toHaveLength(15);
  });

  it('starts hidden, with the background of the theme, and never below the smallest layout', () => {
    expect(options).toMatchObject({
      show: false,
      minWidth: 1024,
      minHeight: 640,
      backgroundColor: '#0E1116',
    });
    expect(windowOptions({ ...look, dark: false, state: DEFAULT_STATE }).backgroundColor).toBe('#F5F6F8');
  });

  it('leaves the place to the system when none is known', () => {
    expect(options).not.toHaveProperty('x');
    expect(windowOptions({ ...look, state: { ...DEFAULT_STATE, x: 5, y: 6 } })).toMatchObject({ x: 5, y: 6 });
  });
});

class FakeContents extends EventEmitter {
  readonly id = 3;
  reloads = 0;
  reload(): void {
    this.reloads += 1;
  }
  isDestroyed(): boolean {
    return false;
  }
}
class FakeWindow extends EventEmitter {
  readonly webContents = new FakeContents();
  readonly calls: string[] = [];
  destroyed = false;
  load: Promise<void> = Promise.resolve();
  url = '';
  show(): void {
    this.calls.push('show');
  }
  maximize(): void {
    this.calls.push('maximize');
  }
  destroy(): void {
    this.destroyed = true;
  }
  isMaximized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  getNormalBounds() {
    return { x: 1, y: 2, width: 1300, height: 800 };
  }
  loadURL(url: string): Promise<void> {
    this.url = url;
    return this.load;
  }
}

function setUp(state: WindowState = DEFAULT_STATE, load: Promise<void> = Promise.resolve()) {
  const window = new FakeWindow();
  window.load = load;
  const log: string[] = [];
  const saved: WindowState[] = [];
  let time = 0;
  const parts = {
    create: vi.fn<(made: unknown) => FakeWindow>(() => window),
    look,
    workAreas: [{ x: 0, y: 0, width: 1920, height: 1080 }],
    stateFile: { load: () => state, save: (value: WindowState) => saved.push(value) },
    admit: (id: number) => {
      log.push(`admit ${id}`);
      return () => log.push(`withdraw ${id}`);
    },
    onPageGone: (id: number) => log.push(`gone ${id}`),
    onMinimize: () => log.push('minimize'),
    onClosed: () => log.push('closed'),
    onCrash: (reason: string) => log.push(`crash ${reason}`),
    now: () => time,
  };
  const main = openMainWindow(parts as unknown as MainWindowParts);
  return { window, parts, log, saved, main, advance: (ms: number) => (time += ms) };
}

describe('openMainWindow', () => {
  it('admits the page to the border before it loads, and loads our own page only', () => {
    const { window, log } = setUp();
    expect(log).toEqual(['admit 3']);
    expect(window.url).toBe('app://holdfast/index.html');
  });

  it('shows the window once it has painted, maximised when it was', () => {
    const { window } = setUp({ ...DEFAULT_STATE, maximized: true });
    expect(window.calls).toEqual([]);
    window.emit('ready-to-show');
    expect(window.calls).toEqual(['maximize', 'show']);
  });

  it('withdraws the page and remembers the place when the window closes', () => {
    const { window, log, saved } = setUp();
    window.emit('close');
    window.emit('closed');
    expect(saved).toEqual([{ x: 1, y: 2, width: 1300, height: 800, maximized: false }]);
    expect(log).toEqual(['admit 3', 'withdraw 3', 'gone 3', 'closed']);
  });

  it('tells that the page went when it reloads, not when it changes its view or is denied a navigation', () => {
    const OWN = 'app://holdfast/index.html';
    const { window, log } = setUp();
    window.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true, url: OWN });
    window.webContents.emit('did-start-navigation', { isMainFrame: false, isSameDocument: false, url: OWN });
    const foreign = { isMainFrame: true, isSameDocument: false, url: 'https://example.org/denied' };
    window.webContents.emit('did-start-navigation', foreign);
    expect(log).toEqual(['admit 3']);
    window.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false, url: OWN });
    expect(log).toEqual(['admit 3', 'gone 3']);
  });

  it('reloads a page that died, but not for ever', () => {
    const { window, log, advance } = setUp();
    for (let death = 0; death < 5; death += 1)
      window.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(window.webContents.reloads).toBe(3);
    expect(log.filter((line) => line === 'crash crashed')).toHaveLength(5);
    advance(61_000);
    window.webContents.emit('render-process-gone', {}, { reason: 'oom' });
    expect(window.webContents.reloads).toBe(4);
  });

  it('does not reload a page that ended by itself', () => {
    const { window } = setUp();
    window.webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
    expect(window.webContents.reloads).toBe(0);
  });

  it('passes minimising on, for the lock', () => {
    const { window, log } = setUp();
    window.emit('minimize');
    expect(log.at(-1)).toBe('minimize');
  });

  it('says so when the page cannot be loaded, without an unhandled rejection', async () => {
    const { log } = setUp(DEFAULT_STATE, Promise.reject(new TypeError('ERR_FAILED (-2) loading')));
    await vi.waitFor(() => expect(log.at(-1)).toBe('crash page not loaded: TypeError'));
  });

  it('remembers the place and destroys the window on dispose, once', () => {
    const { main, window, saved } = setUp();
    main.dispose();
    main.dispose();
    expect(window.destroyed).toBe(true);
    expect(saved).toHaveLength(1);
  });
});
