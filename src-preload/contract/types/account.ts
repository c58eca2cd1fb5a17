/** Accounts (a venue plus a key, or the practice account) as the window sees them: never a secret. */
import type { MarketKind, VenueId } from './market.ts';
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

/**
 * One thing that the inspector found out about a key. The window turns code and values into words and a fix.
 * `danger`: money or the whole account is at risk; `warning`: something will stop working or already does.
 */
export interface KeyFinding {
  readonly code: KeyFindingCode;
  readonly severity: 'ok' | 'info' | 'warning' | 'danger';
  readonly values: Readonly<Record<string, string>>;
}
export const KEY_FINDING_CODES = [
  'read',
  'trade',
  'noTrade',
  'tradePartly',
  'withdraw',
  'noWithdraw',
  'transfer',
  'noTransfer',
  'ipBound',
  'ipUnbound',
  'expires',
  'expiresSoon',
  'expired',
  'neverExpires',
  'masterAccount',
  'subAccount',
  'unified',
  'notUnified',
  'oneWay',
  'hedge',
  'crossMargin',
  'isolatedMargin',
  'portfolioMargin',
  'clockOk',
  'clockOff',
  'readOnlyKey',
  'otherSite',
  'refused',
  'ipRefused',
  'demoUnchecked',
  'rsaKey',
  'thirdParty',
  'movesPrices',
] as const;
export type KeyFindingCode = (typeof KEY_FINDING_CODES)[number];

/** What the venue says of a key and its account, as of `inspectedAt`. */
export interface KeyInspection {
  readonly inspectedAt: number;
  /** Null when the venue refused the key: the findings say why. */
  readonly permissions: KeyPermissions | null;
  readonly modes: AccountModes | null;
  readonly accountType: 'unified' | 'classic' | null;
  /** Venue clock minus ours, ms. */
  readonly clockOffsetMs: number | null;
  /** The site that does know the key, when it is another one. */
  readonly otherSite: KeySite | null;
  readonly findings: readonly KeyFinding[];
}

/** Where a key was made and works. */
export interface KeySite {
  readonly venue: VenueId;
  readonly region: string;
  readonly environment: Environment;
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
  /** Null until the first inspection of this key. */
  readonly inspection: KeyInspection | null;
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
  /** Stop-loss and take-profit sent with an order. */
  readonly attachedProtection: boolean;
  /** Stop-loss and take-profit of an open position. */
  readonly positionProtection: boolean;
  /** Kinds of market that it has. */
  readonly marketKinds: readonly MarketKind[];
  /** The account can be switched between one-way and hedge mode. */
  readonly positionModeSwitch: boolean;
  readonly transfers: boolean;
  readonly deposits: boolean;
  readonly withdrawals: boolean;
  readonly convert: boolean;
  readonly needsVenuePassphrase: boolean;
  readonly keyTypes: readonly ('hmac' | 'rsa')[];
  readonly regions: readonly { readonly id: string; readonly environments: readonly Environment[] }[];
}
