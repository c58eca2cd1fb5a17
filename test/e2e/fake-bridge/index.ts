/**
 * A bridge without main behind it, to look at the window in every state. Deterministic, and its ids and keys are
 * plainly invented. Installed with `addInitScript` by renderer-harness.ts; no product code knows of it.
 */
import type { HoldfastApi } from '../../../src-preload/contract/index.ts';
import type { Result } from '../../../src-preload/contract/result.ts';
import { accounts } from './accounts.ts';
import { activity } from './activity.ts';
import { alerts } from './alerts.ts';
import { app } from './app.ts';
import { FakeRefusal, type FakePart, type FakeParts, type FakeState } from './fake-state.ts';
import { funds } from './funds.ts';
import { health } from './health.ts';
import { market } from './market.ts';
import { portfolio } from './portfolio.ts';
import { practice } from './practice.ts';
import { risk } from './risk.ts';
import { settings } from './settings.ts';
import { trading } from './trading.ts';
import { vault } from './vault.ts';

declare global {
  var __fakeState: FakeState;
}

/** Topics that deliver arrays (contract: `delivery: 'every'`). */
const BATCHED = new Set([
  'app.command',
  'market.trades',
  'market.candle',
  'trading.orders',
  'trading.fills',
  'alerts.fired',
  'activity.requests',
]);

type AnyCall = (input: unknown, context: undefined) => unknown;
type AnySource = (params: unknown, emit: (event: unknown) => void) => () => void;
type Listener = (event: Result<unknown>) => void;

const PARTS: readonly FakePart[] = [
  app,
  vault,
  settings,
  accounts,
  practice,
  market,
  trading,
  risk,
  portfolio,
  funds,
  alerts,
  health,
  activity,
];

function notFaked(name: string): Result<never> {
  return {
    ok: false,
    error: { code: 'fake.missing', kind: 'internal', message: `The fake bridge lacks ${name}.` },
  };
}

async function run(call: AnyCall | undefined, name: string, input: unknown): Promise<Result<unknown>> {
  if (call === undefined) return notFaked(name);
  try {
    return { ok: true, value: await call(input, undefined) };
  } catch (error) {
    if (error instanceof FakeRefusal) return { ok: false, error: error.shape };
    throw error;
  }
}

/** Merges what the parts of this file and of its siblings contribute. */
function merge(parts: readonly FakeParts[], kind: 'calls' | 'topics'): Map<string, unknown> {
  const merged = new Map<string, unknown>();
  for (const part of parts) {
    for (const [domain, entries] of Object.entries(part[kind] ?? {})) {
      for (const [name, entry] of Object.entries(entries ?? {})) merged.set(`${domain}.${name}`, entry);
    }
  }
  return merged;
}

export function makeFakeBridge(state: FakeState): HoldfastApi {
  const parts = PARTS.map((part) => part(state));
  const calls = merge(parts, 'calls') as Map<string, AnyCall>;
  const topics = merge(parts, 'topics') as Map<string, AnySource>;

  const subscribe = (name: string, params: unknown, listener: Listener): (() => void) => {
    const source = topics.get(name);
    if (source === undefined) return () => undefined;
    let open = true;
    const emit = (event: unknown): void => {
      // Later, as over a real border: nothing arrives while the subscriber is still setting itself up.
      queueMicrotask(() => {
        if (open) listener({ ok: true, value: BATCHED.has(name) ? [event] : event });
      });
    };
    const stop = source(params, emit);
    return () => {
      open = false;
      stop();
    };
  };

  const domain = (name: string): unknown =>
    new Proxy(
      {},
      {
        get: (_target, call) => (input: unknown) =>
          run(calls.get(`${name}.${String(call)}`), `${name}.${String(call)}`, input),
      },
    );
  return new Proxy(
    {},
    { get: (_target, name) => (name === 'subscribe' ? subscribe : domain(String(name))) },
  ) as HoldfastApi;
}

Object.defineProperty(globalThis, 'holdfast', { value: makeFakeBridge(globalThis.__fakeState) });
