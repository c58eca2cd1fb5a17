/** How Bybit's public WebSockets talk (protocol sheet 5.1 and 5.2). */
import { HoldfastError } from '../../../errors.ts';
import type { SocketDialect } from '../../../net/types.ts';
import type { BybitCategory } from './category.ts';
import { topicOf } from './frame-topic.ts';

/** Spot refuses more than 10 arguments in one request; the others have no limit, SDKs send up to 500. */
const MOST_ARGS: Readonly<Record<BybitCategory, number>> = {
  spot: 10,
  linear: 500,
  inverse: 500,
  option: 500,
};
/** Bybit counts the `args` of a connection as text: 21 000 characters, of which some are kept in reserve. */
export const MOST_CHARACTERS = 20_000;
/** Requests without an answer that are remembered. */
const MOST_PENDING = 200;

/** What a topic takes of the allowance: its text, two quotes and a comma. */
export const charactersOf = (topic: string): number => topic.length + 3;

interface Ack {
  readonly success?: unknown;
  readonly ret_msg?: unknown;
  readonly req_id?: unknown;
  readonly op?: unknown;
  readonly type?: unknown;
  readonly data?: { readonly failTopics?: unknown } | null;
}

/**
 * `resend` writes a frame now. Whether one bad topic refuses a whole batch is not documented, so the topics of a
 * refused batch are asked for again one by one, and only one that is refused alone is given up.
 */
export function publicDialect(category: BybitCategory, resend: (frame: string) => void): SocketDialect {
  const pending = new Map<string, readonly string[]>();
  let last = 0;
  const request = (op: 'subscribe' | 'unsubscribe', topics: readonly string[]): string => {
    const id = `p${(last += 1)}`;
    if (op === 'subscribe') remember(pending, id, topics);
    return JSON.stringify({ req_id: id, op, args: topics });
  };
  const requests = (op: 'subscribe' | 'unsubscribe') => (topics: readonly string[]) =>
    batches(topics, MOST_ARGS[category]).map((batch) => request(op, batch));

  const readRefusal = (text: string) => {
    if (topicOf(text) !== null) return null;
    const ack = parseAck(text);
    if (ack === null) return null;
    const asked = take(pending, ack);
    const failed = failedTopics(ack);
    if (failed.length > 0) return { topics: failed, error: refused(ack) };
    if (ack.success !== false || (ack.op !== undefined && ack.op !== 'subscribe')) return null;
    const message = typeof ack.ret_msg === 'string' ? ack.ret_msg : '';
    // It is what we wanted.
    if (message.includes('already subscribed')) return null;
    const named = /topic:([A-Za-z0-9._-]+)/.exec(message)?.[1];
    const topics = asked.length === 0 && named !== undefined ? [named] : asked;
    if (topics.length <= 1) return topics.length === 0 ? null : { topics, error: refused(ack) };
    const bad = topics.filter((topic) => topic === named);
    for (const topic of topics) if (topic !== named) resend(request('subscribe', [topic]));
    return bad.length === 0 ? null : { topics: bad, error: refused(ack) };
  };

  return {
    subscribe: requests('subscribe'),
    unsubscribe: requests('unsubscribe'),
    ping: () => JSON.stringify({ op: 'ping', req_id: `p${(last += 1)}` }),
    isPong,
    readRefusal,
  };
}

function batches(topics: readonly string[], most: number): readonly string[][] {
  const result: string[][] = [];
  let room = 0;
  for (const topic of topics) {
    const current = result.at(-1);
    const characters = charactersOf(topic);
    if (current === undefined || current.length >= most || room < characters) {
      result.push([topic]);
      room = MOST_CHARACTERS - characters;
    } else {
      current.push(topic);
      room -= characters;
    }
  }
  return result;
}

function remember(pending: Map<string, readonly string[]>, id: string, topics: readonly string[]): void {
  pending.set(id, topics);
  // The oldest are those whose connection was lost before the answer.
  for (const old of pending.keys()) {
    if (pending.size <= MOST_PENDING) return;
    pending.delete(old);
  }
}

function take(pending: Map<string, readonly string[]>, { req_id: id }: Ack): readonly string[] {
  if (typeof id !== 'string') return [];
  const topics = pending.get(id) ?? [];
  pending.delete(id);
  return topics;
}

function parseAck(text: string): Ack | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

/** Options and spreads name what failed. */
function failedTopics({ type, data }: Ack): readonly string[] {
  const failed = type === 'COMMAND_RESP' ? data?.failTopics : undefined;
  return Array.isArray(failed) ? failed.filter((topic): topic is string => typeof topic === 'string') : [];
}

function refused({ ret_msg: message }: Ack): HoldfastError {
  const details = typeof message === 'string' && message !== '' ? { venueCode: message.slice(0, 120) } : {};
  return new HoldfastError('notSupported', 'bybit.topic', 'Bybit does not stream this market data.', details);
}

/** Spot and contracts answer `"ret_msg":"pong"` with `"op":"ping"`, options `"op":"pong"`. */
function isPong(text: string): boolean {
  if (text.length > 400 || !text.includes('pong') || topicOf(text) !== null) return false;
  const ack = parseAck(text);
  return ack !== null && (ack.op === 'pong' || (ack.op === 'ping' && ack.ret_msg === 'pong'));
}
