/**
 * Reading what Bybit sends: a payload that breaks the documented form is a `protocol` error that names kind and
 * field; a field that the form does not know is reported once and kept out of our values, never dropped in silence.
 */
import * as z from 'zod/mini';
import { HoldfastError } from '../../errors.ts';

/** Fields that Bybit sent and our forms do not know, by kind of payload. */
export class UnknownFields {
  readonly #byKind = new Map<string, Set<string>>();

  note(kind: string, field: string): void {
    let fields = this.#byKind.get(kind);
    if (fields === undefined) this.#byKind.set(kind, (fields = new Set()));
    fields.add(field);
  }

  /** `kind.field`, sorted. */
  list(): readonly string[] {
    return [...this.#byKind].flatMap(([kind, fields]) => [...fields].map((name) => `${kind}.${name}`)).sort();
  }
}

/** One form of payload: a zod object, with a name for messages. */
export interface Form<T> {
  readonly kind: string;
  readonly schema: z.ZodMiniType<T>;
  readonly known: ReadonlySet<string>;
}

/**
 * Declares a form. `also` names documented fields that we do not need: they are known, and not read.
 */
export function form<S extends z.core.$ZodLooseShape>(
  kind: string,
  shape: S,
  also: readonly string[] = [],
): Form<z.infer<z.ZodMiniObject<S>>> {
  return {
    kind,
    schema: z.object(shape),
    known: new Set([...Object.keys(shape), ...also]),
  };
}

/** Reads one object. Throws `protocol` / `bybit.payload` naming kind and field, never quoting the value. */
export function read<T>(what: Form<T>, value: unknown, unknown: UnknownFields): T {
  const parsed = what.schema.safeParse(value);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
    throw payloadError(what.kind, path);
  }
  for (const field in value as object) if (!what.known.has(field)) unknown.note(what.kind, field);
  return parsed.data;
}

export function readList<T>(what: Form<T>, value: unknown, unknown: UnknownFields): T[] {
  if (!Array.isArray(value)) throw payloadError(what.kind, 'list');
  return value.map((entry) => read(what, entry, unknown));
}

export function payloadError(kind: string, field: string): HoldfastError {
  const where = field === '' ? kind : `${kind}.${field}`;
  return new HoldfastError('protocol', 'bybit.payload', `Bybit sent something undocumented in ${where}.`);
}

/** Empty text is Bybit's "no figure": null, never zero. */
export const orNull = (text: string | null | undefined): string | null =>
  text === undefined || text === null || text === '' ? null : text;
