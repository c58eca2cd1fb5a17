/** What was journaled and not answered when the program died: the next one finds out what became of it. */
import { describe, expect, it } from 'vitest';
import { type DeskAtBybit, deskAtBybit } from './desk-at-bybit.ts';

/** Begins something, and kills the program when the venue has it, or (`isLost`) when it was lost on its way. */
async function dieIn(made: DeskAtBybit, op: 'amend' | 'cancel', isLost: boolean): Promise<void> {
  const { faults } = made.world.venue;
  faults.http(`/v5/order/${op}`, isLost ? { kind: 'dropBefore' } : { kind: 'latency', ms: 3_600_000 });
  faults.trade(`order.${op}`, { kind: isLost ? 'dropBefore' : 'dropAfter' });
}

describe.each(['socket', 'rest'] as const)('over %s', (transport) => {
  it('an amendment that arrived is recognised as our own, and no report calls it a stranger’s', async () => {
    const made = await deskAtBybit(transport);
    const order = await made.working();
    const price = String(Number(order.price) - 100);
    made.world.stream('deaf');
    await dieIn(made, 'amend', false);
    const { accountId, clientOrderId } = order;
    void made.program.desk
      .amend({ accountId, clientOrderId, price, quantity: '0.02' })
      .catch(() => undefined);
    await made.waitFor(() => made.there[0]?.qty === '0.02');
    await made.restart(() => made.world.fault('none'));
    expect(made.known(order)).toMatchObject({ state: 'working', price, quantity: '0.02' });
    expect(await made.differences()).toEqual([]);
    expect((await made.steps(order)).map(({ kind }) => kind)).toContain('amended');
    expect(made.sends(order, 'amend')).toBe(1);
  });

  it('an amendment that was lost leaves the order as the venue has it, and is not sent again', async () => {
    const made = await deskAtBybit(transport);
    const order = await made.working();
    await dieIn(made, 'amend', true);
    const { accountId, clientOrderId } = order;
    void made.program.desk.amend({ accountId, clientOrderId, quantity: '0.02' }).catch(() => undefined);
    await made.waitFor(() => made.sends(order, 'amend') === 1);
    await made.restart(() => made.world.fault('none'));
    expect(made.known(order)).toMatchObject({ state: 'working', quantity: '0.01' });
    expect(await made.differences()).toEqual([]);
    expect(made.sends(order, 'amend')).toBe(1);
    // It can be asked for again.
    expect(await made.amend(order, { quantity: '0.02' })).toMatchObject({ quantity: '0.02' });
  });

  it('a change by somebody else is still told as one', async () => {
    const made = await deskAtBybit(transport);
    const order = await made.working();
    const [resting] = await made.world.orders();
    const price = String(Number(order.price) + 100);
    await made.restart(() => {
      if (resting) void made.world.amendThere(resting, price);
    });
    expect(made.known(order)).toMatchObject({ price });
    // The stream may have told it before the list did; what is in a report has the right cause.
    for (const { cause } of await made.differences()) expect(cause).toBe('changedElsewhere');
    expect((await made.steps(order)).map(({ kind }) => kind)).not.toContain('amended');
  });

  it('a cancel that arrived ends the order', async () => {
    const made = await deskAtBybit(transport);
    const order = await made.working();
    made.world.stream('deaf');
    await dieIn(made, 'cancel', false);
    void made.program.desk.cancel(order.accountId, order.clientOrderId).catch(() => undefined);
    await made.waitFor(() => made.there[0]?.open === false);
    expect(await made.kept(order)).toMatchObject({ state: 'cancelling' });
    await made.restart(() => made.world.fault('none'));
    expect(await made.kept(order)).toMatchObject({ state: 'cancelled' });
  });

  it('a cancel that was lost leaves a working order, says so, and can be repeated', async () => {
    const made = await deskAtBybit(transport);
    const order = await made.working();
    await dieIn(made, 'cancel', true);
    void made.program.desk.cancel(order.accountId, order.clientOrderId).catch(() => undefined);
    await made.waitFor(() => made.known(order)?.state === 'cancelling');
    await made.restart(() => made.world.fault('none'));
    expect(made.known(order)).toMatchObject({ state: 'working' });
    expect(await made.kept(order)).toMatchObject({ state: 'working' });
    const { reconciler } = made.program;
    const reports = (await reconciler.reports([order.accountId])).flatMap(({ differences }) => differences);
    expect(reports).toContainEqual(
      expect.objectContaining({ name: order.clientOrderId, cause: 'neverArrived', ours: 'cancelling' }),
    );
    await made.cancel(order);
    await made.becomes(order, 'cancelled');
  });
});

describe('in one life', () => {
  it('a cancel that is on its way is not given up because a list still shows the order', async () => {
    const made = await deskAtBybit();
    const order = await made.working();
    made.world.stream('deaf');
    await dieIn(made, 'cancel', true);
    void made.program.desk.cancel(order.accountId, order.clientOrderId).catch(() => undefined);
    await made.waitFor(() => made.known(order)?.state === 'cancelling');
    const { reconciler, session } = made.program;
    const looking = reconciler.now(session);
    await made.waitFor(() => false);
    await looking;
    expect(made.known(order)).toMatchObject({ state: 'cancelling' });
  });
});

describe('while nobody listened', () => {
  it('an order placed elsewhere that filled is known afterwards, with its fill, as placed elsewhere', async () => {
    const made = await deskAtBybit();
    const { ask } = await made.world.best();
    await made.restart(() => {
      made.world.pass(1000).catch(() => undefined);
      void made.world.placeThere(String(Math.ceil(Number(ask) * 1.001)), '0.01');
    });
    const [order] = made.there;
    expect(order).toMatchObject({ status: 'Filled', linkId: '' });
    const named = { clientOrderId: order?.orderId ?? '' };
    expect(await made.kept(named)).toMatchObject({ state: 'filled', filledQuantity: '0.01' });
    expect(await made.fills()).toMatchObject([{ clientOrderId: named.clientOrderId }]);
    const told = (await made.program.reconciler.reports([made.accountId])).flatMap((one) => one.differences);
    expect(told).toContainEqual(
      expect.objectContaining({ subject: 'order', name: named.clientOrderId, cause: 'placedElsewhere' }),
    );
  });

  it('a loss that closed a position counts for the day', async () => {
    const made = await deskAtBybit();
    await made.place({ type: 'market', timeInForce: 'IOC', quantity: '0.1' });
    await made.waitFor(() => made.program.session.positions.length === 1);
    const market = made.world.venue.market('linear', 'BTCUSDT');
    await made.restart(() => {
      market.move(String(Number(market.mark) - 500));
      const account = made.world.venue.account(made.world.uid);
      expect(account.openPositions()).toHaveLength(1);
      const close = { side: 'Sell', orderType: 'Market', qty: '0.1', reduceOnly: true };
      made.world.orderThere(close);
    });
    expect(made.world.venue.account(made.world.uid).openPositions()).toHaveLength(0);
    const fills = await made.fills();
    const closing = fills.filter(({ side }) => side === 'sell');
    expect(closing.length).toBeGreaterThan(0);
    const earned = closing.reduce((sum, { realizedPnl = 'NaN' }) => sum + Number(realizedPnl), 0);
    // 0.1 of 500 dollars, and the spread.
    expect(earned).toBeLessThan(-49);
    const realized = await made.program.limits.dailyLoss.realizedToday(made.accountId);
    expect(realized?.toNumber()).toBeLessThan(-49);
    await made.limit({ maxDailyLoss: '40' });
    await expect(made.place()).rejects.toMatchObject({ code: 'risk.maxDailyLoss' });
  });
});
