/** Private REST of deposits and withdrawals (sheet sections 4.6, 4.7). */
import { Decimal, dec, text } from '../../../src-main/market/decimal.ts';
import type { Account, WalletName } from './accounts.ts';
import { CHAINS, coinPayload, depositAddress, type Chain } from './coins.ts';
import { perMinute, perSecond, type Allowance } from './limits.ts';
import { badParameter, page, Refusal, window, type Params, type Payload } from './protocol.ts';
import type { PrivateCall, PrivateRoute } from './routes.ts';
import { transferable } from './transfer-rest.ts';
import type { World } from './world.ts';

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
const WITHDRAW = ['Wallet.Withdraw'];
const FROM: Readonly<Record<string, WalletName>> = { FUND: 'FUND', UTA: 'UNIFIED' };
const BREAK_MS = 10_000;

function coinInfo({ params }: PrivateCall): Payload {
  const coins = params.has('coin')
    ? [params.text('coin')].filter((coin) => coin in CHAINS)
    : Object.keys(CHAINS);
  return { rows: coins.map(coinPayload) };
}

function chainsOf(coin: string): readonly Chain[] {
  const chains = CHAINS[coin];
  if (chains === undefined) throw badParameter('params error: coin invalid');
  return chains;
}

function address({ account, params, key }: PrivateCall): Payload {
  if (key.spec.isMaster === false)
    throw new Refusal(10005, 'Only the main account can query its deposit address.');
  const coin = params.need('coin');
  const chains = chainsOf(coin).filter(
    (each) => !params.has('chainType') || each.chain === params.text('chainType'),
  );
  if (chains.length === 0) throw badParameter('params error: chainType invalid');
  return {
    coin,
    chains: chains.map((each) => {
      const own = depositAddress(account.uid, coin, each);
      return {
        chainType: each.chainType,
        addressDeposit: own.address,
        tagDeposit: own.tag,
        chain: each.chain,
        batchReleaseLimit: '-1',
        contractAddress: each.contract,
      };
    }),
  };
}

function depositRecords({ account, params, now }: PrivateCall): Payload {
  const { start, end } = window(params, now, 30);
  const list = [...account.deposits].reverse().filter((row) => {
    const time = Number(row['successAt']);
    const wants = (name: string): boolean => !params.has(name) || row[name] === params.text(name);
    return (time === 0 || (time >= start && time <= end)) && wants('coin') && wants('txID') && wants('id');
  });
  const { rows, cursor } = page(list, params, 50, 50);
  return { rows, nextPageCursor: cursor };
}

const noRecords = (): Payload => ({ rows: [], nextPageCursor: '' });

function depositTo({ params }: PrivateCall): Payload {
  if (!['UNIFIED', 'FUND', 'EARN'].includes(params.need('accountType')))
    throw badParameter('params error: accountType invalid');
  return { status: 1 };
}

interface Withdrawal {
  readonly coin: string;
  readonly chain: Chain | null;
  readonly amount: Decimal;
  readonly address: string;
  readonly tag: string;
  readonly accountType: string;
  readonly requestId: string;
  readonly feeType: number;
  readonly internal: boolean;
}

function readWithdrawal(params: Params): Withdrawal {
  const coin = params.need('coin');
  const force = params.whole('forceChain', 0, 0, 2);
  if (typeof params.raw['timestamp'] !== 'number') throw badParameter('params error: timestamp is required');
  const requestId = params.text('requestId');
  if (requestId !== '' && !/^[A-Za-z0-9]{1,32}$/.test(requestId))
    throw badParameter('params error: requestId invalid');
  const accountType = params.need('accountType');
  if (!accountType.split(',').every((each) => each in FROM || each === 'EARN'))
    throw badParameter('params error: accountType invalid');
  const chain =
    force === 2 ? null : (chainsOf(coin).find((each) => each.chain === params.need('chain')) ?? null);
  if (force !== 2 && chain === null) throw badParameter('params error: chain invalid');
  const amount = params.decimal('amount');
  if (amount === null || !amount.gt(0)) throw badParameter('params error: amount invalid');
  return {
    coin,
    chain,
    amount,
    address: params.need('address'),
    tag: params.text('tag'),
    accountType,
    requestId,
    feeType: params.whole('feeType', 0, 0, 1),
    internal: force === 2,
  };
}

/** The address book is filled on the website; new entries are locked for a day. */
function checkBook(account: Account, wanted: Withdrawal): void {
  if (wanted.internal) return;
  const entries = account.addressBook.filter((entry) => entry['address'] === wanted.address);
  if (entries.length === 0) throw new Refusal(131083, 'Withdraw address is not in the withdrawal whitelist');
  const entry = entries.find(
    (each) => each['chain'] === wanted.chain?.chain && (each['tag'] ?? '') === wanted.tag,
  );
  if (entry === undefined)
    throw new Refusal(131002, 'Withdraw address chain or destination tag are not equal');
  if (entry['status'] === 1)
    throw new Refusal(131093, 'The withdrawal address was added less than 24 hours ago');
}

function feeOf({ chain, amount, feeType }: Withdrawal): Decimal {
  if (chain === null) return new Decimal(0);
  const share = dec(chain.percentage);
  const part =
    feeType === 0 ? amount.div(dec('1').minus(share)).times(share) : amount.minus(chain.fee).times(share);
  return dec(chain.fee).plus(part).toDecimalPlaces(8);
}

interface Taken {
  readonly wallet: WalletName;
  readonly amount: string;
}

/** Takes an amount from the named wallets in their order. */
function take(world: World, account: Account, wanted: Withdrawal, total: Decimal): Taken[] {
  const wallets = wanted.accountType.split(',').flatMap((name) => FROM[name] ?? []);
  const parts = wallets.map((wallet) => ({
    wallet,
    free: transferable(world, account, wanted.coin, wallet),
  }));
  const free = parts.reduce((sum, part) => sum.plus(part.free), new Decimal(0));
  if (total.gt(free)) throw new Refusal(131001, 'Insufficient balance');
  let left = total;
  const taken: Taken[] = [];
  for (const { wallet, free: most } of parts) {
    const part = Decimal.min(left, most);
    account.credit(wanted.coin, part.neg(), wallet);
    taken.push({ wallet, amount: text(part) });
    left = left.minus(part);
  }
  return taken;
}

function withdraw({ world, account, params, key, now }: PrivateCall): Payload {
  if (key.spec.isMaster === false) throw new Refusal(10005, 'Only the main account can withdraw.');
  const wanted = readWithdrawal(params);
  if (wanted.requestId !== '' && account.withdrawals.some((row) => row['requestId'] === wanted.requestId)) {
    throw new Refusal(131082, 'Duplicate requestId');
  }
  if (wanted.chain?.closed === true) throw new Refusal(131088, 'Withdrawal of this chain is suspended');
  if (wanted.chain !== null && wanted.amount.lt(wanted.chain.least))
    throw new Refusal(131086, 'Withdrawal amount is below the minimum');
  checkBook(account, wanted);
  const pause = world.limits.take(
    `withdraw ${account.uid} ${wanted.coin} ${wanted.chain?.chain ?? ''}`,
    { limit: 1, windowMs: BREAK_MS },
    now,
  );
  if (!pause.allowed)
    throw new Refusal(10006, 'Too many visits. One withdrawal per coin and chain in 10 seconds.');
  const fee = feeOf(wanted);
  const total = wanted.feeType === 0 ? wanted.amount.plus(fee) : wanted.amount;
  const taken = take(world, account, wanted, total);
  const id = String(90_000_000 + account.withdrawals.length + 1);
  account.withdrawals.push({
    withdrawId: id,
    requestId: wanted.requestId,
    coin: wanted.coin,
    chain: wanted.chain?.chain ?? '',
    amount: text(wanted.feeType === 0 ? wanted.amount : wanted.amount.minus(fee)),
    taken,
    withdrawFee: text(fee),
    status: 'SecurityCheck',
    toAddress: wanted.address,
    tag: wanted.tag,
    txID: '',
    createTime: String(now),
    updateTime: String(now),
    withdrawType: wanted.internal ? 1 : 0,
  });
  world.desk.touchWallet(account.uid, [wanted.coin]);
  world.desk.settle();
  return { id };
}

function withdrawals({ account, params, now }: PrivateCall): Payload {
  const { start, end } = window(params, now, 30);
  const type = params.whole('withdrawType', 0, 0, 2);
  const list = [...account.withdrawals].reverse().filter((row) => {
    const time = Number(row['createTime']);
    const own =
      (!params.has('coin') || row['coin'] === params.text('coin')) &&
      (!params.has('withdrawID') || row['withdrawId'] === params.text('withdrawID'));
    return (
      own &&
      time >= start &&
      time <= end &&
      (type === 2 || row['withdrawType'] === type) &&
      (!params.has('txID') || row['txID'] === params.text('txID'))
    );
  });
  const { rows, cursor } = page(list, params, 50, 50);
  return { rows: rows.map(({ requestId: _id, taken: _taken, ...row }) => row), nextPageCursor: cursor };
}

/** Moves a withdrawal on; a failed or cancelled one gives back what it took. */
export function moveWithdrawal(
  world: World,
  account: Account,
  id: string,
  status: string,
  txID = '',
): boolean {
  const row = account.withdrawals.find((each) => each['withdrawId'] === id);
  if (row === undefined || ['success', 'CancelByUser', 'Reject', 'Fail'].includes(String(row['status'])))
    return false;
  Object.assign(row, { status, txID, updateTime: String(world.time.now()) });
  if (['CancelByUser', 'Reject', 'Fail'].includes(status)) {
    for (const { wallet, amount } of row['taken'] as Taken[])
      account.credit(String(row['coin']), amount, wallet);
    world.desk.touchWallet(account.uid, [String(row['coin'])]);
    world.desk.settle();
  }
  return true;
}

function cancelWithdrawal({ world, account, params }: PrivateCall): Payload {
  const id = params.need('id');
  const row = account.withdrawals.find((each) => each['withdrawId'] === id);
  const early = row?.['status'] === 'SecurityCheck';
  return { status: early && moveWithdrawal(world, account, id, 'CancelByUser') ? 1 : 0 };
}

function withdrawableAmount({ world, account, params }: PrivateCall): Payload {
  const coin = params.need('coin');
  const row = (wallet: WalletName): Payload => ({
    coin,
    withdrawableAmount: text(transferable(world, account, coin, wallet)),
    availableBalance: text(account.balance(coin, wallet)),
  });
  return {
    limitAmountUsd: '999999',
    withdrawableAmount: {
      FUND: row('FUND'),
      UTA: row('UNIFIED'),
      EARN: { coin, withdrawableAmount: '0', availableBalance: '0' },
    },
  };
}

function addressBook({ account, params }: PrivateCall): Payload {
  const list = account.addressBook.filter((row) => {
    const wants = (name: string): boolean => !params.has(name) || row[name] === params.text(name);
    return wants('coin') && wants('chain');
  });
  const { rows, cursor } = page(list, params, 50, 50);
  return { rows, nextPageCursor: cursor };
}

export const DEPOSIT_ROUTES: readonly PrivateRoute[] = [
  get('/v5/asset/coin/query-info', perSecond(5), coinInfo),
  get('/v5/asset/deposit/query-address', perMinute(300), address),
  get('/v5/asset/deposit/query-record', perMinute(100), depositRecords),
  get('/v5/asset/deposit/query-internal-record', perSecond(300), noRecords),
  post('/v5/asset/deposit/deposit-to-account', perSecond(300), ['Wallet.AccountTransfer'], depositTo),
  post('/v5/asset/withdraw/create', perSecond(5), WITHDRAW, withdraw),
  get('/v5/asset/withdraw/query-record', perMinute(300), withdrawals),
  post('/v5/asset/withdraw/cancel', perMinute(60), WITHDRAW, cancelWithdrawal),
  get('/v5/asset/withdraw/withdrawable-amount', perSecond(300), withdrawableAmount),
  { ...get('/v5/asset/withdraw/query-address', perSecond(300), addressBook), rights: WITHDRAW, reads: true },
];
