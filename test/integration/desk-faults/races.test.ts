/** What the venue does and what it says cross on the line. */
import { describe, expect, it } from 'vitest';
import type { Order } from '../../../src-preload/contract/types/trading.ts';
import type { DeskAtBybit } from './desk-at-bybit.ts';
import { deskAtBybit, failureOf } from './desk-at-bybit.ts';

const LATE = 3_600_000;
const TRANSPORTS = ['socket', 'rest'] as const;

describe.each(TRANSPORTS)('over %s', (transport) => {
  /** The answers of one operation never come; what the stream says does. */
  const silenced = async (op: 'create' | 'amend' | 'cancel') => {
    const made = await deskAtBybit(transport);
    const silence = (): void => {
      made.world.venue.faults.http(`/v5/order/${op}`, { kind: 'latency', ms: LATE });
      made.world.venue.faults.trade(`order.${op}`, { kind: 'dropAfter' });
    };
    return { made, silence };
  };

  it('an acknowledgement by the stream before the answer is the order, and the lost answer is no second one', async () => {
    const { made, silence } = await silenced('create');
    silence();
    const { done } = await made.placing();
    await made.waitFor(() => made.program.keeper.open()[0]?.state === 'working');
    const [heard] = made.program.keeper.open();
    expect(heard).toMatchObject({ state: 'working' });
    expect(heard?.venueOrderId).toBe(made.there[0]?.orderId);
    // Now the answer is given up.
    const placed = await made.world.until(done);
    expect(placed).toMatchObject({ state: 'working', clientOrderId: heard?.clientOrderId });
    expect(made.there).toHaveLength(1);
    expect(made.sends(placed)).toBe(1);
  });

  it('a fill before the acknowledgement counts once, and the acknowledgement takes nothing back', async () => {
    const { made, silence } = await silenced('create');
    silence();
    const { done } = await made.placing({ type: 'market', timeInForce: 'IOC' });
    await made.waitFor(() => made.there[0]?.status === 'Filled');
    const order = { clientOrderId: made.there[0]?.linkId ?? '' };
    await made.becomes(order, 'filled');
    expect(await made.world.until(done)).toMatchObject({ state: 'filled', filledQuantity: '0.01' });
    await made.world.turn();
    expect(await made.kept(order)).toMatchObject({ state: 'filled', filledQuantity: '0.01' });
    expect(await made.fills()).toMatchObject([{ clientOrderId: order.clientOrderId, quantity: '0.01' }]);
  });

  it.each(['half', 'all'] as const)(
    'a cancel that a fill (%s) overtakes tells what was filled',
    async (share) => {
      const made = await deskAtBybit(transport);
      const order = await made.working();
      // Nobody tells of the fill, and the cancel leaves in the belief that nothing was filled.
      made.world.stream('deaf');
      const [resting] = await made.world.orders();
      if (resting) await made.world.fill(resting, share);
      expect(made.known(order)).toMatchObject({ state: 'working', filledQuantity: '0' });
      await made.cancel(order).catch(() => null);
      made.world.stream('good');
      await made.world.until(made.program.reconciler.now(made.program.session));
      const expected =
        share === 'all'
          ? { state: 'filled', filledQuantity: '0.01' }
          : { state: 'cancelled', filledQuantity: '0.005' };
      expect(made.known(order)).toMatchObject(expected);
      expect(await made.kept(order)).toMatchObject(expected);
      const [fill] = await made.fills();
      expect(fill?.quantity).toBe(expected.filledQuantity);
    },
  );

  it('a cancel that comes too late is told as the fill, not as a failure', async () => {
    const made = await deskAtBybit(transport);
    const order = await made.working();
    made.world.stream('deaf');
    const [resting] = await made.world.orders();
    if (resting) await made.world.fill(resting, 'all');
    expect(await made.cancel(order)).toMatchObject({ state: 'filled', filledQuantity: '0.01' });
  });

  it('an amendment that a fill overtakes changes nothing, and the order ends as filled', async () => {
    const made = await deskAtBybit(transport);
    const order = await made.working();
    made.world.stream('deaf');
    const [resting] = await made.world.orders();
    if (resting) await made.world.fill(resting, 'all');
    const outcome = await made.amend(order, { quantity: '0.02' }).catch((error: unknown) => error);
    expect(outcome).toMatchObject({ kind: 'unknownOrder' });
    made.world.stream('good');
    await made.world.until(made.program.reconciler.now(made.program.session));
    expect(made.known(order)).toMatchObject({ state: 'filled', quantity: '0.01', filledQuantity: '0.01' });
    expect(made.there).toHaveLength(1);
    expect(made.sends(order, 'amend')).toBe(1);
  });

  it('an amendment to less than a fill has taken meanwhile is refused, and the rest stays as it was', async () => {
    const made = await deskAtBybit(transport);
    const order = await made.working({ quantity: '0.02' });
    made.world.stream('deaf');
    const [resting] = await made.world.orders();
    if (resting) await made.world.fill(resting, 'half');
    expect(await failureOf(made.amend(order, { quantity: '0.005' }))).toMatchObject({ kind: 'invalidOrder' });
    made.world.stream('good');
    await made.world.until(made.program.reconciler.now(made.program.session));
    expect(made.known(order)).toMatchObject({
      state: 'partiallyFilled',
      quantity: '0.02',
      filledQuantity: '0.01',
    });
  });

  it('an amendment whose answer is lost while the order fills ends as the fill', async () => {
    const { made, silence } = await silenced('amend');
    const order = await made.working();
    made.world.stream('deaf');
    silence();
    const { accountId, clientOrderId } = order;
    const change = { accountId, clientOrderId, quantity: '0.02' };
    const amending = made.program.desk.amend(change).catch(() => null);
    await made.waitFor(() => made.there[0]?.qty === '0.02');
    const [resting] = await made.world.orders();
    if (resting) await made.world.fill(resting, 'all');
    await made.world.until(amending);
    expect(made.known(order)).toMatchObject({ state: 'filled', quantity: '0.02', filledQuantity: '0.02' });
    expect(made.sends(order, 'amend')).toBe(1);
  });
});

describe('stream messages', () => {
  const fillThrice = async (made: DeskAtBybit, before: () => void): Promise<void> => {
    for (const share of ['half', 'half', 'all'] as const) {
      before();
      const [resting] = await made.world.orders();
      if (resting) await made.world.fill(resting, share);
    }
  };
  const expectOneTruth = async (made: DeskAtBybit, order: Order): Promise<void> => {
    await made.becomes(order, 'filled');
    await made.waitFor(() => false);
    const states = (await made.steps(order)).flatMap(({ state }) => state ?? []);
    expect(states.slice(states.indexOf('filled')).every((state) => state === 'filled')).toBe(true);
    const fills = (await made.fills()).filter((fill) => fill.clientOrderId === order.clientOrderId);
    const quantities = fills.map(({ quantity }) => Number(quantity));
    expect(quantities).toHaveLength(3);
    expect(quantities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(0.03, 9);
    expect(await made.kept(order)).toMatchObject({ state: 'filled', filledQuantity: '0.03' });
  };

  it('that come twice leave one truth', async () => {
    const made = await deskAtBybit();
    made.world.stream('twice');
    const order = await made.place({ quantity: '0.03' });
    await fillThrice(made, () => undefined);
    await expectOneTruth(made, order);
  });

  it('that come in the wrong order leave one truth', async () => {
    const made = await deskAtBybit();
    const order = await made.working({ quantity: '0.03' });
    const heard: string[] = [];
    made.program.changed.on(({ clientOrderId, filledQuantity }) => {
      if (clientOrderId === order.clientOrderId) heard.push(filledQuantity);
    });
    const { venue } = made.world;
    // The second is told before the first, and the last one after that of the next order.
    const late = [true, false, true];
    await fillThrice(made, () => {
      venue.flush();
      // All that one fill brings: order, execution, position and wallet.
      if (late.shift() === true) venue.faults.privateMessages('*', 'reverse', 4);
    });
    venue.flush();
    await made.place({ type: 'market', timeInForce: 'IOC', quantity: '0.011' });
    await expectOneTruth(made, order);
    // The partial fills are told in one order only, and the first of them came after the second.
    const filled = heard.map(Number).filter((one) => one > 0);
    expect(filled).toEqual([...filled].sort((one, other) => one - other));
  });
});
