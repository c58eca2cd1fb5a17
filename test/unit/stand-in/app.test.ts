import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LaunchedApp } from '../../e2e/launch.ts';
import { spawnArguments, spawnOnStandIn } from '../../e2e/stand-in-host.ts';
import { fixtureMain, launchFixture, until } from './fixture-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-app-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

/** Runs a small main file to its end. */
function runMain(source: string): { status: number | null; output: string } {
  const file = join(folder, `main-${String(readdirSync(folder).length)}.mjs`);
  writeFileSync(file, source);
  const run = spawnSync(process.execPath, spawnArguments(file, [`--user-data-dir=${folder}/data`]), {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status: run.status, output: `${run.stdout}${run.stderr}` };
}

describe('what must come before or after ready', () => {
  it('is refused at the wrong time, with the texts of Electron', () => {
    const { output, status } = runMain(`
      import { app, BrowserWindow, Menu, Notification, protocol, safeStorage, session, Tray } from 'electron';
      const attempt = (name, call) => { try { call(); console.log(name, 'allowed'); } catch (error) { console.log(name + ': ' + error.message); } };
      attempt('window', () => new BrowserWindow());
      attempt('tray', () => new Tray('x'));
      attempt('notification', () => new Notification());
      attempt('session', () => session.defaultSession);
      attempt('handle', () => protocol.handle('app', () => new Response()));
      console.log('ready', app.isReady(), 'backend', safeStorage.getSelectedStorageBackend(), safeStorage.isEncryptionAvailable());
      await app.whenReady === undefined;
      app.whenReady().then(() => {
        attempt('sandbox', () => app.enableSandbox());
        attempt('acceleration', () => app.disableHardwareAcceleration());
        console.log('ready', app.isReady(), 'backend', safeStorage.getSelectedStorageBackend(), safeStorage.isEncryptionAvailable());
        app.exit(7);
      });`);
    expect(output.trim().split('\n')).toEqual([
      'window: Cannot create BrowserWindow before app is ready',
      'tray: Cannot create Tray before app is ready',
      'notification: Cannot create Notification before app is ready',
      'session: Session can only be received when app is ready',
      'handle: protocol.handle can only be called after app is ready',
      'ready false backend unknown false',
      'sandbox: app.enableSandbox() can only be called before app is ready',
      'acceleration: app.disableHardwareAcceleration() can only be called before app is ready',
      'ready true backend basic_text true',
    ]);
    expect(status).toBe(7);
  });

  it('waits with ready for the end of the main module', () => {
    const { output } = runMain(`
      import { app } from 'electron';
      app.once('ready', () => { console.log('ready'); app.exit(); });
      await new Promise((resolve) => setTimeout(resolve, 60));
      console.log('evaluated');`);
    expect(output.trim().split('\n')).toEqual(['evaluated', 'ready']);
  });

  it('ends with an error when the main module fails', () => {
    const { status, output } = runMain(`throw new Error('broken on purpose');`);
    expect(status).toBe(1);
    expect(output).toContain('broken on purpose');
  });

  it('has no electron module in worker threads', () => {
    const file = join(folder, 'worker.mjs');
    writeFileSync(
      file,
      "import('electron').then(() => console.log('loaded'), (error) => console.log(error.message));",
    );
    const { output } = runMain(`
      import { app } from 'electron';
      import { Worker } from 'node:worker_threads';
      new Worker(${JSON.stringify(file)}).on('exit', () => app.exit());`);
    expect(output).toContain("Cannot find module 'electron' in a worker thread");
  });

  it('refuses windows with less protection than the stand-in gives', () => {
    const { output } = runMain(`
      import { app, BrowserWindow } from 'electron';
      app.whenReady().then(() => {
        for (const webPreferences of [{ nodeIntegration: true }, { contextIsolation: false }, { sandbox: false }, { webSecurity: false }, { webviewTag: true }, { preload: 'relative.cjs' }]) {
          try { new BrowserWindow({ webPreferences }); console.log('allowed'); } catch (error) { console.log(error.message); }
        }
        app.exit();
      });`);
    expect(output.trim().split('\n')).toEqual([
      'The stand-in runs no window with webPreferences nodeIntegration',
      'The stand-in runs no window with webPreferences contextIsolation: false',
      'The stand-in runs no window with webPreferences sandbox: false',
      'The stand-in runs no window with webPreferences webSecurity: false',
      'The stand-in runs no window with webPreferences webviewTag',
      'preload script must have absolute path: relative.cjs',
    ]);
  });
});

describe('identity and paths', () => {
  it('come from the package whose main file runs, and from --user-data-dir', () => {
    const root = mkdtempSync(join(folder, 'package-'));
    writeFileSync(
      join(root, 'package.json'),
      '{"name":"n","productName":"Named","version":"1.2.3","main":"out.mjs"}',
    );
    writeFileSync(
      join(root, 'out.mjs'),
      `import { app } from 'electron';
       console.log(JSON.stringify([app.getName(), app.getVersion(), app.getAppPath(), app.isPackaged, app.getPath('userData'), app.getPath('sessionData'), app.getPath('logs')]));
       try { app.getPath('nowhere'); } catch (error) { console.log(error.message); }
       app.setPath('userData', ${JSON.stringify(join(folder, 'moved'))});
       console.log(app.getPath('userData'));
       app.exit();`,
    );
    const run = (args: string[], env: NodeJS.ProcessEnv): string[] =>
      spawnSync(process.execPath, spawnArguments(join(root, 'out.mjs'), args), {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      }).stdout.split('\n');
    const chosen = run([`--user-data-dir=${folder}/chosen`], {});
    expect(JSON.parse(chosen[0] ?? '')).toEqual([
      'Named',
      '1.2.3',
      root,
      false,
      `${folder}/chosen`,
      `${folder}/chosen`,
      `${folder}/chosen/logs`,
    ]);
    expect(chosen.slice(1, 3)).toEqual(["Failed to get 'nowhere' path", join(folder, 'moved')]);
    if (process.platform === 'linux') {
      const [plain] = run([], { XDG_CONFIG_HOME: `${folder}/config` });
      expect((JSON.parse(plain ?? '') as string[])[4]).toBe(`${folder}/config/Named`);
    }
  });
});

describe('quitting', () => {
  it('asks, closes the windows and ends in the documented order', async () => {
    const app = await launchFixture();
    await app.control.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.on('close', () => console.log('event close'));
      window?.on('closed', () => console.log('event closed'));
    });
    expect(await app.close()).toEqual({ code: 0, signal: null });
    expect(app.logs().filter((line) => line.startsWith('event'))).toEqual([
      'event ready',
      'event before-quit',
      'event close',
      'event closed',
      'event will-quit',
      'event quit',
    ]);
  });

  it.each(['before-quit', 'will-quit'] as const)('can be called off in %s', async (name) => {
    const app = await launchFixture();
    await app.control.evaluate(
      ({ app: electronApp }, event) =>
        void electronApp.once(event as 'before-quit', ({ preventDefault }) => preventDefault()),
      name,
    );
    await app.control.quit();
    await until(() => app.logs().includes(`event ${name}`));
    expect(await app.control.evaluate(({ app: electronApp }) => electronApp.isReady())).toBe(true);
    expect(await app.close()).toEqual({ code: 0, signal: null });
  });

  it('can be called off by a window that stays', async () => {
    const app = await launchFixture();
    await app.control.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.once('close', (event) => event.preventDefault());
    });
    await app.control.quit();
    await until(() => app.logs().includes('event before-quit'));
    expect(await app.control.windows()).toHaveLength(1);
    expect(await app.close()).toEqual({ code: 0, signal: null });
  });

  it('follows SIGTERM, and window-all-closed decides when the last window goes', async () => {
    const first = await launchFixture();
    expect(await first.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(first.logs()).toContain('event before-quit');
    const second = await launchFixture();
    await second.control.closeWindow();
    await until(() => second.logs().includes('event window-all-closed'));
    expect(await second.control.windows()).toEqual([]);
    await second.close();
  });

  it('leaves no Chromium behind, however the app ends', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const app = await launchFixture();
      const profile = join(app.userDataDir, 'Chromium');
      const running = (): boolean =>
        readdirSync('/proc')
          .filter((name) => /^\d+$/.test(name))
          .some((pid) => {
            try {
              return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(profile);
            } catch {
              return false;
            }
          });
      if (process.platform === 'linux') expect(running()).toBe(true);
      await app.kill(signal);
      if (process.platform === 'linux') await until(() => !running());
    }
  });
});

describe('the single instance lock', () => {
  let app: LaunchedApp;
  const userDataDir = join(folder, 'single');
  beforeAll(async () => {
    app = await launchFixture({ userDataDir });
  });
  afterAll(() => app.close());

  it('sends a second instance away and tells the first what it was asked for', async () => {
    const second = spawnOnStandIn(fixtureMain, [`--user-data-dir=${userDataDir}`, 'file.jsonl'], process.env);
    let output = '';
    second.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise((resolve) => second.once('close', resolve));
    expect(code).toBe(0);
    expect(output).toContain('not the first instance');
    await until(() => app.logs().some((line) => line.startsWith('second-instance')));
    const line = app.logs().find((text) => text.startsWith('second-instance')) ?? '';
    expect(JSON.parse(line.slice('second-instance '.length))).toEqual({
      argv: [`--user-data-dir=${userDataDir}`, 'file.jsonl'],
      directory: process.cwd(),
      data: { from: 'fixture' },
    });
  });

  it('is free for another folder, and again after a crash', async () => {
    const other = await launchFixture();
    expect(await other.control.evaluate(({ app: electronApp }) => electronApp.hasSingleInstanceLock())).toBe(
      true,
    );
    const crashed = { userDataDir: join(folder, 'crashed') };
    await (await launchFixture(crashed)).kill('SIGKILL');
    expect(existsSync(join(crashed.userDataDir, 'SingletonLock'))).toBe(true);
    const again = await launchFixture(crashed);
    expect(again.logs()).not.toContain('not the first instance');
    await again.close();
    expect(existsSync(join(crashed.userDataDir, 'SingletonLock'))).toBe(false);
    await other.close();
  });
});

describe('the control channel', () => {
  it('is closed without the variable, and to callers without the token', async () => {
    const app = await launchFixture();
    try {
      const address = await app.control.evaluate(() => process.env['HOLDFAST_STANDIN_CONTROL']);
      expect(address).toContain('control.json');
    } finally {
      await app.close();
    }
    const plain = runMain(`
      import { app } from 'electron';
      app.whenReady().then(() => { console.log(process.getActiveResourcesInfo().filter((name) => name.includes('TCP'))); app.exit(); });`);
    expect(plain.output.trim()).toBe('[]');
  });

  it('answers 403 without the token', async () => {
    const controlFile = join(folder, 'control.json');
    const child = spawnOnStandIn(fixtureMain, [`--user-data-dir=${folder}/token`], {
      ...process.env,
      HOLDFAST_STANDIN_CONTROL: controlFile,
    });
    await until(() => existsSync(controlFile));
    const { control } = JSON.parse(readFileSync(controlFile, 'utf8')) as { control: string };
    for (const authorization of ['', 'Bearer wrong']) {
      const response = await fetch(control, { method: 'POST', headers: { authorization }, body: '{}' });
      expect(response.status).toBe(403);
    }
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('close', resolve));
  });
});

it('lacks in crypto what Electron lacks, in worker threads too', () => {
  const file = join(folder, 'crypto.mjs');
  writeFileSync(
    file,
    `import { createCipheriv } from 'node:crypto';
     try { createCipheriv('chacha20-poly1305', new Uint8Array(32), new Uint8Array(12)); console.log('there'); }
     catch (error) { console.log(error.code); }`,
  );
  const { output } = runMain(`
    import { app } from 'electron';
    import { Worker } from 'node:worker_threads';
    await import(${JSON.stringify(file)});
    new Worker(${JSON.stringify(file)}).on('exit', () => app.exit());`);
  expect(output.trim().split('\n')).toEqual(['ERR_CRYPTO_UNKNOWN_CIPHER', 'ERR_CRYPTO_UNKNOWN_CIPHER']);
});

it('resolves electron for CommonJS as well', () => {
  const required = join(folder, 'needs.cjs');
  writeFileSync(required, "module.exports = require('electron').app.getName();");
  const { output } = runMain(`
    import { app } from 'electron';
    import { createRequire } from 'node:module';
    console.log(createRequire(import.meta.url)(${JSON.stringify(required)}) === app.getName(), ${JSON.stringify(pathToFileURL(required).href)}.length > 0, process.versions.electron);
    app.exit();`);
  expect(output.trim()).toMatch(/^true true \d+\.\d+\.\d+$/);
});
