import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { CdpConnection } from './cdp.ts';
import { findChromium } from './find.ts';

export interface ChromiumOptions {
  readonly profile: string;
  /** Content size of the first window in device-independent pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** Opens a DevTools port on 127.0.0.1 as well, for a test that wants to attach with Playwright. */
  readonly debuggingPort: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Chromium {
  readonly connection: CdpConnection;
  readonly headed: boolean;
  /** Browser-level WebSocket address, when a port was asked for. */
  readonly endpoint: string | undefined;
  readonly process: ChildProcess;
  /** Resolves when the process has ended. */
  close(): Promise<void>;
}

const offline = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-pings',
  '--no-proxy-server',
  '--metrics-recording-only',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  // Second line behind request interception: what it cannot see (WebSocket, prefetch) finds no host.
  '--host-resolver-rules=MAP * ~NOTFOUND',
];

const quiet = [
  // No windows but those main opens. Only headless builds obey; browser.ts closes what others open.
  '--block-new-web-contents',
  '--disable-breakpad',
  '--disable-extensions',
  '--disable-features=Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,CertificateTransparencyComponentUpdater,PrivateNetworkAccessPermissionPrompt',
  '--disable-hang-monitor',
  '--disable-ipc-flooding-protection',
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-search-engine-choice-screen',
  '--password-store=basic',
  '--use-mock-keychain',
  '--hide-crash-restore-bubble',
];

function hasDisplay(env: NodeJS.ProcessEnv): boolean {
  if (env['HOLDFAST_HEADLESS'] === '1') return false;
  if (process.platform !== 'linux') return env['CI'] === undefined;
  return Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
}

function argumentsFor(options: ChromiumOptions, headed: boolean): string[] {
  const isRoot = process.getuid?.() === 0;
  return [
    ...offline,
    ...quiet,
    '--remote-debugging-pipe',
    ...(options.debuggingPort ? ['--remote-debugging-port=0'] : []),
    ...(isRoot ? ['--no-sandbox', '--test-type'] : []),
    ...(headed ? [] : ['--headless', '--disable-gpu', '--hide-scrollbars']),
    `--user-data-dir=${options.profile}`,
    `--window-size=${String(options.size.width)},${String(options.size.height)}`,
    headed ? '--app=data:text/html,' : 'about:blank',
  ];
}

/** Reads Chromium's stderr until it names its DevTools port, then keeps it drained. */
function readEndpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('utf8')).slice(-20_000);
      const match = /DevTools listening on (ws:\/\/\S+)/.exec(text);
      if (match?.[1]) resolve(match[1]);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${String(code)}:\n${text}`)));
  });
}

/** Starts Chromium and connects to it. Rejects when there is none or when it ends before it answers. */
export async function launchChromium(options: ChromiumOptions): Promise<Chromium> {
  const env = options.env ?? process.env;
  const program = findChromium(env);
  if (!program) throw new Error('No Chromium found: set CHROMIUM_PATH or install Chrome or Chromium.');
  mkdirSync(options.profile, { recursive: true });
  const bundledHeadless = program.origin === 'bundled';
  const headed = hasDisplay(env) && !bundledHeadless;
  const child = spawn(program.path, argumentsFor(options, headed), {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...env, ...program.env, NODE_OPTIONS: undefined },
  });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const endpoint = readEndpoint(child);
  endpoint.catch(() => undefined);
  const connection = new CdpConnection(child.stdio[3] as Writable, child.stdio[4] as Readable);
  await Promise.race([connection.browser.send('Browser.getVersion'), endpoint.then(() => undefined)]);
  return {
    connection,
    headed,
    endpoint: options.debuggingPort ? await endpoint : undefined,
    process: child,
    async close() {
      await connection.browser.send('Browser.close').catch(() => undefined);
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await exited;
      clearTimeout(timer);
    },
  };
}
