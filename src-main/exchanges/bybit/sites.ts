/**
 * Bybit's sites (protocol sheet, section 1). Each is a world of its own: a key works only on the site and in the
 * environment that it was made in, everything else answers 10003. Rows that only SDKs know are marked.
 */
import { HoldfastError } from '../../errors.ts';
import type { Environment, VenueId } from '../exchange.ts';

export type BybitEnvironment = Extract<Environment, 'live' | 'demo' | 'testnet'>;

/** Addresses of the WebSocket endpoints of one host. */
export interface BybitStreams {
  /** `wss://host/v5/public`: a category (`/linear`) or `/misc/status` is appended. */
  readonly publicStream: string;
  /** `wss://host/v5/private`. */
  readonly privateStream: string;
  /** `wss://host/v5/trade`; null where orders go over REST only (demo). */
  readonly tradeStream: string | null;
}

export interface BybitSite extends BybitStreams {
  /** `eu/live`. */
  readonly id: string;
  readonly region: string;
  readonly environment: BybitEnvironment;
  /** Origin without a path: `https://api.bybit.com`. */
  readonly rest: string;
  /** Extra headers of every REST request, and of every WebSocket handshake. */
  readonly headers: Readonly<Record<string, string>>;
  readonly handshakeHeaders: Readonly<Record<string, string>>;
  /** A second set of streams for sites whose own are not certain; see `streamsOf`. */
  readonly fallback: BybitStreams | null;
}

/** How everything else learns where a region's servers are; tests hand in a loopback site. */
export type SiteResolver = (region: string, environment: BybitEnvironment) => BybitSite;

interface Row {
  readonly rest: string;
  readonly stream: string;
  /** The host that public data comes from, where it is another one. */
  readonly publicStream?: string;
  readonly orderEntry?: false;
  readonly header?: readonly [name: string, value: string];
  readonly fallback?: string;
}

const GLOBAL = 'stream.bybit.com';
const GLOBAL_TESTNET = 'stream-testnet.bybit.com';
/** [SDK] bybit-api 4.7.7, not in the documentation. */
const HONG_KONG = ['x-refer-site-id', 'HKG'] as const;

const ROWS: Readonly<Record<string, Row>> = {
  // `api.bytick.com` is the same site under another name.
  'global/live': { rest: 'api.bybit.com', stream: GLOBAL },
  'global/testnet': { rest: 'api-testnet.bybit.com', stream: GLOBAL_TESTNET },
  // Trades at live prices: public data is the live site's. Order entry over WebSocket answers 404 there.
  'global/demo': {
    rest: 'api-demo.bybit.com',
    stream: 'stream-demo.bybit.com',
    publicStream: GLOBAL,
    orderEntry: false,
  },
  // The documentation lists no stream for the Netherlands and the UAE; SDKs use the global one.
  'nl/live': { rest: 'api.bybit.nl', stream: GLOBAL },
  'ae/live': { rest: 'api.bybit.ae', stream: GLOBAL },
  'tr/live': { rest: 'api.bybit.tr', stream: 'stream.bybit.tr' },
  'kz/live': { rest: 'api.bybit.kz', stream: 'stream.bybit.kz' },
  'ge/live': { rest: 'api.bybitgeorgia.ge', stream: 'stream.bybitgeorgia.ge' },
  // Uncertain: the documentation names stream.bybit.eu for the system status only. ccxt and Bybit.Net trade over
  // it, bybit-api over the global host; so the second is tried whenever the first does not work.
  'eu/live': { rest: 'api.bybit.eu', stream: 'stream.bybit.eu', fallback: GLOBAL },
  'id/live': { rest: 'api.bybit.id', stream: 'stream.bybit.id' },
  'jp/live': { rest: 'api.manepa.jp', stream: 'stream.manepa.jp' },
  // [SDK] The testnets of Japan and Hong Kong have REST hosts of their own and the global testnet's streams.
  'jp/testnet': { rest: 'api-testnet.manepa.jp', stream: GLOBAL_TESTNET },
  'hk/live': { rest: 'api.spark-fintech.com', stream: 'stream.spark-fintech.com', header: HONG_KONG },
  'hk/testnet': { rest: 'api-testnet.spark-fintech.com', stream: GLOBAL_TESTNET, header: HONG_KONG },
  // [SDK] Global hosts; the header tells the sites apart.
  'br/live': { rest: 'api.bybit.com', stream: GLOBAL, header: ['x-site-id', 'BRA_BTL'] },
  'ar/live': { rest: 'api.bybit.com', stream: GLOBAL, header: ['x-site-id', 'ARG_BTL'] },
};

function streams(stream: string, publicStream: string, orderEntry: boolean): BybitStreams {
  return {
    publicStream: `${publicStream}/v5/public`,
    privateStream: `${stream}/v5/private`,
    tradeStream: orderEntry ? `${stream}/v5/trade` : null,
  };
}

function site(id: string, row: Row): BybitSite {
  const [region = '', environment] = id.split('/');
  const headers = row.header === undefined ? {} : { [row.header[0]]: row.header[1] };
  const orderEntry = row.orderEntry !== false;
  const own = `wss://${row.stream}`;
  return Object.freeze({
    id,
    region,
    environment: environment as BybitEnvironment,
    rest: `https://${row.rest}`,
    ...streams(own, `wss://${row.publicStream ?? row.stream}`, orderEntry),
    headers,
    handshakeHeaders: headers,
    fallback:
      row.fallback === undefined
        ? null
        : streams(`wss://${row.fallback}`, `wss://${row.fallback}`, orderEntry),
  });
}

const SITES: ReadonlyMap<string, BybitSite> = new Map(
  Object.entries(ROWS).map(([id, row]) => [id, site(id, row)]),
);

/** Throws `notFound` / `bybit.site` for a region that does not have this environment. */
export const siteOf: SiteResolver = (region, environment) => {
  const found = SITES.get(`${region}/${environment}`);
  if (found !== undefined) return found;
  throw new HoldfastError(
    'notFound',
    'bybit.site',
    `Bybit has no ${environment} site in the region "${region}".`,
  );
};

/**
 * Where else a key that `refused` does not know may belong, most likely first. All environments are among them:
 * a testnet key on the live venue is as common a mistake as a wrong region.
 */
export function otherSites(venue: VenueId, refused: BybitSite): readonly BybitSite[] {
  const isNear = (other: BybitSite): boolean => (other.environment === 'testnet') === (venue !== 'bybit');
  const others = [...SITES.values()].filter((other) => other.id !== refused.id);
  return [...others.filter(isNear), ...others.filter((other) => !isNear(other))];
}

/** The venue that a site's accounts belong to. */
export const venueOf = (of: BybitSite): VenueId => (of.environment === 'testnet' ? 'bybit-testnet' : 'bybit');

/**
 * The streams to try after `failures` attempts without success in a row. Sites with one set of streams always
 * answer that; where the right host is uncertain, the two take turns.
 */
export function streamsOf(of: BybitSite, failures: number): BybitStreams {
  return failures % 2 === 1 && of.fallback !== null ? of.fallback : of;
}

/**
 * A site on this machine, for tests: REST and streams on one port. Throws for any other host, so that no
 * setting can ever send a key to a stranger.
 */
export function loopbackSite(origin: string, environment: BybitEnvironment = 'live'): BybitSite {
  const url = URL.parse(origin);
  const isLoopback = url?.protocol === 'http:' && url.hostname === '127.0.0.1' && url.origin === origin;
  if (!isLoopback) {
    throw new HoldfastError('badInput', 'bybit.loopback', 'A loopback site is http://127.0.0.1 with a port.');
  }
  const own = origin.replace('http:', 'ws:');
  return Object.freeze({
    id: `loopback/${environment}`,
    region: 'global',
    environment,
    rest: origin,
    ...streams(own, own, environment !== 'demo'),
    headers: {},
    handshakeHeaders: {},
    fallback: null,
  });
}
