/** The running application against its own page: everything that the shell denies is tried from inside. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { surface } from '../../src-preload/contract/index.ts';
import { APP_ORIGIN, CONTENT_SECURITY_POLICY } from '../../src-main/shell/app-protocol.ts';
import { launchApp, type LaunchedApp } from './launch.ts';

let app: LaunchedApp | undefined;
/** Where the page lives: our scheme on Electron, the address that the stand-in maps it to otherwise. */
let home = '';
const inPage = async <T>(script: string): Promise<T> => (await app?.page.evaluate(script)) as T;

beforeAll(async () => {
  app = await launchApp();
  await app.page.locator('#app > *').first().waitFor({ state: 'attached' });
  home = await inPage<string>('location.origin');
});
afterAll(async () => {
  await app?.close();
});

describe('the page of the running application', () => {
  it('comes from our own origin, under the whole content policy', async () => {
    if (app?.host === 'electron') expect(home).toBe(APP_ORIGIN);
    const policy = await inPage<string>(`new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.originalPolicy), { once: true });
      const image = document.createElement('img');
      image.src = 'https://example.org/x.png';
      document.body.append(image);
    })`);
    expect(policy.split('; ').sort()).toEqual(CONTENT_SECURITY_POLICY.split('; ').sort());
  });

  it('has the bridge with the names of the contract, and nothing of Node or Electron', async () => {
    const names = await inPage<string[]>('Object.keys(window.holdfast)');
    expect(names.sort()).toEqual([...Object.keys(surface().calls), 'subscribe'].sort());
    const globals = await inPage<string[]>(
      `['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer', '__dirname'].filter((name) => name in globalThis)`,
    );
    expect(globals).toEqual([]);
  });

  it('gets a typed refusal for junk, and locked for what needs the vault', async () => {
    expect(await inPage('window.holdfast.app.openLink({ link: "https://example.org" })')).toMatchObject({
      ok: false,
      error: { kind: 'badInput', code: 'input.invalid' },
    });
    expect(await inPage('window.holdfast.app.state(JSON.parse(\'{"__proto__": {"x": 1}}\'))')).toMatchObject({
      ok: false,
    });
    expect(await inPage('window.holdfast.market.instruments({ venue: "practice" })')).toMatchObject({
      ok: false,
      error: { kind: 'locked', code: 'vault.locked' },
    });
  });

  it('cannot reach the other side through a function of the bridge', async () => {
    const reached = await inPage<string>(
      `(() => { try { return typeof window.holdfast.app.state.constructor('return process')(); } catch { return 'stopped'; } })()`,
    );
    expect(reached).toBe('stopped');
  });

  it.each([
    'https://example.org/',
    'file:///etc/passwd',
    'data:text/html,x',
    // Not about:blank: no handler sees that one go. Its page is refused as a sender (unit/ipc/sender).
    './missing.html',
  ])('does not navigate to %s, nor reload', async (address) => {
    await inPage(`void (globalThis.sameDocument = true, location.href = ${JSON.stringify(address)})`);
    // A denied navigation has no event to wait for; an allowed one to our own files takes a few milliseconds.
    await app?.page.waitForTimeout(200);
    expect(await inPage<string>('location.href')).toContain(`${home}/index.html`);
    expect(await inPage('globalThis.sameDocument')).toBe(true);
  });

  it('opens no window', async () => {
    expect(await inPage('window.open("https://example.org") === null')).toBe(true);
    expect(await inPage('window.open(location.href) === null')).toBe(true);
  });

  it('is granted no permission', async () => {
    expect(await inPage('Notification.requestPermission()')).toBe('denied');
    const camera = await inPage<string>(
      'navigator.mediaDevices ? navigator.mediaDevices.getUserMedia({ video: true }).then(() => "granted", (error) => error.name) : "absent"',
    );
    expect(camera).not.toBe('granted');
  });

  it('makes no request of its own', async () => {
    for (const address of ['https://example.org/', './index.html', 'http://127.0.0.1:9/']) {
      const outcome = await inPage(
        `fetch(${JSON.stringify(address)}).then(() => 'answered', () => 'refused')`,
      );
      expect(outcome, address).toBe('refused');
    }
  });
});
