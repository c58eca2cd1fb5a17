/** Bybit's REST: signs exactly what is sent, judges answers, and tells the network what limits Bybit named. */
import { HoldfastError, toHoldfastError } from '../../errors.ts';
import type { SendDeadline } from '../../net/send-deadline.ts';
import type { HttpRequest, HttpResponse, VenueClock, VenueHttp } from '../../net/types.ts';
import type { Signer } from '../exchange.ts';
import { DEFAULT_LIMIT_WAIT_MS, lostAnswer, refusalError, refusesKey, statusError } from './errors.ts';
import { payloadError } from './payload.ts';
import type { BybitSite } from './sites.ts';
import { cleanWords, keyIdOf } from './venue-words.ts';
import type { BybitAnswer, BybitCall, BybitParams, BybitRest, BybitWrite } from './rest.ts';

export const RECV_WINDOW = '5000';
/** One budget for everything that leaves this address (sheet 6.2). */
export const IP_BUDGET = 'ip';
export const IP_RULE = { limit: 600, windowMs: 5_000 } as const;
/** A 403 page is a ban of the address that lifts itself after ten minutes of silence. */
const BAN_MS = 10 * 60_000;

export interface RestParts {
  readonly http: VenueHttp;
  readonly clock: VenueClock;
  /** Looked up at each request: the region of public data can be changed while we run. */
  readonly site: () => Pick<BybitSite, 'rest' | 'headers'>;
  readonly accountId: string | null;
  /** Null: only `ask` can be used. */
  readonly signer: Signer | null;
  readonly keyType: 'hmac' | 'rsa' | 'none';
  /**
   * Asks each site once whether it knows the key: that most say no is the expected answer, and no failure that the
   * venue's breaker should count.
   */
  readonly isProbe?: boolean;
  /** Our clock, ms UTC. */
  readonly now?: () => number;
}

/** One call, ready for its turn. */
interface Job {
  readonly call: Omit<BybitCall, 'params'>;
  readonly method: 'GET' | 'POST';
  readonly signed: boolean;
  /** Query without "?" or JSON text: what is signed is what is sent. */
  readonly payload: string;
  readonly isWrite: boolean;
  readonly deadline?: SendDeadline | undefined;
}

interface Envelope {
  readonly retCode: number;
  readonly retMsg?: string;
  readonly result?: unknown;
  readonly retExtInfo?: unknown;
  readonly time?: number;
}

export class BybitRestClient implements BybitRest {
  readonly #parts: RestParts;
  readonly #now: () => number;
  readonly #algorithm: 'hmac-sha256-hex' | 'rsa-sha256-base64';
  readonly #declared = new Set<string>();
  /** The key that Bybit refused, and how; nothing more is asked with it. */
  #refused: { readonly apiKey: string; readonly error: HoldfastError } | null = null;

  constructor(parts: RestParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#algorithm = algorithmOf(parts.keyType);
  }

  async ask(call: BybitCall): Promise<BybitAnswer> {
    return this.#run({ call, method: 'GET', signed: false, payload: queryText(call.params), isWrite: false });
  }

  async get(call: BybitCall): Promise<BybitAnswer> {
    return this.#run({ call, method: 'GET', signed: true, payload: queryText(call.params), isWrite: false });
  }

  async post(write: BybitWrite): Promise<BybitAnswer> {
    const isWrite = write.acts ?? true;
    return this.#run({
      call: write,
      method: 'POST',
      signed: true,
      payload: JSON.stringify(write.body),
      isWrite,
      deadline: write.deadline,
    });
  }

  /** Lets the key be tried again: the inspector is about to ask what became of it. */
  forgetRefusal(): void {
    this.#refused = null;
  }

  async #run(job: Job): Promise<BybitAnswer> {
    if (job.signed) {
      this.#checkKey();
      // The first time stamp of all has to be right as well; without an answer the request itself will tell.
      if (this.#parts.clock.offsetMs() === null) await this.#parts.clock.sync().catch(() => undefined);
    }
    try {
      return await this.#attempt(job);
    } catch (caught) {
      const error = toHoldfastError(caught);
      if (job.signed && error.code === 'bybit.clock') {
        await this.#parts.clock.sync();
        return this.#attempt(job);
      }
      // The emptied budget holds the second try back until Bybit's reset; a write is for its sender to repeat.
      if (!job.isWrite && error.code === 'bybit.rateLimit') return this.#attempt(job);
      throw error;
    }
  }

  async #attempt(job: Job): Promise<BybitAnswer> {
    const { call, isWrite } = job;
    const response = await this.#parts.http.send({
      operation: call.operation,
      lane: call.lane,
      budgets: this.#budgets(job),
      accountId: this.#parts.accountId,
      isWrite,
      build: () => this.#build(job),
      deadline: job.deadline,
    });
    return this.#judge(job, response);
  }

  /** Called when the job's turn has come, so that the time stamp is fresh. */
  async #build(job: Job): Promise<HttpRequest> {
    const { signer, clock } = this.#parts;
    const { rest: origin, headers } = this.#parts.site();
    const isGet = job.method === 'GET';
    const path = isGet && job.payload !== '' ? `${job.call.path}?${job.payload}` : job.call.path;
    const request = { method: job.method, origin, path, body: isGet ? undefined : job.payload };
    if (!job.signed) return { ...request, headers };
    if (signer === null) throw keyless();
    const { apiKey } = signer;
    const timestamp = String(Math.floor(clock.now()));
    const signature = await signer.sign(this.#algorithm, timestamp + apiKey + RECV_WINDOW + job.payload);
    const signed: Record<string, string> = {
      ...headers,
      'X-BAPI-API-KEY': apiKey,
      'X-BAPI-TIMESTAMP': timestamp,
      'X-BAPI-RECV-WINDOW': RECV_WINDOW,
      'X-BAPI-SIGN': signature,
    };
    if (!isGet) signed['Content-Type'] = 'application/json';
    return { ...request, headers: signed };
  }

  #budgets({ call }: Job): { budget: string; units?: number }[] {
    if (call.budget === undefined) return [{ budget: IP_BUDGET }];
    const name = this.#budgetName(call.budget.name);
    if (!this.#declared.has(name)) {
      this.#declared.add(name);
      this.#parts.http.limit(name, { limit: call.budget.limit, windowMs: call.budget.windowMs ?? 1_000 });
    }
    return [{ budget: IP_BUDGET }, { budget: name, units: call.budget.units ?? 1 }];
  }

  #budgetName(name: string): string {
    return budgetName(this.#parts.accountId, name);
  }

  #judge(job: Job, response: HttpResponse): BybitAnswer {
    const { isWrite } = job;
    const envelope = readEnvelope(response.text);
    if (envelope === null) throw this.#notOurs(response, isWrite);
    const feedback = this.#feedback(job.call, response, envelope.retCode);
    // Whatever the gateway wrote into it, a 5xx does not tell what became of a write.
    if (isWrite && response.status >= 500) throw this.#failed(statusError(response.status, isWrite));
    if (envelope.retCode === 0 && response.status < 400) {
      const { result, retExtInfo, time } = envelope;
      return { result, retExtInfo, time: time ?? response.receivedAt };
    }
    if (envelope.retCode === 0) throw this.#failed(statusError(response.status, isWrite));
    const error = refusalError({
      code: envelope.retCode,
      message: cleanWords(envelope.retMsg, this.#parts.signer),
      result: envelope.result,
      isWrite,
      retryAfterMs: feedback,
    });
    if (job.signed && refusesKey(error)) this.#stopAsking(error);
    if (isBan(response.status, error)) this.#ban();
    if (error.kind === 'auth' && this.#parts.isProbe === true) throw error;
    throw FAILURES.has(error.code) || error.kind === 'auth' ? this.#failed(error) : error;
  }

  /** Something else than Bybit's envelope: a gateway's page, or half an answer. */
  #notOurs(response: HttpResponse, isWrite: boolean): HoldfastError {
    const { status } = response;
    if (status === 403) {
      this.#ban();
      return this.#failed(statusError(status, isWrite, BAN_MS));
    }
    if (status === 200) return isWrite ? lostAnswer({ venueCode: 'HTTP 200' }) : payloadError('answer', '');
    const error = statusError(status, isWrite);
    if (refusesKey(error)) this.#stopAsking(error);
    return this.#failed(error);
  }

  /** Corrects the budget by the answer's headers. Answers the wait that a refused call was told, ms. */
  #feedback(call: Job['call'], response: HttpResponse, retCode: number): number | undefined {
    const budget = call.budget === undefined ? IP_BUDGET : this.#budgetName(call.budget.name);
    const { headers } = response;
    const limit = count(headers['x-bapi-limit']);
    const remaining = count(headers['x-bapi-limit-status']);
    const resetAt = count(headers['x-bapi-limit-reset-timestamp']);
    if (retCode === 10006) {
      const now = this.#parts.clock.now();
      const until = resetAt !== undefined && resetAt > now ? resetAt : now + DEFAULT_LIMIT_WAIT_MS;
      this.#parts.http.observe(budget, { limit, remaining: 0, resetAt: until });
      return until - now;
    }
    if (call.budget !== undefined && (limit !== undefined || remaining !== undefined)) {
      // Below the limit Bybit's reset time is about now and says nothing.
      this.#parts.http.observe(budget, { limit, remaining, ...(remaining === 0 ? { resetAt } : {}) });
    }
    return undefined;
  }

  #ban(): void {
    this.#parts.http.pause(this.#now() + BAN_MS, 'Bybit blocks this address for a while.');
  }

  #failed(error: HoldfastError): HoldfastError {
    this.#parts.http.failed();
    return error;
  }

  #stopAsking(error: HoldfastError): void {
    const apiKey = keyIdOf(this.#parts.signer);
    if (apiKey !== undefined) this.#refused = { apiKey, error };
  }

  #checkKey(): void {
    if (this.#parts.signer === null) throw keyless();
    if (this.#refused === null) return;
    if (this.#refused.apiKey === this.#parts.signer.apiKey) throw this.#refused.error;
    this.#refused = null;
  }
}

/** What the error-rate breaker counts, beside refused keys: asking on makes it worse. */
const FAILURES: ReadonlySet<string> = new Set([
  'bybit.ipRateLimit',
  'bybit.tooFast',
  'bybit.venueTimeout',
  'bybit.venueInternal',
  'bybit.ipRefused',
]);

export function algorithmOf(keyType: RestParts['keyType']): 'hmac-sha256-hex' | 'rsa-sha256-base64' {
  return keyType === 'rsa' ? 'rsa-sha256-base64' : 'hmac-sha256-hex';
}

/** Limits are a UID's: each account has budgets of its own, shared by its transports. */
export const budgetName = (accountId: string | null, name: string): string =>
  `${accountId ?? 'public'}/${name}`;

/** The address is blocked as a whole, in contrast to a key that may not do something. */
function isBan(status: number, error: HoldfastError): boolean {
  if (error.details.venueCode === '10018') return true;
  return status === 403 && error.kind !== 'auth' && error.kind !== 'permission';
}

/** `a=1&b=x%2Cy`, in the order given; undefined values are left out. */
export function queryText(params: BybitParams | undefined): string {
  if (params === undefined) return '';
  let query = '';
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    query += `${query === '' ? '' : '&'}${name}=${encodeURIComponent(value)}`;
  }
  return query;
}

function keyless(): HoldfastError {
  return new HoldfastError('internal', 'bybit.keyless', 'This call needs a key.');
}

function readEnvelope(text: string): Envelope | null {
  try {
    const value: unknown = JSON.parse(text);
    const isOurs = typeof (value as { retCode?: unknown } | null)?.retCode === 'number';
    return isOurs ? (value as Envelope) : null;
  } catch {
    return null;
  }
}

/**
 * What the request log wants to know of an answer: Bybit refuses with HTTP 200 and a code. Log and client read
 * the same field, so that what the log calls refused is what failed.
 */
export const BYBIT_ANSWERS = {
  venueCodeOf: (text: string): string | null => {
    const envelope = readEnvelope(text);
    return envelope === null ? null : String(envelope.retCode);
  },
  isRefusal: (text: string): boolean => {
    const envelope = readEnvelope(text);
    return envelope !== null && envelope.retCode !== 0;
  },
} as const;

/** A header's whole number; undefined where it is missing or something else. */
function count(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}
