import type { DecimalText } from '../../../src-preload/contract/types/market.ts';
import type { AccountParts, WalletPart } from './why.ts';
import { isZeroText } from '../../lib/decimal.ts';

/** One line of the balances table. */
export interface WalletRow {
  readonly key: string;
  readonly accountId: string;
  readonly wallet: string;
  readonly asset: string;
  readonly total: DecimalText;
  readonly available: DecimalText;
  readonly held: DecimalText;
  readonly value: DecimalText | null;
  readonly counted: boolean;
  readonly reason: string | null;
  readonly updatedAt: number;
}

/**
 * Lines of one account: counted wallets by worth, then those that are not counted.
 * Empty balances are left out unless asked for: venues list every coin they ever had.
 */
export function walletRows(parts: AccountParts, showEmpty = false): readonly WalletRow[] {
  const counted = parts.counted.map((part) => rowOf(part, true));
  const rest = parts.notCounted.map((balance) =>
    rowOf({ balance, price: null, value: null, pricePath: [] }, false),
  );
  return [...counted, ...rest].filter((row) => showEmpty || !row.counted || !isZeroText(row.total));
}

/** The first few counted rows, and every row that is not counted: those must not hide in a fold. */
export function foldRows(rows: readonly WalletRow[], most: number): readonly WalletRow[] {
  const counted = rows.filter((row) => row.counted);
  // A fold that would hide a single line costs as much height as it saves.
  const shown = counted.length <= most + 1 ? counted : counted.slice(0, most);
  return [...shown, ...rows.filter((row) => !row.counted)];
}

function rowOf({ balance, value }: WalletPart, counted: boolean): WalletRow {
  return {
    key: `${balance.accountId}:${balance.wallet}:${balance.asset}`,
    accountId: balance.accountId,
    wallet: balance.wallet,
    asset: balance.asset,
    total: balance.total,
    available: balance.available,
    held: balance.held,
    value,
    counted,
    reason: counted ? null : (balance.notCountedReason ?? ''),
    updatedAt: balance.updatedAt,
  };
}
