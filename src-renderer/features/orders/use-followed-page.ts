import { watchDebounced } from '@vueuse/core';
import { useOrdersStore } from './orders-store.ts';
import { usePaged, type PagedSource } from './use-paged.ts';

/** A busy market fills many times a second; nobody reads a list that reloads as often. A single change is soon in. */
const QUIET_MS = 150;
const LONGEST_MS = 1000;

/** Pages through a list whose first page follows what happens to our orders. */
export function useFollowedPage<T>(
  source: () => PagedSource<T>,
  size: number,
): ReturnType<typeof usePaged<T>> {
  const store = useOrdersStore();
  const paged = usePaged<T>(source, size);
  watchDebounced(
    () => store.changes,
    () => {
      if (paged.number.value === 1) void paged.reload();
    },
    { debounce: QUIET_MS, maxWait: LONGEST_MS },
  );
  return paged;
}
