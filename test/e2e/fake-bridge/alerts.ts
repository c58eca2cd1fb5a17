import type { FakePart } from './fake-state.ts';

export const alerts: FakePart = () => ({});
