/**
 * Orders over `/v5/trade` (sheet 5.6). What was written here is resolved by Bybit's answer or as "unknown", and
 * never goes over REST as well.
 */
import { type HoldfastError, toHoldfastError } from '../../../errors.ts';
import type { After } from '../../../market/shared-stream.ts';
import type { Lane, SocketSession, VenueNet } from '../../../net/types.ts';
import { DEFAULT_LIMIT_WAIT_MS, lostAnswer, refusalError } from '../errors.ts';
import type { Budget } from '../limits.ts';
import { RECV_WINDOW } from '../rest-client.ts';
import { cleanWords } from '../venue-words.ts';
import {
  ACTIVE_TIME,
  isPong,
  loginFrame,
  type LoginParts,
  PRIVATE_TIMING,
  readTradeLogin,
} from './socket-login.ts';

const ANSWER_MS = 5_000;
/** Requests that were under way when Bybit announced a restart are still answered for this long. */
const DRAIN_MS = 2_000;
const SLOW_DOWN_MS = 1_000;

export type EntryOperation =
  | 'order.create'
  | 'order.amend'
  | 'order.cancel'
  | 'order.create-batch'
  | 'order.amend-batch'
  | 'order.cancel-batch';

/** What Bybit answered to an order request, on either transport. */
export interface OrderAnswer {
  readonly data: unknown;
  readonly extInfo: unknown;
  /** Venue time, ms. */
  readonly time: number;
}

export interface EntryParts extends LoginParts {
  readonly accountId: string;
  readonly net: VenueNet;
  /** Looked up at each attempt; without parameters. */
  readonly url: () => string;
  readonly headers: Readonly<Record<string, string>>;
  readonly after: After;
  /** Our clock, ms UTC. */
  readonly now: () => number;
  /** ms that only grow: a clock that is set must not make a flight longer, or negative. */
  readonly elapsed?: () => number;
  /** Told of each attempt that worked or failed: sites can have a second address. */
  readonly onAttempt: (succeeded: boolean) => void;
}

interface Pending {
  readonly operation: EntryOperation;
  readonly request: string;
  readonly budget: string;
  readonly sentAt: number;
  /** The same moment on the clock that only grows. */
  readonly leftAt: number;
  /** Frees the units that it took of the venue's limit. */
  readonly settle: (wasSent: boolean) => void;
  readonly resolve: (answer: OrderAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly stopTimer: () => void;
}

interface Frame {
  readonly reqId?: unknown;
  readonly retCode?: unknown;
  readonly retMsg?: unknown;
  readonly op?: unknown;
  readonly data?: unknown;
  readonly retExtInfo?: unknown;
  readonly header?: Readonly<Record<string, unknown>>;
}

export class OrderEntry {
  readonly #parts: EntryParts;
  readonly #elapsed: () => number;
  #session: SocketSession | null = null;
  #isClosed = false;
  readonly #pending = new Map<string, Pending>();
  #lastId = 0;
  #slowUntil = 0;
  /** On this connection an answer did not come in time. */
  #hasGivenUp = false;
  #stopDrain: (() => void) | null = null;

  constructor(parts: EntryParts) {
    this.#parts = parts;
    this.#elapsed = parts.elapsed ?? (() => performance.now());
  }

  get session(): SocketSession | null {
    return this.#session;
  }

  /** Starts connecting; orders go over REST until it is live. */
  open(): void {
    if (this.#isClosed || this.#session !== null) return;
    const parts = this.#parts;
    this.#session = parts.net.socket({
      name: 'trade',
      url: () => `${parts.url()}?${ACTIVE_TIME}`,
      headers: () => parts.headers,
      dialect: {
        login: () => this.#login(),
        readLogin: (answer) => readTradeLogin(answer, parts.signer),
        subscribe: () => [],
        unsubscribe: () => [],
        ping: () => '{"op":"ping"}',
        isPong,
      },
      timing: PRIVATE_TIMING,
      accountId: parts.accountId,
      onFrame: (text, receivedAt) => this.#frame(text, receivedAt),
      onState: (state) => {
        if (state === 'live' || state === 'backingOff') parts.onAttempt(state === 'live');
        if (state !== 'live' && state !== 'stale') this.#lost();
      },
    });
    this.#session.open();
  }

  /**
   * Sends one request. Null: surely nothing was written (not live, or Bybit's limit is used up here), so REST
   * may have it. Otherwise the promise is the only thing that tells what became of it: `unknownOutcome` when no
   * answer came in 5 s or the connection was lost. Throws `vault.locked` while the vault is.
   */
  submit(
    operation: EntryOperation,
    body: unknown,
    budget: Budget,
    budgetName: string,
  ): Promise<OrderAnswer> | null {
    const session = this.#session;
    if (session?.state !== 'live' || this.#stopDrain !== null) return null;
    // The connection stays logged in when the vault is locked, and needs no signature: the key is asked for all the
    // same, because it throws then.
    void this.#parts.signer.apiKey;
    const now = this.#parts.now();
    if (now < this.#slowUntil) return null;
    const settle = this.#take(operation, budget, budgetName);
    if (settle === null) return null;
    const id = String((this.#lastId += 1));
    const text = JSON.stringify({
      reqId: id,
      header: {
        'X-BAPI-TIMESTAMP': String(Math.floor(this.#parts.clock.now())),
        'X-BAPI-RECV-WINDOW': RECV_WINDOW,
      },
      op: operation,
      args: [body],
    });
    const leftAt = this.#elapsed();
    if (!session.send(text)) {
      settle(false);
      return null;
    }
    return new Promise<OrderAnswer>((resolve, reject) => {
      const stopTimer = this.#parts.after(ANSWER_MS, () => this.#unanswered(id));
      const pending = {
        operation,
        request: text,
        budget: budgetName,
        sentAt: now,
        leftAt,
        settle,
        resolve,
        reject,
        stopTimer,
      };
      this.#pending.set(id, pending);
    });
  }

  wake(): void {
    this.#session?.wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  /** While the vault is locked nothing is tried: the next order opens it again. */
  async #login(): Promise<string> {
    try {
      return await loginFrame(this.#parts, 'reqId');
    } catch (error) {
      if (toHoldfastError(error).kind === 'locked') this.#drop();
      throw error;
    }
  }

  #drop(): void {
    const session = this.#session;
    this.#session = null;
    this.#stopDrain?.();
    this.#stopDrain = null;
    session?.close();
    this.#lost();
  }

  #frame(text: string, receivedAt: number): void {
    let frame: Frame | null;
    try {
      frame = JSON.parse(text) as Frame | null;
    } catch {
      return;
    }
    if (frame === null || typeof frame.retCode !== 'number') return;
    const id = this.#idOf(frame);
    if (frame.retCode === 10403) this.#slowUntil = this.#parts.now() + SLOW_DOWN_MS;
    if (id !== null) this.#answer(id, { ...frame, retCode: frame.retCode }, text, receivedAt);
    if (frame.retCode === 10019) this.#drain();
  }

  /**
   * Some refusals come without `reqId`: they can only be matched while a single request of their kind is under way,
   * and none was given up before whose refusal this could be, late.
   */
  #idOf(frame: Frame): string | null {
    if (typeof frame.reqId === 'string' && frame.reqId !== '') {
      return this.#pending.has(frame.reqId) ? frame.reqId : null;
    }
    const [only] = this.#pending;
    if (only === undefined || this.#pending.size > 1 || this.#hasGivenUp || frame.retCode === 0) return null;
    const [id, { operation }] = only;
    return frame.op === undefined || frame.op === operation ? id : null;
  }

  /** The connection may be half-open: the next orders do not wait until a ping has found that out. */
  #unanswered(id: string): void {
    this.#hasGivenUp = true;
    this.#settle(id, null, lostAnswer());
    this.#drain();
  }

  #answer(id: string, frame: Frame & { retCode: number }, text: string, receivedAt: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#observe(pending.budget, frame);
    if (frame.retCode === 0) {
      const time = Number(frame.header?.['Timenow'] ?? 0);
      pending.resolve({ data: frame.data, extInfo: frame.retExtInfo, time: time > 0 ? time : receivedAt });
      this.#settle(id, text, null);
      return;
    }
    const message = cleanWords(frame.retMsg, this.#parts.signer);
    this.#settle(id, text, refusalError({ code: frame.retCode, message, isWrite: true }));
  }

  #settle(id: string, response: string | null, error: HoldfastError | null): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    pending.stopTimer();
    pending.settle(true);
    if (error !== null) pending.reject(error);
    const isUnknown = error?.kind === 'unknownOutcome';
    this.#parts.net.log.record({
      time: pending.sentAt,
      accountId: this.#parts.accountId,
      transport: 'websocket',
      operation: pending.operation,
      method: 'SEND',
      path: '/v5/trade',
      request: pending.request,
      response,
      status: null,
      outcome: error === null ? 'ok' : isUnknown ? 'unknown' : 'refused',
      waitedMs: 0,
      flightMs: response === null ? null : this.#elapsed() - pending.leftAt,
    });
    if (this.#pending.size === 0 && this.#stopDrain !== null) this.#restart();
  }

  /** The same limits as over REST: what Bybit says here corrects the budget there. */
  #observe(budget: string, { header, retCode }: Frame): void {
    const limit = count(header?.['X-Bapi-Limit']);
    const left = count(header?.['X-Bapi-Limit-Status']);
    const told = count(header?.['X-Bapi-Limit-Reset-Timestamp']);
    const { http } = this.#parts.net;
    if (retCode === 10006) {
      const now = this.#parts.clock.now();
      const resetAt = told !== undefined && told > now ? told : now + DEFAULT_LIMIT_WAIT_MS;
      http.observe(budget, { limit, remaining: 0, resetAt });
    } else if (limit !== undefined || left !== undefined) {
      http.observe(budget, { limit, remaining: left, resetAt: left === 0 ? told : undefined });
    }
  }

  /** Units of the budget that REST takes from, too: the venue counts both ways as one. */
  #take(operation: EntryOperation, budget: Budget, name: string): Pending['settle'] | null {
    const { http } = this.#parts.net;
    const { limit, windowMs = 1_000, units = 1 } = budget;
    http.limit(name, { limit, windowMs });
    return http.take(laneOf(operation), [{ budget: name, units }]);
  }

  /** A new connection, once the requests under way were answered. Until it is live orders go over REST. */
  #drain(): void {
    if (this.#stopDrain !== null) return;
    this.#stopDrain = this.#parts.after(DRAIN_MS, () => this.#restart());
    if (this.#pending.size === 0) this.#restart();
  }

  #restart(): void {
    this.#stopDrain?.();
    this.#stopDrain = null;
    this.#session?.restart('Bybit’s order service restarts or did not answer.');
  }

  /** Nothing that was under way can be answered any more. */
  #lost(): void {
    this.#hasGivenUp = false;
    for (const id of [...this.#pending.keys()]) this.#settle(id, null, lostAnswer());
  }
}

/** Whose turn it is among what waits for the same limit. */
export const laneOf = (operation: EntryOperation): Lane =>
  operation.startsWith('order.cancel') ? 'cancel' : 'order';

function count(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
