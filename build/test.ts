/**
 * `npm test`: builds when the sources are newer than the bundles, runs unit, integration and security tests,
 * then the end-to-end tests on the bundles, and ends with one plain line of totals.
 * `node build/test.ts e2e` (or any other project names) runs those projects alone.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binOf, runNode } from './run-tool.ts';
import { buildIsCurrent } from './ensure-built.ts';
import { addCounts, countReport, summaryLine, type Counts, type Report } from './test-results.ts';

async function runProjects(projects: readonly string[], folder: string): Promise<Counts> {
  const file = join(folder, `${projects.join('-')}.json`);
  const code = await runNode([
    binOf('vitest'),
    'run',
    ...projects.flatMap((name) => ['--project', name]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    '--passWithNoTests',
  ]);
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined;
  return countReport(report, code);
}

async function main(asked: readonly string[]): Promise<Counts> {
  const none: Counts = { passed: 0, failed: 0, skipped: 0 };
  if (!buildIsCurrent()) {
    console.log('== build');
    const code = await runNode([binOf('electron-vite'), 'build', '--logLevel', 'warn']);
    if (code !== 0) {
      console.error('The build failed; its tests cannot run.');
      return { ...none, failed: 1 };
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  try {
    const runs =
      asked.length > 0 ? [asked] : [['unit', 'stand-in', 'integration', 'security', 'chaos'], ['e2e']];
    let total = none;
    for (const projects of runs) {
      console.log(`\n== ${projects.join(', ')}`);
      total = addCounts(total, await runProjects(projects, folder));
    }
    return total;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const total = await main(process.argv.slice(2));
console.log(`\n${summaryLine(total)}`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
