import type { Worker } from 'node:worker_threads';
import { HoldfastError } from '../errors.ts';
import type { ErrorShape } from '../../src-preload/contract/result.ts';
import type { KdfLimits } from './kdf.ts';
import { wipe } from './secret-bytes.ts';
import { canBlock, RING_BYTES, RingCaller } from './sign-ring.ts';
import type { SignAlgorithm } from './signing.ts';
import { lockedError, workerFailed } from './vault-errors.ts';
import type { Answer, Arguments, OperationName, WorkerReply } from './worker-protocol.ts';

interface Waiting {
  readonly resolve: (value: Answer<OperationName>) => void;
  readonly reject: (error: unknown) => void;
}

export interface WorkerClientOptions {
  readonly limits: KdfLimits;
  /** Time that a calibrated key derivation should take. */
  readonly targetMs: number;
  /** Called once when the worker dies by itself. */
  readonly onFailure: () => void;
  /** False = signatures by message only (hosts that forbid blocking). */
  readonly ring?: boolean;
  /** How long one signature may keep main waiting before the worker is held for dead. */
  readonly signPatienceMs?: number;
  /** How long the worker may take to overwrite its secrets before it is terminated anyway. */
  readonly closePatienceMs?: number;
}

const SIGN_PATIENCE_MS = 1000;
const CLOSE_PATIENCE_MS = 250;

function rebuilt(shape: ErrorShape): HoldfastError {
  const { kind, code, message, ...details } = shape;
  return new HoldfastError(kind, code, message, details);
}

/** Main's end of one vault worker. One client lives from unlock to lock; it is never opened twice. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #ring: RingCaller | null;
  readonly #onFailure: () => void;
  readonly #closePatienceMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #closed: HoldfastError | null = null;
  #terminated: Promise<void> | null = null;

  constructor(worker: Worker, options: WorkerClientOptions) {
    this.#worker = worker;
    this.#onFailure = options.onFailure;
    this.#closePatienceMs = options.closePatienceMs ?? CLOSE_PATIENCE_MS;
    const shared = (options.ring ?? canBlock()) ? new SharedArrayBuffer(RING_BYTES) : null;
    this.#ring = shared && new RingCaller(shared, options.signPatienceMs ?? SIGN_PATIENCE_MS);
    worker.on('message', (reply: WorkerReply) => this.#settle(reply));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(undefined));
    // A worker that only waits must not keep the program alive; `call` holds it while an answer is due.
    worker.unref();
    this.call('configure', { limits: options.limits, targetMs: options.targetMs, ring: shared }).catch(() => {
      // A worker that cannot even be configured has failed, and that is reported by `#fail`.
    });
  }

  /**
   * Asks the worker. `transfer` names the buffers that move over: afterwards main has them no more.
   * Rejects with the worker's error, `vault.locked` after `close`, or `vault.workerFailed`.
   */
  call<N extends OperationName>(
    name: N,
    args: Arguments<N>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Answer<N>> {
    if (this.#closed !== null) {
      // What was meant for the worker may be a secret, and nobody else will overwrite it.
      wipe(...transfer.map((buffer) => new Uint8Array(buffer)));
      return Promise.reject(this.#closed);
    }
    const id = this.#nextId;
    this.#nextId += 1;
    const answer = new Promise<Answer<OperationName>>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#worker.ref();
    this.#post({ id, name, args }, transfer);
    // The worker answers each name with its own type; worker-dispatch.ts is checked for that.
    return answer;
  }

  /** Signs on the fast path where that is possible, by message otherwise. */
  async sign(keyId: string, algorithm: SignAlgorithm, payload: string): Promise<string> {
    if (this.#closed !== null) throw this.#closed;
    // An RSA signature takes milliseconds: main does not sleep that long.
    if (this.#ring !== null && algorithm !== 'rsa-sha256-base64') {
      const answer = this.#ring.sign(keyId, algorithm, payload);
      if (answer.kind === 'signed') return answer.signature;
      if (answer.kind === 'dead') {
        this.#fail(undefined);
        throw workerFailed();
      }
    }
    return this.call('sign', { keyId, algorithm, payload });
  }

  /** Everything asked from now on is refused; the worker overwrites its secrets and ends. */
  close(): Promise<void> {
    if (this.#terminated !== null) return this.#terminated;
    const wiped = this.call('close', {}).then(
      () => undefined,
      () => undefined,
    );
    this.#closed = lockedError();
    this.#rejectWaiting(lockedError(), { keepLast: true });
    this.#terminated = this.#end(wiped);
    return this.#terminated;
  }

  async #end(wiped: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const impatience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#closePatienceMs);
    });
    await Promise.race([wiped, impatience]);
    clearTimeout(timer);
    await this.#worker.terminate();
    this.#rejectWaiting(lockedError());
  }

  #post(request: unknown, transfer: readonly ArrayBuffer[]): void {
    this.#ring?.announceMessage();
    this.#worker.postMessage(request, [...transfer]);
    this.#ring?.recall();
  }

  #settle(reply: WorkerReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (reply.ok) waiting?.resolve(reply.value);
    else waiting?.reject(rebuilt(reply.error));
  }

  #fail(cause: unknown): void {
    if (this.#closed !== null) return;
    this.#closed = workerFailed(cause);
    this.#rejectWaiting(this.#closed);
    this.#terminated = this.#worker.terminate().then(() => undefined);
    this.#onFailure();
  }

  #rejectWaiting(error: HoldfastError, options: { keepLast?: boolean } = {}): void {
    const entries = [...this.#waiting.entries()];
    if (options.keepLast === true) entries.pop();
    for (const [id, waiting] of entries) {
      this.#waiting.delete(id);
      waiting.reject(error);
    }
  }
}
