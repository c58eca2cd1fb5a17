import { ORDER_TYPES, TIMES_IN_FORCE } from '../../../src-preload/contract/types/trading.ts';
import type { VenueCapabilities } from '../exchange.ts';

const COMMON = {
  available: true,
  orderTypes: ORDER_TYPES,
  timesInForce: TIMES_IN_FORCE,
  postOnly: true,
  reduceOnly: true,
  amend: true,
  cancelAll: true,
  batch: true,
  quoteAmountOrders: true,
  leverage: true,
  marginModes: ['cross', 'isolated'],
  positionSides: ['net', 'long', 'short'],
  attachedProtection: true,
  positionProtection: true,
  marketKinds: ['spot', 'linear', 'inverse', 'option'],
  positionModeSwitch: true,
  transfers: true,
  deposits: true,
  withdrawals: true,
  convert: true,
  needsVenuePassphrase: false,
  keyTypes: ['hmac', 'rsa'],
} as const;

/** Sites of the protocol sheet, section 1: a key works on the site and environment that it was made on, only. */
export const BYBIT: VenueCapabilities = {
  ...COMMON,
  venue: 'bybit',
  regions: [
    { id: 'global', environments: ['live', 'demo'] },
    { id: 'eu', environments: ['live'] },
    { id: 'nl', environments: ['live'] },
    { id: 'tr', environments: ['live'] },
    { id: 'kz', environments: ['live'] },
    { id: 'ge', environments: ['live'] },
    { id: 'ae', environments: ['live'] },
    { id: 'id', environments: ['live'] },
    { id: 'jp', environments: ['live'] },
    { id: 'hk', environments: ['live'] },
    { id: 'br', environments: ['live'] },
    { id: 'ar', environments: ['live'] },
  ],
};

/** Bybit's testnet: another world with its own users, keys, instruments and prices. */
export const BYBIT_TESTNET: VenueCapabilities = {
  ...COMMON,
  venue: 'bybit-testnet',
  regions: [
    { id: 'global', environments: ['testnet'] },
    { id: 'jp', environments: ['testnet'] },
    { id: 'hk', environments: ['testnet'] },
  ],
};
