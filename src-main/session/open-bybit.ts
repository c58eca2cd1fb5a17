/** Bybit with its network: a file of its own, loaded only when there is an account at Bybit. */
import { createBybitExchange } from '../exchanges/bybit/bybit-exchange.ts';
import { BYBIT_ANSWERS } from '../exchanges/bybit/rest-client.ts';
import { siteOf } from '../exchanges/bybit/sites.ts';
import type { SiteResolver } from '../exchanges/bybit/sites.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import type { RequestLog } from '../net/request-log.ts';
import { createVenueNet } from '../net/venue-net.ts';

interface Parts {
  readonly venue: 'bybit' | 'bybit-testnet';
  readonly log: Pick<RequestLog, 'sink'>;
  /** Absent: Bybit's own. */
  readonly sites: SiteResolver | undefined;
  /** The region that public data comes from; asked at each connection. */
  readonly feedRegion: () => string;
  /** The clock shows that the machine slept, whether or not it said so. */
  readonly onSlept: () => void;
  /** Hears what a listener of a stream threw. */
  readonly onFault: (error: unknown) => void;
}

export function openBybit(parts: Parts): Exchange {
  const { venue, log, sites = siteOf, feedRegion, onSlept, onFault } = parts;
  const net = createVenueNet({ venue, log, ...BYBIT_ANSWERS, onFault, onClockJump: onSlept });
  const exchange = createBybitExchange({ venue, net, sites, feedRegion });
  return {
    venue,
    capabilities: exchange.capabilities,
    market: exchange.market,
    openAccount: (access) => exchange.openAccount(access),
    health: () => exchange.health(),
    wake: () => {
      // First the network: what the venue asks for again then leaves over new connections.
      net.wake();
      exchange.wake();
    },
    dispose: () => {
      exchange.dispose();
      net.dispose();
    },
  };
}
