import type { PracticeSettings } from '../../../src-preload/contract/types/settings.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { answer, type FakePart } from './fake-state.ts';

export const practice: FakePart = (state) => {
  let current: PracticeSettings = state.flags.includes('replay')
    ? {
        source: 'replay',
        seed: 1,
        replayFile: '/home/example/records/v5-2026-08-09-linear-BTC-DOGE.jsonl',
        speed: 10,
      }
    : DEFAULT_SETTINGS.practice;
  const set = (next: Partial<PracticeSettings>): PracticeSettings => (current = { ...current, ...next });
  return {
    calls: {
      practice: {
        settings: () => answer(state, current, current),
        useSynthetic: ({ seed }) => set({ source: 'synthetic', seed, replayFile: null }),
        chooseReplay: ({ speed }) =>
          set({ source: 'replay', speed, replayFile: '/home/example/records/market.jsonl' }),
        setSpeed: ({ speed }) => set({ speed }),
        restartReplay: () => current,
        resetAccount: () => null,
        deposit: () => null,
      },
    },
  };
};
