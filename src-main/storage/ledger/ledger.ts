import type { Worker } from 'node:worker_threads';
import { HoldfastError } from '../../errors.ts';
import type { Durability, LedgerOpening, LedgerRequest, LedgerResponse } from './messages.ts';
import type { LedgerOperations } from './operations.ts';

type Async<F> = F extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never;
/** The repositories as main calls them: the worker's operations, each answering a promise. */
export type LedgerRepositories = {
  readonly [R in keyof LedgerOperations]: {
    readonly [O in keyof LedgerOperations[R]]: Async<LedgerOperations[R][O]>;
  };
};

type Body = LedgerRequest extends infer R ? (R extends unknown ? Omit<R, 'id'> : never) : never;
interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The encrypted ledger: orders, fills, snapshots, alerts. Open only while the vault is. Every call rejects
 * with a `storage` error, `ledger.closed` while it is not open.
 */
export class Ledger {
  readonly #makeWorker: () => Worker;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #durability: Durability = 'power';
  #nextId = 1;
  /** Typed from the worker's own table; the names are looked up there. */
  readonly repositories: LedgerRepositories;

  constructor(makeWorker: () => Worker) {
    this.#makeWorker = makeWorker;
    this.repositories = new Proxy({} as LedgerRepositories, {
      get: (_target, repository) => this.#repository(String(repository)),
    });
  }

  get isOpen(): boolean {
    return this.#worker !== null;
  }

  /** Opens or makes the file. The key's bytes are moved to the worker and overwritten there. */
  async open(file: string, key: Uint8Array): Promise<LedgerOpening> {
    await this.close();
    const worker = this.#makeWorker();
    this.#worker = worker;
    worker.on('message', (response: LedgerResponse) => {
      this.#settle(response);
    });
    worker.on('error', () => {
      this.#lost(worker);
    });
    worker.on('exit', () => {
      this.#lost(worker);
    });
    try {
      return await this.#send({ kind: 'open', file, key, durability: this.#durability });
    } catch (error) {
      await this.#stop();
      throw error;
    } finally {
      key.fill(0);
    }
  }

  /** Waits for what was asked before it, then closes. Harmless when closed. */
  async close(): Promise<void> {
    if (!this.#worker) return;
    await this.#send({ kind: 'close' }).catch(() => undefined);
    await this.#stop();
  }

  /**
   * What a confirmed write survives: `power` a power cut, `process` the death of this process only. Holds until it
   * is set again, also for a ledger that is opened later.
   */
  setDurability(durability: Durability): void {
    this.#durability = durability;
    if (this.#worker) void this.#send({ kind: 'durability', durability }).catch(() => undefined);
  }

  dispose(): Promise<void> {
    return this.close();
  }

  #repository(repository: string): unknown {
    return new Proxy(
      {},
      {
        get: (_target, operation) => (input: unknown) =>
          this.#send({ kind: 'run', repository, operation: String(operation), input }),
      },
    );
  }

  #send(body: Body): Promise<never> {
    const worker = this.#worker;
    if (!worker) return Promise.reject(closed());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ ...body, id });
    });
  }

  #settle(response: LedgerResponse): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if (!waiting) return;
    if (response.ok) {
      waiting.resolve(response.value as never);
    } else {
      const { code, kind, message, ...details } = response.error;
      waiting.reject(new HoldfastError(kind, code, message, details));
    }
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    if (worker) await worker.terminate();
    this.#failAll();
  }

  #lost(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#failAll();
  }

  #failAll(): void {
    for (const waiting of this.#waiting.values()) waiting.reject(closed());
    this.#waiting.clear();
  }
}

const closed = () => new HoldfastError('storage', 'ledger.closed', 'The ledger is not open.');
