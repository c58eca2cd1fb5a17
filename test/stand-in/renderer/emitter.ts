type Listener = (...args: unknown[]) => void;

export interface Emitter {
  on(name: string, listener: Listener): Emitter;
  once(name: string, listener: Listener): Emitter;
  removeListener(name: string, listener: Listener): Emitter;
  removeAllListeners(name?: string): Emitter;
  emit(name: string, ...args: unknown[]): boolean;
  listenerCount(name: string): number;
}

/** The class that `require('events')` gives a sandboxed preload. Self-contained: injected through its source. */
export function createEmitterClass(): new () => Emitter {
  return class EventEmitter implements Emitter {
    readonly #listeners = new Map<string, { listener: Listener; original: Listener }[]>();

    on(name: string, listener: Listener): this {
      return this.#add(name, listener, listener);
    }

    addListener(name: string, listener: Listener): this {
      return this.on(name, listener);
    }

    once(name: string, listener: Listener): this {
      const wrapped: Listener = (...args) => {
        this.removeListener(name, listener);
        listener.apply(this, args);
      };
      return this.#add(name, wrapped, listener);
    }

    removeListener(name: string, listener: Listener): this {
      const list = this.#listeners.get(name) ?? [];
      const at = list.findLastIndex((entry) => entry.original === listener);
      if (at >= 0) this.#listeners.set(name, list.toSpliced(at, 1));
      return this;
    }

    off(name: string, listener: Listener): this {
      return this.removeListener(name, listener);
    }

    removeAllListeners(name?: string): this {
      if (name === undefined) this.#listeners.clear();
      else this.#listeners.delete(name);
      return this;
    }

    emit(name: string, ...args: unknown[]): boolean {
      const list = this.#listeners.get(name) ?? [];
      for (const { listener } of list) listener.apply(this, args);
      return list.length > 0;
    }

    listenerCount(name: string): number {
      return (this.#listeners.get(name) ?? []).length;
    }

    eventNames(): string[] {
      return [...this.#listeners.keys()].filter((name) => this.listenerCount(name) > 0);
    }

    #add(name: string, listener: Listener, original: Listener): this {
      this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), { listener, original }]);
      return this;
    }
  };
}
