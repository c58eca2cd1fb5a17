import type { VenueCapabilities } from '../../src-preload/contract/types/account.ts';
import type { DecimalText, Instrument } from '../../src-preload/contract/types/market.ts';

/** What the rules for orders are measured against. */
export interface CheckContext {
  readonly instrument: Instrument;
  /** Mark price of a contract, last of a spot market; null while unknown. */
  readonly reference: DecimalText | null;
  /** What the venue can do, as far as a rule depends on it. */
  readonly venue?: Pick<VenueCapabilities, 'attachedProtection'> | undefined;
}
