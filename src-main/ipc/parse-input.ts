import * as z from 'zod/mini';
import type { FieldProblem } from '../../src-preload/contract/result.ts';
import { badInput } from '../errors.ts';
import { guardInput } from './input-guard.ts';

// Zod would compile object parsers with `new Function`. Nothing in main generates code.
z.config({ jitless: true });

type Issue = z.core.$ZodIssue;

/** The text zod gives where neither the schema nor a language pack has one. */
const NO_TEXT = 'Invalid input';

/**
 * A value from outside as the schema's type. Strict: unknown fields are problems. Throws `badInput` naming
 * every field and the rule that it broke.
 */
export function parseInput<S extends z.ZodMiniType>(schema: S, value: unknown): z.infer<S> {
  guardInput(value);
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  throw badInput(result.error.issues.flatMap(problemsOf));
}

function problemsOf(issue: Issue): FieldProblem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: fieldOf([...path, key]), rule: 'is not a field of this call' }));
  }
  const own = issue.message !== '' && issue.message !== NO_TEXT;
  return [{ field: fieldOf(path), rule: own ? issue.message : ruleOf(issue) }];
}

const fieldOf = (path: readonly string[]): string =>
  path.length === 0 ? 'input' : path.map((part) => part.slice(0, 40)).join('.');

/** The rule in words, for schemas that carry no text of their own. */
function ruleOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return 'has the wrong form';
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    default:
      return 'is not valid here';
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' || origin === 'set' ? ' entries' : '';
}
