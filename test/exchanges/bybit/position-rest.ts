/** Private REST of positions: list, leverage, modes, protection, closed results (sheet section 4.4). */
import { compareText, dec, text } from '../../../src-main/market/decimal.ts';
import type { Account } from './accounts.ts';
import { perSecond, type Allowance } from './limits.ts';
import type { Market } from './market.ts';
import { NO_BRACKETS, type Brackets } from './order.ts';
import { readPrice } from './order-rules.ts';
import { Position } from './position.ts';
import { legsOf } from './protection.ts';
import { badParameter, page, Refusal, window, type Params, type Payload } from './protocol.ts';
import type { PrivateCall, PrivateRoute } from './routes.ts';

type Run = PrivateRoute['run'];

const read = (path: string, run: Run): PrivateRoute => ({
  access: 'private',
  method: 'GET',
  path,
  limit: perSecond(50),
  rights: null,
  demo: true,
  run,
});
const write = (path: string, run: Run, limit: Allowance = perSecond(10)): PrivateRoute => ({
  access: 'private',
  method: 'POST',
  path,
  limit,
  rights: ['ContractTrade.Position'],
  demo: true,
  run,
});

function contractMarket({ world, params }: Pick<PrivateCall, 'world' | 'params'>): Market {
  const category = params.category();
  if (category === 'spot') throw badParameter('params error: category invalid');
  return world.market(category, params.need('symbol'));
}

const indexes = (account: Account, market: Market): number[] =>
  account.hedge.has(market.symbol) && market.listing.category === 'linear' ? [1, 2] : [0];

function positions(call: PrivateCall): Payload {
  const { world, account, params } = call;
  const category = params.category();
  if (category === 'spot') throw badParameter('params error: category invalid');
  if (category === 'linear' && !params.has('symbol') && !params.has('settleCoin')) {
    throw badParameter('params error: symbol or settleCoin is required');
  }
  const list = params.has('symbol')
    ? indexes(account, world.market(category, params.text('symbol'))).map((index) =>
        account.position(contractMarket(call), index),
      )
    : account.openPositions().filter(({ market }) => {
        const { listing } = market;
        const wants = (name: string, value: string): boolean =>
          !params.has(name) || params.text(name) === value;
        return (
          listing.category === category &&
          wants('settleCoin', listing.settle) &&
          wants('baseCoin', listing.base)
        );
      });
  const { rows, cursor } = page(list, params, 20, 200);
  return {
    category,
    nextPageCursor: cursor,
    list: rows.map((position) => position.payload(account.leverageOf(position.market, position.index))),
  };
}

function symbolInfo(call: PrivateCall): Payload {
  const { account, params, world } = call;
  if (account.marginMode === 'PORTFOLIO_MARGIN')
    throw new Refusal(10001, 'not supported in portfolio margin mode');
  const category = params.category();
  const markets = params.has('symbol') ? [contractMarket(call)] : world.markets(category);
  const list = markets.flatMap((market) =>
    indexes(account, market).map((index) => ({
      symbol: market.symbol,
      leverage: account.leverageOf(market, index),
      positionIdx: index,
    })),
  );
  return { category, list };
}

function setLeverage(call: PrivateCall): Payload {
  const { account, params } = call;
  const market = contractMarket(call);
  const buy = params.decimal('buyLeverage');
  const sell = params.decimal('sellLeverage');
  if (buy === null || sell === null) throw badParameter('params error: leverage is required');
  const most = dec(market.listing.maxLeverage);
  if (buy.lt(1) || sell.lt(1) || buy.gt(most) || sell.gt(most))
    throw new Refusal(110013, 'cannot set leverage due to risk limit level');
  const hedged = account.hedge.has(market.symbol) && account.marginMode === 'ISOLATED_MARGIN';
  if (!hedged && !buy.eq(sell)) throw badParameter('buyLeverage and sellLeverage must be equal');
  const targets: [number, string][] = hedged
    ? [
        [1, text(buy)],
        [2, text(sell)],
      ]
    : [
        [0, text(buy)],
        [1, text(buy)],
        [2, text(buy)],
      ];
  if (targets.every(([index, value]) => compareText(account.leverageOf(market, index), value) === 0)) {
    throw new Refusal(110043, 'leverage not modified');
  }
  for (const [index, value] of targets) account.leverage.set(Position.key(market, index), value);
  for (const index of indexes(account, market))
    call.world.desk.touchPosition(account.uid, account.position(market, index));
  call.world.desk.settle();
  return {};
}

function switchMode(call: PrivateCall): Payload {
  const { world, account, params } = call;
  if (params.category() !== 'linear') throw badParameter('params error: category only support linear');
  const mode = params.whole('mode', -1);
  if (mode !== 0 && mode !== 3) throw badParameter('params error: mode invalid');
  const byCoin = !params.has('symbol');
  const markets = byCoin
    ? world.markets('linear').filter((market) => market.listing.settle === params.need('coin'))
    : [world.market('linear', params.text('symbol'))];
  let changed = false;
  for (const market of markets) changed = switchOne(account, market, mode === 3, byCoin) || changed;
  if (!changed) throw new Refusal(110025, 'Position mode is not modified');
  return {};
}

/** By coin, symbols that are busy or have no hedge mode are skipped without a word. */
function switchOne(account: Account, market: Market, hedge: boolean, quiet: boolean): boolean {
  if (account.hedge.has(market.symbol) === hedge) return false;
  const usdtPerpetual = market.listing.settle === 'USDT' && market.listing.deliveryTime === 0;
  if (!usdtPerpetual) {
    if (quiet) return false;
    throw new Refusal(110029, 'hedge mode is not supported for this symbol');
  }
  const held = account.openPositions().some((position) => position.market === market);
  const ordered = account.openOrders().some((order) => order.market === market);
  if (held || ordered) {
    if (quiet) return false;
    throw held
      ? new Refusal(110024, 'Existing position, so you cannot change position mode')
      : new Refusal(110028, 'Existing order, so you cannot change position mode');
  }
  if (hedge) account.hedge.add(market.symbol);
  else account.hedge.delete(market.symbol);
  return true;
}

function tradingStop(call: PrivateCall): Payload {
  const { world, account, params } = call;
  const market = contractMarket(call);
  const index = params.whole('positionIdx', 0);
  if (!indexes(account, market).includes(index)) throw badParameter('position idx not match position mode');
  const position = account.position(market, index);
  if (position.size.isZero()) throw badParameter('can not set tp/sl/ts for zero position');
  if (params.text('tpslMode') === 'Partial') partialStop(call, position);
  else fullStop(call, position);
  world.desk.touchPosition(account.uid, position);
  market.touch();
  return {};
}

function partialStop({ world, account, params }: PrivateCall, position: Position): void {
  const { market } = position;
  const brackets = bracketsOf(params, market);
  checkSides(position, brackets);
  const legs = legsOf(brackets);
  const size = params.has('tpSize') ? params.need('tpSize') : params.need('slSize');
  if (
    params.has('tpSize') &&
    params.has('slSize') &&
    compareText(params.text('tpSize'), params.text('slSize')) !== 0
  ) {
    throw badParameter('tpSize and slSize must be equal');
  }
  if (legs.length === 0 || dec(size).gt(position.size.abs()))
    throw badParameter('params error: tp/sl size invalid');
  const open = account
    .openOrders()
    .filter((order) => order.market === market && order.spec.stopOrderType.startsWith('Partial'));
  if (open.length + legs.length > 20) throw new Refusal(110061, 'You have already added 20 TP/SL orders');
  world.desk.protections.partial(account, position, legs, text(dec(size)));
}

/** "0" takes a leg away, and so does leaving it out: what the field reports, and the harder case for a client. */
function fullStop({ world, account, params }: PrivateCall, position: Position): void {
  const { market, protection } = position;
  if (params.text('tpOrderType') === 'Limit' || params.text('slOrderType') === 'Limit') {
    throw badParameter('tp/sl order type must be Market in Full mode');
  }
  const before = JSON.stringify(protection);
  const named = bracketsOf(params, market);
  checkSides(position, named);
  const { takeProfit, stopLoss } = named;
  const trailingStop = readPrice(params, 'trailingStop', market);
  const activePrice = readPrice(params, 'activePrice', market);
  if (trailingStop !== protection.trailingStop) position.trailingBest = '';
  Object.assign(protection, { takeProfit, stopLoss, trailingStop, activePrice });
  if (JSON.stringify(protection) === before) throw new Refusal(34040, 'not modified');
  const by = {
    takeProfit: params.text('tpTriggerBy') || 'LastPrice',
    stopLoss: params.text('slTriggerBy') || 'LastPrice',
  };
  world.desk.protections.renew(account, position, by);
}

function bracketsOf(params: Params, market: Market): Brackets {
  return {
    ...NO_BRACKETS,
    takeProfit: readPrice(params, 'takeProfit', market),
    stopLoss: readPrice(params, 'stopLoss', market),
    tpTriggerBy: params.text('tpTriggerBy'),
    slTriggerBy: params.text('slTriggerBy'),
    tpLimitPrice: readPrice(params, 'tpLimitPrice', market),
    slLimitPrice: readPrice(params, 'slLimitPrice', market),
    tpOrderType: params.text('tpOrderType'),
    slOrderType: params.text('slOrderType'),
  };
}

function checkSides(position: Position, { takeProfit, stopLoss }: Brackets): void {
  const long = position.size.isPositive();
  const base = dec(position.market.mark);
  const wrongTake = takeProfit !== '' && (long ? base.gte(takeProfit) : base.lte(takeProfit));
  const wrongStop = stopLoss !== '' && (long ? base.lte(stopLoss) : base.gte(stopLoss));
  const side = long ? 'Buy' : 'Sell';
  if (wrongTake)
    throw badParameter(
      `TakeProfit:${takeProfit} set for ${side} position should be ${long ? 'higher' : 'lower'} than base_price:${text(base)}`,
    );
  if (wrongStop)
    throw badParameter(
      `StopLoss:${stopLoss} set for ${side} position should be ${long ? 'lower' : 'higher'} than base_price:${text(base)}`,
    );
}

function addMargin(call: PrivateCall): Payload {
  const { account, params } = call;
  const market = contractMarket(call);
  if (account.marginMode !== 'ISOLATED_MARGIN')
    throw new Refusal(110076, 'Only available in isolated margin mode');
  const margin = params.decimal('margin');
  if (margin === null) throw badParameter('params error: margin is required');
  const position = account.position(market, params.whole('positionIdx', 0));
  position.addedMargin = position.addedMargin.plus(margin);
  return {
    category: market.listing.category,
    ...position.payload(account.leverageOf(market, position.index)),
  };
}

function autoMargin(call: PrivateCall): Payload {
  const { account, params } = call;
  const market = contractMarket(call);
  if (account.marginMode !== 'ISOLATED_MARGIN')
    throw new Refusal(110076, 'Only available in isolated margin mode');
  account.position(market, params.whole('positionIdx', 0)).autoAddMargin = params.whole(
    'autoAddMargin',
    0,
    0,
    1,
  );
  return {};
}

function closedPnl({ account, params, now }: PrivateCall): Payload {
  const category = params.category();
  const { start, end } = window(params, now, 7);
  const list = [...account.closedPnl].reverse().filter((row) => {
    const time = Number(row['updatedTime']);
    const own =
      row['category'] === category && (!params.has('symbol') || row['symbol'] === params.text('symbol'));
    return own && time >= start && time <= end;
  });
  const { rows, cursor } = page(list, params, 50, 100);
  return { category, nextPageCursor: cursor, list: rows.map(({ category: _category, ...row }) => row) };
}

const records = ({ params }: PrivateCall): Payload => ({
  category: params.category(),
  nextPageCursor: '',
  list: [],
});

export const POSITION_ROUTES: readonly PrivateRoute[] = [
  read('/v5/position/list', positions),
  read('/v5/position/symbol-info', symbolInfo),
  read('/v5/position/closed-pnl', closedPnl),
  read('/v5/asset/delivery-record', records),
  read('/v5/asset/settlement-record', records),
  write('/v5/position/set-leverage', setLeverage),
  write('/v5/position/switch-mode', switchMode),
  write('/v5/position/trading-stop', tradingStop),
  write('/v5/position/add-margin', addMargin),
  write('/v5/position/set-auto-add-margin', autoMargin),
];
