/** What every part of the fake bridge is built from. */
import type { Contract } from '../../../src-preload/contract/index.ts';
import type { HandlersOf, TopicSourcesOf } from '../../../src-preload/contract/define.ts';
import type { ErrorShape } from '../../../src-preload/contract/result.ts';
import type { Settings } from '../../../src-preload/contract/types/settings.ts';

export const FAKE_STATES = ['full', 'empty', 'loading', 'error', 'stale', 'firstRun', 'locked'] as const;
export type FakeStateName = (typeof FAKE_STATES)[number];

/** The moment that all pictures show, ms UTC: 2026-11-20 14:02:11. */
export const FAKE_NOW = 1_795_183_331_000;

export interface FakeState {
  readonly name: FakeStateName;
  readonly now: number;
  readonly route: string;
  readonly settings: Partial<Settings>;
  /** Free switches of single pictures, for example `damagedVault` or `ticking`. */
  readonly flags: readonly string[];
}

type Calls = HandlersOf<Contract, undefined>;
type Topics = TopicSourcesOf<Contract>;

/** What one file contributes: any calls and topic sources of any domain. */
export interface FakeParts {
  readonly calls?: { readonly [D in keyof Calls]?: Partial<Calls[D]> };
  readonly topics?: { readonly [D in keyof Topics]?: Partial<Topics[D]> };
}
export type FakePart = (state: FakeState) => FakeParts;

/** Thrown by a fake call: arrives in the window as `{ok: false}`. */
export class FakeRefusal extends Error {
  readonly shape: ErrorShape;

  constructor(shape: ErrorShape) {
    super(shape.message);
    this.shape = shape;
  }
}

export function refuse(shape: ErrorShape): never {
  throw new FakeRefusal(shape);
}

/** An answer that never comes: the loading state. */
export const pending = <T>(): Promise<T> => new Promise<T>(() => undefined);

export const UNAVAILABLE: ErrorShape = {
  code: 'venue.unavailable',
  kind: 'unavailable',
  message: 'The venue did not answer within 10 s.',
  venueCode: '10016',
  venueMessage: 'Server error.',
};

/** A value, a refusal or silence, as the state wants it. */
export function answer<T>(state: FakeState, full: T, empty: T): T | Promise<T> {
  if (state.name === 'loading') return pending<T>();
  if (state.name === 'error') return refuse(UNAVAILABLE);
  return state.name === 'empty' ? empty : full;
}
