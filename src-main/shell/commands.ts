import type { AppCommand } from '../../src-preload/contract/types/app.ts';

/** Carries commands of menu, tray and palette keys to whichever window listens; the source of `app.command`. */
export class CommandBus {
  readonly #listeners = new Set<(command: AppCommand) => void>();

  /** Without a listening window a command has no meaning, and is dropped. */
  send(command: AppCommand): void {
    for (const listener of [...this.#listeners]) listener(command);
  }

  /** The returned function ends the subscription. */
  listen(listener: (command: AppCommand) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
