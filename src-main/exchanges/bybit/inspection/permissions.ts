/** What a key may do, out of Bybit's groups (protocol sheet 4.9). */
import type { KeyFinding, KeyPermissions } from '../../exchange.ts';
import type { KeyInfo } from './forms.ts';

const DAY_MS = 86_400_000;
/** A key that stops working in less than this is worth a warning. */
const SOON_DAYS = 14;
const UNBOUND = '*';
const THIRD_PARTY = 2;

/** What each product needs to be traded. */
const PRODUCTS: readonly (readonly [product: string, group: string, rights: readonly string[]])[] = [
  ['spot', 'Spot', ['SpotTrade']],
  ['futures', 'ContractTrade', ['Order', 'Position']],
  ['options', 'Options', ['OptionsTrade']],
];

const has = (info: KeyInfo, group: string, right: string): boolean =>
  info.permissions[group]?.includes(right) ?? false;

/** `readOnly: 1` is above everything that the groups say. */
export const isReadOnly = (info: KeyInfo): boolean => info.readOnly === true || info.readOnly === 1;

function tradable(info: KeyInfo): readonly string[] {
  if (isReadOnly(info)) return [];
  return PRODUCTS.filter(([, group, rights]) => rights.every((right) => has(info, group, right))).map(
    ([product]) => product,
  );
}

const addresses = (info: KeyInfo): readonly string[] =>
  (info.ips ?? []).filter((address) => address !== UNBOUND && address !== '');

/** ms UTC; null for keys bound to addresses, which do not expire (Bybit says 1970 and -2 days there). */
function expiry(info: KeyInfo): number | null {
  if (addresses(info).length > 0) return null;
  const at = Date.parse(info.expiredAt ?? '');
  return Number.isFinite(at) && at > 0 ? at : null;
}

/** Whole days left by Bybit's own count, or by its date where it does not count. */
function daysLeft(info: KeyInfo, now: number): number | null {
  if (addresses(info).length > 0) return null;
  if (typeof info.deadlineDay === 'number' && info.deadlineDay >= 0) return info.deadlineDay;
  const at = expiry(info);
  return at === null ? null : Math.floor((at - now) / DAY_MS);
}

export function permissionsOf(info: KeyInfo, now: number): KeyPermissions {
  const acts = !isReadOnly(info);
  const days = daysLeft(info, now);
  return {
    read: true,
    trade: tradable(info).length > 0,
    withdraw: acts && has(info, 'Wallet', 'Withdraw'),
    transfer: acts && has(info, 'Wallet', 'AccountTransfer'),
    ipAddresses: addresses(info),
    expiresAt: expiry(info) ?? (days === null ? null : now + days * DAY_MS),
    inspectedAt: now,
  };
}

/** One finding per question that a user would ask about the key. */
export function keyFindings(info: KeyInfo, keyType: 'hmac' | 'rsa' | 'none', now: number): KeyFinding[] {
  const { withdraw, transfer } = permissionsOf(info, now);
  const isRsa = keyType === 'rsa' || (info.rsaPublicKey ?? '') !== '';
  return [
    finding('read', 'ok'),
    ...(isReadOnly(info) ? [finding('readOnlyKey', 'info')] : []),
    tradeFinding(info),
    withdraw ? finding('withdraw', 'danger') : finding('noWithdraw', 'ok'),
    transfer ? finding('transfer', 'ok') : finding('noTransfer', 'info'),
    ...addressFindings(info, now),
    ...(info.isMaster === undefined ? [] : [finding(info.isMaster ? 'masterAccount' : 'subAccount', 'info')]),
    ...(isRsa ? [finding('rsaKey', 'info')] : []),
    ...(info.type === THIRD_PARTY ? [finding('thirdParty', 'info')] : []),
  ];
}

function tradeFinding(info: KeyInfo): KeyFinding {
  const allowed = tradable(info);
  if (allowed.length === 0) return finding('noTrade', 'info');
  const missing = PRODUCTS.map(([product]) => product).filter((product) => !allowed.includes(product));
  const products = allowed.join(', ');
  return missing.length === 0
    ? finding('trade', 'ok', { products })
    : finding('tradePartly', 'warning', { products, missing: missing.join(', ') });
}

function addressFindings(info: KeyInfo, now: number): KeyFinding[] {
  const bound = addresses(info);
  if (bound.length > 0) {
    return [finding('ipBound', 'ok', { addresses: bound.join(', ') }), finding('neverExpires', 'ok')];
  }
  const days = daysLeft(info, now);
  const values = days === null ? {} : { days: String(Math.max(0, days)), ...dateOf(info, now, days) };
  return [finding('ipUnbound', 'warning', values), ...(days === null ? [] : [expiryFinding(days, values)])];
}

function dateOf(info: KeyInfo, now: number, days: number): { expiresAt: string } {
  return { expiresAt: new Date(expiry(info) ?? now + days * DAY_MS).toISOString() };
}

function expiryFinding(days: number, values: Readonly<Record<string, string>>): KeyFinding {
  if (days < 0) return finding('expired', 'danger', values);
  return days < SOON_DAYS ? finding('expiresSoon', 'warning', values) : finding('expires', 'info', values);
}

export function finding(
  code: KeyFinding['code'],
  severity: KeyFinding['severity'],
  values: Readonly<Record<string, string>> = {},
): KeyFinding {
  return { code, severity, values };
}
