import type { App } from 'electron';

interface Disposable {
  readonly name: string;
  readonly dispose: () => void | Promise<void>;
}

/** After this long a part that cannot stop no longer holds up the system's shutdown. */
export const DISPOSE_LIMIT_MS = 5_000;

export interface LifecycleParts {
  readonly app: Pick<App, 'on' | 'exit' | 'quit'>;
  readonly mac: boolean;
  /** Opens or shows the main window. */
  readonly showWindow: () => void;
  /** A part that could not be disposed of, by name; the rest is disposed of all the same. */
  readonly onFailure: (part: string, error: unknown) => void;
  readonly after?: (ms: number, run: () => void) => () => void;
}

/**
 * Ends the application in order: parts are disposed of in reverse order of their making, so the one owned last
 * (the vault's lock, by the composition root) goes first, and only then the process ends. Quitting twice waits
 * for the first.
 */
export class Lifecycle {
  readonly #parts: Required<LifecycleParts>;
  readonly #owned: Disposable[] = [];
  #ending: Promise<void> | undefined;

  constructor(parts: LifecycleParts) {
    this.#parts = { after: afterTimeout, ...parts };
    parts.app.on('before-quit', (event) => {
      event.preventDefault();
      void this.end();
    });
    parts.app.on('window-all-closed', () => {
      if (!parts.mac) void this.end();
    });
    parts.app.on('activate', () => parts.showWindow());
  }

  /** Takes charge of a part; later ones are disposed of first. Answers the part for chaining. */
  own<T>(name: string, part: T, dispose: (part: T) => void | Promise<void>): T {
    this.#owned.push({ name, dispose: () => dispose(part) });
    return part;
  }

  /** Disposes of everything, then exits with code 0. */
  end(): Promise<void> {
    this.#ending ??= this.#disposeAll().then(() => this.#parts.app.exit(0));
    return this.#ending;
  }

  async #disposeAll(): Promise<void> {
    for (const part of this.#owned.splice(0).reverse()) {
      try {
        await this.#limited(part);
      } catch (error) {
        this.#parts.onFailure(part.name, error);
      }
    }
  }

  async #limited(part: Disposable): Promise<void> {
    const limit = Promise.withResolvers<never>();
    const cancel = this.#parts.after(DISPOSE_LIMIT_MS, () => limit.reject(new Error('did not end in time')));
    try {
      await Promise.race([Promise.resolve(part.dispose()), limit.promise]);
    } finally {
      cancel();
    }
  }
}

function afterTimeout(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
