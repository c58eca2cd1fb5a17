/** `/v5/private`: login, topics, and what happens to accounts (sheet sections 2.4, 5.5). */
import type { ApiKey } from './keys.ts';
import type { PrivateMessage } from './private-feed.ts';
import { isCategory, Refusal, type Payload } from './protocol.ts';
import type { Stream } from './stream.ts';
import type { World } from './world.ts';

const CATEGORISED = ['order', 'execution', 'position'];
const PLAIN = [
  'wallet',
  'greeks',
  'dcp.future',
  'dcp.spot',
  'dcp.option',
  'spread.order',
  'spread.execution',
];
const SESSIONS = 20;

interface Session {
  readonly stream: Stream;
  readonly topics: Set<string>;
  key: ApiKey | null;
  /** A message that waits to be sent after its successor. */
  held: Payload[] | null;
}

/** The key of a login, or a refusal. Shared with order entry. */
export function login(world: World, args: unknown, ip: string): ApiKey {
  const [name, expires, sign] = Array.isArray(args) ? (args as unknown[]) : [];
  if (typeof name !== 'string' || typeof sign !== 'string') throw new Refusal(10001, 'Params Error');
  const until = Number(expires);
  const key = world.keys.find(name);
  if (!Number.isFinite(until) || until <= world.time.now()) throw new Refusal(10001, 'Params Error');
  if (!key.signed(`GET/realtime${String(expires)}`, sign)) throw new Refusal(10004, 'Params Error');
  world.keys.checkUse(key, world.time.now(), ip);
  return key;
}

export class PrivateStreams {
  readonly #world: World;
  readonly #sessions = new Set<Session>();

  constructor(world: World) {
    this.#world = world;
    world.feed.listen((uid, message) => this.#deliver(uid, message));
  }

  accept(stream: Stream): void {
    const session: Session = { stream, topics: new Set(), key: null, held: null };
    this.#sessions.add(session);
    stream.onClose(() => this.#sessions.delete(session));
    stream.onMessage((message) => this.#receive(session, message));
  }

  /** Logged-in sockets of an account. */
  sessions(uid: string): number {
    return [...this.#sessions].filter((session) => session.key?.uid === uid).length;
  }

  /** Sockets of an account that follow a topic. */
  followers(uid: string, topic: string): number {
    return [...this.#sessions].filter((session) => session.key?.uid === uid && session.topics.has(topic))
      .length;
  }

  #receive(session: Session, message: Payload): void {
    const { stream } = session;
    const connId = stream.context.connId;
    const id = typeof message['req_id'] === 'string' ? { req_id: message['req_id'] } : {};
    switch (message['op']) {
      case 'ping':
        stream.send({ ...id, op: 'pong', args: [String(this.#world.time.now())], conn_id: connId });
        return;
      case 'auth':
        this.#login(session, message, id);
        return;
      case 'subscribe':
      case 'unsubscribe':
        this.#subscribeLater(session, message, id);
        return;
      default:
        stream.send({
          success: false,
          ret_msg: 'error:handler not found',
          conn_id: connId,
          ...id,
          op: message['op'],
        });
    }
  }

  #login(session: Session, message: Payload, id: Payload): void {
    const { stream } = session;
    const frame = { op: 'auth', conn_id: stream.context.connId };
    try {
      const key = login(this.#world, message['args'], stream.context.ip);
      if (this.sessions(key.uid) >= SESSIONS)
        throw new Refusal(10003, 'Too many sessions under the same UID.');
      session.key = key;
      stream.acknowledge({ success: true, ret_msg: '', ...frame, ...id });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      stream.acknowledge({ success: false, ret_msg: error.message, ...frame });
    }
  }

  #subscribeLater(session: Session, message: Payload, id: Payload): void {
    const { slowSubscriptionMs } = session.stream.context.faults;
    if (slowSubscriptionMs === 0) this.#subscribe(session, message, id);
    else this.#world.time.after(slowSubscriptionMs, () => this.#subscribe(session, message, id));
  }

  #subscribe(session: Session, message: Payload, id: Payload): void {
    const { stream, topics } = session;
    const op = message['op'];
    const args: unknown = message['args'];
    const wanted = Array.isArray(args) ? args.map(String) : [];
    const answer = (success: boolean, words: string): void =>
      stream.acknowledge({ success, ret_msg: words, conn_id: stream.context.connId, ...id, op });
    if (session.key === null) {
      answer(false, 'Request not authorized');
      return;
    }
    const bad = wanted.find((topic) => !knownTopic(topic));
    if (bad !== undefined || wanted.length === 0) {
      answer(false, `error:handler not found,topic:${bad ?? ''}`);
      return;
    }
    if (
      CATEGORISED.some(
        (name) => wanted.includes(name) && wanted.some((topic) => topic.startsWith(`${name}.`)),
      )
    ) {
      answer(false, 'error:all-in-one and categorised topics must not be in the same request');
      return;
    }
    for (const topic of wanted) {
      if (op === 'subscribe') topics.add(topic);
      else topics.delete(topic);
    }
    answer(true, op === 'subscribe' ? 'subscribe' : '');
  }

  #deliver(uid: string, message: PrivateMessage): void {
    for (const session of this.#sessions) {
      if (session.key?.uid !== uid) continue;
      for (const topic of session.topics) {
        const data = rowsFor(topic, message);
        if (data.length > 0) this.#send(session, { ...message, topic, data });
      }
    }
  }

  #send(session: Session, message: Payload): void {
    const { faults } = session.stream.context;
    if (faults.privateSilent) return;
    if (faults.rewritePrivate !== null) {
      session.stream.sendText(faults.rewritePrivate(JSON.stringify(message)));
      return;
    }
    const fault = faults.nextPrivate(String(message['topic']).split('.')[0] ?? '');
    if (fault === 'drop') return;
    if (fault === 'reverse') {
      session.held = [...(session.held ?? []), message];
      return;
    }
    session.stream.send(message);
    if (fault === 'duplicate') session.stream.send(message);
    // What was held back comes after its successor.
    for (const held of session.held ?? []) session.stream.send(held);
    session.held = null;
  }
}

function knownTopic(topic: string): boolean {
  if (PLAIN.includes(topic) || CATEGORISED.includes(topic) || topic === 'execution.fast') return true;
  const [name = '', ...rest] = topic.split('.');
  if (!CATEGORISED.includes(name)) return false;
  const category = rest.at(-1) ?? '';
  const middle = rest.slice(0, -1).join('.');
  if (!isCategory(category) || (name === 'position' && category === 'spot')) return false;
  return middle === '' || (name === 'execution' && middle === 'fast');
}

/** The rows of a message that a topic wants. */
function rowsFor(topic: string, message: PrivateMessage): readonly Payload[] {
  const [name = '', ...rest] = topic.split('.');
  if (name !== message.topic) return [];
  const fast = rest[0] === 'fast';
  const category = rest.find((part) => isCategory(part));
  const rows =
    category === undefined ? message.data : message.data.filter((row) => row['category'] === category);
  return fast ? rows.map(fastRow) : rows;
}

function fastRow(row: Payload): Payload {
  const names = [
    'category',
    'symbol',
    'execId',
    'execPrice',
    'execQty',
    'orderId',
    'isMaker',
    'orderLinkId',
    'side',
    'execTime',
    'seq',
  ];
  const fast = Object.fromEntries(names.map((name) => [name, row[name]]));
  return row['isMaker'] === true ? { ...fast, orderLinkId: '' } : fast;
}
