import type { Health, VenueHealth } from '../../src-preload/contract/types/app.ts';
import type { Exchange } from '../exchanges/exchange.ts';
import { Signal } from '../signal.ts';

interface Parts {
  readonly exchanges: () => readonly Exchange[];
  readonly clock: () => number;
  readonly every: (ms: number, run: () => void) => () => void;
}

const EVERY_MS = 1000;

/** Looks at every connection once a second and tells who listens. */
export class HealthMonitor {
  readonly changed = new Signal<readonly VenueHealth[]>();
  readonly #parts: Parts;
  readonly #stop: () => void;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#stop = parts.every(EVERY_MS, () => {
      this.changed.emit(this.now().venues);
    });
  }

  now(): Health {
    return {
      time: this.#parts.clock(),
      venues: this.#parts.exchanges().map((exchange) => exchange.health()),
    };
  }

  dispose(): void {
    this.#stop();
    this.changed.clear();
  }
}
