/** How hard a passphrase is to guess. Loaded on demand: the estimator is the largest thing on the first screen. */
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { MIN_PASSPHRASE } from './passphrase-rule.ts';

export type StrengthScore = 0 | 1 | 2 | 3 | 4;

export interface Strength {
  readonly score: StrengthScore;
  /** Decimal logarithm of the guesses needed. */
  readonly guessesLog10: number;
}

// The head of every list of leaked passwords, and words of this trade: guessed first, so worth nothing.
const COMMON =
  '123456 password 12345678 qwerty 123456789 12345 1234567 111111 123123 abc123 1234567890 letmein monkey dragon ' +
  'baseball iloveyou master sunshine ashley bailey shadow superman qazwsx michael football welcome jesus ninja ' +
  'mustang password1 passwort hallo schatz geheim admin login starwars princess solo trustno1 hunter2 access ' +
  'flower passw0rd freedom whatever charlie donald secret summer winter spring autumn cheese computer internet ' +
  'samsung google killer pepper daniel jordan thomas hockey ranger harley batman andrew tigger soccer george ' +
  'holdfast bitcoin ethereum crypto trading trader bybit bitget bitfinex binance satoshi nakamoto blockchain ' +
  'wallet tether moon lambo hodl vault passphrase correct horse battery staple';

const estimator = new ZxcvbnFactory({ dictionary: { common: COMMON.split(' ') } });

// Argon2id with at least 64 MiB holds a large attacker to some thousand guesses a second.
const SCORES: readonly [number, StrengthScore][] = [
  [14, 4],
  [11.5, 3],
  [9, 2],
  [6, 1],
];

/** Estimates a passphrase; the text is used for this call only and kept nowhere. */
export function strengthOf(text: string): Strength {
  const { guessesLog10 } = estimator.check(text.slice(0, 128));
  const enough = SCORES.find(([least]) => guessesLog10 >= least)?.[1] ?? 0;
  return { score: text.length < MIN_PASSPHRASE ? 0 : enough, guessesLog10 };
}
