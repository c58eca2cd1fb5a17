import * as z from 'zod/mini';
import { call } from './define.ts';
import type {
  BookedAddress,
  ConvertCoin,
  ConvertQuote,
  ConvertResult,
  DepositAddress,
  FundsAsset,
  FundsMovement,
  Transferable,
  WithdrawalQuote,
} from './types/funds.ts';
import { asset, id, positiveDecimal, secretBytes } from './values.ts';

const wallet = z
  .string('must be a wallet')
  .check(z.regex(/^[a-z]{1,20}$/, 'must be a wallet of the account'));
/** Ids that a venue makes: chains, addresses of its book, quotes. */
const venueId = z
  .string('must be an id')
  .check(z.regex(/^[\w .()/:+-]{1,128}$/, 'must be an id that the venue gave'));
const account = { accountId: id };
const coinAndNetwork = { ...account, asset, network: venueId };
const withdrawal = {
  ...coinAndNetwork,
  /** An entry of the venue's address book: a free address cannot be named. */
  addressId: venueId,
  amount: positiveDecimal,
  /** True: the fee is taken out of the amount, so that less arrives. */
  feeFromAmount: z.boolean(),
};
const cursor = z.nullable(z.string().check(z.maxLength(2048)));
const movements = z.strictObject({ ...account, cursor: z._default(cursor, null) });

export interface MovementPage {
  readonly rows: readonly FundsMovement[];
  readonly cursor: string | null;
}

export const funds = {
  calls: {
    /** Coins with their networks; one coin when it is named. */
    assets: call<readonly FundsAsset[]>()({
      input: z.strictObject({ ...account, asset: z.optional(asset) }),
      capability: 'read',
      unlocked: true,
    }),
    transferable: call<Transferable>()({
      input: z.strictObject({ ...account, asset, wallet }),
      capability: 'read',
      unlocked: true,
    }),
    /** Between two wallets of the same account. The same `intentId` again is the same transfer. */
    transfer: call<FundsMovement>()({
      input: z.strictObject({
        ...account,
        asset,
        amount: positiveDecimal,
        from: wallet,
        to: wallet,
        intentId: id,
      }),
      capability: 'trade',
      unlocked: true,
    }),
    /** Fetched from the venue each time, never from a store. */
    depositAddress: call<DepositAddress>()({
      input: z.strictObject(coinAndNetwork),
      capability: 'read',
      unlocked: true,
    }),
    /** Fetches the address once more, compares, and only then puts the wanted part on the clipboard. */
    copyDepositAddress: call<null>()({
      input: z.strictObject({
        ...coinAndNetwork,
        part: z.enum(['address', 'memo']),
        shown: z.string().check(z.minLength(1), z.maxLength(256)),
      }),
      capability: 'read',
      unlocked: true,
    }),
    deposits: call<MovementPage>()({ input: movements, capability: 'read', unlocked: true }),
    withdrawals: call<MovementPage>()({ input: movements, capability: 'read', unlocked: true }),
    transfers: call<MovementPage>()({ input: movements, capability: 'read', unlocked: true }),
    conversions: call<MovementPage>()({ input: movements, capability: 'read', unlocked: true }),
    /** The address book that the user keeps at the venue. */
    addressBook: call<readonly BookedAddress[]>()({
      input: z.strictObject({ ...account, asset: z.optional(asset) }),
      capability: 'read',
      unlocked: true,
    }),
    quoteWithdrawal: call<WithdrawalQuote>()({
      input: z.strictObject(withdrawal),
      capability: 'read',
      unlocked: true,
    }),
    withdraw: call<FundsMovement>()({
      input: z.strictObject({ ...withdrawal, intentId: id, passphrase: secretBytes }),
      capability: 'withdraw',
      unlocked: true,
    }),
    cancelWithdrawal: call<null>()({
      input: z.strictObject({ ...account, withdrawalId: venueId }),
      capability: 'withdraw',
      unlocked: true,
    }),
    /** Coins that can be given, or, when `from` is named, taken for it. */
    convertCoins: call<readonly ConvertCoin[]>()({
      input: z.strictObject({ ...account, wallet, from: z.optional(asset) }),
      capability: 'read',
      unlocked: true,
    }),
    convertQuote: call<ConvertQuote>()({
      input: z.strictObject({ ...account, wallet, from: asset, to: asset, amount: positiveDecimal }),
      capability: 'read',
      unlocked: true,
    }),
    convert: call<ConvertResult>()({
      input: z.strictObject({ ...account, wallet, quoteId: venueId, passphrase: secretBytes }),
      capability: 'withdraw',
      unlocked: true,
    }),
  },
  topics: {},
};
