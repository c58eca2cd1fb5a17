/** Between the two wallets of an account (sheet 4.5). */
import { HoldfastError, badInput } from '../../../errors.ts';
import { normalise } from '../../../market/decimal.ts';
import type { FundsMovement, TransferRequest, Transferable } from '../../exchange.ts';
import { orNull, payloadError, read, readList } from '../payload.ts';
import { BUDGETS } from './context.ts';
import type { FundsContext } from './context.ts';
import { BALANCE, COIN_BALANCE, LIST, TRANSFER, TRANSFER_ACK, UNIFIED_WITHDRAWAL } from './forms.ts';
import { transferIdOf } from './intent-ids.ts';
import { transferOf, transferState } from './movements.ts';
import type { SendOnce } from './send-once.ts';
import { accountTypeOf, walletOf } from './wallets.ts';
import { DAY_MS } from './windows.ts';

/** Our clock may have been put right since: the id alone tells the transfer. */
const CLOCK_ROOM_MS = 3 * DAY_MS;

/** What can be moved out of a wallet now. Rejects with `unavailable` where Bybit tells no figure. */
export async function transferable(
  context: FundsContext,
  asset: string,
  walletName: string,
): Promise<Transferable> {
  const wallet = walletOf(walletName, 'wallet');
  const told = wallet === 'unified' ? await outOfUnified(context, asset) : await outOfFunding(context, asset);
  const amount = orNull(told);
  if (amount === null) {
    throw new HoldfastError('unavailable', 'funds.noFigure', 'Bybit does not tell what can be moved now.');
  }
  return { asset, wallet, amount: normalise(amount), asOf: context.clock() };
}

async function outOfUnified(context: FundsContext, asset: string): Promise<string | null> {
  const { result } = await context.rest.get({
    operation: 'account.withdrawal',
    path: '/v5/account/withdrawal',
    params: { coinName: asset },
    lane: 'privateRead',
    budget: BUDGETS.unifiedWithdrawable,
  });
  const answer = read(UNIFIED_WITHDRAWAL, result, context.unknown);
  // The single figure is that of the first coin asked for, and one was.
  return answer.availableWithdrawalMap?.[asset] ?? orNull(answer.availableWithdrawal);
}

async function outOfFunding(context: FundsContext, asset: string): Promise<string | null> {
  const { result } = await context.rest.get({
    operation: 'asset.coinBalance',
    path: '/v5/asset/transfer/query-account-coin-balance',
    // Recent deposits lock part of it: without this the figure can be more than Bybit lets go (131228).
    params: { accountType: accountTypeOf('funding'), coin: asset, withTransferSafeAmount: 1 },
    lane: 'privateRead',
    budget: BUDGETS.coinBalance,
  });
  const { balance } = read(COIN_BALANCE, result, context.unknown);
  const row = read(BALANCE, balance, context.unknown);
  if (row.coin !== asset) throw payloadError('coinBalance', 'coin');
  return orNull(row.transferSafeAmount) ?? row.transferBalance;
}

/** The same intent is the same `transferId`: a second try is refused by Bybit (131214) and looked up. */
export async function transfer(
  context: FundsContext,
  once: SendOnce<FundsMovement>,
  request: TransferRequest,
): Promise<FundsMovement> {
  const from = walletOf(request.from, 'from');
  const to = walletOf(request.to, 'to');
  if (from === to) throw badInput([{ field: 'to', rule: 'must be another wallet than the one it leaves' }]);
  const transferId = transferIdOf(context.accountId, request.intentId);
  return once.run(`transfer/${request.intentId}`, {
    send: async () => {
      const { result, time } = await context.rest.post({
        operation: 'asset.transfer',
        path: '/v5/asset/transfer/inter-transfer',
        body: {
          transferId,
          coin: request.asset,
          amount: request.amount,
          fromAccountType: accountTypeOf(from),
          toAccountType: accountTypeOf(to),
        },
        lane: 'order',
        budget: BUDGETS.transfer,
      });
      const ack = read(TRANSFER_ACK, result, context.unknown);
      return acknowledged(context, request, transferId, orNull(ack.status) ?? 'PENDING', time);
    },
    find: (sentAt) => findTransfer(context, request, sentAt),
  });
}

function acknowledged(
  context: FundsContext,
  { asset, amount, from, to }: TransferRequest,
  id: string,
  status: string,
  time: number,
): FundsMovement {
  return {
    id,
    accountId: context.accountId,
    kind: 'transfer',
    asset,
    amount: normalise(amount),
    fee: null,
    network: null,
    from,
    to,
    memo: null,
    transactionId: null,
    state: transferState(status),
    venueState: status,
    confirmations: null,
    time,
  };
}

/** Null when Bybit's list does not have it. */
export async function findTransfer(
  context: FundsContext,
  { intentId }: TransferRequest,
  sentAt: number,
): Promise<FundsMovement | null> {
  const transferId = transferIdOf(context.accountId, intentId);
  const startTime = Math.floor(sentAt) - CLOCK_ROOM_MS;
  const { result, time } = await context.rest.get({
    operation: 'asset.transferList',
    path: '/v5/asset/transfer/query-inter-transfer-list',
    params: { transferId, startTime, endTime: startTime + 2 * CLOCK_ROOM_MS },
    lane: 'privateRead',
    budget: BUDGETS.transferList,
  });
  const { list } = read(LIST, result, context.unknown);
  const row = readList(TRANSFER, list ?? [], context.unknown).find(
    (entry) => entry.transferId === transferId,
  );
  return row === undefined ? null : transferOf(context.accountId, row, time);
}
