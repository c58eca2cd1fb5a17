type Closer = () => Promise<void>;

/** The one fact everything asks about, and what has to be closed before the process may end. */
class Lifecycle {
  #ready = false;
  readonly #closers: Closer[] = [];
  /** Electron lives until it is told to quit, also without windows, timers or sockets. */
  readonly #alive = setInterval(() => undefined, 2 ** 30);

  get ready(): boolean {
    return this.#ready;
  }

  markReady(): void {
    this.#ready = true;
  }

  requireReady(message: string): void {
    if (!this.#ready) throw new Error(message);
  }

  requireNotReady(message: string): void {
    if (this.#ready) throw new Error(message);
  }

  onExit(closer: Closer): void {
    this.#closers.push(closer);
  }

  /** Closes in reverse order of registration, then ends the process. */
  async exit(code: number): Promise<void> {
    clearInterval(this.#alive);
    for (const close of this.#closers.splice(0).reverse()) await close().catch(() => undefined);
    process.exit(code);
  }
}

export const lifecycle = new Lifecycle();
