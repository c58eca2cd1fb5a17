/** The phase that the fake parts share: unlocking in a picture has to open the frame. */
import type { Phase } from '../../../src-preload/contract/types/app.ts';
import type { FakeState } from './fake-state.ts';

let chosen: Phase | null = null;
const listeners = new Set<() => void>();

export function phase(state: FakeState): Phase {
  if (chosen !== null) return chosen;
  if (state.name === 'firstRun') return 'firstRun';
  return state.name === 'locked' ? 'locked' : 'unlocked';
}

export function setPhase(next: Phase): void {
  chosen = next;
  signal();
}

export function signal(): void {
  for (const listener of listeners) listener();
}

export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
