import type { AccountEvent, Instrument, OrderRequest } from '../../../../src-main/exchanges/exchange.ts';
import { Ledger, type MarketTerms } from '../../../../src-main/exchanges/practice/accounts/ledger.ts';
import { parseAmount } from '../../../../src-main/exchanges/practice/amount.ts';
import { Desk } from '../../../../src-main/exchanges/practice/desk/desk.ts';
import type { DeskAccount } from '../../../../src-main/exchanges/practice/desk/desk-account.ts';
import { RiskKeeper } from '../../../../src-main/exchanges/practice/desk/risk-keeper.ts';
import type { PracticeMarket } from '../../../../src-main/exchanges/practice/market-source.ts';
import { MarketScale } from '../../../../src-main/exchanges/practice/market-scale.ts';
import { MatchingEngine } from '../../../../src-main/exchanges/practice/matching/matching-engine.ts';
import { ticket } from './engine-harness.ts';

export const SPOT = 'BTC/USDT';
export const PERP = 'BTC/USDT:USDT';

/** A desk with a spot and a perpetual market at about 100.00, without a crowd: tests are the whole market. */
export function deskWithMarkets(accountIds: readonly string[] = ['alice', 'bob']) {
  const ledger = new Ledger();
  let ids = 0;
  let now = 1_000;
  const desk = new Desk({ ledger, clock: () => now, nextId: () => `n${++ids}` });
  const risk = new RiskKeeper(desk);
  const marks = new Map<string, number>([[PERP, 10_000]]);
  const markets = new Map([SPOT, PERP].map((symbol) => [symbol, marketOf(symbol, desk, marks)]));
  desk.markets = markets;
  const events = new Map<string, AccountEvent[]>();
  const accounts = new Map<string, DeskAccount>();
  for (const id of accountIds) {
    const account = desk.open(id);
    account.book.add('USDT', parseAmount('1000'));
    account.book.add('BTC', parseAmount('10'));
    const told: AccountEvent[] = [];
    account.listen((event) => told.push(event));
    events.set(id, told);
    accounts.set(id, account);
  }
  const account = (id: string): DeskAccount => {
    const found = accounts.get(id);
    if (found === undefined) throw new Error(`no account ${id}`);
    return found;
  };
  let clientIds = 0;
  return {
    desk,
    risk,
    ledger,
    events,
    account,
    market: (symbol: string): PracticeMarket => desk.market(symbol),
    pass: (ms: number) => {
      now += ms;
    },
    place: (id: string, over: Partial<OrderRequest> = {}) =>
      desk.place(account(id), {
        symbol: SPOT,
        side: 'buy',
        type: 'limit',
        quantity: '1',
        price:
          over.type === 'market' || over.type === 'stopMarket' || over.type === 'takeProfitMarket'
            ? undefined
            : '100',
        timeInForce: 'GTC',
        postOnly: false,
        reduceOnly: false,
        positionSide: 'net',
        clientOrderId: `c${++clientIds}`,
        ...over,
      }),
    /** An order of nobody in particular, as the crowd places them. */
    crowd: (symbol: string, side: 'buy' | 'sell', price: number, lots: number) =>
      desk.operation(() => desk.market(symbol).matcher.submit(ticket({ owner: '', side, price, lots }), now)),
    /** Moves the mark price, in ticks of 0.01, and lets the risk keeper look. */
    mark: (ticks: number) => {
      marks.set(PERP, ticks);
      desk.market(PERP).matcher.reference('mark', ticks, now);
      desk.operation(() => risk.moved(PERP));
    },
    /** Money of an asset over all accounts, less what open positions have not realised. */
    worth: (asset: string) => ledger.sum(asset) - ledger.openCost(asset),
  };
}

function marketOf(symbol: string, desk: Desk, marks: ReadonlyMap<string, number>): PracticeMarket {
  const spot = symbol === SPOT;
  const instrument: Instrument = {
    venue: 'practice',
    symbol,
    nativeId: symbol,
    kind: spot ? 'spot' : 'linear',
    base: 'BTC',
    quote: 'USDT',
    ...(spot ? {} : { settle: 'USDT', maxLeverage: '100' }),
    status: 'trading',
    tickSize: '0.01',
    lotSize: '0.001',
    quantityUnit: 'base',
    minQuantity: '0.002',
    maxQuantity: '1000',
    maxMarketQuantity: '500',
    minNotional: '1',
    priceBand: '0.5',
    makerFee: '0.0002',
    takerFee: '0.0006',
  };
  const terms: MarketTerms = {
    symbol,
    kind: spot ? 'spot' : 'linear',
    base: 'BTC',
    quote: 'USDT',
    scale: new MarketScale('0.01', '0.001'),
    makerFee: parseAmount('0.0002'),
    takerFee: parseAmount('0.0006'),
    maintenanceRate: spot ? 0n : parseAmount('0.005'),
    maxLeverage: 10_000,
  };
  let last: number | null = null;
  const listener = desk.listener(symbol);
  const matcher = new MatchingEngine({
    ...listener,
    trade: (trade) => {
      last = trade.price;
      listener.trade(trade);
    },
  });
  const unused = (): never => {
    throw new Error('not part of this test market');
  };
  return {
    instrument,
    terms,
    matcher,
    open: true,
    time: 1_000,
    bookVersion: 0,
    tradeSequence: 0,
    prices: () => ({ last, mark: marks.get(symbol) ?? null, index: marks.get(symbol) ?? null }),
    book: unused,
    ticker: unused,
    tradesSince: unused,
    prepare: unused,
    candles: unused,
    candle: unused,
  };
}
