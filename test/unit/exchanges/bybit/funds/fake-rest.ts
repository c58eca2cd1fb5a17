import { refusalError } from '../../../../../src-main/exchanges/bybit/errors.ts';
import { createBybitFunds } from '../../../../../src-main/exchanges/bybit/funds/bybit-funds.ts';
import { UnknownFields } from '../../../../../src-main/exchanges/bybit/payload.ts';
import type { BybitCall, BybitRest, BybitWrite } from '../../../../../src-main/exchanges/bybit/rest.ts';
import { HoldfastError } from '../../../../../src-main/errors.ts';
import type { FundsAccount } from '../../../../../src-main/exchanges/exchange.ts';

export const NOW = Date.UTC(2026, 10, 20, 12);

export interface Asked {
  readonly method: 'ask' | 'get' | 'post';
  readonly path: string;
  /** Params of a GET, body of a POST. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly call: BybitCall | BybitWrite;
}

/** Answers of one path: a value, or a function of what was asked that answers or throws. */
type Answer = unknown;
type Answers = Record<string, Answer>;

export interface FakeRest extends BybitRest {
  readonly asked: Asked[];
  /** What was posted to a path. */
  posted(path: string): readonly Readonly<Record<string, unknown>>[];
  answer(path: string, answer: Answer): void;
}

/** Bybit as far as a test needs it; a path without an answer fails the test. */
export function fakeRest(answers: Answers = {}): FakeRest {
  const asked: Asked[] = [];
  const known = { ...answers };
  const respond = async (method: Asked['method'], call: BybitCall | BybitWrite) => {
    await Promise.resolve();
    const values = 'body' in call ? call.body : (call.params ?? {});
    asked.push({ method, path: call.path, values, call });
    if (!(call.path in known)) throw new Error(`${call.path} is not expected in this test`);
    const answer = known[call.path];
    const result: unknown =
      typeof answer === 'function' ? (answer as (values: unknown) => unknown)(values) : answer;
    return { result: await result, retExtInfo: {}, time: NOW };
  };
  return {
    asked,
    posted: (path) =>
      asked.filter((entry) => entry.method === 'post' && entry.path === path).map((e) => e.values),
    answer: (path, answer) => {
      known[path] = answer;
    },
    ask: (call) => respond('ask', call),
    get: (call) => respond('get', call),
    post: (write) => respond('post', write),
  };
}

/** Bybit says no. */
export const refuses =
  (code: number, message = 'no', isWrite = true) =>
  (): never => {
    throw refusalError({ code, message, isWrite });
  };

/** The answer never came. */
export const loses = (): never => {
  throw new HoldfastError('unknownOutcome', 'net.noAnswer', 'The venue did not answer.');
};

export interface TestFunds {
  readonly funds: FundsAccount;
  readonly rest: FakeRest;
  readonly unknown: UnknownFields;
  readonly waits: number[];
  readonly clock: { now: number };
}

export function testFunds(answers: Answers = {}): TestFunds {
  const rest = fakeRest(answers);
  const unknown = new UnknownFields();
  const waits: number[] = [];
  const clock = { now: NOW };
  const funds = createBybitFunds({
    accountId: 'account-1',
    rest,
    clock: () => clock.now,
    unknown,
    random: () => '6ff1f2f2-0000-4000-8000-000000000001',
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  });
  return { funds, rest, unknown, waits, clock };
}
