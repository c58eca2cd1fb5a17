import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { Fill, Order, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import { NO_RECORD } from '../../../src-main/trading/order-states.ts';
import { Reconciler } from '../../../src-main/trading/reconciler.ts';
import type { ReconciliationReport } from '../../../src-preload/contract/types/trading.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { draft } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';
import { VirtualTime } from '../../support/virtual-time.ts';
import { ACCOUNT, deskOver } from './desk-fixture.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const HOUR = 3_600_000;
const NOW = 100 * 24 * HOUR;
const none = (): Promise<null> => Promise.resolve(null);
const order = (clientOrderId: string, over: Partial<Order> = {}): Order =>
  acknowledged({ ...draft(), clientOrderId }, { createdAt: NOW - HOUR, updatedAt: NOW - HOUR, ...over });
const unanswered = (clientOrderId: string): Order =>
  order(clientOrderId, { state: 'unknown', venueOrderId: null });
const fillOf = ({ clientOrderId, venueOrderId, symbol }: Order, quantity: string): Fill => ({
  venue: 'practice',
  symbol,
  accountId: 'practice',
  id: `fill-${clientOrderId}`,
  venueOrderId: venueOrderId ?? '',
  clientOrderId,
  side: 'buy',
  price: '60000',
  quantity,
  fee: '0',
  feeCurrency: 'USDT',
  liquidity: 'maker',
  cause: 'trade',
  time: NOW - HOUR,
});
const left = ['7', '8'].map((id) => order(id));

async function rig(orders: readonly Order[], over: Partial<TradingAccount>) {
  const time = new VirtualTime(NOW);
  const made = deskOver(ledger, over, ACCOUNT, { venueTime: time.now });
  await made.keeper.holdAll(orders);
  const session = { isOpen: true };
  const reconciler = new Reconciler({
    ledger: ledger.repositories,
    keeper: made.keeper,
    clock: time.now,
    wait: time.wait,
    isOpen: () => session.isOpen,
    onFailed: () => undefined,
  });
  const reconciled = (): Promise<ReconciliationReport> => time.until(reconciler.now(made.session));
  const states = (): string[] => orders.map(({ clientOrderId: id }) => stateOf(id));
  const stateOf = (id: string): string => made.keeper.get('practice', id)?.state ?? 'none';
  const steps = async (clientOrderId: string) =>
    (await ledger.repositories.orders.events({ accountId: 'practice', clientOrderId })).slice(1);
  return {
    ...made,
    time,
    reconciler,
    reconciled,
    states,
    stateOf,
    steps,
    lock: () => (session.isOpen = false),
  };
}

/** Not found in any list, and the fills of the first time are there. */
async function reconciledBefore(orders: readonly Order[], over: Partial<TradingAccount> = {}) {
  const made = await rig([], { ...over, findOrder: over.findOrder ?? none });
  await made.reconciled();
  await made.keeper.holdAll(orders);
  return made;
}

describe('orders whose answer never came, after a crash,', () => {
  const fifty = Array.from({ length: 50 }, (_, n) => unanswered(String(n)));

  it('are settled beside each other in the time of one, at most eight requests at once', async () => {
    let [asking, most] = [0, 0];
    const made = await rig(fifty, {
      findOrder: async () => {
        most = Math.max(most, (asking += 1));
        await new Promise((resolve) => setImmediate(resolve));
        asking -= 1;
        return null;
      },
    });
    await made.reconciled();
    expect(new Set(made.states())).toEqual(new Set(['rejected']));
    expect(made.time.now() - NOW).toBeLessThan(10_000);
    expect(most).toBe(8);
  });

  it('do not keep new orders waiting while the venue cannot be asked about them', async () => {
    const made = await rig(fifty, { findOrder: () => new Promise(() => undefined) });
    await made.time.until(made.reconciler.ready(made.session));
    expect(made.time.now() - NOW).toBeLessThanOrEqual(3000);
    expect(new Set(made.states())).toEqual(new Set(['unknown']));
  });

  it('are left as they are when the vault was locked while they were looked up', async () => {
    let isOpen = true;
    const down = (): Promise<never> => {
      isOpen &&= made.time.now() < NOW + 5000;
      if (!isOpen) made.lock();
      return Promise.reject(new Error('no connection'));
    };
    const made = await rig([unanswered('7'), order('8')], { findOrder: down });
    await made.reconciled();
    expect(isOpen).toBe(false);
    expect(made.states()).toEqual(['unknown', 'working']);
    expect(await made.steps('7')).toEqual([]);
  });
});

describe('an order that cannot be looked up', () => {
  it('is in the report, and the others are reconciled all the same', async () => {
    const made = await rig(left, {
      findOrder: ({ clientOrderId }) =>
        clientOrderId === '7'
          ? Promise.reject(new HoldfastError('unavailable', 'net.down', 'No connection.'))
          : Promise.resolve(order('8', { state: 'cancelled' })),
    });
    const { differences, outcome } = await made.reconciled();
    expect(made.states()).toEqual(['working', 'cancelled']);
    expect(outcome).toBe('adopted');
    expect(differences.map(({ name, cause, theirs }) => [name, cause, theirs])).toEqual([
      ['7', 'unexplained', 'could not be looked up: No connection.'],
      ['8', 'endedMeanwhile', 'cancelled, filled 0'],
    ]);
  });

  it('needs a person at once when its market left the list, and keeps no order back', async () => {
    const unlisted = new HoldfastError('notFound', 'market.unknown', 'BTC/USDT is not a market of Bybit.');
    const made = await rig(left, {
      findOrder: ({ clientOrderId }) =>
        clientOrderId === '7' ? Promise.reject(unlisted) : Promise.resolve(order('8')),
    });
    await made.time.until(made.reconciler.ready(made.session));
    await made.reconciled();
    expect(made.states()).toEqual(['needsYou', 'working']);
    expect(made.keeper.get('practice', '7')?.reason).toContain('is not a market of Bybit');
    await made.reconciled();
    expect(await made.steps('7')).toHaveLength(1);
  });
});

describe('an acknowledged order that the venue neither lists nor finds', () => {
  const old = (over: Partial<Order> = {}): Order => order('7', { createdAt: NOW - 25 * HOUR, ...over });

  it.each([
    ['older than a day', old()],
    ['of a market that left the list', old()],
  ])('and is %s stays as the stream told it while the rest was asked for', async (what, given) => {
    const findOrder = () =>
      what.startsWith('of')
        ? Promise.reject(new HoldfastError('badInput', 'market.unknown', 'No such market.'))
        : Promise.resolve(null);
    const made = await reconciledBefore([given], { findOrder });
    const filled: Order = { ...given, state: 'filled', filledQuantity: '0.1', updatedAt: NOW };
    vi.spyOn(made.trading, 'fills').mockImplementation(() => {
      made.keeper.hear(filled);
      return Promise.resolve({ rows: [], cursor: null });
    });
    await made.reconciled();
    expect(made.keeper.get('practice', '7')).toEqual(filled);
  });

  it('is presumed cancelled when it is older than a day, with the reason in timeline and report', async () => {
    const made = await reconciledBefore([old()]);
    const findOrder = vi.spyOn(made.trading, 'findOrder');
    const { differences } = await made.reconciled();
    expect(made.keeper.get('practice', '7')).toMatchObject({ state: 'cancelled', reason: NO_RECORD });
    expect(await made.steps('7')).toMatchObject([
      { kind: 'reconciled', state: 'cancelled', detail: NO_RECORD },
    ]);
    expect(differences).toMatchObject([
      { name: '7', cause: 'endedMeanwhile', theirs: 'no record any more: cancelled, filled 0' },
    ]);
    expect(findOrder).toHaveBeenCalledOnce();
  });

  it('settles one that a person was asked about, too', async () => {
    const made = await reconciledBefore([old({ state: 'needsYou' })]);
    await made.reconciled();
    expect(made.stateOf('7')).toBe('cancelled');
  });

  it('needs a person, however old, when a fill tells that its end is another one', async () => {
    const made = await reconciledBefore([old()]);
    await made.keeper.keepFills([fillOf(old(), '0.04')]);
    await made.reconciled();
    expect(made.stateOf('7')).toBe('needsYou');
  });

  it('stays as it is, however old, while fills of the past are still being fetched', async () => {
    const made = await rig([old()], { findOrder: none });
    const { differences } = await made.reconciled();
    expect(made.stateOf('7')).toBe('working');
    expect(differences).toMatchObject([{ name: '7', cause: 'unexplained' }]);
    await made.reconciled();
    expect(made.stateOf('7')).toBe('cancelled');
  });

  it('is looked for several times before it needs a person when it is younger', async () => {
    const findOrder = vi.fn(none);
    const made = await reconciledBefore([order('7')], { findOrder });
    await made.reconciled();
    expect(findOrder.mock.calls.length).toBeGreaterThanOrEqual(4);
    expect(made.stateOf('7')).toBe('needsYou');
  });

  it('is found by a later look when the history of the venue lagged behind', async () => {
    const findOrder = vi.fn<TradingAccount['findOrder']>(none);
    findOrder.mockResolvedValueOnce(null).mockResolvedValueOnce(null);
    const made = await reconciledBefore([order('7')], { findOrder });
    findOrder
      .mockResolvedValueOnce(null)
      .mockResolvedValue(order('7', { state: 'filled', filledQuantity: '0.1' }));
    const { differences } = await made.reconciled();
    expect(made.stateOf('7')).toBe('filled');
    expect(differences).toMatchObject([{ name: '7', cause: 'endedMeanwhile' }]);
  });

  it('is believed to be open when the venue lists it after all, also after a restart', async () => {
    const made = await reconciledBefore([old()]);
    await made.reconciled();
    const again = await rig([], { openOrders: () => Promise.resolve([old()]) });
    const { differences } = await again.reconciled();
    expect(again.stateOf('7')).toBe('working');
    expect(again.keeper.get('practice', '7')).not.toHaveProperty('reason');
    expect(differences).toMatchObject([{ name: '7', cause: 'unexplained', ours: 'cancelled' }]);
    expect(await ledger.repositories.orders.open()).toMatchObject([{ clientOrderId: '7' }]);
  });
});
