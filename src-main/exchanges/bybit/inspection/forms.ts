/** Forms of what the inspector reads (protocol sheet 4.2, 4.4, 4.9). */
import * as z from 'zod/mini';
import { form } from '../payload.ts';
import type { Form } from '../payload.ts';

export type FormOf<F> = F extends Form<infer T> ? T : never;

const flag = z.union([z.number(), z.boolean()]);
const maybe = z.optional(z.nullable(z.string()));

export const KEY_INFO = form(
  'user.key',
  {
    readOnly: flag,
    type: z.optional(z.number()),
    isMaster: z.optional(z.boolean()),
    uta: z.optional(flag),
    ips: z.nullish(z.array(z.string())),
    deadlineDay: z.nullish(z.number()),
    expiredAt: maybe,
    rsaPublicKey: maybe,
    // Groups come and go: those that we do not know are nobody's right to trade.
    permissions: z.record(z.string(), z.nullish(z.array(z.string()))),
  },
  [
    'id',
    'note',
    'apiKey',
    'secret',
    'createdAt',
    'unified',
    'userID',
    'inviterID',
    'vipLevel',
    'mktMakerLevel',
    'affiliateID',
    'parentUid',
    'kycLevel',
    'kycRegion',
    'isFixApi',
  ],
);
export type KeyInfo = FormOf<typeof KEY_INFO>;

export const ACCOUNT_INFO = form('account.info', { unifiedMarginStatus: z.number(), marginMode: maybe }, [
  'updatedTime',
  'isMasterTrader',
  'spotHedgingStatus',
  'dcpStatus',
  'timeWindow',
  'smpGroup',
]);
export const POSITIONS = form('position.modes', { list: z.nullish(z.array(z.unknown())) }, [
  'category',
  'nextPageCursor',
]);
export const TRADE_SETTINGS = form(
  'account.settings',
  { lpaSpot: z.optional(z.boolean()), lpaPerp: z.optional(z.boolean()) },
  ['deltaEnable', 'smsef', 'fmsef', 'smpType'],
);
