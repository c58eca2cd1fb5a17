import { describe, expect, it, vi } from 'vitest';
import { PASSPHRASE, bytes } from '../../support/application.ts';
import type { TestApplication } from '../../support/application.ts';
import { CONTEXT, start } from '../running.ts';
import { ORDER, UID, accountOf, bybit, connected, on, orderOf, resting } from '../bybit/running-bybit.ts';
import type { BybitVenue } from '../../exchanges/bybit/venue.ts';
import { engage, intent, killed, release } from './risk-app.ts';

const remove = (app: TestApplication, accountId: string, leaveOpen?: true) =>
  Promise.resolve(
    app.handlers.accounts.remove({ accountId, ...(leaveOpen === undefined ? {} : { leaveOpen }) }, CONTEXT),
  );
const openOrders = (app: TestApplication) => app.handlers.trading.openOrders({}, CONTEXT);
const openAt = (venue: BybitVenue): number => venue.account(UID).openOrders().length;

/** An application with an order that rests at Bybit. */
async function withOrder() {
  const venue = await bybit();
  const { app, accountId } = await connected(venue);
  const wish = { ...ORDER, accountId, price: await resting(app), intentId: intent() };
  const order = await app.handlers.trading.place(wish, CONTEXT);
  return { venue, app, accountId, order };
}

async function again(app: TestApplication, venue: BybitVenue): Promise<TestApplication> {
  await app.stop();
  const next = start({ folder: app.folder, settings: app.settings, venueSites: on(venue) });
  await next.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
  return next;
}

describe('removing an account with an open order', () => {
  it('is refused by name, and leaves it as it is', async () => {
    const { app, accountId, order } = await withOrder();
    await expect(remove(app, accountId)).rejects.toMatchObject({
      code: 'account.notEmpty',
      message: expect.stringContaining(
        `buy ${ORDER.quantity} ${ORDER.symbol} at ${String(order.price)}`,
      ) as string,
    });
    expect(await accountOf(app, accountId)).toMatchObject({ state: 'live' });
    expect(await openOrders(app)).toHaveLength(1);
    await app.handlers.trading.cancel({ accountId, clientOrderId: order.clientOrderId }, CONTEXT);
    await vi.waitFor(async () => expect(await openOrders(app)).toEqual([]));
    await remove(app, accountId);
    expect(await accountOf(app, accountId)).toBeUndefined();
  });

  it('leaves it in the history as unsettled when a person says so, and never loads it again', async () => {
    const { venue, app, accountId, order } = await withOrder();
    await remove(app, accountId, true);
    expect(openAt(venue)).toBe(1);
    expect(await openOrders(app)).toEqual([]);
    const next = await again(app, venue);
    expect(await openOrders(next)).toEqual([]);
    expect(await orderOf(next, accountId, order.clientOrderId)).toMatchObject({
      state: 'needsYou',
      reason: expect.stringContaining('account was removed') as string,
    });
  });

  it('does not make the kill switch call the account verified, over a restart neither', async () => {
    const { venue, app, accountId, order } = await withOrder();
    venue.faults.http('/v5/order/cancel-all', { kind: 'status', status: 503 }, 500);
    venue.faults.http('/v5/order/cancel', { kind: 'status', status: 503 }, 500);
    venue.faults.http('/v5/order/cancel-batch', { kind: 'status', status: 503 }, 500);
    venue.faults.http('/v5/order/realtime', { kind: 'status', status: 503 }, 500);
    await engage(app);
    await vi.waitFor(async () => expect((await killed(app)).progress).toBe('incomplete'), {
      timeout: 20_000,
    });
    await remove(app, accountId, true);
    const left = (name: string) => expect.objectContaining({ accountId, name, result: 'unknown' }) as object;
    const unverified = async (of: TestApplication) => {
      await vi.waitFor(async () => expect((await killed(of)).progress).toBe('incomplete'), {
        timeout: 10_000,
      });
      const { steps } = await killed(of);
      expect(steps).toContainEqual(left(order.clientOrderId));
      expect(steps.find(({ name }) => name === '')?.message).toContain('was removed');
    };
    await unverified(app);
    const next = await again(app, venue);
    await unverified(next);
    expect(await release(next)).toMatchObject({ engaged: false, steps: [] });
  });
});
