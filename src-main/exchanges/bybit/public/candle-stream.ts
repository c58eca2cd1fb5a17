import type { Candle, StreamListener, Unsubscribe } from '../../exchange.ts';
import type { TopicFeed } from './topic-feed.ts';

/**
 * Candles one by one. Those that closed while the connection was away are asked for when it is back, so that a
 * chart that stays open has no hole.
 */
export function followCandles(
  feed: TopicFeed<readonly Candle[]>,
  since: (from: number) => Promise<readonly Candle[]>,
  listener: StreamListener<Candle>,
): Unsubscribe {
  let last: number | null = null;
  let wasAway = false;
  let isLeft = false;
  /** What arrives while the missed ones are asked for: they come first. */
  let waiting: Candle[] | null = null;

  const give = (candle: Candle): void => {
    if (isLeft || (last !== null && candle.time < last)) return;
    last = candle.time;
    listener.next(candle);
  };
  const take = (candle: Candle): void => {
    if (waiting === null) give(candle);
    else waiting.push(candle);
  };
  const catchUp = (from: number): void => {
    waiting ??= [];
    const goOn = (missed: readonly Candle[]): void => {
      const held = waiting ?? [];
      waiting = null;
      missed.forEach(give);
      held.forEach(give);
    };
    // When they cannot be had, the chart has a hole until it is drawn anew and asks for its history itself.
    since(from).then(goOn, () => goOn([]));
  };
  const leave = feed.subscribe({
    next: (candles) => candles.forEach(take),
    state: (state, reason) => {
      listener.state?.(state, reason);
      if (state === 'stale') wasAway = true;
      if (state !== 'live' || !wasAway) return;
      wasAway = false;
      if (last !== null) catchUp(last);
    },
  });
  return () => {
    isLeft = true;
    leave();
  };
}
