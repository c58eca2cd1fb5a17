import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PASSPHRASE, bytes } from '../../support/application.ts';
import type { TestApplication } from '../../support/application.ts';
import { CONTEXT, created, start } from '../running.ts';
import { ORDER, bybit, connected, isLive, lock, on, resting } from '../bybit/running-bybit.ts';
import { engage, intent, killed, limit, release, verified } from './risk-app.ts';

const unlock = (app: TestApplication) =>
  app.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
const notices = async (app: TestApplication) =>
  (await app.handlers.app.state({}, CONTEXT)).notices.map(({ code }) => code);

/** Quits, loses the ledger, and starts again. */
async function withoutLedger(app: TestApplication, over: Parameters<typeof start>[0] = {}) {
  await app.stop();
  const files = readdirSync(app.folder, { recursive: true, encoding: 'utf8' });
  const ledger = files.filter((name) => name.includes('ledger.db'));
  expect(ledger.length).toBeGreaterThan(0);
  for (const name of ledger) rmSync(join(app.folder, name));
  const again = start({ folder: app.folder, settings: app.settings, ...over });
  await unlock(again);
  return again;
}

describe('a ledger that is gone', () => {
  it('does not release the kill switch, cancels nothing by itself, and is told', async () => {
    const venue = await bybit();
    const sites = { venueSites: on(venue) };
    const { app, accountId } = await connected(venue, sites);
    await limit(app, { maxOrderNotional: '1' });
    await engage(app);
    await verified(app);
    const again = await withoutLedger(app, sites);
    expect(await killed(again)).toMatchObject({
      engaged: true,
      reason: 'newLedger',
      progress: 'off',
      steps: [],
    });
    expect(await notices(again)).toContain('risk.newLedger');
    await isLive(again, accountId);
    const wish = { ...ORDER, accountId, price: await resting(again) };
    const place = (to: TestApplication) =>
      to.handlers.trading.place({ ...wish, intentId: intent() }, CONTEXT);
    await expect(place(again)).rejects.toMatchObject({ code: 'risk.killSwitch' });
    // Locked and unlocked, it is not new any more, and nobody has released it.
    await lock(again);
    await unlock(again);
    expect(await killed(again)).toMatchObject({ engaged: true, reason: 'newLedger' });
    await expect(release(again, 'test passphrase wrong')).rejects.toMatchObject({
      code: 'vault.wrongPassphrase',
    });
    expect(await release(again)).toMatchObject({ engaged: false });
    expect(await notices(again)).not.toContain('risk.newLedger');
    await isLive(again, accountId);
    const order = await place(again);
    await lock(again);
    await unlock(again);
    expect(await killed(again)).toMatchObject({ engaged: false });
    // Lost once more: what rests at the venue may be a stop, and stays until a person stops everything.
    const third = await withoutLedger(again, sites);
    await isLive(third, accountId);
    expect(await third.handlers.trading.reconcile({ accountId }, CONTEXT)).toMatchObject({ accountId });
    const open = await third.handlers.trading.openOrders({ accountId }, CONTEXT);
    expect(open.map(({ venueOrderId }) => venueOrderId)).toEqual([order.venueOrderId]);
    await engage(third);
    const status = await verified(third);
    expect(status.reason).toBeUndefined();
    expect(await third.handlers.trading.openOrders({ accountId }, CONTEXT)).toEqual([]);
  });

  it('is nothing to tell when no key was there: at the first start, and with play money alone', async () => {
    const app = await created();
    expect(await killed(app)).toMatchObject({ engaged: false });
    expect(await notices(app)).toEqual([]);
    const again = await withoutLedger(app);
    expect(await killed(again)).toMatchObject({ engaged: false });
    expect(await notices(again)).toEqual([]);
  });
});
