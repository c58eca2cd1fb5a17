import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

describe('tray and notifications', () => {
  it('show up at the control, which clicks them', async () => {
    await app.control.evaluate(({ Menu, nativeImage, Notification, Tray }) => {
      const dot =
        'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
      const tray = new Tray(nativeImage.createFromDataURL(dot));
      tray.setToolTip('Holdfast: locked');
      tray.setContextMenu(
        Menu.buildFromTemplate([
          { id: 'quit', label: 'Quit', click: () => globalThis.heard.push('tray quit') },
        ]),
      );
      tray.on('click', () => globalThis.heard.push('tray'));
      const notification = new Notification({ title: 'Filled', body: '1 BTC' });
      notification.on('click', () => globalThis.heard.push('notification'));
      notification.show();
      Object.assign(globalThis, { tray });
    });
    expect(await app.control.trays()).toMatchObject([
      { toolTip: 'Holdfast: locked', menu: [{ id: 'quit' }] },
    ]);
    expect(await app.control.notifications()).toMatchObject([
      { title: 'Filled', body: '1 BTC', shown: true },
    ]);
    await app.control.clickTray();
    await app.control.clickTrayItem('quit');
    await app.control.clickNotification();
    expect(await heard()).toEqual(['tray', 'tray quit', 'notification']);
    await app.control.evaluate(() => (Reflect.get(globalThis, 'tray') as { destroy(): void }).destroy());
    expect(await app.control.trays()).toEqual([]);
  });

  it('refuse a picture that is none', async () => {
    const message = await app.control.evaluate(({ Tray }) => {
      try {
        return new Tray('/nowhere/icon.png').isDestroyed() ? 'destroyed' : 'alive';
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(message).toContain('Failed to load image');
  });
});

describe('power', () => {
  it('sleeps, wakes, locks and idles when the control says so', async () => {
    await app.control.evaluate(({ powerMonitor }) => {
      for (const name of ['suspend', 'resume', 'lock-screen', 'unlock-screen'] as const) {
        powerMonitor.on(name as 'suspend', () => globalThis.heard.push(name));
      }
    });
    for (const name of ['suspend', 'resume', 'lock-screen'] as const) await app.control.power(name);
    const state = (): Promise<unknown[]> =>
      app.control.evaluate(({ powerMonitor }) => [
        powerMonitor.getSystemIdleTime(),
        powerMonitor.getSystemIdleState(60),
      ]);
    expect(await state()).toEqual([0, 'locked']);
    await app.control.power('unlock-screen');
    expect(await state()).toEqual([0, 'active']);
    await app.control.idle(61);
    expect(await state()).toEqual([61, 'idle']);
    expect(await heard()).toEqual(['suspend', 'resume', 'lock-screen', 'unlock-screen']);
  });
});

describe('safeStorage', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-safe-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

  it('protects nothing by default and says so', async () => {
    const backend = await app.control.evaluate(({ safeStorage }) => safeStorage.getSelectedStorageBackend());
    expect(backend).toBe('basic_text');
  });

  it('round-trips text in both interfaces and refuses damage', async () => {
    const outcome = await app.control.evaluate(async ({ safeStorage }) => {
      const sealed = await safeStorage.encryptStringAsync('test text');
      const damaged = Buffer.from(sealed);
      damaged[damaged.length - 1] = (damaged[damaged.length - 1] ?? 0) ^ 1;
      return [
        sealed.includes('test text'),
        await safeStorage.decryptStringAsync(sealed),
        safeStorage.decryptString(sealed),
        await safeStorage.decryptStringAsync(damaged).catch((error: unknown) => (error as Error).message),
      ];
    });
    expect(outcome).toEqual([
      false,
      { shouldReEncrypt: false, result: 'test text' },
      'test text',
      'Error while decrypting the ciphertext provided to safeStorage.decryptString.',
    ]);
  });

  it('keeps a keyring over a restart, and cannot read what another backend sealed', async () => {
    const options = { userDataDir: folder, args: ['--password-store=gnome-libsecret'] };
    const first = await launchFixture(options);
    const sealed = await first.control.evaluate(async ({ safeStorage }) => [
      safeStorage.getSelectedStorageBackend(),
      (await safeStorage.encryptStringAsync('kept')).toString('base64'),
    ]);
    await first.close();
    const second = await launchFixture(options);
    const open = (): Promise<string> =>
      second.control.evaluate(
        ({ safeStorage }, text) =>
          safeStorage.decryptStringAsync(Buffer.from(text ?? '', 'base64')).then(
            ({ result }) => result,
            () => 'refused',
          ),
        sealed[1],
      );
    expect([sealed[0], await open()]).toEqual(['gnome_libsecret', 'kept']);
    await second.control.safeStorage('kwallet6');
    expect(await open()).toBe('refused');
    await second.control.safeStorage('basic_text', false);
    expect(await second.control.evaluate(({ safeStorage }) => safeStorage.isAsyncEncryptionAvailable())).toBe(
      false,
    );
    await second.close();
  });
});

describe('dialogs, shell, clipboard and theme', () => {
  it('answers dialogs as prepared and cancels the others', async () => {
    await app.control.answerDialog({ kind: 'save', filePath: '/tmp/export.vault' });
    await app.control.answerDialog({ kind: 'message', response: 1 });
    const answers = await app.control.evaluate(async ({ BrowserWindow, dialog }) => {
      const [window] = BrowserWindow.getAllWindows();
      if (!window) return [];
      return [
        await dialog.showSaveDialog(window, { title: 'Export' }),
        await dialog.showSaveDialog({ title: 'Again' }),
        await dialog.showOpenDialog(window, { properties: ['openFile'] }),
        await dialog.showMessageBox(window, { message: 'Sure?', buttons: ['No', 'Yes'], cancelId: 0 }),
      ];
    });
    expect(answers).toEqual([
      { canceled: false, filePath: '/tmp/export.vault' },
      { canceled: true, filePath: '' },
      { canceled: true, filePaths: [] },
      { response: 1, checkboxChecked: false },
    ]);
    expect((await app.control.dialogs()).map(({ kind, answered }) => [kind, answered])).toEqual([
      ['save', true],
      ['save', false],
      ['open', false],
      ['message', true],
    ]);
  });

  it('records what would be opened outside', async () => {
    const refused = await app.control.evaluate(async ({ shell }) => {
      await shell.openExternal('https://example.test/help');
      shell.showItemInFolder('/tmp/file');
      return shell.openExternal('no address').catch((error: unknown) => (error as Error).message);
    });
    expect(refused).toBe('Invalid URL');
    expect(await app.control.openedExternally()).toEqual(['https://example.test/help']);
    expect(await app.control.shownInFolder()).toEqual(['/tmp/file']);
  });

  it('has the asynchronous clipboard of Electron 44 and newer', async () => {
    const outcome = await app.control.evaluate(async ({ clipboard, ClipboardItem }) => {
      const hint = 'electron application/osclipboard;format="x-kde-passwordManagerHint"';
      await clipboard.write([new ClipboardItem({ 'text/plain': 'test text', [hint]: 'secret' })]);
      const [item] = await clipboard.read();
      const seen = [item?.types, await clipboard.readText(), await clipboard.has(hint)];
      const broken = await clipboard
        .write([new ClipboardItem({ 'text/plain': Promise.reject(new Error('no data')) })])
        .catch((error: unknown) => (error as Error).message);
      const kept = await clipboard.readText();
      const missing = await item?.getType('image/png').catch((error: unknown) => (error as Error).message);
      clipboard.clear();
      return {
        seen,
        broken,
        kept,
        missing,
        cleared: [await clipboard.readText(), await clipboard.has('text/plain')],
      };
    });
    expect(outcome).toEqual({
      seen: [
        ['text/plain', 'electron application/osclipboard;format="x-kde-passwordManagerHint"'],
        'test text',
        true,
      ],
      broken: 'no data',
      kept: 'test text',
      missing: "The type 'image/png' was not found",
      cleared: ['', false],
    });
  });

  it('shows pages the scheme of nativeTheme', async () => {
    const dark = (): Promise<unknown> =>
      app.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches");
    expect(await dark()).toBe(true);
    await app.control.evaluate(({ nativeTheme }) => {
      nativeTheme.on('updated', () =>
        globalThis.heard.push(`dark ${String(nativeTheme.shouldUseDarkColors)}`),
      );
      nativeTheme.themeSource = 'light';
    });
    await until(async () => !(await dark()));
    expect(await heard()).toEqual(['dark false']);
    await app.control.evaluate(({ nativeTheme }) => void (nativeTheme.themeSource = 'system'));
    await app.control.colorScheme('light');
    expect(await dark()).toBe(false);
  });
});
