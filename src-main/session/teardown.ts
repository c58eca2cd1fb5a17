/** What was opened, to be closed in reverse order, whether the opening got to its end or not. */
export class Teardown {
  readonly #steps: (() => unknown)[] = [];
  readonly #onFailed: (error: unknown) => void;

  /** `onFailed` hears of a part that could not be closed; the others are closed all the same. */
  constructor(onFailed: (error: unknown) => void) {
    this.#onFailed = onFailed;
  }

  /** Remembers how to close something; asynchronous closing is waited for. */
  add(close: () => unknown): void {
    this.#steps.push(close);
  }

  /** Remembers to dispose a part, and answers it. */
  own<T extends { dispose(): unknown }>(part: T): T {
    this.add(() => part.dispose());
    return part;
  }

  /** Closes everything, last opened first. Never rejects; a second call does nothing. */
  async run(): Promise<void> {
    for (const close of this.#steps.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        this.#onFailed(error);
      }
    }
  }
}
