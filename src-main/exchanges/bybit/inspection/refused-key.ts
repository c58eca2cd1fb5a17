/** What a refused key is told: what is wrong with it, and on which other site it would work. */
import type { HoldfastError } from '../../../errors.ts';
import type { KeyFinding, KeySite } from '../../exchange.ts';
import type { BybitCall, BybitRest } from '../rest.ts';
import { venueOf } from '../sites.ts';
import type { BybitSite } from '../sites.ts';
import { isRefusal } from './account-setup.ts';
import { finding } from './permissions.ts';

export const KEY_CALL: BybitCall = {
  operation: 'user.key',
  path: '/v5/user/query-api',
  lane: 'privateRead',
  budget: { name: 'user.key', limit: 10 },
};

/** Refusals that only a site says that knows the key: wrong address, expired, too few rights, wrong secret. */
const KNOWS_THE_KEY: ReadonlySet<string> = new Set(['10010', '33004', '10005', '10004']);
const ADDRESS = /^(?:(?:\d{1,3}\.){3}\d{1,3}|(?=.*:.*:)[0-9a-f:]{3,39})$/i;

/** The first IP address in a text of Bybit's, which names ours there; undefined where it names none. */
function addressIn(message: string): string | undefined {
  const words = message.split(/[\s,;()[\]"']+/).map((word) => word.replace(/[.]+$/, ''));
  return words.find((word) => ADDRESS.test(word));
}

export const saysUnknownKey = (error: HoldfastError): boolean => error.code === 'bybit.keyInvalid';

/** The finding for a key that this site refused. */
export function refusedFinding(error: HoldfastError): KeyFinding {
  const { venueCode = '', venueMessage = '' } = error.details;
  const said = { code: venueCode, message: venueMessage };
  if (venueCode === '33004') return finding('expired', 'danger', said);
  if (venueCode === '10010') {
    const ip = addressIn(venueMessage);
    return finding('ipRefused', 'danger', { ...said, ...(ip === undefined ? {} : { ip }) });
  }
  return finding('refused', 'danger', { reason: reasonOf(error), ...said });
}

const REASONS: Readonly<Record<string, string>> = {
  'bybit.keyInvalid': 'unknownKey',
  'bybit.badSignature': 'signature',
  'bybit.keyExpired': 'authentication',
  'bybit.noPermission': 'permission',
  'bybit.banned': 'banned',
  'bybit.region': 'region',
  'bybit.clock': 'clock',
};
const reasonOf = (error: HoldfastError): string => REASONS[error.code] ?? 'other';

export interface Search {
  readonly others: readonly BybitSite[];
  readonly restAt: (site: BybitSite) => BybitRest;
}

/**
 * The first of the other sites that knows the key. They are asked one after the other, each once, and only those
 * of the list: a key is shown to nobody but Bybit. A site that cannot be reached says nothing.
 */
export async function siteThatKnows({ others, restAt }: Search): Promise<KeySite | null> {
  for (const site of others) {
    if (await knows(restAt(site))) {
      return { venue: venueOf(site), region: site.region, environment: site.environment };
    }
  }
  return null;
}

async function knows(rest: BybitRest): Promise<boolean> {
  try {
    await rest.get(KEY_CALL);
    return true;
  } catch (error) {
    return isRefusal(error) && KNOWS_THE_KEY.has(error.details.venueCode ?? '');
  }
}
