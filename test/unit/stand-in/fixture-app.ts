import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { launchApp, type LaunchedApp, type LaunchOptions } from '../../e2e/launch.ts';

export const fixtureFolder = fileURLToPath(new URL('../../stand-in/fixture/', import.meta.url));
export const fixtureMain = `${fixtureFolder}main.ts`;

/** What the fixture's preload exposes; every call crosses the context bridge. */
export interface FixtureApi {
  readonly data: { nested: { list: unknown[] }; when: Date; money: object };
  readonly refused: Record<string, string>;
  readonly modules: Record<string, string>;
  readonly globals: Record<string, unknown>;
  invoke(channel: string, ...args: unknown[]): Promise<unknown>;
  send(channel: string, ...args: unknown[]): void;
  sendFunction(): void;
  onPush(listener: (...args: unknown[]) => void): () => void;
  describe(value: unknown): Record<string, unknown>;
  echo(value: unknown): unknown;
  callBack(callback: (value: unknown) => unknown, value: unknown): unknown;
  later(value: unknown): Promise<unknown>;
  fail(): void;
  failLater(): Promise<void>;
  exposeAgain(): void;
}

declare global {
  var fixture: FixtureApi;
  var fixtureEvents: string[];
  var seen: unknown[];
}

export function launchFixture(options: Omit<LaunchOptions, 'mainFile'> = {}): Promise<LaunchedApp> {
  return launchApp({ ...options, mainFile: fixtureMain });
}

/** Waits until a condition holds; the time-out of the test ends a wait that never will. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(15);
}
