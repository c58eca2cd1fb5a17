/**
 * What venue adapters know of the network. Adapters depend on these shapes, never on undici or ws; tests hand
 * in their own. Failures are HoldfastErrors: see each promise.
 */

import type { SendDeadline } from './send-deadline.ts';

/** Who goes first when a budget is short: a cancel before an order, orders before reading. */
export const LANES = ['cancel', 'order', 'privateRead', 'publicRead'] as const;
export type Lane = (typeof LANES)[number];

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** For example `https://api.bybit.com`, without a path. */
  readonly origin: string;
  /** Path and, after "?", the exact query text: sent as it stands, because it may be signed. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Exact text of the body, sent as its UTF-8 bytes; undefined = no body at all. */
  readonly body?: string | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** ms UTC, our clock: when the request was written, and when the whole answer was there. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** Units that a request takes from a token bucket. Budgets are named by the adapter: `ip`, `key-id/order.create`. */
export interface BudgetUse {
  readonly budget: string;
  /** Default 1. */
  readonly units?: number;
}

/** The size of a bucket: `limit` units in each `windowMs`. */
export interface BudgetRule {
  readonly limit: number;
  readonly windowMs: number;
}

/** What a venue said about a budget in an answer's headers. */
export interface BudgetFeedback {
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
  /** ms UTC of the venue. */
  readonly resetAt?: number | undefined;
}

export interface HttpJob {
  /** In our words, for the log and the latency figures: `order.create`, `instruments`. */
  readonly operation: string;
  readonly lane: Lane;
  /** All of them are taken together before `build` is called. */
  readonly budgets: readonly BudgetUse[];
  readonly accountId: string | null;
  /** True when a lost answer leaves us not knowing whether the venue acted. Such a job is never sent twice. */
  readonly isWrite: boolean;
  /** Called when its turn has come, so that timestamp and signature are fresh. May throw; nothing is sent then. */
  readonly build: () => HttpRequest | Promise<HttpRequest>;
  /** Default 10 s for the whole exchange once it is sent. */
  readonly timeoutMs?: number;
  /** Default in lane `order`: 5 s from `send`; none in the others. */
  readonly deadline?: SendDeadline | undefined;
}

export interface VenueHttp {
  /**
   * Resolves with whatever the venue answered, an HTTP error status included: judging it is the adapter's work.
   * Rejects with
   * - what `build` threw, or `unavailable`/`net.notSent` when surely nothing reached the venue (no connection,
   *   refused, closed, past its deadline);
   * - `rateLimited`/`net.tooLong` with `retryAfterMs` when its turn would come after 30 s, in lane `order` after
   *   3 s; nothing was sent;
   * - `unavailable`/`net.breakerOpen` with `retryAfterMs` for a read while the error-rate breaker is open;
   * - `unavailable`/`net.noAnswer` for a read, `unknownOutcome`/`net.noAnswer` for a write whose answer never
   *   came or was cut;
   * - `rateLimited`/`net.paused` with `retryAfterMs` while the venue is paused.
   */
  send(job: HttpJob): Promise<HttpResponse>;
  /**
   * Declares or changes a bucket; declaring the same again keeps what the venue corrected. A budget that was never
   * declared is not limited.
   */
  limit(budget: string, rule: BudgetRule): void;
  /**
   * Takes units now for a request that goes another way than HTTP, so that both ways keep one limit. Null when they
   * are not free or somebody waits for them. The answered function is told once what became of it: true when it was
   * answered or given up, false when surely nothing was sent.
   */
  take(lane: Lane, budgets: readonly BudgetUse[]): ((wasSent: boolean) => void) | null;
  /** Corrects a bucket by what the venue says of it; `remaining: 0` with `resetAt` closes it until then. */
  observe(budget: string, feedback: BudgetFeedback): void;
  /** Sends nothing at all to this venue until then (ms UTC, our clock): a ban is never provoked twice. */
  pause(until: number, reason: string): void;
  /** Counts an answered failure (5xx, protection, authentication) for the error-rate breaker; lost ones are counted. */
  failed(): void;
  /** Smallest share left of any declared budget, 0 to 1; null where nothing is declared. */
  budgetLeft(): number | null;
  /** Median time in flight of the last answers, ms; null before the first. */
  latencyMs(): number | null;
  pausedUntil(): number | null;
  dispose(): void;
}

/** A venue's clock beside ours. */
export interface VenueClock {
  /** ms UTC as the venue counts them; ours until the first answer. */
  now(): number;
  /** Venue minus ours, ms; null before the first answer. */
  offsetMs(): number | null;
  /** Takes several samples now. Calls at the same time share one run. Rejects as `ask` did when no sample came. */
  sync(): Promise<void>;
  dispose(): void;
}

export type SocketState =
  'idle' | 'connecting' | 'authenticating' | 'live' | 'stale' | 'backingOff' | 'failed' | 'closed';

/** How one venue's sockets talk: pure functions over text frames. */
export interface SocketDialect {
  /** The frame that logs in, made fresh for each connection; absent on public streams. Rejects while locked. */
  readonly login?: () => Promise<string>;
  /** `true`: accepted. An error: refused (not tried again when its kind is `auth` or `permission`). Null: another frame. */
  readonly readLogin?: (text: string) => true | Error | null;
  /** The frames that ask for these topics, split as the venue's limits want it. */
  readonly subscribe: (topics: readonly string[]) => readonly string[];
  readonly unsubscribe: (topics: readonly string[]) => readonly string[];
  readonly ping: () => string;
  readonly isPong: (text: string) => boolean;
  /**
   * A frame that says that a topic was refused; the session stops asking for it and tells who wants it. Asked of
   * every frame in the half minute after a subscription: must be cheap for data frames.
   */
  readonly readRefusal?: (
    text: string,
  ) => { readonly topics: readonly string[]; readonly error: Error } | null;
}

export interface SocketTiming {
  readonly pingEveryMs: number;
  /** No frame for so long: closed and opened again. */
  readonly silentMs: number;
  /** No pong for so long after a ping: the same. */
  readonly pongMs: number;
  readonly openMs: number;
  readonly loginMs: number;
  /** First, and longest, wait before another attempt; doubled each time, with jitter. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** A connection older than this is replaced; 0 = any age. */
  readonly maxAgeMs: number;
}

export interface SocketStats {
  readonly state: SocketState;
  /** ms UTC; null while there is none. */
  readonly connectedAt: number | null;
  readonly lastFrameAt: number | null;
  readonly nextAttemptAt: number | null;
  readonly latencyMs: number | null;
  readonly lastError: string | null;
  readonly topics: number;
  readonly reconnects: number;
}

/** One WebSocket that is kept alive. Opens with the first wish or `open()`, and again after every loss. */
export interface SocketSession {
  readonly state: SocketState;
  /** Starts connecting; harmless when it has. */
  open(): void;
  /**
   * Wants a topic until the answered function is called. Wishes are counted; the set of wanted topics is what is
   * subscribed after each connect. `refused` hears when the venue does not have the topic.
   */
  want(topic: string, refused?: (error: Error) => void): () => void;
  /** Unsubscribes and subscribes a wanted topic again: the way to a fresh snapshot. */
  renew(topic: string): void;
  /** Writes a frame now. False when it was not written (not live): then surely nothing was sent. */
  send(text: string): boolean;
  /** Resolves when it is live; rejects when it failed for good or was closed. */
  ready(): Promise<void>;
  /** After sleep or a network change: asks for a sign of life at once, or connects without waiting. */
  wake(): void;
  /** Drops the connection and makes a new one (the venue announced a restart). */
  restart(reason: string): void;
  stats(): SocketStats;
  close(): void;
}

export interface SocketParts {
  /** For log and health: `public.linear`, `private`, `trade`. */
  readonly name: string;
  /** Looked up at each attempt. */
  readonly url: () => string;
  readonly headers?: () => Readonly<Record<string, string>>;
  readonly dialect: SocketDialect;
  readonly timing?: Partial<SocketTiming>;
  readonly accountId: string | null;
  /** Every text frame that is neither pong nor login, with our time of arrival (ms UTC). */
  readonly onFrame: (text: string, receivedAt: number) => void;
  readonly onState?: (state: SocketState, reason: string | null) => void;
}

/** What a venue adapter gets to reach its venue. */
export interface VenueNet {
  readonly http: VenueHttp;
  socket(parts: SocketParts): SocketSession;
  /** A clock kept by `ask` (answers venue time, ms), taken anew every ten minutes and on `wake`. */
  clock(ask: () => Promise<number>): VenueClock;
  /** Keeps something that did not go through `http` (an order over a socket) in the request log. Redacts it. */
  readonly log: RequestSink;
  dispose(): void;
}

/** What the log is told of one exchange of messages; redaction is the log's work. */
export interface RequestEntry {
  readonly time: number;
  readonly accountId: string | null;
  readonly transport: 'http' | 'websocket';
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly request: string;
  /** The answer; without one, why in our own words, or null. */
  readonly response: string | null;
  readonly status: number | null;
  readonly outcome: 'ok' | 'refused' | 'failed' | 'unknown';
  readonly waitedMs: number;
  readonly flightMs: number | null;
}

export interface RequestSink {
  record(entry: RequestEntry): void;
}
