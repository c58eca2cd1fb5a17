import { ref, type Ref } from 'vue';
import type { ErrorShape, Result } from '../../src-preload/contract/result.ts';
import { shapeOf } from './api.ts';

export interface Action<A extends readonly unknown[], T> {
  /** Runs the call; answers its value, or undefined when it failed. A second run while busy is ignored. */
  readonly run: (...args: A) => Promise<T | undefined>;
  readonly busy: Readonly<Ref<boolean>>;
  readonly error: Ref<ErrorShape | null>;
}

/** One call with its busy and error state, for a button or a form. */
export function useAction<A extends readonly unknown[], T>(
  call: (...args: A) => Promise<Result<T>>,
): Action<A, T> {
  const busy = ref(false);
  const error = ref<ErrorShape | null>(null);
  const run = async (...args: A): Promise<T | undefined> => {
    if (busy.value) return undefined;
    busy.value = true;
    error.value = null;
    try {
      const result = await call(...args);
      if (result.ok) return result.value;
      error.value = result.error;
    } catch (thrown) {
      error.value = shapeOf(thrown);
    } finally {
      busy.value = false;
    }
    return undefined;
  };
  return { run, busy, error };
}
