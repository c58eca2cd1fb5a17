import { badInput } from '../errors.ts';

/** No composition rules: length is what counts, and pasting is welcome (OWASP ASVS 5, V6). */
export const MIN_PASSPHRASE_CHARACTERS = 10;
export const MAX_PASSPHRASE_BYTES = 1024;

/** Characters in UTF-8 bytes, counted without making a string of the secret. */
function characters(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) count += 1;
  return count;
}

/**
 * Checks a passphrase that is about to protect something. Throws `input.invalid` naming `field`.
 * Callers encode typed text as UTF-8 after NFKC, so that the same keys pressed on another system give the same
 * bytes.
 */
export function checkNewPassphrase(passphrase: Uint8Array, field: string): void {
  if (characters(passphrase) < MIN_PASSPHRASE_CHARACTERS) {
    throw badInput([{ field, rule: `must be at least ${MIN_PASSPHRASE_CHARACTERS} characters long` }]);
  }
  if (passphrase.length > MAX_PASSPHRASE_BYTES) {
    throw badInput([{ field, rule: `must be at most ${MAX_PASSPHRASE_BYTES} bytes long` }]);
  }
}

/** Checks a passphrase that is only compared: an absurd length is refused before the key derivation reads it. */
export function checkGivenPassphrase(passphrase: Uint8Array, field: string): void {
  if (passphrase.length === 0) throw badInput([{ field, rule: 'must not be empty' }]);
  if (passphrase.length > MAX_PASSPHRASE_BYTES) {
    throw badInput([{ field, rule: `must be at most ${MAX_PASSPHRASE_BYTES} bytes long` }]);
  }
}
