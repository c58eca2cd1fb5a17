/**
 * `npm run bench [-- --json --only NAME --minutes N]`: runs every measurement of this folder, one after the other so
 * that none disturbs another, and prints a table. With --json the last line is {"results":[...]}. A bench that
 * fails is named and makes the command fail; the others still run.
 */
import { readdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Bench, BenchResult } from './result.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    // Length of the long runs; read by the benches that have one.
    minutes: { type: 'string' },
  },
});

async function benches(): Promise<{ name: string; run: Bench }[]> {
  const folder = new URL('.', import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && file !== 'run.ts').sort();
  const found: { name: string; run: Bench }[] = [];
  for (const file of files) {
    const name = file.replace(/\.ts$/, '');
    if (values.only !== undefined && name !== values.only) continue;
    const module = (await import(new URL(file, folder).href)) as { run?: Bench };
    if (typeof module.run === 'function') found.push({ name, run: module.run });
  }
  return found;
}

/** Three significant digits: more would claim a precision that a shared machine does not have. */
const figure = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

function row(result: BenchResult): string[] {
  const peers = Object.entries(result.peers).map(
    ([peer, value]) => `${peer} ${figure(value)} (x${(result.ours / value).toFixed(2)})`,
  );
  const floor =
    result.floor === undefined ? '' : `${figure(result.floor)} (x${(result.ours / result.floor).toFixed(2)})`;
  return [result.name, figure(result.ours), result.unit, peers.join(', '), floor];
}

function print(results: readonly BenchResult[]): void {
  const head = ['measurement', 'ours', 'unit', 'peers', 'floor'];
  const rows = [head, ...results.map(row)];
  const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  for (const cells of rows) {
    console.log(
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
  for (const result of results) if (result.note !== undefined) console.log(`${result.name}: ${result.note}`);
}

const results: BenchResult[] = [];
const failed: string[] = [];
const found = await benches();
if (found.length === 0) failed.push(values.only ?? 'every bench: none was found');
for (const { name, run } of found) {
  console.error(`bench ${name} ...`);
  try {
    results.push(...[await run()].flat());
  } catch (error) {
    failed.push(name);
    console.error(`bench ${name} failed:`, error);
  }
}
print(results);
if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`);
if (values.json) console.log(JSON.stringify({ results }));
process.exitCode = failed.length === 0 ? 0 : 1;
