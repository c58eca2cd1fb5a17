import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { toHoldfastError } from '../../../../src-main/errors.ts';
import { VaultCore } from '../../../../src-main/vault/vault-core.ts';
import { perform } from '../../../../src-main/vault/worker-dispatch.ts';
import type { WorkerReply, WorkerRequest } from '../../../../src-main/vault/worker-protocol.ts';

/**
 * The vault worker's inside in this thread: same core, same messages, same cloning and transfer, no thread to
 * start. For tests that are about files and passphrases; those about the thread use the real one.
 */
export class InlineWorker extends EventEmitter {
  readonly #core = new VaultCore();
  #ended = false;

  ref(): void {
    // Nothing to keep alive.
  }

  unref(): void {
    // Nothing to keep alive.
  }

  postMessage(message: WorkerRequest, transfer: ArrayBuffer[]): void {
    void this.#handle(structuredClone(message, { transfer }));
  }

  async #handle(request: WorkerRequest): Promise<void> {
    let reply: WorkerReply;
    try {
      reply = { id: request.id, ok: true, value: await perform(this.#core, request) };
    } catch (error) {
      reply = { id: request.id, ok: false, error: toHoldfastError(error).toShape() };
    }
    const cloned = structuredClone(reply);
    setImmediate(() => {
      if (!this.#ended) this.emit('message', cloned);
    });
  }

  async terminate(): Promise<number> {
    if (!this.#ended) {
      this.#ended = true;
      this.#core.close();
      this.emit('exit', 1);
    }
    return 1;
  }
}

export function createInlineWorker(): Worker {
  // Only what the client uses of a Worker is there; the type says the rest.
  return new InlineWorker() as unknown as Worker;
}
