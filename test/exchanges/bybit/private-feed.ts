/** What happened to accounts, on its way to the private streams: in the order order, execution, position, wallet. */
import type { Payload } from './protocol.ts';
import type { Ids, VenueTime } from './venue-time.ts';

export type PrivateTopic = 'order' | 'execution' | 'position' | 'wallet';
export const PRIVATE_TOPICS: readonly PrivateTopic[] = ['order', 'execution', 'position', 'wallet'];

export interface PrivateMessage {
  readonly id: string;
  readonly topic: PrivateTopic;
  readonly creationTime: number;
  readonly data: readonly Payload[];
}

export type PrivateListener = (uid: string, message: PrivateMessage) => void;

/** Between the matching and the push: an acknowledgement over REST is on the wire first. */
const PUSH_DELAY_MS = 2;

export class PrivateFeed {
  readonly #time: VenueTime;
  readonly #ids: Ids;
  readonly #waiting = new Map<string, Map<PrivateTopic, Payload[]>>();
  readonly #listeners = new Set<PrivateListener>();
  #scheduled = false;

  constructor(time: VenueTime, ids: Ids) {
    this.#time = time;
    this.#ids = ids;
  }

  listen(listener: PrivateListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Queues rows; everything of one turn of matching leaves as one message per topic. */
  add(uid: string, topic: PrivateTopic, rows: readonly Payload[]): void {
    if (rows.length === 0) return;
    const topics = this.#waiting.get(uid) ?? new Map<PrivateTopic, Payload[]>();
    this.#waiting.set(uid, topics);
    topics.set(topic, [...(topics.get(topic) ?? []), ...rows]);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#time.after(PUSH_DELAY_MS, () => this.flush());
  }

  flush(): void {
    this.#scheduled = false;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [uid, topics] of waiting) {
      for (const topic of PRIVATE_TOPICS) {
        const data = topics.get(topic);
        if (data === undefined) continue;
        const message = { id: this.#ids.uuid(), topic, creationTime: this.#time.now(), data };
        for (const listener of this.#listeners) listener(uid, message);
      }
    }
  }
}
