/** What the ledger has of the practice account when the process dies: a copy of its files at that moment is that. */
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PASSPHRASE, bytes } from '../../support/application.ts';
import type { TestApplication } from '../../support/application.ts';
import { CONTEXT, ORDER, created, restingPrice, start } from '../running.ts';

let pressed = 0;
const place = async (app: TestApplication, over: object) => {
  pressed += 1;
  const quantity = (0.001 + pressed * 0.0001).toFixed(4);
  return app.handlers.trading.place(
    { ...ORDER, quantity, ...over, intentId: `killed-${String(pressed)}` },
    CONTEXT,
  );
};

async function afterKill(app: TestApplication): Promise<TestApplication> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-app-'));
  cpSync(app.folder, folder, { recursive: true });
  const again = start({ folder, settings: app.settings });
  await again.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
  await again.handlers.trading.reconcile({ accountId: 'practice' }, CONTEXT);
  return again;
}
/** The ledger answers in the order in which it is asked: everything that was told is written then. */
const written = (app: TestApplication) =>
  app.application.host.live().ledger.orders.byIntent({ accountId: 'practice', intentId: 'none' });
const openOrders = async (app: TestApplication) =>
  (await app.handlers.trading.openOrders({}, CONTEXT)).map(({ clientOrderId, state }) => [
    clientOrderId,
    state,
  ]);
const fillsOf = async (app: TestApplication) =>
  (await app.handlers.trading.fills({ limit: 500, offset: 0 }, CONTEXT)).rows;
const held = async (app: TestApplication, asset: string) => {
  const { trading } = app.application.host.live().sessions.require('practice');
  return (await trading.balances()).find((balance) => balance.asset === asset)?.total;
};

it('the practice account has every order and fill that the ledger has, and the money that they moved', async () => {
  const app = await created();
  const price = await restingPrice(app);
  for (let round = 0; round < 5; round += 1) {
    await place(app, { price });
    await place(app, { type: 'market', timeInForce: 'IOC' });
    await written(app);
    const again = await afterKill(app);
    const [open, fills] = [await openOrders(app), await fillsOf(app)];
    expect(open).toHaveLength(round + 1);
    expect(await openOrders(again)).toEqual(open);
    expect(await fillsOf(again)).toEqual(fills);
    expect(fills.length).toBeGreaterThan(round);
    expect(await held(again, 'BTC')).toBe(await held(app, 'BTC'));
    await again.remove();
  }
});
