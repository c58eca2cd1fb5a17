import { onScopeDispose, toValue, watch, type MaybeRefOrGetter } from 'vue';
import type { HoldfastApi } from '../../src-preload/contract/index.ts';
import type { ErrorShape } from '../../src-preload/contract/result.ts';
import { api } from './api.ts';

type Subscribe = HoldfastApi['subscribe'];
export type TopicName = Parameters<Subscribe>[0];
type Bound<N extends TopicName> = typeof api.subscribe<N>;
export type TopicParams<N extends TopicName> = Parameters<Bound<N>>[1];
type TopicResult<N extends TopicName> = Parameters<Parameters<Bound<N>>[2]>[0];
export type TopicPayload<N extends TopicName> = Extract<TopicResult<N>, { ok: true }>['value'];

export interface TopicListener<N extends TopicName> {
  readonly next: (payload: TopicPayload<N>) => void;
  readonly error?: (error: ErrorShape) => void;
}

/**
 * Keeps one subscription open for as long as the component (or effect scope) lives, and opens it anew when the
 * parameters change. Parameters of `null` mean: not now.
 */
export function useTopic<N extends TopicName>(
  name: N,
  params: MaybeRefOrGetter<TopicParams<N> | null>,
  listener: TopicListener<N>,
): void {
  let close: (() => void) | null = null;
  const stop = (): void => {
    close?.();
    close = null;
  };
  const open = (value: TopicParams<N>): void => {
    // Events of an older subscription can still be under way: they must not be shown as the new market's.
    let current = true;
    const end = api.subscribe(name, value, (event) => {
      if (!current) return;
      if (event.ok) listener.next(event.value);
      else listener.error?.(event.error);
    });
    close = () => {
      current = false;
      end();
    };
  };
  watch(
    // By value: a getter that builds an equal object again is no change.
    () => JSON.stringify(toValue(params)),
    () => {
      stop();
      const value = toValue(params);
      if (value !== null) open(value);
    },
    { immediate: true },
  );
  onScopeDispose(stop);
}
