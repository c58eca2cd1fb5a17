import { badInput } from '../errors.ts';

/** Limits on what a window may send, before any schema looks at it. */
export const INPUT_LIMITS = {
  /** Estimated size of the whole value: two bytes a character, eight a number. */
  bytes: 256 * 1024,
  depth: 12,
} as const;

/** Keys through which a later merge or lookup could reach a prototype. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** How many bytes a node costs beside its content, so that a million empty arrays are not free. */
const NODE_BYTES = 8;

/**
 * Refuses what no call of the contract can mean: values that are too large or too deep, cycles, prototype
 * keys, and anything but plain objects, arrays, byte arrays and primitives. Structured clone would deliver
 * all of these intact. Throws `badInput` naming the field.
 */
export function guardInput(value: unknown): void {
  new Guard().visit(value, '', 0);
}

class Guard {
  #bytes = 0;
  readonly #ancestors = new Set<object>();

  visit(value: unknown, path: string, depth: number): void {
    this.#charge(NODE_BYTES, path);
    switch (typeof value) {
      case 'string':
        return this.#charge(value.length * 2, path);
      case 'number':
      case 'boolean':
      case 'undefined':
        return;
      case 'object':
        if (value !== null) this.#visitObject(value, path, depth);
        return;
      default:
        refuse(path, `must not be a ${typeof value}`);
    }
  }

  #visitObject(value: object, path: string, depth: number): void {
    if (value instanceof Uint8Array) return this.#charge(value.byteLength, path);
    if (this.#ancestors.has(value)) refuse(path, 'must not refer back to itself');
    if (depth >= INPUT_LIMITS.depth) refuse(path, `must not nest deeper than ${INPUT_LIMITS.depth} levels`);
    this.#ancestors.add(value);
    if (Array.isArray(value)) this.#visitArray(value, path, depth);
    else this.#visitRecord(value, path, depth);
    this.#ancestors.delete(value);
  }

  #visitArray(items: readonly unknown[], path: string, depth: number): void {
    // A sparse array costs nothing to send and gigabytes to walk: its length is charged first.
    this.#charge(items.length * NODE_BYTES, path);
    items.forEach((item, index) => this.visit(item, join(path, String(index)), depth + 1));
  }

  #visitRecord(record: object, path: string, depth: number): void {
    const prototype = Object.getPrototypeOf(record) as unknown;
    if (prototype !== Object.prototype && prototype !== null) refuse(path, 'must be a plain object');
    for (const key of Object.keys(record)) {
      if (FORBIDDEN_KEYS.has(key)) refuse(join(path, key), 'is a reserved name');
      this.#charge(key.length * 2, path);
      this.visit((record as Record<string, unknown>)[key], join(path, key), depth + 1);
    }
  }

  #charge(bytes: number, path: string): void {
    this.#bytes += bytes;
    if (this.#bytes > INPUT_LIMITS.bytes)
      refuse(path, `makes the input larger than ${INPUT_LIMITS.bytes} bytes`);
  }
}

/** Field names go into messages and logs: long or odd ones are cut to something printable. */
function join(path: string, key: string): string {
  const name = key.replace(/[^\w.-]/g, '?').slice(0, 40);
  return path === '' ? name : `${path}.${name}`.slice(-120);
}

function refuse(path: string, rule: string): never {
  throw badInput([{ field: path === '' ? 'input' : path, rule }]);
}

/** Values that the wiping looks at: a guarded input has fewer, since each costs at least `NODE_BYTES`. */
const WIPE_LIMIT = INPUT_LIMITS.bytes / NODE_BYTES;

/**
 * Overwrites every byte array of an input once its call is over: passphrases travel as bytes for this.
 * A refused input comes here too, so nothing in it may cost more than it would have been let through for: each
 * object is walked once, and only plain objects and arrays are, up to a limit. The names of the elements of a
 * large Float64Array alone, asked for as keys, would hold main up for half a minute and a gigabyte.
 */
export function wipeBytes(input: unknown): void {
  const seen = new Set<unknown>();
  const open: unknown[] = [input];
  while (open.length > 0 && seen.size < WIPE_LIMIT) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (ArrayBuffer.isView(value)) new Uint8Array(value.buffer, value.byteOffset, value.byteLength).fill(0);
    else if (value instanceof ArrayBuffer) new Uint8Array(value).fill(0);
    else for (const inner of contentOf(value)) open.push(inner);
  }
}

/** What a plain object or array holds, as far as a guarded input reaches. */
function contentOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value.slice(0, WIPE_LIMIT);
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (prototype !== Object.prototype && prototype !== null) return [];
  return Object.values(value).slice(0, WIPE_LIMIT);
}
