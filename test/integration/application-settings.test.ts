/** Settings that reach into trading: the ledger's durability and repeats of an order, over the whole application. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PASSPHRASE, bytes, memorySettings } from '../support/application.ts';
import type { TestApplication } from '../support/application.ts';
import type { Settings } from '../../src-preload/contract/types/settings.ts';
import { Ledger } from '../../src-main/storage/ledger/ledger.ts';
import { DEFAULT_SETTINGS } from '../../src-main/storage/settings-values.ts';
import { CONTEXT, ORDER, created, restingPrice, start } from './running.ts';

/** An application, and what its ledger was told about durability, in order. */
function watched(initial: Partial<Settings> = {}): { app: TestApplication; told: () => unknown[] } {
  const spy = vi.spyOn(Ledger.prototype, 'setDurability');
  const app = start({ settings: memorySettings({ ...DEFAULT_SETTINGS, ...initial }) });
  return { app, told: () => spy.mock.calls.map(([durability]) => durability) };
}
afterEach(() => {
  vi.restoreAllMocks();
});

describe('the durability of the journal', () => {
  it('is safe against a power cut unless somebody chose otherwise', () => {
    expect(watched().told()).toEqual(['power']);
  });

  it('is set before the first unlock after a start', () => {
    expect(watched({ durability: 'process' }).told()).toEqual(['process']);
  });

  it('follows a change at once, and journals orders all the while', async () => {
    const { app, told } = watched();
    await app.handlers.vault.create({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    const order = { ...ORDER, price: await restingPrice(app) };
    for (const [index, durability] of (['process', 'power'] as const).entries()) {
      await app.handlers.settings.update({ durability }, CONTEXT);
      await app.handlers.settings.update({ layout: `{"split":${String(index)}}` }, CONTEXT);
      const wanted = { ...order, quantity: `0.0${String(index + 1)}`, intentId: `intent-${String(index)}` };
      expect((await app.handlers.trading.place(wanted, CONTEXT)).state).toBe('working');
    }
    expect(told()).toEqual(['power', 'process', 'power']);
  });
});

describe('the same order twice within 300 ms', () => {
  async function twice(app: TestApplication, intents: readonly [string, string]) {
    const order = { ...ORDER, price: await restingPrice(app), quantity: '0.01' };
    return Promise.allSettled(
      // Called as the border calls them: a handler that throws is a refusal, too.
      intents.map(async (intentId) => app.handlers.trading.place({ ...order, intentId }, CONTEXT)),
    );
  }
  const open = async (app: TestApplication) =>
    (await app.handlers.trading.openOrders({}, CONTEXT)).map(({ clientOrderId }) => clientOrderId);

  it('is one order, two once repeats are allowed, and one again when they are not', async () => {
    const app = await created();
    const [, refused] = await twice(app, ['intent-1', 'intent-2']);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'order.doublePress' } });
    expect(await open(app)).toHaveLength(1);

    await app.handlers.settings.update({ repeatOrders: true }, CONTEXT);
    const both = await twice(app, ['intent-3', 'intent-4']);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await open(app)).toHaveLength(3);

    await app.handlers.settings.update({ repeatOrders: false }, CONTEXT);
    const again = await twice(app, ['intent-5', 'intent-6']);
    expect(again.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'order.doublePress' } });
  });

  it('closes no position twice, also where repeats are allowed', async () => {
    const app = await created();
    await app.handlers.settings.update({ repeatOrders: true }, CONTEXT);
    const position = { accountId: 'practice', symbol: 'BTC/USDT:USDT', positionSide: 'net' } as const;
    const close = async (intentId: string) =>
      app.handlers.trading.closePosition({ ...position, intentId }, CONTEXT);
    const [first, second] = await Promise.allSettled([close('intent-1'), close('intent-2')]);
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'position.none' } });
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'position.doublePress' } });
  });
});

describe('a locked Holdfast', () => {
  it.each([{ durability: 'process' }, { repeatOrders: true }, { confirmations: { orders: false } }] as const)(
    'does not take %j from whoever stands before it',
    async (change) => {
      const app = await created();
      await app.handlers.vault.lock({}, CONTEXT);
      expect(() => app.handlers.settings.update(change, CONTEXT)).toThrowError(
        expect.objectContaining({ kind: 'locked' }) as Error,
      );
      expect(app.settings.get()).toEqual(DEFAULT_SETTINGS);
    },
  );
});
