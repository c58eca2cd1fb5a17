import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { HoldfastError } from '../../../src-main/errors.ts';
import { parseInput } from '../../../src-main/ipc/parse-input.ts';

const schema = z.strictObject({
  side: z.enum(['buy', 'sell']),
  depth: z.int().check(z.minimum(1), z.maximum(500)),
  label: z.string().check(z.maxLength(5)),
  nested: z.optional(z.strictObject({ list: z.array(z.boolean()).check(z.maxLength(2)) })),
});

function problems(value: unknown): unknown {
  try {
    parseInput(schema, value);
  } catch (error) {
    if (error instanceof HoldfastError) return error.details.problems;
    throw error;
  }
  throw new Error('was accepted');
}

describe('parseInput', () => {
  it('answers the parsed value of a valid input', () => {
    expect(parseInput(schema, { side: 'buy', depth: 3, label: 'a' })).toEqual({
      side: 'buy',
      depth: 3,
      label: 'a',
    });
  });

  it('names an unknown field, at the root and below', () => {
    const value = { side: 'buy', depth: 1, label: '', nested: { list: [], extra: 1 }, passphrase: 'x' };
    expect(problems(value)).toEqual([
      { field: 'nested.extra', rule: 'is not a field of this call' },
      { field: 'passphrase', rule: 'is not a field of this call' },
    ]);
  });

  it('names every broken field with its rule in words', () => {
    expect(problems({ side: 'hold', depth: 0, label: 7, nested: { list: [true, true, true] } })).toEqual([
      { field: 'side', rule: 'must be one of buy, sell' },
      { field: 'depth', rule: 'must be at least 1' },
      { field: 'label', rule: 'must be of type string' },
      { field: 'nested.list', rule: 'must be at most 2 entries' },
    ]);
    expect(problems({ side: 'buy', depth: 1.5, label: 'too long' })).toEqual([
      { field: 'depth', rule: 'must be a whole number' },
      { field: 'label', rule: 'must be at most 5 characters' },
    ]);
  });

  it('says what a value that is no object at all should be', () => {
    expect(problems(7)).toEqual([{ field: 'input', rule: 'must be of type object' }]);
  });
});
