import type { Candle, CandleInterval } from '../../src-preload/contract/types/market.ts';
import { badInput } from '../errors.ts';
import { intervalEnd, intervalStart, isComposedOf } from './candle-interval.ts';
import { addText, compareText, isZeroText } from './decimal.ts';

/**
 * Coarser candles out of finer ones, oldest first.
 *
 * A coarse candle is closed when its last fine one is there and closed. The first one is left out when the
 * input starts in its middle, because its open and volume would be wrong; missing fine candles further on are
 * taken as times without trades. Throws `badInput` for intervals that do not divide (3m into 5m, 1w into 1M).
 */
export function aggregateCandles(
  candles: readonly Candle[],
  from: CandleInterval,
  to: CandleInterval,
): readonly Candle[] {
  if (!isComposedOf(to, from)) {
    throw badInput([{ field: 'interval', rule: `candles of ${to} cannot be made of candles of ${from}` }]);
  }
  const coarse: Candle[] = [];
  for (const candle of candles) {
    const start = intervalStart(to, candle.time);
    const last = coarse.at(-1);
    const complete = candle.closed && intervalEnd(from, candle.time) >= intervalEnd(to, start);
    if (last?.time === start) coarse[coarse.length - 1] = join(last, candle, complete);
    else coarse.push({ ...candle, time: start, closed: complete });
    // A following candle proves that the one before is over, even where its last minutes had no trade.
    if (last !== undefined && last.time !== start) coarse[coarse.length - 2] = { ...last, closed: true };
  }
  const first = candles[0];
  if (first !== undefined && first.time !== coarse[0]?.time) coarse.shift();
  return coarse;
}

function join(coarse: Candle, fine: Candle, closed: boolean): Candle {
  // A silent candle carries an older close: it is no price of this interval as soon as there is a real one.
  if (isZeroText(fine.volume)) return { ...coarse, closed };
  if (isZeroText(coarse.volume)) return { ...fine, time: coarse.time, closed };
  const turnover =
    coarse.turnover === undefined || fine.turnover === undefined
      ? {}
      : { turnover: addText(coarse.turnover, fine.turnover) };
  return {
    time: coarse.time,
    open: coarse.open,
    high: compareText(fine.high, coarse.high) > 0 ? fine.high : coarse.high,
    low: compareText(fine.low, coarse.low) < 0 ? fine.low : coarse.low,
    close: fine.close,
    volume: addText(coarse.volume, fine.volume),
    ...turnover,
    closed,
  };
}
