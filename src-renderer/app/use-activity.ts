import { onScopeDispose } from 'vue';
import { api } from '../lib/api.ts';

/** Main counts the idle time; more often than this would only be noise. */
const EVERY_MS = 10_000;
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;

/** Tells main that a person is here, so that the idle lock starts over. */
export function useActivity(): void {
  let told = 0;
  const onSign = (): void => {
    const now = performance.now();
    if (told !== 0 && now - told < EVERY_MS) return;
    told = now;
    void api.vault.activity({});
  };
  for (const sign of SIGNS) window.addEventListener(sign, onSign, { passive: true, capture: true });
  onScopeDispose(() => {
    for (const sign of SIGNS) window.removeEventListener(sign, onSign, { capture: true });
  });
}
