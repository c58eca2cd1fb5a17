import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { ErrorShape } from '../../../../src-preload/contract/result.ts';
import type { Position } from '../../../../src-preload/contract/types/trading.ts';
import { useTopic } from '../../../lib/use-topic.ts';

export interface Positions {
  readonly list: Readonly<ShallowRef<readonly Position[]>>;
  /** Null until the first list came: an empty list before that would be a guess. */
  readonly asOf: Readonly<Ref<number | null>>;
  readonly error: Readonly<ShallowRef<ErrorShape | null>>;
}

/** Open positions of all accounts, as main streams them. */
export function usePositions(): Positions {
  const list = shallowRef<readonly Position[]>([]);
  const asOf = ref<number | null>(null);
  const error = shallowRef<ErrorShape | null>(null);
  useTopic(
    'trading.positions',
    {},
    {
      next: (positions) => {
        list.value = positions;
        asOf.value = Date.now();
        error.value = null;
      },
      error: (shape) => {
        error.value = shape;
      },
    },
  );
  return { list, asOf, error };
}
