/** Money of one Bybit account on the move: between its wallets, in, out, and from one coin to another. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FundsAccount, FundsMovement } from '../../exchange.ts';
import type { UnknownFields } from '../payload.ts';
import type { BybitRest } from '../rest.ts';
import { addressBook } from './address-book.ts';
import { fundsAssets } from './coins.ts';
import type { FundsContext } from './context.ts';
import { BybitConvert } from './convert.ts';
import { depositAddress } from './deposit-address.ts';
import { conversions, deposits, transfers, withdrawals } from './history.ts';
import { SendOnce } from './send-once.ts';
import { findTransfer, transfer, transferable } from './transfers.ts';
import { BybitWithdrawals, withdrawable } from './withdrawals.ts';

export interface BybitFundsParts {
  readonly accountId: string;
  readonly rest: BybitRest;
  /** ms UTC as Bybit counts them (`VenueClock.now`). */
  readonly clock: () => number;
  readonly unknown: UnknownFields;
  /** A UUID; default `crypto.randomUUID`. */
  readonly random?: () => string;
  /** Default a timer that does not keep the process alive. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Wallets are named `unified` and `funding`. Not for demo accounts: Bybit has no money there to move. */
export function createBybitFunds(parts: BybitFundsParts): FundsAccount {
  const context: FundsContext = {
    accountId: parts.accountId,
    rest: parts.rest,
    clock: parts.clock,
    unknown: parts.unknown,
    random: parts.random ?? randomUUID,
    wait: parts.wait ?? ((ms) => sleep(ms, undefined, { ref: false })),
  };
  const once = new SendOnce<FundsMovement>(context);
  const out = new BybitWithdrawals(context, once);
  const convert = new BybitConvert(context);
  return {
    assets: (asset) => fundsAssets(context, asset),
    transferable: (asset, wallet) => transferable(context, asset, wallet),
    transfer: (request) => transfer(context, once, request),
    findTransfer: (request, ageMs) => findTransfer(context, request, context.clock() - ageMs),
    depositAddress: (asset, network) => depositAddress(context, asset, network),
    deposits: (cursor, since) => deposits(context, cursor, since),
    withdrawals: (cursor, since) => withdrawals(context, cursor, since),
    transfers: (cursor, since) => transfers(context, cursor, since),
    conversions: (cursor, since) => conversions(context, cursor, since),
    addressBook: (asset) => addressBook(context, asset),
    withdrawable: (asset) => withdrawable(context, asset),
    withdraw: (request) => out.send(request),
    findWithdrawal: (request, ageMs) => out.findLater(request, ageMs),
    cancelWithdrawal: (withdrawalId) => out.cancel(withdrawalId),
    convertCoins: (wallet, from) => convert.coins(wallet, from),
    convertQuote: (wallet, from, to, amount) => convert.quote(wallet, from, to, amount),
    convert: (wallet, quoteId) => convert.execute(wallet, quoteId),
    convertResult: (wallet, quoteId) => convert.result(wallet, quoteId),
  };
}
