import * as z from 'zod/mini';
import { ACCOUNT_USES, ENVIRONMENTS } from '../../src-preload/contract/types/account.ts';
import type { AccountUse, Environment, KeyPermissions } from '../../src-preload/contract/types/account.ts';
import { VENUES } from '../../src-preload/contract/types/market.ts';
import type { VenueId } from '../../src-preload/contract/types/market.ts';
import type { AccountModes } from '../../src-preload/contract/types/trading.ts';
import { label, time } from '../../src-preload/contract/values.ts';
import { badInput } from '../errors.ts';
import { damaged } from './vault-errors.ts';

/** What the vault knows about a key besides the key. Nothing in it is secret. */
export interface AccountKeyMeta {
  readonly venue: VenueId;
  readonly environment: Environment;
  /** The venue's site the key belongs to, for example `global` or `eu`. */
  readonly region: string;
  readonly label: string;
  readonly keyType: 'hmac' | 'rsa';
  /** What Holdfast may use it for, whatever the venue allows. */
  readonly uses: readonly AccountUse[];
  /** As the venue reports them; null = not inspected yet. */
  readonly permissions: KeyPermissions | null;
  readonly accountType: 'unified' | 'classic' | null;
  readonly modes: AccountModes | null;
}

/** A key as the rest of main may list it. */
export interface KeyRecordPublic extends AccountKeyMeta {
  readonly id: string;
  /** Rises with each change of the record. */
  readonly revision: number;
  /** Milliseconds UTC. */
  readonly addedAt: number;
  /** Last four characters of the public part. */
  readonly keyLast4: string;
  readonly hasVenuePassphrase: boolean;
}

/** What a new key needs at least; the rest is learned from the venue. */
export type NewKeyMeta = Pick<AccountKeyMeta, 'venue' | 'environment' | 'label'> &
  Partial<Omit<AccountKeyMeta, 'venue' | 'environment' | 'label'>>;

/** The form in which a meta is stored inside a record. */
export interface StoredMeta extends AccountKeyMeta {
  readonly addedAt: number;
}

const KEYED_VENUES = VENUES.filter((venue) => venue !== 'practice');
const KEYED_ENVIRONMENTS = ENVIRONMENTS.filter((environment) => environment !== 'practice');
const oneOf = (names: readonly string[]): string => `must be one of ${names.join(', ')}`;
const flag = z.boolean('must be true or false');

const permissions = z.strictObject({
  read: flag,
  trade: flag,
  withdraw: flag,
  transfer: flag,
  ipAddresses: z
    .array(z.string('must be text').check(z.minLength(1), z.maxLength(64)))
    .check(z.maxLength(256)),
  expiresAt: z.nullable(time),
  inspectedAt: time,
});

const region = z
  .string('must be text')
  .check(z.regex(/^[a-z0-9-]{1,32}$/, 'must be a region id such as global'));

const modes = z.strictObject({
  positionMode: z.enum(['oneWay', 'hedge'], 'must be oneWay or hedge'),
  marginMode: z.enum(['cross', 'isolated'], 'must be cross or isolated'),
});

const uses = z.array(z.enum(ACCOUNT_USES, oneOf(ACCOUNT_USES)), 'must be a list').check(
  z.minLength(1, 'must allow at least reading'),
  z.refine((list) => list.includes('read'), 'must include read: nothing works without it'),
  z.refine((list) => new Set(list).size === list.length, 'must not name a use twice'),
);

const newKeyMeta = z.strictObject({
  venue: z.enum(KEYED_VENUES, oneOf(KEYED_VENUES)),
  environment: z.enum(KEYED_ENVIRONMENTS, oneOf(KEYED_ENVIRONMENTS)),
  label,
  region: z._default(region, 'global'),
  keyType: z._default(z.enum(['hmac', 'rsa'], 'must be hmac or rsa'), 'hmac'),
  uses: z._default(uses, ['read']),
  permissions: z._default(z.nullable(permissions), null),
  accountType: z._default(z.nullable(z.enum(['unified', 'classic'], 'must be unified or classic')), null),
  modes: z._default(z.nullable(modes), null),
});

const metaPatch = z.strictObject({
  label: z.optional(label),
  uses: z.optional(uses),
  permissions: z.optional(z.nullable(permissions)),
  accountType: z.optional(z.nullable(z.enum(['unified', 'classic'], 'must be unified or classic'))),
  modes: z.optional(z.nullable(modes)),
  venue: z.optional(z.enum(KEYED_VENUES, oneOf(KEYED_VENUES))),
  environment: z.optional(z.enum(KEYED_ENVIRONMENTS, oneOf(KEYED_ENVIRONMENTS))),
  region: z.optional(region),
});

/**
 * What may change later. The key type belongs to the key: a different one is a new key. The site is what a person
 * said about a key, and can turn out to be another one.
 */
export type KeyMetaPatch = Partial<Omit<AccountKeyMeta, 'keyType'>>;

function problemsOf(error: z.core.$ZodError, prefix: string): ReturnType<typeof badInput> {
  return badInput(
    error.issues.map((issue) => ({
      field: [prefix, ...issue.path.map(String)].join('.'),
      rule: issue.code === 'unrecognized_keys' ? `must not hold ${issue.keys.join(', ')}` : issue.message,
    })),
  );
}

/** The meta with its defaults. Throws `input.invalid` naming each field (`meta.label`, …). */
export function validNewKeyMeta(input: NewKeyMeta): AccountKeyMeta {
  const result = newKeyMeta.safeParse(input);
  if (!result.success) throw problemsOf(result.error, 'meta');
  return result.data;
}

/** The fields to change, nothing else. Throws `input.invalid` naming each field (`patch.label`, …). */
export function validMetaPatch(input: KeyMetaPatch): KeyMetaPatch {
  const result = metaPatch.safeParse(input);
  if (!result.success) throw problemsOf(result.error, 'patch');
  const entries = Object.entries(result.data).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

/** What a person pasted from the venue's page. The byte arrays are overwritten by the vault. */
export interface KeyMaterial {
  /** Public part of the key. */
  readonly key: string;
  /** HMAC secret, or the RSA private key as PEM. */
  readonly secret: Uint8Array;
  /** Bitget's API passphrase. */
  readonly passphrase?: Uint8Array | undefined;
}

const PRINTABLE = (byte: number): boolean => byte > 0x20 && byte < 0x7f;
const NO_SPACE = 'must be printable characters without spaces or line breaks';

/** Throws `input.invalid`. A key pasted with a line break would fail at the venue as a wrong signature. */
export function checkKeyMaterial(material: KeyMaterial, keyType: AccountKeyMeta['keyType']): void {
  const problems: { field: string; rule: string }[] = [];
  if (!/^[\x21-\x7e]{4,256}$/.test(material.key)) {
    problems.push({ field: 'key', rule: 'must be 4 to 256 printable characters without spaces' });
  }
  if (material.secret.length < 8 || material.secret.length > 8192) {
    problems.push({ field: 'secret', rule: 'must be 8 to 8192 bytes long' });
  } else if (keyType === 'hmac' && !material.secret.every(PRINTABLE)) {
    problems.push({ field: 'secret', rule: NO_SPACE });
  }
  if (material.passphrase !== undefined) {
    if (material.passphrase.length < 1 || material.passphrase.length > 256) {
      problems.push({ field: 'passphrase', rule: 'must be 1 to 256 bytes long' });
    } else if (!material.passphrase.every(PRINTABLE)) {
      problems.push({ field: 'passphrase', rule: NO_SPACE });
    }
  }
  if (problems.length > 0) throw badInput(problems);
}

/** A key that came from a file. */
interface ForeignKey {
  readonly meta: StoredMeta;
}

/**
 * Metas of an imported file obey the same rules as typed ones: whoever made the file knew its passphrase, but
 * need not be the owner of this vault. Throws `vault.damaged`.
 */
export function assertForeignMetas(keys: readonly ForeignKey[]): void {
  for (const { meta } of keys) {
    const { addedAt, ...rest } = meta;
    if (!Number.isSafeInteger(addedAt) || !newKeyMeta.safeParse(rest).success) {
      throw damaged('it holds a key description that breaks the rules');
    }
  }
}
