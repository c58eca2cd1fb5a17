/** The connection to `/v5/private`: log-in, the four topics, and what to do when the log-in is refused. */
import { HoldfastError, toHoldfastError } from '../../../errors.ts';
import type { SocketSession, SocketState, VenueNet } from '../../../net/types.ts';
import type { Signer } from '../../exchange.ts';
import { cleanWords } from '../venue-words.ts';
import {
  ACTIVE_TIME,
  controlFrame,
  isPong,
  loginFrame,
  type LoginParts,
  PRIVATE_TIMING,
  readPrivateLogin,
} from './socket-login.ts';

const TOPICS = ['order', 'execution', 'position', 'wallet'] as const;

export interface PrivateSocketParts extends LoginParts {
  readonly accountId: string;
  readonly net: VenueNet;
  /** Looked up at each attempt; without parameters. */
  readonly url: () => string;
  readonly headers: Readonly<Record<string, string>>;
  readonly onFrame: (text: string, receivedAt: number) => void;
  readonly onState: (state: SocketState, reason: string | null) => void;
  /** The vault was locked when the log-in had to be signed. */
  readonly onLocked: () => void;
  /** From here on the stream tells what happens. */
  readonly onSubscribed: () => void;
  /** It will not: a topic was refused. */
  readonly onRefused: (error: Error) => void;
}

/** Opens at once. */
export function openPrivateSocket(parts: PrivateSocketParts): SocketSession {
  let refusals = 0;
  let requests = 0;
  const request = (op: string, topics: readonly string[]): string =>
    JSON.stringify({ req_id: String((requests += 1)), op, args: topics });
  const login = async (): Promise<string> => {
    try {
      // A refused log-in may only have been late: the next one goes by a fresh clock.
      if (refusals > 0) await parts.clock.sync();
      return await loginFrame(parts, 'req_id');
    } catch (error) {
      if (toHoldfastError(error).kind === 'locked') parts.onLocked();
      throw error;
    }
  };
  const readLogin = (text: string): true | Error | null => {
    const answer = readPrivateLogin(text, parts.signer);
    if (answer === true) refusals = 0;
    if (!(answer instanceof HoldfastError) || answer.kind === 'auth') return answer;
    refusals += 1;
    return refusals < 2 ? answer : signatureRefused(answer);
  };
  const session = parts.net.socket({
    name: 'private',
    url: () => `${parts.url()}?${ACTIVE_TIME}`,
    headers: () => parts.headers,
    dialect: {
      login,
      readLogin,
      subscribe: (topics) => [request('subscribe', topics)],
      unsubscribe: (topics) => [request('unsubscribe', topics)],
      ping: () => request('ping', []).replace(',"args":[]', ''),
      isPong,
      readRefusal: (text) => readRefusal(text, parts.signer),
    },
    timing: PRIVATE_TIMING,
    accountId: parts.accountId,
    onFrame: (text, receivedAt) => {
      if (isSubscribed(text)) parts.onSubscribed();
      else parts.onFrame(text, receivedAt);
    },
    onState: parts.onState,
  });
  for (const topic of TOPICS) session.want(topic, parts.onRefused);
  session.open();
  return session;
}

/** Refused twice, the second time by a fresh clock: it is the signature, and asking on would not help. */
function signatureRefused(error: HoldfastError): HoldfastError {
  const message = 'Bybit refuses the signature of the log-in: the secret does not belong to this key.';
  return new HoldfastError('auth', 'bybit.badSignature', message, { ...error.details, action: 'replaceKey' });
}

function isSubscribed(text: string): boolean {
  const frame = controlFrame(text);
  return frame?.op === 'subscribe' && frame.success === true;
}

function readRefusal(text: string, signer: Signer): { topics: readonly string[]; error: Error } | null {
  const frame = controlFrame(text);
  if (frame?.op !== 'subscribe' || frame.success !== false) return null;
  const words = typeof frame.ret_msg === 'string' ? frame.ret_msg : '';
  const topics = TOPICS.filter((topic) => words.includes(topic));
  const message = 'Bybit refused a part of the private stream.';
  const error = new HoldfastError('permission', 'bybit.topicRefused', message, {
    venueMessage: cleanWords(words, signer).slice(0, 200),
  });
  return { topics: topics.length === 0 ? TOPICS : topics, error };
}
