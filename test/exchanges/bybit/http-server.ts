/** HTTP side: envelope, limits, authentication, faults. One port serves it together with the WebSockets. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from './accounts.ts';
import type { Counters } from './counters.ts';
import { codeRefusal, type Faults, type HttpFault } from './faults.ts';
import type { ApiKey } from './keys.ts';
import { perSecond, type Budget } from './limits.ts';
import { Answer, Params, Refusal, type Payload } from './protocol.ts';
import type { PrivateRoute, Route } from './routes.ts';
import type { World } from './world.ts';

const BODY_LIMIT = 1_000_000;
const ADDRESS_LIMIT = { limit: 600, windowMs: 5000 };
const TOO_FREQUENT =
  '<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center><p>access too frequent</p></body></html>';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
  readonly ip: string;
}

interface Reply {
  readonly status: number;
  readonly type: 'json' | 'html';
  readonly body: string;
  readonly headers: Record<string, string>;
}

export interface HttpOptions {
  readonly world: World;
  readonly faults: Faults;
  readonly counters: Counters;
  readonly routes: readonly Route[];
  /** Requests of one address in 5 seconds; the venue's 600 unless a test needs less. */
  readonly addressLimit?: number;
  /** The address that the venue sees, for keys bound to addresses. */
  readonly clientIp?: string;
}

export class HttpSide {
  readonly #options: HttpOptions;
  readonly #routes = new Map<string, Route>();

  constructor(options: HttpOptions) {
    this.#options = options;
    for (const route of options.routes) this.#routes.set(route.path, route);
  }

  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(message, this.#options.clientIp);
    const { faults, counters, world } = this.#options;
    counters.request(request.method, request.path, request.query, request.body);
    const fault = faults.nextHttp(request.path);
    if (fault?.kind === 'dropBefore') {
      message.socket.destroy();
      return;
    }
    const reply = this.#faulty(fault) ?? this.#answer(request);
    if (fault?.kind === 'dropAfter') {
      message.socket.destroy();
      return;
    }
    const sent = fault === null ? reply : this.#spoil(fault, reply);
    const send = (): void => write(response, sent);
    if (fault?.kind === 'latency') world.time.after(fault.ms, send);
    else send();
  }

  /** The answer of a fault that keeps the request from acting; null when it is handled. */
  #faulty(fault: HttpFault | null): Reply | null {
    if (fault === null) return null;
    if (fault.kind === 'status' && fault.acts !== true) return page(fault.status);
    if (fault.kind === 'code' && fault.acts !== true) return this.#codeReply(fault);
    return null;
  }

  #spoil(fault: HttpFault, reply: Reply): Reply {
    switch (fault.kind) {
      case 'html':
        return page(200);
      case 'truncated':
        return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) };
      case 'status':
        return page(fault.status);
      case 'code':
        return this.#codeReply(fault);
      case 'rewrite':
        return { ...reply, body: fault.rewrite(reply.body) };
      case 'latency':
      case 'dropAfter':
      case 'dropBefore':
        return reply;
    }
  }

  #codeReply(fault: HttpFault & { kind: 'code' }): Reply {
    const now = this.#options.world.time.now();
    const headers =
      fault.reset === true
        ? limitHeaders({ allowed: false, granted: 0, limit: 10, left: 0, resetAt: now + 1000 })
        : {};
    return this.#refused(codeRefusal(fault.code, fault.message), headers);
  }

  #answer(request: Request): Reply {
    const { world } = this.#options;
    const now = world.time.now();
    const most = { ...ADDRESS_LIMIT, limit: this.#options.addressLimit ?? ADDRESS_LIMIT.limit };
    if (!world.limits.take(`ip ${request.ip}`, most, now).allowed) {
      return { status: 403, type: 'html', body: TOO_FREQUENT, headers: {} };
    }
    if (request.method === 'GET' && request.body !== '') return page(403);
    const headers: Record<string, string> = {};
    try {
      const route = this.#routes.get(request.path);
      if (route === undefined || route.method !== request.method) return page(404);
      const answer =
        route.access === 'public'
          ? route.run(world, readParams(request))
          : this.#private(route, request, headers);
      return this.#ok(answer, headers);
    } catch (error) {
      if (error instanceof Refusal) return this.#refused(error, headers);
      throw error;
    }
  }

  #private(route: PrivateRoute, request: Request, headers: Record<string, string>): Payload | Answer {
    const { world, counters } = this.#options;
    const now = world.time.now();
    const key = this.#authenticate(request, now);
    const params = readParams(request);
    counters.arrived(route.path, params, Number(request.headers['x-bapi-timestamp']));
    if (world.environment === 'demo' && !route.demo)
      throw new Refusal(10032, 'Demo trading are not supported.');
    const limit = typeof route.limit === 'function' ? route.limit(params) : route.limit;
    const units = route.units?.(params) ?? 1;
    const budget = world.limits.take(`${key.uid} ${route.path}`, limit, now, units);
    Object.assign(headers, limitHeaders(budget));
    if (!budget.allowed) throw codeRefusal(10006);
    checkRights(route, key, params);
    const account: Account = world.account(key.uid);
    return route.run({ world, params, key, account, now, granted: budget.granted });
  }

  #authenticate(request: Request, now: number): ApiKey {
    const header = (name: string): string => {
      const value = request.headers[name];
      return typeof value === 'string' ? value : '';
    };
    const parts = {
      key: header('x-bapi-api-key'),
      timestamp: header('x-bapi-timestamp'),
      recvWindow: header('x-bapi-recv-window'),
      sign: header('x-bapi-sign'),
      payload: request.method === 'GET' ? request.query : request.body,
    };
    if (parts.key === '' || parts.timestamp === '' || parts.sign === '') {
      throw new Refusal(10003, `empty value: apiTimestamp[${parts.timestamp}] apiKey[] apiSignature[]`, 401);
    }
    return this.#options.world.keys.check(parts, now, request.ip);
  }

  #ok(answer: Payload | Answer, headers: Record<string, string>): Reply {
    const full = answer instanceof Answer ? answer : new Answer(answer);
    const body = {
      retCode: 0,
      retMsg: full.message,
      result: full.result,
      retExtInfo: full.extra,
      time: this.#options.world.time.now(),
    };
    return { status: 200, type: 'json', body: JSON.stringify(body), headers };
  }

  #refused(refusal: Refusal, headers: Record<string, string>): Reply {
    const body = {
      retCode: refusal.code,
      retMsg: refusal.message,
      result: refusal.result,
      retExtInfo: {},
      time: this.#options.world.time.now(),
    };
    return { status: refusal.status, type: 'json', body: JSON.stringify(body), headers };
  }
}

/** Section 4.9: a read-only key writes nothing, whatever its permissions say. */
export function checkRights(
  route: Pick<PrivateRoute, 'rights' | 'reads'>,
  key: ApiKey,
  params: Params,
): void {
  if (route.rights === null) return;
  const rights = typeof route.rights === 'function' ? route.rights(params) : route.rights;
  const blocked = key.spec.readOnly === true && route.reads !== true;
  if (blocked || !rights.some((right) => key.allows(right))) {
    throw new Refusal(10005, 'Permission denied, please check your API key permissions.');
  }
}

export const limitHeaders = (budget: Budget): Record<string, string> => ({
  'X-Bapi-Limit': String(budget.limit),
  'X-Bapi-Limit-Status': String(budget.left),
  'X-Bapi-Limit-Reset-Timestamp': String(budget.resetAt),
});

/** Order entry over WebSocket shares the budgets of REST. */
export const tradeBudget = (world: World, uid: string, path: string, limit: number, units: number): Budget =>
  world.limits.take(`${uid} ${path}`, perSecond(limit), world.time.now(), units);

function readParams(request: Request): Params {
  if (request.method === 'GET') return new Params(Object.fromEntries(new URLSearchParams(request.query)));
  try {
    const body: unknown = JSON.parse(request.body === '' ? '{}' : request.body);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return new Params({ ...body });
  } catch {
    // Falls through to the refusal below.
  }
  throw new Refusal(10001, 'Request parameter error: the body is not a JSON object.');
}

const page = (status: number): Reply => ({
  status,
  type: 'html',
  body: `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center></body></html>`,
  headers: {},
});

function write(response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return;
  const type = reply.type === 'json' ? 'application/json; charset=utf-8' : 'text/html';
  response.writeHead(reply.status, { 'Content-Type': type, ...reply.headers });
  response.end(reply.body);
}

async function readRequest(message: IncomingMessage, clientIp = '127.0.0.1'): Promise<Request> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new RangeError('The body of a request is too long.');
    chunks.push(chunk);
  }
  const [path = '', query = ''] = splitOnce(message.url ?? '/', '?');
  return {
    method: message.method ?? 'GET',
    path,
    query,
    body: Buffer.concat(chunks).toString('utf8'),
    headers: message.headers,
    ip: clientIp,
  };
}

function splitOnce(textValue: string, at: string): [string, string] {
  const index = textValue.indexOf(at);
  return index === -1 ? [textValue, ''] : [textValue.slice(0, index), textValue.slice(index + 1)];
}
