/**
 * The network of one venue, put together. An adapter's composition does, once:
 *
 *   const net = createVenueNet({ venue: 'bybit', log, isRefusal, venueCodeOf });
 *   const exchange = createBybit({ net, … });            // adapters see VenueNet only
 *   powerMonitor.on('resume', () => net.wake());
 *   net.dispose();                                       // after the adapter
 *
 * - Requests: `net.http.limit(…)` declares budgets once; each request is `net.http.send({ operation, lane,
 *   budgets, accountId, isWrite, build })`. `build` signs: it is called when the turn has come. Then the adapter
 *   judges the answer: `observe` with the venue's rate headers, `failed` for 5xx and protection, `pause` for a ban.
 * - Sockets: `net.socket({ name, url, dialect, onFrame, … })`, then `want(topic)`; after `live` the wanted
 *   topics are subscribed, after each loss again. Books start anew whenever `onState` says anything but `live`.
 * - Clock: `net.clock(ask)`, then `sync()` before the first signature. Reset times of `observe` are read with it.
 * - Orders over a socket are recorded by the adapter through `net.log`.
 */
import type { VenueId } from '../../src-preload/contract/types/market.ts';
import { ClockSync } from './clock-sync.ts';
import { HttpClient } from './http-client.ts';
import type { AnswerReading, RequestLog } from './request-log.ts';
import { NetSocketSession } from './socket-session.ts';
import { systemTime } from './time.ts';
import type { NetTime } from './time.ts';
import type { RequestSink, SocketParts, SocketSession, VenueClock, VenueNet } from './types.ts';

export interface VenueNetOptions extends AnswerReading {
  readonly venue: VenueId;
  /** Absent: nothing is kept. */
  readonly log?: Pick<RequestLog, 'sink'>;
  readonly time?: NetTime;
  /** 0 <= x < 1; spreads reconnects. */
  readonly random?: () => number;
  /** Hears what listeners of sockets threw. */
  readonly onFault?: (error: unknown) => void;
  /** Our own clock was set, or the machine slept, by so many ms. */
  readonly onClockJump?: (byMs: number) => void;
}

/** What the owner of a VenueNet can do beside what adapters can. */
export interface OwnedVenueNet extends VenueNet {
  /** After sleep or a network change: old connections are given up, sockets looked at and clocks taken anew. */
  wake(): void;
}

const NO_LOG: RequestSink = { record: () => undefined };

/** The network of one venue. Dispose it after the adapter that uses it. */
export function createVenueNet(options: VenueNetOptions): OwnedVenueNet {
  return new ComposedNet(options);
}

class ComposedNet implements OwnedVenueNet {
  readonly http: HttpClient;
  readonly log: RequestSink;
  readonly #options: VenueNetOptions;
  readonly #time: NetTime;
  readonly #sockets = new Set<SocketSession>();
  readonly #clocks: VenueClock[] = [];
  #isDisposed = false;

  constructor(options: VenueNetOptions) {
    this.#options = options;
    this.#time = options.time ?? systemTime;
    this.log = options.log?.sink(options.venue, options) ?? NO_LOG;
    this.http = new HttpClient({
      time: this.#time,
      ...(options.log ? { log: this.log } : {}),
      offsetMs: () => this.#clocks[0]?.offsetMs() ?? null,
    });
  }

  socket(parts: SocketParts): SocketSession {
    const { random, onFault } = this.#options;
    const session = new NetSocketSession({
      parts: {
        ...parts,
        onState: (state, reason) => {
          // Adapters open and close streams all day: closed ones are not kept.
          if (state === 'closed') this.#sockets.delete(session);
          parts.onState?.(state, reason);
        },
      },
      time: this.#time,
      log: this.log,
      ...(random ? { random } : {}),
      ...(onFault ? { onFault } : {}),
    });
    this.#sockets.add(session);
    if (this.#isDisposed) session.close();
    return session;
  }

  clock(ask: () => Promise<number>): VenueClock {
    const clock = new ClockSync({
      ask,
      time: this.#time,
      onJump: (byMs) => {
        // Most often the machine slept, and nobody may have told us.
        this.http.wake();
        this.#options.onClockJump?.(byMs);
      },
    });
    this.#clocks.push(clock);
    return clock;
  }

  wake(): void {
    this.http.wake();
    for (const socket of this.#sockets) socket.wake();
    for (const clock of this.#clocks) clock.sync().catch(() => undefined);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const socket of [...this.#sockets]) socket.close();
    for (const clock of this.#clocks) clock.dispose();
    this.http.dispose();
  }
}
