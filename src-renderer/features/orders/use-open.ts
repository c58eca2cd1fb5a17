import { onScopeDispose } from 'vue';

/** Keeps shared subscriptions open for as long as the calling component lives. */
export function useOpen(...opens: readonly (() => () => void)[]): void {
  const closes = opens.map((open) => open());
  onScopeDispose(() => {
    for (const close of closes) close();
  });
}
