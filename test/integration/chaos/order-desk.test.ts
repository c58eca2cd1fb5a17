/**
 * The same commands and the same invariants at two venues: the practice engine, and the loopback Bybit through the
 * real adapter and network. HOLDFAST_CHAOS_RUNS makes it longer, HOLDFAST_CHAOS_SEED repeats a run that failed: its
 * commands and faults are the same again; sockets may still deliver in another order.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBybitWorld } from './bybit-world.ts';
import { command, perform, restart } from './commands.ts';
import type { Command } from './commands.ts';
import { expectSafe, expectTruth, LIMITS } from './invariants.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';
import { openPracticeWorld } from './practice-world.ts';
import type { World } from './world.ts';

/** A short form of what CI has time for. */
const RUNS = Number(process.env['HOLDFAST_CHAOS_RUNS'] ?? '12');
const SEED = process.env['HOLDFAST_CHAOS_SEED'];
/** Of one run, on a loaded machine. */
const RUN_MS = 4000;
const LIMIT_MS = 2 * RUNS * RUN_MS + 20_000;

const options = {
  numRuns: RUNS,
  interruptAfterTimeLimit: RUNS * RUN_MS,
  ...(SEED === undefined ? {} : { seed: Number(SEED) }),
};

/** Runs the commands in a fresh world. Answers how much there was to check. */
async function chaos(world: World, commands: readonly Command[]): Promise<number> {
  const intents: string[] = [];
  const before = await world.holdings();
  let program = await restart(world);
  try {
    await program.store.set(null, LIMITS);
    for (const one of commands) {
      program = await perform(world, program, one, intents);
      await expectSafe(world, intents);
    }
    // The power goes, comes back, and the line is good.
    program.kill();
    world.fault('none');
    world.stream('good');
    program = await startProgram(world);
    await settle(world, program);
    await expectSafe(world, intents);
    return await expectTruth(world, program, before, intents);
  } finally {
    program.kill();
    await world.dispose();
  }
}

/** Connected and reconciled, with nothing left under way. Look-ups take a minute at most. */
async function settle(world: World, { session, reconciler, keeper }: Program): Promise<void> {
  const { account, timers } = world;
  await world.until(reconciler.ready(session));
  for (let left = 900; left > 0; left -= 1) {
    const reports = await reconciler.reports([account.id]);
    const isBusy = keeper.inFlight().length > 0 || reports.some(({ outcome }) => outcome === 'running');
    if (session.state === 'live' && !isBusy) break;
    await world.until(timers.wait(100));
  }
  expect(session.state).toBe('live');
  for (let left = 5; left > 0; left -= 1) await world.turn();
}

const commands = fc.array(command, { minLength: 3, maxLength: 25 });

/** Runs the property; says how much there was to check, since a venue that refused everything would prove nothing. */
async function expectNoLoss<V>(
  variant: fc.Arbitrary<V>,
  open: (variant: V) => Promise<World>,
): Promise<void> {
  let checked = 0;
  const run = async (chosen: V, some: readonly Command[]): Promise<void> => {
    checked += await chaos(await open(chosen), some);
  };
  await fc.assert(fc.asyncProperty(variant, commands, run), options);
  expect(checked).toBeGreaterThan(RUNS);
}

describe('the order desk in chaos loses no order, doubles none, misreports none, and keeps to its limits', () => {
  it('at the practice engine', () => expectNoLoss(fc.constant(null), openPracticeWorld), LIMIT_MS);

  it(
    'at Bybit, over order entry or REST',
    () => expectNoLoss(fc.constantFrom('socket' as const, 'rest' as const), openBybitWorld),
    LIMIT_MS,
  );
});
