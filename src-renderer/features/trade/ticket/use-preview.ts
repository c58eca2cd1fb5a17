import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { ErrorShape, Result } from '../../../../src-preload/contract/result.ts';
import type { OrderDraft, OrderPreview } from '../../../../src-preload/contract/types/trading.ts';
import { shapeOf } from '../../../lib/api.ts';

/** Long enough to swallow a key repeat, short enough to feel instant. */
const DEBOUNCE_MS = 40;
/** The book moves under a ticket that nobody touches: what it shows is asked again. */
const REFRESH_MS = 1000;

export interface PreviewOptions {
  readonly call: (draft: OrderDraft) => Promise<Result<OrderPreview>>;
  readonly debounceMs?: number;
  readonly refreshMs?: number;
}

export interface Preview {
  /** The newest answer for the draft as it stands; null while there is none. */
  readonly preview: Readonly<ShallowRef<OrderPreview | null>>;
  /** True while what is shown belongs to an older draft. */
  readonly pending: Readonly<Ref<boolean>>;
  readonly error: Readonly<ShallowRef<ErrorShape | null>>;
  /** Asks now and waits: for the moment before an order is sent. Null when it failed or was overtaken. */
  readonly fresh: () => Promise<OrderPreview | null>;
}

/** Keeps a preview beside a draft that is being typed. Answers that were overtaken are dropped. */
export function usePreview(draft: () => OrderDraft | null, options: PreviewOptions): Preview {
  const preview = shallowRef<OrderPreview | null>(null);
  const pending = ref(false);
  const error = shallowRef<ErrorShape | null>(null);
  let newest = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const later = (delay: number): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void ask(), delay);
  };

  async function ask(): Promise<OrderPreview | null> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const asked = draft();
    newest += 1;
    const mine = newest;
    if (asked === null) return null;
    const result = await options
      .call(asked)
      .catch((thrown: unknown) => ({ ok: false as const, error: shapeOf(thrown) }));
    if (mine !== newest) return null;
    pending.value = false;
    error.value = result.ok ? null : result.error;
    preview.value = result.ok ? result.value : null;
    later(options.refreshMs ?? REFRESH_MS);
    return preview.value;
  }

  watch(
    () => JSON.stringify(draft()),
    () => {
      const empty = draft() === null;
      // Whatever is under way was asked for an older draft.
      newest += 1;
      pending.value = !empty;
      if (empty) {
        preview.value = null;
        error.value = null;
      }
      if (timer !== null) clearTimeout(timer);
      timer = null;
      if (!empty) later(options.debounceMs ?? DEBOUNCE_MS);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    newest += 1;
    if (timer !== null) clearTimeout(timer);
  });

  return { preview, pending, error, fresh: ask };
}
