/** A key on its way from the fields into one call: secrets are bytes, so that they can be overwritten after it. */
import type { ErrorShape } from '../../../src-preload/contract/result.ts';
import { problemOf } from '../../ui/error-text.ts';

export interface Credentials {
  readonly key: string;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly venuePassphrase: Uint8Array<ArrayBuffer> | null;
}

export const CREDENTIAL_FIELDS = ['key', 'secret', 'venuePassphrase'] as const;
export type CredentialField = (typeof CREDENTIAL_FIELDS)[number];

/** The part of the call's input; a venue without passphrases must not get an empty one. */
export const inputOf = ({ key, secret, venuePassphrase }: Credentials) => ({
  key,
  secret,
  ...(venuePassphrase === null ? {} : { venuePassphrase }),
});

/** Overwrites the secrets. Call it after the call has ended, whatever came of it. */
export function wipe(credentials: Credentials): void {
  credentials.secret.fill(0);
  credentials.venuePassphrase?.fill(0);
}

/** The failure, unless one of these fields shows it already. */
export const beyondFields = (error: ErrorShape | null, fields: readonly string[]): ErrorShape | null =>
  fields.some((field) => problemOf(error, field) !== null) ? null : error;
