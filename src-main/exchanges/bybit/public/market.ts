/** Puts Bybit's public side together. One for each venue: `bybit` (demo trades at its prices) and `bybit-testnet`. */
import type { After } from '../../../market/shared-stream.ts';
import type { VenueNet } from '../../../net/types.ts';
import type { MarketData, VenueHealth, VenueId } from '../../exchange.ts';
import type { UnknownFields } from '../payload.ts';
import type { BybitRest } from '../rest.ts';
import type { BybitSite } from '../sites.ts';
import { InstrumentIndex } from './instrument-index.ts';
import { BybitMarketData } from './market-data.ts';
import { MarketFeeds } from './market-feeds.ts';
import { RestMarket } from './rest-market.ts';

export interface BybitMarketParts {
  readonly venue: VenueId;
  readonly rest: BybitRest;
  readonly net: Pick<VenueNet, 'socket'>;
  /** Where public data comes from. Looked up at each connection attempt. */
  readonly site: () => BybitSite;
  /** ms UTC of our clock. */
  readonly clock: () => number;
  readonly timers?: After;
  readonly unknown: UnknownFields;
}

export interface BybitMarket {
  readonly market: MarketData;
  readonly index: InstrumentIndex;
  /** The public connections that are open. */
  streams(): VenueHealth['streams'];
  /** ms UTC of our clock: a public frame, or all tickers over REST. Null before the first. */
  lastDataAt(): number | null;
  /** Frames that broke the documented form. */
  protocolErrors(): number;
  wake(): void;
  dispose(): void;
}

export function createBybitMarket(parts: BybitMarketParts): BybitMarket {
  const { venue, rest, net, site, clock, unknown, timers = systemTimers } = parts;
  const index = new InstrumentIndex({ venue, rest, clock, timers, unknown });
  const feeds = new MarketFeeds({ venue, net, site, index, timers, unknown });
  const restMarket = new RestMarket({ venue, rest, index, clock, unknown });
  const market = new BybitMarketData({ index, rest: restMarket, feeds, timers });
  return {
    market,
    index,
    streams: () => feeds.health(clock()),
    lastDataAt: () => latest(feeds.lastDataAt, market.lastAnswerAt),
    protocolErrors: () => feeds.protocolErrors,
    wake: () => {
      feeds.wake();
      market.wake();
    },
    dispose: () => {
      market.dispose();
      feeds.dispose();
      index.dispose();
    },
  };
}

function latest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

const systemTimers: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
};
