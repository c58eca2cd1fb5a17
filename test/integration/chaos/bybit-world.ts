/** The loopback Bybit as a venue: real adapter, network layer and sockets, in a time of its own. */
import { createBybitExchange } from '../../../src-main/exchanges/bybit/bybit-exchange.ts';
import { BYBIT_ANSWERS } from '../../../src-main/exchanges/bybit/rest-client.ts';
import { loopbackSite } from '../../../src-main/exchanges/bybit/sites.ts';
import { dec, roundToStep, text } from '../../../src-main/market/decimal.ts';
import { createVenueNet } from '../../../src-main/net/venue-net.ts';
import { hmacSignature } from '../../../src-main/vault/signing.ts';
import type { OrderState } from '../../../src-preload/contract/types/trading.ts';
import type { Account as BybitAccount } from '../../exchanges/bybit/accounts.ts';
import type { CountedRequest } from '../../exchanges/bybit/counters.ts';
import type { HttpFault, TradeFault } from '../../exchanges/bybit/faults.ts';
import type { OrderStatus, VenueOrder as BybitOrder } from '../../exchanges/bybit/order.ts';
import { createOrder } from '../../exchanges/bybit/order-actions.ts';
import { Params, Refusal } from '../../exchanges/bybit/protocol.ts';
import { startBybitVenue } from '../../exchanges/bybit/venue.ts';
import type { BybitVenue } from '../../exchanges/bybit/venue.ts';
import { testLedger } from '../../support/ledger.ts';
import { SkippingTime } from '../../support/skipping-time.ts';
import { ACCOUNT } from '../../unit/trading/desk-fixture.ts';
import { immediate } from './world.ts';
import type { Connection, Fault, Life, Sent, Stream, VenueOrder, World } from './world.ts';

const KEY = 'test-key-chaos-0001';
const SECRET = 'test-secret-chaos-0001';
const UID = '1001';
const NATIVE = 'BTCUSDT';
const STEP = '0.001';
/** How much time passes in a turn while something is waited for, ms, and how often everybody may act in it. */
const TURN_MS = 100;
const IMMEDIATES = 8;

export interface BybitWorld extends World {
  readonly venue: BybitVenue;
  readonly time: SkippingTime;
  readonly uid: string;
  /** Any order of somebody else, in the venue's own words. A refusal is no failure. */
  readonly orderThere: (order: Record<string, unknown>) => void;
}

/** `rest`: a venue without order entry over WebSocket, so that every order goes over HTTP. */
export async function openBybitWorld(transport: 'socket' | 'rest'): Promise<BybitWorld> {
  const environment = transport === 'rest' ? 'demo' : 'live';
  const time = new SkippingTime();
  // The same day each time, and far from its ends.
  time.setBy(new Date(2026, 10, 20, 12).getTime() - time.now());
  const venue = await startBybitVenue({ clock: time.now, environment });
  venue.addKey({ key: KEY, secret: SECRET, uid: UID });
  venue.account(UID).deposit('USDT', '100000');
  const ledger = testLedger();
  const mine = venue.account(UID);
  const market = venue.market('linear', NATIVE);
  const sent: Sent[] = [];
  let heard: Stream = 'good';
  venue.counters.heard = (request) => {
    const one = sentOf(request, mine, time.now());
    if (one) sent.push(one);
  };
  const turn = async (): Promise<void> => {
    for (let left = IMMEDIATES; left > 0; left -= 1) {
      venue.world.feed.flush();
      await immediate();
    }
  };
  const restocked = (act: () => void): Promise<void> => {
    act();
    // The crowd comes back, or the next order would find no book.
    market.fillBook(market.mark);
    return Promise.resolve();
  };
  const apply = (): void => {
    venue.faults.clear();
    venue.faults.privateSilent = heard === 'deaf';
    if (heard === 'twice') venue.faults.privateMessages('*', 'duplicate', 1000);
    // All that one fill brings comes after what the next event brings.
    if (heard === 'reversed') venue.faults.privateMessages('*', 'reverse', 4);
  };
  return {
    venue,
    time,
    uid: UID,
    account: { ...ACCOUNT, id: 'bybit-1', venue: 'bybit', environment, region: 'global', keyType: 'hmac' },
    symbol: 'BTC/USDT:USDT',
    ledger,
    timers: {
      now: time.now,
      monotonic: time.monotonic,
      every: () => () => undefined,
      after: time.after,
      wait: (ms) => new Promise((resolve) => time.after(ms, resolve)),
    },
    sent,
    turn,
    until: async (promise) => {
      let isDone = false;
      const done = promise.finally(() => (isDone = true));
      done.catch(() => undefined);
      while (!isDone) {
        await turn();
        if (!isDone) time.skip(TURN_MS);
      }
      return done;
    },
    pass: async (ms) => {
      for (let left = ms; left > 0; left -= 1000) {
        time.skip(Math.min(1000, left));
        await turn();
      }
    },
    connect: (life) => connect(venue, time, environment, life),
    fault: (fault) => {
      apply();
      plan(venue, fault);
    },
    stream: (stream) => {
      if (stream === 'cut') venue.disconnect('private');
      heard = stream === 'cut' ? 'good' : stream;
      apply();
    },
    best: () => Promise.resolve({ bid: market.bestBid()?.[0] ?? '', ask: market.bestAsk()?.[0] ?? '' }),
    orders: () => Promise.resolve(mine.orders.map(asVenueOrder)),
    holdings: () => {
      const size = mine.openPositions().reduce((sum, one) => sum.plus(one.size), dec('0'));
      return Promise.resolve({ assets: mine.holdings(), position: text(size) });
    },
    fill: (order, share) =>
      restocked(() => {
        const found = mine.order(order.venueOrderId);
        if (!found?.open) return;
        const half = roundToStep(text(found.leaves().times('0.5')), STEP, 'up');
        venue.fill(UID, found.orderId, share === 'half' ? half : undefined);
      }),
    cancelThere: ({ venueOrderId }) => {
      const found = mine.order(venueOrderId);
      if (found?.open) venue.world.desk.cancel(found, 'margin');
      return Promise.resolve();
    },
    amendThere: ({ venueOrderId }, price) => {
      const found = mine.order(venueOrderId);
      const { qty, triggerPrice } = found ?? {};
      if (found?.open && qty !== undefined && triggerPrice !== undefined)
        venue.world.desk.amend(found, { price, qty, triggerPrice });
      return Promise.resolve();
    },
    placeThere: (price, qty) =>
      Promise.resolve(orderElsewhere(venue, mine, { side: 'Buy', orderType: 'Limit', qty, price })),
    orderThere: (order) => orderElsewhere(venue, mine, order),
    dispose: async () => {
      await venue.dispose();
      ledger.dispose();
    },
  };
}

const STATES: Readonly<Record<OrderStatus, OrderState>> = {
  New: 'working',
  PartiallyFilled: 'partiallyFilled',
  Untriggered: 'untriggered',
  Triggered: 'working',
  Rejected: 'rejected',
  PartiallyFilledCanceled: 'cancelled',
  Filled: 'filled',
  Cancelled: 'cancelled',
  Deactivated: 'cancelled',
};

const asVenueOrder = (order: BybitOrder): VenueOrder => ({
  clientOrderId: order.linkId,
  venueOrderId: order.orderId,
  state: STATES[order.status],
  side: order.spec.side === 'Buy' ? 'buy' : 'sell',
  price: order.price === '' ? null : order.price,
  quantity: order.qty,
  filledQuantity: text(order.filled),
  isOpen: order.open,
});

const CHANGES = ['create', 'amend', 'cancel', 'cancel-all'] as const;
const rewritten = (code: number) => (answer: string) =>
  answer.replace('"retCode":0', `"retCode":${String(code)}`);

/** Over HTTP and over order entry. */
const PLANS: Readonly<Record<Exclude<Fault, 'none'>, readonly [HttpFault, TradeFault]>> = {
  neverArrives: [{ kind: 'dropBefore' }, { kind: 'dropBefore' }],
  answerLost: [{ kind: 'dropAfter' }, { kind: 'disconnectAfter' }],
  neverAnswered: [{ kind: 'latency', ms: 3_600_000 }, { kind: 'dropAfter' }],
  serverError: [
    { kind: 'status', status: 503 },
    { kind: 'code', code: 10016 },
  ],
  serverErrorActed: [
    { kind: 'status', status: 502, acts: true },
    { kind: 'rewrite', rewrite: rewritten(10016) },
  ],
  refused: [
    { kind: 'code', code: 110007 },
    { kind: 'code', code: 110007 },
  ],
  tooMany: [
    { kind: 'code', code: 10006, reset: true },
    { kind: 'code', code: 10006 },
  ],
};

function plan({ faults }: BybitVenue, fault: Fault): void {
  if (fault === 'none') return;
  const [http, trade] = PLANS[fault];
  for (const change of CHANGES) {
    faults.http(`/v5/order/${change}`, http);
    faults.trade(`order.${change}`, trade);
  }
}

/** What leaves the program, as it reaches the venue's door: whatever the venue does with it. */
function sentOf({ method, path, body }: CountedRequest, mine: BybitAccount, at: number): Sent | null {
  const kind = /create$/.test(path) ? 'place' : /amend$/.test(path) ? 'amend' : null;
  if (kind === null || method === 'GET') return null;
  const parsed = JSON.parse(body) as Fields | [Fields];
  const { orderLinkId, orderId = '' } = Array.isArray(parsed) ? parsed[0] : parsed;
  // Changes name the order as the venue does; one of somebody else goes by that name here, too.
  const named = orderLinkId ?? mine.order(orderId)?.linkId ?? '';
  return { at, kind, clientOrderId: named === '' ? orderId : named };
}
interface Fields {
  readonly orderLinkId?: string;
  readonly orderId?: string;
}

function connect(
  venue: BybitVenue,
  time: SkippingTime,
  environment: 'live' | 'demo',
  life: Life,
): Connection {
  const net = createVenueNet({ venue: 'bybit', time, random: () => 0.02, ...BYBIT_ANSWERS });
  const exchange = createBybitExchange({
    venue: 'bybit',
    net,
    sites: () => loopbackSite(venue.origin, environment),
    feedRegion: () => 'global',
    clock: time.now,
    timers: time.after,
  });
  life.onDeath = () => {
    net.dispose();
    exchange.dispose();
  };
  const sign = (algorithm: Parameters<typeof hmacSignature>[0], payload: string) =>
    Promise.resolve(hmacSignature(algorithm, Buffer.from(SECRET), payload));
  return {
    exchange,
    signer: {
      keyId: 'key-1',
      apiKey: KEY,
      sign: (algorithm, payload) =>
        life.step(() => sign(algorithm as Parameters<typeof hmacSignature>[0], payload)),
      headerSecret: () => Promise.resolve(''),
    },
  };
}

/** By the venue's own hand, as its website does it: the faults of our line are not its faults. */
function orderElsewhere({ world }: BybitVenue, mine: BybitAccount, order: Record<string, unknown>): void {
  try {
    createOrder(world, mine, 'linear', new Params({ symbol: NATIVE, ...order }));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}
