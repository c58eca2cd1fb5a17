/** Names of sites and links to their key pages. */
import type { HoldfastApi } from '../../../src-preload/contract/index.ts';
import { ENVIRONMENTS, type KeySite } from '../../../src-preload/contract/types/account.ts';
import { VENUES, type VenueId } from '../../../src-preload/contract/types/market.ts';

type Translate = (key: string) => string;
type LinkId = Parameters<HoldfastApi['app']['openLink']>[0]['link'];

const KEY_PAGES: Partial<Record<VenueId, LinkId>> = {
  bybit: 'bybit',
  'bybit-testnet': 'bybit-testnet',
  bitget: 'bitget',
  bitfinex: 'bitfinex',
};

/** "Bybit · Netherlands · Live"; what goes without saying is left out. */
export function siteName({ venue, region, environment }: KeySite, t: Translate): string {
  return [
    t(`app.venue.${venue}`),
    ...(region === 'global' ? [] : [t(`accounts.region.${region}`)]),
    ...(environment === 'testnet' ? [] : [t(`app.environment.${environment}`)]),
  ].join(' · ');
}

/** Reads `bybit-testnet/global/testnet`; null for anything else. */
export function siteFrom(text: string): KeySite | null {
  const [first, region, third] = text.split('/');
  const venue = VENUES.find((one) => one === first);
  const environment = ENVIRONMENTS.find((one) => one === third);
  return venue === undefined || environment === undefined || region === undefined
    ? null
    : { venue, region, environment };
}

/** The link to the page where keys of this venue are made; null where there is none. */
export const keyPageOf = (venue: VenueId): LinkId | null => KEY_PAGES[venue] ?? null;
