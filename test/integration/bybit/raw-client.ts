/** The plainest client: signs with node:crypto, sends with node:http and ws, and shows what came back. */
import { createHmac } from 'node:crypto';
import { request, type IncomingHttpHeaders } from 'node:http';
import { WebSocket } from 'ws';
import type { BybitVenue } from '../../exchanges/bybit/venue.ts';
import { KEY, SECRET } from './sdk-support.ts';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Envelope {
  readonly retCode: number;
  readonly retMsg: string;
  readonly result: Record<string, unknown> & { list: Record<string, unknown>[] };
  readonly retExtInfo: { list?: { code: number; msg: string }[] };
  readonly time: number;
}

export interface Signing {
  readonly key?: string;
  readonly secret?: string;
  readonly timestamp?: number;
  readonly recvWindow?: string;
  /** In place of the HMAC. */
  readonly sign?: (text: string) => string;
}

export const hmac = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('hex');

/** One request on a connection of its own. Rejects when the connection ends without an answer. */
export function raw(
  venue: BybitVenue,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(`${venue.origin}${path}`, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

export function signedHeaders(
  venue: BybitVenue,
  payload: string,
  signing: Signing = {},
): Record<string, string> {
  const { key = KEY, secret = SECRET, timestamp = venue.clock.now(), recvWindow = '5000' } = signing;
  const text = `${timestamp}${key}${recvWindow}${payload}`;
  return {
    'X-BAPI-API-KEY': key,
    'X-BAPI-TIMESTAMP': String(timestamp),
    'X-BAPI-RECV-WINDOW': recvWindow,
    'X-BAPI-SIGN': (signing.sign ?? ((each: string) => hmac(secret, each)))(text),
  };
}

const envelope = (answer: RawAnswer): Envelope => JSON.parse(answer.text) as Envelope;

export async function get(
  venue: BybitVenue,
  path: string,
  query = '',
  signing: Signing = {},
): Promise<Envelope> {
  const full = query === '' ? path : `${path}?${query}`;
  return envelope(await raw(venue, 'GET', full, signedHeaders(venue, query, signing)));
}

export async function post(
  venue: BybitVenue,
  path: string,
  body: object,
  signing: Signing = {},
): Promise<Envelope> {
  const text = JSON.stringify(body);
  const headers = { ...signedHeaders(venue, text, signing), 'Content-Type': 'application/json' };
  return envelope(await raw(venue, 'POST', path, headers, text));
}

export type Message = Record<string, unknown>;

/** A WebSocket that keeps every frame until somebody asks for it. */
export class RawSocket {
  readonly socket: WebSocket;
  readonly seen: Message[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      this.seen.push(JSON.parse(data.toString('utf8')) as Message);
      for (const wake of this.#waiting) wake();
    });
    socket.on('close', () => {
      for (const wake of this.#waiting) wake();
    });
  }

  static open(venue: BybitVenue, path: string): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`${venue.wsOrigin}${path}`, { perMessageDeflate: false });
      const own = new RawSocket(socket);
      socket.on('open', () => resolve(own));
      socket.on('error', reject);
    });
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  login(venue: BybitVenue, idName: 'req_id' | 'reqId' = 'req_id', signing: Signing = {}): void {
    const { key = KEY, secret = SECRET, timestamp = venue.clock.now() + 10_000 } = signing;
    this.send({
      [idName]: 'login',
      op: 'auth',
      args: [key, timestamp, hmac(secret, `GET/realtime${timestamp}`)],
    });
  }

  /** Takes the first frame that fits out of what came; waits for it. Rejects when the socket closes first. */
  async take(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const at = this.seen.findIndex(fits);
      const [found] = at === -1 ? [] : this.seen.splice(at, 1);
      if (found !== undefined) return found;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('The socket closed first.');
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  topic(name: string): Promise<Message> {
    return this.take((message) => message['topic'] === name);
  }

  op(name: string): Promise<Message> {
    return this.take((message) => message['op'] === name);
  }

  /** Resolves once the connection is over. */
  closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.readyState === WebSocket.CLOSED) resolve();
      else this.socket.once('close', () => resolve());
    });
  }

  end(): void {
    this.socket.terminate();
  }
}
