import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LaunchedApp } from '../../e2e/launch.ts';
import { launchFixture, until } from './fixture-app.ts';

let app: LaunchedApp;
beforeAll(async () => {
  app = await launchFixture();
});
afterAll(() => app.close());

describe('a sandboxed preload', () => {
  it('may require electron, events, timers and url, and nothing else', async () => {
    const { refused, modules } = await app.page.evaluate(() => ({ ...globalThis.fixture }));
    expect(modules).toEqual({ timers: 'function', url: 'function' });
    expect(Object.keys(refused)).toContain('fs');
    for (const [name, outcome] of Object.entries(refused)) expect(outcome).toBe(`module not found: ${name}`);
  });

  it('runs before the first script of the page', async () => {
    const seen = await app.page.evaluate(() => Reflect.get(globalThis, 'atFirstScript') as unknown);
    expect(seen).toEqual({ api: 'object', require: 'undefined', process: 'undefined' });
  });

  it('runs in a world of its own', async () => {
    const { globals } = await app.page.evaluate(() => ({ ...globalThis.fixture }));
    expect(globals).toEqual({
      require: 'function',
      process: 'renderer',
      sandboxed: true,
      window: 'undefined',
    });
    const leaked = await app.page.evaluate(() =>
      Object.getOwnPropertyNames(globalThis).filter((name) =>
        /^(standIn|__|ipc|electron|require$|process$|module$|Buffer$|global$)/.test(name),
      ),
    );
    expect(leaked).toEqual([]);
  });

  it('runs again for every document', async () => {
    await app.page.reload();
    expect(await app.page.evaluate(() => globalThis.fixture.echo('again'))).toBe('again');
  });
});

describe('the context bridge', () => {
  it('copies and freezes what is exposed, without prototypes and symbols', async () => {
    const seen = await app.page.evaluate(() => {
      'use strict';
      const { data } = globalThis.fixture;
      const tries = [
        () => Object.assign(globalThis, { fixture: 1 }),
        () => Object.assign(globalThis.fixture, { echo: 1 }),
        () => data.nested.list.push(1),
      ];
      const refusals = tries.map((attempt) => {
        try {
          attempt();
          return 'allowed';
        } catch (error) {
          return (error as Error).name;
        }
      });
      return {
        refusals,
        deleted: Reflect.deleteProperty(globalThis, 'fixture'),
        deep: Object.isFrozen(data.nested.list[2]),
        date: data.when instanceof Date,
        money: [Object.getPrototypeOf(data.money) === Object.prototype, Object.keys(data.money)],
        symbol: 'symbol' in data,
      };
    });
    expect(seen).toEqual({
      refusals: ['TypeError', 'TypeError', 'TypeError'],
      deleted: false,
      deep: true,
      date: true,
      money: [true, ['amount']],
      symbol: false,
    });
  });

  it('copies arguments into the preload and results back', async () => {
    const seen = await app.page.evaluate(() => {
      class Order {
        id = 7;
        cancel(): void {
          this.id = 0;
        }
      }
      const argument = { list: [1] };
      const result = globalThis.fixture.echo(argument) as typeof argument;
      return {
        described: [new Date(0), [1], new Map(), new Order()].map((value) =>
          globalThis.fixture.describe(value),
        ),
        same: result === argument,
        frozen: Object.isFrozen(result),
        result,
      };
    });
    expect(seen.described).toEqual([
      { isDate: true, isArray: false, isMap: false, plain: false, keys: [] },
      { isDate: false, isArray: true, isMap: false, plain: false, keys: ['0'] },
      { isDate: false, isArray: false, isMap: true, plain: false, keys: [] },
      { isDate: false, isArray: false, isMap: false, plain: true, keys: ['id'] },
    ]);
    expect(seen).toMatchObject({ same: false, frozen: false, result: { list: [1] } });
  });

  it('proxies functions in both directions and gives a function its own identity back', async () => {
    const seen = await app.page.evaluate(() => {
      const callback = (value: unknown): unknown => `called with ${String(value)}`;
      return {
        called: globalThis.fixture.callBack(callback, 5),
        identity: globalThis.fixture.echo(callback) === callback,
        nested: globalThis.fixture.callBack((value) => globalThis.fixture.echo(value), 'deep'),
      };
    });
    expect(seen).toEqual({ called: 'called with 5', identity: true, nested: 'deep' });
  });

  it('proxies promises', async () => {
    const seen = await app.page.evaluate(async () => ({
      later: await globalThis.fixture.later(7),
      isPromise: globalThis.fixture.later(7) instanceof Promise,
      rejected: await globalThis.fixture.failLater().catch((error: unknown) => String(error)),
    }));
    expect(seen).toEqual({ later: 7, isPromise: true, rejected: 'Error: later' });
  });

  it('copies thrown errors without their own fields', async () => {
    const seen = await app.page.evaluate(() => {
      try {
        globalThis.fixture.fail();
      } catch (error) {
        return { isError: error instanceof Error, text: String(error), keys: Object.keys(error as object) };
      }
      return undefined;
    });
    expect(seen).toEqual({ isError: true, text: 'TypeError: told you so', keys: [] });
  });

  it('refuses what cannot be copied', async () => {
    const seen = await app.page.evaluate(() => {
      const body = (globalThis as unknown as { document: { body: object } }).document.body;
      return [body, globalThis, new WeakMap(), { deep: [new WeakSet()] }].map((value) => {
        try {
          globalThis.fixture.echo(value);
          return 'copied';
        } catch (error) {
          return (error as Error).message;
        }
      });
    });
    expect(new Set(seen)).toEqual(new Set(['An object could not be cloned.']));
  });

  it('refuses to bind over something that is there', async () => {
    const message = await app.page.evaluate(() => {
      try {
        globalThis.fixture.exposeAgain();
      } catch (error) {
        return (error as Error).message;
      }
      return undefined;
    });
    expect(message).toBe('Cannot bind an API on top of an existing property on the window object');
  });
});

describe('a preload that fails', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-preload-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['requires fs', "require('fs');", 'module not found: fs'],
    ['is an ES module', "import 'electron';", 'Cannot use import statement outside a module'],
    ['does not exist', undefined, 'ENOENT'],
  ])('is reported when it %s, and exposes nothing', async (_name, source, message) => {
    const preload = join(folder, 'preload.cjs');
    if (source === undefined) rmSync(preload);
    else
      writeFileSync(
        preload,
        `${source}\nrequire('electron').contextBridge.exposeInMainWorld('fixture', {});`,
      );
    const failing = await launchFixture({ env: { FIXTURE_PRELOAD: preload } });
    try {
      await until(() => failing.logs().some((line) => line.startsWith('preload-error')));
      expect(failing.logs().find((line) => line.startsWith('preload-error'))).toContain(message);
      expect(await failing.page.evaluate(() => typeof globalThis.fixture)).toBe('undefined');
    } finally {
      await failing.close();
    }
  });
});
