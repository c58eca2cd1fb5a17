import { WebSocket } from 'ws';
import type { ClientOptions, RawData } from 'ws';
import { requireSafeUrl, USER_AGENT } from './host-rules.ts';

export interface ConnectionEvents {
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  /** Comes once; nothing comes after it. */
  readonly onLost: (reason: string) => void;
}

const LARGEST_FRAME_BYTES = 16 * 1024 * 1024;
const CLOSE_TIMEOUT_MS = 1_000;

/** One WebSocket from its first attempt to its end. After `drop` or `leave` no event is told any more. */
export class SocketConnection {
  readonly #socket: WebSocket;
  #events: ConnectionEvents | null;
  #reason: string | null = null;

  /** Throws `notAllowed` for an unsafe address. */
  constructor(
    url: string,
    headers: Readonly<Record<string, string>>,
    openMs: number,
    events: ConnectionEvents,
  ) {
    this.#events = events;
    const options: ClientOptions & { closeTimeout: number } = {
      headers: { 'user-agent': USER_AGENT, ...headers },
      handshakeTimeout: openMs,
      // Market frames are small and latency counts; servers of venues are known to mishandle it.
      perMessageDeflate: false,
      maxPayload: LARGEST_FRAME_BYTES,
      closeTimeout: CLOSE_TIMEOUT_MS,
      followRedirects: false,
      minVersion: 'TLSv1.2',
    };
    this.#socket = new WebSocket(requireSafeUrl(url), options);
    this.#socket.on('open', () => this.#events?.onOpen());
    this.#socket.on('message', (data: RawData, isBinary: boolean) => {
      // With the default binary type a message is one Buffer. No venue's protocol here has binary frames.
      if (!isBinary) this.#events?.onText((data as Buffer).toString('utf8'));
    });
    this.#socket.on('error', (error) => {
      this.#reason = readable(error);
    });
    this.#socket.on('close', (code, text) => {
      this.#lost(this.#reason ?? `closed by the venue (${String(code)}${closeText(text)})`);
    });
  }

  /** False when it is not open: then surely nothing was written. */
  send(text: string): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  /** Ends it at once, without a word: the other side is not there any more. */
  drop(): void {
    this.#events = null;
    this.#socket.terminate();
  }

  /** Says goodbye, and is cut a second later. */
  leave(): void {
    this.#events = null;
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(1000);
    else this.#socket.terminate();
  }

  #lost(reason: string): void {
    const events = this.#events;
    this.#events = null;
    events?.onLost(reason);
  }
}

const closeText = (text: Buffer): string =>
  text.length === 0 ? '' : `, ${text.toString('utf8').slice(0, 80)}`;

/** The library's own texts name addresses; the code is enough for a person and safe to show. */
function readable(error: Error): string {
  if (/^Unexpected server response: \d+$/.test(error.message))
    return `the venue refused the connection (HTTP ${error.message.slice(-3)})`;
  if (error.message === 'Opening handshake has timed out') return 'no connection in time';
  return 'code' in error && typeof error.code === 'string' ? error.code : 'connection error';
}
