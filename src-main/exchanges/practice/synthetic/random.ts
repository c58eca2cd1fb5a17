/** Numbers that look random and are the same for the same seed, on every machine. Never for secrets. */

function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** 32 bits that depend on all three numbers. Answers the same at any time and in any order of asking. */
export function hash(seed: number, a: number, b: number): number {
  return mix(mix(mix(seed ^ 0x9e3779b9) ^ Math.imul(a, 0x27d4eb2f)) ^ Math.imul(b, 0x165667b1));
}

export function hashText(seed: number, text: string): number {
  let h = seed >>> 0;
  for (const char of text) h = hash(h, char.codePointAt(0) ?? 0, 17);
  return h;
}

/** Nearly normal with mean 0 and variance 1: the sum of four even parts of two hashes. */
export function gaussianAt(seed: number, a: number, b: number): number {
  const x = hash(seed, a, b);
  const y = mix(x ^ 0x68e31da4);
  const sum = (x & 0xffff) + (x >>> 16) + (y & 0xffff) + (y >>> 16);
  return (sum / 65_536 - 2) * Math.sqrt(3);
}

export function uniformAt(seed: number, a: number, b: number): number {
  return hash(seed, a, b) / 4_294_967_296;
}

/** A sequence (mulberry32): each call answers the next number. */
export class Sequence {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** Nearly normal, mean 0 and variance 1. */
  gaussian(): number {
    return (this.next() + this.next() + this.next() + this.next() - 2) * Math.sqrt(3);
  }

  /** In [0, most). */
  below(most: number): number {
    return Math.floor(this.next() * most);
  }

  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }
}
