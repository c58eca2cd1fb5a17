import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LaunchedApp } from '../../e2e/launch.ts';
import { launchFixture, until } from './fixture-app.ts';

declare global {
  var navigations: string[];
}

let app: LaunchedApp;
const page = <Result = unknown>(code: string): Promise<Result> => app.page.evaluate(code);
const noted = (): Promise<string[]> => app.control.evaluate(() => globalThis.navigations);
const url = async (): Promise<string | undefined> => (await app.control.windows())[0]?.url;

beforeAll(async () => {
  app = await launchFixture();
  await app.control.evaluate(({ BrowserWindow, session }) => {
    globalThis.navigations = [];
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    const note =
      (name: string) =>
      (event: { url: string; isMainFrame: boolean; preventDefault(): void }): void => {
        globalThis.navigations.push(`${name} ${event.url}${event.isMainFrame ? '' : ' (sub-frame)'}`);
        event.preventDefault();
      };
    contents?.on('will-navigate', note('will-navigate'));
    contents?.on('will-frame-navigate', note('will-frame-navigate'));
    contents?.on('will-redirect', note('will-redirect'));
    contents?.setWindowOpenHandler(({ url: wanted }) => {
      globalThis.navigations.push(`window.open ${wanted}`);
      return { action: 'deny' };
    });
    session.defaultSession.on('will-download', (event, item) => {
      globalThis.navigations.push(`download ${item.getFilename()}`);
      event.preventDefault();
    });
  });
});
afterAll(() => app.close());
beforeEach(async () => {
  await app.control.evaluate(() => void (globalThis.navigations = []));
});

describe('a navigation that the page starts', () => {
  it.each([
    ['a link to elsewhere', "document.getElementById('away').click()", 'https://example.test/away'],
    [
      'a link to another page of the app',
      "document.getElementById('other').click()",
      'app://fixture/other.html',
    ],
    ['location.href', "location.href = 'https://example.test/there'", 'https://example.test/there'],
    [
      'location.replace',
      "location.replace('https://example.test/replaced')",
      'https://example.test/replaced',
    ],
    ['a local file', "location.href = 'file:///etc/passwd'", 'file:///etc/passwd'],
    ['another program', "location.href = 'mailto:someone@example.test'", 'mailto:someone@example.test'],
    [
      'a form',
      "document.body.append(Object.assign(document.createElement('form'), { action: 'https://example.test/form', id: 'form' })); document.getElementById('form').submit()",
      'https://example.test/form?',
    ],
  ])('is denied by the listener: %s', async (_name, code, target) => {
    await page(`{ ${code} }`);
    await until(async () => (await noted()).length > 0);
    expect(await noted()).toEqual([`will-frame-navigate ${target}`]);
    // Still the page that was there, with its state.
    expect(await page('document.title')).toBe('Stand-in fixture');
    expect(await url()).toBe('app://fixture/index.html');
  });

  it('asks will-navigate when will-frame-navigate let it pass, and denies then', async () => {
    const other = await launchFixture();
    try {
      await other.control.evaluate(({ BrowserWindow }) => {
        globalThis.navigations = [];
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        contents?.on(
          'will-frame-navigate',
          (event) => void globalThis.navigations.push(`frame ${event.url}`),
        );
        contents?.on('will-navigate', (event) => {
          globalThis.navigations.push(`main ${event.url}`);
          event.preventDefault();
        });
      });
      await other.page.evaluate("document.getElementById('other').click()");
      await until(async () => (await other.control.evaluate(() => globalThis.navigations.length)) === 2);
      expect(await other.control.evaluate(() => globalThis.navigations)).toEqual([
        'frame app://fixture/other.html',
        'main app://fixture/other.html',
      ]);
      expect(await other.page.evaluate('document.title')).toBe('Stand-in fixture');
    } finally {
      await other.close();
    }
  });

  it('goes through when nobody denies it, but never to the network', async () => {
    const free = await launchFixture();
    try {
      await free.page.evaluate("document.getElementById('redirect').click()");
      await free.page.waitForFunction("document.title === 'Other'");
      expect(await free.control.windows()).toMatchObject([{ url: 'app://fixture/other.html' }]);
      await free.page.evaluate("location.href = 'https://example.test/out'");
      await until(async () => (await free.control.blockedRequests()).length > 0);
      expect(await free.control.blockedRequests()).toEqual([
        { url: 'https://example.test/out', kind: 'Document' },
      ]);
    } finally {
      await free.close();
    }
  });

  it('is asked about for sub-frames too', async () => {
    await page(
      "{ document.body.append(Object.assign(document.createElement('iframe'), { src: './other.html' })) }",
    );
    await until(async () => (await noted()).length > 0);
    expect(await noted()).toEqual(['will-frame-navigate app://fixture/other.html (sub-frame)']);
  });

  it('is not asked about when only the fragment changes', async () => {
    await page("location.hash = '#/trade'");
    await until(async () => (await url()) === 'app://fixture/index.html#/trade');
    await page("history.replaceState(null, '', '#')");
    expect(await noted()).toEqual([]);
  });
});

describe('a redirect by the handler', () => {
  it('is asked about with will-redirect and can be denied', async () => {
    const outcome = await app.control.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]
        ?.loadURL('app://fixture/redirect')
        .then(
          () => 'loaded',
          (error: unknown) => (error as Error).message,
        ),
    );
    expect(outcome).toContain('net::ERR_ABORTED');
    expect(await noted()).toEqual(['will-redirect app://fixture/other.html']);
  });
});

describe('a navigation that main starts', () => {
  it('is not asked about', async () => {
    await app.control.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.loadURL('app://fixture/index.html'),
    );
    await app.page.reload();
    await app.control.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      return new Promise<void>((resolve) => {
        contents?.once('did-finish-load', () => resolve());
        contents?.reload();
      });
    });
    expect(await noted()).toEqual([]);
  });
});

describe('new windows and downloads', () => {
  it('gives null for window.open and tells the handler the address', async () => {
    expect(await page("String(window.open('./other.html'))")).toBe('null');
    await until(async () => (await noted()).length > 0);
    expect(await noted()).toEqual(['window.open app://fixture/other.html']);
    expect(await app.control.deniedWindows()).toContain('app://fixture/other.html');
  });

  it('opens nothing for a link with a target', async () => {
    await app.page.click('#blank');
    await until(async () => (await noted()).length > 0);
    expect(await noted()).toEqual(['window.open https://example.test/blank']);
    await until(() => app.page.context().pages().length === 1);
  });

  it('tells the session of a download and saves nothing', async () => {
    await app.page.click('#download');
    await until(async () => (await noted()).some((line) => line.startsWith('download')));
    expect(await noted()).toContain('download report.csv');
  });
});

describe('a renderer that dies', () => {
  it('is reported, and comes back with reload', async () => {
    const fragile = await launchFixture();
    try {
      await fragile.control.evaluate(({ app: electronApp, BrowserWindow }) => {
        globalThis.navigations = [];
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        electronApp.on('render-process-gone', (_event, _contents, { reason }) =>
          globalThis.navigations.push(`app ${reason}`),
        );
        contents?.on('render-process-gone', (_event, { reason }) => {
          globalThis.navigations.push(`contents ${reason} ${String(contents.isCrashed())}`);
          contents.reload();
        });
        // The end of the very first load can still be on its way: it is not what we wait for.
        contents?.on('did-finish-load', () => {
          if (globalThis.navigations.length > 0) globalThis.navigations.push('loaded again');
        });
      });
      await fragile.control.crashRenderer();
      const gone = (): Promise<string[]> => fragile.control.evaluate(() => globalThis.navigations);
      await until(async () => (await gone()).includes('loaded again'));
      expect(await gone()).toEqual(['app crashed', 'contents crashed true', 'loaded again']);
    } finally {
      await fragile.close();
    }
  });
});
