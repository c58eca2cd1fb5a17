/**
 * `npm start`: runs the built app on Electron when its program is here, else on the stand-in. Arguments go to the
 * app, its exit code becomes ours.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findElectron, hasDisplay } from '../test/e2e/host.ts';
import { spawnArguments } from '../test/e2e/stand-in-host.ts';
import { findChromium } from '../test/stand-in/chromium/find.ts';
import { ROOT } from './run-tool.ts';

export interface StartPlan {
  readonly host: 'electron' | 'stand-in';
  readonly program: string;
  readonly args: readonly string[];
  /** One line for the person who started it. */
  readonly notice: string;
}

export interface StartProblem {
  readonly problem: string;
}

export interface Surroundings {
  readonly electron: string | undefined;
  readonly chromium: { readonly path: string; readonly origin: string } | undefined;
  readonly hasDisplay: boolean;
  readonly isBuilt: boolean;
  readonly isRoot: boolean;
}

const mainFile = join(ROOT, 'out', 'main', 'index.js');

const missing =
  'Holdfast cannot start: no Electron (run "npx install-electron"), no Chromium (install Chrome or Chromium, or set ' +
  'CHROMIUM_PATH)';

/** Decides what to run; a problem is one line that says what is missing and what to do. */
export function planStart(found: Surroundings, appArgs: readonly string[]): StartPlan | StartProblem {
  if (!found.isBuilt)
    return { problem: 'Holdfast cannot start: it is not built yet. Run "npm run build" first.' };
  if (found.electron !== undefined && found.hasDisplay) {
    // As root, Chromium's own sandbox refuses to start.
    const args = [...(found.isRoot ? ['--no-sandbox'] : []), ROOT, ...appArgs];
    return { host: 'electron', program: found.electron, args, notice: 'Holdfast runs on Electron.' };
  }
  if (found.chromium === undefined) {
    const display = found.hasDisplay ? '' : ' and no display (DISPLAY is not set)';
    const electron =
      found.electron === undefined ? missing : 'Holdfast cannot start: Electron is here, but no Chromium';
    return { problem: `${electron}${display}.` };
  }
  const window =
    found.hasDisplay && found.chromium.origin !== 'bundled' ? 'in a window' : 'without a window (headless)';
  return {
    host: 'stand-in',
    program: process.execPath,
    args: spawnArguments(mainFile, appArgs),
    notice: `Holdfast runs on the stand-in for Electron, ${window}, with ${found.chromium.path}.`,
  };
}

function lookAround(env: NodeJS.ProcessEnv): Surroundings {
  const electron = findElectron(env);
  return {
    electron,
    // Unpacking the bundled Chromium takes seconds: only when it will be used.
    chromium: electron !== undefined && hasDisplay(env) ? undefined : findChromium(env),
    hasDisplay: hasDisplay(env),
    isBuilt: existsSync(mainFile),
    isRoot: process.getuid?.() === 0,
  };
}

function run(plan: StartPlan): void {
  console.log(plan.notice);
  const child = spawn(plan.program, plan.args, { stdio: 'inherit' });
  // Ctrl+C reaches the whole group; waiting for the app lets it lock its vault and end in order.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    console.error(`Holdfast cannot start: ${error.message}`);
    process.exitCode = 1;
  });
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
    process.exit();
  });
}

if (import.meta.main) {
  const plan = planStart(lookAround(process.env), process.argv.slice(2));
  if ('problem' in plan) {
    console.error(plan.problem);
    process.exitCode = 1;
  } else {
    run(plan);
  }
}
