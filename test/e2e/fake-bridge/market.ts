import type { FakePart } from './fake-state.ts';

export const market: FakePart = () => ({});
