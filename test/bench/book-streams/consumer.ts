/**
 * A process that keeps one book from the local stream and reports its own CPU time between the two markers.
 * Arguments: which implementation, address, topic. It is a process of its own so that nothing but the
 * implementation, its runtime and its socket is measured.
 */
import WebSocket from 'ws';
import { BybitBookReader } from '../../../src-main/market/bybit-book-frame.ts';
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

interface Best {
  readonly bid: unknown;
  readonly ask: unknown;
}

/** Called after each message with its time; `best` is asked for only at the end. */
function mark(ts: number, best: () => Best): void {
  if (ts === BEGIN_TS) start = process.cpuUsage();
  if (ts !== END_TS || start === null) return;
  const used = process.cpuUsage(start);
  const { bid, ask } = best();
  const report: ConsumerReport = {
    cpuMicros: used.user + used.system,
    bid: Number(bid),
    ask: Number(ask),
  };
  process.send?.(report, () => process.exit(0));
}

/** `take` applies one message and answers its time; 0 for a message that is no book. */
function connect(take: (text: string) => number, best: () => Best): void {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('open', () => socket.send(JSON.stringify({ op: 'subscribe', args: [topic] })));
  socket.on('message', (data: Buffer) => mark(take(data.toString('utf8')), best));
}

function ours(): void {
  const depth = Number(topic.split('.')[1]);
  const book = new OrderBook({ venue: 'bybit', symbol: 'BTC/USDT:USDT' }, { sequence: 'contiguous', depth });
  const reader = new BybitBookReader();
  const take = (text: string): number => {
    const frame = reader.read(text, Date.now());
    if (frame === null) return 0;
    const { message } = frame;
    const outcome = frame.type === 'snapshot' ? book.applySnapshot(message) : book.applyDelta(message);
    if (outcome !== 'applied') throw new Error(`book ${outcome} at u ${message.sequence}`);
    return message.time;
  };
  connect(take, () => ({ bid: book.bestBid?.[0], ask: book.bestAsk?.[0] }));
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
    (text) => {
      const frame = JSON.parse(text) as Frame;
      if (frame.topic === undefined) return 0;
      if (frame.type === 'snapshot') {
        bids = new Map(frame.data.b);
        asks = new Map(frame.data.a);
      } else {
        change(bids, frame.data.b);
        change(asks, frame.data.a);
      }
      return frame.ts;
    },
    () => ({
      bid: [...bids.keys()].sort(compareText).at(-1),
      ask: [...asks.keys()].sort(compareText)[0],
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
    mark(book.timestamp ?? 0, () => ({ bid: book.bids[0]?.[0], ask: book.asks[0]?.[0] }));
  }
}

// The bench was interrupted: nobody waits for a report.
process.on('disconnect', () => process.exit(0));

if (kind === 'ours') ours();
else if (kind === 'floor') floor();
else if (kind === 'ccxt.pro') await peer();
else throw new Error(`unknown consumer ${kind}`);
