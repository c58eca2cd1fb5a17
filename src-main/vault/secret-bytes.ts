/**
 * Secrets are bytes, never strings: a string cannot be overwritten and may be copied by the engine at will.
 * Overwriting shortens the time in which a memory image shows a secret; it cannot promise more (SECURITY.md).
 */

/** Bytes that own their memory, so that they can be moved to another thread instead of copied. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Overwrites every given buffer with zeros. One that was moved to another thread holds nothing here any more. */
export function wipe(...buffers: readonly (Uint8Array | null | undefined)[]): void {
  for (const buffer of buffers) if (buffer != null && buffer.byteLength > 0) buffer.fill(0);
}

/**
 * The bytes in an ArrayBuffer of their own. Small Node buffers share one pool, and transferring or wiping a
 * slice of the pool would hit its neighbours.
 */
export function ownCopy(bytes: Uint8Array): Bytes {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}

/**
 * Moves the bytes into a fresh buffer that can be transferred to the vault worker and overwrites the original:
 * whoever hands a secret to the vault has none left afterwards.
 */
export function takeSecret(bytes: Uint8Array): Bytes {
  const taken = ownCopy(bytes);
  wipe(bytes);
  return taken;
}

/** Overwrites the secrets whatever becomes of the action. */
export async function wiping<T>(
  secrets: readonly (Uint8Array | null | undefined)[],
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } finally {
    wipe(...secrets);
  }
}
