/** Prints what the bundles weigh, raw and gzipped, their heaviest packages, and how that compares to the budgets. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { REPORT_FOLDER, type BundleReport, type ChunkReport } from './bundle-report.ts';
import { ROOT } from './run-tool.ts';

const KB = 1024;
const SHOWN = 8;
/** Printed, not enforced: a budget that fails the build gets raised, one that is read gets questioned. */
const BUDGETS_KB: Readonly<Record<string, number>> = { main: 600, preload: 8, renderer: 900 };

const kb = (bytes: number): string => `${(bytes / KB).toFixed(1)} KB`;

/** The package a module belongs to, or the top folder of our own sources. */
export function ownerOf(id: string): string {
  const clean = id.replaceAll('\\', '/').replace(/\?.*$/, '');
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(clean)?.[1];
  if (inPackage !== undefined) return inPackage;
  return /\/(src-(?:main|preload|renderer)(?:\/[^/]+)?)/.exec(clean)?.[1] ?? 'build glue';
}

/** Everything an entry pulls in statically: what has to be read before the first line runs. */
export function firstLoad(chunks: readonly ChunkReport[]): ReadonlySet<string> {
  const byFile = new Map(chunks.map((chunk) => [chunk.file, chunk]));
  const seen = new Set<string>();
  const visit = (file: string): void => {
    const chunk = byFile.get(file);
    if (chunk === undefined || seen.has(file)) return;
    seen.add(file);
    chunk.imports.forEach(visit);
  };
  chunks.filter((chunk) => chunk.entry).forEach((chunk) => visit(chunk.file));
  return seen;
}

function heaviest(chunks: readonly ChunkReport[]): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const { id, bytes } of chunks.flatMap((chunk) => chunk.modules)) {
    sums.set(ownerOf(id), (sums.get(ownerOf(id)) ?? 0) + bytes);
  }
  return [...sums].sort((a, b) => b[1] - a[1]).slice(0, SHOWN);
}

function print(name: string): void {
  const file = join(ROOT, REPORT_FOLDER, `${name}.json`);
  if (!existsSync(file)) return console.log(`${name}: not built`);
  const report = JSON.parse(readFileSync(file, 'utf8')) as BundleReport;
  const first = firstLoad(report.chunks);
  let firstRaw = 0;
  console.log(`\n${name}`);
  for (const chunk of report.chunks) {
    const content = readFileSync(join(ROOT, 'out', name, chunk.file));
    if (first.has(chunk.file)) firstRaw += content.length;
    const mark = first.has(chunk.file) ? '' : '  (loaded later)';
    console.log(
      `  ${chunk.file.padEnd(44)} ${kb(content.length).padStart(10)}  gzip ${kb(gzipSync(content).length)}${mark}`,
    );
  }
  const budget = BUDGETS_KB[name] ?? 0;
  const verdict = firstRaw <= budget * KB ? 'within' : 'OVER';
  console.log(`  first load ${kb(firstRaw)}: ${verdict} the budget of ${budget} KB`);
  console.log('  heaviest, before compression of whitespace:');
  for (const [owner, bytes] of heaviest(report.chunks))
    console.log(`    ${owner.padEnd(42)} ${kb(bytes).padStart(10)}`);
}

if (import.meta.main) for (const name of Object.keys(BUDGETS_KB)) print(name);
