/** One WebSocket of a client as the streams see it: sends JSON, knows its kind, obeys faults of the connection. */
import type { RawData, WebSocket } from 'ws';
import type { Faults, StreamKind } from './faults.ts';
import type { Payload } from './protocol.ts';
import type { VenueTime } from './venue-time.ts';

export interface StreamContext {
  readonly faults: Faults;
  readonly time: VenueTime;
  readonly connId: string;
  readonly kind: StreamKind;
  readonly ip: string;
  /** Silence after which the venue cuts the connection. */
  readonly activeMs: number;
}

export class Stream {
  readonly context: StreamContext;
  readonly #socket: WebSocket;
  #closed = false;
  #stalled = false;
  #activeAt: number;

  constructor(socket: WebSocket, context: StreamContext) {
    this.#socket = socket;
    this.context = context;
    this.#activeAt = context.time.now();
    socket.on('close', () => {
      this.#closed = true;
    });
    // A client that goes away in the middle of a frame is no error of the venue.
    socket.on('error', () => undefined);
  }

  get open(): boolean {
    return !this.#closed && this.#socket.readyState === this.#socket.OPEN;
  }

  /** Milliseconds without a message in either direction. */
  idleMs(): number {
    return this.context.time.now() - this.#activeAt;
  }

  /** A half-open connection stays as it is, says nothing and hears nothing. */
  get mute(): boolean {
    return this.#stalled || this.context.faults.halfOpen.has(this.context.kind);
  }

  send(message: Payload): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string): void {
    if (!this.open || this.mute) return;
    this.#activeAt = this.context.time.now();
    this.#socket.send(text);
  }

  /** An acknowledgement, late when that was asked for. */
  acknowledge(message: Payload): void {
    const { slowAckMs, rewriteAck } = this.context.faults;
    const text = JSON.stringify(message);
    const send = (): void => this.sendText(rewriteAck === null ? text : rewriteAck(text));
    if (slowAckMs === 0) send();
    else this.context.time.after(slowAckMs, send);
  }

  onMessage(handle: (message: Payload) => void): void {
    this.#socket.on('message', (data: RawData) => {
      if (this.mute) return;
      this.#activeAt = this.context.time.now();
      const message = parse(data);
      if (message !== null) handle(message);
    });
  }

  onClose(handle: () => void): void {
    this.#socket.on('close', handle);
  }

  /** Keeps the connection and never says or hears anything again, protocol pings included. */
  stall(): void {
    this.#stalled = true;
    this.#socket.pause();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  close(code = 1000, reason = ''): void {
    this.#socket.close(code, reason);
  }
}

function parse(data: RawData): Payload | null {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer);
  try {
    const message: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof message === 'object' && message !== null && !Array.isArray(message) ? { ...message } : null;
  } catch {
    return null;
  }
}
