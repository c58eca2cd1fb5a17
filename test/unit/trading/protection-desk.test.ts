import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import { orderTimeline } from '../../../src-main/trading/order-timeline.ts';
import { ProtectionDesk } from '../../../src-main/trading/protection-desk.ts';
import { protectionKey } from '../../../src-main/trading/protection-journal.ts';
import type { Order, Position } from '../../../src-preload/contract/types/trading.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { BTC_PERPETUAL, draft } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';
import { deskOver, lost } from './desk-fixture.ts';

const MARKET = { accountId: 'practice', symbol: 'BTC/USDT:USDT', positionSide: 'net' } as const;
const STOP = { takeProfit: null, stopLoss: '55000' };
const POSITION = { ...MARKET, venue: 'practice', side: 'long', quantity: '1' } as unknown as Position;
const switchError = new HoldfastError('notAllowed', 'risk.killSwitch', 'Engaged.');

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

type Set = TradingAccount['setProtection'];
interface Venue {
  readonly setProtection?: Set;
  /** What each look at the positions answers in turn; the last one stays. */
  readonly positions?: readonly (() => Promise<readonly Position[]>)[];
}

function protection({ setProtection = () => Promise.resolve(), positions = [] }: Venue = {}) {
  const sent = vi.fn<Set>(setProtection);
  const looks = [() => Promise.resolve([POSITION]), ...positions];
  let now = 1000;
  const state = { isEngaged: false };
  const { session } = deskOver(ledger, {
    positions: () => (looks.length > 1 ? looks.shift() : looks[0])?.() ?? Promise.resolve([]),
    setProtection: sent,
  });
  Object.assign(session.exchange, { capabilities: { positionProtection: true } });
  const failures: unknown[] = [];
  const desk = new ProtectionDesk({
    sessions: { requireTrading: () => session } as never,
    instrument: () => Promise.resolve(BTC_PERPETUAL),
    reference: () => Promise.resolve('60000'),
    requireSending: () => {
      if (state.isEngaged) throw switchError;
    },
    ledger: ledger.repositories,
    clock: () => (now += 1),
    // Never: what waits for the disk waits for it.
    wait: (ms) => (ms === 1000 ? new Promise(() => undefined) : Promise.resolve()),
    onWriteFailed: (error) => failures.push(error),
  });
  const set = (stop = STOP) => desk.set({ ...MARKET, ...stop });
  return { set, sent, state, failures };
}
const told = async () =>
  (await ledger.repositories.orders.events(protectionKey(MARKET))).map(({ kind, detail }) => [kind, detail]);
const step = (detail: string) => ['protection', detail];
const ASKED = step('asked: take-profit none, stop-loss 55000');
const shown = (stopLoss: string | null) => () => Promise.resolve([{ ...POSITION, stopLoss }]);

describe('the protection of a position', () => {
  it('is in the journal before it leaves, and what the venue said after', async () => {
    let atSend: unknown;
    const made = protection({
      setProtection: async () => {
        atSend = await told();
      },
    });
    await made.set();
    expect(atSend).toEqual([ASKED]);
    await vi.waitFor(async () => {
      expect(await told()).toEqual([ASKED, step('set: take-profit none, stop-loss 55000')]);
    });
  });

  it('is not kept back by a disk that is full, and that is told', async () => {
    const made = protection();
    ledger.failNext('orders.note');
    await made.set();
    expect(made.sent).toHaveBeenCalledTimes(1);
    expect(made.failures).toHaveLength(1);
  });

  it('does not leave when the kill switch was thrown while the venue was asked or the journal written', async () => {
    const made = protection();
    const { note } = ledger.repositories.orders;
    const thrown = vi.spyOn(ledger.repositories.orders, 'note').mockImplementationOnce(async (input) => {
      await note(input);
      made.state.isEngaged = true;
      return null;
    });
    await expect(made.set()).rejects.toMatchObject({ code: 'risk.killSwitch' });
    expect(made.sent).not.toHaveBeenCalled();
    await vi.waitFor(async () => {
      expect(await told()).toEqual([ASKED, step('not set: risk.killSwitch')]);
    });
    thrown.mockRestore();
    // Taking it away opens nothing.
    await made.set({ takeProfit: null, stopLoss: null } as never);
    expect(made.sent).toHaveBeenCalledTimes(1);
  });

  it('says to whoever sends it whether it may still leave', async () => {
    const answers: unknown[] = [];
    const made = protection({
      setProtection: (_symbol, _side, _stop, deadline) => {
        answers.push(deadline?.stopped?.());
        made.state.isEngaged = true;
        answers.push(deadline?.stopped?.());
        return Promise.resolve();
      },
    });
    await made.set();
    expect(answers).toEqual([null, switchError]);
  });

  it('is looked up when the answer was lost, and set when the position shows it', async () => {
    const down = () => Promise.reject(new Error('down'));
    const made = protection({ setProtection: lost, positions: [down, shown(null), shown('55000.0')] });
    await made.set();
    expect(made.sent).toHaveBeenCalledTimes(1);
    await vi.waitFor(async () => {
      expect(await told()).toEqual([
        ASKED,
        step('not answered: net.timeout'),
        step('looked up: take-profit none, stop-loss 55000.0'),
      ]);
    });
  });

  it('says what the venue shows when that is something else, or that nobody knows, and is never sent again', async () => {
    const other = protection({ setProtection: lost, positions: [shown('50000')] });
    await expect(other.set()).rejects.toMatchObject({
      kind: 'unknownOutcome',
      code: 'position.protectionUnknown',
      message: expect.stringContaining('the venue shows take-profit none, stop-loss 50000') as string,
    });
    expect(other.sent).toHaveBeenCalledTimes(1);
    const dead = protection({ setProtection: lost, positions: [() => Promise.reject(new Error('down'))] });
    await expect(dead.set()).rejects.toThrow('could not be looked up');
    const gone = protection({ setProtection: lost, positions: [() => Promise.resolve([])] });
    await expect(gone.set()).rejects.toMatchObject({ code: 'position.none' });
  });

  it('passes on what the venue refuses, and asks nothing then', async () => {
    const refused = new HoldfastError('invalidOrder', 'venue.no', 'No.');
    const looked = vi.fn(shown('55000'));
    const made = protection({ setProtection: () => Promise.reject(refused), positions: [looked] });
    await expect(made.set()).rejects.toBe(refused);
    expect(looked).not.toHaveBeenCalled();
    await vi.waitFor(async () => expect((await told()).at(-1)).toEqual(step('not set: venue.no')));
  });
});

describe('the timeline of an order', () => {
  const order = (over: Partial<Order>): Order =>
    acknowledged({ ...draft({ symbol: MARKET.symbol }), clientOrderId: '1' }, { createdAt: 2000, ...over });
  const eventsOf = async (over: Partial<Order>) => {
    const parts = { ledger: ledger.repositories, keeper: { get: () => order(over) }, clock: () => 9000 };
    const { events } = await orderTimeline(parts, { accountId: 'practice', clientOrderId: '1' });
    return events.map(({ time }) => time);
  };

  it('has what was set on the position of its market since, as long as it has to do with it', async () => {
    const steps = [1000, 3000, 5000].map((time) => ({
      time,
      kind: 'protection' as const,
      state: null,
      detail: 'x',
    }));
    await ledger.repositories.orders.note({ ...protectionKey(MARKET), steps });
    expect(await eventsOf({ state: 'working' })).toEqual([3000, 5000]);
    expect(await eventsOf({ state: 'filled', filledQuantity: '1', updatedAt: 2500 })).toEqual([3000, 5000]);
    expect(await eventsOf({ state: 'cancelled', updatedAt: 4000 })).toEqual([3000]);
    expect(await eventsOf({ symbol: 'BTC/USDT' })).toEqual([]);
    expect(await eventsOf({ positionSide: 'long' })).toEqual([]);
  });
});
