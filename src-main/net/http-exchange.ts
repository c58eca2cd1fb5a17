import type { Dispatcher } from 'undici';
import { noAnswer, notSent } from './failures.ts';
import { USER_AGENT } from './host-rules.ts';
import { refusalOf, type SendDeadline, tooLate } from './send-deadline.ts';
import type { NetTime } from './time.ts';
import type { HttpRequest, HttpResponse } from './types.ts';

/** An answer, and the same two moments on the clock that cannot jump. */
export interface Exchanged {
  readonly response: HttpResponse;
  readonly sentAt: number;
  readonly flightMs: number;
}

export const DEFAULT_TIMEOUT_MS = 10_000;

interface Options {
  readonly request: HttpRequest;
  readonly isWrite: boolean;
  readonly timeoutMs: number;
  /** Past it, or once it is stopped, no first byte is written. */
  readonly deadline: SendDeadline | undefined;
  readonly time: NetTime;
}

/**
 * Sends one request and collects its answer. Written against the pool's lowest interface because it tells when
 * the first byte is written: before that moment a failure means `net.notSent`, after it `net.noAnswer`.
 */
export function exchange(pool: Dispatcher, options: Options): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const { method, path, headers, body } = options.request;
    const handler = new ExchangeHandler(options, resolve, reject);
    pool.dispatch(
      { method, path, headers: { 'user-agent': USER_AGENT, ...headers }, body: body ?? null },
      handler,
    );
  });
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #options: Options;
  readonly #resolve: (exchanged: Exchanged) => void;
  readonly #reject: (error: Error) => void;
  readonly #cancelTimer: () => void;
  readonly #cancelDeadline: () => void;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | null = null;
  #isOver = false;
  #sentAt = 0;
  #sentAtMonotonic = 0;
  #status = 0;
  #headers: Record<string, string> = {};

  constructor(options: Options, resolve: (exchanged: Exchanged) => void, reject: (error: Error) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#cancelTimer = options.time.after(options.timeoutMs, () => {
      this.#timeOut();
    });
    const { deadline, time } = options;
    this.#cancelDeadline =
      deadline === undefined
        ? () => undefined
        : time.after(Math.max(0, deadline.leftMs()), () => this.#giveUp(tooLate()));
  }

  /** The pool is about to write the first byte. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection, or started a second time by the pool: nothing is written now.
    if (this.#isOver || this.#controller !== null) {
      controller.abort(new Error('given up, or sent before'));
      return;
    }
    // The timer may be behind: the machine slept, or was busy. And it may have been stopped while it connected.
    const refusal = refusalOf(this.#options.deadline);
    if (refusal !== null) {
      this.#giveUp(refusal);
      controller.abort(new Error('too late, or stopped'));
      return;
    }
    this.#cancelDeadline();
    this.#controller = controller;
    this.#sentAt = this.#options.time.now();
    this.#sentAtMonotonic = this.#options.time.monotonic();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#status = status;
    this.#headers = plainHeaders(headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (!this.#end()) return;
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    const { time } = this.#options;
    this.#resolve({
      response: {
        status: this.#status,
        headers: this.#headers,
        text: bytes.toString('utf8'),
        sentAt: this.#sentAt,
        receivedAt: time.now(),
      },
      sentAt: this.#sentAtMonotonic,
      flightMs: time.monotonic() - this.#sentAtMonotonic,
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (!this.#end()) return;
    this.#reject(
      this.#controller === null
        ? notSent(whyNotSent(error), error)
        : noAnswer(this.#options.isWrite, whyNoAnswer(error, this.#status), error),
    );
  }

  /** Given up before anything was written: should a connection come, nothing is written on it. */
  #giveUp(refusal: Error): void {
    if (this.#controller === null && this.#end()) this.#reject(refusal);
  }

  #timeOut(): void {
    const controller = this.#controller;
    const within = `within ${String(Math.round(this.#options.timeoutMs / 1000))} s`;
    if (!this.#end()) return;
    if (controller === null) {
      this.#reject(notSent(`no connection ${within}`));
      return;
    }
    this.#reject(noAnswer(this.#options.isWrite, `no answer came ${within}`));
    controller.abort(new Error('timed out'));
  }

  /** False when it had ended before. */
  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#cancelTimer();
    this.#cancelDeadline();
    return true;
  }
}

/** A header that came several times keeps its last value, except cookies, which nobody here reads. */
function plainHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  for (const name in headers) {
    const value = headers[name];
    if (typeof value !== 'string') return onlyText(headers);
  }
  return headers as Record<string, string>;
}

function onlyText(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value.at(-1) : value;
    if (text !== undefined) plain[name] = text;
  }
  return plain;
}

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : '';

const NOT_SENT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the venue refused the connection',
  ENOTFOUND: "the venue's name was not found; check the internet connection",
  EAI_AGAIN: "the venue's name could not be looked up; check the internet connection",
  ENETUNREACH: 'there is no network',
  EHOSTUNREACH: 'the venue cannot be reached',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_DESTROYED: 'the venue was closed',
  UND_ERR_CLOSED: 'the venue was closed',
  UND_ERR_INVALID_ARG: 'the request was malformed',
};

function whyNotSent(error: Error): string {
  const code = codeOf(error);
  if (/CERT|TLS|SSL|SIGNATURE|SELF_SIGNED|ISSUER/.test(code))
    return "the venue's certificate was not accepted; something between here and there may be reading along";
  return NOT_SENT[code] ?? 'no connection to the venue';
}

function whyNoAnswer(error: Error, status: number): string {
  switch (codeOf(error)) {
    case 'UND_ERR_RES_EXCEEDED_MAX_SIZE':
      return 'its answer was too long';
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return 'its answer did not come in time';
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
      return 'the connection was closed here before the answer came';
    default:
      return status === 0 ? 'the connection was cut before the answer came' : 'its answer was cut short';
  }
}
