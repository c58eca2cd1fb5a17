import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface ChromiumProgram {
  readonly path: string;
  readonly origin: 'CHROMIUM_PATH' | 'system' | 'bundled';
  /** Extra environment the program needs, such as the folder of its own libraries. */
  readonly env: Record<string, string>;
}

const programNames = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
  'msedge',
];

const macApplications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function windowsPrograms(env: NodeJS.ProcessEnv): string[] {
  const roots = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']];
  return roots
    .filter((root) => root !== undefined)
    .flatMap((root) => [
      join(root, 'Google/Chrome/Application/chrome.exe'),
      join(root, 'Microsoft/Edge/Application/msedge.exe'),
    ]);
}

function systemChromium(env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const candidates = [
    ...folders.flatMap((folder) => programNames.map((name) => join(folder, name + suffix))),
    ...(process.platform === 'darwin' ? macApplications : []),
    ...(process.platform === 'win32' ? windowsPrograms(env) : []),
  ];
  return candidates.find(isExecutable);
}

function bundledPackage(): { folder: string; version: string } | undefined {
  const require = createRequire(import.meta.url);
  try {
    const entry = require.resolve('@sparticuz/chromium');
    const folder = dirname(dirname(entry));
    const { version } = require(join(folder, 'package.json')) as { version: string };
    return existsSync(join(folder, 'bin', 'chromium.br')) ? { folder, version } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The package unpacks into the temp folder file by file and takes a half-written one for finished. It is run in
 * a folder of its own, which gets its final name in one step.
 */
function unpackBundled(folder: string, version: string): string {
  const target = join(tmpdir(), `holdfast-chromium-${version}-${process.getuid?.() ?? 'user'}`);
  if (isOurs(target)) return target;
  const stage = mkdtempSync(join(tmpdir(), 'holdfast-chromium-stage-'));
  const script = `const { default: chromium } = await import(${JSON.stringify(
    pathToFileURL(join(folder, 'build', 'index.js')).href,
  )}); await chromium.executablePath();`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    // The variable makes the package also unpack the system libraries that slim machines lack.
    env: {
      ...process.env,
      TMPDIR: stage,
      TEMP: stage,
      TMP: stage,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    },
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`@sparticuz/chromium could not be unpacked: ${run.stderr}`);
  try {
    renameSync(stage, target);
  } catch (error) {
    rmSync(stage, { recursive: true, force: true });
    // Another process of ours finished first: its copy is as good.
    if (!isOurs(target)) throw error;
  }
  return target;
}

/**
 * True for an unpacked folder that only this user can have made. The temp folder belongs to everybody, and what
 * lies there is about to be executed.
 */
export function isOurs(folder: string): boolean {
  if (!existsSync(join(folder, 'chromium'))) return false;
  const folderState = lstatSync(folder);
  const { uid, mode } = folderState;
  return folderState.isDirectory() && uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0;
}

function bundledChromium(): ChromiumProgram | undefined {
  const found = bundledPackage();
  if (!found || process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = unpackBundled(found.folder, found.version);
  const path = join(folder, 'chromium');
  const env: Record<string, string> = hasSystemFonts() ? {} : bundledFonts(folder);
  const runs = spawnSync(path, ['--version'], { encoding: 'utf8' }).status === 0;
  if (!runs) env['LD_LIBRARY_PATH'] = join(folder, 'al2023', 'lib');
  return { path, origin: 'bundled', env };
}

function hasSystemFonts(): boolean {
  return ['/usr/share/fonts', '/usr/local/share/fonts'].some(
    (folder) => existsSync(folder) && readdirSync(folder).length > 0,
  );
}

function bundledFonts(folder: string): Record<string, string> {
  const fonts = join(folder, 'fonts');
  mkdirSync(fonts, { recursive: true });
  return { FONTCONFIG_PATH: fonts };
}

/**
 * The Chromium to drive: `CHROMIUM_PATH`, else one of the system, else the one that the `@sparticuz/chromium`
 * dev dependency carries. `HOLDFAST_CHROMIUM=bundled` goes straight to the last. Undefined when there is none.
 */
export function findChromium(env: NodeJS.ProcessEnv = process.env): ChromiumProgram | undefined {
  if (env['HOLDFAST_CHROMIUM'] === 'bundled') return bundledChromium();
  const chosen = env['CHROMIUM_PATH'];
  if (chosen !== undefined && chosen !== '') {
    return isExecutable(chosen) ? { path: chosen, origin: 'CHROMIUM_PATH', env: {} } : undefined;
  }
  const system = systemChromium(env);
  return system === undefined ? bundledChromium() : { path: system, origin: 'system', env: {} };
}
