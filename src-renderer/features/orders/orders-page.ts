/** The page of a venue on which a person sees their orders. */
import type { HoldfastApi } from '../../../src-preload/contract/index.ts';
import type { Account } from '../../../src-preload/contract/types/account.ts';

export type LinkId = Parameters<HoldfastApi['app']['openLink']>[0]['link'];

/** Sites whose page main knows, by venue, region and environment. Regions of the global site are among them. */
const PAGES: Readonly<Record<string, LinkId>> = {
  'bybit/global/live': 'bybit-orders',
  'bybit/br/live': 'bybit-orders',
  'bybit/ar/live': 'bybit-orders',
  'bybit/global/demo': 'bybit-demo-orders',
  'bybit-testnet/global/testnet': 'bybit-testnet-orders',
  'bybit/eu/live': 'bybit-eu-orders',
  'bybit/nl/live': 'bybit-nl-orders',
};

/** Null where main knows no page of that site: an order looked for on another site is never found. */
export function ordersPageOf(site: Pick<Account, 'venue' | 'region' | 'environment'> | null): LinkId | null {
  if (site === null) return null;
  const key = `${site.venue}/${site.region}/${site.environment}`;
  return Object.hasOwn(PAGES, key) ? (PAGES[key] ?? null) : null;
}
