import type { Params, Payload } from './protocol.ts';

const ORDER_PATH = /^\/v5\/order\/(create|amend|cancel)(-batch)?$/;

/** A wish about one order, as it arrived: before the venue judges it or acts on it. */
export interface OrderArrival {
  readonly op: 'create' | 'amend' | 'cancel';
  readonly category: string;
  readonly row: Payload;
  /** When its sender signed it, by the sender's own clock, Unix ms. */
  readonly signedAt: number;
}

export interface CountedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
}

/** What reached the venue, for tests that count: requests by path, orders by client id. */
export class Counters {
  readonly #requests = new Map<string, number>();
  readonly #orders = new Map<string, number>();
  /** Requests in the order in which they came, newest last; only the last thousand. */
  readonly log: CountedRequest[] = [];
  /** Hears of each request as it arrives, before anything is done with it. */
  heard: (request: CountedRequest) => void = () => undefined;
  connections = 0;
  /** Hears of each order, change and cancellation that arrives, over HTTP or `/v5/trade`. */
  onArrival: ((arrival: OrderArrival) => void) | null = null;

  request(method: string, path: string, query: string, body: string): void {
    this.#requests.set(path, this.requests(path) + 1);
    this.#note({ method, path, query, body });
  }

  /** An order-entry message; counted as `ws:order.create`. */
  message(op: string, body: string): void {
    this.#requests.set(`ws:${op}`, this.requests(`ws:${op}`) + 1);
    this.#note({ method: 'WS', path: op, query: '', body });
  }

  /** A request by its REST path, whichever way it came; creations are counted, whatever becomes of them. */
  arrived(path: string, params: Params, signedAt: number): void {
    const [, op, batch] = ORDER_PATH.exec(path) ?? [];
    if (op === undefined) return;
    const rows = batch === undefined ? [params] : params.rows('request');
    for (const row of rows) {
      const linkId = row.text('orderLinkId');
      if (op === 'create') this.#orders.set(linkId, this.orders(linkId) + 1);
      const category = params.text('category');
      this.onArrival?.({ op: op as OrderArrival['op'], category, row: row.raw, signedAt });
    }
  }

  requests(path: string): number {
    return this.#requests.get(path) ?? 0;
  }

  allRequests(): number {
    return [...this.#requests].reduce(
      (sum, [path, count]) => (path.startsWith('ws:') ? sum : sum + count),
      0,
    );
  }

  /** Creations that arrived with a client id; without an argument all creations. */
  orders(linkId?: string): number {
    if (linkId !== undefined) return this.#orders.get(linkId) ?? 0;
    return [...this.#orders.values()].reduce((sum, count) => sum + count, 0);
  }

  #note(request: CountedRequest): void {
    this.log.push(request);
    if (this.log.length > 1000) this.log.shift();
    this.heard(request);
  }
}
