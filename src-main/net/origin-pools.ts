import Pool from 'undici/lib/dispatcher/pool.js';
import { notSent } from './failures.ts';
import { requireSafeUrl } from './host-rules.ts';
import { MAX_IN_FLIGHT } from './rate-limiter.ts';

/** Longest text of an answer that is read; a venue's longest (instrument lists) are 5 MB. */
export const LARGEST_ANSWER_BYTES = 16 * 1024 * 1024;
export const CONNECT_TIMEOUT_MS = 5_000;
/** Backstops; the time of a whole exchange is limited by its job. */
const HEADERS_TIMEOUT_MS = 60_000;
const BODY_TIMEOUT_MS = 30_000;
/**
 * Long enough that the next order finds an open connection, short enough that load balancers, which close
 * after 60 s, seldom close one just as an order is written: such an order's outcome would be unknown.
 */
const KEEP_ALIVE_MS = 30_000;

/** One keep-alive pool per origin. */
export class OriginPools {
  readonly #pools = new Map<string, Pool>();
  /** Replaced ones, until their last request has ended. */
  readonly #leaving = new Set<Pool>();
  #isClosed = false;

  /** Throws `unavailable`/`net.notSent` once closed, `notAllowed` for an unsafe origin. */
  get(origin: string): Pool {
    const known = this.#pools.get(origin);
    if (known) return known;
    if (this.#isClosed) throw notSent('the venue was closed');
    const pool = new Pool(requireSafeUrl(origin).origin, {
      // As many as may be in flight: a built request never waits inside the pool with an ageing signature.
      connections: MAX_IN_FLIGHT.cancel,
      // One request on a connection at a time: a cut one can never take, or resend, another.
      pipelining: 1,
      allowH2: false,
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: BODY_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      maxResponseSize: LARGEST_ANSWER_BYTES,
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        minVersion: 'TLSv1.2',
        rejectUnauthorized: true,
        keepAlive: true,
        noDelay: true,
      },
    });
    this.#pools.set(origin, pool);
    return pool;
  }

  /**
   * The next requests use new connections; what is under way ends on its own. After sleep or a change of network
   * the open ones may lead nowhere, and an order written to such a one would be lost without anybody knowing.
   */
  renew(): void {
    for (const pool of this.#pools.values()) {
      this.#leaving.add(pool);
      void pool
        .close()
        .catch(() => undefined)
        .finally(() => this.#leaving.delete(pool));
    }
    this.#pools.clear();
  }

  /** Cuts what is under way: those requests reject. */
  dispose(): void {
    this.#isClosed = true;
    for (const pool of [...this.#pools.values(), ...this.#leaving])
      void pool.destroy().catch(() => undefined);
    this.#pools.clear();
  }
}
