/**
 * A process that hears the whole stream with one implementation and reports its CPU time between the markers.
 * Arguments: which implementation, origin of the server.
 */
import type { BookLevel } from '../../../src-preload/contract/types/market.ts';
import { BOOK_TOPIC, type InstrumentRow, markets, TRADE_TOPIC } from './market-frames.ts';
import { ownMarket } from './own-market.ts';
import { BEGIN_TS, END_TS } from './stream-server.ts';

export interface StreamReport {
  readonly cpuMicros: number;
  /** Best prices at the end: equal in all who keep a book, or one of them is wrong. */
  readonly book: string;
  /** Values that were handed to the user's code. */
  readonly heard: number;
}

const [kind = '', origin = ''] = process.argv.slice(2);
const rows = markets() ?? [];
const wsUrl = `${origin.replace('http', 'ws')}/v5/public/linear`;
const topics = [BOOK_TOPIC, TRADE_TOPIC, ...rows.map(({ symbol }) => `tickers.${symbol}`)];
let start: NodeJS.CpuUsage | null = null;
let heard = 0;

/** Called with the time of each book; `best` only at the end. */
function mark(ts: number, best: () => string): void {
  if (ts === BEGIN_TS && start === null) {
    start = process.cpuUsage();
    heard = 0;
  }
  if (ts !== END_TS || start === null) return;
  const used = process.cpuUsage(start);
  start = null;
  const report: StreamReport = { cpuMicros: used.user + used.system, book: best(), heard };
  process.send?.(report, () => process.exit(0));
}
const text = (bid: unknown, ask: unknown): string => `${Number(bid)}/${Number(ask)}`;

async function ours(): Promise<void> {
  const { market } = await ownMarket(origin, rows);
  market.streamBook('BTC/USDT:USDT', 200, {
    next: ({ time, state, bids, asks }) => {
      heard += 1;
      if (state !== 'live') throw new Error(`the book is ${state}`);
      mark(time, () => text(bids[0]?.[0], asks[0]?.[0]));
    },
  });
  const count = (): void => {
    heard += 1;
  };
  market.streamTrades('BTC/USDT:USDT', { next: count });
  for (const { baseCoin } of rows) market.streamTicker(`${baseCoin}/USDT:USDT`, { next: count });
}

/** Parses only: keeps no book and merges no ticker. */
async function bybitApi(): Promise<void> {
  const { WebsocketClient } = await import('bybit-api');
  const silent = { trace: () => undefined, info: () => undefined, error: console.error };
  const client = new WebsocketClient({ wsUrl }, silent);
  client.on('update', (update: { topic: string; ts?: number }) => {
    heard += 1;
    if (update.topic === BOOK_TOPIC) mark(update.ts ?? 0, () => '');
  });
  // Settled by acknowledgements, each of them; the frames are what counts.
  void Promise.all(client.subscribeV5(topics, 'linear'));
}

const unified = ({ baseCoin }: InstrumentRow): string => `${baseCoin}/USDT:USDT`;

/** As its manual shows: a loop that awaits each kind of value. */
async function ccxtPro(): Promise<void> {
  const { default: ccxt } = await import('ccxt');
  const exchange = new ccxt.pro.bybit({ newUpdates: true });
  const urls = exchange.urls as unknown as { api: { ws: { public: { linear: string } } } };
  urls.api.ws.public.linear = wsUrl;
  await exchange.loadHttpProxyAgent();
  exchange.setMarkets(
    rows.map((row) => ({
      id: row.symbol,
      symbol: unified(row),
      base: row.baseCoin,
      quote: 'USDT',
      settle: 'USDT',
      baseId: row.baseCoin,
      quoteId: 'USDT',
      settleId: 'USDT',
      type: 'swap',
      spot: false,
      swap: true,
      future: false,
      option: false,
      contract: true,
      linear: true,
      inverse: false,
      active: true,
      precision: { price: 0.1, amount: 0.001 },
      limits: {},
      info: {},
    })),
  );
  const forever = async (next: () => Promise<unknown>): Promise<never> => {
    for (;;) {
      await next();
      heard += 1;
    }
  };
  const symbols = rows.map(unified);
  void forever(() => exchange.watchTickers(symbols));
  void forever(() => exchange.watchTrades('BTC/USDT:USDT'));
  await forever(async () => {
    const book = await exchange.watchOrderBook('BTC/USDT:USDT', 200);
    mark(book.timestamp ?? 0, () => text(book.bids[0]?.[0], book.asks[0]?.[0]));
  });
}

/** Socket, parser, one map a side and one object a ticker: less than this nobody can do. */
async function floor(): Promise<void> {
  const { default: WebSocket } = await import('ws');
  const socket = new WebSocket(wsUrl, { perMessageDeflate: false });
  const tickers = new Map<string, object>();
  let bids = new Map<string, string>();
  let asks = new Map<string, string>();
  const change = (side: Map<string, string>, levels: readonly BookLevel[]): void => {
    for (const [price, size] of levels) {
      if (size === '0') side.delete(price);
      else side.set(price, size);
    }
  };
  const best = (): string =>
    text(Math.max(...[...bids.keys()].map(Number)), Math.min(...[...asks.keys()].map(Number)));
  socket.on('open', () => socket.send(JSON.stringify({ op: 'subscribe', args: topics })));
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString('utf8')) as {
      topic?: string;
      type: string;
      ts: number;
      data: { b: BookLevel[]; a: BookLevel[] };
    };
    heard += 1;
    if (frame.topic === undefined) return;
    if (frame.topic !== BOOK_TOPIC) {
      tickers.set(frame.topic, { ...tickers.get(frame.topic), ...frame.data });
      return;
    }
    if (frame.type === 'snapshot') {
      bids = new Map(frame.data.b);
      asks = new Map(frame.data.a);
    } else {
      change(bids, frame.data.b);
      change(asks, frame.data.a);
    }
    mark(frame.ts, best);
  });
}

// The bench was interrupted: nobody waits for a report.
process.on('disconnect', () => process.exit(0));

const kinds: Readonly<Record<string, () => Promise<void>>> = {
  ours,
  floor,
  'ccxt.pro': ccxtPro,
  'bybit-api': bybitApi,
};
await (kinds[kind] ?? (() => Promise.reject(new Error(`unknown consumer ${kind}`))))();
