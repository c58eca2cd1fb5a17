import type {
  BookView,
  Candle,
  Instrument,
  MarketData,
  StreamListener,
  Ticker,
  Trade,
} from '../../../src-main/exchanges/exchange.ts';

export const BTC = { venue: 'practice', symbol: 'BTC/USDT' } as const;
export const ETH = { venue: 'practice', symbol: 'ETH/USDT' } as const;

export function ticker(symbol: string, last: string, rest: Partial<Ticker> = {}): Ticker {
  const unknown = { bid: null, ask: null, open24h: null, high24h: null, low24h: null };
  return {
    venue: 'practice',
    symbol,
    last,
    ...unknown,
    volume24h: null,
    turnover24h: null,
    time: 1,
    receivedAt: 1,
    ...rest,
  };
}

export function book(rest: Partial<BookView> = {}): BookView {
  return {
    ...BTC,
    bids: [
      ['10', '1'],
      ['9', '1'],
    ],
    asks: [
      ['11', '1'],
      ['12', '1'],
    ],
    state: 'live',
    time: 1,
    receivedAt: 1,
    sequence: '1',
    ...rest,
  };
}

export const trade = (id: string): Trade => ({
  ...BTC,
  id,
  price: '10',
  quantity: '1',
  side: 'buy',
  time: 1,
});
export const candle = (time: number, close: string, closed: boolean): Candle => ({
  time,
  open: '1',
  high: '9',
  low: '1',
  close,
  volume: '1',
  closed,
});
const instrument = (symbol: string): Instrument => ({
  ...BTC,
  symbol,
  nativeId: symbol,
  kind: 'spot',
  base: 'BTC',
  quote: 'USDT',
  status: 'trading',
  tickSize: '0.1',
  lotSize: '0.001',
  quantityUnit: 'base',
  minQuantity: '0.001',
});

/** A venue whose streams the test drives, and whose subscriptions it can count. */
export class FakeVenue implements MarketData {
  open: string[] = [];
  instrumentCalls = 0;
  symbols = ['BTC/USDT'];
  down = false;
  page: Candle[] = [];
  tickerList: Ticker[] = [];
  tickers$: StreamListener<readonly Ticker[]> | null = null;
  ticker$: StreamListener<Ticker> | null = null;
  chain$: StreamListener<readonly Ticker[]> | null = null;
  book$: StreamListener<BookView> | null = null;
  trades$: StreamListener<readonly Trade[]> | null = null;
  candle$: StreamListener<Candle> | null = null;

  #opened(name: string): () => void {
    this.open.push(name);
    return () => {
      this.open = this.open.filter((other) => other !== name);
    };
  }

  async instruments(): Promise<readonly Instrument[]> {
    this.instrumentCalls += 1;
    if (this.down) throw new Error('down');
    return this.symbols.map(instrument);
  }
  async tickers(): Promise<readonly Ticker[]> {
    if (this.down) throw new Error('down');
    return this.tickerList;
  }
  async book(_symbol: string, depth: number): Promise<BookView> {
    if (this.down) throw new Error('down');
    return book({ sequence: `asked ${depth}` });
  }
  async trades(): Promise<readonly Trade[]> {
    return [trade('history')];
  }
  async candles(): Promise<readonly Candle[]> {
    return this.page;
  }
  async serverTime(): Promise<number> {
    return 0;
  }
  async status() {
    return { state: 'operational', message: null, until: null } as const;
  }
  streamTickers(listener: StreamListener<readonly Ticker[]>) {
    this.tickers$ = listener;
    return this.#opened('tickers');
  }
  streamTicker(symbol: string, listener: StreamListener<Ticker>) {
    this.ticker$ = listener;
    return this.#opened(`ticker ${symbol}`);
  }
  streamOptionChain(base: string, listener: StreamListener<readonly Ticker[]>) {
    this.chain$ = listener;
    return this.#opened(`options ${base}`);
  }
  streamBook(symbol: string, depth: number, listener: StreamListener<BookView>) {
    this.book$ = listener;
    return this.#opened(`book ${symbol} ${depth}`);
  }
  streamTrades(symbol: string, listener: StreamListener<readonly Trade[]>) {
    this.trades$ = listener;
    return this.#opened(`trades ${symbol}`);
  }
  streamCandles(symbol: string, interval: string, listener: StreamListener<Candle>) {
    this.candle$ = listener;
    return this.#opened(`candles ${symbol} ${interval}`);
  }
}
