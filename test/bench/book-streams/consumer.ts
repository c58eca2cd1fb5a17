/**
 * A process that keeps one book from the local stream and reports its own CPU time between the two markers.
 * Arguments: which implementation, address, topic. It is a process of its own so that nothing but the
 * implementation, its runtime and its socket is measured.
 */
import WebSocket from 'ws';
import { compareText } from '../../../src-main/market/decimal.ts';
import { OrderBook } from '../../../src-main/market/order-book.ts';
import type { BookLevel } from '../../../src-preload/contract/types/market.ts';
import { BEGIN_TS, END_TS } from './server.ts';

export interface ConsumerReport {
  readonly cpuMicros: number;
  /** Best prices when the end marker came: equal in all implementations, or one of them is wrong. */
  readonly bid: number;
  readonly ask: number;
}

interface Frame {
  readonly topic?: string;
  readonly type: string;
  readonly ts: number;
  readonly data: { readonly b: BookLevel[]; readonly a: BookLevel[]; readonly u: number };
}

const [kind = '', url = '', topic = ''] = process.argv.slice(2);
let start: NodeJS.CpuUsage | null = null;
let last = { bid: '', ask: '' };

/** Called with the time of each message; the book as it was before the end marker is what is compared. */
function mark(ts: number): void {
  if (ts === BEGIN_TS) start = process.cpuUsage();
  if (ts !== END_TS || start === null) return;
  const used = process.cpuUsage(start);
  const report: ConsumerReport = {
    cpuMicros: used.user + used.system,
    bid: Number(last.bid),
    ask: Number(last.ask),
  };
  process.send?.(report, () => process.exit(0));
}

function connect(take: (frame: Frame) => void, best: () => { bid: string; ask: string }): void {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('open', () => socket.send(JSON.stringify({ op: 'subscribe', args: [topic] })));
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString('utf8')) as Frame;
    if (frame.topic === undefined) return;
    if (frame.ts === END_TS) last = best();
    take(frame);
    mark(frame.ts);
  });
}

function ours(): void {
  const depth = Number(topic.split('.')[1]);
  const book = new OrderBook({ venue: 'bybit', symbol: 'BTC/USDT:USDT' }, { sequence: 'contiguous', depth });
  connect(
    (frame) => {
      const message = {
        bids: frame.data.b,
        asks: frame.data.a,
        time: frame.ts,
        receivedAt: Date.now(),
        sequence: frame.data.u,
      };
      const outcome = frame.type === 'snapshot' ? book.applySnapshot(message) : book.applyDelta(message);
      if (outcome !== 'applied') throw new Error(`book ${outcome} at u ${frame.data.u}`);
    },
    () => ({ bid: book.bestBid?.[0] ?? '', ask: book.bestAsk?.[0] ?? '' }),
  );
}

/** Socket, parser and one map a side: less than this, nobody who keeps a book can do. */
function floor(): void {
  let bids = new Map<string, string>();
  let asks = new Map<string, string>();
  const change = (side: Map<string, string>, levels: BookLevel[]): void => {
    for (const [price, size] of levels) {
      if (size === '0') side.delete(price);
      else side.set(price, size);
    }
  };
  connect(
    (frame) => {
      if (frame.type === 'snapshot') {
        bids = new Map(frame.data.b);
        asks = new Map(frame.data.a);
      } else {
        change(bids, frame.data.b);
        change(asks, frame.data.a);
      }
    },
    () => ({
      bid: [...bids.keys()].sort(compareText).at(-1) ?? '',
      ask: [...asks.keys()].sort(compareText)[0] ?? '',
    }),
  );
}

/** ccxt.pro as its manual shows: await the book in a loop. Markets are given, because it cannot load them here. */
async function peer(): Promise<void> {
  // Loaded here alone: the other two must not carry its 30 MB of heap.
  const { default: ccxt } = await import('ccxt');
  const exchange = new ccxt.pro.bybit({ newUpdates: true });
  const urls = exchange.urls as unknown as { api: { ws: { public: { linear: string } } } };
  urls.api.ws.public.linear = url;
  // What ccxt asks for before it opens an address without TLS.
  await exchange.loadHttpProxyAgent();
  const symbol = 'BTC/USDT:USDT';
  exchange.setMarkets([
    {
      id: 'BTCUSDT',
      symbol,
      base: 'BTC',
      quote: 'USDT',
      settle: 'USDT',
      baseId: 'BTC',
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
    },
  ]);
  for (;;) {
    const book = await exchange.watchOrderBook(symbol, Number(topic.split('.')[1]));
    const ts = book.timestamp ?? 0;
    if (ts !== END_TS) last = { bid: String(book.bids[0]?.[0]), ask: String(book.asks[0]?.[0]) };
    mark(ts);
  }
}

if (kind === 'ours') ours();
else if (kind === 'floor') floor();
else if (kind === 'ccxt.pro') await peer();
else throw new Error(`unknown consumer ${kind}`);
