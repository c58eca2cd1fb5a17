/** The public connections of one category: opened with the first wish, closed a little after the last. */
import type { After } from '../../../market/shared-stream.ts';
import type { SocketSession, SocketState, VenueNet } from '../../../net/types.ts';
import type { Unsubscribe } from '../../exchange.ts';
import { type BybitSite, streamsOf } from '../sites.ts';
import type { BybitCategory } from './category.ts';
import { topicOf } from './frame-topic.ts';
import { charactersOf, MOST_CHARACTERS, publicDialect } from './public-dialect.ts';

/** Views change faster than connections open. */
const LINGER_MS = 5_000;

/** Who wants a topic. Everything is called with the topic's frames and its connection's states alone. */
export interface TopicHandler {
  frame(text: string, receivedAt: number): void;
  connection(state: SocketState, reason: string | null): void;
  refused(error: Error): void;
  /** The machine slept: what is known may have holes. */
  wake(): void;
}

/** A topic that is wanted. */
export interface TopicWish {
  readonly leave: Unsubscribe;
  /** Asks for a fresh snapshot. */
  readonly renew: () => void;
}

export interface CategorySocketsParts {
  readonly category: BybitCategory;
  readonly net: Pick<VenueNet, 'socket'>;
  readonly site: () => BybitSite;
  readonly timers: After;
  readonly onData: (receivedAt: number) => void;
}

/** Of a connection, as it was told. */
interface LinkStatus {
  state: SocketState;
  /** Attempts since it was live. */
  failures: number;
}

interface Link {
  readonly session: SocketSession;
  readonly handlers: Map<string, TopicHandler>;
  readonly status: LinkStatus;
  characters: number;
  cancelClosing: (() => void) | null;
}

/**
 * Normally one connection. Another one is opened only for what exceeds Bybit's 21 000 characters of topics a
 * connection, which a whole options chain does.
 */
export class CategorySockets {
  readonly #parts: CategorySocketsParts;
  readonly #links: Link[] = [];

  constructor(parts: CategorySocketsParts) {
    this.#parts = parts;
  }

  /** One handler for each topic; whoever shares a topic shares its handler. */
  want(topic: string, handler: TopicHandler): TopicWish {
    const link = this.#roomFor(topic);
    link.cancelClosing?.();
    link.cancelClosing = null;
    link.handlers.set(topic, handler);
    link.characters += charactersOf(topic);
    handler.connection(link.status.state, null);
    const unwant = link.session.want(topic, (error) => handler.refused(error));
    let wanted = true;
    return {
      leave: () => {
        if (!wanted) return;
        wanted = false;
        unwant();
        this.#left(link, topic, handler);
      },
      renew: () => {
        if (wanted) link.session.renew(topic);
      },
    };
  }

  get sessions(): readonly SocketSession[] {
    return this.#links.map(({ session }) => session);
  }

  wake(): void {
    for (const { session, handlers } of [...this.#links]) {
      session.wake();
      for (const handler of [...handlers.values()]) handler.wake();
    }
  }

  dispose(): void {
    for (const link of this.#links.splice(0)) {
      link.cancelClosing?.();
      link.handlers.clear();
      link.session.close();
    }
  }

  #roomFor(topic: string): Link {
    const needed = charactersOf(topic);
    const free = this.#links.find(
      (link) => link.characters + needed <= MOST_CHARACTERS && !link.handlers.has(topic),
    );
    return free ?? this.#open();
  }

  #open(): Link {
    const { category, net, site } = this.#parts;
    const number = this.#links.length + 1;
    const handlers = new Map<string, TopicHandler>();
    // A network that is closed already tells its state before the session is in hand.
    const status: LinkStatus = { state: 'idle', failures: 0 };
    const session: SocketSession = net.socket({
      name: number === 1 ? `public.${category}` : `public.${category}.${number}`,
      url: () => {
        const streams = streamsOf(site(), status.failures);
        status.failures += 1;
        return `${streams.publicStream}/${category}`;
      },
      headers: () => site().handshakeHeaders,
      dialect: publicDialect(category, (frame) => session.send(frame)),
      accountId: null,
      onFrame: (text, receivedAt) => this.#frame(handlers, text, receivedAt),
      onState: (state, reason) => {
        status.state = state;
        if (state === 'live') status.failures = 0;
        for (const handler of [...handlers.values()]) handler.connection(state, reason);
      },
    });
    const link: Link = { session, handlers, status, characters: 0, cancelClosing: null };
    this.#links.push(link);
    return link;
  }

  #frame(handlers: ReadonlyMap<string, TopicHandler>, text: string, receivedAt: number): void {
    const topic = topicOf(text);
    if (topic === null) return;
    this.#parts.onData(receivedAt);
    // A topic that was left a moment ago may still talk.
    handlers.get(topic)?.frame(text, receivedAt);
  }

  #left(link: Link, topic: string, handler: TopicHandler): void {
    if (link.handlers.get(topic) !== handler) return;
    link.handlers.delete(topic);
    link.characters -= charactersOf(topic);
    if (link.handlers.size > 0) return;
    link.cancelClosing = this.#parts.timers(LINGER_MS, () => {
      const at = this.#links.indexOf(link);
      if (at !== -1) this.#links.splice(at, 1);
      link.session.close();
    });
  }
}
