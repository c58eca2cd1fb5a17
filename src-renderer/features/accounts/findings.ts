/**
 * What the inspector found out about a key, made ready for the page: which sentence, with which values, and what
 * mends it. Sentences stand under `accounts.finding.<code>`; what a venue left out chooses a shorter one.
 */
import type {
  Account,
  KeyFinding,
  KeyFindingCode,
  KeyInspection,
} from '../../../src-preload/contract/types/account.ts';

export type Severity = KeyFinding['severity'];
/** Worst first. */
export const SEVERITIES = ['danger', 'warning', 'info', 'ok'] as const;

/** What the button beside a finding does; null where words have to do. */
export type Remedy = 'move' | 'replace' | null;

export interface ShownFinding {
  readonly code: KeyFindingCode;
  readonly severity: Severity;
  /** The sentence: `accounts.finding.<code>.<form>`. */
  readonly form: string;
  readonly values: Readonly<Record<string, string>>;
  /** Whole days until the key ends; null where that is not the subject. */
  readonly days: number | null;
  readonly remedy: Remedy;
}

const DAY_MS = 86_400_000;

/** Sentences in order of preference, each with the values that it needs. */
const FORMS: Partial<Record<KeyFindingCode, readonly (readonly [form: string, ...needs: string[]])[]>> = {
  trade: [['which', 'products'], ['what']],
  tradePartly: [['which', 'products'], ['what']],
  movesPrices: [['which', 'products'], ['what']],
  ipBound: [['which', 'addresses'], ['what']],
  ipRefused: [['which', 'ip'], ['what']],
  expires: [['dated', 'days', 'date'], ['counted', 'days'], ['what']],
  expiresSoon: [['dated', 'days', 'date'], ['counted', 'days'], ['what']],
  expired: [['dated', 'date'], ['what']],
  clockOk: [['measured', 'offsetMs'], ['what']],
  clockOff: [['measured', 'offsetMs'], ['what']],
  otherSite: [['which', 'site'], ['what']],
};

/** What a refusal can be put down to; anything else is said in general. */
const REASONS: ReadonlySet<string> = new Set([
  'unknownKey',
  'signature',
  'permission',
  'banned',
  'region',
  'clock',
]);

const has = (values: ShownFinding['values'], name: string): boolean => (values[name] ?? '') !== '';

function formOf({ code, values }: KeyFinding, account: Account): string {
  if (code === 'withdraw') return account.uses.includes('withdraw') ? 'used' : 'unused';
  const { reason } = values;
  if (code === 'refused') return reason !== undefined && REASONS.has(reason) ? reason : 'what';
  const forms = FORMS[code] ?? [];
  const fitting = forms.find(([, ...needs]) => needs.every((name) => has(values, name)));
  return fitting?.[0] ?? 'what';
}

function remedyOf({ code }: KeyFinding, inspection: KeyInspection): Remedy {
  if (code === 'otherSite') return inspection.otherSite === null ? null : 'move';
  return code === 'refused' ? 'replace' : null;
}

/** Whole days that are left, counted now and not on the day of the inspection; null when nothing says. */
export function daysLeft(inspection: KeyInspection, now: number): number | null {
  const at = inspection.permissions?.expiresAt ?? null;
  if (at !== null) return Math.floor((at - now) / DAY_MS);
  const told = inspection.findings.find(({ values }) => has(values, 'days'))?.values['days'];
  const days = Number(told);
  if (told === undefined || !Number.isFinite(days)) return null;
  return days - Math.max(0, Math.floor((now - inspection.inspectedAt) / DAY_MS));
}

/** As found on the day of the inspection, moved on to today: a key may have ended meanwhile. */
function today(finding: KeyFinding, inspection: KeyInspection, days: number | null): KeyFinding {
  const { code } = finding;
  const at = inspection.permissions?.expiresAt ?? null;
  const date = at === null ? finding.values['expiresAt'] : String(at);
  const values = date === undefined ? finding.values : { ...finding.values, date };
  if (code === 'expired') return { ...finding, values };
  if (days === null || (code !== 'expires' && code !== 'expiresSoon')) return finding;
  if (days < 0) return { code: 'expired', severity: 'danger', values };
  return { ...finding, values: { ...values, days: String(days) } };
}

/** What follows from another finding is not said again. */
function isNews({ code }: KeyFinding, { findings, otherSite }: KeyInspection): boolean {
  if (code === 'refused') return otherSite === null;
  return code !== 'noTrade' || !findings.some((one) => one.code === 'readOnlyKey');
}

/**
 * A key in the wrong place comes first. One that withdraws from any address is dangerous twice. Not trading is
 * worth a warning only where Holdfast is meant to trade.
 */
function judged(finding: KeyFinding, account: Account): KeyFinding {
  const isOpen = finding.code === 'ipUnbound' && canWithdraw(account);
  if (finding.code === 'otherSite' || isOpen) return { ...finding, severity: 'danger' };
  const misses = finding.code === 'noTrade' || finding.code === 'readOnlyKey';
  const raise = misses && finding.severity !== 'danger' && account.uses.includes('trade');
  return raise ? { ...finding, severity: 'warning' } : finding;
}

/** Every finding of the latest inspection, worst first; empty while there was none. */
export function findingsOf(account: Account, now: number): readonly ShownFinding[] {
  const { inspection } = account;
  if (inspection === null) return [];
  const days = daysLeft(inspection, now);
  const shown = inspection.findings
    .filter((one) => isNews(one, inspection))
    .map((original): ShownFinding => {
      const finding = judged(today(original, inspection, days), account);
      const counts = finding.code === 'expires' || finding.code === 'expiresSoon';
      return {
        code: finding.code,
        severity: finding.severity,
        form: formOf(finding, account),
        values: finding.values,
        days: counts ? days : null,
        remedy: remedyOf(finding, inspection),
      };
    });
  return shown.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** Codes of a key that does not work at all: the inspector then says why. */
const REFUSALS: ReadonlySet<KeyFindingCode> = new Set(['refused', 'expired', 'ipRefused', 'otherSite']);

/** True when the inspection explains why the account is refused. */
export const explainsRefusal = ({ inspection }: Account): boolean =>
  inspection?.findings.some(({ code }) => REFUSALS.has(code)) === true;

/** True when money could leave the venue with this key. */
export const canWithdraw = (account: Account): boolean => account.permissions?.withdraw === true;
