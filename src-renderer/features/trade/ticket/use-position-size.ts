import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { ErrorShape, Result } from '../../../../src-preload/contract/result.ts';
import type { PositionSize } from '../../../../src-preload/contract/types/risk.ts';
import type { Side } from '../../../../src-preload/contract/types/market.ts';
import { api, shapeOf } from '../../../lib/api.ts';

export interface SizeQuestion {
  readonly accountId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly entry: string;
  readonly stop: string;
  /** One of both. */
  readonly riskAmount?: string;
  readonly riskShare?: string;
}

/** Long enough that a number is typed to its end. */
const DEBOUNCE_MS = 150;

/** How much may be bought so that the stop costs no more than the risk; asked while the form is filled in. */
export function usePositionSize(question: () => SizeQuestion | null) {
  const result = shallowRef<PositionSize | null>(null);
  const error = shallowRef<ErrorShape | null>(null);
  const pending = ref(false);
  let newest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function ask(asked: SizeQuestion): Promise<void> {
    const mine = newest;
    const answer = await api.risk
      .positionSize(asked)
      .catch((thrown: unknown): Result<PositionSize> => ({ ok: false, error: shapeOf(thrown) }));
    if (mine !== newest) return;
    pending.value = false;
    result.value = answer.ok ? answer.value : null;
    error.value = answer.ok ? null : answer.error;
  }

  watch(
    () => JSON.stringify(question()),
    () => {
      newest += 1;
      clearTimeout(timer);
      const asked = question();
      pending.value = asked !== null;
      if (asked === null) {
        result.value = null;
        error.value = null;
      } else timer = setTimeout(() => void ask(asked), DEBOUNCE_MS);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    newest += 1;
    clearTimeout(timer);
  });

  return { result, error, pending };
}
