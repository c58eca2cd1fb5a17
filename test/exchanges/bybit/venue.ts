/**
 * A loopback Bybit: HTTP and WebSockets of API v5 on one port of 127.0.0.1, with the practice exchange's
 * matching engine behind it. An independent reading of protocols/bybit.md: it shares no code with the adapter
 * that is tested against it. Deterministic apart from the clock, which can be given.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Account } from './accounts.ts';
import { defaultListings, generatedListings, recordedListings, type Listing } from './catalogue.ts';
import { Counters } from './counters.ts';
import { moveWithdrawal } from './deposit-rest.ts';
import { chargeFunding } from './funding.ts';
import { Faults, type StreamKind } from './faults.ts';
import { HttpSide } from './http-server.ts';
import type { KeySpec } from './keys.ts';
import type { Market } from './market.ts';
import { PrivateStreams } from './private-streams.ts';
import type { Category } from './protocol.ts';
import { PublicStreams } from './public-streams.ts';
import { ROUTES } from './route-table.ts';
import { StatusStream } from './status-stream.ts';
import { Stream } from './stream.ts';
import { TradeStreams } from './trade-streams.ts';
import { ServerClock } from './venue-time.ts';
import { World, type Environment, type Maintenance } from './world.ts';

export interface VenueOptions {
  /** `demo` has no order-entry stream and refuses wallets; `live` is the default. */
  readonly environment?: Environment;
  /** Site of the venue; keys of another one are unknown here. */
  readonly site?: string;
  readonly seed?: number;
  readonly port?: number;
  /** Unix milliseconds; the real clock by default. */
  readonly clock?: () => number;
  /** Adds a recorded `instruments-info` body of linear contracts. */
  readonly recordedInstruments?: string;
  /** Adds made-up linear perpetuals. */
  readonly generatedInstruments?: number;
  readonly listings?: readonly Listing[];
  /** How long changes of a market are collected before they are pushed. */
  readonly pushMs?: number;
  /** Requests of one address in 5 s before the 403. */
  readonly addressLimit?: number;
  /** The address that the venue believes its client has. */
  readonly clientIp?: string;
}

const PUBLIC_PATH = /^\/v5\/public\/(spot|linear|inverse|option)$/;
const ACTIVE_TIME = /^(?:([3-9]\d|[1-5]\d\d|600)s|([1-9]|10)m)$/;
const ACTIVE_MS = 600_000;
const CHECK_MS = 30_000;

interface Accepted {
  readonly kind: StreamKind;
  readonly activeMs: number;
  start(stream: Stream): void;
}

export class BybitVenue {
  readonly world: World;
  readonly faults = new Faults();
  readonly counters = new Counters();
  readonly clock: ServerClock;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #streams = new Map<Stream, StreamKind>();
  readonly #connections = new Set<Socket>();
  readonly #publicStreams: PublicStreams;
  readonly #privateStreams: PrivateStreams;
  readonly #tradeStreams: TradeStreams;
  readonly #status: StatusStream;
  readonly #clientIp: string;
  #port: number;
  #streamCount = 0;

  constructor(options: VenueOptions = {}) {
    this.clock = new ServerClock(options.clock);
    this.#port = options.port ?? 0;
    this.#clientIp = options.clientIp ?? '127.0.0.1';
    this.world = new World({
      time: this.clock,
      environment: options.environment ?? 'live',
      site: options.site ?? 'global',
      seed: options.seed ?? 1,
      listings: listingsOf(options),
    });
    this.#publicStreams = new PublicStreams(this.world, options.pushMs ?? 5);
    this.#privateStreams = new PrivateStreams(this.world);
    this.#tradeStreams = new TradeStreams(this.world, this.counters);
    this.#status = new StatusStream(this.world);
    const http = new HttpSide({
      world: this.world,
      faults: this.faults,
      counters: this.counters,
      routes: ROUTES,
      clientIp: this.#clientIp,
      ...(options.addressLimit === undefined ? {} : { addressLimit: options.addressLimit }),
    });
    this.#server = createServer((request, response) => {
      http.handle(request, response).catch(() => {
        // A defect of this tool must not look like a refusal of the venue.
        if (!response.headersSent) response.writeHead(500).end();
        else response.destroy();
      });
    });
    this.clock.every(CHECK_MS, () => this.cutIdle());
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on('connection', (socket) => {
      this.counters.connections += 1;
      this.#connections.add(socket);
      socket.on('close', () => this.#connections.delete(socket));
    });
  }

  /** `http://127.0.0.1:PORT`. */
  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** `ws://127.0.0.1:PORT`. */
  get wsOrigin(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  /** Adds a key. Without permissions it can trade and transfer, not withdraw. */
  addKey(spec: KeySpec): Account {
    return this.world.account(this.world.keys.add(spec).uid);
  }

  removeKey(key: string): void {
    this.world.keys.remove(key);
  }

  /** The account of a UID, made on first use. */
  account(uid: string): Account {
    return this.world.account(uid);
  }

  /** A market, to move it. Throws for one that is not listed. */
  market(category: Category, symbol: string): Market {
    const market = this.world.findMarket(category, symbol);
    if (market === null) throw new RangeError(`No market ${category} ${symbol} here.`);
    return market;
  }

  /** Fills a resting order of an account by a crowd order that takes it, in full or in part. */
  fill(uid: string, orderId: string, quantity?: string): void {
    const order = this.account(uid).order(orderId);
    if (order === null || !order.open || order.price === '')
      throw new RangeError(`No resting order ${orderId}.`);
    const { market, spec } = order;
    // Better prices of the crowd stand before the order: they go first, or they would take the fill.
    this.#clearAhead(market, spec.side, order.price);
    const size = quantity ?? order.leaves().toFixed();
    market.sweep(spec.side === 'Buy' ? 'Sell' : 'Buy', size, order.price);
  }

  #clearAhead(market: Market, side: 'Buy' | 'Sell', price: string): void {
    const book = market.book(10_000);
    const levels = side === 'Buy' ? book.bids : book.asks;
    for (const [levelPrice] of levels) {
      const ahead =
        side === 'Buy' ? Number(levelPrice) >= Number(price) : Number(levelPrice) <= Number(price);
      if (ahead) market.setLevel(side, levelPrice, '0');
    }
  }

  /** A deposit on a chain, in the record and, once it is credited (status 3), in the funding wallet. */
  chainDeposit(uid: string, deposit: { coin: string; chain: string; amount: string; status?: number }): void {
    const { status = 3, ...row } = deposit;
    const account = this.account(uid);
    const number = account.deposits.length + 1;
    if (status === 3) account.credit(row.coin, row.amount, 'FUND');
    account.deposits.push({
      ...row,
      id: String(70_000_000 + number),
      txID: `test-transaction-${number}`,
      status,
      toAddress: `loopback-${row.chain}-${uid}-${row.coin}`,
      tag: '',
      depositFee: '',
      successAt: status === 3 ? String(this.clock.now()) : '0',
      confirmations: '10',
      txIndex: '0',
      blockHash: '',
      batchReleaseLimit: '-1',
      depositType: '0',
      fromAddress: '',
      taxDepositRecordsId: '',
      taxStatus: 0,
    });
  }

  /** Allows an address for withdrawals, as its owner does on the website. `fresh`: locked for a day. */
  allowAddress(
    uid: string,
    entry: { coin: string; chain: string; address: string; tag?: string; fresh?: boolean },
  ): void {
    const { fresh = false, tag = '', ...row } = entry;
    const createdAt = String(Math.floor(this.clock.now() / 1000));
    const extra = { remark: 'test', addressType: 0, verified: '1', createdAt };
    this.account(uid).addressBook.push({ ...row, tag, status: fresh ? 1 : 0, ...extra });
  }

  /** Moves a withdrawal to a status of section 4.7; false when there is none that can still move. */
  moveWithdrawal(uid: string, id: string, status: string, txID?: string): boolean {
    return moveWithdrawal(this.world, this.account(uid), id, status, txID);
  }

  /** Charges funding on every open position of a market: longs pay a positive rate. */
  chargeFunding(category: 'linear' | 'inverse', symbol: string, rate: string): void {
    chargeFunding(this.world, this.market(category, symbol), rate);
  }

  /** Sends everything that waits for the next push. */
  flush(): void {
    this.world.feed.flush();
    this.#publicStreams.flush();
  }

  /** TCP connections that are open now, WebSockets included. */
  get openConnections(): number {
    return this.#connections.size;
  }

  /** Logged-in private sockets of an account. */
  privateSessions(uid: string): number {
    return this.#privateStreams.sessions(uid);
  }

  /** Sockets of an account that follow a private topic. */
  privateFollowers(uid: string, topic: string): number {
    return this.#privateStreams.followers(uid, topic);
  }

  /** Sockets that follow a public topic. */
  followers(category: Category, topic: string): number {
    return this.#publicStreams.followed(category, topic);
  }

  /** Sends a raw text to everybody who follows a public topic, as a replay does. */
  relay(category: Category, topic: string, text: string): void {
    this.#publicStreams.relay(category, topic, text);
  }

  /** Ends sockets of a kind, or all, without a closing handshake. */
  disconnect(kind?: StreamKind): void {
    for (const [stream, own] of this.#streams) if (kind === undefined || own === kind) stream.terminate();
  }

  /** Closes sockets of a kind, or all, properly. */
  closeStreams(kind?: StreamKind): void {
    for (const [stream, own] of this.#streams)
      if (kind === undefined || own === kind) stream.close(1001, 'going away');
  }

  /** The present sockets stay open and neither speak nor listen again; new ones work. */
  stall(kind?: StreamKind): void {
    for (const [stream, own] of this.#streams) if (kind === undefined || own === kind) stream.stall();
  }

  /** Cuts connections that were silent for too long; runs by itself every 30 seconds. */
  cutIdle(): void {
    for (const stream of this.#streams.keys())
      if (stream.idleMs() > stream.context.activeMs) stream.close(1000, 'idle');
  }

  /** The next book message of a market skips an update number. */
  gap(category: Category, symbol: string): void {
    this.#publicStreams.gap(category, symbol);
  }

  /** Sends a delta after which the book is crossed. */
  crossBook(category: Category, symbol: string): void {
    this.#publicStreams.crossBook(category, symbol);
  }

  /** The market-data service restarts: snapshots with `u` = 1. */
  restart(): void {
    this.#publicStreams.restart();
  }

  /** Puts a notice on `/v5/system/status` and its stream. */
  announceMaintenance(entry: Maintenance): void {
    this.world.maintenance.push(entry);
    this.#status.announce(entry);
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', () => {
        this.#server.removeListener('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Refuses new connections and ends the present ones, until `listen` is called again. */
  async refuse(): Promise<void> {
    this.disconnect();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#connections) socket.destroy();
    });
  }

  async dispose(): Promise<void> {
    this.clock.stop();
    for (const stream of this.#streams.keys()) stream.terminate();
    this.#sockets.close();
    if (this.#server.listening) await this.refuse();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const accepted = this.#stream(path, new URLSearchParams(query));
    if (typeof accepted === 'number') {
      socket.end(
        `HTTP/1.1 ${accepted} ${accepted === 404 ? 'Not Found' : 'Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#streamCount += 1;
      const connId = `conn-${this.#streamCount}`;
      const stream = new Stream(webSocket, {
        faults: this.faults,
        time: this.clock,
        connId,
        kind: accepted.kind,
        ip: this.#clientIp,
        activeMs: accepted.activeMs,
      });
      this.#streams.set(stream, accepted.kind);
      stream.onClose(() => this.#streams.delete(stream));
      accepted.start(stream);
    });
  }

  /** What stands behind a path, or the HTTP status that refuses it. */
  #stream(path: string, query: URLSearchParams): Accepted | number {
    const category = PUBLIC_PATH.exec(path)?.[1] as Category | undefined;
    if (category !== undefined) {
      return {
        kind: 'public',
        activeMs: ACTIVE_MS,
        start: (stream) => this.#publicStreams.accept(stream, category),
      };
    }
    if (path === '/v5/public/misc/status') {
      return { kind: 'public', activeMs: ACTIVE_MS, start: (stream) => this.#status.accept(stream) };
    }
    const activeMs = activeTime(query.get('max_active_time'));
    if (activeMs === null) return 400;
    if (path === '/v5/private')
      return { kind: 'private', activeMs, start: (stream) => this.#privateStreams.accept(stream) };
    // Demo trading has no order entry: the handshake fails (ccxt #26843).
    if (path === '/v5/trade' && this.world.environment !== 'demo') {
      return { kind: 'trade', activeMs, start: (stream) => this.#tradeStreams.accept(stream) };
    }
    return 404;
  }
}

/** Silence that a connection asks to be allowed; null for a value that the venue does not know. */
function activeTime(value: string | null): number | null {
  if (value === null) return ACTIVE_MS;
  const [, seconds, minutes] = ACTIVE_TIME.exec(value) ?? [];
  if (seconds !== undefined) return Number(seconds) * 1000;
  return minutes === undefined ? null : Number(minutes) * 60_000;
}

function listingsOf(options: VenueOptions): Listing[] {
  return [
    ...defaultListings(),
    ...(options.listings ?? []),
    ...(options.recordedInstruments === undefined ? [] : recordedListings(options.recordedInstruments)),
    ...generatedListings(options.generatedInstruments ?? 0),
  ];
}

/** Starts a venue on a free port (or the one asked for). Dispose it. */
export async function startBybitVenue(options: VenueOptions = {}): Promise<BybitVenue> {
  const venue = new BybitVenue(options);
  await venue.listen();
  return venue;
}
