/** The kill switch over real sockets, at a loopback Bybit that misbehaves in the middle of it. */
import { describe, expect, it, vi } from 'vitest';
import { PASSPHRASE, bytes } from '../../support/application.ts';
import type { TestApplication } from '../../support/application.ts';
import type { BybitVenue } from '../../exchanges/bybit/venue.ts';
import {
  ORDER,
  UID,
  bybit,
  connected,
  isLive,
  on,
  orderOf,
  placeElsewhere,
  resting,
} from '../bybit/running-bybit.ts';
import { CONTEXT, start } from '../running.ts';
import { engage, intent, killed, limit, verified } from './risk-app.ts';

const PATH = '/v5/order/cancel-all';
type Wish = Parameters<TestApplication['handlers']['trading']['place']>[0];

function sender(app: TestApplication, accountId: string) {
  let count = 0;
  return (over: Partial<Wish>) => {
    count += 1;
    const order = { ...ORDER, accountId, quantity: (0.01 + count * 0.001).toFixed(3), intentId: intent() };
    return Promise.resolve(app.handlers.trading.place({ ...order, ...over }, CONTEXT));
  };
}

/** Limit orders of linear contracts that rest. */
async function some(app: TestApplication, accountId: string, count: number) {
  const price = await resting(app);
  const send = sender(app, accountId);
  const orders = [];
  for (let index = 0; index < count; index += 1) orders.push(await send({ price }));
  return orders;
}

const openAt = (venue: BybitVenue): number => venue.account(UID).openOrders().length;

describe('the kill switch at Bybit', () => {
  it('cancels 50 working orders of linear, inverse and spot markets, conditional ones too', async () => {
    const venue = await bybit();
    venue.account(UID).deposit('BTC', '10');
    const { app, accountId } = await connected(venue);
    const send = sender(app, accountId);
    const price = await resting(app);
    const above = String(Math.ceil(Number(price) * 1.1));
    const conditional = { type: 'stopMarket', triggerPrice: above, triggerBy: 'last' } as const;
    for (let index = 0; index < 20; index += 1) await send({ price });
    for (let index = 0; index < 10; index += 1)
      await send({ symbol: 'BTC/USD:BTC', price, quantity: String(100 + index) });
    for (let index = 0; index < 10; index += 1) await send({ symbol: 'BTC/USDT', price });
    for (let index = 0; index < 10; index += 1)
      await send({ symbol: 'BTC/USDT', ...conditional, triggerBy: undefined });
    expect(openAt(venue)).toBe(50);
    await engage(app);
    const { steps } = await verified(app);
    expect(openAt(venue)).toBe(0);
    const ours = steps.filter((step) => step.accountId === accountId);
    expect(ours).toHaveLength(50);
    expect(new Set(ours.map(({ result }) => result))).toEqual(new Set(['gone']));
  });

  it('goes on through "too many requests", server errors and lost answers', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    await some(app, accountId, 5);
    venue.faults.http(PATH, { kind: 'code', code: 10006, reset: true }, 3);
    venue.faults.http(PATH, { kind: 'status', status: 502 }, 3);
    venue.faults.http(PATH, { kind: 'dropBefore' }, 2);
    venue.faults.http('/v5/order/realtime', { kind: 'status', status: 503 }, 2);
    await engage(app);
    await verified(app);
    expect(openAt(venue)).toBe(0);
  });

  it('is not content with words: an order that the venue still lists is not gone', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    const [order] = await some(app, accountId, 1);
    const keep = venue.faults;
    // Says "done" and does nothing.
    keep.http(PATH, { kind: 'code', code: 0, message: 'OK', acts: false }, 40);
    await engage(app);
    await vi.waitFor(
      async () => {
        const { progress, steps } = await killed(app);
        expect(progress).not.toBe('verified');
        expect(steps).toContainEqual(expect.objectContaining({ name: order?.clientOrderId, result: 'left' }));
      },
      { timeout: 15_000 },
    );
    // What one call for everything leaves behind is cancelled by name.
    await verified(app);
    expect(openAt(venue)).toBe(0);
  });

  it('says that an order was filled before its cancel arrived', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    const [order] = await some(app, accountId, 1);
    const venueOrderId = String(order?.venueOrderId);
    // The fill is not told, and happens while the cancel is on its way.
    venue.faults.privateSilent = true;
    venue.fill(UID, venueOrderId);
    await engage(app);
    const { steps } = await verified(app);
    expect(steps).toContainEqual(
      expect.objectContaining({ name: order?.clientOrderId, result: 'filledBefore' }),
    );
    expect((await orderOf(app, accountId, String(order?.clientOrderId)))?.state).toBe('filled');
  });

  it('closes positions by reduce-only market orders, whatever the limits say', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    const send = sender(app, accountId);
    await send({ type: 'market', timeInForce: 'IOC', quantity: '0.05' });
    await send({ price: await resting(app), stopLoss: undefined });
    await limit(app, { maxOrderNotional: '1', maxOrdersPerMinute: 1, allowedMarkets: ['ETH/USDT'] });
    await vi.waitFor(() => expect(venue.account(UID).openPositions()).toHaveLength(1));
    await engage(app, true);
    const { steps } = await verified(app);
    expect(venue.account(UID).openPositions()).toHaveLength(0);
    expect(openAt(venue)).toBe(0);
    expect(steps).toContainEqual(expect.objectContaining({ kind: 'position', name: 'long', result: 'gone' }));
  });

  it('cancels what comes while it is engaged, and what a crash left open', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    const price = await resting(app);
    await engage(app);
    await verified(app);
    await placeElsewhere(venue, price);
    await vi.waitFor(() => expect(openAt(venue)).toBe(0), { timeout: 15_000 });
    await app.stop();
    await placeElsewhere(venue, price);
    expect(openAt(venue)).toBe(1);
    const again = start({ folder: app.folder, settings: app.settings, venueSites: on(venue) });
    await again.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    await isLive(again, accountId);
    await verified(again);
    expect(openAt(venue)).toBe(0);
  });
});

describe('protection at Bybit', () => {
  it('follows the filled size by itself, part by part', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    const price = await resting(app);
    const stopLoss = String(Math.floor(Number(price) * 0.9));
    const order = await sender(app, accountId)({ price, quantity: '0.04', stopLoss });
    for (const filled of ['0.01', '0.03']) {
      venue.fill(UID, String(order.venueOrderId), filled);
      await vi.waitFor(
        () => {
          const { sessions } = app.application.host.live();
          const [position] = sessions.require(accountId).positions;
          const quantity = filled === '0.01' ? '0.01' : '0.04';
          expect(position).toMatchObject({ quantity, stopLoss });
        },
        { timeout: 10_000 },
      );
      // Never more stops than position, at any step.
      const { notices } = app.application;
      expect(notices.all().filter(({ code }) => code === 'risk.stopsExceed')).toEqual([]);
    }
  });

  it('makes waiting stops smaller with the position, and ends them with it', async () => {
    const venue = await bybit();
    const { app, accountId } = await connected(venue);
    const send = sender(app, accountId);
    const price = await resting(app);
    const market = { type: 'market', timeInForce: 'IOC' } as const;
    await send({ ...market, quantity: '0.04' });
    const below = (share: number) => String(Math.floor(Number(price) * share));
    const stop = (share: number) =>
      ({ side: 'sell', type: 'stopMarket', triggerPrice: below(share), triggerBy: 'last' }) as const;
    const near = await send({ ...stop(0.9), quantity: '0.03', reduceOnly: true });
    const far = await send({ ...stop(0.8), quantity: '0.01', reduceOnly: true });
    await expect(send({ ...stop(0.7), quantity: '0.001', reduceOnly: true })).rejects.toMatchObject({
      code: 'risk.stopsBeyondPosition',
    });
    const waiting = () =>
      venue
        .account(UID)
        .openOrders()
        .map(({ orderId, qty }) => [orderId, Number(qty)]);
    expect(waiting()).toHaveLength(2);
    await send({ ...market, side: 'sell', quantity: '0.02', reduceOnly: true });
    await vi.waitFor(() => expect(waiting()).toEqual([[near.venueOrderId, 0.02]]), { timeout: 10_000 });
    await vi.waitFor(
      async () =>
        expect(await app.handlers.trading.openOrders({ accountId }, CONTEXT)).toMatchObject([
          { clientOrderId: near.clientOrderId, quantity: '0.02' },
        ]),
      { timeout: 10_000 },
    );
    const { events } = await app.handlers.trading.timeline(
      { accountId, clientOrderId: far.clientOrderId },
      CONTEXT,
    );
    expect(events.map(({ kind }) => kind)).toContain('cancelling');
    const position = { accountId, symbol: ORDER.symbol, positionSide: 'net' } as const;
    await app.handlers.trading.closePosition({ ...position, intentId: intent() }, CONTEXT);
    await vi.waitFor(() => expect(openAt(venue)).toBe(0), { timeout: 10_000 });
  });
});
