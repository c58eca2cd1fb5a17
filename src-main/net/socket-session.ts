import { HoldfastError } from '../errors.ts';
import { connectionEntry } from './connection-entry.ts';
import { Heartbeat } from './heartbeat.ts';
import { ReadyGate } from './ready-gate.ts';
import { SocketConnection } from './socket-connection.ts';
import { SOCKET_TIMING } from './socket-timing.ts';
import { SocketTopics } from './socket-topics.ts';
import { systemTime } from './time.ts';
import type { NetTime } from './time.ts';
import type {
  RequestEntry,
  RequestSink,
  SocketParts,
  SocketSession,
  SocketState,
  SocketStats,
  SocketTiming,
} from './types.ts';

/** A connection that lived this long was a good one: the next loss starts with the shortest wait again. */
const GOOD_AFTER_MS = 10_000;
/** How long after a subscription frames are read for refusals. */
const REFUSAL_WINDOW_MS = 30_000;

export interface SessionOptions {
  readonly parts: SocketParts;
  readonly time?: NetTime;
  /** 0 <= x < 1. */
  readonly random?: () => number;
  /** Hears connects and losses. */
  readonly log?: RequestSink;
  /** Hears what a listener threw: a session never throws into the event loop. */
  readonly onFault?: (error: unknown) => void;
}

/** The state machine of one WebSocket: see SocketSession for what each call promises. */
export class NetSocketSession implements SocketSession {
  readonly #parts: SocketParts;
  readonly #timing: SocketTiming;
  readonly #time: NetTime;
  readonly #random: () => number;
  readonly #log: RequestSink | null;
  readonly #onFault: (error: unknown) => void;
  readonly #topics = new SocketTopics();
  readonly #ready = new ReadyGate();

  #state: SocketState = 'idle';
  #connection: SocketConnection | null = null;
  #heartbeat: Heartbeat | null = null;
  #cancelTimer: () => void = () => undefined;
  #cancelAge: () => void = () => undefined;
  #isFlushScheduled = false;
  #frames = 0;
  #refusalsUntil = 0;
  #attempts = 0;
  #reconnects = 0;
  #startedAt = 0;
  /** Where this attempt goes: asked for once each, because who is asked may take turns between addresses. */
  #url = '';
  #connectedAt: number | null = null;
  #lastFrameAt: number | null = null;
  #nextAttemptAt: number | null = null;
  #lastError: string | null = null;

  constructor(options: SessionOptions) {
    this.#parts = options.parts;
    this.#timing = { ...SOCKET_TIMING, ...options.parts.timing };
    this.#time = options.time ?? systemTime;
    this.#random = options.random ?? Math.random;
    this.#log = options.log ?? null;
    this.#onFault = options.onFault ?? (() => undefined);
  }

  get state(): SocketState {
    return this.#state;
  }

  open(): void {
    if (this.#state === 'idle' || this.#state === 'failed') this.#connect();
  }

  want(topic: string, refused?: (error: Error) => void): () => void {
    if (this.#state === 'closed') return () => undefined;
    const stop = this.#topics.want(topic, refused);
    this.#scheduleFlush();
    if (this.#state === 'idle') this.#connect();
    return () => {
      stop();
      this.#scheduleFlush();
    };
  }

  renew(topic: string): void {
    if (!this.#canWrite() || !this.#topics.isAsked(topic)) return;
    this.#write(this.#parts.dialect.unsubscribe([topic]));
    this.#subscribe([topic]);
  }

  send(text: string): boolean {
    return this.#state === 'live' && this.#connection !== null && this.#connection.send(text);
  }

  ready(): Promise<void> {
    if (this.#state === 'live') return Promise.resolve();
    if (this.#state === 'failed' || this.#state === 'closed') return Promise.reject(this.#over());
    return this.#ready.wait();
  }

  wake(): void {
    if (this.#state === 'backingOff') {
      this.#attempts = 0;
      this.#connect();
    } else {
      this.#heartbeat?.probe();
    }
  }

  restart(reason: string): void {
    if (this.#connection === null) return;
    const isYoung = this.#time.monotonic() - this.#startedAt < this.#timing.backoffMs;
    this.#release();
    if (isYoung) {
      this.#backOff(reason);
    } else {
      this.#reconnects += 1;
      this.#lastError = reason;
      this.#connect();
    }
  }

  stats(): SocketStats {
    return {
      state: this.#state,
      connectedAt: this.#connectedAt,
      lastFrameAt: this.#lastFrameAt,
      nextAttemptAt: this.#nextAttemptAt,
      latencyMs: this.#heartbeat?.latencyMs ?? null,
      lastError: this.#lastError,
      topics: this.#topics.size,
      reconnects: this.#reconnects,
    };
  }

  close(): void {
    if (this.#state === 'closed') return;
    const connection = this.#connection;
    this.#connection = null;
    this.#release();
    connection?.leave();
    this.#become('closed', null);
    this.#ready.refuse(this.#over());
  }

  #connect(): void {
    this.#cancelTimer();
    this.#nextAttemptAt = null;
    this.#startedAt = this.#time.monotonic();
    this.#frames = 0;
    this.#become('connecting', null);
    // A listener may have closed it just now.
    if (this.#state !== 'connecting') return;
    try {
      this.#url = this.#parts.url();
      this.#connection = new SocketConnection(this.#url, this.#parts.headers?.() ?? {}, this.#timing.openMs, {
        onOpen: this.#onOpen,
        onText: this.#onText,
        onLost: this.#lost,
      });
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#limitPhase(this.#timing.openMs, 'no connection in time');
  }

  readonly #onOpen = (): void => {
    const { login } = this.#parts.dialect;
    if (!login) {
      this.#goLive();
      return;
    }
    const connection = this.#connection;
    this.#limitPhase(this.#timing.loginMs, 'no answer to the login');
    this.#become('authenticating', null);
    login().then(
      (frame) => {
        if (this.#connection === connection) connection?.send(frame);
      },
      (error: unknown) => {
        if (this.#connection === connection) this.#loginRefused(error);
      },
    );
  };

  /** Every frame comes through here, thousands a second: nothing is parsed and nothing is allocated. */
  readonly #onText = (text: string): void => {
    const now = this.#time.now();
    this.#lastFrameAt = now;
    this.#frames += 1;
    try {
      if (this.#heartbeat?.awaitsPong && this.#parts.dialect.isPong(text)) {
        this.#heartbeat.pong();
        return;
      }
      if (this.#state === 'authenticating' && this.#isLoginAnswer(text)) return;
      if (now < this.#refusalsUntil) this.#readRefusal(text);
      this.#parts.onFrame(text, now);
    } catch (error) {
      this.#onFault(error);
    }
  };

  #isLoginAnswer(text: string): boolean {
    const answer = this.#parts.dialect.readLogin?.(text) ?? null;
    if (answer === null) return false;
    if (answer === true) this.#goLive();
    else this.#loginRefused(answer);
    return true;
  }

  /** A wrong key stays wrong: asking again and again is what gets an account blocked. */
  #loginRefused(error: unknown): void {
    const isFinal = error instanceof HoldfastError && (error.kind === 'auth' || error.kind === 'permission');
    if (isFinal) this.#fail(error);
    else this.#lost(messageOf(error));
  }

  #goLive(): void {
    this.#cancelTimer();
    const connection = this.#connection;
    this.#connectedAt = this.#time.now();
    this.#heartbeat = new Heartbeat(this.#time, this.#timing, {
      ping: () => connection?.send(this.#parts.dialect.ping()),
      frames: () => this.#frames,
      onDoubt: (isDoubtful) => {
        this.#become(isDoubtful ? 'stale' : 'live', isDoubtful ? 'no answer to a ping yet' : null);
      },
      onDead: this.#lost,
    });
    if (this.#timing.maxAgeMs > 0)
      this.#cancelAge = this.#time.after(this.#timing.maxAgeMs, () => {
        this.restart('its age');
      });
    this.#topics.forgetAsked();
    this.#record('connect', 'ok', null);
    this.#become('live', null);
    this.#flush();
    this.#ready.open();
  }

  readonly #lost = (reason: string): void => {
    if (this.#state === 'closed' || this.#state === 'failed') return;
    this.#record(this.#connectedAt === null ? 'connect' : 'disconnect', 'failed', reason);
    if (this.#connectedAt !== null && this.#time.monotonic() - this.#startedAt >= GOOD_AFTER_MS)
      this.#attempts = 0;
    this.#release();
    this.#backOff(reason);
  };

  /** Full jitter: after a venue's restart its clients must not all come back in the same second. */
  #backOff(reason: string): void {
    const { backoffMs, backoffMaxMs } = this.#timing;
    const delay = this.#random() * Math.min(backoffMaxMs, backoffMs * 2 ** Math.min(this.#attempts, 20));
    this.#attempts += 1;
    this.#reconnects += 1;
    this.#lastError = reason;
    this.#nextAttemptAt = this.#time.now() + Math.round(delay);
    this.#cancelTimer = this.#time.after(delay, () => {
      this.#connect();
    });
    this.#become('backingOff', reason);
  }

  #fail(error: unknown): void {
    const reason = messageOf(error);
    this.#record('connect', 'refused', reason);
    this.#release();
    this.#lastError = reason;
    this.#become('failed', reason);
    this.#ready.refuse(error instanceof Error ? error : this.#over());
  }

  #limitPhase(ms: number, reason: string): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#time.after(ms, () => {
      this.#lost(reason);
    });
  }

  /** Lets go of the connection and of everything that hangs on it. */
  #release(): void {
    this.#cancelTimer();
    this.#cancelAge();
    this.#heartbeat?.stop();
    this.#heartbeat = null;
    this.#connectedAt = null;
    this.#nextAttemptAt = null;
    const connection = this.#connection;
    this.#connection = null;
    connection?.drop();
  }

  #scheduleFlush(): void {
    if (this.#isFlushScheduled || !this.#canWrite()) return;
    this.#isFlushScheduled = true;
    queueMicrotask(() => {
      this.#isFlushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (!this.#canWrite()) return;
    const { drop, ask } = this.#topics.takeChange();
    if (drop.length > 0) this.#write(this.#parts.dialect.unsubscribe(drop));
    if (ask.length > 0) this.#subscribe(ask);
  }

  #subscribe(topics: readonly string[]): void {
    this.#refusalsUntil = this.#parts.dialect.readRefusal ? this.#time.now() + REFUSAL_WINDOW_MS : 0;
    this.#write(this.#parts.dialect.subscribe(topics));
  }

  #readRefusal(text: string): void {
    const refusal = this.#parts.dialect.readRefusal?.(text) ?? null;
    if (refusal)
      this.#topics.refuse(refusal.topics, refusal.error, (run) => {
        this.#guarded(run);
      });
  }

  #canWrite(): boolean {
    return this.#state === 'live' || this.#state === 'stale';
  }

  #write(frames: readonly string[]): void {
    for (const frame of frames) this.#connection?.send(frame);
  }

  #become(state: SocketState, reason: string | null): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#guarded(() => this.#parts.onState?.(state, reason));
  }

  #over(): HoldfastError {
    const why = this.#state === 'closed' ? 'it was closed' : (this.#lastError ?? 'it failed');
    return new HoldfastError('unavailable', 'net.socketOver', `There is no live connection: ${why}.`);
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#onFault(error);
    }
  }

  #record(
    operation: 'connect' | 'disconnect',
    outcome: RequestEntry['outcome'],
    reason: string | null,
  ): void {
    const tookMs = this.#time.monotonic() - this.#startedAt;
    this.#log?.record(
      connectionEntry(this.#parts, this.#url, {
        time: this.#time.now(),
        operation,
        outcome,
        response: reason,
        flightMs: operation === 'connect' ? tookMs : null,
      }),
    );
  }
}

/** HoldfastErrors are safe to show; other texts can hold anything. */
const messageOf = (error: unknown): string =>
  error instanceof HoldfastError ? error.message : 'something unexpected went wrong';
