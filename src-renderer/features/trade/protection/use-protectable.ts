import { computed, ref } from 'vue';
import type { Instrument } from '../../../../src-preload/contract/types/market.ts';
import type { Position } from '../../../../src-preload/contract/types/trading.ts';
import { useAccountsStore } from '../../../lib/use-accounts-store.ts';
import { useInstrumentsStore } from '../../../lib/use-instruments-store.ts';
import { positionKey } from '../dock/position-figures.ts';

/** Which positions can have a stop of their own, and the one whose protection is being edited. */
export function useProtectable(positions: () => readonly Position[]) {
  const accounts = useAccountsStore();
  const instruments = useInstrumentsStore();
  const guardedKey = ref<string | null>(null);
  const instrumentOf = (position: Position): Instrument | null => instruments.lookup(position) ?? null;
  /** Looked up anew, so that the dialog shows what it is now. */
  const guarded = computed(() => {
    const position = positions().find((one) => positionKey(one) === guardedKey.value);
    const instrument = position === undefined ? null : instrumentOf(position);
    return position === undefined || instrument === null ? null : { position, instrument };
  });
  return {
    guarded,
    protect: (position: Position) => {
      guardedKey.value = positionKey(position);
    },
    leave: () => {
      guardedKey.value = null;
    },
    /** Spot and options have no stop of their own, and some venues none at all: then nothing is missing. */
    canProtect: (position: Position): boolean =>
      accounts.capabilitiesOf(position.venue)?.positionProtection === true &&
      instrumentOf(position)?.kind !== 'option',
  };
}
