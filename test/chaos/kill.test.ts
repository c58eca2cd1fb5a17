import { expect, it } from 'vitest';
import { chaos } from './chaos.ts';

/** The short form; `npm run test:chaos` is the full one. */
const KILLS = Number(process.env['HOLDFAST_CHAOS_KILLS'] ?? '8');
const SEED = Number(process.env['HOLDFAST_CHAOS_SEED'] ?? Math.floor(Math.random() * 1_000_000));

it(
  'loses no order, doubles none and forgets none, whenever the program is killed',
  async () => {
    const tally = await chaos({ seed: SEED, kills: KILLS });
    // One that met no order in flight would prove nothing.
    expect(tally.orders, `seed ${String(SEED)}`).toBeGreaterThan(0);
    expect(tally.killsInFlight, `seed ${String(SEED)}`).toBeGreaterThan(0);
    expect(tally.unknownResolved, `seed ${String(SEED)}`).toBe(tally.unknownFound);
  },
  // A hang is found by the run itself.
  KILLS * 60_000,
);
