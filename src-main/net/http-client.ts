import { HoldfastError, toHoldfastError } from '../errors.ts';
import { Breaker } from './breaker.ts';
import { notSent, paused } from './failures.ts';
import { DEFAULT_TIMEOUT_MS, exchange } from './http-exchange.ts';
import type { Exchanged } from './http-exchange.ts';
import { OriginPools } from './origin-pools.ts';
import { RateLimiter } from './rate-limiter.ts';
import type { Ticket } from './rate-limiter.ts';
import { ORDER_DEADLINE_MS, refuseLate, type SendDeadline, sendWithin, tooLate } from './send-deadline.ts';
import { systemTime } from './time.ts';
import type { NetTime } from './time.ts';
import type {
  BudgetFeedback,
  BudgetRule,
  BudgetUse,
  HttpJob,
  HttpRequest,
  HttpResponse,
  Lane,
  RequestEntry,
  RequestSink,
  VenueHttp,
} from './types.ts';

const LATENCY_SAMPLES = 32;

export interface HttpClientOptions {
  readonly time?: NetTime;
  readonly log?: RequestSink;
  /** Venue minus ours, ms: what its reset times are read with. */
  readonly offsetMs?: () => number | null;
}

/** One venue over HTTP: see VenueHttp for what `send` promises. */
export class HttpClient implements VenueHttp {
  readonly #time: NetTime;
  readonly #log: RequestSink | null;
  readonly #offsetMs: () => number | null;
  readonly #limiter: RateLimiter;
  readonly #breaker: Breaker;
  readonly #pools = new OriginPools();
  readonly #flights: number[] = [];
  #answers = 0;
  #pause: { readonly until: number; readonly atMonotonic: number; readonly reason: string } | null = null;
  #isDisposed = false;

  constructor(options: HttpClientOptions = {}) {
    this.#time = options.time ?? systemTime;
    this.#log = options.log ?? null;
    this.#offsetMs = options.offsetMs ?? (() => null);
    this.#limiter = new RateLimiter(this.#time);
    this.#breaker = new Breaker(this.#time);
  }

  async send(job: HttpJob): Promise<HttpResponse> {
    this.#refuse(job);
    const { lane } = job;
    const deadline =
      job.deadline ?? (lane === 'order' ? sendWithin(ORDER_DEADLINE_MS, this.#time) : undefined);
    refuseLate(deadline);
    const askedAt = this.#time.now();
    const askedAtMonotonic = this.#time.monotonic();
    // Awaits only where there is something to wait for: an order on an idle client goes out in this same turn.
    const ticket = this.#limiter.tryTake(job) ?? (await this.#limiter.wait(job));
    let request: HttpRequest;
    try {
      refuseLate(deadline);
      const built = job.build();
      request = 'then' in built ? await this.#inTime(built, deadline) : built;
      // A signature took its time: the venue may have been paused or closed meanwhile, and orders stopped.
      this.#refuseAll();
      refuseLate(deadline);
      if (request.method === 'GET' && request.body !== undefined)
        throw new HoldfastError('internal', 'net.bodyOnGet', 'A request that reads cannot carry a body.');
    } catch (error) {
      ticket.end(false, this.#time.monotonic());
      throw error;
    }
    return this.#exchange({ ...job, deadline }, request, ticket, askedAt, askedAtMonotonic);
  }

  limit(budget: string, rule: BudgetRule): void {
    this.#limiter.limit(budget, rule);
  }

  take(lane: Lane, budgets: readonly BudgetUse[]): ((wasSent: boolean) => void) | null {
    return this.#limiter.spend({ lane, budgets });
  }

  observe(budget: string, feedback: BudgetFeedback): void {
    const { resetAt } = feedback;
    if (resetAt === undefined) {
      this.#limiter.observe(budget, feedback);
      return;
    }
    const inMs = resetAt - (this.#offsetMs() ?? 0) - this.#time.now();
    this.#limiter.observe(budget, { ...feedback, resetAt: this.#time.monotonic() + inMs });
  }

  pause(until: number, reason: string): void {
    if (until <= (this.pausedUntil() ?? this.#time.now())) return;
    const inMs = until - this.#time.now();
    this.#pause = { until, atMonotonic: this.#time.monotonic() + inMs, reason };
    this.#limiter.rejectWaiting(paused(reason, inMs));
  }

  failed(): void {
    this.#breaker.failed();
  }

  budgetLeft(): number | null {
    return this.#limiter.left();
  }

  latencyMs(): number | null {
    const sorted = this.#flights.toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? null;
  }

  pausedUntil(): number | null {
    const left = this.#pauseLeft();
    return left > 0 ? this.#time.now() + left : null;
  }

  /** After sleep or a network change: no old connection is used again, and failures from before are forgiven. */
  wake(): void {
    this.#pools.renew();
    this.#breaker.reset();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#limiter.rejectWaiting(notSent('the venue was closed'));
    this.#pools.dispose();
  }

  #refuse(job: HttpJob): void {
    this.#refuseAll();
    const error = this.#breaker.refuse(job.lane);
    if (error) throw error;
  }

  /** A signature that hangs must not hold a slot, nor come with an order much later. */
  async #inTime(built: Promise<HttpRequest>, deadline: SendDeadline | undefined): Promise<HttpRequest> {
    if (deadline === undefined) return built;
    let cancel = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      cancel = this.#time.after(deadline.leftMs(), () => {
        reject(tooLate());
      });
    });
    try {
      return await Promise.race([built, late]);
    } finally {
      cancel();
    }
  }

  #refuseAll(): void {
    if (this.#isDisposed) throw notSent('the venue was closed');
    if (this.#pause === null) return;
    const left = this.#pauseLeft();
    if (left > 0) throw paused(this.#pause.reason, left);
    this.#pause = null;
  }

  /** The sooner of both clocks: ours can be set back by hours, and the monotonic one can stand still in sleep. */
  #pauseLeft(): number {
    if (this.#pause === null) return 0;
    const { until, atMonotonic } = this.#pause;
    return Math.ceil(Math.min(until - this.#time.now(), atMonotonic - this.#time.monotonic()));
  }

  async #exchange(
    job: HttpJob,
    request: HttpRequest,
    ticket: Ticket,
    askedAt: number,
    askedAtMonotonic: number,
  ): Promise<HttpResponse> {
    const time = this.#time;
    try {
      const exchanged = await exchange(this.#pools.get(request.origin), {
        request,
        isWrite: job.isWrite,
        timeoutMs: job.timeoutMs ?? DEFAULT_TIMEOUT_MS,
        deadline: job.deadline,
        time,
      });
      ticket.end(true, time.monotonic());
      this.#answered(exchanged);
      this.#record(job, request, askedAt, exchanged.sentAt - askedAtMonotonic, exchanged);
      return exchanged.response;
    } catch (error) {
      const failure = toHoldfastError(error);
      const wasSent = failure.code === 'net.noAnswer';
      ticket.end(wasSent, time.monotonic());
      if (!this.#isDisposed && failure.code.startsWith('net.no')) this.#breaker.failed();
      this.#record(job, request, askedAt, time.monotonic() - askedAtMonotonic, null, failure);
      throw failure;
    }
  }

  #answered({ flightMs }: Exchanged): void {
    this.#flights[this.#answers % LATENCY_SAMPLES] = flightMs;
    this.#answers += 1;
    this.#breaker.answered();
  }

  #record(
    job: HttpJob,
    request: HttpRequest,
    time: number,
    waitedMs: number,
    exchanged: Exchanged | null,
    failure?: HoldfastError,
  ): void {
    if (!this.#log) return;
    const query = request.path.indexOf('?');
    this.#log.record({
      time,
      accountId: job.accountId,
      transport: 'http',
      operation: job.operation,
      method: request.method,
      path: query === -1 ? request.path : request.path.slice(0, query),
      request: request.body ?? (query === -1 ? '' : request.path.slice(query + 1)),
      response: exchanged?.response.text ?? failure?.message ?? null,
      status: exchanged?.response.status ?? null,
      outcome: outcomeOf(exchanged, failure),
      waitedMs,
      flightMs: exchanged?.flightMs ?? null,
    });
  }
}

function outcomeOf(exchanged: Exchanged | null, failure?: HoldfastError): RequestEntry['outcome'] {
  if (!exchanged) return failure?.kind === 'unknownOutcome' ? 'unknown' : 'failed';
  const { status } = exchanged.response;
  if (status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'ok';
}
