import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { Fill, Order, Page, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import { HistoryBackfill } from '../../../src-main/trading/history-backfill.ts';
import { reconcile } from '../../../src-main/trading/reconciliation.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { draft } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';
import { deskOver } from './desk-fixture.ts';

const DAY = 86_400_000;
const NOW = 1000 * DAY;

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const fill = (id: string, time = NOW - 30 * DAY): Fill => ({
  venue: 'practice',
  symbol: 'BTC/USDT',
  accountId: 'practice',
  id,
  venueOrderId: `venue-${id}`,
  clientOrderId: '',
  side: 'buy',
  price: '60000',
  quantity: '0.1',
  fee: '0',
  feeCurrency: 'USDT',
  liquidity: 'taker',
  cause: 'trade',
  time,
});
const past = (clientOrderId: string, over: Partial<Order> = {}): Order =>
  acknowledged({ ...draft(), clientOrderId }, { state: 'filled', filledQuantity: '0.1', ...over });

/** Pages `one`, `two`, … in order; the cursor is the number of the next. */
function pages<T>(...rows: readonly (readonly T[])[]) {
  return vi.fn((cursor: string | null, _since: number): Promise<Page<T>> => {
    const at = cursor === null ? 0 : Number(cursor);
    return Promise.resolve({
      rows: rows[at] ?? [],
      cursor: at + 1 < rows.length ? String(at + 1) : null,
    });
  });
}

function backfill(
  over: Partial<TradingAccount>,
  isOpen: () => boolean = () => true,
  onWait: () => void = () => undefined,
) {
  const { session, keeper } = deskOver(ledger, over, undefined, { venueTime: () => NOW });
  const waits: number[] = [];
  const made = new HistoryBackfill({
    ledger: ledger.repositories,
    keeper,
    clock: () => NOW,
    wait: (ms) => {
      waits.push(ms);
      onWait();
      return Promise.resolve();
    },
    isOpen,
  });
  return { made, session, keeper, waits };
}
const storedFills = async () =>
  (await ledger.repositories.fills.list({ limit: 100, offset: 0 })).rows.map((row) => row.id).sort();
const storedOrder = (clientOrderId: string) =>
  ledger.repositories.orders.byClientId({ accountId: 'practice', clientOrderId });

describe('the backfill of history', () => {
  it('fetches fills and finished orders page by page, two years back at most, and is done then', async () => {
    const fills = pages([fill('1')], [fill('2'), fill('1')]);
    const orderHistory = pages([past('a')], [past('b', { state: 'cancelled' })]);
    const { made, session } = backfill({ fills, orderHistory });
    await made.take(session, 0);
    await made.idle();
    expect(await storedFills()).toEqual(['1', '2']);
    expect(await storedOrder('a')).toMatchObject({ state: 'filled' });
    expect(await storedOrder('b')).toMatchObject({ state: 'cancelled' });
    expect(fills.mock.calls).toEqual([
      [null, NOW - 730 * DAY],
      ['1', NOW - 730 * DAY],
    ]);
    made.resume(session);
    await made.idle();
    expect(fills).toHaveBeenCalledTimes(2);
  });

  it('never overwrites what is known of an order, and leaves open ones to the reconciliation', async () => {
    const newer = past('a', { state: 'cancelled', updatedAt: 5000 });
    await ledger.repositories.orders.record([{ order: newer }]);
    const orderHistory = pages([past('a', { updatedAt: 4000 }), past('open', { state: 'working' })]);
    const { made, session } = backfill({ orderHistory });
    await made.take(session, 0);
    await made.idle();
    expect(await storedOrder('a')).toMatchObject({ state: 'cancelled', updatedAt: 5000 });
    expect(await storedOrder('open')).toBeNull();
  });

  it('keeps orders and fills without a client order id apart, by the id of the venue', async () => {
    const bare = (venueOrderId: string) => past('', { venueOrderId });
    const orderHistory = pages([bare('venue-1'), bare('venue-2')]);
    const { made, session } = backfill({ orderHistory, fills: pages([fill('1')]) });
    await made.take(session, 0);
    await made.idle();
    expect(await storedOrder('venue-1')).not.toBeNull();
    expect(await storedOrder('venue-2')).not.toBeNull();
    const ofOrder = { accountId: 'practice', clientOrderId: 'venue-1' };
    expect(await ledger.repositories.fills.byOrder(ofOrder)).toHaveLength(1);
  });

  it('goes on where a lock or a kill interrupted it', async () => {
    let isOpen = true;
    const fills = pages([fill('1')], [fill('2')], [fill('3')]);
    // Locked after the first page was kept.
    const first = backfill(
      { fills },
      () => isOpen,
      () => (isOpen = false),
    );
    await first.made.take(first.session, 0);
    await first.made.idle();
    expect(await storedFills()).toEqual(['1']);
    const second = backfill({ fills });
    second.made.resume(second.session);
    await second.made.idle();
    expect(await storedFills()).toEqual(['1', '2', '3']);
    expect(fills.mock.calls.map(([cursor]) => cursor)).toEqual([null, '1', '2']);
  });

  it('tries again after a failure, begins a stage anew when its cursor is not taken any more', async () => {
    const fills = pages([fill('1')], [fill('2')]);
    fills.mockImplementationOnce(() => Promise.reject(new HoldfastError('unavailable', 'x', 'down')));
    fills.mockImplementationOnce(() => Promise.resolve({ rows: [fill('1')], cursor: 'old' }));
    fills.mockImplementationOnce(() => Promise.reject(new HoldfastError('badInput', 'x', 'cursor')));
    const { made, session, waits } = backfill({ fills });
    await made.take(session, 0);
    await made.idle();
    expect(await storedFills()).toEqual(['1', '2']);
    expect(fills.mock.calls.map(([cursor]) => cursor)).toEqual([null, null, 'old', null, '1']);
    expect(waits).toContain(5000);
  });

  it('gives up on a key that may not read history, until the next connection', async () => {
    const fills = vi.fn(() => Promise.reject(new HoldfastError('permission', 'x', 'no')));
    const { made, session } = backfill({ fills });
    await made.take(session, 0);
    await made.idle();
    expect(fills).toHaveBeenCalledTimes(1);
    made.resume(session);
    await made.idle();
    expect(fills).toHaveBeenCalledTimes(2);
  });
});

describe('a reconciliation after a long time', () => {
  const parts = ({ made, keeper }: ReturnType<typeof backfill>) => ({
    ledger: ledger.repositories,
    keeper,
    clock: () => NOW,
    wait: () => Promise.resolve(),
    history: made,
  });

  it('waits for a week of fills only; the rest comes by itself', async () => {
    const fills = vi.fn((_cursor: string | null, since: number) =>
      Promise.resolve({
        rows: since < NOW - 7 * DAY ? [fill('old'), fill('new', NOW - DAY)] : [fill('new', NOW - DAY)],
        cursor: null,
      }),
    );
    const made = backfill({ fills });
    await reconcile(made.session, parts(made));
    expect(fills.mock.calls[0]).toEqual([null, NOW - 7 * DAY]);
    await made.made.idle();
    expect(await storedFills()).toEqual(['new', 'old']);
  });

  it('fills the gap of an absence, and asks for nothing old while there is none', async () => {
    const fills = vi.fn((_cursor: string | null, _since: number) =>
      Promise.resolve({ rows: [] as Fill[], cursor: null }),
    );
    const made = backfill({ fills });
    const mark = (days: number) =>
      ledger.repositories.keyValues.set({
        key: 'fills.since.practice',
        value: String(NOW - days * DAY),
        time: 0,
      });
    await mark(1);
    await reconcile(made.session, parts(made));
    await made.made.idle();
    expect(fills.mock.calls.map(([, since]) => since)).toEqual([NOW - DAY - 60_000]);
    await mark(20);
    await reconcile(made.session, parts(made));
    await made.made.idle();
    expect(fills.mock.calls.slice(1).map(([, since]) => since)).toEqual([
      NOW - 7 * DAY,
      NOW - 20 * DAY - 60_000,
    ]);
  });
});
