/** Private REST of conversions: coin list, quote, execution, result, history; and the list of small balances (sheet section 4.8). */
import { Decimal, text } from '../../../src-main/market/decimal.ts';
import type { Account, WalletName } from './accounts.ts';
import { CHAINS } from './coins.ts';
import { perSecond } from './limits.ts';
import { Refusal, type Params, type Payload } from './protocol.ts';
import type { PrivateCall, PrivateRoute } from './routes.ts';
import { transferable } from './transfer-rest.ts';
import type { World } from './world.ts';

const QUOTE_MS = 15_000;
const SPREAD = '0.001';
const WALLET: Readonly<Record<string, WalletName>> = {
  eb_convert_uta: 'UNIFIED',
  eb_convert_funding: 'FUND',
};

const RIGHTS = ['Exchange.ExchangeHistory'];

const get = (path: string, run: PrivateRoute['run']): PrivateRoute => ({
  access: 'private',
  method: 'GET',
  path,
  limit: perSecond(20),
  rights: RIGHTS,
  reads: true,
  demo: false,
  run,
});
const post = (path: string, run: PrivateRoute['run']): PrivateRoute => ({
  access: 'private',
  method: 'POST',
  path,
  limit: perSecond(20),
  rights: RIGHTS,
  demo: false,
  run,
});

function walletOf(params: Params): WalletName {
  const wallet = WALLET[params.need('accountType')];
  if (wallet === undefined) throw new Refusal(700000, 'accountType invalid');
  return wallet;
}

function rateOf(world: World, from: string, to: string): Decimal {
  const [a, b] = [world.usd(from), world.usd(to)];
  if (a.isZero() || b.isZero()) throw new Refusal(700003, 'No quote for this pair');
  return a.div(b).times(new Decimal(1).minus(SPREAD)).toDecimalPlaces(10);
}

function coinList({ account, params }: PrivateCall): Payload {
  const wallet = walletOf(params);
  const coins = Object.keys(CHAINS).map((coin) => ({
    coin,
    fullName: coin,
    icon: '',
    iconNight: '',
    accuracyLength: 8,
    coinType: 'crypto',
    balance: text(account.balance(coin, wallet)),
    uBalance: text(account.balance(coin, wallet)),
    timePeriod: 0,
    singleFromMinLimit: '0.0001',
    singleFromMaxLimit: '100000',
    singleToMinLimit: '0',
    singleToMaxLimit: '0',
    dailyFromMinLimit: '0',
    dailyFromMaxLimit: '0',
    dailyToMinLimit: '0',
    dailyToMaxLimit: '0',
    disableFrom: false,
    disableTo: false,
  }));
  return { coins };
}

function quote({ world, account, params, now }: PrivateCall): Payload {
  const wallet = walletOf(params);
  const fromCoin = params.need('fromCoin');
  const toCoin = params.need('toCoin');
  if (params.need('requestCoin') !== fromCoin) throw new Refusal(700001, 'requestCoin must be fromCoin');
  const amount = params.decimal('requestAmount');
  if (amount === null || !amount.gt(0)) throw new Refusal(700000, 'requestAmount invalid');
  if (amount.gt(transferable(world, account, fromCoin, wallet)))
    throw new Refusal(131212, 'Insufficient balance');
  const rate = rateOf(world, fromCoin, toCoin);
  const row = {
    quoteTxId: `quote-${account.converts.length + 1}-${account.uid}`,
    accountType: params.text('accountType'),
    exchangeTxId: `exchange-${account.converts.length + 1}-${account.uid}`,
    userId: account.uid,
    fromCoin,
    fromCoinType: 'crypto',
    toCoin,
    toCoinType: 'crypto',
    fromAmount: text(amount),
    toAmount: text(amount.times(rate).toDecimalPlaces(8, Decimal.ROUND_DOWN)),
    exchangeStatus: 'init',
    exchangeInfo: { paramType: '', paramValue: '' },
    convertRate: text(rate),
    createdAt: String(now),
    expires: now + QUOTE_MS,
  };
  account.converts.push(row);
  return {
    quoteTxId: row.quoteTxId,
    exchangeRate: text(rate),
    fromCoin,
    fromCoinType: 'crypto',
    toCoin,
    toCoinType: 'crypto',
    fromAmount: row.fromAmount,
    toAmount: row.toAmount,
    expiredTime: String(row.expires),
    requestId: params.text('requestId'),
    extTaxAndFee: [],
  };
}

function execute({ world, account, params, now }: PrivateCall): Payload {
  const row = account.converts.find((each) => each['quoteTxId'] === params.need('quoteTxId'));
  if (row === undefined) throw new Refusal(700004, 'quoteTxId does not exist');
  if (row['exchangeStatus'] !== 'init') throw new Refusal(700009, 'The quote has been used');
  if (now > Number(row['expires'])) throw new Refusal(700008, 'The quote has expired');
  row['exchangeStatus'] = 'processing';
  // The outcome comes later: it has to be asked for.
  world.time.after(20, () => settle(world, account, row));
  return { quoteTxId: row['quoteTxId'], exchangeStatus: 'processing' };
}

function settle(world: World, account: Account, row: Payload): void {
  const wallet = WALLET[String(row['accountType'])] ?? 'UNIFIED';
  const from = String(row['fromCoin']);
  const to = String(row['toCoin']);
  const amount = new Decimal(String(row['fromAmount']));
  if (amount.gt(transferable(world, account, from, wallet))) {
    row['exchangeStatus'] = 'failure';
    return;
  }
  account.credit(from, amount.neg(), wallet);
  account.credit(to, String(row['toAmount']), wallet);
  row['exchangeStatus'] = 'success';
  world.desk.touchWallet(account.uid, [from, to]);
  world.desk.settle();
}

const shown = ({ quoteTxId: _quote, expires: _expires, ...row }: Payload): Payload => row;

/** The result is nested twice on the venue. */
function result({ account, params }: PrivateCall): Payload {
  const row = account.converts.find((each) => each['quoteTxId'] === params.need('quoteTxId'));
  if (row === undefined || row['accountType'] !== params.need('accountType'))
    throw new Refusal(700004, 'quoteTxId does not exist');
  return { result: shown(row) };
}

function history({ account, params }: PrivateCall): Payload {
  const index = params.whole('index', 1, 1);
  const limit = params.whole('limit', 20, 1, 100);
  const own = account.converts.filter(
    (row) =>
      row['exchangeStatus'] !== 'init' &&
      (!params.has('accountType') || row['accountType'] === params.text('accountType')),
  );
  return {
    list: [...own]
      .reverse()
      .slice((index - 1) * limit, index * limit)
      .map(shown),
  };
}

/** Balances worth less than five dollars. */
function dustList({ world, account }: PrivateCall): Payload {
  const coins = Object.entries(account.holdings()).filter(([coin, amount]) => {
    const worth = world.usd(coin).times(amount);
    return worth.gt(0) && worth.lt(5);
  });
  const smallAssetCoins = coins.map(([fromCoin, availableBalance]) => ({
    fromCoin,
    supportConvert: 1,
    availableBalance,
    baseValue: text(world.usd(fromCoin).times(availableBalance).toDecimalPlaces(8)),
    toCoin: '',
    toAmount: '',
    exchangeRate: '',
    feeInfo: null,
    taxFeeInfo: null,
  }));
  return { smallAssetCoins, supportToCoins: ['MNT', 'USDT', 'USDC'] };
}

export const CONVERT_ROUTES: readonly PrivateRoute[] = [
  get('/v5/asset/exchange/query-coin-list', coinList),
  post('/v5/asset/exchange/quote-apply', quote),
  post('/v5/asset/exchange/convert-execute', execute),
  get('/v5/asset/exchange/convert-result-query', result),
  get('/v5/asset/exchange/query-convert-history', history),
  get('/v5/asset/covert/small-balance-list', dustList),
];
