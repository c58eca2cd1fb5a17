import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { Fill, Order, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import { Reconciler } from '../../../src-main/trading/reconciler.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { draft } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';
import { ACCOUNT, deskOver, lost } from './desk-fixture.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const MINUTE = 60_000;
const START = 30 * 24 * 60 * MINUTE;
const order = (clientOrderId: string, over: Partial<Order> = {}): Order =>
  acknowledged({ ...draft(), clientOrderId }, over);
const fillOf = (clientOrderId: string, time: number): Fill => ({
  venue: 'practice',
  symbol: 'BTC/USDT',
  accountId: 'practice',
  id: `fill-${clientOrderId}-${String(time)}`,
  venueOrderId: `venue-${clientOrderId}`,
  clientOrderId,
  side: 'buy',
  price: '60000',
  quantity: '0.1',
  fee: '0',
  feeCurrency: 'USDT',
  liquidity: 'maker',
  cause: 'trade',
  time,
});

/** A venue with a clock of its own, which answers nothing for a time that is still to come, as Bybit does. */
function rig(over: Partial<TradingAccount> = {}) {
  const venue = { now: START, fills: [] as Fill[], orders: new Map<string, Order>() };
  let ours = 0;
  const made = deskOver(
    ledger,
    {
      fills: (_cursor, since) =>
        Promise.resolve({ rows: venue.fills.filter(({ time }) => time >= since), cursor: null }),
      findOrder: ({ clientOrderId }) => Promise.resolve(venue.orders.get(clientOrderId) ?? null),
      ...over,
    },
    ACCOUNT,
    { venueTime: () => venue.now },
  );
  const reconciler = new Reconciler({
    ledger: ledger.repositories,
    keeper: made.keeper,
    clock: () => venue.now + ours,
    wait: () => Promise.resolve(),
    onFailed: () => undefined,
  });
  const known = async (): Promise<number[]> => {
    const { rows } = await ledger.repositories.fills.list({ limit: 100, offset: 0 });
    return rows.map(({ time }) => time - START).sort((a, b) => a - b);
  };
  return {
    ...made,
    reconciler,
    venue,
    known,
    /** Our clock, ahead of the venue's by so much. */
    set: (ms: number) => (ours = ms),
    later: (ms: number) => (venue.now += ms),
    reconciled: () => reconciler.now(made.session),
  };
}

describe('fills that happened while nobody listened', () => {
  it.each([
    ['ten minutes ahead', 10 * MINUTE],
    ['ten minutes behind', -10 * MINUTE],
    ['a month ahead', 30 * 24 * 60 * MINUTE],
    ['right', 0],
  ])('are fetched by the next reconciliation when our clock is %s', async (_name, offset) => {
    const made = rig();
    made.set(offset);
    for (const minute of [2, 4, 6]) {
      await made.reconciled();
      made.later(MINUTE);
      made.venue.fills.push(fillOf('7', made.venue.now));
      made.later(MINUTE);
      await made.reconciled();
      expect(await made.known()).toContain((minute - 1) * MINUTE);
    }
  });

  it('are fetched though our clock was set forward for one reconciliation, and back', async () => {
    const made = rig();
    await made.reconciled();
    made.set(60 * MINUTE);
    made.later(MINUTE);
    await made.reconciled();
    made.set(0);
    made.later(MINUTE);
    made.venue.fills.push(fillOf('7', made.venue.now));
    for (let n = 0; n < 5; n += 1) {
      made.later(MINUTE);
      await made.reconciled();
    }
    expect(await made.known()).toEqual([2 * MINUTE]);
  });

  it('are fetched though the mark that was kept is of a time to come', async () => {
    const made = rig();
    const value = String(START + 60 * MINUTE);
    await ledger.repositories.keyValues.set({ key: 'fills.since.practice', value, time: 1 });
    made.venue.fills.push(fillOf('7', START - MINUTE));
    await made.reconciled();
    expect(await made.known()).toEqual([-MINUTE]);
  });

  it('are asked for again when the order behind one could not be looked up', async () => {
    const findOrder = vi.fn<TradingAccount['findOrder']>(lost);
    const made = rig({ findOrder });
    await made.reconciled();
    made.later(5 * MINUTE);
    made.venue.fills.push(fillOf('elsewhere', made.venue.now));
    made.later(5 * MINUTE);
    expect(await made.reconciled()).toMatchObject({
      outcome: 'adopted',
      differences: [{ cause: 'missedFill' }, { name: 'elsewhere', cause: 'unexplained' }],
    });
    made.later(5 * MINUTE);
    findOrder.mockResolvedValue(order('elsewhere', { state: 'filled', filledQuantity: '0.1' }));
    expect((await made.reconciled()).differences).toMatchObject([
      { name: 'elsewhere', cause: 'placedElsewhere' },
    ]);
    made.later(5 * MINUTE);
    expect((await made.reconciled()).differences).toEqual([]);
  });

  it('keep nobody waiting for ever when their market left the list', async () => {
    const gone = new HoldfastError('notFound', 'market.unknown', 'BTC/USDT is not a market of Bybit.');
    const made = rig({ findOrder: () => Promise.reject(gone) });
    await made.reconciled();
    made.later(5 * MINUTE);
    made.venue.fills.push(fillOf('elsewhere', made.venue.now));
    expect((await made.reconciled()).error).toBeNull();
    await made.reconciler.ready(made.session);
    made.later(5 * MINUTE);
    expect((await made.reconciled()).outcome).toBe('equal');
  });
});

describe('an order that was concluded not to be placed, and was', () => {
  const filled = order('100', { state: 'filled', filledQuantity: '0.1', updatedAt: START });

  /** Lost on its way, and not found as often as it takes. */
  async function concluded(over: Partial<TradingAccount> = {}) {
    const made = rig({ place: lost, ...over });
    await made.reconciled();
    await made.desk.place(draft(), 'intent-1');
    await vi.waitFor(() => {
      expect(made.keeper.get('practice', '100')?.state).toBe('rejected');
    });
    made.venue.orders.set('100', filled);
    return made;
  }
  /** A restart: the memory is empty, the ledger is not. */
  function restarted(made: Awaited<ReturnType<typeof concluded>>) {
    const again = rig();
    again.venue.orders.set('100', filled);
    again.venue.fills.push(...made.venue.fills);
    again.later(made.venue.now - START);
    return again;
  }
  const becomesFilled = (made: { keeper: ReturnType<typeof rig>['keeper'] }): Promise<void> =>
    vi.waitFor(() => {
      expect(made.keeper.get('practice', '100')).toMatchObject({ state: 'filled', filledQuantity: '0.1' });
    });

  it('is what the venue says as soon as a fill of the stream names it', async () => {
    const made = await concluded();
    made.reconciler.heard(made.session, { kind: 'fill', fill: fillOf('100', made.venue.now) });
    await becomesFilled(made);
  });

  it('is what the venue says when a fill names it after a restart', async () => {
    const made = restarted(await concluded());
    made.reconciler.heard(made.session, { kind: 'fill', fill: fillOf('100', made.venue.now) });
    await becomesFilled(made);
  });

  it('is what the venue says when the fill is one that was missed', async () => {
    const made = await concluded();
    made.later(MINUTE);
    made.venue.fills.push(fillOf('100', made.venue.now));
    made.later(MINUTE);
    const { differences } = await made.reconciled();
    expect(made.keeper.get('practice', '100')?.state).toBe('filled');
    expect(differences.map(({ cause }) => cause)).toContain('missedFill');
  });

  it.each(['in the same run', 'after a restart'])(
    'is asked about again without any fill, %s',
    async (when) => {
      const first = await concluded();
      const made = when === 'after a restart' ? restarted(first) : first;
      made.venue.orders.set('100', order('100', { state: 'cancelled', updatedAt: START }));
      made.set(1000 - START);
      const { differences } = await made.reconciled();
      expect(differences).toMatchObject([{ name: '100', cause: 'unexplained', ours: 'not placed' }]);
      expect(made.keeper.get('practice', '100')?.state).toBe('cancelled');
      expect((await made.reconciled()).differences).toEqual([]);
    },
  );

  it('is not asked about for ever, nor is an order that the venue refused', async () => {
    const made = await concluded();
    made.venue.orders.clear();
    const refused = order('200', { state: 'rejected', venueOrderId: null, reason: 'Too far away.' });
    await made.keeper.hold({ ...refused, updatedAt: 1000 });
    const findOrder = vi.spyOn(made.trading, 'findOrder');
    made.set(1000 - START);
    await made.reconciled();
    expect(findOrder.mock.calls.map(([ref]) => ref.clientOrderId)).toEqual(['100']);
    made.set(0);
    await made.reconciled();
    expect(findOrder).toHaveBeenCalledOnce();
  });
});
