import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LaunchedApp } from '../../e2e/launch.ts';
import { launchFixture, until } from './fixture-app.ts';

let app: LaunchedApp;
beforeAll(async () => {
  app = await launchFixture();
});
afterAll(() => app.close());

const seen = (): Promise<unknown[]> => app.page.evaluate(() => globalThis.seen);

declare global {
  var stopListening: (() => void) | undefined;
}

async function listen(): Promise<void> {
  await app.page.evaluate(() => {
    globalThis.seen = [];
    globalThis.stopListening?.();
    globalThis.stopListening = globalThis.fixture.onPush((...args) => globalThis.seen.push(args));
  });
}

describe('ipcRenderer.invoke', () => {
  it('carries structured-clone values there and back', async () => {
    const kinds = await app.page.evaluate(async () => {
      const cyclic: Record<string, unknown> = {};
      cyclic['self'] = cyclic;
      const sent = [
        1n,
        new Date(5),
        new Map([['a', new Set([1])]]),
        undefined,
        -0,
        new Uint8Array([1, 2]),
        cyclic,
      ];
      const back = (await globalThis.fixture.invoke('echo', ...sent)) as unknown[];
      const [big, date, map, nothing, zero, bytes, loop] = back;
      return [
        big === 1n,
        date instanceof Date && date.getTime() === 5,
        map instanceof Map && (map.get('a') as Set<number>).has(1),
        nothing === undefined && back.length === 7,
        Object.is(zero, -0),
        bytes instanceof Uint8Array && bytes[1] === 2,
        (loop as typeof cyclic)['self'] === loop,
      ];
    });
    expect(kinds).toEqual([true, true, true, true, true, true, true]);
  });

  it('tells main which frame sent it, with the address of the app', async () => {
    expect(await app.page.evaluate(() => globalThis.fixture.invoke('sender'))).toEqual({
      url: 'app://fixture/index.html',
      origin: 'app://fixture',
      parent: null,
      isTop: true,
      isMain: true,
      id: 1,
    });
  });

  it.each([
    ['fail', "Error invoking remote method 'fail': TypeError: handler failed"],
    ['missing', "Error invoking remote method 'missing': Error: No handler registered for 'missing'"],
    ['uncloneable', "Error invoking remote method 'uncloneable': Error: An object could not be cloned."],
  ])('rejects for the channel %s with the text of Electron', async (channel, message) => {
    const text = await app.page.evaluate(
      (name) => globalThis.fixture.invoke(name).catch((error: unknown) => (error as Error).message),
      channel,
    );
    expect(text).toBe(message);
  });

  it('rejects arguments that cannot be cloned, in the page and without reaching main', async () => {
    const text = await app.page.evaluate(() =>
      globalThis.fixture.invoke('echo', () => 1).catch((error: unknown) => (error as Error).message),
    );
    expect(text).toBe('An object could not be cloned.');
    expect(
      await app.page.evaluate(() => {
        try {
          globalThis.fixture.sendFunction();
        } catch (error) {
          return (error as Error).message;
        }
        return '';
      }),
    ).toBe('An object could not be cloned.');
  });
});

describe('ipcMain', () => {
  it('takes one handler per channel and forgets a removed one', async () => {
    const outcome = await app.control.evaluate(({ ipcMain }) => {
      ipcMain.handle('once-only', () => 1);
      let second = '';
      try {
        ipcMain.handle('once-only', () => 2);
      } catch (error) {
        second = (error as Error).message;
      }
      ipcMain.removeHandler('once-only');
      ipcMain.handle('once-only', () => 3);
      return second;
    });
    expect(outcome).toBe("Attempted to register a second handler for 'once-only'");
    expect(await app.page.evaluate(() => globalThis.fixture.invoke('once-only'))).toBe(3);
  });

  it('gets messages with an event that can reply', async () => {
    await listen();
    await app.control.evaluate(({ ipcMain }) => {
      ipcMain.on('message', (event, value: number) => event.reply('push', value + 1, event.senderFrame?.url));
    });
    await app.page.evaluate(() => globalThis.fixture.send('message', 41));
    await until(async () => (await seen()).length === 1);
    expect(await seen()).toEqual([[42, 'app://fixture/index.html']]);
  });
});

describe('webContents.send', () => {
  it('delivers in order, many a second', async () => {
    await listen();
    const count = 500;
    await app.control.evaluate(({ BrowserWindow }, total) => {
      const [window] = BrowserWindow.getAllWindows();
      for (let index = 0; index < total; index += 1) window?.webContents.send('push', index);
    }, count);
    await until(async () => (await seen()).length === count);
    expect((await seen()).flat()).toEqual(Array.from({ length: count }, (_item, index) => index));
  });

  it('throws for what cannot be cloned', async () => {
    const message = await app.control.evaluate(({ BrowserWindow }) => {
      try {
        BrowserWindow.getAllWindows()[0]?.webContents.send('push', () => 1);
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    });
    expect(message).toBe('An object could not be cloned.');
  });

  it('throws once the window is destroyed, as do the other calls on it', async () => {
    const other = await launchFixture();
    const messages = await other.control.evaluate(({ app: electronApp, BrowserWindow }) => {
      electronApp.on('window-all-closed', () => undefined);
      const [window] = BrowserWindow.getAllWindows();
      if (!window) return [];
      const { webContents } = window;
      window.destroy();
      const calls = [
        () => webContents.send('push', 1),
        () => webContents.reload(),
        () => window.show(),
        () => window.setBounds({ width: 10 }),
      ];
      return calls.map((call) => {
        try {
          call();
          return 'no error';
        } catch (error) {
          return `${(error as Error).name}: ${(error as Error).message}`;
        }
      });
    });
    expect(messages).toEqual(Array.from({ length: 4 }, () => 'TypeError: Object has been destroyed'));
    await other.close();
  });
});
