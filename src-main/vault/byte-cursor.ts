import { damaged } from './vault-errors.ts';

/** Reads big-endian fields in order. Running past the end is a damaged file, never `undefined`. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get offset(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  #advance(count: number): number {
    if (count > this.remaining) throw damaged('a field runs past the end');
    const from = this.#at;
    this.#at += count;
    return from;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#advance(2));
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#advance(4));
  }

  /** A 64-bit count or time; more than 2^53 - 1 cannot be honest. */
  u64(): number {
    const value = this.#bytes.readBigUInt64BE(this.#advance(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged('a number is out of range');
    return Number(value);
  }

  /** A view, not a copy. */
  bytes(count: number): Buffer {
    const from = this.#advance(count);
    return this.#bytes.subarray(from, from + count);
  }
}

/** Writes big-endian fields in order into a buffer of exactly the announced size. */
export class ByteWriter {
  readonly #bytes: Buffer<ArrayBuffer>;
  #at = 0;

  constructor(size: number) {
    this.#bytes = Buffer.alloc(size);
  }

  u8(value: number): this {
    this.#at = this.#bytes.writeUInt8(value, this.#at);
    return this;
  }

  u16(value: number): this {
    this.#at = this.#bytes.writeUInt16BE(value, this.#at);
    return this;
  }

  u32(value: number): this {
    this.#at = this.#bytes.writeUInt32BE(value, this.#at);
    return this;
  }

  u64(value: number): this {
    this.#at = this.#bytes.writeBigUInt64BE(BigInt(value), this.#at);
    return this;
  }

  bytes(value: Uint8Array): this {
    if (this.#at + value.length > this.#bytes.length) throw new RangeError('field does not fit');
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
    return this;
  }

  /** What was written so far. */
  written(): Buffer<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#at);
  }

  finish(): Buffer<ArrayBuffer> {
    if (this.#at !== this.#bytes.length) throw new RangeError('fields do not fill the buffer');
    return this.#bytes;
  }
}
