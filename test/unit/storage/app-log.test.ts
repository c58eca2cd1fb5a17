import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAppLog } from '../../../src-main/storage/app-log.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-log-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const text = (name = 'holdfast.log') => readFileSync(join(folder, name), 'utf8');
const lines = () => text().trimEnd().split('\n');

describe('the log of the program', () => {
  it('has each line on the disk at once, readable for this user only', () => {
    openAppLog(folder).warn({ where: 'topic:open' }, 'message refused');
    expect(JSON.parse(text())).toMatchObject({ where: 'topic:open', msg: 'message refused' });
    if (process.platform !== 'win32') expect(statSync(join(folder, 'holdfast.log')).mode & 0o777).toBe(0o600);
  });

  it('blackens what is named like a secret, also further in', () => {
    const log = openAppLog(folder);
    log.error(
      { secret: 'test-secret-1', call: { passphrase: 'test passphrase 2', a: { key: 'test-key-3' } } },
      'x',
    );
    expect(text()).not.toMatch(/test-secret-1|test passphrase 2|test-key-3/);
  });

  it('takes so many lines a minute and says how many it left out', () => {
    let now = 0;
    const log = openAppLog(folder, () => now);
    for (let n = 0; n < 10_000; n += 1) log.warn({ n }, 'message refused');
    expect(lines()).toHaveLength(600);
    now = 60_000;
    log.warn('the next minute');
    expect(
      lines()
        .slice(600)
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ dropped: 9_400 }, { msg: 'the next minute' }]);
  });

  it('is turned over while the program runs, keeping one earlier file', () => {
    let now = 0;
    const log = openAppLog(folder, () => (now += 1_000));
    const long = 'x'.repeat(64 * 1024);
    for (let n = 0; n < 300; n += 1) log.warn({ n }, long);
    expect(readdirSync(folder).sort()).toEqual(['holdfast.log', 'holdfast.log.1']);
    for (const name of readdirSync(folder)) expect(text(name).length).toBeLessThan(5.2 * 1024 * 1024);
    expect(JSON.parse(lines().at(-1) ?? '')).toMatchObject({ n: 299 });
  });

  it('fails nothing when it cannot be written', () => {
    const log = openAppLog(folder);
    rmSync(folder, { recursive: true });
    expect(() => {
      log.error('nowhere to go');
    }).not.toThrow();
  });
});
