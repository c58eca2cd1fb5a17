interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Those who wait for a session to be live. */
export class ReadyGate {
  #waiting: Waiting[] = [];

  wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  open(): void {
    for (const one of this.#taken()) one.resolve();
  }

  refuse(error: Error): void {
    for (const one of this.#taken()) one.reject(error);
  }

  #taken(): readonly Waiting[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}
