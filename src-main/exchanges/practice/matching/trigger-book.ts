/** Orders that wait for a price. Sorted so that a new price touches only what it fires. */
import type { TriggerSource } from '../../exchange.ts';
import type { EngineOrder, Trigger } from './order.ts';

type Direction = Trigger['when'];

interface Waiting {
  readonly order: EngineOrder;
  readonly price: number;
  readonly arrival: number;
}

export class TriggerBook {
  readonly #queues = new Map<string, Waiting[]>();
  #arrivals = 0;

  add(order: EngineOrder): void {
    if (order.trigger === null) return;
    const { price, source, when } = order.trigger;
    const queue = this.#queue(source, when);
    const waiting: Waiting = { order, price, arrival: this.#arrivals++ };
    let at = queue.length;
    // The next one to fire stands at the end; of equal prices the oldest.
    while (at > 0 && firesBefore(queue[at - 1], waiting, when)) at -= 1;
    queue.splice(at, 0, waiting);
  }

  remove(order: EngineOrder): boolean {
    if (order.trigger === null) return false;
    const queue = this.#queue(order.trigger.source, order.trigger.when);
    const at = queue.findIndex((waiting) => waiting.order === order);
    if (at < 0) return false;
    queue.splice(at, 1);
    return true;
  }

  /** Takes out the next order that a range of prices fires, nearest trigger first; null when none is left. */
  next(source: TriggerSource, lowest: number, highest: number): EngineOrder | null {
    return this.#pop(source, 'rises', highest) ?? this.#pop(source, 'falls', lowest);
  }

  #pop(source: TriggerSource, when: Direction, price: number): EngineOrder | null {
    const queue = this.#queues.get(`${source} ${when}`);
    const waiting = queue?.at(-1);
    if (queue === undefined || waiting === undefined) return null;
    if (when === 'rises' ? waiting.price > price : waiting.price < price) return null;
    queue.pop();
    return waiting.order;
  }

  #queue(source: TriggerSource, when: Direction): Waiting[] {
    const key = `${source} ${when}`;
    const known = this.#queues.get(key);
    if (known !== undefined) return known;
    const queue: Waiting[] = [];
    this.#queues.set(key, queue);
    return queue;
  }
}

function firesBefore(a: Waiting | undefined, b: Waiting, when: Direction): boolean {
  if (a === undefined) return false;
  if (a.price === b.price) return a.arrival < b.arrival;
  return when === 'rises' ? a.price < b.price : a.price > b.price;
}
