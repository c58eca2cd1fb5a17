/** Private REST of the account: balances, settings, ledger, the key itself (sheet sections 4.2, 4.9). */
import type { Account, MarginMode } from './accounts.ts';
import { perMinute, perSecond, type Allowance } from './limits.ts';
import { badParameter, page, Refusal, window, type Payload } from './protocol.ts';
import type { PrivateCall, PrivateRoute } from './routes.ts';
import { isDollar, walletPayload } from './valuation.ts';

type Run = PrivateRoute['run'];

const get = (path: string, limit: Allowance, demo: boolean, run: Run): PrivateRoute => ({
  access: 'private',
  method: 'GET',
  path,
  limit,
  rights: null,
  demo,
  run,
});
const post = (
  path: string,
  limit: Allowance,
  rights: readonly string[],
  demo: boolean,
  run: Run,
): PrivateRoute => ({
  access: 'private',
  method: 'POST',
  path,
  limit,
  rights,
  demo,
  run,
});

const TRADE = ['ContractTrade.Order', 'Spot.SpotTrade', 'Options.OptionsTrade'];
const MODES: readonly MarginMode[] = ['REGULAR_MARGIN', 'ISOLATED_MARGIN', 'PORTFOLIO_MARGIN'];

const coinsOf = (list: string): string[] => list.split(',').filter((coin) => coin !== '');

function walletBalance({ world, account, params }: PrivateCall): Payload {
  if (params.need('accountType') !== 'UNIFIED') throw badParameter('accountType only support UNIFIED.');
  const only = params.has('coin') ? coinsOf(params.text('coin')) : null;
  for (const coin of only ?? []) account.credit(coin, '0');
  return { list: [walletPayload(account, (coin) => world.usd(coin), only)] };
}

function accountInfo({ account }: PrivateCall): Payload {
  return {
    marginMode: account.marginMode,
    updatedTime: '1700000000000',
    unifiedMarginStatus: account.unifiedMarginStatus,
    dcpStatus: 'OFF',
    timeWindow: 10,
    smpGroup: 0,
    isMasterTrader: false,
    spotHedgingStatus: 'OFF',
  };
}

function feeRate({ world, account, params }: PrivateCall): Payload {
  const category = params.category();
  const rates = category === 'spot' ? account.feeRates : account.contractFees;
  const fees = { takerFeeRate: rates.taker, makerFeeRate: rates.maker };
  if (category === 'option')
    return {
      category,
      list: [
        {
          baseCoin: params.text('baseCoin') || 'BTC',
          symbol: '',
          takerFeeRate: '0.0003',
          makerFeeRate: '0.0003',
        },
      ],
    };
  const markets = params.has('symbol')
    ? [world.market(category, params.text('symbol'))]
    : world.markets(category);
  return { category, list: markets.map((market) => ({ symbol: market.symbol, baseCoin: '', ...fees })) };
}

function transactionLog({ account, params, now }: PrivateCall): Payload {
  const { start, end } = window(params, now, 7);
  const list = [...account.ledger].reverse().filter((row) => {
    const time = Number(row['transactionTime']);
    const wants = (name: string): boolean => !params.has(name) || row[name] === params.text(name);
    return time >= start && time <= end && wants('category') && wants('currency') && wants('type');
  });
  const { rows, cursor } = page(list, params, 20, 50);
  return { nextPageCursor: cursor, list: rows };
}

function collateral({ account, params }: PrivateCall): Payload {
  const coins = params.has('currency') ? [params.text('currency')] : ['BTC', 'ETH', 'USDT', 'USDC'];
  const list = coins.map((currency) => ({
    availableToBorrow: '3',
    freeBorrowingAmount: '',
    freeBorrowAmount: '0',
    maxBorrowingAmount: '3',
    hourlyBorrowRate: '0.00000147',
    borrowUsageRate: '0',
    collateralSwitch: !account.collateralOff.has(currency),
    borrowAmount: '0',
    borrowable: true,
    currency,
    marginCollateral: true,
    freeBorrowingLimit: '0',
    collateralRatio: isDollar(currency) ? '1' : '0.95',
    otherBorrowAmount: '0',
  }));
  return { list };
}

/** Section 7.4: the two switches have opposite meanings of `true`. */
function settings({ account }: PrivateCall): Payload {
  return {
    lpaSpot: !account.refuseBeyondBand.spot,
    lpaPerp: account.refuseBeyondBand.perp,
    deltaEnable: false,
    smsef: false,
    fmsef: false,
  };
}

function setPriceAction({ account, params }: PrivateCall): Payload {
  const category = params.category();
  if (typeof params.raw['modifyEnable'] !== 'boolean')
    throw badParameter('params error: modifyEnable is required');
  const refuse = !params.flag('modifyEnable');
  if (category === 'spot') account.refuseBeyondBand.spot = refuse;
  else account.refuseBeyondBand.perp = refuse;
  return {};
}

function setMarginMode({ account, params }: PrivateCall): Payload {
  const mode = MODES.find((each) => each === params.need('setMarginMode'));
  if (mode === undefined) throw badParameter('params error: setMarginMode invalid');
  if (
    mode !== account.marginMode &&
    (account.openPositions().length > 0 || account.openOrders().length > 0)
  ) {
    const reasons = [{ reasonCode: '3400000', reasonMsg: 'Open orders or positions exist' }];
    throw new Refusal(3400045, 'Set margin mode failed', 200, { reasons });
  }
  account.marginMode = mode;
  return { reasons: [] };
}

function setCollateral({ account, params }: PrivateCall): Payload {
  const coin = params.need('coin');
  if (isDollar(coin)) throw badParameter(`params error: ${coin} is always collateral`);
  if (params.need('collateralSwitch') === 'ON') account.collateralOff.delete(coin);
  else account.collateralOff.add(coin);
  return {};
}

function privateInstruments({ world, params }: PrivateCall): Payload {
  const category = params.category();
  const markets = world
    .markets(category)
    .filter((market) => !params.has('symbol') || market.symbol === params.text('symbol'));
  const { rows, cursor } = page(markets, params, 200, 200);
  return { category, nextPageCursor: cursor, list: rows.map((market) => market.listing.payload) };
}

/** What `query-api` says; `isMaster` and the days of an unbound key come from its specification. */
function queryApi({ world, key, now }: PrivateCall): Payload {
  const { spec } = key;
  const bound = key.bound();
  const expires = spec.expiresAt ?? now + 90 * 86_400_000;
  const days = Math.max(0, Math.floor((expires - now) / 86_400_000));
  return {
    id: '13770661',
    note: 'Loopback',
    apiKey: spec.key,
    readOnly: spec.readOnly === true ? 1 : 0,
    secret: '',
    permissions: key.permissions,
    ips: spec.ips === undefined || spec.ips.length === 0 ? ['*'] : spec.ips,
    type: 1,
    deadlineDay: spec.deadlineDay ?? (bound ? -2 : days),
    expiredAt: bound ? '1970-01-01T00:00:00Z' : `${new Date(expires).toISOString().slice(0, 19)}Z`,
    createdAt: '2026-01-01T00:00:00Z',
    unified: 0,
    uta: spec.uta ?? 1,
    userID: Number(key.uid),
    inviterID: 0,
    vipLevel: 'No VIP',
    mktMakerLevel: '0',
    affiliateID: 0,
    rsaPublicKey: spec.publicKeyPem ?? '',
    isMaster: spec.isMaster ?? true,
    parentUid: spec.isMaster === false ? '1000' : '0',
    kycLevel: 'LEVEL_DEFAULT',
    kycRegion: '',
    ...(world.environment === 'demo' ? { note: 'Demo' } : {}),
  };
}

function memberType({ params, key }: PrivateCall): Payload {
  const ids = params.has('memberIds') ? coinsOf(params.text('memberIds')) : [key.uid];
  return { accounts: ids.map((uid) => ({ uid, accountType: ['FUND', 'UNIFIED'] })) };
}

function spotMarginState({ account }: PrivateCall): Payload {
  return {
    spotLeverage: account.spotMargin ? account.spotLeverage : '',
    spotMarginMode: account.spotMargin ? '1' : '0',
    effectiveLeverage: account.spotMargin ? '1' : '0',
  };
}

function switchSpotMargin({ account, params }: PrivateCall): Payload {
  const mode = params.need('spotMarginMode');
  if (account.marginMode === 'ISOLATED_MARGIN')
    throw new Refusal(182021, 'Spot margin is not available in isolated margin mode.');
  account.spotMargin = mode === '1';
  return { spotMarginMode: mode };
}

function spotMarginLeverage({ account, params }: PrivateCall): Payload {
  const leverage = params.whole('leverage', 0);
  if (leverage < 2 || leverage > 10) throw badParameter('params error: leverage invalid');
  account.spotLeverage = String(leverage);
  return {};
}

const DEMO_MOST: Record<string, number> = { BTC: 15, ETH: 200, USDT: 100_000, USDC: 100_000 };

/** Demo funds: added or taken back, up to a limit a request. */
function demoMoney({ world, account, params }: PrivateCall): Payload {
  if (world.environment !== 'demo') throw new Refusal(10017, 'Route not found.');
  const back = params.text('adjustType') === '1';
  for (const row of params.rows('utaDemoApplyMoney')) {
    const coin = row.need('coin');
    const amount = row.decimal('amountStr');
    if (amount === null || amount.gt(DEMO_MOST[coin] ?? 0))
      throw badParameter('params error: amountStr invalid');
    account.credit(coin, back ? amount.neg() : amount);
  }
  return {};
}

/** Nothing is ever lent here, so there is nothing to tell. */
const empty = (account: Account): Payload => ({ list: [], uid: account.uid, nextPageCursor: '' });

export const ACCOUNT_ROUTES: readonly PrivateRoute[] = [
  get('/v5/account/wallet-balance', perSecond(50), true, walletBalance),
  get('/v5/account/info', perSecond(50), true, accountInfo),
  get('/v5/account/fee-rate', perSecond(5), false, feeRate),
  get('/v5/account/transaction-log', perSecond(25), true, transactionLog),
  get('/v5/account/contract-transaction-log', perSecond(25), false, transactionLog),
  get('/v5/account/collateral-info', perSecond(50), true, collateral),
  get('/v5/account/user-setting-config', perSecond(50), true, settings),
  get('/v5/account/instruments-info', perSecond(10), true, privateInstruments),
  get('/v5/account/borrow-history', perSecond(50), true, ({ account }) => empty(account)),
  post('/v5/account/set-limit-px-action', perSecond(10), TRADE, true, setPriceAction),
  post('/v5/account/set-margin-mode', perSecond(5), TRADE, true, setMarginMode),
  post('/v5/account/set-collateral-switch', perSecond(5), TRADE, true, setCollateral),
  post('/v5/account/demo-apply-money', perMinute(1), TRADE, true, demoMoney),
  get('/v5/user/query-api', perSecond(10), true, queryApi),
  get('/v5/user/get-member-type', perSecond(10), true, memberType),
  post('/v5/user/agreement', perSecond(5), TRADE, false, () => ({})),
  get('/v5/spot-margin-trade/state', perSecond(50), true, spotMarginState),
  get('/v5/spot-margin-uta/status', perSecond(50), true, spotMarginState),
  post('/v5/spot-margin-trade/switch-mode', perSecond(5), ['Spot.SpotTrade'], true, switchSpotMargin),
  post('/v5/spot-margin-trade/set-leverage', perSecond(5), ['Spot.SpotTrade'], true, spotMarginLeverage),
];
