import { connect, type Socket } from 'node:net';
import {
  MAX_MESSAGE_BYTES,
  MESSAGE_TYPE,
  decodeMessage,
  encodeCall,
  messageLength,
  type Message,
} from './message.ts';

const BUS = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};
const HELLO_SERIAL = 1;

/** A bus on the same machine answers in milliseconds; one that does not is not there. */
export const HANDSHAKE_LIMIT_MS = 5_000;

export interface BusOptions {
  /** Socket path; begins with NUL for an abstract socket. */
  readonly path: string;
  /** What to listen to, as D-Bus match rules. */
  readonly matchRules: readonly string[];
  readonly onSignal: (signal: Message) => void;
  /** Called once when an opened connection has ended, unless by `dispose`. */
  readonly onEnd: () => void;
  readonly uid?: number;
  readonly limitMs?: number;
}

/**
 * Listens on a message bus and says nothing but what listening takes: EXTERNAL authentication (the kernel
 * vouches for our user), Hello, and one AddMatch per rule. It calls no service and offers none.
 */
export class BusConnection {
  readonly #options: BusOptions;
  readonly #socket: Socket;
  readonly #ready = Promise.withResolvers<void>();
  readonly #timer: NodeJS.Timeout;
  #received = Buffer.alloc(0);
  #phase: 'authenticating' | 'greeting' | 'listening' | 'ended' = 'authenticating';

  private constructor(options: BusOptions) {
    this.#options = options;
    this.#timer = setTimeout(
      () => this.#fail(new Error('bus did not answer')),
      options.limitMs ?? HANDSHAKE_LIMIT_MS,
    );
    this.#socket = connect({ path: options.path });
    this.#socket.on('connect', () => this.#authenticate());
    this.#socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('bus closed the connection')));
  }

  /** Connects and subscribes. Rejects when there is no bus, it refuses us, or it does not answer in time. */
  static async open(options: BusOptions): Promise<BusConnection> {
    const connection = new BusConnection(options);
    await connection.#ready.promise;
    return connection;
  }

  dispose(): void {
    this.#end();
  }

  #authenticate(): void {
    const uid = String(this.#options.uid ?? process.getuid?.() ?? 0);
    this.#socket.write(`\0AUTH EXTERNAL ${Buffer.from(uid, 'ascii').toString('hex')}\r\n`);
  }

  #onData(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    try {
      if (this.#phase === 'authenticating') this.#readAuthentication();
      if (this.#phase === 'greeting' || this.#phase === 'listening') this.#readMessages();
      if (this.#received.length > MAX_MESSAGE_BYTES) throw new Error('bus sent too much');
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error('bus sent nonsense'));
    }
  }

  #readAuthentication(): void {
    const end = this.#received.indexOf('\r\n');
    if (end < 0) return;
    const line = this.#received.toString('ascii', 0, end);
    this.#received = this.#received.subarray(end + 2);
    if (!line.startsWith('OK ')) throw new Error('bus refused the authentication');
    this.#phase = 'greeting';
    this.#socket.write('BEGIN\r\n');
    this.#socket.write(encodeCall({ ...BUS, serial: HELLO_SERIAL, member: 'Hello' }));
    this.#options.matchRules.forEach((argument, index) => {
      this.#socket.write(
        encodeCall({ ...BUS, serial: HELLO_SERIAL + 1 + index, member: 'AddMatch', argument }),
      );
    });
  }

  #readMessages(): void {
    for (;;) {
      const length = messageLength(this.#received);
      if (length === undefined || this.#received.length < length) return;
      const message = decodeMessage(this.#received.subarray(0, length));
      this.#received = this.#received.subarray(length);
      this.#onMessage(message);
      if (this.#phase === 'ended') return;
    }
  }

  /** Ready once the bus has confirmed the last rule: from then on no signal is missed. */
  #onMessage(message: Message): void {
    if (message.type === MESSAGE_TYPE.signal) return this.#options.onSignal(message);
    if (message.type === MESSAGE_TYPE.error && this.#phase === 'greeting')
      throw new Error('bus refused a request');
    if (message.type !== MESSAGE_TYPE.methodReturn) return;
    if (message.replySerial !== HELLO_SERIAL + this.#options.matchRules.length) return;
    this.#phase = 'listening';
    clearTimeout(this.#timer);
    this.#ready.resolve();
  }

  #fail(error: Error): void {
    const wasListening = this.#phase === 'listening';
    if (this.#phase === 'ended') return;
    this.#end();
    if (wasListening) this.#options.onEnd();
    else this.#ready.reject(error);
  }

  #end(): void {
    this.#phase = 'ended';
    clearTimeout(this.#timer);
    this.#received = Buffer.alloc(0);
    this.#socket.destroy();
  }
}
