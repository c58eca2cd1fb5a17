import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstLoad, ownerOf } from '../../../build/bundle-size.ts';
import { contractSurface } from '../../../build/defines.ts';
import { addCounts, countReport, summaryLine, type Report } from '../../../build/test-results.ts';

const report = (more: Partial<Report> = {}): Report => ({
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...more,
});

describe('the totals of a test run', () => {
  it('are those of the report', () => {
    expect(countReport(report({ numFailedTests: 2, numPendingTests: 1 }), 1)).toEqual({
      passed: 5,
      failed: 2,
      skipped: 1,
    });
  });

  it('count a file that broke outside its tests, and a run that broke without saying where', () => {
    const broken = report({ testResults: [{ status: 'failed', assertionResults: [] }] });
    expect(countReport(broken, 1).failed).toBe(1);
    expect(countReport(report(), 1).failed).toBe(1);
    const files = [
      { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
      { status: 'failed', assertionResults: [{ status: 'skipped' }] },
    ];
    expect(countReport(report({ numFailedTests: 1, testResults: files }), 1).failed).toBe(2);
    expect(countReport(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('are one line', () => {
    const sum = addCounts({ passed: 1, failed: 0, skipped: 0 }, { passed: 2, failed: 1, skipped: 3 });
    expect(summaryLine(sum)).toBe('3 passed, 1 failed, 3 skipped');
    expect(summaryLine({ passed: 1, failed: 0, skipped: 0 })).toBe('1 passed, 0 failed');
  });
});

describe('the bundle report', () => {
  it('names the package or the part that a module belongs to', () => {
    expect(ownerOf('/a/node_modules/@vue/shared/dist/x.js')).toBe('@vue/shared');
    expect(ownerOf('/a/node_modules/x/node_modules/ws/lib/y.js?commonjs')).toBe('ws');
    expect(ownerOf('C:\\a\\src-main\\vault\\vault.ts')).toBe('src-main/vault');
    expect(ownerOf('\u0000virtual')).toBe('build glue');
  });

  it('counts what an entry pulls in at once, through cycles, and not what comes later', () => {
    const chunk = (file: string, imports: string[], entry = false) => ({ file, imports, entry, modules: [] });
    const chunks = [chunk('a', ['b'], true), chunk('b', ['c', 'a']), chunk('c', []), chunk('later', ['c'])];
    expect([...firstLoad(chunks)].sort()).toEqual(['a', 'b', 'c']);
  });
});

describe('the surface for the preload', () => {
  it('is names only, without a schema', async () => {
    const surface = JSON.parse(await contractSurface()) as {
      calls: Record<string, unknown[]>;
      topics: unknown[];
    };
    const names = [...Object.values(surface.calls).flat(), ...surface.topics];
    expect(names.length).toBeGreaterThan(40);
    expect(names.every((name) => typeof name === 'string' && /^[a-zA-Z.]+$/.test(name))).toBe(true);
  });
});

describe.skipIf(process.platform === 'win32')('.ci/run', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-ci-'));
    mkdirSync(join(folder, '.ci'));
    copyFileSync(fileURLToPath(new URL('../../../.ci/run', import.meta.url)), join(folder, '.ci', 'run'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the gate with an npm that only notes what it was asked and answers as told. */
  function run(answers: Record<string, string>): { code: number | null; last: string; asked: string[] } {
    const cases = Object.entries(answers).map(([args, script]) => `"${args}") ${script};;`);
    const npm = `#!/bin/sh\necho "$*" >> "${folder}/asked"\nif read -r line; then exit 9; fi\n[ "$CI" = true ] || exit 8\ncase "$*" in ${cases.join(' ')} esac\n`;
    writeFileSync(join(folder, 'npm'), npm);
    chmodSync(join(folder, 'npm'), 0o755);
    const { status, stdout } = spawnSync('bash', [join(folder, '.ci', 'run')], {
      encoding: 'utf8',
      input: 'nobody reads this\n',
      env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    });
    const asked = spawnSync('cat', [join(folder, 'asked')], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n');
    return { code: status, last: stdout.trim().split('\n').at(-1) ?? '', asked };
  }
  const TESTS = 'echo "10 passed, 0 failed, 2 skipped"';

  it('runs the four commands in order and ends with the totals', () => {
    const { code, last, asked } = run({ test: TESTS });
    expect(asked).toEqual(['ci', 'run check', 'test', 'run demo']);
    expect([code, last]).toEqual([0, '13 passed, 0 failed']);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a failed check', { 'run check': 'exit 1', test: TESTS }, '12 passed, 1 failed'],
    ['failed tests', { test: 'echo "8 passed, 2 failed"; exit 1' }, '11 passed, 2 failed'],
    ['a failed demo', { test: TESTS, 'run demo': 'exit 3' }, '12 passed, 1 failed'],
    ['tests that end badly without a failure', { test: `${TESTS}; exit 1` }, '13 passed, 1 failed'],
    ['tests without totals', { test: 'exit 0' }, '3 passed, 1 failed'],
  ])('fails with %s', (_name, answers, last) => {
    const result = run(answers);
    expect(result.last).toBe(last);
    expect(result.code).not.toBe(0);
    expect(result.asked).toHaveLength(4);
  });

  it('stops at once when the installation fails', () => {
    expect(run({ ci: 'exit 1' })).toEqual({ code: 1, last: '0 passed, 1 failed', asked: ['ci'] });
  });
});
