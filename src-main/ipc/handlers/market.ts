import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { MarketHub } from '../../market/market-hub.ts';
import type { CallContext } from '../router.ts';

export function marketHandlers(hub: () => MarketHub): Handlers<CallContext>['market'] {
  return {
    instruments: ({ venue }) => hub().instruments(venue),
    candles: ({ market, interval, before, limit }) =>
      hub().candles(market, interval, before === undefined ? { limit } : { to: before, limit }),
    trades: ({ market, limit }) => hub().trades(market, limit),
  };
}
