import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ControlFile } from '../stand-in/control/server.ts';
import type { AppControl } from './control.ts';

const registerFile = fileURLToPath(new URL('../stand-in/register.ts', import.meta.url));

interface Answer {
  readonly ok: boolean;
  readonly value?: unknown;
  readonly message?: string;
}

/** Arguments for Node that run an app's main file on the stand-in. */
export function spawnArguments(mainFile: string, args: readonly string[]): string[] {
  return ['--import', pathToFileURL(registerFile).href, mainFile, ...args];
}

/** The app's main file run by this Node on the stand-in. */
export function spawnOnStandIn(
  mainFile: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): ChildProcess {
  return spawn(process.execPath, spawnArguments(mainFile, args), {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Waits for the control file; gives up when the process has ended. */
export async function readControlFile(path: string, hasEnded: () => boolean): Promise<ControlFile> {
  while (!existsSync(path)) {
    if (hasEnded()) throw new Error('The app ended before it opened its control channel.');
    await delay(20);
  }
  return JSON.parse(readFileSync(path, 'utf8')) as ControlFile;
}

async function call(file: ControlFile, command: string, args: unknown[]): Promise<unknown> {
  const response = await fetch(file.control, {
    method: 'POST',
    headers: { authorization: `Bearer ${file.token}` },
    body: JSON.stringify({ command, args }),
  });
  const answer = (await response.json()) as Answer;
  if (!answer.ok) throw new Error(answer.message);
  return answer.value;
}

/** A client of the stand-in's control channel: every command by its name. */
export function standInControl(file: ControlFile): AppControl {
  return new Proxy({} as AppControl, {
    get(_target, name) {
      // Not a promise: `await control` must give the control.
      if (typeof name !== 'string' || name === 'then') return undefined;
      if (name === 'evaluate') {
        return (run: (...args: never[]) => unknown, argument: unknown) =>
          call(file, name, [run.toString(), argument]);
      }
      return (...args: unknown[]) => call(file, name, args);
    },
  });
}
