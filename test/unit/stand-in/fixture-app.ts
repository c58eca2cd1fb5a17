import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
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

export async function launchFixture(options: Omit<LaunchOptions, 'mainFile'> = {}): Promise<LaunchedApp> {
  const app = await launchApp({ ...options, mainFile: fixtureMain });
  followMain(app.page);
  return app;
}

/**
 * Playwright is a second client of the browser: right after main itself loaded a page, it can still hold the
 * document before it, and says so. The script then has not run where it was meant to, and is run again.
 */
function followMain(page: Page): void {
  const evaluate = page.evaluate.bind(page);
  const again: typeof evaluate = async (script: Parameters<typeof evaluate>[0], argument?: unknown) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await evaluate(script, argument);
      } catch (error) {
        const replaced = error instanceof Error && error.message.includes('Execution context was destroyed');
        if (!replaced || tries === 20) throw error;
        await delay(50);
      }
    }
  };
  page.evaluate = again;
}

/** Waits until a condition holds; the time-out of the test ends a wait that never will. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(15);
}
