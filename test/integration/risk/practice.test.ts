import { describe, expect, it } from 'vitest';
import { PASSPHRASE, bytes } from '../../support/application.ts';
import type { TestApplication } from '../../support/application.ts';
import { CONTEXT, ORDER, created, lastPrice, restingPrice, start } from '../running.ts';
import { engage, intent, killed, limit, release, verified } from './risk-app.ts';

type Wish = Parameters<TestApplication['handlers']['trading']['place']>[0];
let pressed = 0;
/** Each of another size: the same again at once would be taken for a double click. */
const place = async (app: TestApplication, over: Partial<Wish> = {}) => {
  const price = over.type === 'market' ? {} : { price: await restingPrice(app) };
  const quantity = (0.001 + (pressed += 1) * 0.0001).toFixed(4);
  return app.handlers.trading.place({ ...ORDER, quantity, ...price, ...over, intentId: intent() }, CONTEXT);
};
const MARKET = { symbol: 'BTC/USDT:USDT', type: 'market', timeInForce: 'IOC' } as const;

describe('limits on the practice account', () => {
  it('name limit, value and setting, and the nearest value that would pass', async () => {
    const app = await created();
    await limit(app, { maxOrderNotional: '1000' });
    const price = await restingPrice(app);
    const most = (Math.floor((1000 / Number(price)) * 1e6) / 1e6).toString();
    const error: unknown = await place(app, { quantity: '1', price }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'notAllowed', code: 'risk.maxOrderNotional' });
    const { message, details } = error as { message: string; details: { problems: { nearest?: string }[] } };
    expect(message).toContain('1000 USD');
    expect(message).toContain('the limits of all accounts');
    const nearest = Number(details.problems[0]?.nearest);
    expect(nearest).toBeLessThanOrEqual(Number(most) + 1e-9);
    // What it says would pass does pass.
    await expect(place(app, { quantity: String(nearest), price })).resolves.toMatchObject({
      state: 'working',
    });
  });

  it('hold for orders that are sent at once: as many pass as may be open', async () => {
    const app = await created();
    await limit(app, { maxOpenOrders: 3 });
    const price = await restingPrice(app);
    const sent = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => place(app, { price, quantity: `0.00${String(index + 1)}` })),
    );
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(await app.handlers.trading.openOrders({}, CONTEXT)).toHaveLength(3);
    for (const one of sent)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'risk.maxOpenOrders' });
  });

  it('keep a position within its share of the equity, with what is open already', async () => {
    const app = await created();
    const [{ equity } = { equity: null }] = await app.handlers.risk.use({}, CONTEXT);
    const price = await restingPrice(app);
    // Room for three of these, and not for four.
    const share = ((Number(price) * 0.01) / Number(equity)) * 3.5;
    await limit(app, { maxPositionShare: share.toFixed(12) });
    const wish = { symbol: 'BTC/USDT:USDT', quantity: '0.01', price } as const;
    for (const quantity of ['0.01', '0.0101', '0.0099']) await place(app, { ...wish, quantity });
    await expect(place(app, { ...wish, quantity: '0.0102' })).rejects.toMatchObject({
      code: 'risk.maxPositionShare',
    });
    // The other direction has room of its own, and what reduces always passes.
    await expect(
      place(app, {
        ...wish,
        side: 'sell',
        price: String(Math.ceil((await lastPrice(app)) * 1.02)),
        quantity: '0.005',
      }),
    ).resolves.toMatchObject({ state: 'working' });
  });

  it('count a fill that the position does not show yet', async () => {
    const app = await created();
    const session = app.application.host.live().sessions.require('practice');
    const [{ equity } = { equity: null }] = await app.handlers.risk.use({}, CONTEXT);
    const share = ((await lastPrice(app)) * 0.1) / Number(equity);
    await limit(app, { maxPositionShare: (share * 1.5).toFixed(12) });
    const before = session.positions;
    await place(app, { ...MARKET, quantity: '0.1' });
    // As a venue is for some moments: it has told of the order's end, and not of the position.
    session.positions = before;
    await expect(place(app, { ...MARKET, quantity: '0.0999' })).rejects.toMatchObject({
      code: 'risk.maxPositionShare',
    });
    expect((await session.trading.positions())[0]?.quantity).toBe('0.1');
  });

  it('refuse prices far from the middle, markets that are not allowed, and too many in a minute', async () => {
    const app = await created();
    await limit(app, { priceBand: '0.01' });
    await expect(place(app)).rejects.toMatchObject({ code: 'risk.priceBand' });
    await limit(app, { allowedMarkets: ['ETH/USDT'] });
    await expect(place(app)).rejects.toMatchObject({ code: 'risk.allowedMarkets' });
    await limit(app, { maxOrdersPerMinute: 2 });
    await place(app, { quantity: '0.002' });
    await place(app, { quantity: '0.003' });
    await expect(place(app, { quantity: '0.004' })).rejects.toMatchObject({
      code: 'risk.maxOrdersPerMinute',
    });
    expect(await app.handlers.risk.use({}, CONTEXT)).toMatchObject([{ ordersLastMinute: 2, openOrders: 2 }]);
  });

  it('let only reducing orders pass after the loss of the day', async () => {
    const app = await created();
    await place(app, { ...MARKET, quantity: '0.1' });
    await limit(app, { maxDailyLoss: '0.01' });
    const [use] = await app.handlers.risk.use({}, CONTEXT);
    expect(Number(use?.realizedToday)).toBeLessThan(-0.01);
    expect(use).toMatchObject({ reduceOnly: true, reason: 'maxDailyLoss' });
    await expect(place(app, { ...MARKET, quantity: '0.01' })).rejects.toMatchObject({
      code: 'risk.maxDailyLoss',
    });
    await expect(place(app, { ...MARKET, side: 'sell', quantity: '0.05' })).resolves.toMatchObject({});
    await expect(
      app.handlers.trading.closePosition(
        { accountId: 'practice', symbol: MARKET.symbol, positionSide: 'net', intentId: intent() },
        CONTEXT,
      ),
    ).resolves.toMatchObject({ reduceOnly: true });
  });

  it('refuse what the balance does not pay for, with the numbers', async () => {
    const app = await created();
    await expect(place(app, { quantity: '9' })).rejects.toMatchObject({
      code: 'risk.availableMargin',
      message: expect.stringContaining('USDT') as unknown,
    });
  });

  it('are still there after a restart, and every version is kept', async () => {
    const app = await created();
    await limit(app, { maxOpenOrders: 5 });
    await limit(app, { maxOpenOrders: 4 });
    await app.stop();
    const again = start({ folder: app.folder, settings: app.settings });
    await again.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    expect((await again.handlers.risk.limits({}, CONTEXT))[0]).toMatchObject({
      accountId: null,
      version: 2,
      limits: { maxOpenOrders: 4 },
    });
    const stored = await again.application.host.live().ledger.keyValues.get({ key: 'risk.limits' });
    expect(JSON.parse(String(stored))).toMatchObject([{ versions: [{ version: 1 }, { version: 2 }] }]);
  });
});

describe('the kill switch on the practice account', () => {
  it('lets leverage, margin mode and position mode not be changed while it is engaged', async () => {
    const app = await created();
    const { trading } = app.handlers;
    const { symbol } = MARKET;
    const accountId = 'practice';
    const before = await trading.marketModes({ accountId, symbol }, CONTEXT);
    await engage(app);
    const changes = [
      trading.setLeverage({ accountId, symbol, leverage: '3' }, CONTEXT),
      trading.setMarginMode({ accountId, symbol, marginMode: 'isolated' }, CONTEXT),
      trading.setPositionMode({ accountId, mode: 'hedge' }, CONTEXT),
    ];
    for (const change of changes) await expect(change).rejects.toMatchObject({ code: 'risk.killSwitch' });
    expect(await trading.marketModes({ accountId, symbol }, CONTEXT)).toEqual(before);
    await release(app);
    await trading.setLeverage({ accountId, symbol, leverage: '3' }, CONTEXT);
    expect((await trading.marketModes({ accountId, symbol }, CONTEXT)).leverage).toBe('3');
  });

  it('cancels everything, closes positions, and says what became of each', async () => {
    const app = await created();
    await place(app, { ...MARKET, quantity: '0.01' });
    const orders = [await place(app), await place(app, { quantity: '0.002' })];
    expect(await engage(app, true)).toMatchObject({ engaged: true, flatten: true });
    const { steps } = await verified(app);
    for (const { clientOrderId } of orders)
      expect(steps).toContainEqual(
        expect.objectContaining({ kind: 'order', name: clientOrderId, result: 'gone' }),
      );
    expect(steps).toContainEqual(
      expect.objectContaining({ kind: 'position', symbol: MARKET.symbol, result: 'gone' }),
    );
    const { sessions } = app.application.host.live();
    expect(await sessions.require('practice').trading.positions()).toEqual([]);
    expect(await sessions.require('practice').trading.openOrders()).toEqual([]);
  });

  it('stays engaged over lock and restart, and trades again only after its release', async () => {
    const app = await created();
    await engage(app);
    await verified(app);
    await app.stop();
    const again = start({ folder: app.folder, settings: app.settings });
    await again.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    expect(await killed(again)).toMatchObject({ engaged: true });
    await expect(place(again)).rejects.toMatchObject({ code: 'risk.killSwitch' });
    await release(again);
    await expect(place(again)).resolves.toMatchObject({ state: 'working' });
  });

  it('goes on after a crash between being written down and the first cancel', async () => {
    const app = await created();
    await place(app);
    const { ledger } = app.application.host.live();
    // What the first step of `engage` leaves behind when the process dies right after it.
    const record = { engaged: true, engagedAt: Date.now(), flatten: false };
    await ledger.keyValues.set({ key: 'risk.killSwitch', value: JSON.stringify(record), time: 1 });
    await app.stop();
    const again = start({ folder: app.folder, settings: app.settings });
    await again.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    await verified(again);
    expect(await again.handlers.trading.openOrders({}, CONTEXT)).toEqual([]);
  });
});

describe('protection on the practice account', () => {
  it('belongs to the whole position: it stays when part of it is closed, and ends with it', async () => {
    const app = await created();
    await place(app, { ...MARKET, quantity: '0.02' });
    const stopLoss = String(Math.floor((await lastPrice(app)) * 0.8));
    const side = { accountId: 'practice', symbol: MARKET.symbol, positionSide: 'net' } as const;
    await app.handlers.trading.setProtection({ ...side, takeProfit: null, stopLoss }, CONTEXT);
    const { sessions } = app.application.host.live();
    const positions = () => sessions.require('practice').trading.positions();
    await place(app, { ...MARKET, side: 'sell', quantity: '0.015', reduceOnly: true });
    const [rest] = await positions();
    expect(rest).toMatchObject({ quantity: '0.005' });
    expect(Number(rest?.stopLoss)).toBe(Number(stopLoss));
    await app.handlers.trading.closePosition({ ...side, intentId: intent() }, CONTEXT);
    expect(await positions()).toEqual([]);
    const open = await sessions.require('practice').trading.openOrders();
    expect(open.filter(({ reduceOnly }) => reduceOnly)).toEqual([]);
    expect(app.application.notices.all().filter(({ code }) => code === 'risk.stopsExceed')).toEqual([]);
  });
});
