/** A bridge for component tests: records the calls, answers as told, and emits topic events on command. */
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { TooltipProvider } from 'reka-ui';
import { vi } from 'vitest';
import { defineComponent, h, type Component } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';
import type { ErrorShape, Result } from '../../../../src-preload/contract/result.ts';
import { makeI18n } from '../../../../src-renderer/app/i18n.ts';
import { routes } from '../../../../src-renderer/app/router.ts';
import { nextMillisecond } from './next-millisecond.ts';

type Answer = (input: unknown) => unknown;
type Listener = (event: Result<unknown>) => void;

export interface Bridge {
  /** Every call: its name, and its input as it was at that moment (bytes copied, because they are overwritten). */
  readonly calls: {
    readonly name: string;
    readonly input: Record<string, unknown>;
    readonly live: Record<string, unknown>;
  }[];
  readonly open: Map<string, Set<Listener>>;
  readonly emit: (topic: string, event: Result<unknown>) => void;
}

export class Refusal extends Error {
  readonly shape: ErrorShape;

  constructor(shape: ErrorShape) {
    super(shape.message);
    this.shape = shape;
  }
}

export const refusal = (code: string, more: Partial<ErrorShape> = {}): Refusal =>
  new Refusal({ code, kind: 'vault', message: `refused: ${code}`, ...more });

const snapshot = (value: unknown): unknown => (value instanceof Uint8Array ? Uint8Array.from(value) : value);

export function installBridge(answers: Readonly<Record<string, Answer>> = {}): Bridge {
  const bridge: Bridge = {
    calls: [],
    open: new Map(),
    emit: (topic, event) => bridge.open.get(topic)?.forEach((listener) => listener(event)),
  };
  const call = async (name: string, input: Record<string, unknown>): Promise<Result<unknown>> => {
    const copy = Object.fromEntries(Object.entries(input).map(([key, value]) => [key, snapshot(value)]));
    bridge.calls.push({ name, input: copy, live: input });
    try {
      return { ok: true, value: await answers[name]?.(copy) };
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, error: error.shape };
      throw error;
    }
  };
  const subscribe = (name: string, params: unknown, listener: Listener): (() => void) => {
    const key = `${name} ${JSON.stringify(params)}`;
    const set = bridge.open.get(key) ?? new Set();
    bridge.open.set(key, set.add(listener));
    return () => set.delete(listener);
  };
  const domain = (name: string): unknown =>
    new Proxy(
      {},
      { get: (_t, method) => (input: Record<string, unknown>) => call(`${name}.${String(method)}`, input) },
    );
  const api = new Proxy({}, { get: (_t, name) => (name === 'subscribe' ? subscribe : domain(String(name))) });
  vi.stubGlobal('holdfast', api);
  return bridge;
}

/** Mounts into the document, with the stores, texts and routes of the real window. */
export function mountView(component: Component, props: Record<string, unknown> = {}): VueWrapper {
  const pinia = createPinia();
  setActivePinia(pinia);
  const router = createRouter({ history: createMemoryHistory(), routes });
  const Host = defineComponent({
    setup: () => () => h(TooltipProvider, null, { default: () => h(component, props) }),
  });
  return mount(Host, { attachTo: document.body, global: { plugins: [pinia, makeI18n(), router] } });
}

/** Lets calls, watchers and the page settle. */
export async function settle(): Promise<void> {
  await flushPromises();
  await nextMillisecond();
}

export function typeInto(element: Element | null | undefined, text: string): void {
  if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement))
    throw new Error('no field');
  element.value = text;
  element.dispatchEvent(new Event('input', { bubbles: true }));
}

export const textOf = (bytes: unknown): string => new TextDecoder().decode(bytes as Uint8Array);
