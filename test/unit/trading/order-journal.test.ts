import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { Order, OrderEvent, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import type { GatedIntent, OrderGate } from '../../../src-main/trading/order-gate.ts';
import { orderTimeline } from '../../../src-main/trading/order-timeline.ts';
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
type More = Parameters<typeof deskOver>[3];
const desk = (over: Partial<TradingAccount> = {}, more: More = {}) => deskOver(ledger, over, ACCOUNT, more);
const KEY = { accountId: 'practice', clientOrderId: '100' };
const kinds = async () => (await ledger.repositories.orders.events(KEY)).map(({ kind }) => kind);
const order = (over: Partial<Order> = {}) =>
  acknowledged({ ...draft(), clientOrderId: '100' }, { updatedAt: 2000, ...over });
const amendment = { ...KEY, price: '59000' };

describe('the journal of an order', () => {
  it('has every step from the intent to the acknowledgement', async () => {
    await desk().desk.place(draft(), 'intent-1');
    await vi.waitFor(async () => {
      expect(await kinds()).toEqual(['intent', 'checked', 'journaled', 'sent', 'acknowledged']);
    });
  });

  it('has an amendment before it is sent', async () => {
    let atSend: string[] = [];
    const made = desk({
      amend: async () => {
        atSend = await kinds();
        return order({ price: '59000' });
      },
    });
    await made.desk.place(draft(), 'intent-1');
    expect((await made.desk.amend(amendment)).price).toBe('59000');
    expect(atSend.at(-1)).toBe('amending');
  });

  it('keeps an amendment here when it cannot be written', async () => {
    const amend = vi.fn(() => Promise.resolve(order()));
    const made = desk({ amend });
    await made.desk.place(draft(), 'intent-1');
    ledger.failNext('orders.note');
    await expect(made.desk.amend(amendment)).rejects.toThrow();
    expect(amend).not.toHaveBeenCalled();
  });

  it('has a cancel before it is sent', async () => {
    let atSend: string[] = [];
    const made = desk(
      {
        cancel: async () => {
          atSend = await kinds();
          return order({ state: 'cancelled' });
        },
      },
      { wait: () => new Promise(() => undefined) },
    );
    await made.desk.place(draft(), 'intent-1');
    await made.desk.cancel(KEY.accountId, KEY.clientOrderId);
    expect(atSend.at(-1)).toBe('cancelling');
  });

  it('does not hold a cancel back while the disk hangs', async () => {
    const made = desk({ cancel: () => Promise.resolve(order({ state: 'cancelled' })) });
    await made.desk.place(draft(), 'intent-1');
    vi.spyOn(ledger.repositories.orders, 'record').mockReturnValue(new Promise(() => undefined));
    expect((await made.desk.cancel(KEY.accountId, KEY.clientOrderId)).state).toBe('cancelled');
  });
});

describe('a disk that is full', () => {
  it.each([0, 1, 2, 3, 4, 5, 6])('at write %i never lets an order out twice or unwritten', async (nth) => {
    const made = desk({
      amend: () => Promise.resolve(order({ price: '59000' })),
      cancel: () => Promise.resolve(order({ state: 'cancelled', updatedAt: 3000 })),
    });
    let writes = 0;
    const { orders } = ledger.repositories;
    for (const name of ['record', 'note'] as const) {
      const real = orders[name] as (input: unknown) => Promise<null>;
      vi.spyOn(orders, name).mockImplementation((input: unknown) =>
        writes++ === nth ? Promise.reject(new Error('full')) : real(input),
      );
    }
    const { desk: orderDesk, trading, keeper } = made;
    const ignore = () => undefined;
    await orderDesk.place(draft(), 'intent-1').catch(ignore);
    expect(trading.placed.length).toBe(nth === 0 ? 0 : 1);
    expect(await orders.byClientId(KEY)).toEqual(nth === 0 ? null : (expect.anything() as unknown));
    await orderDesk.amend(amendment).catch(ignore);
    await orderDesk.cancel(KEY.accountId, KEY.clientOrderId).catch(ignore);
    // Whatever was not written: what is true is known, and a cancel was never kept back.
    expect(keeper.get('practice', '100')?.state).toBe(nth === 0 ? undefined : 'cancelled');
  });
});

describe('the gate', () => {
  const refuse: OrderGate = {
    check: () => Promise.reject(new HoldfastError('notAllowed', 'risk.test', 'Too big.')),
    sent: () => undefined,
  };

  it('keeps an order out before anything is written or sent', async () => {
    const made = desk({}, { gate: refuse });
    await expect(made.desk.place(draft(), 'intent-1')).rejects.toMatchObject({ code: 'risk.test' });
    expect(made.trading.placed).toEqual([]);
    expect(await ledger.repositories.orders.byClientId(KEY)).toBeNull();
  });

  it('stops an order that was being journaled when the switch was thrown: nothing leaves, and it says so', async () => {
    const gate: OrderGate = {
      check: () => Promise.resolve(),
      sent: () => undefined,
      leaving: () => {
        throw new HoldfastError('notAllowed', 'risk.killSwitch', 'The kill switch is on.');
      },
    };
    const made = desk({}, { gate });
    await expect(made.desk.place(draft(), 'intent-1')).rejects.toMatchObject({ code: 'risk.killSwitch' });
    expect(made.trading.placed).toEqual([]);
    expect(await ledger.repositories.orders.byClientId(KEY)).toMatchObject({
      state: 'rejected',
      reason: 'The kill switch is on.',
      venueOrderId: null,
    });
    expect(made.keeper.open('practice')).toEqual([]);
  });

  it('stops a change that was being journaled when the switch was thrown: the order stays as it was', async () => {
    let isThrown = false;
    const sent = vi.fn(() => Promise.resolve(order({ price: '59000' })));
    const gate: OrderGate = {
      check: () => Promise.resolve(),
      sent: () => undefined,
      leaving: ({ kind }) => {
        if (isThrown && kind === 'amend')
          throw new HoldfastError('notAllowed', 'risk.killSwitch', 'The kill switch is on.');
      },
    };
    const made = desk({ amend: sent }, { gate });
    const before = await made.desk.place(draft(), 'intent-1');
    const note = ledger.repositories.orders.note.bind(ledger.repositories.orders);
    vi.spyOn(ledger.repositories.orders, 'note').mockImplementation(async (input) => {
      isThrown = true;
      return note(input);
    });
    await expect(made.desk.amend(amendment)).rejects.toMatchObject({ code: 'risk.killSwitch' });
    expect(sent).not.toHaveBeenCalled();
    expect(made.keeper.get(KEY.accountId, KEY.clientOrderId)).toEqual(before);
    expect(await ledger.repositories.orders.byClientId(KEY)).toEqual(before);
    expect((await ledger.repositories.orders.events(KEY)).slice(-2)).toMatchObject([
      { kind: 'amending' },
      { kind: 'state', state: before.state, detail: 'risk.killSwitch' },
    ]);
  });

  it('is asked about amendments, and never about cancels', async () => {
    const seen: GatedIntent['kind'][] = [];
    const gate: OrderGate = {
      check: (intent) => {
        seen.push(intent.kind);
        return Promise.resolve();
      },
      sent: () => undefined,
    };
    const made = desk(
      { amend: () => Promise.resolve(order()), cancel: () => Promise.resolve(order({ state: 'cancelled' })) },
      { gate },
    );
    await made.desk.place(draft(), 'intent-1');
    await made.desk.amend(amendment);
    await made.desk.cancel(KEY.accountId, KEY.clientOrderId);
    expect(seen).toEqual(['place', 'amend']);
  });

  it('sees those that just passed, so that two at once cannot both use the last room', async () => {
    const made = desk(
      {},
      {
        gate: {
          check: async ({ pending }) => {
            await Promise.resolve();
            const count = pending.length + made.keeper.open('practice').length;
            if (count >= 1) throw new HoldfastError('notAllowed', 'risk.openOrders', 'One is open already.');
          },
          sent: () => undefined,
        },
      },
    );
    const results = await Promise.allSettled(
      ['one', 'two', 'three'].map((intent) => made.desk.place(draft(), intent)),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(made.trading.placed).toHaveLength(1);
  });
});

describe('an order that needs a person', () => {
  const needsYou = async (over: Partial<TradingAccount>) => {
    const answers = { find: () => Promise.reject<Order | null>(new Error('no connection')) };
    const made = desk({ place: lost, findOrder: () => answers.find(), ...over });
    await made.desk.place(draft(), 'intent-1');
    await vi.waitFor(() => expect(made.keeper.get('practice', '100')?.state).toBe('needsYou'));
    return { ...made, answers };
  };

  it('is looked for again on request, and found', async () => {
    const { desk: made, answers } = await needsYou({});
    answers.find = () => Promise.resolve(order());
    expect((await made.lookAgain('practice', '100')).state).toBe('working');
  });

  it('is marked as not placed by a person, unless the venue has it after all', async () => {
    const first = await needsYou({});
    first.answers.find = () => Promise.resolve(order({ state: 'filled', filledQuantity: '0.1' }));
    expect((await first.desk.markNotPlaced('practice', '100')).state).toBe('filled');
    await expect(first.desk.markNotPlaced('practice', '100')).rejects.toMatchObject({
      code: 'order.notUndecided',
    });
  });

  it('is believed to be there when the venue lists it after a person said it was not', async () => {
    const { desk: made, keeper } = await needsYou({});
    expect((await made.markNotPlaced('practice', '100')).state).toBe('rejected');
    expect(keeper.hear(order()).state).toBe('working');
  });
});

describe('messages and answers in the wrong order', () => {
  it('keep the fill that came before the acknowledgement', async () => {
    const made = desk({
      place: (request) => {
        made.keeper.hear(order({ state: 'filled', filledQuantity: '0.1', updatedAt: 3000 }));
        return Promise.resolve(acknowledged(request));
      },
    });
    expect((await made.desk.place(draft(), 'intent-1')).state).toBe('filled');
    await vi.waitFor(async () => expect(await kinds()).toContain('acknowledged'));
  });

  it('answer an amendment that lost against a fill with the fill', async () => {
    const made = desk({
      amend: () => {
        made.keeper.hear(order({ state: 'filled', filledQuantity: '0.1', updatedAt: 3000 }));
        return Promise.resolve(order({ price: '59000' }));
      },
    });
    await made.desk.place(draft(), 'intent-1');
    expect(await made.desk.amend(amendment)).toMatchObject({ state: 'filled', price: '60000' });
  });

  it('go on cancelling all when the venue asks for patience half-way', async () => {
    const limited = new HoldfastError('rateLimited', 'venue.limit', 'Too many.', { retryAfterMs: 50 });
    const waits: number[] = [];
    const cancelAll = vi.fn<() => Promise<string[]>>().mockRejectedValueOnce(limited).mockResolvedValue([]);
    const made = desk(
      { cancelAll, findOrder: () => Promise.resolve(order({ state: 'cancelled' })) },
      {
        wait: (ms) => {
          waits.push(ms);
          return Promise.resolve();
        },
      },
    );
    await made.desk.place(draft(), 'intent-1');
    expect(await made.desk.cancelAll('practice')).toEqual({ requested: 1, cancelled: ['100'], failed: [] });
    expect(cancelAll).toHaveBeenCalledTimes(2);
    expect(waits).toContain(50);
  });
});

describe('the timeline of an order', () => {
  it('has its steps, its fills and its requests, and how long each took', async () => {
    const made = desk();
    await made.desk.place(draft(), 'intent-1');
    const fill = { ...fillOf(order()), time: 1200 };
    await made.keeper.keepFills([fill]);
    const row = { venue: 'practice', accountId: 'practice', transport: 'http', operation: 'place' } as const;
    const rest = { outcome: 'ok', waitedMs: 0, flightMs: 5, status: 200, venueCode: null } as const;
    const asked = { time: 1001, method: 'POST', path: '/order', response: '{}' } as const;
    const [named] = await ledger.repositories.requestLog.append([
      { ...row, ...rest, ...asked, request: '{"orderLinkId":"100"}' },
      { ...row, ...rest, ...asked, request: '{"orderLinkId":"999"}' },
    ]);
    const parts = { ledger: ledger.repositories, keeper: made.keeper, clock: () => 5000 };
    const timeline = await orderTimeline(parts, KEY);
    expect(timeline.events.at(-1)).toMatchObject({ kind: 'fill', detail: '0.1 at 60000, taker' });
    expect(timeline).toMatchObject({
      requests: [named],
      toSent: 0,
      toAcknowledged: 0,
      toFirstFill: 200,
      toDone: null,
    });
  });

  it('counts the sending and the acknowledgement of the order, and not those of a cancel long after', async () => {
    const step = (time: number, kind: OrderEvent['kind'], detail: string | null = null): OrderEvent => ({
      time,
      kind,
      state: null,
      detail,
    });
    for (const [by, id] of [
      ['cancel', '100'],
      ['amend', '101'],
      ['cancelAll', '102'],
      ['killSwitch', '103'],
    ] as const) {
      const late = [step(3_601_000, 'sent', by), step(3_601_050, 'acknowledged', by)];
      const steps = [step(1000, 'intent'), step(1002, 'sent'), ...late];
      await ledger.repositories.orders.record([
        { order: order({ clientOrderId: id, venueOrderId: id }), steps },
      ]);
      const parts = { ledger: ledger.repositories, keeper: { get: () => null }, clock: () => 5_000_000 };
      const timeline = await orderTimeline(parts, { accountId: 'practice', clientOrderId: id });
      expect(timeline).toMatchObject({ toSent: 2, toAcknowledged: null });
    }
  });

  it('has that the order was sent, and that the answer was lost, when the stream was faster', async () => {
    const made: ReturnType<typeof desk> = desk({
      place: () => {
        made.keeper.hear(order({ state: 'working' }));
        return lost();
      },
    });
    expect(await made.desk.place(draft(), 'intent-1')).toMatchObject({ state: 'working' });
    await vi.waitFor(async () => {
      expect(await kinds()).toEqual(['intent', 'checked', 'journaled', 'state', 'sent', 'state']);
    });
    const events = await ledger.repositories.orders.events(KEY);
    expect(events.at(-1)).toMatchObject({ state: 'working', detail: 'net.timeout' });
    const parts = { ledger: ledger.repositories, keeper: made.keeper, clock: () => 5000 };
    expect(await orderTimeline(parts, KEY)).toMatchObject({ toSent: 0, toAcknowledged: null });
  });
});

const fillOf = ({ venue, symbol, side }: Order) => ({
  venue,
  symbol,
  accountId: 'practice',
  id: 'fill-1',
  venueOrderId: 'venue-100',
  clientOrderId: '100',
  side,
  price: '60000',
  quantity: '0.1',
  fee: '1',
  feeCurrency: 'USDT',
  liquidity: 'taker' as const,
  cause: 'trade' as const,
});
