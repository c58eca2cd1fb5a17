/** Whoever sits at an unlocked machine, or has taken over the window, must not get around the limits. */
import { describe, expect, it } from 'vitest';
import { risk as contract } from '../../src-preload/contract/risk.ts';
import { NO_LIMITS } from '../../src-main/risk/risk-limits.ts';
import { PASSPHRASE, bytes } from '../support/application.ts';
import { engage, intent, killed, limit, release, verified } from '../integration/risk/risk-app.ts';
import { CONTEXT, ORDER, created, restingPrice } from '../integration/running.ts';

const WRONG = 'test passphrase wrong 77aa';
const refused = { kind: 'notAllowed', code: 'risk.killSwitch' };

describe('limits', () => {
  it('are not loosened without the passphrase, and its bytes are wiped', async () => {
    const app = await created();
    await limit(app, { maxOrderNotional: '100' });
    const secret = bytes(WRONG);
    const loosened = app.handlers.risk.setLimits(
      { accountId: null, limits: { ...NO_LIMITS, allowedMarkets: null }, passphrase: secret },
      CONTEXT,
    );
    await expect(loosened).rejects.toMatchObject({ code: 'vault.wrongPassphrase' });
    expect(secret.every((byte) => byte === 0)).toBe(true);
    const [all] = await app.handlers.risk.limits({}, CONTEXT);
    expect(all).toMatchObject({ version: 1, limits: { maxOrderNotional: '100' } });
    const price = await restingPrice(app);
    const order = app.handlers.trading.place({ ...ORDER, quantity: '1', price, intentId: intent() }, CONTEXT);
    await expect(order).rejects.toMatchObject({ kind: 'notAllowed', code: 'risk.maxOrderNotional' });
  });

  it('are guarded by the count of wrong guesses', async () => {
    const app = await created();
    let code = '';
    for (let guess = 0; guess < 20 && code !== 'vault.throttled'; guess += 1)
      code = await Promise.resolve(limit(app, {}, null, WRONG)).then(
        () => 'none',
        (error: { code: string }) => error.code,
      );
    expect(code).toBe('vault.throttled');
    await expect(limit(app, {})).rejects.toMatchObject({ code: 'vault.throttled' });
    await expect(release(app)).rejects.toMatchObject({ code: 'vault.throttled' });
  });

  it('of an account never loosen those of all accounts', async () => {
    const app = await created();
    await limit(app, { maxOrderNotional: '100' });
    await limit(app, { maxOrderNotional: '1000000' }, 'practice');
    const price = await restingPrice(app);
    await expect(
      app.handlers.trading.place({ ...ORDER, quantity: '1', price, intentId: intent() }, CONTEXT),
    ).rejects.toMatchObject({ code: 'risk.maxOrderNotional' });
  });

  it('hold for amendments as for new orders', async () => {
    const app = await created();
    const price = await restingPrice(app);
    const order = await app.handlers.trading.place(
      { ...ORDER, quantity: '0.001', price, intentId: intent() },
      CONTEXT,
    );
    await limit(app, { maxOrderNotional: '1000' });
    await expect(
      app.handlers.trading.amend(
        { accountId: 'practice', clientOrderId: order.clientOrderId, quantity: '1' },
        CONTEXT,
      ),
    ).rejects.toMatchObject({ code: 'risk.maxOrderNotional' });
  });
});

describe('the kill switch', () => {
  it('is not released without the passphrase', async () => {
    const app = await created();
    await engage(app);
    await expect(release(app, WRONG)).rejects.toMatchObject({ code: 'vault.wrongPassphrase' });
    expect(await killed(app)).toMatchObject({ engaged: true });
    expect(await release(app, PASSPHRASE)).toMatchObject({ engaged: false, progress: 'off', steps: [] });
  });

  it('lets no call of the border send an order while engaged', async () => {
    const app = await created();
    const price = await restingPrice(app);
    const bought = {
      ...ORDER,
      symbol: 'BTC/USDT:USDT',
      type: 'market',
      timeInForce: 'IOC',
      quantity: '0.01',
    } as const;
    await app.handlers.trading.place({ ...bought, intentId: intent() }, CONTEXT);
    await engage(app);
    await verified(app);
    const position = { accountId: 'practice', symbol: 'BTC/USDT:USDT', positionSide: 'net' } as const;
    const paths: readonly (() => unknown)[] = [
      () => app.handlers.trading.place({ ...ORDER, quantity: '0.001', price, intentId: intent() }, CONTEXT),
      // Reduce-only market orders are what the switch itself sends: the form of an order opens nothing.
      () =>
        app.handlers.trading.place(
          { ...bought, side: 'sell', reduceOnly: true, intentId: intent() },
          CONTEXT,
        ),
      () => app.handlers.trading.closePosition({ ...position, intentId: intent() }, CONTEXT),
      () => app.handlers.trading.setProtection({ ...position, takeProfit: null, stopLoss: '1' }, CONTEXT),
    ];
    for (const send of paths)
      await expect((async () => send())(), String(send)).rejects.toMatchObject(refused);
    expect(await app.handlers.trading.openOrders({}, CONTEXT)).toEqual([]);
  });

  it('takes no permission from any input: no schema has a field for it', () => {
    const engageFields = Object.keys(contract.calls.engageKillSwitch.input.shape);
    expect(engageFields).toEqual(['flatten']);
    for (const name of ['setLimits', 'releaseKillSwitch'] as const)
      expect(Object.keys(contract.calls[name].input.shape)).toContain('passphrase');
    expect(contract.calls.engageKillSwitch.input.safeParse({ flatten: false, closing: true }).success).toBe(
      false,
    );
  });

  it('refuses everything while it cannot be read whether it is engaged', async () => {
    const app = await created();
    const { ledger } = app.application.host.live();
    await engage(app);
    await verified(app);
    await ledger.keyValues.set({ key: 'risk.killSwitch', value: '{"engaged":"perhaps"}', time: 1 });
    await app.handlers.vault.lock({}, CONTEXT);
    await app.application.host.settled();
    await app.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    const price = await restingPrice(app);
    await expect(
      app.handlers.trading.place({ ...ORDER, quantity: '0.001', price, intentId: intent() }, CONTEXT),
    ).rejects.toMatchObject({ kind: 'notAllowed', code: 'risk.unreadable' });
    await expect(killed(app)).rejects.toMatchObject({ code: 'risk.unreadable' });
  });
});
