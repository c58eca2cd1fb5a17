/**
 * The machinery of the contract table. A call or a topic is declared once, here in `src-preload/contract/`:
 * main registers its handler from the entry, the preload is generated from the names, the window's types are
 * inferred from it. Only main evaluates the schemas; the sandboxed preload gets `surface()` as plain names.
 */
import type * as z from 'zod/mini';
import type { Result } from './result.ts';

/** What a call may do. `withdraw` and `vault` calls exist apart so that a reviewer can list them. */
export type Capability = 'read' | 'trade' | 'withdraw' | 'vault';

export interface CallEntry<I extends z.ZodMiniType = z.ZodMiniType, O = unknown> {
  readonly input: I;
  readonly capability: Capability;
  /** True when the vault has to be open. */
  readonly unlocked: boolean;
  /** Never present at run time: carries the output type. */
  readonly output?: O;
}

/**
 * How a topic's events may be thinned out on the way to the window.
 * `latest`: the last value wins. `every`: nothing is dropped; events arrive in batches (arrays), in order.
 */
export type Delivery = 'latest' | 'every';

export interface TopicEntry<
  P extends z.ZodMiniType = z.ZodMiniType,
  E = unknown,
  D extends Delivery = Delivery,
> {
  readonly params: P;
  readonly delivery: D;
  readonly capability: 'read';
  readonly unlocked: boolean;
  readonly event?: E;
}

export interface Domain {
  readonly calls: Readonly<Record<string, CallEntry>>;
  readonly topics: Readonly<Record<string, TopicEntry>>;
}

type CallOptions<I extends z.ZodMiniType> = Omit<CallEntry<I>, 'output'>;
type TopicOptions<P extends z.ZodMiniType, D extends Delivery> = {
  params: P;
  delivery: D;
  unlocked: boolean;
};

/** Declares a call answering `O`; curried because TypeScript infers all type arguments or none. */
export const call =
  <O>() =>
  <I extends z.ZodMiniType>(options: CallOptions<I>): CallEntry<I, O> =>
    options;

/** Declares a topic whose single event is an `E`. */
export const topic =
  <E>() =>
  <P extends z.ZodMiniType, D extends Delivery>(options: TopicOptions<P, D>): TopicEntry<P, E, D> => ({
    ...options,
    capability: 'read',
  });

type CallOf<C> =
  C extends CallEntry<infer I, infer O> ? { input: z.infer<I>; raw: z.input<I>; output: O } : never;
type TopicOf<T> =
  T extends TopicEntry<infer P, infer E, infer D>
    ? { params: z.infer<P>; rawParams: z.input<P>; event: E; payload: D extends 'every' ? readonly E[] : E }
    : never;

type Domains = Readonly<Record<string, Domain>>;

/** What main implements: parsed input in, plain value out (the router makes the Result). */
export type HandlersOf<T extends Domains, Context> = {
  [D in keyof T]: {
    [C in keyof T[D]['calls']]: (
      input: CallOf<T[D]['calls'][C]>['input'],
      context: Context,
    ) => CallOf<T[D]['calls'][C]>['output'] | Promise<CallOf<T[D]['calls'][C]>['output']>;
  };
};

/** Opens one subscription: emits events until the returned function is called. */
export type TopicSource<P, E> = (params: P, emit: (event: E) => void) => () => void;

export type TopicSourcesOf<T extends Domains> = {
  [D in keyof T]: {
    [N in keyof T[D]['topics']]: TopicSource<
      TopicOf<T[D]['topics'][N]>['params'],
      TopicOf<T[D]['topics'][N]>['event']
    >;
  };
};

type TopicNames<T extends Domains> = {
  [D in keyof T & string]: `${D}.${keyof T[D]['topics'] & string}`;
}[keyof T & string];
type TopicAt<T extends Domains, N> = N extends `${infer D}.${infer K}`
  ? D extends keyof T
    ? K extends keyof T[D]['topics']
      ? TopicOf<T[D]['topics'][K]>
      : never
    : never
  : never;

/** What the window sees as `window.holdfast`. */
export type ApiOf<T extends Domains> = {
  readonly [D in keyof T]: {
    readonly [C in keyof T[D]['calls']]: (
      input: CallOf<T[D]['calls'][C]>['raw'],
    ) => Promise<Result<CallOf<T[D]['calls'][C]>['output']>>;
  };
} & {
  /** Opens a topic. A refusal (locked, bad parameters, overflow) arrives as an event with `ok: false`. */
  readonly subscribe: <N extends TopicNames<T>>(
    name: N,
    params: TopicAt<T, N>['rawParams'],
    listener: (event: Result<TopicAt<T, N>['payload']>) => void,
  ) => () => void;
};

export interface Surface {
  readonly calls: Readonly<Record<string, readonly string[]>>;
  readonly topics: readonly string[];
}

/** The names alone: what the build hands to the preload. */
export function surfaceOf(domains: Domains): Surface {
  const entries = Object.entries(domains);
  return {
    calls: Object.fromEntries(entries.map(([name, domain]) => [name, Object.keys(domain.calls)])),
    topics: entries.flatMap(([name, domain]) => Object.keys(domain.topics).map((key) => `${name}.${key}`)),
  };
}
