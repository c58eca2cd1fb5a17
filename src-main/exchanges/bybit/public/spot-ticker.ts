import type { OrderBook } from '../../../market/order-book.ts';
import type { StreamListener, StreamState, Ticker, Unsubscribe } from '../../exchange.ts';
import type { TopicFeed } from './topic-feed.ts';

/** Bybit's spot tickers have no bid and ask: they come from the first level of the book. */
export function followSpotTicker(
  tickers: TopicFeed<Ticker>,
  touch: TopicFeed<OrderBook>,
  listener: StreamListener<Ticker>,
): Unsubscribe {
  let ticker: Ticker | undefined;
  let book: OrderBook | undefined;
  const states: { ticker: StreamState; touch: StreamState } = { ticker: 'connecting', touch: 'connecting' };
  let told: StreamState | undefined;

  const send = (): void => {
    if (ticker === undefined) return;
    // A book that broke has no touch: better none than an old one.
    const view = book?.state === 'live' ? book.view(1) : undefined;
    listener.next({
      ...ticker,
      bid: view?.bids[0]?.[0] ?? null,
      ask: view?.asks[0]?.[0] ?? null,
      time: Math.max(ticker.time, view?.time ?? 0),
      receivedAt: Math.max(ticker.receivedAt, view?.receivedAt ?? 0),
    });
  };
  const judge = (changed: Partial<typeof states>, reason?: string): void => {
    Object.assign(states, changed);
    const state = states.ticker === 'live' && states.touch !== 'live' ? states.touch : states.ticker;
    // Without a book the ticker is still true.
    const shown = states.touch === 'failed' || states.touch === 'connecting' ? states.ticker : state;
    if (shown === told) return;
    told = shown;
    listener.state?.(shown, reason);
  };

  const leaveTouch = touch.subscribe({
    next: (next) => {
      book = next;
      send();
    },
    state: (state, reason) => judge({ touch: state }, reason),
  });
  const leaveTicker = tickers.subscribe({
    next: (next) => {
      ticker = next;
      send();
    },
    state: (state, reason) => judge({ ticker: state }, reason),
  });
  return () => {
    leaveTouch();
    leaveTicker();
  };
}
