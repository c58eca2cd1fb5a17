/** The real adapter, desk and ledger over real sockets to a loopback Bybit that misbehaves on command. */
import { afterEach, expect, vi } from 'vitest';
import { createBybitExchange } from '../../../src-main/exchanges/bybit/bybit-exchange.ts';
import type { BybitExchange } from '../../../src-main/exchanges/bybit/bybit-exchange.ts';
import { BYBIT_ANSWERS } from '../../../src-main/exchanges/bybit/rest-client.ts';
import { loopbackSite } from '../../../src-main/exchanges/bybit/sites.ts';
import type {
  AccountAccess,
  AccountEvent,
  BookView,
  Fill,
  Order,
  OrderRequest,
  StreamListener,
  StreamState,
  TradingAccount,
} from '../../../src-main/exchanges/exchange.ts';
import { HoldfastError } from '../../../src-main/errors.ts';
import { RequestLog } from '../../../src-main/net/request-log.ts';
import { createVenueNet } from '../../../src-main/net/venue-net.ts';
import type { OwnedVenueNet } from '../../../src-main/net/venue-net.ts';
import { hmacSignature } from '../../../src-main/vault/signing.ts';
import type { RequestRecord } from '../../../src-preload/contract/types/activity.ts';
import type { KeySpec } from '../../exchanges/bybit/keys.ts';
import { startBybitVenue } from '../../exchanges/bybit/venue.ts';
import type { BybitVenue, VenueOptions } from '../../exchanges/bybit/venue.ts';
import { SkippingTime } from '../../support/skipping-time.ts';

export const KEY = 'test-key-faults-0001';
export const SECRET = 'test-secret-faults-0001';
export const UID = '1001';
export const SYMBOL = 'BTC/USDT:USDT';
/** Long, because machines are loaded; what is waited for comes within milliseconds on an idle one. */
export const WAIT = { timeout: 20_000, interval: 10 };

/** What ends with the test, last opened first. */
export const closings: (() => Promise<void> | void)[] = [];
/** Everything that a log or a message could have let out in this test. */
let written: string[] = [];
let signatures: string[] = [];

afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
  const [texts, made] = [written, signatures];
  [written, signatures] = [[], []];
  // Every test of faults is also one of what is written down about them.
  for (const text of texts)
    for (const secret of [KEY, SECRET, ...made]) expect(text.includes(secret), text).toBe(false);
});

export interface RigOptions {
  readonly venue?: VenueOptions;
  readonly key?: Partial<KeySpec>;
  readonly access?: Partial<AccountAccess>;
  /** Before anything connects. */
  readonly prepare?: (venue: BybitVenue, time: SkippingTime) => void;
}

export interface Rig {
  readonly venue: BybitVenue;
  readonly time: SkippingTime;
  readonly net: OwnedVenueNet;
  readonly exchange: BybitExchange;
  readonly account: TradingAccount;
  readonly access: AccountAccess;
  /** The request log so far, as it is kept. */
  readonly log: () => Promise<readonly RequestRecord[]>;
  /** Frames that asked for topics, by the session's name. */
  readonly subscriptions: { readonly name: string; readonly frame: string }[];
  /** The vault is locked: nothing can be signed, as the real signer does it. */
  readonly lock: (locked: boolean) => void;
  /** Makes the next signature of this text wait until the answered function is called. */
  readonly holdSignatures: () => () => void;
  /** An order that rests. */
  readonly request: (over?: Partial<OrderRequest>) => OrderRequest;
}

/** Adapter and network over a venue of its own. Everything ends with the test. */
export async function rig(options: RigOptions = {}): Promise<Rig> {
  const time = new SkippingTime();
  const venue = await startBybitVenue({ clock: () => time.now(), ...options.venue });
  closings.push(() => venue.dispose());
  venue.addKey({ key: KEY, secret: SECRET, uid: UID, ...options.key });
  venue.account(UID).deposit('USDT', '1000000');
  options.prepare?.(venue, time);
  const rows: RequestRecord[] = [];
  const requestLog = new RequestLog({
    append: (batch) => {
      rows.push(...batch);
      written.push(...batch.map((row) => JSON.stringify(row)));
      return Promise.resolve(batch.map((_, index) => rows.length + index));
    },
    secrets: () => [KEY],
  });
  closings.push(() => requestLog.dispose());
  const subscriptions: Rig['subscriptions'] = [];
  const owned = createVenueNet({
    venue: 'bybit',
    log: requestLog,
    time,
    random: () => 0.02,
    ...BYBIT_ANSWERS,
  });
  closings.push(() => owned.dispose());
  const net = watching(owned, subscriptions);
  const environment = options.access?.environment === 'demo' ? 'demo' : 'live';
  const exchange = createBybitExchange({
    venue: 'bybit',
    net,
    sites: () => loopbackSite(venue.origin, environment),
    feedRegion: () => 'global',
    clock: time.now,
    timers: time.after,
  });
  closings.push(() => exchange.dispose());
  const { signer, lock, holdSignatures } = testSigner();
  const access: AccountAccess = {
    accountId: 'a1',
    environment,
    region: 'global',
    uses: ['read', 'trade'],
    keyType: 'hmac',
    signer,
    ...options.access,
  };
  const account = exchange.openAccount(access);
  const { bids } = venue.market('linear', 'BTCUSDT').book(1);
  // Deep enough to rest, near enough for the price limit.
  const price = String(Math.floor((Number(bids[0]?.[0]) * 97) / 100));
  let ids = 1_000;
  return {
    venue,
    time,
    net,
    exchange,
    account,
    access,
    log: async () => {
      await requestLog.flush();
      return rows;
    },
    subscriptions,
    lock,
    holdSignatures,
    request: (over = {}) => ({
      symbol: SYMBOL,
      clientOrderId: String((ids += 1)),
      side: 'buy',
      type: 'limit',
      quantity: '0.01',
      price,
      timeInForce: 'GTC',
      postOnly: false,
      reduceOnly: false,
      positionSide: 'net',
      ...over,
    }),
  };
}

/** The same network, with an eye on what asks for topics. */
function watching(net: OwnedVenueNet, subscriptions: Rig['subscriptions']): OwnedVenueNet {
  return {
    http: net.http,
    log: net.log,
    clock: (ask) => net.clock(ask),
    wake: () => net.wake(),
    dispose: () => net.dispose(),
    socket: (parts) => {
      const { dialect, name } = parts;
      const subscribe = (topics: readonly string[]): readonly string[] => {
        const frames = dialect.subscribe(topics);
        for (const frame of frames) subscriptions.push({ name, frame });
        return frames;
      };
      return net.socket({ ...parts, dialect: { ...dialect, subscribe } });
    },
  };
}

function testSigner() {
  let isLocked = false;
  let gate: Promise<void> | null = null;
  const lockedError = (): HoldfastError =>
    new HoldfastError('locked', 'vault.locked', 'The vault is locked.');
  const signer: NonNullable<AccountAccess['signer']> = {
    keyId: 'key-1',
    get apiKey() {
      if (isLocked) throw lockedError();
      return KEY;
    },
    sign: async (algorithm, payload) => {
      await gate;
      if (isLocked) throw lockedError();
      if (algorithm === 'rsa-sha256-base64') throw new Error('an HMAC key');
      const signature = hmacSignature(algorithm, Buffer.from(SECRET), payload);
      signatures.push(signature);
      return signature;
    },
    headerSecret: () => Promise.resolve(''),
  };
  return {
    signer,
    lock: (locked: boolean) => {
      isLocked = locked;
    },
    holdSignatures: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return () => {
        gate = null;
        resolve();
      };
    },
  };
}

/** The failure of a promise that has to fail, kept for the check of what is let out. */
export async function failure(run: Promise<unknown>): Promise<HoldfastError> {
  const error: unknown = await run.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (!(error instanceof HoldfastError)) throw new Error('it did not fail as it should', { cause: error });
  written.push(JSON.stringify([error.message, error.code, error.details]));
  return error;
}

export const streamState = (made: Pick<Rig, 'exchange'>, name: string): string | undefined =>
  made.exchange.health().streams.find((stream) => stream.name === name)?.state;

/** Connects the account: private stream and order entry are live, and everything told is in the answer. */
export async function goLive(made: Rig): Promise<AccountEvent[]> {
  const events: AccountEvent[] = [];
  made.account.stream((event) => events.push(event));
  await isLive(events);
  if (made.access.environment !== 'demo') await entryLive(made);
  return events;
}

export const isLive = (events: readonly AccountEvent[]): Promise<void> =>
  vi.waitFor(() => expect(lastState(events)).toMatchObject({ state: 'live' }), WAIT);

export const entryLive = (made: Pick<Rig, 'exchange'>): Promise<void> =>
  vi.waitFor(() => expect(streamState(made, 'trade')).toBe('live'), WAIT);

export const lastState = (events: readonly AccountEvent[]): AccountEvent | undefined =>
  events.findLast(({ kind }) => kind === 'state');

export const ordersOf = (events: readonly AccountEvent[]): Order[] =>
  events.flatMap((event) => (event.kind === 'order' ? [event.order] : []));

export const fillsOf = (events: readonly AccountEvent[]): Fill[] =>
  events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []));

export const refOf = ({ clientOrderId, symbol }: Pick<OrderRequest, 'clientOrderId' | 'symbol'>) => ({
  symbol,
  clientOrderId,
  venueOrderId: null,
});

/** Options of a rig whose orders go over REST only, as in demo trading. */
export const OVER_REST = { access: { environment: 'demo' }, venue: { environment: 'demo' } } as const;

/** The venue acts, and says something else. */
export const withCode =
  (code: number) =>
  (text: string): string =>
    text.replace('"retCode":0', `"retCode":${String(code)}`);

/** Order creations that arrived over HTTP and over the order-entry connection. */
export const arrivals = ({ venue: { counters } }: Pick<Rig, 'venue'>) => ({
  http: counters.requests('/v5/order/create'),
  socket: counters.requests('ws:order.create'),
});

/** A stream of books as somebody watches it. */
export class WatchedBook implements StreamListener<BookView> {
  readonly values: BookView[] = [];
  readonly states: StreamState[] = [];

  next(value: BookView): void {
    this.values.push(value);
  }

  state(state: StreamState): void {
    this.states.push(state);
  }

  get last(): BookView | undefined {
    return this.values.at(-1);
  }

  /** The best bid must be below the best ask, in every book that was shown as live. */
  get wasEverCrossed(): boolean {
    return this.values.some(({ state, bids, asks }) => {
      const [bid, ask] = [bids[0]?.[0], asks[0]?.[0]];
      return state === 'live' && bid !== undefined && ask !== undefined && Number(bid) >= Number(ask);
    });
  }
}
