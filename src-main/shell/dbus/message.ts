/**
 * The part of the D-Bus wire format (specification 0.43, "Message Protocol") that listening to signals takes:
 * writing method calls with string arguments, and reading headers with a first argument of type b or s.
 */

export const MESSAGE_TYPE = { methodCall: 1, methodReturn: 2, error: 3, signal: 4 } as const;

/** Far above any signal we ask for; a peer that announces more is not one we talk to. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

const FIXED_HEADER = 16;
const PROTOCOL_VERSION = 1;
const LITTLE_ENDIAN = 'l'.charCodeAt(0);
const BIG_ENDIAN = 'B'.charCodeAt(0);
const FIELD = { path: 1, interface: 2, member: 3, replySerial: 5, destination: 6, signature: 8 } as const;

export interface Message {
  readonly type: number;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly replySerial: number;
  /** First argument when it is a boolean or a string. */
  readonly argument: boolean | string | undefined;
}

export interface MethodCall {
  readonly serial: number;
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly argument?: string;
}

const align = (offset: number, boundary: number): number => Math.ceil(offset / boundary) * boundary;

/** Bytes of a method call with no argument or one string. */
export function encodeCall(call: MethodCall): Buffer {
  const body = call.argument === undefined ? Buffer.alloc(0) : encodeString(call.argument);
  const fields = [
    encodeField(FIELD.path, 'o', call.path),
    encodeField(FIELD.interface, 's', call.interface),
    encodeField(FIELD.member, 's', call.member),
    encodeField(FIELD.destination, 's', call.destination),
  ];
  if (call.argument !== undefined) fields.push(encodeSignatureField('s'));
  const padded = fields.map((field, index) => (index === fields.length - 1 ? field : pad(field, 8)));
  const array = Buffer.concat(padded);
  const head = Buffer.alloc(FIXED_HEADER);
  head[0] = LITTLE_ENDIAN;
  head[1] = MESSAGE_TYPE.methodCall;
  head[3] = PROTOCOL_VERSION;
  head.writeUInt32LE(body.length, 4);
  head.writeUInt32LE(call.serial, 8);
  head.writeUInt32LE(array.length, 12);
  return Buffer.concat([pad(Buffer.concat([head, array]), 8), body]);
}

const pad = (bytes: Buffer, boundary: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(align(bytes.length, boundary) - bytes.length)]);

function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes, Buffer.alloc(1)]);
}

/** A field is (code, variant); the variant's signature fills the value up to its alignment of four. */
const encodeField = (code: number, type: 's' | 'o', value: string): Buffer =>
  Buffer.concat([Buffer.from([code, 1, type.charCodeAt(0), 0]), encodeString(value)]);

const encodeSignatureField = (signature: string): Buffer =>
  Buffer.from([FIELD.signature, 1, 'g'.charCodeAt(0), 0, signature.length, ...Buffer.from(signature), 0]);

/**
 * Length of the message at the start of `bytes`, or undefined when too little has arrived to tell. Throws for
 * anything that is no D-Bus message or is larger than the limit.
 */
export function messageLength(bytes: Buffer): number | undefined {
  if (bytes.length < FIXED_HEADER) return undefined;
  const reader = new Reader(bytes);
  if (bytes[3] !== PROTOCOL_VERSION) throw new Error('unknown D-Bus protocol version');
  const bodyLength = reader.at(4).uint32();
  const fieldsLength = reader.at(12).uint32();
  const length = align(FIXED_HEADER + fieldsLength, 8) + bodyLength;
  if (length > MAX_MESSAGE_BYTES) throw new Error('D-Bus message larger than allowed');
  return length;
}

/** Reads one whole message. Throws when its parts do not add up. */
export function decodeMessage(bytes: Buffer): Message {
  const reader = new Reader(bytes);
  const fields = readFields(reader, reader.at(12).uint32());
  const text = (code: number): string => {
    const value = fields.get(code);
    return typeof value === 'string' ? value : '';
  };
  const serial = fields.get(FIELD.replySerial);
  return {
    type: bytes[1] ?? 0,
    path: text(FIELD.path),
    interface: text(FIELD.interface),
    member: text(FIELD.member),
    replySerial: typeof serial === 'number' ? serial : 0,
    argument: readArgument(reader, text(FIELD.signature)),
  };
}

function readFields(reader: Reader, length: number): Map<number, string | number> {
  const fields = new Map<number, string | number>();
  const end = FIXED_HEADER + length;
  reader.at(FIXED_HEADER);
  while (reader.offset < end) {
    reader.align(8);
    const code = reader.byte();
    const type = reader.signature();
    if (type === 'g') fields.set(code, reader.signature());
    else if (type === 'u') fields.set(code, reader.align(4).uint32());
    else if (type === 's' || type === 'o') fields.set(code, reader.align(4).string());
    else throw new Error(`unexpected type ${type} in a D-Bus header`);
  }
  if (reader.offset !== end) throw new Error('D-Bus header fields overrun their length');
  reader.align(8);
  return fields;
}

function readArgument(reader: Reader, signature: string): boolean | string | undefined {
  if (signature.startsWith('b')) return reader.uint32() !== 0;
  return signature.startsWith('s') ? reader.string() : undefined;
}

/** Reads in the byte order that the message announces; Buffer itself throws beyond the end. */
class Reader {
  offset = 0;
  readonly #bytes: Buffer;
  readonly #little: boolean;

  constructor(bytes: Buffer) {
    if (bytes[0] !== LITTLE_ENDIAN && bytes[0] !== BIG_ENDIAN) throw new Error('not a D-Bus message');
    this.#bytes = bytes;
    this.#little = bytes[0] === LITTLE_ENDIAN;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  align(boundary: number): this {
    return this.at(align(this.offset, boundary));
  }

  byte(): number {
    return this.#bytes.readUInt8(this.offset++);
  }

  uint32(): number {
    const value = this.#little
      ? this.#bytes.readUInt32LE(this.offset)
      : this.#bytes.readUInt32BE(this.offset);
    this.offset += 4;
    return value;
  }

  string(): string {
    return this.#text(this.uint32());
  }

  signature(): string {
    return this.#text(this.byte());
  }

  #text(length: number): string {
    const end = this.offset + length;
    if (end >= this.#bytes.length + (length === 0 ? 1 : 0))
      throw new Error('D-Bus string overruns its message');
    const text = this.#bytes.toString('utf8', this.offset, end);
    this.offset = end + 1;
    return text;
  }
}
