/** Accounts (a venue plus a key, or the practice account) as the window sees them: never a secret. */
import type { VenueId } from './market.ts';
import type { AccountModes, MarginMode, PositionSide } from './trading.ts';

export const ACCOUNT_USES = ['read', 'trade', 'withdraw'] as const;
export type AccountUse = (typeof ACCOUNT_USES)[number];

export const ENVIRONMENTS = ['practice', 'demo', 'testnet', 'live'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** What the venue says the key may do; null = not inspected yet. */
export interface KeyPermissions {
  readonly read: boolean;
  readonly trade: boolean;
  readonly withdraw: boolean;
  readonly transfer: boolean;
  /** Empty = bound to no address. */
  readonly ipAddresses: readonly string[];
  readonly expiresAt: number | null;
  readonly inspectedAt: number;
}

/** `connecting` until the first answer; `refused` means the venue does not accept the key. */
export type AccountState = 'connecting' | 'live' | 'stale' | 'refused' | 'paused' | 'notSupported';

export interface Account {
  readonly id: string;
  readonly venue: VenueId;
  readonly label: string;
  readonly environment: Environment;
  readonly region: string;
  /** What it may be used for inside Holdfast, whatever the venue allows. */
  readonly uses: readonly AccountUse[];
  readonly keyType: 'hmac' | 'rsa' | 'none';
  /** Last four characters of the public key id; empty for practice. */
  readonly keyLast4: string;
  readonly permissions: KeyPermissions | null;
  readonly modes: AccountModes | null;
  readonly addedAt: number;
  readonly state: AccountState;
  readonly stateReason?: string;
}

/** Static: what a venue (as built into this version) can do. The window hides the rest. */
export interface VenueCapabilities {
  readonly venue: VenueId;
  readonly available: boolean;
  readonly orderTypes: readonly string[];
  readonly timesInForce: readonly string[];
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly amend: boolean;
  readonly cancelAll: boolean;
  readonly batch: boolean;
  readonly quoteAmountOrders: boolean;
  readonly leverage: boolean;
  readonly marginModes: readonly MarginMode[];
  readonly positionSides: readonly PositionSide[];
  readonly attachedProtection: boolean;
  readonly transfers: boolean;
  readonly deposits: boolean;
  readonly withdrawals: boolean;
  readonly convert: boolean;
  readonly needsVenuePassphrase: boolean;
  readonly keyTypes: readonly ('hmac' | 'rsa')[];
  readonly regions: readonly { readonly id: string; readonly environments: readonly Environment[] }[];
}
