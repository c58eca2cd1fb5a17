/** Misbehaviour on command. Every fault is asked for by a test; without one the venue is well behaved. */
import { Refusal } from './protocol.ts';

/** What happens to a request instead of, before or after its normal handling. */
export type HttpFault =
  /** The answer comes late; the action happens at once. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** The action happens, the connection ends without an answer. */
  | { readonly kind: 'dropAfter' }
  /** Nothing happens, the connection ends without an answer. */
  | { readonly kind: 'dropBefore' }
  /** The action happens (`acts`) or not, and a business code is answered. `reset`: with limit headers. */
  | {
      readonly kind: 'code';
      readonly code: number;
      readonly message?: string;
      readonly acts?: boolean;
      readonly reset?: boolean;
    }
  /** A bare HTTP status with an HTML page. */
  | { readonly kind: 'status'; readonly status: number; readonly acts?: boolean }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'html' }
  /** The action happens, the answer's text is another one. */
  | { readonly kind: 'rewrite'; readonly rewrite: (body: string) => string };

export type StreamKind = 'public' | 'private' | 'trade';

/** What happens to an order-entry message. */
export type TradeFault =
  | { readonly kind: 'dropAfter' }
  | { readonly kind: 'dropBefore' }
  /** Acts, then the connection ends without an acknowledgement. */
  | { readonly kind: 'disconnectAfter' }
  | { readonly kind: 'code'; readonly code: number; readonly message?: string }
  | { readonly kind: 'latency'; readonly ms: number }
  /** Acts, and the answer's text is another one. */
  | { readonly kind: 'rewrite'; readonly rewrite: (answer: string) => string };

/** What happens to the next private messages. */
export type PrivateFault = 'duplicate' | 'reverse' | 'drop';

interface Planned<T> {
  readonly path: string;
  readonly fault: T;
  left: number;
}

/** Takes the next fault out of a plan. `*` stands for every path. */
function next<T>(plan: Planned<T>[], path: string): T | null {
  const found = plan.find((entry) => entry.left > 0 && (entry.path === '*' || entry.path === path));
  if (found === undefined) return null;
  found.left -= 1;
  return found.fault;
}

export class Faults {
  readonly #http: Planned<HttpFault>[] = [];
  readonly #trade: Planned<TradeFault>[] = [];
  readonly #private: Planned<PrivateFault>[] = [];
  /** Sockets of these kinds stay open and say nothing more, not even a pong. */
  readonly halfOpen = new Set<StreamKind>();
  /** Nothing goes out on private streams while orders go on. */
  privateSilent = false;
  /** Changes what private streams say, message by message; null sends it as it is. */
  rewritePrivate: ((text: string) => string) | null = null;
  /** Changes acknowledgements of log-ins and subscriptions; null sends them as they are. */
  rewriteAck: ((text: string) => string) | null = null;
  /** The first snapshot is sent before the acknowledgement of its subscription. */
  snapshotBeforeAck = false;
  /** Milliseconds that private subscriptions wait before they count. */
  slowSubscriptionMs = 0;
  /** Milliseconds that acknowledgements of subscriptions and logins wait. */
  slowAckMs = 0;
  /** A delta goes out before the first snapshot of a subscription. */
  deltaBeforeSnapshot = false;

  /** The next `times` requests of a path (`/v5/order/create`, or `*`) go wrong. */
  http(path: string, fault: HttpFault, times = 1): void {
    this.#http.push({ path, fault, left: times });
  }

  /** The next `times` messages of an operation (`order.create`, or `*`) on /v5/trade go wrong. */
  trade(op: string, fault: TradeFault, times = 1): void {
    this.#trade.push({ path: op, fault, left: times });
  }

  /** The next `times` private messages of a topic (or `*`) go wrong. */
  privateMessages(topic: string, fault: PrivateFault, times = 1): void {
    this.#private.push({ path: topic, fault, left: times });
  }

  nextHttp(path: string): HttpFault | null {
    return next(this.#http, path);
  }

  nextTrade(op: string): TradeFault | null {
    return next(this.#trade, op);
  }

  nextPrivate(topic: string): PrivateFault | null {
    return next(this.#private, topic);
  }

  /** Well behaved again. */
  clear(): void {
    this.#http.length = 0;
    this.#trade.length = 0;
    this.#private.length = 0;
    this.halfOpen.clear();
    this.privateSilent = false;
    this.rewritePrivate = null;
    this.rewriteAck = null;
    this.snapshotBeforeAck = false;
    this.slowSubscriptionMs = 0;
    this.slowAckMs = 0;
    this.deltaBeforeSnapshot = false;
  }
}

const MESSAGES: Record<number, string> = {
  10000: 'Server Timeout',
  10006: 'Too many visits. Exceeded the API Rate Limit.',
  10016: 'Internal Server Error',
  10019: 'ws trade service is restarting, do not accept new request for the time being.',
  10429: 'System level frequency protection',
  170007: 'Timeout waiting for response from backend server.',
  170146: 'Order creation timeout.',
};

export const codeRefusal = (code: number, message?: string): Refusal =>
  new Refusal(code, message ?? MESSAGES[code] ?? 'Internal error');
