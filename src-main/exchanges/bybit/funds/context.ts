/** What the parts of Bybit's money movement share. */
import type { BybitRest } from '../rest.ts';
import type { UnknownFields } from '../payload.ts';

export interface FundsContext {
  readonly accountId: string;
  readonly rest: BybitRest;
  /** ms UTC as Bybit counts them: withdrawals carry this time in their body. */
  readonly clock: () => number;
  readonly unknown: UnknownFields;
  /** A UUID for quotes. */
  readonly random: () => string;
  readonly wait: (ms: number) => Promise<void>;
}

/** Sheet 4.5 to 4.8: what a UID may ask, by budget. */
export const BUDGETS = {
  coinInfo: { name: 'asset.coinInfo', limit: 5 },
  unifiedWithdrawable: { name: 'account.withdrawal', limit: 50 },
  coinBalance: { name: 'asset.coinBalance', limit: 450 },
  transfer: { name: 'asset.transfer', limit: 60, windowMs: 60_000 },
  transferList: { name: 'asset.transferList', limit: 60, windowMs: 60_000 },
  depositAddress: { name: 'asset.depositAddress', limit: 300, windowMs: 60_000 },
  depositRecords: { name: 'asset.depositRecords', limit: 100, windowMs: 60_000 },
  internalDeposits: { name: 'asset.internalDeposits', limit: 300 },
  withdraw: { name: 'asset.withdraw', limit: 5 },
  withdrawRecords: { name: 'asset.withdrawRecords', limit: 300, windowMs: 60_000 },
  cancelWithdrawal: { name: 'asset.cancelWithdrawal', limit: 60, windowMs: 60_000 },
  withdrawable: { name: 'asset.withdrawable', limit: 300 },
  addressBook: { name: 'asset.addressBook', limit: 300 },
  // The rate-limit page and the convert page disagree (20-50 and 50-100): the smallest figure holds in both.
  convert: { name: 'asset.convert', limit: 20 },
} as const;
