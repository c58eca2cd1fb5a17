import type { NetTime } from './time.ts';
import type { SocketTiming } from './types.ts';

export interface HeartbeatEvents {
  /** Writes a ping. */
  readonly ping: () => void;
  /** How many frames have come since the connection was made. */
  readonly frames: () => number;
  /** A pong is overdue (true), or something was heard again (false). */
  readonly onDoubt: (isDoubtful: boolean) => void;
  readonly onDead: (reason: string) => void;
}

const TICK_MS = 1_000;
/** A tick this late means that the machine slept or this process was held up: nothing was read meanwhile. */
const LATE_MS = 4_000;

/**
 * Finds connections that are dead without a word (half-open): pings, and looks once a second whether anything
 * came. It compares counts instead of being told of each frame, which keeps the path of a frame free of it.
 */
export class Heartbeat {
  readonly #time: NetTime;
  readonly #timing: SocketTiming;
  readonly #events: HeartbeatEvents;
  #cancelTick: () => void = () => undefined;
  #lastTickAt: number;
  #quietSince: number;
  #framesSeen: number;
  #lastPingAt: number;
  /** Pings without a pong yet, and when the first of them left. */
  #unanswered = 0;
  #askedAt = 0;
  #isDoubtful = false;
  /** Round trip of the last ping, ms. */
  latencyMs: number | null = null;

  constructor(time: NetTime, timing: SocketTiming, events: HeartbeatEvents) {
    this.#time = time;
    this.#timing = timing;
    this.#events = events;
    const now = time.monotonic();
    this.#lastTickAt = now;
    this.#quietSince = now;
    this.#lastPingAt = now;
    this.#framesSeen = events.frames();
    this.#schedule();
  }

  get awaitsPong(): boolean {
    return this.#unanswered > 0;
  }

  /** The answer to a ping came. */
  pong(): void {
    this.latencyMs = this.#time.monotonic() - this.#askedAt;
    this.#unanswered -= 1;
    this.#doubt(false);
  }

  /** Asks for a sign of life now and forgives the silence before. */
  probe(): void {
    const now = this.#time.monotonic();
    this.#quietSince = now;
    this.#ping(now);
  }

  stop(): void {
    this.#cancelTick();
  }

  #ping(now: number): void {
    this.#unanswered += 1;
    this.#askedAt = now;
    this.#lastPingAt = now;
    this.#events.ping();
  }

  #schedule(): void {
    this.#cancelTick = this.#time.after(TICK_MS, () => {
      this.#schedule();
      this.#tick();
    });
  }

  #tick(): void {
    const now = this.#time.monotonic();
    const isLate = now - this.#lastTickAt > TICK_MS + LATE_MS;
    this.#lastTickAt = now;
    const frames = this.#events.frames();
    if (frames !== this.#framesSeen) {
      this.#framesSeen = frames;
      this.#quietSince = now;
    }
    if (isLate) {
      this.probe();
      return;
    }
    const { pongMs, silentMs, pingEveryMs } = this.#timing;
    const waited = this.#unanswered > 0 ? now - this.#askedAt : 0;
    if (waited >= pongMs) {
      this.#events.onDead('no answer to a ping');
    } else if (now - this.#quietSince >= silentMs) {
      this.#events.onDead('nothing came for too long');
    } else {
      // Overdue by half, with nothing else coming either: what is shown may be old.
      this.#doubt(waited >= pongMs / 2 && this.#quietSince <= this.#askedAt + TICK_MS);
      if (this.#unanswered === 0 && now - this.#lastPingAt >= pingEveryMs) this.#ping(now);
    }
  }

  #doubt(isDoubtful: boolean): void {
    if (isDoubtful === this.#isDoubtful) return;
    this.#isDoubtful = isDoubtful;
    this.#events.onDoubt(isDoubtful);
  }
}
