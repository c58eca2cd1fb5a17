/**
 * `npm run test:chaos`: kills the program 200 times and says what that has shown. HOLDFAST_CHAOS_SEED repeats a
 * run, HOLDFAST_CHAOS_KILLS makes it longer or shorter.
 */
import { chaos } from './chaos.ts';
import { neverMet, summary } from './tally.ts';

const KILLS = 200;

const seed = Number(process.env['HOLDFAST_CHAOS_SEED'] ?? Date.now() % 1_000_000);
const kills = Number(process.env['HOLDFAST_CHAOS_KILLS'] ?? KILLS);
console.log(`seed ${String(seed)}, ${String(kills)} kills`);
try {
  const tally = await chaos({ seed, kills, log: (line) => console.log(line) });
  console.log(JSON.stringify(tally.moments));
  console.log(summary(kills, tally));
  const unmet = neverMet(tally);
  // Too short a run cannot meet everything.
  if (kills >= KILLS && unmet.length > 0) throw new Error(`The run has not met: ${unmet.join(', ')}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
