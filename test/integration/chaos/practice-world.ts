/** The practice engine as a venue over a bad line. */
import { HoldfastError } from '../../../src-main/errors.ts';
import type {
  AccountEvent,
  Exchange,
  Order,
  Page,
  TradingAccount,
} from '../../../src-main/exchanges/exchange.ts';
import { isFinal } from '../../../src-main/trading/order-states.ts';
import { testLedger } from '../../support/ledger.ts';
import { openPractice } from '../../unit/exchanges/practice/exchange-harness.ts';
import { ACCOUNT } from '../../unit/trading/desk-fixture.ts';
import { immediate } from './world.ts';
import type { Fault, Life, Sent, Stream, VenueOrder, World } from './world.ts';

const ACCOUNT_ID = 'practice-1';
const SYMBOL = 'BTC/USDT';
type House = Awaited<ReturnType<typeof openPractice>>;

interface Line {
  fault: Fault;
  stream: Stream;
  /** Called when the stream comes back after it was cut. */
  readonly back: Set<() => void>;
  readonly sent: Sent[];
}

export async function openPracticeWorld(): Promise<World> {
  const house = await openPractice();
  const ledger = testLedger();
  const line: Line = { fault: 'none', stream: 'good', back: new Set(), sent: [] };
  // Somebody else's orders have names of their own here.
  const { place, account } = house;
  return {
    account: { ...ACCOUNT, id: ACCOUNT_ID },
    symbol: SYMBOL,
    ledger,
    // Waits end at the next turn: the clock of this venue moves by `pass` only.
    timers: {
      now: house.now,
      monotonic: house.now,
      every: () => () => undefined,
      after: () => () => undefined,
      wait: immediate,
    },
    sent: line.sent,
    turn: immediate,
    until: (promise) => promise,
    pass: (ms) => Promise.resolve(house.pass(ms)),
    connect: (life) => ({
      exchange: throughLine(house, line, life),
      signer: null,
    }),
    fault: (fault) => (line.fault = fault),
    stream: (stream) => {
      const wasCut = line.stream === 'cut';
      line.stream = stream;
      if (wasCut && stream !== 'cut') for (const tell of line.back) tell();
    },
    best: () => house.best(),
    orders: async () => (await allOrders(house)).map(asVenueOrder),
    holdings: async () => {
      const rows = (await account.balances()).map(({ asset, total }) => [asset, total] as const);
      return { assets: Object.fromEntries(rows), position: '0' };
    },
    // The engine fills whom the market reaches: moved there, an order trades.
    fill: async (order) => {
      const { bid, ask } = await house.best();
      await quietly(account.amend({ ...refOf(order), price: order.side === 'buy' ? ask : bid }));
      house.pass(100);
    },
    cancelThere: (order) => quietly(account.cancel(refOf(order))),
    amendThere: (order, price) => quietly(account.amend({ ...refOf(order), price })),
    placeThere: (price, quantity) => quietly(place({ price, quantity })),
    dispose: () => {
      ledger.dispose();
      return Promise.resolve();
    },
  };
}

const refOf = ({ clientOrderId, venueOrderId }: VenueOrder) => ({
  symbol: SYMBOL,
  clientOrderId,
  venueOrderId,
});

async function quietly(act: Promise<unknown>): Promise<void> {
  await act.catch((error: unknown) => {
    if (!(error instanceof HoldfastError)) throw error;
  });
}

const asVenueOrder = (order: Order): VenueOrder => ({
  clientOrderId: order.clientOrderId,
  venueOrderId: order.venueOrderId ?? '',
  state: order.state,
  side: order.side,
  price: order.price,
  quantity: order.quantity ?? '0',
  filledQuantity: order.filledQuantity,
  isOpen: !isFinal(order.state),
});

/** Every order that the venue has or had. */
async function allOrders({ account }: House): Promise<readonly Order[]> {
  const orders = new Map((await account.openOrders()).map((order) => [order.clientOrderId, order]));
  let cursor: string | null = null;
  do {
    const page: Page<Order> = await account.orderHistory(cursor, 0);
    for (const order of page.rows) orders.set(order.clientOrderId, order);
    cursor = page.cursor;
  } while (cursor !== null);
  return [...orders.values()];
}

function throughLine(house: House, line: Line, life: Life): Exchange {
  const { exchange } = house;
  return {
    venue: exchange.venue,
    capabilities: exchange.capabilities,
    market: exchange.market,
    health: () => exchange.health(),
    wake: () => undefined,
    dispose: () => undefined,
    openAccount: () => faulty(house, line, life),
  };
}

const lost = () => new HoldfastError('unknownOutcome', 'net.timeout', 'The venue did not answer in time.');
const REFUSALS: Partial<Record<Fault, () => HoldfastError>> = {
  neverArrives: lost,
  serverError: lost,
  refused: () => new HoldfastError('invalidOrder', 'test.refused', 'The venue refused.'),
  tooMany: () =>
    new HoldfastError('rateLimited', 'test.tooMany', 'Too many requests.', { retryAfterMs: 1000 }),
};

/** Requests and answers get lost, messages are missing or come twice and late. */
function faulty(house: House, line: Line, life: Life): TradingAccount {
  const { account } = house;
  const over = <T>(act: () => Promise<T>): Promise<T> =>
    life.step(async () => {
      const { fault } = line;
      line.fault = 'none';
      const refusal = REFUSALS[fault];
      if (refusal) throw refusal();
      const answer = await act();
      if (fault === 'answerLost' || fault === 'serverErrorActed') throw lost();
      return fault === 'neverAnswered' ? new Promise<T>(() => undefined) : answer;
    });
  const note = (kind: Sent['kind'], { clientOrderId }: { readonly clientOrderId: string }): void => {
    if (!life.dead) line.sent.push({ at: house.now(), kind, clientOrderId });
  };
  return {
    ...bound(account),
    accountId: ACCOUNT_ID,
    funds: null,
    place: (request) => {
      note('place', request);
      return over(() => account.place(request));
    },
    amend: (amendment) => {
      note('amend', amendment);
      return over(() => account.amend(amendment));
    },
    cancel: (ref) => over(() => account.cancel(ref)),
    cancelAll: (symbol) => over(() => account.cancelAll(symbol)),
    stream: (listener) => overLine(account, line, listener),
    // The account is the venue's own and outlives the program.
    dispose: () => undefined,
  };
}

function overLine(account: TradingAccount, line: Line, listener: (event: AccountEvent) => void): () => void {
  let before: AccountEvent | null = null;
  let isCut = false;
  const back = (): void => {
    if (isCut) listener({ kind: 'state', state: 'live' });
    isCut = false;
  };
  line.back.add(back);
  const stop = account.stream((event) => {
    if (line.stream === 'cut' && !isCut) {
      isCut = true;
      listener({ kind: 'state', state: 'stale' });
    }
    const isOrder = event.kind === 'order' || event.kind === 'fill';
    if (line.stream === 'cut' || (line.stream === 'deaf' && event.kind !== 'state')) return;
    listener(event);
    if (!isOrder) return;
    if (line.stream === 'twice') listener(event);
    // After it what came before it: late and out of order.
    if (line.stream === 'reversed' && before) listener(before);
    before = event;
  });
  return () => {
    line.back.delete(back);
    stop();
  };
}

const METHODS = [
  'balances',
  'positions',
  'openOrders',
  'findOrder',
  'orderHistory',
  'fills',
  'fees',
  'modes',
  'funding',
  'inspect',
  'placeBatch',
  'setLeverage',
  'setMarginMode',
  'setPositionMode',
  'setProtection',
] as const;

function bound(account: TradingAccount): Pick<TradingAccount, (typeof METHODS)[number]> {
  const methods = METHODS.map((name) => [name, (account[name] as () => unknown).bind(account)] as const);
  return Object.fromEntries(methods) as unknown as Pick<TradingAccount, (typeof METHODS)[number]>;
}
