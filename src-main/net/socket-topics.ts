interface Wish {
  readonly refused: ((error: Error) => void) | undefined;
}
interface Topic {
  readonly wishes: Set<Wish>;
  isRefused: boolean;
}

/** What a session has to ask of, and take back from, the venue. */
export interface TopicChange {
  readonly drop: readonly string[];
  readonly ask: readonly string[];
}

/**
 * The topics that are wanted (the source) beside those that this connection was asked for. What is written is
 * always the difference, so that a reconnect, a quick change of mind and a refusal all take the same way.
 */
export class SocketTopics {
  readonly #topics = new Map<string, Topic>();
  readonly #asked = new Set<string>();
  readonly #changed = new Set<string>();

  get size(): number {
    return this.#topics.size;
  }

  /** Calling the answer a second time does nothing. */
  want(topic: string, refused?: (error: Error) => void): () => void {
    const wish: Wish = { refused };
    const entry = this.#topics.get(topic) ?? { wishes: new Set(), isRefused: false };
    // A new wish for a refused topic asks again: the venue may have listed it since.
    entry.isRefused = false;
    entry.wishes.add(wish);
    this.#topics.set(topic, entry);
    this.#changed.add(topic);
    return () => {
      if (!entry.wishes.delete(wish) || entry.wishes.size > 0) return;
      this.#topics.delete(topic);
      this.#changed.add(topic);
    };
  }

  /** A new connection has been asked for nothing yet. */
  forgetAsked(): void {
    this.#asked.clear();
    this.#changed.clear();
    for (const topic of this.#topics.keys()) this.#changed.add(topic);
  }

  /** The difference, which counts as asked for from now on. */
  takeChange(): TopicChange {
    const drop: string[] = [];
    const ask: string[] = [];
    for (const topic of this.#changed) {
      const isWanted = this.#topics.get(topic)?.isRefused === false;
      if (isWanted && !this.#asked.has(topic)) {
        ask.push(topic);
        this.#asked.add(topic);
      } else if (!isWanted && this.#asked.delete(topic)) {
        drop.push(topic);
      }
    }
    this.#changed.clear();
    return { drop, ask };
  }

  /** True when the topic is wanted and this connection was asked for it. */
  isAsked(topic: string): boolean {
    return this.#asked.has(topic) && this.#topics.has(topic);
  }

  /** The venue does not have these: they are not asked for again, and who wants them hears it. */
  refuse(topics: readonly string[], error: Error, tell: (run: () => void) => void): void {
    for (const topic of topics) {
      this.#asked.delete(topic);
      const entry = this.#topics.get(topic);
      if (!entry || entry.isRefused) continue;
      entry.isRefused = true;
      for (const { refused } of [...entry.wishes]) {
        if (!refused) continue;
        tell(() => {
          refused(error);
        });
      }
    }
  }
}
