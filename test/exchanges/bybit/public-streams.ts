/** Public WebSockets of the four categories: connections and subscriptions (sheet sections 5.1 to 5.4). */
import type { BookChannel } from './book-channel.ts';
import { klineMessage, makeChannel, nextMessage, tickerMessage, type Channel } from './channel.ts';
import type { Market, MarketEvents, Print } from './market.ts';
import type { Category, Payload } from './protocol.ts';
import type { Stream } from './stream.ts';
import { tickerEvent } from './ticker-payload.ts';
import type { World } from './world.ts';

const ARGS_LENGTH = 21_000;
const REPEAT_MS = 3000;

interface Subscriber {
  readonly stream: Stream;
  readonly category: Category;
  readonly topics: Set<string>;
}

export class PublicStreams implements MarketEvents {
  readonly #world: World;
  readonly #pushMs: number;
  readonly #subscribers = new Set<Subscriber>();
  /** By category and topic. */
  readonly #channels = new Map<string, Channel>();
  readonly #dirty = new Set<Market>();
  readonly #prints = new Map<Market, Print[]>();
  #scheduled = false;
  /** A book that opens after a restart begins with update 1, as the restarted ones do. */
  #firstUpdate = 500;

  constructor(world: World, pushMs: number) {
    this.#world = world;
    this.#pushMs = pushMs;
    world.watch(this);
    world.time.every(REPEAT_MS, () => this.#repeat());
  }

  accept(stream: Stream, category: Category): void {
    const subscriber: Subscriber = { stream, category, topics: new Set() };
    this.#subscribers.add(subscriber);
    stream.onClose(() => this.#subscribers.delete(subscriber));
    stream.onMessage((message) => this.#receive(subscriber, message));
  }

  changed(market: Market): void {
    this.#dirty.add(market);
    this.#schedule();
  }

  printed(market: Market, print: Print): void {
    this.#prints.set(market, [...(this.#prints.get(market) ?? []), print]);
    this.#dirty.add(market);
    this.#schedule();
  }

  /** Pushes now what waits for the next push. */
  flush(): void {
    this.#scheduled = false;
    const markets = [...this.#dirty];
    this.#dirty.clear();
    for (const market of markets) this.#push(market);
    this.#prints.clear();
  }

  /** The next book message of a market leaves out an update number. */
  gap(category: Category, symbol: string): void {
    for (const book of this.#books(category, symbol)) book.skip();
  }

  crossBook(category: Category, symbol: string): void {
    for (const book of this.#books(category, symbol)) {
      const message = book.crossed(this.#world.time.now());
      if (message !== null) this.#broadcast(category, book.topic, message);
    }
  }

  /** The service restarts: every followed book sends a snapshot with `u` = 1. */
  restart(): void {
    this.#firstUpdate = 1;
    for (const [key, channel] of this.#channels) {
      if (channel.kind !== 'book') continue;
      this.#broadcast(
        key.split(' ')[0] as Category,
        channel.book.topic,
        channel.book.restart(this.#world.time.now()),
      );
    }
  }

  /** Sends a raw message to everybody who follows its topic. */
  relay(category: Category, topic: string, textMessage: string): void {
    for (const { stream, topics, category: own } of this.#subscribers) {
      if (own === category && topics.has(topic)) stream.sendText(textMessage);
    }
  }

  followed(category: Category, topic: string): number {
    return [...this.#subscribers].filter((each) => each.category === category && each.topics.has(topic))
      .length;
  }

  #receive(subscriber: Subscriber, message: Payload): void {
    const { stream, category } = subscriber;
    const id = typeof message['req_id'] === 'string' ? { req_id: message['req_id'] } : {};
    switch (message['op']) {
      case 'ping':
        stream.send(this.#pong(category, stream.context.connId, id));
        return;
      case 'subscribe':
      case 'unsubscribe': {
        const args: unknown = message['args'];
        const topics = Array.isArray(args)
          ? args.filter((topic): topic is string => typeof topic === 'string')
          : [];
        this.#subscription(subscriber, message['op'], topics, id);
        return;
      }
      default:
        stream.send({
          success: false,
          ret_msg: 'error:handler not found',
          conn_id: stream.context.connId,
          ...id,
          op: message['op'],
        });
    }
  }

  #pong(category: Category, connId: string, id: Payload): Payload {
    if (category === 'option') return { args: [String(this.#world.time.now())], op: 'pong' };
    const pong = { success: true, ret_msg: 'pong', conn_id: connId };
    return category === 'spot' ? { ...pong, op: 'ping' } : { ...pong, ...id, op: 'ping' };
  }

  #subscription(
    subscriber: Subscriber,
    op: 'subscribe' | 'unsubscribe',
    topics: string[],
    id: Payload,
  ): void {
    const { stream, category } = subscriber;
    const refuse = (reason: string): void =>
      stream.acknowledge({ success: false, ret_msg: reason, conn_id: stream.context.connId, ...id, op });
    if (category === 'spot' && topics.length > 10) {
      refuse(`args size >10`);
      return;
    }
    if (topics.length === 0 || topics.join('').length > ARGS_LENGTH) {
      refuse('error:args invalid');
      return;
    }
    const bad = op === 'subscribe' ? topics.filter((topic) => this.#channel(category, topic) === null) : [];
    if (category === 'option') {
      const good = topics.filter((topic) => !bad.includes(topic));
      this.#apply(subscriber, op, good, {
        success: bad.length === 0,
        type: 'COMMAND_RESP',
        conn_id: stream.context.connId,
        ...id,
        data: { failTopics: bad, successTopics: good },
      });
      return;
    }
    // One bad topic refuses the request: what it does to the others is not documented, so nothing is subscribed.
    if (bad[0] !== undefined) {
      refuse(this.#refusal(category, bad[0]));
      return;
    }
    const words = category === 'spot' ? op : '';
    this.#apply(subscriber, op, topics, {
      success: true,
      ret_msg: words,
      conn_id: stream.context.connId,
      ...id,
      op,
    });
  }

  #refusal(category: Category, topic: string): string {
    const symbol = topic.split('.').at(-1) ?? '';
    const known = this.#world.findMarket(category, symbol) !== null;
    return known ? `error:handler not found,topic:${topic}` : `Invalid symbol :[${topic}]`;
  }

  #apply(subscriber: Subscriber, op: 'subscribe' | 'unsubscribe', topics: string[], ack: Payload): void {
    const { stream } = subscriber;
    if (op === 'unsubscribe') {
      for (const topic of topics) subscriber.topics.delete(topic);
      stream.acknowledge(ack);
      return;
    }
    const early = stream.context.faults.snapshotBeforeAck;
    if (!early) stream.acknowledge(ack);
    for (const topic of topics) this.#begin(subscriber, topic);
    if (early) stream.acknowledge(ack);
  }

  #begin(subscriber: Subscriber, topic: string): void {
    const { stream, category } = subscriber;
    const channel = this.#channel(category, topic);
    if (channel === null) return;
    const now = this.#world.time.now();
    if (channel.kind === 'book') {
      // Others get what changed first, so that everybody continues from the same update number.
      const update = channel.book.update(now);
      if (update !== null) this.#broadcast(category, topic, update);
      if (stream.context.faults.deltaBeforeSnapshot)
        stream.send({ ...channel.book.snapshot(now), type: 'delta' });
      stream.send(channel.book.snapshot(now));
    } else if (channel.kind === 'ticker') {
      stream.send(tickerMessage(channel.market, 'snapshot', tickerEvent(channel.market, now), now));
    }
    subscriber.topics.add(topic);
  }

  /** The channel of a topic, made on first use; null for a topic that the category does not have. */
  #channel(category: Category, topic: string): Channel | null {
    const key = `${category} ${topic}`;
    const known = this.#channels.get(key);
    if (known !== undefined) return known;
    const channel = makeChannel(this.#world, category, topic, this.#firstUpdate);
    if (channel !== null) this.#channels.set(key, channel);
    return channel;
  }

  #books(category: Category, symbol: string): BookChannel[] {
    const books: BookChannel[] = [];
    for (const [key, channel] of this.#channels) {
      if (channel.kind === 'book' && key.startsWith(`${category} `) && channel.book.market.symbol === symbol)
        books.push(channel.book);
    }
    return books;
  }

  #push(market: Market): void {
    const { category } = market.listing;
    for (const [key, channel] of this.#channels) {
      if (!key.startsWith(`${category} `)) continue;
      const topic = key.slice(category.length + 1);
      const message = nextMessage(channel, market, this.#prints.get(market) ?? [], this.#world.time.now());
      if (message !== null) this.#broadcast(category, topic, message);
    }
  }

  #broadcast(category: Category, topic: string, message: Payload): void {
    const textMessage = JSON.stringify(message);
    this.relay(category, topic, textMessage);
  }

  /** Level 1 says that it lives by repeating itself; a candle that is over says so. */
  #repeat(): void {
    const now = this.#world.time.now();
    for (const [key, channel] of this.#channels) {
      const category = key.split(' ')[0] as Category;
      if (channel.kind === 'book' && channel.book.depth === 1)
        this.#broadcast(category, channel.book.topic, channel.book.snapshot(now));
      if (channel.kind !== 'kline' || this.followed(category, key.slice(category.length + 1)) === 0) continue;
      const message = klineMessage(channel, now);
      if (message !== null) this.#broadcast(category, key.slice(category.length + 1), message);
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#world.time.after(this.#pushMs, () => this.flush());
  }
}
