import { computed, ref, shallowRef, watch } from 'vue';
import type { ErrorShape } from '../../../src-preload/contract/result.ts';
import { collectPage } from './collect-page.ts';
import type { CollectedPage, FetchRows } from './collect-page.ts';

export interface PagedSource<T> {
  readonly fetchRows: FetchRows<T>;
  readonly keep?: ((row: T) => boolean) | undefined;
}

/**
 * Pages through a list. A change of the source starts again at the first page. An answer that was overtaken
 * by a later question is dropped: a slow page for the old filter must not land under the new one.
 */
export function usePaged<T>(source: () => PagedSource<T>, size: number) {
  const page = shallowRef<CollectedPage<T> | null>(null);
  const error = shallowRef<ErrorShape | null>(null);
  const loading = ref(false);
  /** Where each page up to the present one began. */
  const starts = ref<readonly number[]>([0]);
  let question = 0;

  async function load(newStarts: readonly number[]): Promise<void> {
    question += 1;
    const mine = question;
    loading.value = true;
    const answer = await collectPage(source().fetchRows, {
      start: newStarts.at(-1) ?? 0,
      size,
      keep: source().keep,
    });
    if (mine !== question) return;
    loading.value = false;
    if (!answer.ok) {
      error.value = answer.error;
      return;
    }
    error.value = null;
    page.value = answer.value;
    starts.value = newStarts;
  }

  const next = async (): Promise<void> => {
    const at = page.value?.next ?? null;
    if (at !== null) await load([...starts.value, at]);
  };
  const previous = async (): Promise<void> => {
    if (starts.value.length > 1) await load(starts.value.slice(0, -1));
  };
  const reload = (): Promise<void> => load(starts.value);

  watch(
    source,
    () => {
      page.value = null;
      void load([0]);
    },
    { immediate: true },
  );

  return {
    rows: computed(() => page.value?.rows ?? []),
    total: computed(() => page.value?.total ?? 0),
    partial: computed(() => page.value?.partial ?? false),
    from: computed(() => (starts.value.at(-1) ?? 0) + 1),
    number: computed(() => starts.value.length),
    hasNext: computed(() => (page.value?.next ?? null) !== null),
    hasPrevious: computed(() => starts.value.length > 1),
    loaded: computed(() => page.value !== null),
    loading,
    error,
    next,
    previous,
    reload,
  };
}
