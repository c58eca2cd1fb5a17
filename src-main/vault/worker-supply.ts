import type { Worker } from 'node:worker_threads';
import { WorkerClient } from './worker-client.ts';
import type { WorkerClientOptions } from './worker-client.ts';

export interface WorkerSupplyOptions extends Omit<WorkerClientOptions, 'onFailure'> {
  readonly createWorker: () => Worker;
  /** Keep one worker, without any content, ready: an unlock need not wait for a thread to start. */
  readonly prewarm: boolean;
}

/** Starts vault workers. Each serves one unlock and is thrown away. */
export class WorkerSupply {
  readonly #options: WorkerSupplyOptions;
  #spare: WorkerClient | null = null;
  #disposed = false;
  readonly #failureHandlers = new WeakMap<WorkerClient, () => void>();

  constructor(options: WorkerSupplyOptions) {
    this.#options = options;
  }

  /** A fresh worker; `onFailure` is called once if it dies by itself. */
  take(onFailure: (client: WorkerClient) => void): WorkerClient {
    const client = this.#spare ?? this.#start();
    this.#spare = null;
    this.#failureHandlers.set(client, () => onFailure(client));
    return client;
  }

  warm(): void {
    if (this.#options.prewarm && !this.#disposed) this.#spare ??= this.#start();
  }

  #start(): WorkerClient {
    const client: WorkerClient = new WorkerClient(this.#options.createWorker(), {
      ...this.#options,
      onFailure: () => {
        if (this.#spare === client) this.#spare = null;
        this.#failureHandlers.get(client)?.();
      },
    });
    return client;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const spare = this.#spare;
    this.#spare = null;
    await spare?.close();
  }
}
