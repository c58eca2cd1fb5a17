/** Somebody sets the clock of this machine: during an order, between two orders, between two runs. */
import { describe, expect, it } from 'vitest';
import { type DeskAtBybit, deskAtBybit } from './desk-at-bybit.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const JUMPS = [
  ['an hour forwards', HOUR],
  ['an hour backwards', -HOUR],
  ['two days forwards', 2 * DAY],
  ['two days backwards', -2 * DAY],
] as const;

/** Our clock only: the venue's goes on as before. */
function setClock({ world }: DeskAtBybit, by: number): void {
  world.time.setBy(by);
  world.venue.clock.offsetMs -= by;
}

/** Until the network has noticed, which it looks for every few seconds. */
const noticed = ({ world }: DeskAtBybit): Promise<void> => world.until(world.timers.wait(8000));

describe.each(JUMPS)('a clock that is set %s', (_, by) => {
  it.each(['socket', 'rest'] as const)(
    'while an order is on its way (%s) loses and doubles nothing',
    async (transport) => {
      const made = await deskAtBybit(transport);
      const { faults } = made.world.venue;
      made.world.stream('deaf');
      faults.http('/v5/order/create', { kind: 'latency', ms: HOUR });
      faults.trade('order.create', { kind: 'dropAfter' });
      const { done } = await made.placing();
      await made.waitFor(() => made.there.length === 1);
      setClock(made, by);
      const order = await made.world.until(done);
      expect(['unknown', 'working']).toContain(order.state);
      made.world.stream('good');
      await noticed(made);
      await made.becomes(order, 'working');
      expect(await made.kept(order)).toMatchObject({ state: 'working' });
      expect(made.there).toHaveLength(1);
      expect(made.sends(order)).toBe(1);
    },
  );

  it('makes no id twice, and ids go on rising, in this run and in the next one', async () => {
    const made = await deskAtBybit();
    const ids = [await made.place()];
    setClock(made, by);
    await noticed(made);
    ids.push(await made.place(), await made.place());
    await made.restart();
    ids.push(await made.place());
    await made.restart(() => setClock(made, -by));
    ids.push(await made.place(), await made.place());
    const numbers = ids.map(({ clientOrderId }) => Number(clientOrderId));
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(made.there.map(({ linkId }) => linkId)).toEqual(ids.map(({ clientOrderId }) => clientOrderId));
  });

  it('neither empties the minute of the order rate nor holds orders longer than it', async () => {
    const made = await deskAtBybit();
    await made.limit({ maxOrdersPerMinute: 3 });
    const order = await made.working();
    await made.place();
    await made.amend(order, { quantity: '0.011' });
    setClock(made, by);
    await expect(made.place()).rejects.toMatchObject({ code: 'risk.maxOrdersPerMinute' });
    await noticed(made);
    await expect(made.place()).rejects.toMatchObject({ code: 'risk.maxOrdersPerMinute' });
    await made.world.pass(61_000);
    await made.live();
    await expect(made.place()).resolves.toMatchObject({ clientOrderId: expect.any(String) as unknown });
  });

  it('between two runs does not either, changes of orders included', async () => {
    const made = await deskAtBybit();
    await made.limit({ maxOrdersPerMinute: 3 });
    const order = await made.working();
    await made.place();
    await made.amend(order, { quantity: '0.011' });
    await made.restart(() => setClock(made, by));
    await expect(made.place()).rejects.toMatchObject({ code: 'risk.maxOrdersPerMinute' });
    await made.world.pass(61_000);
    await made.live();
    await expect(made.place()).resolves.toMatchObject({ clientOrderId: expect.any(String) as unknown });
  });

  it('does not make the loss of the day another one', async () => {
    const made = await deskAtBybit();
    await made.place({ type: 'market', timeInForce: 'IOC', quantity: '0.1' });
    await made.waitFor(() => made.program.session.positions.length === 1);
    const market = made.world.venue.market('linear', 'BTCUSDT');
    market.move(String(Number(market.mark) - 500));
    await made.place({ type: 'market', timeInForce: 'IOC', quantity: '0.1', side: 'sell' });
    await made.waitFor(() => made.program.session.positions.length === 0);
    await made.limit({ maxDailyLoss: '40' });
    await expect(made.place()).rejects.toMatchObject({ code: 'risk.maxDailyLoss' });
    setClock(made, by);
    await noticed(made);
    await expect(made.place()).rejects.toMatchObject({ code: 'risk.maxDailyLoss' });
    await made.restart();
    await expect(made.place()).rejects.toMatchObject({ code: 'risk.maxDailyLoss' });
  });
});
