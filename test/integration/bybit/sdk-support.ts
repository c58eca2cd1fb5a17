/** The SDKs on the loopback venue: unchanged apart from their base addresses. */
import ccxt from 'ccxt';
import { RestClientV5, WebsocketClient, type WSClientConfigurableOptions } from 'bybit-api';
import { startBybitVenue, type BybitVenue, type VenueOptions } from '../../exchanges/bybit/venue.ts';

export const KEY = 'test-key-sdk';
export const SECRET = 'test-secret-sdk';
export const UID = '1001';

/** A key that may do everything, withdrawals included. */
export const ALL_RIGHTS = {
  ContractTrade: ['Order', 'Position'],
  Spot: ['SpotTrade'],
  Options: ['OptionsTrade'],
  Derivatives: ['DerivativesTrade'],
  Wallet: ['AccountTransfer', 'SubMemberTransfer', 'Withdraw'],
  Exchange: ['ExchangeHistory'],
} as const;

/** A venue with one funded account. */
export async function fundedVenue(options: VenueOptions = {}): Promise<BybitVenue> {
  const venue = await startBybitVenue(options);
  const account = venue.addKey({ key: KEY, secret: SECRET, uid: UID, permissions: ALL_RIGHTS });
  account.deposit('USDT', '200000').deposit('USDC', '20000').deposit('BTC', '3').deposit('ETH', '10');
  account.deposit('USDT', '5000', 'FUND').deposit('XRP', '500', 'FUND');
  return venue;
}

export const restClient = (venue: BybitVenue): RestClientV5 =>
  new RestClientV5({ key: KEY, secret: SECRET, baseUrl: venue.origin });

const SILENT = { trace: () => undefined, info: () => undefined, error: () => undefined };

/** The SDK has one address option for all its connections, so each stream gets a client. */
export function streamClient(
  venue: BybitVenue,
  path: string,
  extra: WSClientConfigurableOptions = {},
): WebsocketClient {
  const options = {
    key: KEY,
    secret: SECRET,
    wsUrl: `${venue.wsOrigin}${path}`,
    restOptions: { baseUrl: venue.origin },
    ...extra,
  };
  return new WebsocketClient(options, SILENT);
}

type Urls = { api: Record<string, unknown> };

/** ccxt with its addresses replaced and its own request limiter off. */
export async function ccxtClient(venue: BybitVenue, options: Record<string, unknown> = {}) {
  const exchange = new ccxt.pro.bybit({ apiKey: KEY, secret: SECRET, enableRateLimit: false, options });
  // Its WebSocket client asks for this once before it opens an address without TLS.
  await exchange.loadHttpProxyAgent();
  const rest = Object.fromEntries(
    ['spot', 'futures', 'v2', 'public', 'private'].map((name) => [name, venue.origin]),
  );
  const stream = (path: string): string => `${venue.wsOrigin}${path}`;
  const ws = {
    public: Object.fromEntries(
      ['spot', 'linear', 'inverse', 'option'].map((name) => [name, stream(`/v5/public/${name}`)]),
    ),
    private: {
      spot: { unified: stream('/v5/private'), nonUnified: stream('/v5/private') },
      contract: stream('/v5/private'),
      usdc: stream('/v5/private'),
      trade: stream('/v5/trade'),
    },
  };
  (exchange.urls as unknown as Urls).api = { ...rest, ws };
  return exchange;
}

/** Waits until something is so. For what happens behind a socket and says nothing. */
export async function eventually(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 2));
}
