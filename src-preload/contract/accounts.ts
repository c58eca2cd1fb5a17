import * as z from 'zod/mini';
import { call, topic } from './define.ts';
import { ACCOUNT_USES, ENVIRONMENTS } from './types/account.ts';
import type { Account, VenueCapabilities } from './types/account.ts';
import { id, label, nothing, secretBytes, venue } from './values.ts';

const uses = z
  .array(z.enum(ACCOUNT_USES))
  .check(z.minLength(1, 'must allow at least reading'), z.maxLength(3));
const keyMaterial = {
  key: z
    .string('must be text')
    .check(
      z.trim(),
      z.minLength(4, 'must be at least 4 characters'),
      z.maxLength(256, 'must be at most 256 characters'),
    ),
  secret: secretBytes,
  /** Of venues that give every key a passphrase; not the vault's. */
  venuePassphrase: z.optional(secretBytes),
};
const byId = z.strictObject({ accountId: id });

export const accounts = {
  calls: {
    list: call<readonly Account[]>()({ input: nothing, capability: 'read', unlocked: true }),
    venues: call<readonly VenueCapabilities[]>()({ input: nothing, capability: 'read', unlocked: false }),
    /** The secret goes in once and never comes back. */
    add: call<Account>()({
      input: z.strictObject({
        venue,
        environment: z.enum(ENVIRONMENTS),
        region: z.string().check(z.regex(/^[a-z0-9-]{1,32}$/, 'must be one of the listed regions')),
        label,
        uses,
        ...keyMaterial,
      }),
      capability: 'vault',
      unlocked: true,
    }),
    /** A new key for the same account, of the same kind. Asks for the vault's passphrase again. */
    replaceKey: call<Account>()({
      input: z.strictObject({ accountId: id, ...keyMaterial, passphrase: secretBytes }),
      capability: 'vault',
      unlocked: true,
    }),
    /** Asks the venue what the key may do and how the account is set up. */
    inspect: call<Account>()({ input: byId, capability: 'read', unlocked: true }),
    /** Keeps the key under the site that knows it, after the inspector has found that out. */
    moveSite: call<Account>()({ input: byId, capability: 'vault', unlocked: true }),
    rename: call<Account>()({
      input: z.strictObject({ accountId: id, label }),
      capability: 'vault',
      unlocked: true,
    }),
    setUses: call<Account>()({
      input: z.strictObject({ accountId: id, uses, passphrase: secretBytes }),
      capability: 'vault',
      unlocked: true,
    }),
    /**
     * Refused (`account.notEmpty`) while orders or positions are open there, or while nobody knows: they would stay at
     * the venue unseen. With `leaveOpen` a person has said that they may.
     */
    remove: call<null>()({
      input: z.strictObject({ accountId: id, leaveOpen: z.optional(z.boolean()) }),
      capability: 'vault',
      unlocked: true,
    }),
  },
  topics: {
    list: topic<readonly Account[]>()({ params: nothing, delivery: 'latest', unlocked: true }),
  },
};
