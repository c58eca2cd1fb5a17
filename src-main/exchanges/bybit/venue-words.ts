/** What Bybit says in its own words, before anybody reads it: 10004 quotes the text that was signed, key and all. */
import type { Signer } from '../exchange.ts';

type Keyed = Pick<Signer, 'apiKey'> | null;

/** Signatures in hex or base64, and longer tokens. */
const LONG_TOKEN = /[A-Za-z0-9+/]{40,}={0,2}/g;

/** The key's id; undefined without a key, and while the vault is locked. Never throws. */
export function keyIdOf(signer: Keyed): string | undefined {
  try {
    return signer?.apiKey;
  } catch {
    return undefined;
  }
}

/**
 * The words without our key and without anything that looks like a signature. An answer can come after the vault was
 * locked: what cannot be cleaned is left out, and what the answer means stays.
 */
export function cleanWords(words: unknown, signer: Keyed): string {
  if (typeof words !== 'string') return '';
  const apiKey = keyIdOf(signer);
  if (signer !== null && apiKey === undefined) return '';
  const clean = apiKey === undefined ? words : words.replaceAll(apiKey, '…');
  return clean.replaceAll(LONG_TOKEN, '…');
}
