/** Bybit's records of money as movements. Words of theirs that we do not know stay "unknown", never "done". */
import { normalise } from '../../../market/decimal.ts';
import type { FundsMovement } from '../../exchange.ts';
import { orNull } from '../payload.ts';
import type { CONVERSION, DEPOSIT, FormOf, INTERNAL_DEPOSIT, TRANSFER, WITHDRAWAL } from './forms.ts';
import { walletNamed } from './wallets.ts';

type State = FundsMovement['state'];

/** Sheet 4.6. 7 and 70013: a roll-back that a person should look at. */
const DEPOSIT_STATES: Readonly<Record<string, readonly [State, string]>> = {
  '0': ['unknown', 'unknown'],
  '1': ['pending', 'to be confirmed'],
  '2': ['pending', 'processing'],
  '3': ['done', 'success'],
  '4': ['failed', 'failed'],
  '7': ['attention', 'roll-back in progress'],
  '70011': ['failed', 'rolled back'],
  '70012': ['done', 'roll-back ended, deposit stays'],
  '70013': ['attention', 'roll-back failed'],
  '10011': ['pending', 'to be credited to the funding pool'],
  '10012': ['done', 'credited to the funding pool'],
};
/** Types that Bybit holds back until the user does something on its website. */
const HELD_BACK: Readonly<Record<string, string>> = {
  '10': 'daily limit reached',
  '20': 'held for a check',
  '50': 'blocked, see the website',
};
const INTERNAL_STATES: Readonly<Record<string, readonly [State, string]>> = {
  '1': ['pending', 'processing'],
  '2': ['done', 'success'],
  '3': ['failed', 'failed'],
};
const WITHDRAWAL_STATES: Readonly<Record<string, State>> = {
  SecurityCheck: 'pending',
  Pending: 'pending',
  success: 'done',
  BlockchainConfirmed: 'done',
  CancelByUser: 'failed',
  Reject: 'failed',
  Fail: 'failed',
  MoreInformationRequired: 'attention',
  Unknown: 'unknown',
};
const TRANSFER_STATES: Readonly<Record<string, State>> = {
  SUCCESS: 'done',
  PENDING: 'pending',
  FAILED: 'failed',
  STATUS_UNKNOWN: 'unknown',
};
const CONVERT_STATES: Readonly<Record<string, 'pending' | 'done' | 'failed'>> = {
  init: 'pending',
  processing: 'pending',
  success: 'done',
  failure: 'failed',
};
/** Milliseconds have had 12 digits since 1973; what is smaller are the seconds of some of Bybit's interfaces. */
const SMALLEST_MS = 100_000_000_000;

export const transferState = (status: string): State => TRANSFER_STATES[status] ?? 'unknown';
/** Undefined for a word that the documentation does not have. */
export const convertState = (status: string) => CONVERT_STATES[status];

/** A time of Bybit in ms UTC, whether it was told in seconds or in ms; null where there is none. */
export function timeOf(text: string | null | undefined): number | null {
  const told = orNull(text);
  if (told === null || !/^\d{1,16}$/.test(told)) return null;
  const value = Number(told);
  if (value === 0) return null;
  return value < SMALLEST_MS ? value * 1_000 : value;
}

const fee = (text: string | null | undefined): string | null => {
  const told = orNull(text);
  return told === null ? null : normalise(told);
};

/** `askedAt` stands in for the time of a deposit that is not credited yet: Bybit tells none before. */
export function depositOf(accountId: string, row: FormOf<typeof DEPOSIT>, askedAt: number): FundsMovement {
  const [told, word] = DEPOSIT_STATES[row.status] ?? (['unknown', `status ${row.status}`] as const);
  const held = told === 'pending' || told === 'unknown' ? HELD_BACK[row.depositType ?? ''] : undefined;
  const confirmations = orNull(row.confirmations);
  return {
    id: row.id ?? `${row.coin}-${row.chain}-${row.txID}`,
    accountId,
    kind: 'deposit',
    asset: row.coin,
    amount: normalise(row.amount),
    fee: fee(row.depositFee),
    network: row.chain,
    from: orNull(row.fromAddress),
    to: orNull(row.toAddress),
    memo: orNull(row.tag),
    transactionId: orNull(row.txID),
    state: held === undefined ? told : 'attention',
    venueState: held ?? word,
    confirmations: confirmations !== null && /^\d{1,9}$/.test(confirmations) ? Number(confirmations) : null,
    time: timeOf(row.successAt) ?? askedAt,
  };
}

export function internalDepositOf(
  accountId: string,
  row: FormOf<typeof INTERNAL_DEPOSIT>,
  askedAt: number,
): FundsMovement {
  const [state, word] = INTERNAL_STATES[row.status] ?? (['unknown', `status ${row.status}`] as const);
  return {
    // On-chain and internal deposits are numbered apart.
    id: `internal-${row.id}`,
    accountId,
    kind: 'deposit',
    asset: row.coin,
    amount: normalise(row.amount),
    fee: null,
    network: null,
    from: orNull(row.address),
    to: null,
    memo: null,
    transactionId: orNull(row.txID),
    state,
    venueState: word,
    confirmations: null,
    time: timeOf(row.createdTime) ?? askedAt,
  };
}

const INTERNAL = '1';

export function withdrawalOf(
  accountId: string,
  row: FormOf<typeof WITHDRAWAL>,
  askedAt: number,
): FundsMovement {
  return {
    id: row.withdrawId,
    accountId,
    kind: 'withdrawal',
    asset: row.coin,
    amount: normalise(row.amount),
    fee: fee(row.withdrawFee),
    network: row.withdrawType === INTERNAL ? null : orNull(row.chain),
    from: null,
    to: orNull(row.toAddress),
    memo: orNull(row.tag),
    transactionId: orNull(row.txID),
    state: WITHDRAWAL_STATES[row.status] ?? 'unknown',
    venueState: row.status,
    confirmations: null,
    time: timeOf(row.createTime) ?? askedAt,
  };
}

export function transferOf(accountId: string, row: FormOf<typeof TRANSFER>, askedAt: number): FundsMovement {
  return {
    id: row.transferId,
    accountId,
    kind: 'transfer',
    asset: row.coin,
    amount: normalise(row.amount),
    fee: null,
    network: null,
    from: walletNamed(row.fromAccountType),
    to: walletNamed(row.toAccountType),
    memo: null,
    transactionId: null,
    state: transferState(row.status),
    venueState: row.status,
    confirmations: null,
    time: timeOf(row.timestamp) ?? askedAt,
  };
}

export function conversionOf(
  accountId: string,
  row: FormOf<typeof CONVERSION>,
  askedAt: number,
): FundsMovement {
  return {
    id: row.exchangeTxId,
    accountId,
    kind: 'convert',
    asset: row.fromCoin,
    amount: normalise(row.fromAmount),
    fee: null,
    network: null,
    from: row.fromCoin,
    to: row.toCoin,
    memo: null,
    transactionId: null,
    state: convertState(row.exchangeStatus) ?? 'unknown',
    venueState: row.exchangeStatus,
    confirmations: null,
    time: timeOf(row.createdAt) ?? askedAt,
  };
}
