/** `/v5/trade`: order entry over WebSocket (sheet section 5.6). */
import type { Counters } from './counters.ts';
import { codeRefusal } from './faults.ts';
import { checkRights, limitHeaders, tradeBudget } from './http-server.ts';
import { checkTime, type ApiKey } from './keys.ts';
import { amendOrder, cancelOrder, createOrder, runBatch } from './order-actions.ts';
import { batchAllowance, batchUnits, orderLimit, orderRights } from './order-rest.ts';
import { login } from './private-streams.ts';
import { Params, Refusal, type Payload } from './protocol.ts';
import type { Stream } from './stream.ts';
import type { World } from './world.ts';

interface Operation {
  readonly path: string;
  readonly limit: ReturnType<typeof orderLimit>;
  readonly batch: boolean;
  readonly action: typeof createOrder;
}

const operation = (path: string, spot: number, action: typeof createOrder, batch = false): Operation => ({
  path: `/v5/order/${path}`,
  limit: orderLimit(10, 10, spot),
  action,
  batch,
});

const OPERATIONS: Record<string, Operation> = {
  'order.create': operation('create', 20, createOrder),
  'order.amend': operation('amend', 10, amendOrder),
  'order.cancel': operation('cancel', 20, cancelOrder),
  'order.create-batch': operation('create-batch', 20, createOrder, true),
  'order.amend-batch': operation('amend-batch', 20, amendOrder, true),
  'order.cancel-batch': operation('cancel-batch', 20, cancelOrder, true),
};

/** Refusals that the venue sends without the request's id (bybit-api #407, ccxt #29361). */
const WITHOUT_ID = new Set([10001, 10005]);
const ADDRESS_LIMIT = { limit: 3000, windowMs: 1000 };

interface Session {
  readonly stream: Stream;
  readonly used: Set<string>;
  key: ApiKey | null;
}

interface Done {
  readonly data: Payload;
  readonly extra: Payload;
  readonly headers: Record<string, string>;
}

export class TradeStreams {
  readonly #world: World;
  readonly #counters: Counters;

  constructor(world: World, counters: Counters) {
    this.#world = world;
    this.#counters = counters;
  }

  accept(stream: Stream): void {
    const session: Session = { stream, used: new Set(), key: null };
    stream.onMessage((message) => this.#receive(session, message));
  }

  #receive(session: Session, message: Payload): void {
    const { stream } = session;
    const op = String(message['op']);
    const reqId = typeof message['reqId'] === 'string' ? message['reqId'] : '';
    const id = reqId === '' ? {} : { reqId };
    const connId = stream.context.connId;
    if (op === 'ping') {
      stream.send({ retCode: 0, retMsg: 'OK', op: 'pong', data: [String(this.#world.time.now())], connId });
      return;
    }
    if (op === 'auth') {
      this.#login(session, message, id);
      return;
    }
    this.#counters.message(op, JSON.stringify(message['args'] ?? null));
    this.#operate(session, op, reqId, message);
  }

  #login(session: Session, message: Payload, id: Payload): void {
    const frame = { op: 'auth', connId: session.stream.context.connId };
    try {
      if (session.key !== null) throw new Refusal(20001, 'Repeat auth');
      session.key = login(this.#world, message['args'], session.stream.context.ip);
      session.stream.acknowledge({ ...id, retCode: 0, retMsg: 'OK', ...frame });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      session.stream.acknowledge({ ...id, retCode: error.code, retMsg: error.message, ...frame });
    }
  }

  #operate(session: Session, op: string, reqId: string, message: Payload): void {
    const { stream } = session;
    const fault = stream.context.faults.nextTrade(op);
    if (fault?.kind === 'dropBefore') return;
    const reply =
      fault?.kind === 'code'
        ? this.#failed(op, reqId, codeRefusal(fault.code, fault.message), true)
        : this.#reply(session, op, reqId, message);
    const full = { ...reply, connId: stream.context.connId };
    if (fault?.kind === 'dropAfter') return;
    if (fault?.kind === 'disconnectAfter') stream.terminate();
    else if (fault?.kind === 'latency') this.#world.time.after(fault.ms, () => stream.send(full));
    else if (fault?.kind === 'rewrite') stream.sendText(fault.rewrite(JSON.stringify(full)));
    else stream.send(full);
  }

  #reply(session: Session, op: string, reqId: string, message: Payload): Payload {
    try {
      const { data, extra, headers } = this.#run(session, op, reqId, message);
      return {
        ...idOf(reqId),
        retCode: 0,
        retMsg: 'OK',
        op,
        data,
        retExtInfo: extra,
        header: this.#header(headers),
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.#failed(op, reqId, error, !WITHOUT_ID.has(error.code));
    }
  }

  #failed(op: string, reqId: string, refusal: Refusal, withId: boolean): Payload {
    const id = withId ? idOf(reqId) : {};
    return {
      ...id,
      retCode: refusal.code,
      retMsg: refusal.message,
      op,
      data: {},
      retExtInfo: {},
      header: this.#header({}),
    };
  }

  #run(session: Session, op: string, reqId: string, message: Payload): Done {
    const { key } = session;
    const now = this.#world.time.now();
    const known = OPERATIONS[op];
    if (known === undefined) throw new Refusal(10404, 'op is not found');
    if (key === null) throw new Refusal(10005, 'Permission denied: not authenticated');
    if (!this.#world.limits.take(`ws ip ${session.stream.context.ip}`, ADDRESS_LIMIT, now).allowed) {
      throw new Refusal(10403, 'Exceed the IP rate limit');
    }
    if (reqId.length > 36) throw new Refusal(10001, 'reqId is too long');
    if (reqId !== '' && session.used.has(reqId)) throw new Refusal(20006, 'reqId is repeated');
    session.used.add(reqId);
    const header = new Params(asObject(message['header']));
    checkTime(header.text('X-BAPI-TIMESTAMP'), header.text('X-BAPI-RECV-WINDOW'), now);
    const params = oneArgument(message['args']);
    this.#counters.arrived(known.path, params, Number(header.text('X-BAPI-TIMESTAMP')));
    return this.#act(key, known, params);
  }

  #act(key: ApiKey, known: Operation, params: Params): Done {
    const world = this.#world;
    checkRights({ rights: orderRights }, key, params);
    const { limit } = known.limit(params);
    const units = known.batch ? batchUnits(params) : 1;
    const budget = tradeBudget(world, key.uid, known.path, limit, units);
    if (!budget.allowed) throw codeRefusal(10006);
    const account = world.account(key.uid);
    const headers = limitHeaders(budget);
    if (!known.batch)
      return { data: known.action(world, account, params.category(), params), extra: {}, headers };
    const allowed = batchAllowance(params, budget.granted);
    const { list, codes } = runBatch(world, account, params, known.action, allowed);
    return { data: { list }, extra: { list: codes }, headers };
  }

  #header(headers: Record<string, string>): Payload {
    return {
      ...headers,
      Traceid: this.#world.ids.uuid().replaceAll('-', ''),
      Timenow: String(this.#world.time.now()),
    };
  }
}

const idOf = (reqId: string): Payload => (reqId === '' ? {} : { reqId });

const asObject = (value: unknown): Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

function oneArgument(args: unknown): Params {
  if (!Array.isArray(args) || args.length !== 1) throw new Refusal(10001, 'args must hold one element');
  return new Params(asObject(args[0]));
}
