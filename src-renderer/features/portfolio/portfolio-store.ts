import { defineStore } from 'pinia';
import { readonly, ref, shallowRef } from 'vue';
import type { ErrorShape, Result } from '../../../src-preload/contract/result.ts';
import type { PortfolioView } from '../../../src-preload/contract/types/portfolio.ts';
import { api } from '../../lib/api.ts';
import { refCounted } from '../orders/ref-counted.ts';
import { useClearOnLock } from '../orders/use-clear-on-lock.ts';

/** What we have, as main last said. An error leaves the figures standing: an outage must not look like a loss. */
export const usePortfolioStore = defineStore('portfolio', () => {
  const view = shallowRef<PortfolioView | null>(null);
  const error = shallowRef<ErrorShape | null>(null);
  const refreshing = ref(false);
  let events = 0;

  function take(result: Result<PortfolioView>): void {
    if (result.ok) {
      view.value = result.value;
      error.value = null;
    } else {
      error.value = result.error;
    }
  }

  /** Takes an answer unless the topic spoke meanwhile: what it says is newer than what we asked for. */
  async function ask(question: Promise<Result<PortfolioView>>): Promise<void> {
    const before = events;
    const answer = await question;
    if (before === events) take(answer);
  }

  const open = refCounted(() => {
    const close = api.subscribe('portfolio.view', {}, (event) => {
      events += 1;
      take(event);
    });
    void ask(api.portfolio.view({}));
    return () => {
      // An answer that is still under way belongs to a time that is over.
      events += 1;
      close();
    };
  });

  /** Asks every venue again. A second press while the first is under way does nothing. */
  async function refresh(): Promise<void> {
    if (refreshing.value) return;
    refreshing.value = true;
    await ask(api.portfolio.refresh({}));
    refreshing.value = false;
  }

  /** Forgets every figure: for the lock, after which nothing of it may be in the window. */
  function clear(): void {
    view.value = null;
    error.value = null;
  }

  useClearOnLock(clear);
  return { view, error, refreshing: readonly(refreshing), open, refresh, clear };
});
