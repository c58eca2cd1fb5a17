import { useI18n } from 'vue-i18n';
import type { ErrorShape } from '../../src-preload/contract/result.ts';

export interface ErrorText {
  readonly title: string;
  /** What went wrong, in the user's language where we know the code, else main's own English words. */
  readonly what: string;
  /** What to do now. */
  readonly now: string;
}

/** Words for an error: by its code, else by its kind. */
export function useErrorText(): (error: ErrorShape) => ErrorText {
  const { t, te } = useI18n();
  const first = (keys: readonly string[], fallback: string): string => {
    const known = keys.find((key) => te(key) || te(key, 'en'));
    return known === undefined ? fallback : t(known);
  };
  return (error) => {
    const code = error.code.replaceAll('.', '_');
    return {
      title: first([`errors.code.${code}.title`, `errors.kind.${error.kind}.title`], t('errors.generic')),
      what: first([`errors.code.${code}.what`], error.message),
      now: first([`errors.code.${code}.now`, `errors.kind.${error.kind}.now`], ''),
    };
  };
}

/** The rule that a field broke, for the note beside it; `null` when that field is fine. */
export function problemOf(error: ErrorShape | null, field: string): string | null {
  const problem = error?.problems?.find((candidate) => candidate.field === field);
  if (problem === undefined) return null;
  return problem.nearest === undefined ? problem.rule : `${problem.rule} (${problem.nearest})`;
}
