import { EventEmitter } from 'node:events';
import { StringDecoder } from 'node:string_decoder';
import type { Readable, Writable } from 'node:stream';
import type { CDPSession } from 'playwright';

interface Incoming {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly method: string;
  readonly sessionId: string | undefined;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The target or the browser went away before it answered. */
export class CdpClosedError extends Error {
  override readonly name = 'CdpClosedError';
}

/** One attached target, or the browser itself (no id). Commands and events carry Playwright's protocol types. */
export class CdpSession {
  readonly #events = new EventEmitter();
  readonly #connection: CdpConnection;
  readonly id: string | undefined;

  constructor(connection: CdpConnection, id: string | undefined) {
    this.#connection = connection;
    this.id = id;
  }

  /** Rejects with `CdpClosedError` when the target ends first, with the browser's message when it refuses. */
  readonly send = ((method: string, params: object = {}) =>
    this.#connection.request(method, params, this.id)) as CDPSession['send'];

  readonly on = ((event: string, listener: (payload: unknown) => void) => {
    this.#events.on(event, listener);
    return this;
  }) as unknown as CDPSession['on'];

  deliver(method: string, params: unknown): void {
    this.#events.emit(method, params);
  }
}

/**
 * The DevTools protocol over Chromium's debugging pipe: JSON texts with a NUL after each. A pipe rather than a
 * port, because no other program can attach to it and Chromium ends by itself when this process does, however
 * it ends.
 */
export class CdpConnection {
  readonly browser: CdpSession;
  readonly #output: Writable;
  readonly #sessions = new Map<string, CdpSession>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #closeListeners: (() => void)[] = [];
  #nextId = 1;
  #closed = false;
  #rest = '';

  constructor(output: Writable, input: Readable) {
    this.#output = output;
    this.browser = new CdpSession(this, undefined);
    const decoder = new StringDecoder('utf8');
    input.on('data', (chunk: Buffer) => this.#take(decoder.write(chunk)));
    input.on('close', () => this.#close());
    // A broken pipe is reported by the input's end.
    output.on('error', () => this.#close());
    input.on('error', () => this.#close());
  }

  get closed(): boolean {
    return this.#closed;
  }

  onClose(listener: () => void): void {
    this.#closeListeners.push(listener);
  }

  /** The session of an attached target; one object per id. */
  session(id: string): CdpSession {
    const known = this.#sessions.get(id);
    if (known) return known;
    const session = new CdpSession(this, id);
    this.#sessions.set(id, session);
    return session;
  }

  request(method: string, params: object, sessionId: string | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new CdpClosedError(`${method}: Chromium has ended`));
        return;
      }
      const id = this.#nextId++;
      this.#waiting.set(id, { method, sessionId, resolve, reject });
      this.#output.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  #take(text: string): void {
    const parts = (this.#rest + text).split('\0');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#receive(JSON.parse(part) as Incoming);
  }

  #receive(message: Incoming): void {
    if (message.id !== undefined) {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error) waiting?.reject(new Error(`${waiting.method}: ${message.error.message}`));
      else waiting?.resolve(message.result);
      return;
    }
    if (message.method === undefined) return;
    if (message.method === 'Target.detachedFromTarget') {
      this.#forget((message.params as { sessionId: string }).sessionId);
    }
    const session = message.sessionId === undefined ? this.browser : this.session(message.sessionId);
    session.deliver(message.method, message.params);
  }

  #forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
    for (const [id, waiting] of this.#waiting) {
      if (waiting.sessionId !== sessionId) continue;
      this.#waiting.delete(id);
      waiting.reject(new CdpClosedError(`${waiting.method}: the target has ended`));
    }
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiting of this.#waiting.values()) {
      waiting.reject(new CdpClosedError(`${waiting.method}: Chromium has ended`));
    }
    this.#waiting.clear();
    for (const listener of this.#closeListeners) listener();
  }
}
