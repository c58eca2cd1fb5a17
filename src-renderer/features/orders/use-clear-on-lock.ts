import { watch } from 'vue';
import { useSessionStore } from '../../lib/use-session-store.ts';

/** Empties a store when the vault closes: a locked window holds no figures, not even unseen ones. */
export function useClearOnLock(clear: () => void): void {
  const session = useSessionStore();
  watch(
    () => session.phase,
    (phase) => {
      if (phase !== 'unlocked') clear();
    },
    { flush: 'sync' },
  );
}
