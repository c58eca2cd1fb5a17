/** Logging in to `/v5/private` and `/v5/trade` (sheet 2.4), and the frames that both have in common. */
import { HoldfastError } from '../../../errors.ts';
import type { SocketDialect, SocketTiming, VenueClock } from '../../../net/types.ts';
import type { Signer } from '../../exchange.ts';
import { refusalError } from '../errors.ts';
import { algorithmOf } from '../rest-client.ts';
import { cleanWords } from '../venue-words.ts';

/** How far in the future a log-in expires. One second, as in the documentation's sample, fails with a little skew. */
const LOGIN_VALID_MS = 10_000;
/** We ping far more often, so this only tells Bybit when a half-open connection may go. */
export const ACTIVE_TIME = 'max_active_time=180s';

export const PRIVATE_TIMING: Partial<SocketTiming> = {
  pingEveryMs: 20_000,
  silentMs: 30_000,
  pongMs: 10_000,
  openMs: 10_000,
  loginMs: 10_000,
  backoffMs: 1_000,
  backoffMaxMs: 30_000,
};

export interface LoginParts {
  readonly signer: Signer;
  readonly keyType: 'hmac' | 'rsa' | 'none';
  readonly clock: VenueClock;
}

/** Rejects with `vault.locked` while the vault is locked. */
export async function loginFrame(parts: LoginParts, idField: 'req_id' | 'reqId'): Promise<string> {
  const { signer, clock, keyType } = parts;
  if (clock.offsetMs() === null) await clock.sync().catch(() => undefined);
  const expires = Math.floor(clock.now()) + LOGIN_VALID_MS;
  const signature = await signer.sign(algorithmOf(keyType), `GET/realtime${expires}`);
  return JSON.stringify({ [idField]: 'auth', op: 'auth', args: [signer.apiKey, expires, signature] });
}

interface Frame {
  readonly op?: unknown;
  readonly success?: unknown;
  readonly ret_msg?: unknown;
  readonly retCode?: unknown;
  readonly retMsg?: unknown;
}

/** A control frame is short; data frames are not parsed twice. */
const LONGEST_CONTROL = 600;

export function controlFrame(text: string): Frame | null {
  if (text.length > LONGEST_CONTROL || !text.includes('"op"')) return null;
  try {
    return JSON.parse(text) as Frame | null;
  } catch {
    return null;
  }
}

export const isPong: SocketDialect['isPong'] = (text) => controlFrame(text)?.op === 'pong';

/** The ack of `/v5/private`. Its texts may change: whether it worked is `success` alone. */
export function readPrivateLogin(text: string, signer: Signer): true | Error | null {
  const frame = controlFrame(text);
  if (frame?.op !== 'auth') return null;
  if (frame.success === true) return true;
  const words = cleanWords(frame.ret_msg, signer).slice(0, 200);
  const details = { venueMessage: words };
  if (/key/i.test(words)) {
    const message = 'Bybit does not accept this key on its private stream.';
    return new HoldfastError('auth', 'bybit.keyInvalid', message, { ...details, action: 'inspectKey' });
  }
  // "Params Error" is a wrong signature, or only a clock that is off: the next attempt comes with a fresh one.
  return new HoldfastError('unavailable', 'bybit.loginRefused', 'Bybit refused the log-in.', details);
}

/** The ack of `/v5/trade`; 20001 says that it was logged in already. */
export function readTradeLogin(text: string, signer: Signer): true | Error | null {
  const frame = controlFrame(text);
  if (frame?.op !== 'auth' || typeof frame.retCode !== 'number') return null;
  if (frame.retCode === 0 || frame.retCode === 20001) return true;
  const message = cleanWords(frame.retMsg, signer);
  // Here 10003 is also "too many sessions", which passes.
  if (frame.retCode === 10003 && /session/i.test(message)) {
    return new HoldfastError('unavailable', 'bybit.tooManySessions', 'Too many connections to Bybit.', {
      venueCode: '10003',
      venueMessage: message.slice(0, 200),
    });
  }
  return refusalError({ code: frame.retCode, message, isWrite: false });
}
