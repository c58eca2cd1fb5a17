import type { VenueId } from '../../src-preload/contract/types/market.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import type { RequestActivity } from './request-activity.ts';
import type { SessionParts } from './session-parts.ts';

const DEFAULT_REGION = 'global';

interface Parts extends Pick<SessionParts, 'vault' | 'venueSites' | 'onFailure'> {
  readonly requests: RequestActivity;
  /** The machine slept without saying so. */
  readonly onSlept: () => void;
}

/**
 * Loads a venue's adapter with the network under it, from a file of their own: practice needs neither. Null for
 * a venue that this version keeps keys for only. Nothing is connected until somebody asks for data.
 */
export function loadVenue(venue: VenueId, parts: Parts): Promise<Exchange> | null {
  return venue === 'bybit' || venue === 'bybit-testnet' ? loadBybit(venue, parts) : null;
}

async function loadBybit(venue: 'bybit' | 'bybit-testnet', parts: Parts): Promise<Exchange> {
  const [{ openBybit }, log] = await Promise.all([import('./open-bybit.ts'), parts.requests.log()]);
  return openBybit({
    venue,
    log,
    sites: parts.venueSites,
    feedRegion: () => regionOf(parts.vault, venue),
    onSlept: parts.onSlept,
    onFault: (error) => parts.onFailure(`venue.${venue}`, error),
  });
}

/** Public data comes from the site of the venue's first account; asked at each connection. */
function regionOf(vault: SessionParts['vault'], venue: VenueId): string {
  if (!vault.isUnlocked) return DEFAULT_REGION;
  const [first] = vault
    .listKeys()
    .filter((key) => key.venue === venue)
    .toSorted((a, b) => a.addedAt - b.addedAt);
  return first?.region ?? DEFAULT_REGION;
}
