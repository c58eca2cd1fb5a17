import { isAbsolute, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { FieldProblem } from '../../src-preload/contract/result.ts';
import { badInput } from '../errors.ts';

/** What the command line may say. None of it is a secret: arguments are visible to every program. */
export interface Arguments {
  /** Absolute path of a recorded market to replay. */
  readonly replay?: string;
  /** Seed of the synthetic market, 0 to 4294967295. */
  readonly seed?: number;
  /** Speed of the replay, 1 to 100 times real time. */
  readonly speed?: number;
  /** Absolute path of the folder with vault, ledger and settings. */
  readonly userDataDir?: string;
  /** Tests only: the port on 127.0.0.1 of a stand-in for Bybit, 1 to 65535. */
  readonly bybitLoopback?: number;
  /** Tests only: another one for Bybit's testnet, which is a world of its own. */
  readonly bybitTestnetLoopback?: number;
}

const MAX_SEED = 4_294_967_295;
const MAX_SPEED = 100;
const MAX_PORT = 65_535;

/** Switches of Chromium and Electron that reach the application untouched and are none of its business. */
const FOREIGN =
  /^--(?:no-sandbox|disable-|enable-|ozone-platform|remote-debugging-|force-|lang=|password-store=|inspect|js-flags|gtk-version|allow-)|^-psn_/;

/**
 * The arguments that are meant for us: without the program, and in an unpacked build without the path of the
 * application, which is the first argument that is no switch (Electron decides by the same rule).
 */
export function ownArguments(argv: readonly string[], packaged: boolean): readonly string[] {
  const rest = argv.slice(1);
  const application = packaged ? -1 : rest.findIndex((argument) => !argument.startsWith('-'));
  return rest.filter((_argument, index) => index !== application);
}

/**
 * Reads the arguments after the program's name. The last of a repeated one counts. Throws `badInput`
 * naming the argument and the rule for one that is unknown or out of range, so that a typing error never starts
 * the wrong market.
 *
 * @param argv arguments without executable and script
 * @param cwd folder that relative paths start from
 * @param packaged true in an installed build, which talks to the real venues only
 */
export function parseArguments(argv: readonly string[], cwd: string, packaged: boolean): Arguments {
  const { tokens } = parseArgs({
    args: argv.filter((argument) => !FOREIGN.test(argument)),
    strict: false,
    tokens: true,
    options: {
      replay: { type: 'string' },
      seed: { type: 'string' },
      speed: { type: 'string' },
      'user-data-dir': { type: 'string' },
      'bybit-loopback': { type: 'string' },
      'bybit-testnet-loopback': { type: 'string' },
    },
  });
  const problems: FieldProblem[] = [];
  const result: { -readonly [K in keyof Arguments]: Arguments[K] } = {};
  const refuse = (field: string, rule: string): void => void problems.push({ field, rule });
  for (const token of tokens) {
    if (token.kind === 'positional') refuse(token.value, 'is not an argument of Holdfast');
    if (token.kind !== 'option') continue;
    const { rawName, value } = token;
    if (token.name === 'replay') take(rawName, value, (text) => (result.replay = absolute(text, cwd)));
    else if (token.name === 'user-data-dir')
      take(rawName, value, (text) => (result.userDataDir = absolute(text, cwd)));
    else if (token.name === 'seed')
      take(rawName, value, (text) => (result.seed = whole(rawName, text, 0, MAX_SEED)));
    else if (token.name === 'speed')
      take(rawName, value, (text) => (result.speed = whole(rawName, text, 1, MAX_SPEED)));
    else if (token.name === 'bybit-loopback' && !packaged)
      take(rawName, value, (text) => (result.bybitLoopback = whole(rawName, text, 1, MAX_PORT)));
    else if (token.name === 'bybit-testnet-loopback' && !packaged)
      take(rawName, value, (text) => (result.bybitTestnetLoopback = whole(rawName, text, 1, MAX_PORT)));
    else refuse(rawName, 'is not an argument of Holdfast (--replay, --seed, --speed, --user-data-dir)');
  }
  if (problems.length > 0) throw badInput(problems);
  return result;

  function take(name: string, value: string | undefined, store: (text: string) => void): void {
    if (value === undefined || value === '' || value.startsWith('--')) refuse(name, 'needs a value');
    else store(value);
  }

  function whole(name: string, text: string, least: number, most: number): number {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) refuse(name, `must be a whole number from ${least} to ${most}`);
    return value;
  }
}

const absolute = (path: string, cwd: string): string => (isAbsolute(path) ? path : resolve(cwd, path));
