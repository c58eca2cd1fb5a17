/**
 * Opens the built window in a real Chromium over the fake bridge, under the product's content security policy.
 * A picture that needs what the policy forbids therefore fails here first.
 */
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { chromium as playwright, type Browser, type Page } from 'playwright';
import { build, type Rolldown } from 'vite';
import { rendererDefine } from '../../build/defines.ts';
import type { Settings } from '../../src-preload/contract/types/settings.ts';
import { FAKE_NOW, type FakeState, type FakeStateName } from './fake-bridge/fake-state.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
  "connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

export interface RendererOptions {
  readonly route: string;
  readonly state: FakeStateName;
  readonly theme?: 'dark' | 'light';
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly locale?: 'en' | 'de';
  readonly settings?: Partial<Settings>;
  readonly flags?: readonly string[];
}

export interface OpenedRenderer {
  readonly page: Page;
  /** Console errors, page errors and policy violations so far. */
  readonly problems: readonly string[];
  readonly close: () => Promise<void>;
}

export interface Harness {
  readonly openRenderer: (options: RendererOptions) => Promise<OpenedRenderer>;
  readonly dispose: () => Promise<void>;
}

const newest = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0);

/** Builds src-renderer into `outDir` unless it is current. */
export async function buildRenderer(outDir: string): Promise<void> {
  const index = join(outDir, 'index.html');
  if (existsSync(index) && statSync(index).mtimeMs > newest(at('src-renderer'))) return;
  await build({
    configFile: false,
    root: at('src-renderer'),
    base: './',
    publicDir: false,
    logLevel: 'warn',
    define: { ...rendererDefine },
    plugins: [vue()],
    build: {
      outDir,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'esnext',
      minify: false,
      reportCompressedSize: false,
    },
  });
}

async function bundleFakeBridge(): Promise<string> {
  const output = (await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      minify: false,
      target: 'esnext',
      lib: { entry: at('test/e2e/fake-bridge/index.ts'), formats: ['iife'], name: 'fakeBridge' },
    },
  })) as Rolldown.RolldownOutput[];
  const chunk = output[0]?.output.find((part) => part.type === 'chunk');
  if (chunk?.type !== 'chunk') throw new Error('The fake bridge did not build.');
  return chunk.code;
}

async function serve(root: string): Promise<{ origin: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
    const file = join(root, path === '/' ? 'index.html' : path);
    if (path === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    if (!file.startsWith(root) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': CSP,
    });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The system's Chromium, else the headless build that comes as a dev dependency. */
export async function launchChromium(): Promise<Browser> {
  const known = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/google-chrome'];
  const system = known.find((path) => path !== undefined && existsSync(path));
  if (system !== undefined) {
    return playwright.launch({ executablePath: system, args: ['--no-sandbox', '--disable-gpu'] });
  }
  const { default: bundled } = await import('@sparticuz/chromium');
  return playwright.launch({ executablePath: await bundled.executablePath(), args: bundled.args });
}

/** One build, one server, one browser for any number of pictures. */
export async function startHarness(
  outDir = join(tmpdir(), `holdfast-renderer-${process.env['SHOT_ID'] ?? 'main'}`),
): Promise<Harness> {
  await buildRenderer(outDir);
  const bridge = await bundleFakeBridge();
  const [server, browser] = await Promise.all([serve(outDir), launchChromium()]);

  const openRenderer = async (options: RendererOptions): Promise<OpenedRenderer> => {
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1440, height: 900 },
      colorScheme: options.theme ?? 'dark',
      locale: options.locale === 'de' ? 'de-DE' : 'en-GB',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
    // Running, not frozen: Vue drops an event whose time is not after the moment its listener was attached.
    await page.clock.install({ time: FAKE_NOW });
    const state: FakeState = {
      name: options.state,
      now: FAKE_NOW,
      route: options.route,
      settings: {
        theme: options.theme ?? 'dark',
        language: options.locale ?? 'en',
        ...options.settings,
      },
      flags: options.flags ?? [],
    };
    await page.addInitScript(`globalThis.__fakeState = ${JSON.stringify(state)};\n${bridge}`);
    await page.goto(`${server.origin}/#${options.route}`);
    await page.locator('#app > *').first().waitFor({ state: 'attached' });
    await page.evaluate('document.fonts.ready.then(() => undefined)');
    return { page, problems, close: () => context.close() };
  };
  return {
    openRenderer,
    dispose: async () => {
      await browser.close();
      await server.close();
    },
  };
}

/** A single picture: starts a harness of its own and closes it with the page. */
export async function openRenderer(options: RendererOptions): Promise<OpenedRenderer> {
  const harness = await startHarness();
  const opened = await harness.openRenderer(options);
  return { ...opened, close: () => harness.dispose() };
}
