/** What of an account's balances an order can use. */
import type { DecimalText } from '../../src-preload/contract/types/market.ts';
import type { Balance } from '../../src-preload/contract/types/trading.ts';
import { dec, text } from '../market/decimal.ts';

/** Wallets that orders do not reach: money has to be transferred first. */
const NOT_FOR_TRADING: ReadonlySet<string> = new Set(['funding']);
/** Every coin in it is collateral for every contract, at rates that only the venue knows. */
const SHARED_COLLATERAL = 'unified';

export const forTrading = (balance: Balance): boolean =>
  balance.counted && !NOT_FOR_TRADING.has(balance.wallet);

/** Whether cross margin reaches over all coins, so that one coin's balance says little about it. */
export const sharesMargin = (balances: readonly Balance[]): boolean =>
  balances.some((balance) => balance.wallet === SHARED_COLLATERAL);

/** What orders can use of an asset; null while no balance is known at all. */
export function availableOf(balances: readonly Balance[], asset: string): DecimalText | null {
  if (balances.length === 0) return null;
  const own = balances.filter((balance) => balance.asset === asset && forTrading(balance));
  return text(own.reduce((sum, balance) => sum.plus(balance.available), dec('0')));
}

/** Settlement coins that stand for a dollar each; the venue counts shared margin in dollars. */
const DOLLARS: ReadonlySet<string> = new Set(['USD', 'USDT', 'USDC']);

/**
 * What contracts settled in `currency` can still use where all coins back all of them: the venue's own figure,
 * with a dollar coin taken as a dollar. Null where the venue gives none, or the currency is no dollar.
 */
export function sharedMarginOf(balances: readonly Balance[], currency: string): DecimalText | null {
  if (!DOLLARS.has(currency)) return null;
  const told = balances.filter((balance) => balance.sharedMargin !== undefined);
  const newest = told.reduce<Balance | null>(
    (best, balance) => (best === null || balance.updatedAt > best.updatedAt ? balance : best),
    null,
  );
  return newest?.sharedMargin ?? null;
}
