/** Private REST of the wallets: balances by wallet and transfers (sheet sections 4.2, 4.5). */
import { Decimal, text } from '../../../src-main/market/decimal.ts';
import type { Account, Transfer, WalletName } from './accounts.ts';
import { CHAINS } from './coins.ts';
import { perMinute, perSecond, type Allowance } from './limits.ts';
import { badParameter, page, Refusal, window, type Params, type Payload } from './protocol.ts';
import type { PrivateCall, PrivateRoute } from './routes.ts';
import { freeCoin, valuation } from './valuation.ts';
import type { World } from './world.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const WALLETS: readonly WalletName[] = ['UNIFIED', 'FUND'];

const get = (path: string, limit: Allowance, run: PrivateRoute['run']): PrivateRoute => ({
  access: 'private',
  method: 'GET',
  path,
  limit,
  rights: null,
  demo: false,
  run,
});
const post = (
  path: string,
  limit: Allowance,
  rights: readonly string[],
  run: PrivateRoute['run'],
): PrivateRoute => ({
  access: 'private',
  method: 'POST',
  path,
  limit,
  rights,
  demo: false,
  run,
});

function walletOf(params: Params, name: string): WalletName {
  const wanted = params.need(name);
  const wallet = WALLETS.find((each) => each === wanted);
  if (wallet === undefined) throw badParameter(`params error: ${name} invalid`);
  return wallet;
}

/** What may leave a wallet: of UNIFIED only what backs no order and no position. */
export function transferable(world: World, account: Account, coin: string, wallet: WalletName): Decimal {
  if (wallet === 'FUND') return account.balance(coin, 'FUND');
  const usd = (each: string): Decimal => world.usd(each);
  const price = usd(coin);
  const { available } = valuation(account, usd);
  const free = freeCoin(account, coin, usd);
  return price.isZero()
    ? free
    : Decimal.min(free, available.div(price).toDecimalPlaces(8, Decimal.ROUND_DOWN));
}

function balanceRow({ world, account }: PrivateCall, coin: string, wallet: WalletName): Payload {
  return {
    coin,
    walletBalance: text(account.balance(coin, wallet)),
    transferBalance: text(transferable(world, account, coin, wallet)),
    bonus: '',
  };
}

function coinsBalance(call: PrivateCall): Payload {
  const { account, params } = call;
  const wallet = walletOf(params, 'accountType');
  const named = params
    .text('coin')
    .split(',')
    .filter((coin) => coin !== '');
  if (wallet === 'UNIFIED' && (named.length === 0 || named.length > 10))
    throw badParameter('params error: coin is required for UNIFIED, at most 10');
  const coins = named.length > 0 ? named : [...account.wallets[wallet].keys()];
  return {
    accountType: wallet,
    memberId: account.uid,
    balance: coins.map((coin) => balanceRow(call, coin, wallet)),
  };
}

function coinBalance(call: PrivateCall): Payload {
  const { account, params } = call;
  const wallet = walletOf(params, 'accountType');
  const row = balanceRow(call, params.need('coin'), wallet);
  const safe = params.text('withTransferSafeAmount') === '1' ? row['transferBalance'] : '';
  return {
    accountType: wallet,
    bizType: 1,
    accountId: account.uid,
    memberId: account.uid,
    balance: { ...row, transferSafeAmount: safe, ltvTransferSafeAmount: '' },
  };
}

function withdrawable({ world, account, params }: PrivateCall): Payload {
  const coins = params.need('coinName').split(',');
  if (coins.length > 20) throw badParameter('params error: coinName invalid');
  const map = Object.fromEntries(
    coins.map((coin) => [coin, text(transferable(world, account, coin, 'UNIFIED'))]),
  );
  return { availableWithdrawal: map[coins[0] ?? ''] ?? '0', availableWithdrawalMap: map };
}

function overview({ world, account }: PrivateCall): Payload {
  const sum = (wallet: WalletName): Decimal =>
    [...account.wallets[wallet]].reduce(
      (total, [coin, amount]) => total.plus(amount.times(world.usd(coin))),
      new Decimal(0),
    );
  const list = WALLETS.map((wallet) => ({
    accountType: wallet === 'UNIFIED' ? 'UNIFIED' : 'FundingAccount',
    totalEquity: text(sum(wallet).toDecimalPlaces(8)),
    valuationCurrency: 'USD',
    coinDetail: Object.entries(account.holdings(wallet)).map(([coin, equity]) => ({ coin, equity })),
  }));
  return {
    memberId: account.uid,
    accountType: '',
    valuationCurrency: 'USD',
    totalEquity: text(sum('UNIFIED').plus(sum('FUND')).toDecimalPlaces(8)),
    list,
  };
}

function positiveAmount(params: Params): Decimal {
  const amount = params.decimal('amount');
  if (amount === null || !amount.gt(0)) throw badParameter('params error: amount invalid');
  return amount;
}

function newTransferId(params: Params, known: readonly Transfer[]): string {
  const transferId = params.need('transferId');
  if (!UUID.test(transferId)) throw badParameter('params error: transferId must be a UUID');
  if (known.some((transfer) => transfer.transferId === transferId))
    throw new Refusal(131214, 'transferId exists');
  return transferId;
}

function interTransfer({ world, account, params, now }: PrivateCall): Payload {
  const transferId = newTransferId(params, account.transfers);
  const from = walletOf(params, 'fromAccountType');
  const to = walletOf(params, 'toAccountType');
  if (from === to) throw badParameter('params error: accounts must differ');
  const coin = params.need('coin');
  const amount = positiveAmount(params);
  if (amount.gt(transferable(world, account, coin, from))) throw new Refusal(131212, 'Insufficient balance');
  account.credit(coin, amount.neg(), from);
  account.credit(coin, amount, to);
  const payload = {
    transferId,
    coin,
    amount: text(amount),
    fromAccountType: from,
    toAccountType: to,
    timestamp: String(now),
    status: 'SUCCESS',
  };
  account.transfers.push({ transferId, payload });
  world.desk.touchWallet(account.uid, [coin]);
  world.desk.settle();
  return { transferId, status: 'SUCCESS' };
}

function universalTransfer({ world, account, params, now }: PrivateCall): Payload {
  const transferId = newTransferId(params, account.universalTransfers);
  for (const name of ['fromMemberId', 'toMemberId']) {
    if (typeof params.raw[name] !== 'number') throw badParameter(`params error: ${name} must be an integer`);
  }
  const from = world.account(params.need('fromMemberId'));
  const to = world.account(params.need('toMemberId'));
  const coin = params.need('coin');
  const amount = positiveAmount(params);
  const wallets = { from: walletOf(params, 'fromAccountType'), to: walletOf(params, 'toAccountType') };
  if (amount.gt(transferable(world, from, coin, wallets.from)))
    throw new Refusal(131212, 'Insufficient balance');
  from.credit(coin, amount.neg(), wallets.from);
  to.credit(coin, amount, wallets.to);
  const payload = {
    transferId,
    coin,
    amount: text(amount),
    fromMemberId: from.uid,
    toMemberId: to.uid,
    fromAccountType: wallets.from,
    toAccountType: wallets.to,
    timestamp: String(now),
    status: 'SUCCESS',
  };
  account.universalTransfers.push({ transferId, payload });
  for (const each of [from, to]) world.desk.touchWallet(each.uid, [coin]);
  world.desk.settle();
  return { transferId, status: 'SUCCESS' };
}

const listOf =
  (pick: (account: Account) => readonly Transfer[]) =>
  ({ account, params, now }: PrivateCall): Payload => {
    const { start, end } = window(params, now, 7);
    const list = [...pick(account)]
      .reverse()
      .map((transfer) => transfer.payload)
      .filter((row) => {
        // Filters act on whole seconds.
        const second = Math.floor(Number(row['timestamp']) / 1000);
        const wants = (name: string): boolean => !params.has(name) || row[name] === params.text(name);
        return (
          second >= Math.floor(start / 1000) &&
          second <= Math.floor(end / 1000) &&
          wants('transferId') &&
          wants('coin') &&
          wants('status')
        );
      });
    const { rows, cursor } = page(list, params, 20, 50);
    return { list: rows, nextPageCursor: cursor };
  };

function fundingHistory({ account, params }: PrivateCall): Payload {
  const from = params.whole('createTimeFrom', 0);
  const to = params.whole('createTimeTo', Number.MAX_SAFE_INTEGER);
  const list = account.transfers.flatMap(({ payload }) => {
    const createTime = Math.floor(Number(payload['timestamp']) / 1000);
    if (createTime < from || createTime > to) return [];
    const ioDirection = payload['toAccountType'] === 'FUND' ? 'I' : 'O';
    const coin = String(payload['coin']);
    return [
      {
        currency: coin,
        ioDirection,
        txnAmt: payload['amount'],
        afterAmt: text(account.balance(coin, 'FUND')),
        createTime: String(createTime),
      },
    ];
  });
  const { rows, cursor } = page(list.reverse(), params, 10, 100);
  return { list: rows, nextPageCursor: cursor };
}

export const TRANSFER_ROUTES: readonly PrivateRoute[] = [
  get('/v5/asset/transfer/query-account-coins-balance', perSecond(5), coinsBalance),
  get('/v5/asset/transfer/query-account-coin-balance', perSecond(450), coinBalance),
  get('/v5/asset/asset-overview', perSecond(50), overview),
  get('/v5/account/withdrawal', perSecond(50), withdrawable),
  post('/v5/asset/transfer/inter-transfer', perMinute(60), ['Wallet.AccountTransfer'], interTransfer),
  get(
    '/v5/asset/transfer/query-inter-transfer-list',
    perMinute(60),
    listOf((account) => account.transfers),
  ),
  post(
    '/v5/asset/transfer/universal-transfer',
    perSecond(5),
    ['Wallet.SubMemberTransfer', 'Wallet.SubMemberTransferList'],
    universalTransfer,
  ),
  get(
    '/v5/asset/transfer/query-universal-transfer-list',
    perSecond(5),
    listOf((account) => account.universalTransfers),
  ),
  get('/v5/asset/transfer/query-transfer-coin-list', perMinute(60), () => ({ list: Object.keys(CHAINS) })),
  get('/v5/asset/fundinghistory', perSecond(30), fundingHistory),
];
