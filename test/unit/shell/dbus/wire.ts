/** Writes D-Bus signals and replies for the tests, independently of the product's encoder. */

export interface SignalSpec {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly argument?: boolean;
}

class Writer {
  bytes: number[] = [];
  readonly #little: boolean;
  constructor(littleEndian: boolean) {
    this.#little = littleEndian;
  }
  align(boundary: number): this {
    while (this.bytes.length % boundary !== 0) this.bytes.push(0);
    return this;
  }
  uint32(value: number): this {
    const four = Buffer.alloc(4);
    if (this.#little) four.writeUInt32LE(value);
    else four.writeUInt32BE(value);
    this.align(4).bytes.push(...four);
    return this;
  }
  text(value: string): this {
    this.uint32(Buffer.byteLength(value)).bytes.push(...Buffer.from(value), 0);
    return this;
  }
  signature(value: string): this {
    this.bytes.push(value.length, ...Buffer.from(value), 0);
    return this;
  }
}

type Field = readonly [code: number, type: 's' | 'o' | 'g' | 'u', value: string | number];

function message(
  type: number,
  fields: readonly Field[],
  argument: boolean | undefined,
  littleEndian: boolean,
): Buffer {
  const writer = new Writer(littleEndian);
  writer.bytes.push((littleEndian ? 'l' : 'B').charCodeAt(0), type, 0, 1);
  writer
    .uint32(argument === undefined ? 0 : 4)
    .uint32(77)
    .uint32(0);
  for (const [code, kind, value] of fields) {
    writer.align(8).bytes.push(code);
    writer.signature(kind);
    if (kind === 'g') writer.signature(String(value));
    else if (kind === 'u') writer.uint32(Number(value));
    else writer.text(String(value));
  }
  const fieldsLength = writer.bytes.length - 16;
  writer.align(8);
  if (argument !== undefined) writer.uint32(argument ? 1 : 0);
  const bytes = Buffer.from(writer.bytes);
  if (littleEndian) bytes.writeUInt32LE(fieldsLength, 12);
  else bytes.writeUInt32BE(fieldsLength, 12);
  return bytes;
}

export function signalBytes(signal: SignalSpec, littleEndian = true): Buffer {
  const fields: Field[] = [
    [1, 'o', signal.path],
    [2, 's', signal.interface],
    [3, 's', signal.member],
    [7, 's', ':1.5'],
  ];
  if (signal.argument !== undefined) fields.push([8, 'g', 'b']);
  return message(4, fields, signal.argument, littleEndian);
}

/** A reply (type 2) or an error (type 3) to the call with that serial. */
export function replyBytes(serial: number, type: 2 | 3 = 2): Buffer {
  const fields: Field[] = [[5, 'u', serial]];
  if (type === 3) fields.push([4, 's', 'org.freedesktop.DBus.Error.AccessDenied']);
  return message(type, fields, undefined, true);
}
