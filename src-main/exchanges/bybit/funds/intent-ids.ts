/**
 * Bybit carries out a transfer once per `transferId` and a withdrawal once per `requestId`. Both are made from
 * the intent alone, so that the same intent can never become a second movement, after a restart neither.
 */
import { createHash } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** A UUID of version 4's form: Bybit documents a UUID and may check its form. */
export function transferIdOf(accountId: string, intentId: string): string {
  const hex = digest(['transfer', accountId, intentId]);
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** 1 to 32 letters and digits: a UUID without its dashes, anything else as a hash, so that no two become one. */
export function requestIdOf(accountId: string, intentId: string): string {
  if (UUID.test(intentId)) return intentId.replaceAll('-', '').toLowerCase();
  return digest(['withdraw', accountId, intentId]).slice(0, 32);
}

/** Our name for an entry of Bybit's address book, which has no ids: what was confirmed is what is sent. */
export function addressIdOf(coin: string, chain: string, address: string, tag: string): string {
  return digest(['address', coin, chain, address, tag]).slice(0, 32);
}
