import type { RequestRecord, RequestRow } from '../../src-preload/contract/types/activity.ts';
import type { VenueId } from '../../src-preload/contract/types/market.ts';
import { Redactor } from './redact.ts';
import { systemTime } from './time.ts';
import type { NetTime } from './time.ts';
import type { RequestEntry, RequestSink } from './types.ts';

const FLUSH_MS = 500;
const BATCH_ROWS = 200;
/** Redacted in one go: a burst of long answers must not hold up an order. */
const ROWS_A_TURN = 10;
/** Kept while the ledger is closed; the oldest go. */
const MOST_WAITING = 2000;
const RETRY_MS = 5_000;

export interface RequestLogOptions {
  /** Keeps rows in the ledger and answers their ids; rejects while it is closed. */
  readonly append: (rows: readonly RequestRecord[]) => Promise<readonly number[]>;
  /** Hears every row once it is kept. Must not throw. */
  readonly onRows?: (rows: readonly RequestRow[]) => void;
  /** What must not stay in any text: our public key ids. Asked at each batch. */
  readonly secrets?: () => readonly string[];
  readonly time?: NetTime;
}

/** How a venue's answers are read for the log; both get the whole text and are called off the hot path. */
export interface AnswerReading {
  /** The venue's own code, where the text has one. */
  readonly venueCodeOf?: (text: string) => string | null;
  /** True when an answer with a good HTTP status is a refusal all the same. */
  readonly isRefusal?: (text: string) => boolean;
}

interface Waiting {
  readonly entry: RequestEntry;
  readonly venue: VenueId;
  readonly reading: AnswerReading;
}

/**
 * Everything that went to the venues and came back, redacted before it is kept. One for the application; each
 * venue records through its own `sink`. Recording costs one push: reading and redacting come later.
 */
export class RequestLog {
  readonly #options: RequestLogOptions;
  readonly #time: NetTime;
  readonly #redactor: Redactor;
  #raw: Waiting[] = [];
  #rows: RequestRecord[] = [];
  #cancelTimer: (() => void) | null = null;
  #appending: Promise<void> | null = null;
  #dropped = 0;
  #forgets = 0;
  #isDisposed = false;

  constructor(options: RequestLogOptions) {
    this.#options = options;
    this.#time = options.time ?? systemTime;
    this.#redactor = new Redactor(options.secrets);
  }

  /** Rows lost because the ledger stayed closed for too long. */
  get dropped(): number {
    return this.#dropped;
  }

  sink(venue: VenueId, reading: AnswerReading = {}): RequestSink {
    return {
      record: (entry) => {
        if (this.#isDisposed) return;
        this.#raw.push({ entry, venue, reading });
        if (this.#raw.length > MOST_WAITING) this.#dropped += this.#raw.splice(0, ROWS_A_TURN).length;
        this.#schedule(this.#raw.length >= BATCH_ROWS ? 0 : FLUSH_MS);
      },
    };
  }

  /** What was not kept yet is forgotten: the user cleared the log. */
  forget(): void {
    this.#forgets += 1;
    this.#raw = [];
    this.#rows = [];
  }

  /** Keeps what is there, as far as the ledger takes it. */
  async flush(): Promise<void> {
    await this.#appending;
    while (this.#raw.length > 0) this.#redactSome();
    await this.#append();
  }

  /** Records nothing any more; keeps what is there. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    await this.flush();
  }

  /** A timer that is set stays set, except for a full batch. */
  #schedule(ms: number): void {
    if (this.#isDisposed || (this.#cancelTimer && ms > 0)) return;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#time.after(ms, () => {
      this.#cancelTimer = null;
      this.#work();
    });
  }

  #work(): void {
    this.#redactSome();
    if (this.#raw.length > 0) {
      this.#schedule(1);
      return;
    }
    void this.#append();
  }

  #redactSome(): void {
    for (const waiting of this.#raw.splice(0, ROWS_A_TURN)) this.#rows.push(this.#redacted(waiting));
    const excess = this.#rows.length - MOST_WAITING;
    if (excess > 0) this.#dropped += this.#rows.splice(0, excess).length;
  }

  /** Never rejects. One at a time, so that ids are in the order of time. */
  #append(): Promise<void> {
    this.#appending ??= this.#appendAll().finally(() => {
      this.#appending = null;
    });
    return this.#appending;
  }

  async #appendAll(): Promise<void> {
    while (this.#rows.length > 0) {
      const batch = this.#rows.splice(0, BATCH_ROWS);
      const forgets = this.#forgets;
      let ids: readonly number[];
      try {
        ids = await this.#options.append(batch);
      } catch {
        // Closed, or a full disk: the rows wait for better times, and the log never disturbs trading.
        if (forgets === this.#forgets) this.#rows.unshift(...batch);
        this.#schedule(RETRY_MS);
        return;
      }
      this.#options.onRows?.(batch.map((row, index) => ({ ...row, id: ids[index] ?? 0 })));
    }
  }

  #redacted({ entry, venue, reading }: Waiting): RequestRecord {
    const { response } = entry;
    const isRefusal = entry.outcome === 'ok' && response !== null && safely(reading.isRefusal, response);
    const venueCode = response === null ? null : (safely(reading.venueCodeOf, response) ?? null);
    return {
      time: entry.time,
      venue,
      accountId: entry.accountId,
      transport: entry.transport,
      operation: entry.operation,
      method: entry.method,
      path: this.#redactor.path(entry.path),
      request: this.#redactor.text(entry.request),
      response: response === null ? null : this.#redactor.text(response),
      status: entry.status,
      venueCode: venueCode === null ? null : this.#redactor.text(venueCode).slice(0, 40),
      outcome: isRefusal === true ? 'refused' : entry.outcome,
      waitedMs: entry.waitedMs,
      flightMs: entry.flightMs,
    };
  }
}

/** An answer that the venue's reader chokes on is logged all the same. */
function safely<T>(read: ((text: string) => T) | undefined, text: string): T | undefined {
  try {
    return read?.(text);
  } catch {
    return undefined;
  }
}
