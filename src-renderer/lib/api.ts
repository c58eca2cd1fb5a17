import type { HoldfastApi } from '../../src-preload/contract/index.ts';
import type { ErrorShape, Result } from '../../src-preload/contract/result.ts';

declare global {
  interface Window {
    readonly holdfast: HoldfastApi;
  }
}

/**
 * The bridge to main. Looked up at each use and not when this module loads, so that a test can put its own
 * bridge in place first.
 */
export const api: HoldfastApi = new Proxy({} as HoldfastApi, {
  get: (_target, name) => Reflect.get(window.holdfast, name) as unknown,
});

/** A failed call as a throwable, for the few places where a chain reads better than a branch. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly shape: ErrorShape;

  constructor(shape: ErrorShape) {
    super(shape.message);
    this.shape = shape;
  }
}

/** The value of a call; throws CallError when it failed. */
export async function valueOf<T>(pending: Promise<Result<T>>): Promise<T> {
  const result = await pending;
  if (!result.ok) throw new CallError(result.error);
  return result.value;
}

/** The error shape of anything that was thrown; what is no CallError is a fault of the window itself. */
export function shapeOf(error: unknown): ErrorShape {
  if (error instanceof CallError) return error.shape;
  return { code: 'window.unexpected', kind: 'internal', message: 'Something unexpected went wrong here.' };
}
