import { describe, expect, it, vi } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import { INPUT_LIMITS, guardInput, wipeBytes } from '../../../src-main/ipc/input-guard.ts';

function problemOf(value: unknown): { field: string; rule: string } {
  try {
    guardInput(value);
  } catch (error) {
    if (error instanceof HoldfastError && error.details.problems?.[0] !== undefined)
      return error.details.problems[0];
    throw error;
  }
  throw new Error('was accepted');
}

const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

describe('guardInput', () => {
  it('accepts plain objects, arrays, bytes and primitives', () => {
    const value = {
      a: [1, 'x', null, undefined, true],
      b: new Uint8Array(10),
      c: Object.create(null) as object,
    };
    expect(() => guardInput(value)).not.toThrow();
  });

  it('accepts the same object twice when it is no cycle', () => {
    const market = { venue: 'practice' };
    expect(() => guardInput({ a: market, b: market })).not.toThrow();
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s at any depth', (key) => {
    const value = { a: [JSON.parse(`{"${key}": {"polluted": true}}`) as unknown] };
    expect(problemOf(value)).toEqual({ field: `a.0.${key}`, rule: 'is a reserved name' });
  });

  it('refuses a cycle through an object and through an array', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = { again: loop };
    expect(problemOf(loop)).toEqual({ field: 'self.again', rule: 'must not refer back to itself' });
    const list: unknown[] = [];
    list.push(list);
    expect(problemOf(list)).toEqual({ field: '0', rule: 'must not refer back to itself' });
  });

  it('accepts the deepest allowed value and refuses one level more', () => {
    expect(() => guardInput(nested(INPUT_LIMITS.depth))).not.toThrow();
    expect(problemOf(nested(INPUT_LIMITS.depth + 1)).rule).toContain('nest deeper');
  });

  it.each([
    ['text', 'x'.repeat(INPUT_LIMITS.bytes)],
    ['bytes', new Uint8Array(INPUT_LIMITS.bytes)],
    ['a sparse array', Array.from({ length: 0 }).concat(new Array<unknown>(4_000_000_000))],
    ['many small values', Array.from({ length: 40_000 }, () => 1)],
    ['a long key', { ['k'.repeat(INPUT_LIMITS.bytes)]: 1 }],
  ])('refuses %s beyond the size limit', (_name, value) => {
    expect(problemOf({ field: value }).rule).toContain('larger than');
  });

  it('refuses a small value that refers to itself exponentially often', () => {
    let value: unknown = 'leaf';
    for (let level = 0; level < 11; level += 1) value = Array.from({ length: 20 }, () => value);
    expect(problemOf(value).rule).toContain('larger than');
  });

  it.each([
    ['a date', new Date()],
    ['a map', new Map()],
    ['an error', new Error('x')],
    ['a buffer view', new Float64Array(2)],
    ['a class instance', new (class Odd {})()],
    ['a big integer', 1n],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
  ])('refuses %s', (_name, value) => {
    expect(problemOf({ value }).field).toBe('value');
  });

  it('keeps what a hostile key can write into a message short and printable', () => {
    const key = `\u001b[31m${'x'.repeat(500)}`;
    const { field } = problemOf({ [key]: 1n });
    expect(field).toMatch(/^[\w.?-]{1,40}$/);
  });
});

describe('wipeBytes', () => {
  it('overwrites every byte array of the input', () => {
    const passphrase = new TextEncoder().encode('test passphrase one');
    const inner = new Uint8Array([1, 2, 3]);
    wipeBytes({ passphrase, list: [undefined, { inner }, undefined] });
    expect(passphrase.every((byte) => byte === 0)).toBe(true);
    expect(inner.every((byte) => byte === 0)).toBe(true);
  });

  it('ends on cyclic input and on input that shares one object many times', () => {
    const loop: Record<string, unknown> = { bytes: new Uint8Array([9]) };
    loop['self'] = loop;
    let shared: unknown = loop;
    for (let level = 0; level < 60; level += 1) shared = [shared, shared];
    wipeBytes(shared);
    expect(loop['bytes']).toEqual(new Uint8Array([0]));
  });

  it('overwrites every kind of buffer, also one that no call takes', () => {
    const floats = new Float64Array([1.5, 2.5]);
    const raw = new Uint8Array([1, 2]);
    wipeBytes({ floats, raw: raw.buffer });
    expect([...floats]).toEqual([0, 0]);
    expect([...raw]).toEqual([0, 0]);
  });

  it('never lists the elements of what a page can send large: text objects, buffers, maps', () => {
    const keys = vi.spyOn(Object, 'keys');
    const values = vi.spyOn(Object, 'values');
    const large: unknown[] = [new Object('x'.repeat(2 ** 20)), new Float64Array(2 ** 20), new Map([[1, 2]])];
    wipeBytes(large);
    const listed = [...keys.mock.calls, ...values.mock.calls].map(([value]) => value as unknown);
    expect(listed.filter((value) => large.includes(value))).toEqual([]);
  });

  it('stops where no input that was let through could reach', () => {
    const first = new Uint8Array([1]);
    const last = new Uint8Array([1]);
    wipeBytes([first, ...Array.from({ length: INPUT_LIMITS.bytes }, () => 0), last]);
    expect([first[0], last[0]]).toEqual([0, 1]);
  });
});
