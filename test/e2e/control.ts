import type * as Electron from 'electron';
import type { Commands } from '../stand-in/control/commands.ts';

type AsyncCommands = {
  [Name in Exclude<keyof Commands, 'evaluate'>]: (
    ...args: Parameters<Commands[Name]>
  ) => Promise<Awaited<ReturnType<Commands[Name]>>>;
};

export type ElectronModules = typeof Electron;

/** What a test can do to the desktop around the app, on either host. */
export interface AppControl extends AsyncCommands {
  /** Runs a function in the main process; it must not refer to anything outside itself. JSON in and out. */
  evaluate<Argument, Result>(
    run: (electron: ElectronModules, argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ): Promise<Result>;
}
