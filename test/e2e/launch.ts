import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, chromium, type Page } from 'playwright';
import type { AppControl } from './control.ts';
import { electronControl, recordDesktop } from './electron-host.ts';
import { findElectron, hasDisplay } from './host.ts';
import { readControlFile, spawnOnStandIn, standInControl } from './stand-in-host.ts';

export interface LaunchOptions {
  /** Folder of the app's data; a temporary one, removed by `close`, when absent. */
  readonly userDataDir?: string;
  /** Arguments of the app, such as `--replay FILE`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Content size of the window in CSS pixels; 1440 x 900 when absent. */
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  /** Another app than the built one, for the conformance tests. Runs on the stand-in only. */
  readonly mainFile?: string;
}

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface LaunchedApp {
  readonly host: 'electron' | 'stand-in';
  readonly page: Page;
  readonly control: AppControl;
  readonly userDataDir: string;
  readonly pid: number;
  /** Everything the main process has printed so far, stdout and stderr, line by line. */
  logs(): string[];
  waitForExit(): Promise<ExitStatus>;
  /** Quits as a user would and waits; removes the temporary user data. */
  close(): Promise<ExitStatus>;
  /** Sends a signal to the main process and waits for its end. */
  kill(signal?: NodeJS.Signals): Promise<ExitStatus>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const builtMain = join(root, 'out/main/index.js');
const quitLimitMs = 10_000;

class Program {
  readonly process: ChildProcess;
  readonly lines: string[] = [];
  readonly exited: Promise<ExitStatus>;
  ended = false;

  constructor(child: ChildProcess) {
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        this.lines.push(...lines);
      });
      stream?.on('end', () => void (rest !== '' && this.lines.push(rest)));
    }
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.ended = true;
        resolve({ code, signal });
      });
    });
  }

  /** Waits for the end; after the limit the process is killed, so that no test leaves one behind. */
  async end(): Promise<ExitStatus> {
    const timer = setTimeout(() => this.process.kill('SIGKILL'), quitLimitMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }
}

interface Host {
  readonly host: LaunchedApp['host'];
  readonly page: Page;
  readonly control: AppControl;
  readonly program: Program;
  disconnect(): Promise<void>;
}

async function launchOnStandIn(userDataDir: string, options: LaunchOptions): Promise<Host> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-control-'));
  const controlFile = join(folder, 'control.json');
  const program = new Program(
    spawnOnStandIn(
      options.mainFile ?? builtMain,
      [`--user-data-dir=${userDataDir}`, ...(options.args ?? [])],
      {
        ...process.env,
        HOLDFAST_STANDIN_CONTROL: controlFile,
        HOLDFAST_STANDIN_COLOR_SCHEME: options.colorScheme ?? 'dark',
        ...options.env,
      },
    ),
  );
  try {
    const control = standInControl(await readControlFile(controlFile, () => program.ended));
    const endpoint = await Promise.race([
      control.cdp(),
      program.exited.then(() => Promise.reject(new Error('The app ended before it opened a window.'))),
    ]);
    const browser = await chromium.connectOverCDP(endpoint ?? '');
    const context = browser.contexts()[0];
    const page = context?.pages()[0] ?? (await context?.waitForEvent('page'));
    if (!page) throw new Error('The app has no page.');
    return { host: 'stand-in', page, control, program, disconnect: () => browser.close() };
  } catch (error) {
    program.process.kill('SIGKILL');
    await program.exited;
    throw new Error(`${String(error)}\n${program.lines.join('\n')}`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function launchOnElectron(
  executablePath: string,
  userDataDir: string,
  options: LaunchOptions,
): Promise<Host> {
  const env = { ...process.env, ...options.env };
  const application = await _electron.launch({
    executablePath,
    args: [root, `--user-data-dir=${userDataDir}`, ...(options.args ?? [])],
    env: Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  });
  const program = new Program(application.process());
  await recordDesktop(application);
  const page = await application.firstWindow();
  return {
    host: 'electron',
    page,
    control: electronControl(application),
    program,
    disconnect: () => Promise.resolve(),
  };
}

/**
 * Starts the built app on a real Electron when its program (and a display) is there, else on the stand-in; `host` says which.
 * Rejects with everything the app printed when it ends before its first window.
 */
export async function launchApp(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const temporary = options.userDataDir === undefined;
  const userDataDir = options.userDataDir ?? mkdtempSync(join(tmpdir(), 'holdfast-user-data-'));
  mkdirSync(userDataDir, { recursive: true });
  const electron = options.mainFile === undefined && hasDisplay() ? findElectron() : undefined;
  const { host, page, control, program, disconnect } = electron
    ? await launchOnElectron(electron, userDataDir, options)
    : await launchOnStandIn(userDataDir, options);
  await page.setViewportSize(options.viewport ?? { width: 1440, height: 900 });
  // Playwright's own scheme would hide the app's: the desktop decides, through nativeTheme.
  await page.emulateMedia({ colorScheme: null });
  await control.colorScheme(options.colorScheme ?? 'dark');
  // The window exists before its page is asked for.
  await page.waitForURL(({ protocol }) => protocol !== 'about:' && protocol !== 'data:');

  const finish = async (): Promise<ExitStatus> => {
    const status = await program.end();
    await disconnect().catch(() => undefined);
    if (temporary) rmSync(userDataDir, { recursive: true, force: true, maxRetries: 10 });
    return status;
  };
  return {
    host,
    page,
    control,
    userDataDir,
    pid: program.process.pid ?? 0,
    logs: () => [...program.lines],
    waitForExit: () => program.exited,
    close: async () => {
      if (!program.ended) await control.quit().catch(() => undefined);
      return finish();
    },
    kill: async (signal = 'SIGKILL') => {
      program.process.kill(signal);
      return finish();
    },
  };
}
