import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import { ownArguments, parseArguments } from '../../../src-main/shell/args.ts';

const CWD = '/home/someone';
function problems(...argv: string[]): unknown {
  try {
    parseArguments(argv, CWD, false);
  } catch (error) {
    if (error instanceof HoldfastError) return error.details.problems;
    throw error;
  }
  throw new Error('was accepted');
}

describe('ownArguments', () => {
  it('leaves out the program, and the application where it is given as a path', () => {
    expect(ownArguments(['/opt/holdfast', '--seed=1'], true)).toEqual(['--seed=1']);
    expect(ownArguments(['/electron', '/work', '--seed', '1'], false)).toEqual(['--seed', '1']);
    expect(ownArguments(['/electron', '--no-sandbox', '/work', '--seed=1'], false)).toEqual([
      '--no-sandbox',
      '--seed=1',
    ]);
  });

  it('keeps a stray path in a packed build, so that it is refused', () => {
    expect(ownArguments(['/opt/holdfast', 'market.jsonl'], true)).toEqual(['market.jsonl']);
  });
});

describe('parseArguments', () => {
  it('reads every argument, in both spellings, and makes paths absolute', () => {
    const argv = ['--replay', 'data/x.jsonl', '--seed=7', '--speed', '100', '--user-data-dir=/var/h'];
    expect(parseArguments(argv, CWD, false)).toEqual({
      replay: '/home/someone/data/x.jsonl',
      seed: 7,
      speed: 100,
      userDataDir: '/var/h',
    });
    expect(parseArguments([], CWD, false)).toEqual({});
  });

  it('lets the last of a repeated argument count', () => {
    expect(parseArguments(['--seed=1', '--seed=2'], CWD, false)).toEqual({ seed: 2 });
  });

  it('leaves the switches of Chromium alone', () => {
    const argv = [
      '--no-sandbox',
      '--disable-gpu',
      '--ozone-platform=x11',
      '--password-store=basic',
      '--seed=1',
    ];
    expect(parseArguments(argv, CWD, false)).toEqual({ seed: 1 });
  });

  it.each([
    ['--sed=7', '--sed'],
    ['-s', '-s'],
    ['market.jsonl', 'market.jsonl'],
    ['--passphrase=test passphrase', '--passphrase'],
  ])('refuses %s by name, without repeating its value', (argument, field) => {
    const found = problems(argument) as { field: string; rule: string }[];
    expect(found.map((problem) => problem.field)).toEqual([field]);
    expect(found[0]?.rule).toContain('not an argument');
    expect(JSON.stringify(found)).not.toContain('test passphrase');
  });

  it.each(['-1', '4294967296', '1.5', 'x', '1e3', '0x10', '99999999999'])('refuses the seed %s', (seed) => {
    expect(problems(`--seed=${seed}`)).toEqual([
      { field: '--seed', rule: 'must be a whole number from 0 to 4294967295' },
    ]);
  });

  it.each(['0', '101', ''])('refuses the speed "%s"', (speed) => {
    expect(problems(`--speed=${speed}`)).toHaveLength(1);
  });

  it('takes the port of a stand-in for Bybit in an unpacked build, and nowhere else', () => {
    expect(parseArguments(['--bybit-loopback=8080'], CWD, false)).toEqual({ bybitLoopback: 8080 });
    expect(() => parseArguments(['--bybit-loopback=8080'], CWD, true)).toThrow('not an argument');
    const both = ['--bybit-loopback=8080', '--bybit-testnet-loopback=8081'];
    expect(parseArguments(both, CWD, false)).toEqual({ bybitLoopback: 8080, bybitTestnetLoopback: 8081 });
    expect(() => parseArguments(['--bybit-testnet-loopback=8081'], CWD, true)).toThrow('not an argument');
  });

  it.each(['0', '65536', '127.0.0.1:8080', 'http://x', ''])('refuses the loopback port "%s"', (port) => {
    expect(problems(`--bybit-loopback=${port}`)).toHaveLength(1);
  });

  it('refuses an argument without its value, and names every problem at once', () => {
    expect(problems('--replay')).toEqual([{ field: '--replay', rule: 'needs a value' }]);
    expect(problems('--replay', '--seed=1')).toContainEqual({ field: '--replay', rule: 'needs a value' });
    expect(problems('--seed=x', '--speed=0', '--nothing')).toHaveLength(3);
  });
});
