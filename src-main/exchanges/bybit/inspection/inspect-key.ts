/** Looks a key over: what it may do, what will stop working, and how the account behind it is set up. */
import { HoldfastError } from '../../../errors.ts';
import type { VenueClock } from '../../../net/types.ts';
import type { KeyFinding, KeyInspection, KeyPermissions, KeySite, VenueId } from '../../exchange.ts';
import { read } from '../payload.ts';
import type { UnknownFields } from '../payload.ts';
import type { BybitRest } from '../rest.ts';
import type { BybitSite } from '../sites.ts';
import { accountSetup, isRefusal } from './account-setup.ts';
import type { AccountSetup } from './account-setup.ts';
import { KEY_INFO } from './forms.ts';
import type { KeyInfo } from './forms.ts';
import { finding, keyFindings, permissionsOf } from './permissions.ts';
import { KEY_CALL, refusedFinding, saysUnknownKey, siteThatKnows } from './refused-key.ts';

/** Bybit refuses time stamps that are a second ahead; we correct for it, but the machine's clock is wrong. */
const CLOCK_TOLERANCE_MS = 1_000;

export interface InspectionParts {
  /** Signs with the key, at the site that the account is set to. */
  readonly rest: BybitRest;
  /** The same key at another site. */
  readonly restAt: (site: BybitSite) => BybitRest;
  readonly site: BybitSite;
  /** Where else the key may belong, most likely first (`otherSites`). */
  readonly others: readonly BybitSite[];
  readonly venue: VenueId;
  readonly clock: VenueClock;
  readonly keyType: 'hmac' | 'rsa' | 'none';
  readonly unknown: UnknownFields;
  /** Our clock, ms UTC. */
  readonly now: () => number;
}

/** A refused key is an answer. Rejects (`unavailable`, `rateLimited`…) when Bybit itself cannot be asked. */
export async function inspectKey(parts: InspectionParts): Promise<KeyInspection> {
  // Without a sample the requests below say soon enough whether Bybit can be reached.
  await parts.clock.sync().catch(() => undefined);
  try {
    const info = await keyInfo(parts);
    const setup = await accountSetup(parts);
    return info === null ? uncheckedDemo(parts, setup) : checked(parts, info, setup);
  } catch (error) {
    if (isRefusal(error) || isClockRefusal(error)) return refused(parts, error);
    throw error;
  }
}

const isClockRefusal = (error: unknown): error is HoldfastError =>
  error instanceof HoldfastError && error.kind === 'clock';

/** Null on a demo site that does not have the call (the documentation and SDKs disagree about that). */
async function keyInfo({ rest, site, unknown }: InspectionParts): Promise<KeyInfo | null> {
  try {
    return read(KEY_INFO, (await rest.get(KEY_CALL)).result, unknown);
  } catch (error) {
    const isMissing = isRefusal(error) && error.kind !== 'auth' && error.details.venueCode !== '10010';
    if (site.environment === 'demo' && isMissing) {
      // The key has to be good for something, or it is refused after all.
      await rest.get({ ...KEY_CALL, operation: 'account.info', path: '/v5/account/info' });
      return null;
    }
    throw error;
  }
}

function checked(parts: InspectionParts, info: KeyInfo, setup: AccountSetup): KeyInspection {
  const now = parts.now();
  return inspection(parts, {
    permissions: permissionsOf(info, now),
    setup,
    findings: keyFindings(info, parts.keyType, now),
  });
}

/** Demo money is nobody's: what the key may do shows when it does it. */
function uncheckedDemo(parts: InspectionParts, setup: AccountSetup): KeyInspection {
  const permissions: KeyPermissions = {
    read: true,
    trade: true,
    withdraw: false,
    transfer: false,
    ipAddresses: [],
    expiresAt: null,
    inspectedAt: parts.now(),
  };
  return inspection(parts, {
    permissions,
    setup,
    findings: [finding('read', 'ok'), finding('demoUnchecked', 'info')],
  });
}

async function refused(parts: InspectionParts, error: HoldfastError): Promise<KeyInspection> {
  const otherSite = saysUnknownKey(error) ? await siteThatKnows(parts) : null;
  return inspection(parts, {
    permissions: null,
    setup: { modes: null, accountType: null, findings: [] },
    findings: [refusedFinding(error), ...(otherSite === null ? [] : [otherSiteFinding(otherSite)])],
    otherSite,
  });
}

function otherSiteFinding({ venue, region, environment }: KeySite): KeyFinding {
  return finding('otherSite', 'danger', { site: `${venue}/${region}/${environment}` });
}

interface Found {
  readonly permissions: KeyPermissions | null;
  readonly setup: AccountSetup;
  readonly findings: readonly KeyFinding[];
  readonly otherSite?: KeySite | null;
}

function inspection(parts: InspectionParts, found: Found): KeyInspection {
  const offset = parts.clock.offsetMs();
  return {
    inspectedAt: parts.now(),
    permissions: found.permissions,
    modes: found.setup.modes,
    accountType: found.setup.accountType,
    clockOffsetMs: offset,
    otherSite: found.otherSite ?? null,
    findings: [...found.findings, ...found.setup.findings, ...clockFindings(offset)],
  };
}

function clockFindings(offset: number | null): KeyFinding[] {
  if (offset === null) return [];
  const values = { offsetMs: String(Math.round(offset)) };
  const isOff = Math.abs(offset) >= CLOCK_TOLERANCE_MS;
  return [isOff ? finding('clockOff', 'warning', values) : finding('clockOk', 'ok', values)];
}
