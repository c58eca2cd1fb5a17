/** The topics of the public streams: what each one is made of and what it sends next. */
import { BookChannel } from './book-channel.ts';
import { candleEnd, candleStart } from './candles.ts';
import type { Market, Print } from './market.ts';
import { priceLimits } from './order-rules.ts';
import type { Category, Payload } from './protocol.ts';
import { tickerEvent } from './ticker-payload.ts';
import type { World } from './world.ts';

const DEPTHS: Record<Category, readonly number[]> = {
  spot: [1, 50, 200, 1000],
  linear: [1, 50, 200, 1000],
  inverse: [1, 50, 200, 1000],
  option: [25, 100],
};
/** A topic that somebody follows. */
export type Channel =
  | { readonly kind: 'book'; readonly book: BookChannel }
  | { readonly kind: 'ticker'; readonly market: Market; last: Payload }
  | { readonly kind: 'kline'; readonly market: Market; readonly interval: string; start: number }
  | { readonly kind: 'trade'; readonly category: Category; readonly symbol: string }
  | { readonly kind: 'priceLimit'; readonly market: Market; last: string }
  | { readonly kind: 'quiet' };

/** The channel of a topic; null for a topic that the category does not have. */
export function makeChannel(
  world: World,
  category: Category,
  topic: string,
  firstUpdate: number,
): Channel | null {
  const [name = '', ...rest] = topic.split('.');
  const symbol = rest.at(-1) ?? '';
  if (name === 'publicTrade') {
    const known =
      category === 'option'
        ? world.markets('option').some((market) => market.listing.base === symbol)
        : world.findMarket(category, symbol) !== null;
    return known ? { kind: 'trade', category, symbol } : null;
  }
  const market = world.findMarket(category, symbol);
  if (market === null) return null;
  const now = world.time.now();
  const middle = rest.slice(0, -1).join('.');
  switch (name) {
    case 'orderbook':
      if (!DEPTHS[category].includes(Number(middle))) return null;
      return { kind: 'book', book: new BookChannel(market, Number(middle), firstUpdate) };
    case 'tickers':
      return middle === '' ? { kind: 'ticker', market, last: tickerEvent(market, now) } : null;
    case 'kline': {
      const start = candleStart(middle, now);
      return start === null || category === 'option'
        ? null
        : { kind: 'kline', market, interval: middle, start };
    }
    case 'priceLimit':
      return { kind: 'priceLimit', market, last: '' };
    case 'allLiquidation':
    case 'insurance':
      return { kind: 'quiet' };
    default:
      return null;
  }
}

/** What a channel sends when a market has changed; null when it has nothing to say. */
export function nextMessage(
  channel: Channel,
  market: Market,
  prints: readonly Print[],
  now: number,
): Payload | null {
  switch (channel.kind) {
    case 'book':
      return channel.book.market === market ? channel.book.update(now) : null;
    case 'ticker':
      return channel.market === market ? tickerChange(channel, now) : null;
    case 'kline':
      return channel.market === market ? klineMessage(channel, now) : null;
    case 'trade':
      return tradeMessage(channel, market, prints, now);
    case 'priceLimit': {
      if (channel.market !== market) return null;
      const limits = priceLimits(market);
      const data = { symbol: market.symbol, buyLmt: limits.buy.toFixed(), sellLmt: limits.sell.toFixed() };
      if (JSON.stringify(data) === channel.last) return null;
      channel.last = JSON.stringify(data);
      return { topic: `priceLimit.${market.symbol}`, ts: now, data };
    }
    case 'quiet':
      return null;
  }
}

function tickerChange(channel: Channel & { kind: 'ticker' }, now: number): Payload | null {
  const before = channel.last;
  const after = tickerEvent(channel.market, now);
  const fields = Object.entries(after).filter(([name, value]) => before[name] !== value);
  channel.last = after;
  if (fields.length === 0) return null;
  const whole = channel.market.listing.category === 'spot' || channel.market.listing.category === 'option';
  if (whole) return tickerMessage(channel.market, 'snapshot', after, now);
  return tickerMessage(
    channel.market,
    'delta',
    {
      symbol: channel.market.symbol,
      ...Object.fromEntries(fields),
    },
    now,
  );
}

export function tickerMessage(
  market: Market,
  type: 'snapshot' | 'delta',
  data: Payload,
  now: number,
): Payload {
  const topic = `tickers.${market.symbol}`;
  if (market.listing.category === 'spot') return { topic, ts: now, type, cs: market.seq, data };
  return { topic, type, data, cs: market.seq, ts: now };
}

function tradeMessage(
  channel: Channel & { kind: 'trade' },
  market: Market,
  all: readonly Print[],
  now: number,
): Payload | null {
  const own =
    channel.category === 'option' ? market.listing.base === channel.symbol : market.symbol === channel.symbol;
  const prints = own && market.listing.category === channel.category ? all : [];
  if (prints.length === 0) return null;
  const derivative = channel.category !== 'spot';
  const data = prints.slice(-1024).map((print) => ({
    T: print.time,
    s: market.symbol,
    S: print.side,
    v: print.size,
    p: print.price,
    ...(derivative && channel.category !== 'option' ? { L: print.tick } : {}),
    i: print.id,
    BT: false,
    RPI: false,
    seq: print.seq,
    ...(channel.category === 'option' ? { mP: market.mark, iP: market.index, mIv: '0.52', iv: '0.52' } : {}),
  }));
  return { topic: `publicTrade.${channel.symbol}`, type: 'snapshot', ts: now, data };
}

/** The open candle; when a new one has begun, the closed one before it comes in the same message. */
export function klineMessage(channel: Channel & { kind: 'kline' }, now: number): Payload | null {
  const { market, interval } = channel;
  const candles = market.candles.list(interval, channel.start, now);
  const rows = candles.map((candle) => {
    const end = candleEnd(interval, candle.start) - 1;
    return {
      start: candle.start,
      end,
      interval,
      open: candle.open,
      close: candle.close,
      high: candle.high,
      low: candle.low,
      volume: candle.volume,
      turnover: candle.turnover,
      confirm: now > end,
      timestamp: market.changedAt,
    };
  });
  channel.start = candleStart(interval, now) ?? channel.start;
  return rows.length === 0
    ? null
    : { topic: `kline.${interval}.${market.symbol}`, data: rows, ts: now, type: 'snapshot' };
}
