import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LaunchedApp } from '../../e2e/launch.ts';
import { launchFixture, until } from './fixture-app.ts';

declare global {
  var heard: string[];
}

let app: LaunchedApp;
beforeAll(async () => {
  app = await launchFixture();
  await app.control.evaluate(() => void (globalThis.heard = []));
});
afterAll(() => app.close());
beforeEach(() => app.control.evaluate(() => void (globalThis.heard = [])));

const heard = (): Promise<string[]> => app.control.evaluate(() => globalThis.heard.splice(0));

describe('permissions', () => {
  it('are granted when nobody decides, as Electron does', async () => {
    const free = await launchFixture();
    try {
      expect(await free.page.evaluate('Notification.requestPermission()')).toBe('granted');
    } finally {
      await free.close();
    }
  });

  it('are decided by the handlers of the session', async () => {
    await app.control.evaluate(({ session }) => {
      session.defaultSession.setPermissionRequestHandler((_contents, permission, callback, details) => {
        globalThis.heard.push(`${permission} ${details.requestingUrl}`);
        callback(false);
      });
      session.defaultSession.setPermissionCheckHandler(() => false);
      session.defaultSession.setDevicePermissionHandler(() => false);
    });
    await app.page.reload();
    const outcome = await app.page.evaluate(`(async () => ({
      notification: Notification.permission,
      asked: await Notification.requestPermission(),
      queried: (await navigator.permissions.query({ name: 'geolocation' })).state,
      position: await new Promise((resolve) => navigator.geolocation.getCurrentPosition(() => resolve('known'), (error) => resolve(error.code))),
      camera: await navigator.mediaDevices.getUserMedia({ video: true }).then(() => 'stream', (error) => error.name),
      clipboard: await navigator.clipboard.readText().then(() => 'text', (error) => error.name),
    }))()`);
    expect(outcome).toEqual({
      notification: 'denied',
      asked: 'denied',
      queried: 'denied',
      position: 1,
      camera: 'NotAllowedError',
      clipboard: 'NotAllowedError',
    });
    expect(await heard()).toEqual(
      ['notifications', 'geolocation', 'media', 'clipboard-read'].map(
        (permission) => `${permission} app://fixture/index.html`,
      ),
    );
  });
});

describe('the window', () => {
  const windows = async (): Promise<Awaited<ReturnType<LaunchedApp['control']['windows']>>[number]> => {
    const [window] = await app.control.windows();
    if (!window) throw new Error('no window');
    return window;
  };

  it('is shown when it was ready to show, with the size that was asked for', async () => {
    expect(await windows()).toMatchObject({
      visible: true,
      focused: true,
      title: 'Stand-in fixture',
      bounds: { width: 900, height: 700 },
    });
  });

  it('goes through its states and says so', async () => {
    const states = await app.control.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      if (!window) return [];
      const names = [
        'show',
        'hide',
        'minimize',
        'restore',
        'maximize',
        'unmaximize',
        'focus',
        'blur',
      ] as const;
      for (const name of names) window.on(name as 'show', () => globalThis.heard.push(name));
      const note = (): unknown[] => [window.isVisible(), window.isMinimized(), window.isMaximized()];
      const result: unknown[] = [];
      for (const step of [
        () => window.hide(),
        () => window.show(),
        () => window.minimize(),
        () => window.restore(),
        () => window.maximize(),
        () => window.unmaximize(),
      ]) {
        step();
        result.push(note());
      }
      return result;
    });
    expect(states).toEqual([
      [false, false, false],
      [true, false, false],
      [false, true, false],
      [true, false, false],
      [true, false, true],
      [true, false, false],
    ]);
    expect(await heard()).toEqual([
      'blur',
      'hide',
      'show',
      'focus',
      'minimize',
      'blur',
      'restore',
      'maximize',
      'unmaximize',
    ]);
  });

  it('keeps its normal bounds and its minimum size', async () => {
    const bounds = await app.control.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setMinimumSize(640, 480);
      window?.setBounds({ width: 100, height: 500 });
      window?.maximize();
      return [window?.getNormalBounds(), window?.isMaximized()];
    });
    expect(bounds).toEqual([expect.objectContaining({ width: 640, height: 500 }), true]);
  });

  it('is found by its web contents and its id', async () => {
    const found = await app.control.evaluate(({ BrowserWindow, webContents }) => {
      const [window] = BrowserWindow.getAllWindows();
      if (!window) return [];
      return [
        BrowserWindow.fromWebContents(window.webContents) === window,
        BrowserWindow.fromId(window.id) === window,
        webContents.fromId(window.webContents.id) === window.webContents,
        webContents.fromId(99) === undefined,
        BrowserWindow.getFocusedWindow() === null,
      ];
    });
    expect(found).toEqual([true, true, true, true, true]);
  });
});

describe('the application menu', () => {
  beforeAll(async () => {
    await app.control.evaluate(({ BrowserWindow, Menu }) => {
      BrowserWindow.getAllWindows()[0]?.show();
      const click = (item: { id: string; checked: boolean }): void =>
        void globalThis.heard.push(`${item.id} ${String(item.checked)}`);
      Menu.setApplicationMenu(
        Menu.buildFromTemplate([
          {
            label: 'Vault',
            submenu: [
              { id: 'lock', label: 'Lock', accelerator: 'CmdOrCtrl+L', click },
              { id: 'off', label: 'Off', accelerator: 'CmdOrCtrl+K', enabled: false, click },
              { id: 'check', label: 'Check', type: 'checkbox', click },
              { id: 'one', label: 'One', type: 'radio', checked: true, click },
              { id: 'two', label: 'Two', type: 'radio', click },
              { role: 'togglefullscreen' },
            ],
          },
        ]),
      );
    });
  });

  it('is described, with what the roles add', async () => {
    const [vault] = await app.control.menu();
    expect(vault).toMatchObject({ label: 'Vault', type: 'submenu' });
    expect(vault?.submenu?.at(-1)).toMatchObject({ label: 'Toggle Full Screen', role: 'togglefullscreen' });
  });

  it('runs an accelerator that the page let pass', async () => {
    await app.page.press('#field', 'Control+l');
    await until(async () => (await app.control.evaluate(() => globalThis.heard.length)) > 0);
    expect(await heard()).toEqual(['lock false']);
  });

  it('runs none that the page took, none that is disabled and none made by a script', async () => {
    await app.page.evaluate(
      "addEventListener('keydown', (event) => { if (event.key === 'l') event.preventDefault(); })",
    );
    await app.page.press('#field', 'Control+l');
    await app.page.press('#field', 'Control+k');
    await app.page.evaluate(
      "document.getElementById('field').dispatchEvent(new KeyboardEvent('keydown', { key: 'l', code: 'KeyL', ctrlKey: true, bubbles: true }))",
    );
    // A key that counts comes last: what was to come before it has come by then.
    await app.page.press('#field', 'F11');
    await until(() =>
      app.control.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isFullScreen() ?? false),
    );
    expect(await heard()).toEqual([]);
  });

  it('toggles checkboxes and keeps one radio item', async () => {
    await app.control.clickMenu('check');
    await app.control.clickMenu('Two');
    expect(await heard()).toEqual(['check true', 'two true']);
    const items = (await app.control.menu())[0]?.submenu ?? [];
    expect(items.filter(({ checked }) => checked).map(({ id }) => id)).toEqual(['check', 'two']);
    await expect(app.control.clickMenu('off')).rejects.toThrow('disabled');
    await expect(app.control.clickMenu('nowhere')).rejects.toThrow('No menu item');
  });

  it('refuses an accelerator and a role that do not exist', async () => {
    const messages = await app.control.evaluate(({ Menu }) =>
      [{ label: 'x', accelerator: 'Ctrl+' }, { role: 'nonsense' }].map((item) => {
        try {
          Menu.buildFromTemplate([item as { label: string }]);
          return 'allowed';
        } catch (error) {
          return (error as Error).message;
        }
      }),
    );
    expect(messages).toEqual(['Invalid accelerator: Ctrl+', 'Unknown or unsupported menu role: nonsense']);
  });
});
