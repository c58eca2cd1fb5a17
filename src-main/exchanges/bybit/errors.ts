/**
 * What Bybit's refusals mean (protocol sheet, 6.1 and 6.3). Codes decide; texts are only shown, because they
 * change and carry figures that are scaled by 1e8. A code that the sheet does not know is shown as it came.
 */
import { HoldfastError } from '../../errors.ts';
import type { ErrorKind, FieldProblem } from '../../../src-preload/contract/result.ts';

/** `busy`: the venue failed inside, so a write may or may not have been carried out. */
type Meaning = readonly [kind: ErrorKind | 'busy', code: string, message: string, action?: string];

const TABLE: readonly (readonly [codes: string, ...Meaning])[] = [
  ['10002 -1', 'clock', 'clock', 'Bybit refused the time stamp: this computer’s clock is off.', 'checkClock'],
  ['10001', 'invalidOrder', 'parameter', 'Bybit refused a value of the request.'],
  [
    '10003',
    'auth',
    'keyInvalid',
    'Bybit does not know this key here: wrong site or environment, or deleted.',
    'inspectKey',
  ],
  [
    '10004',
    'auth',
    'badSignature',
    'Bybit refused the signature: the secret does not belong to this key.',
    'replaceKey',
  ],
  [
    '10007 33004 -2015',
    'auth',
    'keyExpired',
    'Bybit says that this key expired or was refused.',
    'replaceKey',
  ],
  ['10005', 'permission', 'noPermission', 'This key may not do that at Bybit.', 'inspectKey'],
  ['10008 10027', 'permission', 'banned', 'Bybit has blocked this account or its trading.', 'visitVenue'],
  ['10009 10024 110132', 'permission', 'region', 'Bybit does not offer this in your region.', 'visitVenue'],
  ['10010', 'permission', 'ipRefused', 'This key is not allowed from your IP address.', 'inspectKey'],
  ['10006', 'rateLimited', 'rateLimit', 'Bybit asks us to slow down.'],
  ['10018 10403', 'rateLimited', 'ipRateLimit', 'Bybit limits your address: too many requests.'],
  ['10429 429 20003 170222 170005 30035', 'rateLimited', 'tooFast', 'Bybit is protecting itself: too fast.'],
  ['10000 170007 170146 170147 170310', 'busy', 'venueTimeout', 'Bybit ran out of time inside.'],
  [
    '10016 170001 170032 170234 3400214 131200 131201 131230',
    'busy',
    'venueInternal',
    'Bybit had an internal error.',
  ],
  ['10019', 'busy', 'restarting', 'Bybit is restarting its order service.'],
  ['10014 131082', 'duplicateOrder', 'duplicateRequest', 'Bybit has had this request already.'],
  ['131214', 'duplicateOrder', 'duplicateTransfer', 'Bybit has had this transfer already.'],
  ['10032', 'notSupported', 'demo', 'Bybit does not have this in demo trading.'],
  ['10017 10404', 'protocol', 'route', 'Bybit does not know this call.'],
  [
    '10028 110088 100028',
    'permission',
    'needsUnified',
    'This needs a unified trading account at Bybit.',
    'visitVenue',
  ],
  [
    '10029',
    'invalidOrder',
    'symbolNotAllowed',
    'This key or account may not trade this market.',
    'inspectKey',
  ],
  ['20001 20006', 'protocol', 'socketUse', 'Bybit refused how its order connection was used.'],
  ['110001 170213 170143', 'unknownOrder', 'orderUnknown', 'Bybit has no such open order.'],
  [
    '110008 110010 170139 170142 170190',
    'unknownOrder',
    'orderClosed',
    'This order is already filled or cancelled.',
  ],
  ['110079 170191 170212 40004', 'unavailable', 'orderBusy', 'Bybit is still working on this order.'],
  ['110072 170141', 'duplicateOrder', 'duplicateOrder', 'Bybit has an order with this id already.'],
  [
    '110003 110120 110121 170132 170133 170192 170193 170194 170371 170372 30208 30209',
    'invalidOrder',
    'priceLimit',
    'The price is outside of Bybit’s limits.',
  ],
  ['110017 110094 170136 170140', 'invalidOrder', 'tooSmall', 'The quantity is too small for Bybit.'],
  ['170124 170381 170382 170341 170135', 'invalidOrder', 'tooLarge', 'The quantity is too large for Bybit.'],
  ['170134 170137 170148', 'invalidOrder', 'tooManyDecimals', 'The value has too many decimals for Bybit.'],
  [
    '110092 110093 170203 170204',
    'invalidOrder',
    'triggerPrice',
    'The trigger price is on the wrong side or out of range.',
  ],
  [
    '110057 110059 110060 110061',
    'invalidOrder',
    'protection',
    'Bybit refused the take-profit or stop-loss.',
  ],
  [
    '110004 110006 110007 110012 110014 110044 110045 110051 110052 110053 170131 170033 131001 131212 131228',
    'insufficientFunds',
    'insufficient',
    'The balance at Bybit is not enough.',
  ],
  ['110009 110020 170810', 'invalidOrder', 'tooManyOrders', 'Bybit does not take more open orders here.'],
  [
    '110021 110022 110023 110089 110090 3400139',
    'invalidOrder',
    'riskLimit',
    'This would go over Bybit’s position or risk limit.',
  ],
  [
    '110024 110028',
    'invalidOrder',
    'busyMarket',
    'Bybit does not switch this while there are positions or open orders.',
  ],
  ['110025 110026 110027 110043 34040', 'invalidOrder', 'noChange', 'It is already so at Bybit.'],
  [
    '110029 110038 110015 110076',
    'invalidOrder',
    'mode',
    'The account’s or the market’s mode does not allow that.',
  ],
  ['110040 110046 110011', 'invalidOrder', 'wouldLiquidate', 'This would lead to a liquidation.'],
  [
    '110063 110066 110074 110042 110095 110098 110103 170151 170157 170217 30228',
    'marketClosed',
    'marketClosed',
    'This market does not trade like that now.',
  ],
  ['170159 170206', 'marketClosed', 'justListed', 'Just after listing, Bybit takes limit orders only.'],
  [
    '110123 110125 170241',
    'permission',
    'agreement',
    'Bybit wants you to accept an agreement on its website first.',
    'visitVenue',
  ],
  [
    '170036 176008 176009 182021',
    'permission',
    'spotMargin',
    'Spot margin is off, or not possible in isolated mode.',
  ],
  ['131004 131065', 'permission', 'kyc', 'Bybit wants your identity verified first.', 'visitVenue'],
  [
    '131083 131093 131098 131002',
    'invalidOrder',
    'address',
    'This address is not in Bybit’s address book, too new, or does not fit chain and tag.',
    'visitVenue',
  ],
  [
    '131085 131086 131088 131089 131090 131096 131097',
    'permission',
    'withdrawalLimit',
    'Bybit limits or has locked withdrawals now.',
    'visitVenue',
  ],
  ['700008', 'invalidOrder', 'quoteExpired', 'The quote has expired: ask for a new one.', 'newQuote'],
  ['700009', 'invalidOrder', 'quoteUsed', 'This quote was used already: ask for a new one.', 'newQuote'],
  [
    '700000 700001 700002 700003 700004 700005 700006 700007 700010 700011 700012 700013 700016 32024 790000',
    'invalidOrder',
    'convert',
    'Bybit cannot convert this now: ask for a new quote.',
    'newQuote',
  ],
  ['3400045 110073', 'invalidOrder', 'marginMode', 'Bybit could not set the margin mode.'],
];

const MEANINGS = new Map<string, Meaning>(
  TABLE.flatMap(([codes, ...meaning]) => codes.split(' ').map((code) => [code, meaning] as const)),
);

const NO_CHANGE: ReadonlySet<string> = new Set(['110025', '110026', '110027', '110043', '34040']);
/** The key itself was refused: no other call with it can succeed. */
const KEY_REFUSED: ReadonlySet<string> = new Set([
  'bybit.keyInvalid',
  'bybit.badSignature',
  'bybit.keyExpired',
]);
/** Without a reset header (pybit #340) Bybit's per-second limits are over after this. */
export const DEFAULT_LIMIT_WAIT_MS = 2_000;
/** Shown text of the venue is cut here: it comes from outside. */
const LONGEST_TEXT = 300;

const RESULT_UNKNOWN = 'It is not known whether Bybit carried this out.';

export interface Refusal {
  readonly code: number | string;
  readonly message: string;
  /** The `result` of the answer: some refusals carry their reasons there. */
  readonly result?: unknown;
  /** The call could have changed something at the venue. */
  readonly isWrite: boolean;
  readonly retryAfterMs?: number | undefined;
}

/** The error for a `retCode` other than 0. */
export function refusalError(refusal: Refusal): HoldfastError {
  const venueCode = String(refusal.code);
  const meaning = MEANINGS.get(venueCode) ?? unlisted(refusal.isWrite);
  const [kind, code, message, action] = meaning;
  const problems = reasons(refusal.result);
  const details = {
    venueCode,
    venueMessage: refusal.message.slice(0, LONGEST_TEXT),
    ...(action === undefined ? {} : { action }),
    ...(problems.length === 0 ? {} : { problems }),
    ...retryAfter(kind, refusal.retryAfterMs),
  };
  if (kind !== 'busy') return new HoldfastError(kind, `bybit.${code}`, message, details);
  return refusal.isWrite
    ? new HoldfastError('unknownOutcome', `bybit.${code}`, `${message} ${RESULT_UNKNOWN}`, details)
    : new HoldfastError('unavailable', `bybit.${code}`, message, details);
}

function unlisted(isWrite: boolean): Meaning {
  const message = 'Bybit refused this; its own words say why.';
  return [isWrite ? 'invalidOrder' : 'unavailable', 'refused', message];
}

function retryAfter(kind: Meaning[0], told: number | undefined): { retryAfterMs?: number } {
  if (told !== undefined) return { retryAfterMs: Math.max(0, Math.ceil(told)) };
  return kind === 'rateLimited' ? { retryAfterMs: DEFAULT_LIMIT_WAIT_MS } : {};
}

/** `reasons[]` of set-margin-mode as problems of the field that the user set. */
function reasons(result: unknown): FieldProblem[] {
  const list = (result as { reasons?: unknown } | null | undefined)?.reasons;
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const text = (entry as { reasonMsg?: unknown } | null)?.reasonMsg;
    return typeof text === 'string' ? [{ field: 'marginMode', rule: text.slice(0, LONGEST_TEXT) }] : [];
  });
}

/** The error for an HTTP status that is not 200 and came without Bybit's own envelope. */
export function statusError(status: number, isWrite: boolean, pauseMs?: number): HoldfastError {
  const details = { venueCode: `HTTP ${status}` };
  if (status === 401) {
    const message = 'Bybit refused the key.';
    return new HoldfastError('auth', 'bybit.keyInvalid', message, { ...details, action: 'inspectKey' });
  }
  if (status === 403) {
    const message =
      'Bybit blocks this address for a while: too many requests, or a country it does not serve.';
    return new HoldfastError('rateLimited', 'bybit.ipBlocked', message, {
      ...details,
      ...(pauseMs === undefined ? {} : { retryAfterMs: pauseMs }),
    });
  }
  if (status === 404) {
    return new HoldfastError('notSupported', 'bybit.http404', 'Bybit does not have this here.', details);
  }
  if (status === 429) {
    const message = 'Bybit is protecting itself: too fast.';
    return new HoldfastError('rateLimited', 'bybit.tooFast', message, {
      ...details,
      retryAfterMs: DEFAULT_LIMIT_WAIT_MS,
    });
  }
  if (status < 500 && status >= 400) {
    return new HoldfastError('protocol', 'bybit.badRequest', 'Bybit did not take the request.', details);
  }
  return isWrite
    ? lostAnswer(details)
    : new HoldfastError('unavailable', 'bybit.unavailable', 'Bybit is not available now.', details);
}

/** Something was sent, and what came back does not tell what became of it. */
export function lostAnswer(details: { venueCode?: string } = {}): HoldfastError {
  return new HoldfastError('unknownOutcome', 'bybit.noAnswer', RESULT_UNKNOWN, details);
}

/** Class N of the table: what was asked for is already so. */
export function isNoChange(code: number | string | undefined): boolean {
  return code !== undefined && NO_CHANGE.has(String(code));
}

/** True for a `noChange` refusal in the form of an error. */
export function saysNoChange(error: unknown): boolean {
  return error instanceof HoldfastError && isNoChange(error.details.venueCode);
}

/** True when Bybit answered that it does not take such a request: asking in another way can work. */
export function refusesRequest(error: unknown): boolean {
  if (!(error instanceof HoldfastError)) return false;
  return error.kind === 'invalidOrder' || error.kind === 'notSupported' || error.code === 'bybit.refused';
}

/** True when nothing more may be asked with this key until somebody looked at it. */
export function refusesKey(error: HoldfastError): boolean {
  return error.kind === 'auth' && KEY_REFUSED.has(error.code);
}
