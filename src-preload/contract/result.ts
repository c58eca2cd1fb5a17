/**
 * What every call across the border answers. Exceptions never cross: a failure is a value that the window
 * can show, with the venue's own words kept beside ours.
 */

/** Failures of a venue (design.md section 5). */
export const EXCHANGE_ERROR_KINDS = [
  'auth',
  'permission',
  'clock',
  'rateLimited',
  'invalidOrder',
  'insufficientFunds',
  'unknownOrder',
  'duplicateOrder',
  'marketClosed',
  'unavailable',
  'unknownOutcome',
  'protocol',
] as const;
export type ExchangeErrorKind = (typeof EXCHANGE_ERROR_KINDS)[number];

/** Failures of the house itself. */
export const HOUSE_ERROR_KINDS = [
  'badInput',
  'locked',
  'notAllowed',
  'notFound',
  'notSupported',
  'throttled',
  'vault',
  'storage',
  'internal',
] as const;
export type ErrorKind = ExchangeErrorKind | (typeof HOUSE_ERROR_KINDS)[number];

/** One field of an input that broke a rule. */
export interface FieldProblem {
  /** Dotted path from the root of the input, for example `price`. */
  readonly field: string;
  /** The rule in words, for example "must be a multiple of the tick size 0.10". */
  readonly rule: string;
  /** The nearest value that would be accepted, where there is one. */
  readonly nearest?: string;
}

export interface ErrorShape {
  /** Stable and machine-readable, for example `vault.wrongPassphrase`. Renderer texts are keyed by it. */
  readonly code: string;
  readonly kind: ErrorKind;
  /** Plain English; safe to show and to log: never holds a secret. */
  readonly message: string;
  readonly problems?: readonly FieldProblem[];
  /** The venue's own code and text, where a venue refused. */
  readonly venueCode?: string;
  readonly venueMessage?: string;
  readonly retryAfterMs?: number;
  /** Id of something that the user can do about it, for example `unlock` or `checkClock`. */
  readonly action?: string;
}

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorShape };
