/** A bridge whose answers a test writes and whose topics a test speaks on. */
import { vi } from 'vitest';
import type { Result } from '../../../../src-preload/contract/result.ts';

type Answer = (input: Record<string, unknown>) => Result<unknown> | Promise<Result<unknown>>;
export type Answers = Readonly<Record<string, Answer>>;

export const good = <T>(value: T): Result<T> => ({ ok: true, value });
export const bad = (
  message: string,
  kind: 'unavailable' | 'storage' | 'locked' = 'unavailable',
): Result<never> => ({
  ok: false,
  error: { code: `test.${kind}`, kind, message },
});

export interface FakeApi {
  /** Every call made, in order: `domain.call` and its input. */
  readonly calls: (readonly [name: string, input: unknown])[];
  /** Topics open now. */
  readonly open: () => readonly string[];
  readonly emit: (topic: string, payload: unknown) => void;
  readonly refuse: (topic: string, message?: string) => void;
  /** Replaces answers from now on. */
  readonly answer: (answers: Answers) => void;
}

/** Puts a fake bridge in `window.holdfast`. A call without an answer fails the test that makes it. */
export function installFakeApi(first: Answers): FakeApi {
  let answers: Answers = first;
  const calls: (readonly [string, unknown])[] = [];
  const topics = new Set<{ name: string; listener: (event: Result<unknown>) => void }>();
  const call =
    (name: string) =>
    async (input: Record<string, unknown>): Promise<Result<unknown>> => {
      calls.push([name, input]);
      const answer = answers[name];
      if (answer === undefined) throw new Error(`no answer for ${name}`);
      return answer(input);
    };
  const domain = (name: string): object =>
    new Proxy({}, { get: (_target, key) => call(`${name}.${String(key)}`) });
  const subscribe = (name: string, _params: unknown, listener: (event: Result<unknown>) => void) => {
    const entry = { name, listener };
    topics.add(entry);
    return () => topics.delete(entry);
  };
  const holdfast = new Proxy(
    {},
    { get: (_target, key) => (key === 'subscribe' ? subscribe : domain(String(key))) },
  );
  vi.stubGlobal('holdfast', holdfast);
  const tell = (name: string, event: Result<unknown>): void => {
    for (const topic of [...topics]) if (topic.name === name) topic.listener(event);
  };
  return {
    calls,
    open: () => [...topics].map((topic) => topic.name).sort(),
    emit: (name, payload) => tell(name, good(payload)),
    refuse: (name, message = 'refused') => tell(name, bad(message)),
    answer: (more) => {
      answers = { ...answers, ...more };
    },
  };
}

/** Lets every promise that can settle, settle. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
