import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serializeArguments } from '../../stand-in/page/message-link.ts';
import { createCodec } from '../../stand-in/renderer/codec.ts';

const codec = createCodec();
const roundTrip = (value: unknown): unknown => codec.decode(codec.encode(value));
const refusal = 'An object could not be cloned.';

describe('the codec of IPC values', () => {
  it('carries whatever the structured clone carries, unchanged', () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.bigInt(),
      fc.date(),
      fc.constantFrom(null, undefined, NaN, -0, Infinity, /x/gi),
      fc.uint8Array(),
      fc.float64Array(),
    );
    const value = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('any'), { maxKeys: 4, noNullPrototype: true }),
        fc.array(fc.tuple(tie('any'), tie('any')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
        fc.array(tie('any'), { maxLength: 3 }).map((items) => new Set(items)),
      ),
    })).any;
    fc.assert(
      fc.property(value, (sample) => {
        expect(roundTrip(sample)).toStrictEqual(structuredClone(sample));
      }),
    );
  });

  it('keeps cycles and shared references', () => {
    const shared = { amount: '1' };
    const cyclic: Record<string, unknown> = { first: shared, second: shared };
    cyclic['self'] = cyclic;
    const copy = roundTrip(cyclic) as typeof cyclic;
    expect(copy['self']).toBe(copy);
    expect(copy['first']).toBe(copy['second']);
  });

  it('makes __proto__ an own property and leaves the prototype alone', () => {
    const hostile: unknown = JSON.parse('{"__proto__": {"admin": true}}');
    const copy = roundTrip(hostile) as Record<string, unknown>;
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(copy, '__proto__')?.value).toEqual({ admin: true });
    expect(copy['admin']).toBeUndefined();
  });

  it('carries errors with name, message, stack and cause', () => {
    const copy = roundTrip(new RangeError('too much', { cause: 'greed' })) as RangeError;
    expect(copy).toBeInstanceOf(RangeError);
    expect(copy).toMatchObject({ message: 'too much', cause: 'greed' });
    expect(copy.stack).toContain('codec.test.ts');
  });

  it.each([
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
    ['a promise', Promise.resolve()],
    ['a WeakMap', new WeakMap()],
    ['a function deep inside', { list: [{ call: () => 1 }] }],
    ['a Blob, which only one side could hold', new Blob(['x'])],
  ])('refuses %s with the message of Electron', (_name, value) => {
    expect(() => serializeArguments([value])).toThrow(refusal);
  });

  it('drops the prototype of class instances and keeps their fields', () => {
    class Price {
      readonly text = '60000.5';
      format(): string {
        return this.text;
      }
    }
    const [copy] = codec.decode(serializeArguments([new Price()])) as [object];
    expect(copy).toStrictEqual({ text: '60000.5' });
  });

  it('refuses a text that no codec made', () => {
    expect(() => codec.decode('[[7]]')).toThrow(refusal);
    expect(() => codec.decode('[[0],["?"]]')).toThrow(refusal);
    expect(() => codec.decode('[[0],["l","function","own",1]]')).toThrow(refusal);
  });
});
