/**
 * Unified symbols, built from the coins and times of the venue's list (design.md section 2). The one thing that
 * Bybit states nowhere but in an option's name is the strike: it is read from there, as the last resort, and only
 * when every other part of the name says what the list says.
 */
import { isDecimalText, normalise } from '../../../market/decimal.ts';

export interface ContractCoins {
  readonly base: string;
  readonly quote: string;
  readonly settle: string;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** `yymmdd` of the UTC day. */
function day(time: number): string {
  return new Date(time).toISOString().slice(2, 10).replaceAll('-', '');
}

export const spotSymbol = (base: string, quote: string): string => `${base}/${quote}`;

/** `expiry`: ms UTC of the delivery; undefined for a perpetual. */
export function contractSymbol({ base, quote, settle }: ContractCoins, expiry: number | undefined): string {
  const perpetual = `${base}/${quote}:${settle}`;
  return expiry === undefined ? perpetual : `${perpetual}-${day(expiry)}`;
}

export function optionSymbol(
  coins: ContractCoins,
  expiry: number,
  strike: string,
  type: 'call' | 'put',
): string {
  return `${contractSymbol(coins, expiry)}-${strike}-${type === 'call' ? 'C' : 'P'}`;
}

/**
 * The strike in a name of the documented form `BTC-13FEB25-89000-P-USDT` (or `ETH-28FEB25-2800-C`, settled in
 * USDC). Null when the name has another form or disagrees with the list about coin, day, type or settlement.
 */
export function strikeOf(
  nativeId: string,
  coins: ContractCoins,
  expiry: number,
  type: 'call' | 'put',
): string | null {
  const [base, date, strike, letter, settle = 'USDC', ...rest] = nativeId.split('-');
  const at = new Date(expiry);
  const days = `${at.getUTCDate()}${MONTHS[at.getUTCMonth()]}${String(at.getUTCFullYear()).slice(2)}`;
  const agrees =
    base === coins.base &&
    date === days &&
    letter === (type === 'call' ? 'C' : 'P') &&
    settle === coins.settle &&
    rest.length === 0;
  return agrees && strike !== undefined && /^\d/.test(strike) && isDecimalText(strike)
    ? normalise(strike)
    : null;
}
