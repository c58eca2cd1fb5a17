import type { VenueCapabilities } from '../../src-preload/contract/types/account.ts';
import { BYBIT, BYBIT_TESTNET } from './bybit/capabilities.ts';
import { CAPABILITIES as PRACTICE } from './practice/capabilities.ts';

/**
 * Venues that this version can keep keys for but not connect to yet: their adapters bring their own full table.
 * Until then the window says so, offers no order entry, and the key waits in the vault.
 */
const KEYS_ONLY = {
  available: false,
  orderTypes: [],
  timesInForce: [],
  postOnly: false,
  reduceOnly: false,
  amend: false,
  cancelAll: false,
  batch: false,
  quoteAmountOrders: false,
  leverage: false,
  marginModes: [],
  positionSides: [],
  attachedProtection: false,
  positionProtection: false,
  marketKinds: [],
  positionModeSwitch: false,
  transfers: false,
  deposits: false,
  withdrawals: false,
  convert: false,
} as const;

/** Sites of the protocol sheets, section 1: a key works on the site and environment that it was made on, only. */
const KEY_ONLY: readonly VenueCapabilities[] = [
  {
    ...KEYS_ONLY,
    venue: 'bitget',
    needsVenuePassphrase: true,
    keyTypes: ['hmac', 'rsa'],
    regions: [{ id: 'global', environments: ['live', 'demo'] }],
  },
  {
    ...KEYS_ONLY,
    venue: 'bitfinex',
    needsVenuePassphrase: false,
    keyTypes: ['hmac'],
    regions: [{ id: 'global', environments: ['live'] }],
  },
];

/** All venues, in the order in which they are offered. */
export const CAPABILITIES: readonly VenueCapabilities[] = [PRACTICE, BYBIT, BYBIT_TESTNET, ...KEY_ONLY];
