import type { ErrorKind, ErrorShape, FieldProblem } from '../src-preload/contract/result.ts';

type Details = Partial<Omit<ErrorShape, 'code' | 'kind' | 'message'>>;

/**
 * The one error class of the main process. `code` is stable, `message` is safe to show: it never holds a
 * secret, a signature or a raw request.
 */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  readonly code: string;
  readonly kind: ErrorKind;
  readonly details: Details;

  constructor(kind: ErrorKind, code: string, message: string, details: Details = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.code = code;
    this.details = details;
  }

  /** The form that crosses the border. The cause stays here: it can hold paths and library texts. */
  toShape(): ErrorShape {
    return { code: this.code, kind: this.kind, message: this.message, ...this.details };
  }
}

/** An input that broke rules: names every field and its rule. */
export function badInput(problems: readonly FieldProblem[]): HoldfastError {
  const text = problems.map((problem) => `${problem.field}: ${problem.rule}`).join('; ');
  return new HoldfastError('badInput', 'input.invalid', text, { problems });
}

/** Any thrown value as a HoldfastError; what is not one becomes `internal` without leaking its text. */
export function toHoldfastError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  return new HoldfastError('internal', 'internal.unexpected', 'Something unexpected went wrong.', {}, error);
}
