import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addText, roundToStep, text, dec } from '../../../src-main/market/decimal.ts';
import { ACCOUNT_ID, openWorld, ordersAtVenue, wish } from './world.ts';
import type { Fault, Program, World } from './world.ts';

/** A short form of what CI has time for; HOLDFAST_CHAOS_RUNS makes it longer. */
const RUNS = Number(process.env['HOLDFAST_CHAOS_RUNS'] ?? '15');

const LIMIT_MS = RUNS * 1000;

const fault = fc.constantFrom<Fault>('none', 'none', 'none', 'neverArrives', 'answerLost', 'neverAnswered');
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('place' as const),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      /** Share of the price away from the best one; null = at the market. */
      away: fc.constantFrom(null, '0', '0.01', '0.03'),
      fault,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), nth: fc.nat(9), fault }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('amend' as const), nth: fc.nat(9), fault }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancelAll' as const), fault }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3000 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('deaf' as const), on: fc.constantFrom(true, true, false) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('elsewhere' as const) }) },
  /** The program is killed after so many turns, whatever it does then, and started again. */
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), turns: fc.nat(4) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function priceOf({ house }: World, side: 'buy' | 'sell', away: string): Promise<string> {
  const { bid, ask } = await house.best();
  const factor = side === 'buy' ? dec('1').minus(away) : dec('1').plus(away);
  return roundToStep(text(dec(side === 'buy' ? bid : ask).times(factor)), '0.01', 'halfEven');
}

/** Carries out one step. What the program still waits for goes on beside the next ones. */
async function perform(world: World, program: Program, one: Step, intents: string[]): Promise<Program> {
  const { house, state, start, turn } = world;
  const open = program.keeper.open(ACCOUNT_ID);
  const nth = 'nth' in one ? open[one.nth % Math.max(1, open.length)] : undefined;
  if ('fault' in one) state.fault = one.fault;
  const doing: Promise<unknown>[] = [];
  if (one.kind === 'place') {
    const intent = `intent-${String(intents.length)}`;
    intents.push(intent);
    const isMarket = one.away === null;
    const price = one.away === null ? {} : { price: await priceOf(world, one.side, one.away) };
    const draft = wish({
      side: one.side,
      type: isMarket ? 'market' : 'limit',
      quantity: '0.01',
      timeInForce: isMarket ? 'IOC' : 'GTC',
      ...price,
    });
    // Pressed twice: the same intent is the same order.
    doing.push(program.desk.place(draft, intent), program.desk.place(draft, intent));
  }
  if (one.kind === 'cancel' && nth) doing.push(program.desk.cancel(ACCOUNT_ID, nth.clientOrderId));
  if (one.kind === 'amend' && nth?.price) {
    const price = await priceOf(world, nth.side, '0.02');
    doing.push(program.desk.amend({ accountId: ACCOUNT_ID, clientOrderId: nth.clientOrderId, price }));
  }
  if (one.kind === 'cancelAll') doing.push(program.desk.cancelAll(ACCOUNT_ID));
  if (one.kind === 'pass') house.pass(one.ms);
  if (one.kind === 'deaf') state.deaf = one.on;
  if (one.kind === 'elsewhere')
    await house
      .place({ price: await priceOf(world, 'buy', '0.02'), quantity: '0.01' })
      .catch(() => undefined);
  for (const promise of doing) promise.catch(() => undefined);
  if (one.kind === 'kill') {
    for (let left = one.turns; left > 0; left -= 1) await turn();
    program.kill();
    return start();
  }
  for (let left = 3; left > 0; left -= 1) await turn();
  return program;
}

/** Checks the invariants; answers how many orders and fills there were to check. */
async function expectTruth(world: World, program: Program, intents: readonly string[]): Promise<number> {
  const { ledger, house, sent } = world;
  const { repositories } = ledger;
  const theirs = await ordersAtVenue(world);
  const fills = (await repositories.fills.list({ limit: 100_000, offset: 0 })).rows;
  expect(
    [...sent.values()].filter((times) => times > 1),
    'an order was sent twice',
  ).toEqual([]);
  expect(sent.size).toBeLessThanOrEqual(intents.length);
  for (const order of theirs) {
    const ours = await repositories.orders.byClientId({
      accountId: ACCOUNT_ID,
      clientOrderId: order.clientOrderId,
    });
    expect(ours, `${order.clientOrderId} is not known`).not.toBeNull();
    expect(ours).toMatchObject({ state: order.state, filledQuantity: order.filledQuantity });
    const filled = fills
      .filter(({ clientOrderId }) => clientOrderId === order.clientOrderId)
      .reduce((sum, { quantity }) => addText(sum, quantity), '0');
    expect(dec(filled).equals(order.filledQuantity), `fills of ${order.clientOrderId}`).toBe(true);
  }
  const { rows } = await repositories.orders.list({ limit: 100_000, offset: 0 });
  const names = new Set(theirs.map(({ clientOrderId }) => clientOrderId));
  // What the venue does not have never was there, and we say so.
  for (const order of rows) if (!names.has(order.clientOrderId)) expect(order.state).toBe('rejected');
  expect(rows.filter(({ state }) => ['sending', 'unknown', 'cancelling'].includes(state))).toEqual([]);
  expect((await house.account.fills(null, 0)).rows.length).toBe(fills.length);
  const reports = await program.reconciler.reports([ACCOUNT_ID]);
  expect(reports[0]?.outcome).toMatch(/equal|adopted/);
  const strange = reports.flatMap(({ differences }) =>
    differences.filter(({ subject, cause }) => subject !== 'order' && cause === 'unexplained'),
  );
  expect(strange, 'money appeared or vanished').toEqual([]);
  return theirs.length + fills.length;
}

describe('the order desk in chaos', () => {
  it(
    'loses no order, doubles none and misreports none, whatever the line and the machine do',
    async () => {
      let checked = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 20 }), async (steps) => {
          const world = await openWorld();
          let program = await world.start();
          try {
            const intents: string[] = [];
            for (const one of steps) program = await perform(world, program, one, intents);
            // The power goes, comes back, and the line is good.
            program.kill();
            Object.assign(world.state, { fault: 'none', deaf: false });
            program = await world.start();
            await program.reconciler.ready(program.session);
            for (let left = 5; left > 0; left -= 1) await world.turn();
            checked += await expectTruth(world, program, intents);
          } finally {
            program.kill();
            world.ledger.dispose();
          }
        }),
        { numRuns: RUNS, interruptAfterTimeLimit: LIMIT_MS },
      );
      // A venue that refused everything would prove nothing.
      expect(checked).toBeGreaterThan(0);
    },
    2 * LIMIT_MS + 20_000,
  );
});
