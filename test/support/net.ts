/** Stand-ins for `src-main/net/` in tests of adapters: no sockets, no timers, everything recorded. */
import { refuseLate } from '../../src-main/net/send-deadline.ts';
import type {
  BudgetFeedback,
  BudgetRule,
  HttpJob,
  HttpRequest,
  HttpResponse,
  RequestEntry,
  SocketParts,
  SocketSession,
  SocketState,
  SocketStats,
  VenueClock,
  VenueHttp,
  VenueNet,
} from '../../src-main/net/types.ts';

/** What a handler answers with: text, a whole or partial response, or an error that `send` rejects with. */
export type FakeAnswer = string | (Partial<HttpResponse> & { readonly text: string }) | Error;
export type FakeHandler = (request: HttpRequest, job: HttpJob) => FakeAnswer | Promise<FakeAnswer>;

export interface FakeHttp extends VenueHttp {
  /** Every job whose `build` succeeded, with what it built, in order. */
  readonly sent: { readonly job: HttpJob; readonly request: HttpRequest }[];
  readonly limits: Map<string, BudgetRule>;
  /** Units taken with `take`; a test clears it when the window has passed. */
  readonly taken: Map<string, number>;
  readonly observed: { readonly budget: string; readonly feedback: BudgetFeedback }[];
  readonly pauses: { readonly until: number; readonly reason: string }[];
  /** How often `failed()` was called. */
  failures: number;
  /** Milliseconds; what `sentAt` and `receivedAt` say. */
  time: number;
  isDisposed: boolean;
  handler: FakeHandler;
}

/** A VenueHttp that builds each job at once and hands the request to `handler`. */
export function fakeHttp(handler: FakeHandler): FakeHttp {
  const http: FakeHttp = {
    sent: [],
    limits: new Map(),
    taken: new Map(),
    observed: [],
    pauses: [],
    failures: 0,
    time: Date.UTC(2026, 10, 20),
    isDisposed: false,
    handler,
    send: async (job) => {
      const request = await job.build();
      // As the real one, before the first byte.
      refuseLate(job.deadline);
      http.sent.push({ job, request });
      const answer = await http.handler(request, job);
      if (answer instanceof Error) throw answer;
      const given = typeof answer === 'string' ? { text: answer } : answer;
      return { status: 200, headers: {}, sentAt: http.time, receivedAt: http.time, ...given };
    },
    limit: (budget, rule) => http.limits.set(budget, rule),
    take: (_lane, uses) => {
      const fits = uses.every(
        ({ budget, units = 1 }) =>
          (http.taken.get(budget) ?? 0) + units <= (http.limits.get(budget)?.limit ?? Infinity),
      );
      if (!fits) return null;
      for (const { budget, units = 1 } of uses) http.taken.set(budget, (http.taken.get(budget) ?? 0) + units);
      return () => undefined;
    },
    observe: (budget, feedback) => http.observed.push({ budget, feedback }),
    pause: (until, reason) => http.pauses.push({ until, reason }),
    failed: () => {
      http.failures += 1;
    },
    budgetLeft: () => (http.limits.size === 0 ? null : 1),
    latencyMs: () => (http.sent.length === 0 ? null : 1),
    pausedUntil: () => http.pauses.at(-1)?.until ?? null,
    dispose: () => {
      http.isDisposed = true;
    },
  };
  return http;
}

/** A SocketSession whose connection is played by the test. */
export class FakeSocket implements SocketSession {
  readonly parts: SocketParts;
  /** Frames written through `send`; login and subscriptions are not among them. */
  readonly written: string[] = [];
  readonly renewed: string[] = [];
  readonly restarts: string[] = [];
  opens = 0;
  wakes = 0;
  state: SocketState = 'idle';
  /** Runs after each frame that `send` wrote: the place to answer. */
  onSend: ((text: string) => void) | null = null;
  readonly #wishes = new Map<string, Set<{ refused: ((error: Error) => void) | undefined }>>();
  readonly #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #lastFrameAt: number | null = null;
  #lastError: string | null = null;

  /** What comes back for the topics that `goLive` asks for; null: nothing. */
  acknowledgement: string | null;

  constructor(parts: SocketParts) {
    this.parts = parts;
    this.acknowledgement = parts.name === 'private' ? '{"success":true,"op":"subscribe"}' : null;
  }

  /** The topics that are wanted now, in the order of their first wish. */
  topics(): readonly string[] {
    return [...this.#wishes.keys()];
  }

  /** A frame arrives, whatever the state. */
  frame(text: string | object, receivedAt = Date.now()): void {
    this.#lastFrameAt = receivedAt;
    this.parts.onFrame(typeof text === 'string' ? text : JSON.stringify(text), receivedAt);
  }

  /** Changes the state as the real session would tell it. `live` settles `ready()`. */
  become(state: SocketState, reason: string | null = null): void {
    this.state = state;
    if (reason !== null) this.#lastError = reason;
    this.parts.onState?.(state, reason);
    if (state === 'live') for (const one of this.#waiting.splice(0)) one.resolve();
    if (state === 'failed' || state === 'closed')
      for (const one of this.#waiting.splice(0)) one.reject(new Error(reason ?? state));
  }

  /** Logs in as the dialect does, answers the frame it made, and goes live. */
  async goLive(): Promise<string | null> {
    const login = (await this.parts.dialect.login?.()) ?? null;
    this.become('live');
    if (this.acknowledgement !== null) this.frame(this.acknowledgement);
    return login;
  }

  /** The venue refuses a topic. */
  refuse(topic: string, error: Error): void {
    const wishes = [...(this.#wishes.get(topic) ?? [])];
    this.#wishes.delete(topic);
    for (const wish of wishes) wish.refused?.(error);
  }

  open(): void {
    this.opens += 1;
    if (this.state === 'idle' || this.state === 'failed') this.become('connecting');
  }

  want(topic: string, refused?: (error: Error) => void): () => void {
    if (this.state === 'idle') this.become('connecting');
    const wish = { refused };
    const wishes = this.#wishes.get(topic) ?? new Set();
    this.#wishes.set(topic, wishes.add(wish));
    return () => {
      wishes.delete(wish);
      if (wishes.size === 0 && this.#wishes.get(topic) === wishes) this.#wishes.delete(topic);
    };
  }

  renew(topic: string): void {
    this.renewed.push(topic);
  }

  send(text: string): boolean {
    if (this.state !== 'live') return false;
    this.written.push(text);
    this.onSend?.(text);
    return true;
  }

  ready(): Promise<void> {
    if (this.state === 'live') return Promise.resolve();
    if (this.state === 'failed' || this.state === 'closed') return Promise.reject(new Error(this.state));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  wake(): void {
    this.wakes += 1;
  }

  restart(reason: string): void {
    this.restarts.push(reason);
  }

  stats(): SocketStats {
    return {
      state: this.state,
      connectedAt: this.state === 'live' ? 0 : null,
      lastFrameAt: this.#lastFrameAt,
      nextAttemptAt: null,
      latencyMs: null,
      lastError: this.#lastError,
      topics: this.#wishes.size,
      reconnects: 0,
    };
  }

  close(): void {
    if (this.state !== 'closed') this.become('closed');
  }
}

export interface FakeClock extends VenueClock {
  /** Venue minus ours, ms: settable. */
  offset: number | null;
  syncs: number;
}

export interface FakeNet extends VenueNet {
  readonly http: FakeHttp;
  /** In the order they were asked for. */
  readonly sockets: FakeSocket[];
  readonly clocks: FakeClock[];
  readonly logged: RequestEntry[];
  /** The socket of that name; throws when the adapter never asked for it. */
  socketNamed(name: string): FakeSocket;
  isDisposed: boolean;
}

const nothingThere: FakeHandler = (request) => new Error(`No answer for ${request.method} ${request.path}`);

/** `now` is our clock; a venue clock adds its offset, 0 until a test sets it. `sync` counts and asks. */
export function fakeNet(handler: FakeHandler = nothingThere, now: () => number = Date.now): FakeNet {
  const net: FakeNet = {
    http: fakeHttp(handler),
    sockets: [],
    clocks: [],
    logged: [],
    isDisposed: false,
    log: { record: (entry) => net.logged.push(entry) },
    socket: (parts) => {
      const socket = new FakeSocket(parts);
      net.sockets.push(socket);
      return socket;
    },
    clock: (ask) => {
      const clock = fakeClock(ask, now);
      net.clocks.push(clock);
      return clock;
    },
    socketNamed: (name) => {
      const found = net.sockets.find((socket) => socket.parts.name === name);
      if (!found)
        throw new Error(`No socket ${name}; there are ${net.sockets.map((s) => s.parts.name).join()}`);
      return found;
    },
    dispose: () => {
      for (const socket of net.sockets) socket.close();
      net.http.dispose();
      net.isDisposed = true;
    },
  };
  return net;
}

function fakeClock(ask: () => Promise<number>, now: () => number): FakeClock {
  const clock: FakeClock = {
    offset: null,
    syncs: 0,
    now: () => now() + (clock.offset ?? 0),
    offsetMs: () => clock.offset,
    sync: async () => {
      clock.syncs += 1;
      clock.offset = (await ask()) - now();
    },
    dispose: () => undefined,
  };
  return clock;
}
