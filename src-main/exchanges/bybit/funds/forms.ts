/** Forms of Bybit's money payloads (protocol sheet 4.5 to 4.8). Amounts are text; codes may be either. */
import * as z from 'zod/mini';
import { form } from '../payload.ts';
import type { Form } from '../payload.ts';

export type FormOf<F> = F extends Form<infer T> ? T : never;

const text = z.string();
const list = z.array(z.unknown());
/** Codes and times: a number in some answers, text in others. Never an amount. */
const code = z.pipe(z.union([z.string(), z.number()]), z.transform(String));
const maybe = z.optional(z.nullable(z.string()));

export const ROWS = form('rows', { rows: z.nullish(list), nextPageCursor: maybe });
export const LIST = form('list', { list: z.nullish(list), nextPageCursor: maybe });

export const COIN = form('coin', { coin: text, name: text, chains: list }, ['remainAmount']);
export const CHAIN = form(
  'coin.chain',
  {
    chain: text,
    chainType: text,
    confirmation: maybe,
    withdrawFee: maybe,
    withdrawPercentageFee: maybe,
    withdrawMin: maybe,
    withdrawMax: maybe,
    depositMin: maybe,
    minAccuracy: maybe,
    chainDeposit: code,
    chainWithdraw: code,
    contractAddress: maybe,
  },
  ['safeConfirmNumber'],
);

export const UNIFIED_WITHDRAWAL = form('account.withdrawal', {
  availableWithdrawal: maybe,
  availableWithdrawalMap: z.nullish(z.record(z.string(), z.string())),
});
export const COIN_BALANCE = form('coinBalance', { balance: z.unknown() }, [
  'accountType',
  'bizType',
  'accountId',
  'memberId',
]);
export const BALANCE = form(
  'coinBalance.balance',
  { coin: text, transferBalance: text, transferSafeAmount: maybe },
  ['walletBalance', 'bonus', 'ltvTransferSafeAmount'],
);

export const TRANSFER_ACK = form('transfer', { transferId: text, status: maybe });
export const TRANSFER = form('transfer.row', {
  transferId: text,
  coin: text,
  amount: text,
  fromAccountType: text,
  toAccountType: text,
  timestamp: code,
  status: text,
});

export const DEPOSIT_ADDRESS = form('deposit.address', { coin: text, chains: list });
export const DEPOSIT_CHAIN = form(
  'deposit.address.chain',
  { chain: text, addressDeposit: text, tagDeposit: maybe, contractAddress: maybe },
  ['chainType', 'batchReleaseLimit'],
);
export const DEPOSIT = form(
  'deposit.row',
  {
    id: z.optional(code),
    coin: text,
    chain: text,
    amount: text,
    txID: text,
    status: code,
    toAddress: maybe,
    tag: maybe,
    depositFee: maybe,
    successAt: maybe,
    confirmations: maybe,
    depositType: z.optional(code),
    fromAddress: maybe,
  },
  [
    'txIndex',
    'blockHash',
    'batchReleaseLimit',
    'travelRuleStatus',
    'taxDepositRecordsId',
    'taxStatus',
    'taxType',
  ],
);
export const INTERNAL_DEPOSIT = form(
  'deposit.internal',
  {
    id: code,
    coin: text,
    amount: text,
    status: code,
    address: maybe,
    createdTime: code,
    txID: maybe,
  },
  ['type', 'fromMemberId', 'taxDepositRecordsId', 'taxStatus', 'complianceStatus'],
);

export const WITHDRAWAL = form(
  'withdrawal.row',
  {
    withdrawId: code,
    coin: text,
    chain: maybe,
    amount: text,
    withdrawFee: maybe,
    status: text,
    toAddress: maybe,
    tag: maybe,
    txID: maybe,
    createTime: code,
    updateTime: z.optional(code),
    withdrawType: z.optional(code),
  },
  ['fee', 'tax', 'taxRate', 'taxType'],
);
export const WITHDRAWAL_ACK = form('withdrawal', { id: code });
export const CANCEL_ACK = form('withdrawal.cancel', { status: code });
export const BOOKED = form(
  'address.row',
  { coin: text, chain: text, address: text, tag: maybe, remark: maybe, status: code },
  ['addressType', 'verified', 'createdAt', 'createAt'],
);
export const WITHDRAWABLE = form('withdrawable', { withdrawableAmount: z.record(z.string(), z.unknown()) }, [
  'limitAmountUsd',
]);
export const WITHDRAWABLE_WALLET = form('withdrawable.wallet', { withdrawableAmount: text }, [
  'coin',
  'availableBalance',
]);

export const CONVERT_COINS = form('convert.coins', { coins: z.nullish(list) });
export const CONVERT_COIN = form(
  'convert.coin',
  {
    coin: text,
    accuracyLength: z.nullish(z.number()),
    balance: text,
    singleFromMinLimit: text,
    singleFromMaxLimit: text,
    disableFrom: z.boolean(),
    disableTo: z.boolean(),
  },
  [
    'fullName',
    'icon',
    'iconNight',
    'coinType',
    'uBalance',
    'timePeriod',
    'singleToMinLimit',
    'singleToMaxLimit',
    'dailyFromMinLimit',
    'dailyFromMaxLimit',
    'dailyToMinLimit',
    'dailyToMaxLimit',
  ],
);
export const QUOTE = form(
  'convert.quote',
  {
    quoteTxId: text,
    exchangeRate: text,
    fromCoin: text,
    toCoin: text,
    fromAmount: text,
    toAmount: text,
    expiredTime: code,
  },
  ['fromCoinType', 'toCoinType', 'requestId', 'extTaxAndFee'],
);
export const CONVERT_ACK = form('convert', { quoteTxId: text, exchangeStatus: text });
export const CONVERT_RESULT = form('convert.result', { result: z.unknown() });
export const CONVERSION = form(
  'convert.row',
  {
    exchangeTxId: text,
    accountType: text,
    fromCoin: text,
    fromAmount: text,
    toCoin: text,
    toAmount: text,
    exchangeStatus: text,
    createdAt: code,
  },
  ['userId', 'fromCoinType', 'toCoinType', 'extInfo', 'convertRate'],
);
