/** What reached the venue, for tests that count: requests by path, orders by client id. */
export class Counters {
  readonly #requests = new Map<string, number>();
  readonly #orders = new Map<string, number>();
  /** Requests in the order in which they came, newest last; only the last thousand. */
  readonly log: {
    readonly method: string;
    readonly path: string;
    readonly query: string;
    readonly body: string;
  }[] = [];
  connections = 0;

  request(method: string, path: string, query: string, body: string): void {
    this.#requests.set(path, this.requests(path) + 1);
    this.log.push({ method, path, query, body });
    if (this.log.length > 1000) this.log.shift();
  }

  /** An order-entry message; counted as `ws:order.create`. */
  message(op: string, body: string): void {
    this.#requests.set(`ws:${op}`, this.requests(`ws:${op}`) + 1);
    this.log.push({ method: 'WS', path: op, query: '', body });
    if (this.log.length > 1000) this.log.shift();
  }

  /** A creation that arrived, whatever became of it. */
  order(linkId: string): void {
    this.#orders.set(linkId, this.orders(linkId) + 1);
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
}
