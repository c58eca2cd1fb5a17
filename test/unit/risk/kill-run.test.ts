import { describe, expect, it, vi } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { Order, Position, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import { KillRun } from '../../../src-main/risk/kill-run.ts';
import type { AccountSession } from '../../../src-main/trading/account-sessions.ts';
import { orderOf } from '../../../src-main/trading/order-draft.ts';
import { isFinal } from '../../../src-main/trading/order-states.ts';
import type { KillStep } from '../../../src-preload/contract/types/risk.ts';
import { draft } from '../../support/markets.ts';
import { fakeAccount } from '../../support/trading-account.ts';
import { ACCOUNT } from '../trading/desk-fixture.ts';

const order = (clientOrderId: string, over: Partial<Order> = {}): Order => ({
  ...orderOf(draft(), { venue: 'practice', symbol: 'BTC/USDT' }, clientOrderId, 1),
  venueOrderId: `v${clientOrderId}`,
  state: 'working',
  ...over,
});
const POSITION: Position = {
  venue: 'practice',
  accountId: 'practice',
  symbol: 'BTC/USDT:USDT',
  side: 'short',
  positionSide: 'net',
  quantity: '1',
  entryPrice: '60000',
  markPrice: null,
  liquidationPrice: null,
  leverage: '1',
  marginMode: 'cross',
  margin: '1',
  unrealizedPnl: null,
  realizedPnl: '0',
  settle: 'USDT',
  updatedAt: 1,
};

interface Setting {
  readonly known?: readonly Order[];
  readonly trading?: Partial<TradingAccount>;
  readonly uses?: typeof ACCOUNT.uses;
  readonly flatten?: boolean;
  readonly close?: (position: Position) => Promise<unknown>;
}

/** A run whose waits take no time, but let others go first. */
function run({ known = [], trading = {}, uses = ACCOUNT.uses, flatten = false, close }: Setting) {
  const orders = new Map(known.map((one) => [one.clientOrderId, one]));
  const waits: number[] = [];
  const seen: { progress: string; steps: readonly KillStep[] }[] = [];
  const made: KillRun = new KillRun({
    session: { account: { ...ACCOUNT, uses }, trading: fakeAccount(trading) } as unknown as AccountSession,
    orders: {
      get: (_account, id) => orders.get(id) ?? null,
      open: () => [...orders.values()].filter(({ state }) => !isFinal(state)),
      hear: (heard) => {
        orders.set(heard.clientOrderId, heard);
        return heard;
      },
    },
    journal: { intend: () => Promise.resolve(true), answered: () => Promise.resolve() },
    clock: () => 1,
    close: close ?? (() => Promise.reject(new Error('not expected'))),
    flatten: () => flatten,
    wait: (ms) => {
      waits.push(ms);
      return new Promise((resolve) => setImmediate(resolve));
    },
    onChanged: () => seen.push({ progress: made.progress, steps: made.steps() }),
    known: [],
  });
  const becomes = (progress: string) =>
    vi.waitFor(() => expect(made.progress).toBe(progress), { interval: 1 });
  const results = () => made.steps().map(({ name, result }) => [name, result]);
  /** The steps when a round had ended with something left. */
  const left = () => seen.find(({ progress }) => progress === 'incomplete')?.steps;
  return { made, orders, waits, left, becomes, results };
}

describe('ending everything on an account', () => {
  it('is verified by the venue listing nothing more', async () => {
    const cancelAll = vi.fn(() => Promise.resolve([]));
    const findOrder = () => Promise.resolve(order('1', { state: 'cancelled' }));
    const { made, becomes, results } = run({ known: [order('1')], trading: { cancelAll, findOrder } });
    made.kick();
    await becomes('verified');
    expect(cancelAll).toHaveBeenCalledOnce();
    expect(results()).toEqual([['1', 'gone']]);
  });

  it('is never verified while the fate of an order is not known, and the look goes on', async () => {
    const { made, orders, left, becomes, results } = run({
      known: [order('1', { state: 'unknown', venueOrderId: null })],
    });
    made.kick();
    await vi.waitFor(() => expect(left()).toMatchObject([{ name: '1', result: 'unknown' }]), { interval: 1 });
    orders.set('1', order('1', { state: 'rejected' }));
    await becomes('verified');
    expect(results()).toEqual([['1', 'gone']]);
    made.stop();
  });

  it('is not verified when the venue cannot be asked, and says why', async () => {
    let answers = false;
    const openOrders = () =>
      answers ? Promise.resolve([]) : Promise.reject(new HoldfastError('unavailable', 'x', 'Maintenance.'));
    const { made, becomes, left } = run({ trading: { openOrders } });
    made.kick();
    await vi.waitFor(() => expect(left()).toBeDefined(), { interval: 1 });
    expect(left()).toMatchObject([{ symbol: '', result: 'unknown', message: 'Maintenance.' }]);
    answers = true;
    await becomes('verified');
    expect(made.steps()).toEqual([]);
  });

  it('waits longer from round to round', async () => {
    const cancelAll = () => Promise.reject(new HoldfastError('rateLimited', 'x', 'Too many.'));
    const openOrders = () => Promise.resolve([order('1')]);
    const cancel = () => Promise.reject(new HoldfastError('rateLimited', 'x', 'Too many.'));
    const { made, waits, left } = run({ trading: { cancelAll, openOrders, cancel } });
    made.kick();
    const rounds = () => waits.filter((ms) => ms >= 1000 && ms !== 1500);
    await vi.waitFor(() => expect(rounds().length).toBeGreaterThanOrEqual(7), { interval: 1 });
    made.stop();
    expect(rounds().slice(0, 7)).toEqual([1000, 2000, 5000, 10_000, 30_000, 60_000, 60_000]);
    expect(left()).toMatchObject([{ name: '1', result: 'left', message: 'Too many.' }]);
  });

  it('sends nothing on an account that only reads, and says what is open there', async () => {
    const cancelAll = vi.fn(() => Promise.resolve([]));
    const openOrders = () => Promise.resolve([order('1')]);
    const { made, left } = run({ uses: ['read'], trading: { cancelAll, openOrders } });
    made.kick();
    await vi.waitFor(() => expect(left()).toBeDefined(), { interval: 1 });
    made.stop();
    expect(cancelAll).not.toHaveBeenCalled();
    expect(left()?.[0]?.message).toMatch(/reading only/);
  });

  it('closes positions until none is left, and says what kept one open', async () => {
    let tries = 0;
    let positions: readonly Position[] = [POSITION];
    const close = () => {
      tries += 1;
      if (tries === 1) return Promise.reject(new HoldfastError('insufficientFunds', 'x', 'No liquidity.'));
      positions = [];
      return Promise.resolve();
    };
    const { made, becomes, left } = run({
      flatten: true,
      close,
      trading: { positions: () => Promise.resolve(positions) },
    });
    made.kick();
    await becomes('verified');
    expect(left()).toMatchObject([
      { kind: 'position', name: 'short', result: 'left', message: 'No liquidity.' },
    ]);
    expect(made.steps()).toMatchObject([{ kind: 'position', name: 'short', result: 'gone', message: null }]);
  });

  it('looks again at what came while it looked', async () => {
    const cancelAll = vi.fn(() => Promise.resolve([]));
    const { made, becomes } = run({ trading: { cancelAll } });
    made.kick();
    made.kick();
    await becomes('verified');
    expect(cancelAll).toHaveBeenCalledTimes(2);
  });

  it('neither cancels nor closes anything once it is stopped: what is open then is the person’s', async () => {
    const cancelAll = vi.fn(() => Promise.resolve([]));
    const close = vi.fn(() => Promise.resolve());
    const positions = Promise.withResolvers<Position[]>();
    const before = run({ trading: { cancelAll } });
    before.made.kick();
    before.made.stop();
    await new Promise((resolve) => setImmediate(resolve));
    expect(cancelAll).not.toHaveBeenCalled();
    const asked = vi.fn(() => positions.promise);
    const { made } = run({ flatten: true, close, trading: { cancelAll, positions: asked } });
    made.kick();
    await vi.waitFor(() => expect(asked).toHaveBeenCalled(), { interval: 1 });
    made.stop();
    positions.resolve([POSITION]);
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(close).not.toHaveBeenCalled();
    expect(made.isStopped).toBe(true);
  });
});
