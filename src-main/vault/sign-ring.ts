import { SIGN_ALGORITHMS } from './signing.ts';
import type { SignAlgorithm } from './signing.ts';

/**
 * The fast path for signatures: shared memory and two wake-ups instead of two trips through event loops.
 * While the vault is idle its worker sleeps in `Atomics.wait` (no CPU); main writes a request, wakes it and
 * sleeps for the few microseconds of one HMAC. Everything else, RSA included, goes by message; main calls the
 * worker back to its event loop for that. Measured and argued in docs/adr/0002-vault-worker.md.
 *
 * What passes through here is a payload that goes to the venue anyway and its signature; never a secret.
 *
 * `STATE` is the only word both sides write, each in its own direction:
 * main moves READY -> REQUEST and READY -> RECALL, the worker moves AWAY -> READY, REQUEST -> READY, * -> AWAY.
 */
const AWAY = 0;
const READY = 1;
const REQUEST = 2;
const RECALL = 3;

const STATE = 0;
/** Messages that main has posted: the worker does not fall asleep while one is unread. */
const POSTED = 1;
const ALGORITHM = 2;
const PAYLOAD_LENGTH = 3;
const STATUS = 4;
const REPLY_LENGTH = 5;
const WORDS = 8;
const HEAD_BYTES = WORDS * 4;
const KEY_ID_BYTES = 32;
/** Longer payloads (no venue has any) take the message path. */
const PAYLOAD_BYTES = 16 * 1024;
const REPLY_BYTES = 1024;

const SIGNED = 0;
const UNANSWERED = 2;

// Waking a sleeping thread costs more than the HMAC. So main, which has nothing else to do until it has the signature,
// looks for it a moment before it sleeps, longer than signing takes on an idle machine. And orders come in bursts
// (batch, cancel all): within one the worker looks for the next request before it sleeps. Otherwise it sleeps at
// once, because where both share a core its looking keeps main from going on.
const MAIN_LOOKS_MS = 0.1;
const WORKER_LOOKS_MS = 0.05;
const BURST_MS = 0.5;
/** On a busy machine the worker has to wait for a core, perhaps for main's: then main stops looking for a while. */
const MOST_SKIPPED = 32;

export const RING_BYTES = HEAD_BYTES + KEY_ID_BYTES + PAYLOAD_BYTES + REPLY_BYTES;

interface RingMemory {
  readonly words: Int32Array;
  readonly keyId: Uint8Array;
  readonly payload: Uint8Array;
  readonly reply: Uint8Array;
}

function memoryOf(shared: SharedArrayBuffer): RingMemory {
  const payloadAt = HEAD_BYTES + KEY_ID_BYTES;
  return {
    words: new Int32Array(shared, 0, WORDS),
    keyId: new Uint8Array(shared, HEAD_BYTES, KEY_ID_BYTES),
    payload: new Uint8Array(shared, payloadAt, PAYLOAD_BYTES),
    reply: new Uint8Array(shared, payloadAt + PAYLOAD_BYTES, REPLY_BYTES),
  };
}

/** Stays awake for at most that long while the state is `state`. */
function lookFor(words: Int32Array, state: number, ms: number): void {
  const until = performance.now() + ms;
  while (Atomics.load(words, STATE) === state && performance.now() < until);
}

/** Whether this thread may sleep in `Atomics.wait`; a host can forbid it, then everything goes by message. */
export function canBlock(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

export type RingSignature =
  { readonly kind: 'signed'; readonly signature: string } | { readonly kind: 'refused' | 'away' | 'dead' };

/** Main's side. */
export class RingCaller {
  readonly #memory: RingMemory;
  readonly #patienceMs: number;
  readonly #encoder = new TextEncoder();
  /** Signatures for which main does not look, and how many there were after the last look in vain. */
  #skips = 0;
  #skipped = 0;

  /** `patienceMs`: how long main may be kept waiting before the worker is held for dead. */
  constructor(shared: SharedArrayBuffer, patienceMs: number) {
    this.#memory = memoryOf(shared);
    this.#patienceMs = patienceMs;
  }

  /** To be called before each message to the worker. */
  announceMessage(): void {
    Atomics.add(this.#memory.words, POSTED, 1);
  }

  /** To be called after each message: gets the worker out of its sleep to read it. */
  recall(): void {
    const { words } = this.#memory;
    if (Atomics.compareExchange(words, STATE, READY, RECALL) === READY) Atomics.notify(words, STATE);
  }

  /**
   * The signature; or `away` when the worker has to be asked by message, `refused` when it answered with an
   * error (ask by message to learn which), `dead` when it did not answer at all.
   */
  sign(keyId: string, algorithm: SignAlgorithm, payload: string): RingSignature {
    const { words, reply } = this.#memory;
    if (Atomics.load(words, STATE) !== READY || !this.#write(keyId, algorithm, payload))
      return { kind: 'away' };
    // Only from READY: the worker may have left while the request was written, and a request put over AWAY would
    // be wiped by its return, with the reply of an earlier request left standing as the answer.
    if (Atomics.compareExchange(words, STATE, READY, REQUEST) !== READY) return { kind: 'away' };
    Atomics.notify(words, STATE);
    if (!this.#answered()) return { kind: 'dead' };
    if (Atomics.load(words, STATUS) !== SIGNED) return { kind: 'refused' };
    const length = Atomics.load(words, REPLY_LENGTH);
    return { kind: 'signed', signature: Buffer.from(reply.subarray(0, length)).toString('latin1') };
  }

  #answered(): boolean {
    const { words } = this.#memory;
    const from = performance.now();
    this.#look(words);
    while (Atomics.load(words, STATE) === REQUEST) {
      const left = this.#patienceMs - (performance.now() - from);
      if (left <= 0) return false;
      Atomics.wait(words, STATE, REQUEST, left);
    }
    return true;
  }

  #look(words: Int32Array): void {
    if (this.#skips > 0) {
      this.#skips -= 1;
      return;
    }
    lookFor(words, REQUEST, MAIN_LOOKS_MS);
    const isInVain = Atomics.load(words, STATE) === REQUEST;
    this.#skipped = isInVain ? Math.min(MOST_SKIPPED, this.#skipped * 2 + 1) : 0;
    this.#skips = this.#skipped;
  }

  #write(keyId: string, algorithm: SignAlgorithm, payload: string): boolean {
    const { words, keyId: keyIdBytes, payload: payloadBytes } = this.#memory;
    // One UTF-16 unit takes at most three UTF-8 bytes.
    if (keyId.length !== KEY_ID_BYTES || payload.length * 3 > PAYLOAD_BYTES) return false;
    this.#encoder.encodeInto(keyId, keyIdBytes);
    const { written } = this.#encoder.encodeInto(payload, payloadBytes);
    Atomics.store(words, ALGORITHM, SIGN_ALGORITHMS.indexOf(algorithm));
    Atomics.store(words, PAYLOAD_LENGTH, written);
    // Whatever happens, the reply of an earlier request is never taken for this one's.
    Atomics.store(words, STATUS, UNANSWERED);
    return true;
  }
}

export type RingSign = (keyId: string, algorithm: SignAlgorithm, payload: Uint8Array) => string;

/** The worker's side. */
export class RingAnswerer {
  readonly #memory: RingMemory;
  readonly #sign: RingSign;
  #lastRequestAt = Number.NEGATIVE_INFINITY;

  constructor(shared: SharedArrayBuffer, sign: RingSign) {
    this.#memory = memoryOf(shared);
    this.#sign = sign;
  }

  /**
   * Serves requests until main wants the event loop back. `handled` is the number of messages that were read
   * so far: with one unread the call returns at once, otherwise it would sleep on it for ever.
   */
  serve(handled: number): void {
    const { words } = this.#memory;
    Atomics.store(words, STATE, READY);
    while (Atomics.load(words, POSTED) === handled) {
      const state = Atomics.load(words, STATE);
      if (state === RECALL) break;
      if (state === REQUEST) {
        const now = performance.now();
        const isBurst = now - this.#lastRequestAt < BURST_MS;
        this.#lastRequestAt = now;
        this.#answer();
        if (isBurst) lookFor(words, READY, WORKER_LOOKS_MS);
      } else Atomics.wait(words, STATE, READY);
    }
    this.#leave();
  }

  /** A request that slips in while leaving is answered, not lost: main is asleep until it is. */
  #leave(): void {
    const { words } = this.#memory;
    let state = Atomics.compareExchange(words, STATE, READY, AWAY);
    while (state === REQUEST) {
      this.#answer();
      state = Atomics.compareExchange(words, STATE, READY, AWAY);
    }
    if (state === RECALL) Atomics.store(words, STATE, AWAY);
  }

  #answer(): void {
    const { words, keyId, payload, reply } = this.#memory;
    const algorithm = SIGN_ALGORITHMS[Atomics.load(words, ALGORITHM)];
    const length = Atomics.load(words, PAYLOAD_LENGTH);
    const id = Buffer.from(keyId).toString('latin1');
    let status = SIGNED + 1;
    try {
      if (algorithm !== undefined) {
        // A copy: node's hash functions do not read shared memory.
        const signature = this.#sign(id, algorithm, Buffer.from(payload.subarray(0, length)));
        reply.set(Buffer.from(signature, 'latin1'));
        Atomics.store(words, REPLY_LENGTH, signature.length);
        status = SIGNED;
      }
    } catch {
      // Main asks again by message and gets the error with its code.
      status = SIGNED + 1;
    }
    Atomics.store(words, STATUS, status);
    Atomics.store(words, STATE, READY);
    Atomics.notify(words, STATE);
  }
}
