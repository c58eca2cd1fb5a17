import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LaunchedApp } from '../../e2e/launch.ts';
import { launchFixture } from './fixture-app.ts';

let app: LaunchedApp;
beforeAll(async () => {
  app = await launchFixture();
});
afterAll(() => app.close());

/** Evaluates a text in the page: the DOM is not typed on this side. */
const page = (code: string): Promise<unknown> => app.page.evaluate(code);

describe('the custom scheme', () => {
  it('is served by the handler of main, in a secure context of its own origin', async () => {
    expect(await page('document.title')).toBe('Stand-in fixture');
    expect(await page('isSecureContext')).toBe(true);
    expect(await app.control.windows()).toMatchObject([{ url: 'app://fixture/index.html' }]);
  });

  it('gives the page the status the handler chose', async () => {
    const failed = await app.control.evaluate(async ({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      await window?.loadURL('app://fixture/missing.html');
      return window?.webContents.getURL();
    });
    expect(failed).toBe('app://fixture/missing.html');
    expect(await page('document.body.textContent')).toBe('not found');
    await app.control.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.loadURL('app://fixture/'),
    );
  });

  it('rejects loadURL when there is no handler or it fails', async () => {
    const messages = await app.control.evaluate(async ({ BrowserWindow, protocol }) => {
      const [window] = BrowserWindow.getAllWindows();
      const load = (): Promise<string> =>
        window?.loadURL('app://fixture/other.html').then(
          () => 'loaded',
          (error: unknown) => (error as Error).message,
        ) ?? Promise.resolve('no window');
      protocol.unhandle('app');
      const unhandled = await load();
      protocol.handle('app', () => Promise.reject(new Error('broken on purpose')));
      const broken = await load();
      protocol.unhandle('app');
      protocol.handle(
        'app',
        () => new Response('<title>back</title>', { headers: { 'Content-Type': 'text/html' } }),
      );
      return { unhandled, broken, handled: protocol.isProtocolHandled('app'), again: await load() };
    });
    expect(messages).toEqual({
      unhandled: "net::ERR_FAILED (-2) loading 'app://fixture/other.html'",
      broken: "net::ERR_FAILED (-2) loading 'app://fixture/other.html'",
      handled: true,
      again: 'loaded',
    });
  });

  it('may be declared before ready only, and handled after', async () => {
    const refused = await app.control.evaluate(({ protocol }) => {
      const calls = [
        () => protocol.registerSchemesAsPrivileged([{ scheme: 'late', privileges: { standard: true } }]),
        () => protocol.handle('app', () => new Response('twice')),
        () => protocol.unhandle('never'),
      ];
      return calls.map((call) => {
        try {
          call();
          return 'allowed';
        } catch (error) {
          return (error as Error).message;
        }
      });
    });
    expect(refused).toEqual([
      'protocol.registerSchemesAsPrivileged should be called before app is ready',
      'Failed to register protocol: app',
      'Failed to unhandle protocol: never',
    ]);
  });
});

describe('the content security policy of a response', () => {
  let guarded: LaunchedApp;
  beforeAll(async () => {
    guarded = await launchFixture();
  });
  afterAll(() => guarded.close());

  const violation = (code: string): Promise<string> =>
    guarded.page.evaluate(`new Promise((resolve) => {
      addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true });
      ${code}
    })`);

  it.each([
    [
      'inline scripts',
      'script-src-elem',
      "document.head.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.hacked = 1' }));",
    ],
    ['eval', 'script-src', "setTimeout('globalThis.hacked = 1');"],
    [
      'scripts from elsewhere',
      'script-src-elem',
      "document.head.append(Object.assign(document.createElement('script'), { src: 'https://example.test/x.js' }));",
    ],
    ['connections', 'connect-src', "fetch('/page.js').catch(() => undefined);"],
    ['sockets', 'connect-src', "try { new WebSocket('wss://example.test/') } catch {}"],
    ['inline styles', 'style-src-attr', "document.body.setAttribute('style', 'color: red');"],
    ['pictures', 'img-src', "document.body.append(Object.assign(new Image(), { src: './x.png' }));"],
  ])('keeps out %s, enforced by Chromium', async (_name, directive, code) => {
    expect(await violation(code)).toBe(directive);
    expect(await guarded.page.evaluate('globalThis.hacked')).toBeUndefined();
  });
});

describe('the network of a page', () => {
  it('ends at the app: everything else is blocked and counted', async () => {
    const open = await launchFixture();
    try {
      await open.control.evaluate(async ({ BrowserWindow, protocol }) => {
        protocol.unhandle('app');
        protocol.handle(
          'app',
          () => new Response('<p>no policy</p>', { headers: { 'Content-Type': 'text/html' } }),
        );
        await BrowserWindow.getAllWindows()[0]?.loadURL('app://fixture/open.html');
      });
      const outcome = await open.page.evaluate(`(async () => {
        const socket = new Promise((resolve) => { new WebSocket('wss://example.test/s').onerror = () => resolve('error'); });
        const beacon = fetch('https://example.test/x').then(() => 'fetched', () => 'failed');
        const local = fetch('http://127.0.0.1:9/').then(() => 'fetched', () => 'failed');
        const own = fetch('./page.js').then(() => 'fetched', () => 'failed');
        return [await socket, await beacon, await local, await own];
      })()`);
      // The last one because the scheme was declared without `supportFetchAPI`.
      expect(outcome).toEqual(['error', 'failed', 'failed', 'failed']);
      const blocked = await open.control.blockedRequests();
      expect(blocked.map(({ url }) => url).sort()).toEqual([
        'http://127.0.0.1:9/',
        'https://example.test/x',
        'wss://example.test/s',
      ]);
    } finally {
      await open.close();
    }
  });

  it('passes the listeners of webRequest, which may cancel, redirect and change headers', async () => {
    const open = await launchFixture();
    try {
      const url = await open.control.evaluate(async ({ BrowserWindow, session }) => {
        const { webRequest } = session.defaultSession;
        webRequest.onBeforeRequest({ urls: ['app://fixture/*'] }, (details, callback) => {
          if (details.url.endsWith('page.js')) callback({ cancel: true });
          else if (details.url.endsWith('moved.html')) callback({ redirectURL: 'app://fixture/index.html' });
          else callback({});
        });
        webRequest.onHeadersReceived((details, callback) => {
          callback({ responseHeaders: { 'Content-Type': details.responseHeaders?.['content-type'] ?? [] } });
        });
        await BrowserWindow.getAllWindows()[0]?.loadURL('app://fixture/moved.html');
        return BrowserWindow.getAllWindows()[0]?.webContents.getURL();
      });
      expect(url).toBe('app://fixture/index.html');
      expect(await open.page.evaluate('typeof atFirstScript')).toBe('undefined');
      // The policy went with the headers, so an inline script runs.
      await open.page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.ran = 1' }))",
      );
      expect(await open.page.evaluate('globalThis.ran')).toBe(1);
    } finally {
      await open.close();
    }
  });
});
