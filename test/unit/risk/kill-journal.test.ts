import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { Order, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import { KillRun } from '../../../src-main/risk/kill-run.ts';
import { CancelJournal } from '../../../src-main/trading/cancel-journal.ts';
import { orderTimeline } from '../../../src-main/trading/order-timeline.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { draft } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';
import { ACCOUNT, deskOver } from '../trading/desk-fixture.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const order = (clientOrderId: string, over: Partial<Order> = {}): Order =>
  acknowledged({ ...draft(), clientOrderId }, { updatedAt: 2000, ...over });
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const steps = async (clientOrderId: string) =>
  (await ledger.repositories.orders.events({ accountId: 'practice', clientOrderId })).map(
    ({ kind, detail }) => (detail === null ? kind : `${kind} ${detail}`),
  );

/** A run over the real keeper and journal, on the real ledger; its waits take a turn. */
async function running(
  ids: readonly string[],
  trading: Partial<TradingAccount>,
  patience: () => Promise<void> = () => new Promise(() => undefined),
) {
  const made = deskOver(ledger, trading, ACCOUNT);
  const { keeper, session } = made;
  await keeper.holdAll(ids.map((id) => order(id)));
  const run = new KillRun({
    session,
    orders: keeper,
    journal: new CancelJournal({ keeper, clock: () => 5000, wait: patience }),
    clock: () => 4000,
    close: () => Promise.reject(new Error('not expected')),
    flatten: () => false,
    wait: turn,
    onChanged: () => undefined,
    known: [],
  });
  const becomes = (progress: string) =>
    vi.waitFor(() => expect(run.progress).toBe(progress), { interval: 1 });
  return { ...made, run, becomes };
}

/** A venue that cancels everything when asked, and says so in its stream. */
function obedient(ids: readonly string[], before: () => Promise<unknown> = () => Promise.resolve()) {
  let isGone = false;
  return {
    cancelAll: async () => {
      await before();
      isGone = true;
      return ids;
    },
    openOrders: () => Promise.resolve(isGone ? [] : ids.map((id) => order(id))),
    findOrder: ({ clientOrderId }: { clientOrderId: string }) =>
      Promise.resolve(order(clientOrderId, { state: 'cancelled', updatedAt: 3000 })),
  } satisfies Partial<TradingAccount>;
}

describe('the journal of the kill switch', () => {
  it('names every order in one write before the cancel leaves, and then what was answered', async () => {
    const atSend: (readonly string[])[] = [];
    const made = await running(
      ['1', '2'],
      obedient(['1', '2'], async () => {
        atSend.push(await steps('1'), await steps('2'));
      }),
    );
    const record = vi.spyOn(ledger.repositories.orders, 'record');
    made.run.kick();
    await made.becomes('verified');
    expect(atSend.map((all) => all.at(-1))).toEqual(['cancelling killSwitch', 'cancelling killSwitch']);
    expect(record.mock.calls[0]?.[0]).toHaveLength(2);
    for (const id of ['1', '2'])
      expect((await steps(id)).sort()).toEqual(
        [
          'acknowledged killSwitch',
          'cancelling killSwitch',
          'lookedUp killSwitch',
          'sent killSwitch',
          'state',
        ].sort(),
      );
    const { events } = await orderTimeline(
      { ledger: ledger.repositories, keeper: made.keeper, clock: () => 9000 },
      { accountId: 'practice', clientOrderId: '1' },
    );
    expect(events.find(({ kind }) => kind === 'sent')?.time).toBe(4000);
  });

  it('cancels all the same when the journal cannot be written, and says so of each order', async () => {
    const made = await running(['1'], obedient(['1']));
    ledger.failNext('orders.record');
    made.run.kick();
    await made.becomes('verified');
    expect(made.keeper.get('practice', '1')?.state).toBe('cancelled');
    expect(made.run.steps()).toMatchObject([
      { name: '1', result: 'gone', message: 'Its cancel left before it could be written to the journal.' },
    ]);
    expect(made.writeFailures).toHaveLength(1);
  });

  it('does not send before the disk has it, nor wait for a disk that hangs', async () => {
    const venue = obedient(['1']);
    const cancelAll = vi.fn(venue.cancelAll);
    let giveUp: () => void = () => undefined;
    const patience = () =>
      new Promise<void>((resolve) => {
        giveUp = resolve;
      });
    const made = await running(['1'], { ...venue, cancelAll }, patience);
    vi.spyOn(ledger.repositories.orders, 'record').mockReturnValue(new Promise(() => undefined));
    made.run.kick();
    for (let count = 0; count < 20; count += 1) await turn();
    expect(cancelAll).not.toHaveBeenCalled();
    giveUp();
    await made.becomes('verified');
    expect(cancelAll).toHaveBeenCalledOnce();
  });

  it('says nothing of the journal where it was written', async () => {
    const made = await running(['1'], obedient(['1']));
    made.run.kick();
    await made.becomes('verified');
    expect(made.run.steps()).toMatchObject([{ name: '1', result: 'gone', message: null }]);
  });

  it('writes the same refusal once, however often it comes', async () => {
    const cancelAll = vi.fn(() =>
      Promise.reject(new HoldfastError('rateLimited', 'venue.busy', 'Too many.')),
    );
    const cancel = () => Promise.reject(new HoldfastError('unavailable', 'venue.down', 'Maintenance.'));
    const made = await running(['1'], {
      cancelAll,
      cancel,
      openOrders: () => Promise.resolve([order('1')]),
    });
    made.run.kick();
    await vi.waitFor(() => expect(cancelAll.mock.calls.length).toBeGreaterThan(5), { interval: 1 });
    made.run.stop();
    await turn();
    const written = await steps('1');
    expect(written.filter((step) => step === 'cancelling killSwitch')).toHaveLength(1);
    expect(written.filter((step) => step === 'state venue.busy')).toHaveLength(1);
    expect(written.filter((step) => step === 'state venue.down')).toHaveLength(1);
    expect(made.keeper.get('practice', '1')?.state).toBe('working');
  });

  it('writes what was answered to the cancel of a single order that one call for all left behind', async () => {
    let cancelled = false;
    const made = await running(['1'], {
      cancelAll: () => Promise.resolve([]),
      cancel: () => {
        cancelled = true;
        return Promise.resolve(order('1', { state: 'cancelled', updatedAt: 3000 }));
      },
      openOrders: () => Promise.resolve(cancelled ? [] : [order('1')]),
    });
    made.run.kick();
    await made.becomes('verified');
    await turn();
    expect(await steps('1')).toContain('acknowledged killSwitch');
    expect(made.keeper.get('practice', '1')?.state).toBe('cancelled');
  });
});

describe('the journal of cancelling all', () => {
  it('has the request and the answer of each order', async () => {
    const made = deskOver(
      ledger,
      {
        cancelAll: () => Promise.resolve(['1']),
        openOrders: () => Promise.resolve([]),
        findOrder: ({ clientOrderId }) =>
          Promise.resolve(
            order(clientOrderId, { state: clientOrderId === '1' ? 'cancelled' : 'filled', updatedAt: 3000 }),
          ),
      },
      ACCOUNT,
    );
    await made.keeper.holdAll([order('1'), order('2')]);
    await made.desk.cancelAll('practice');
    await turn();
    const [one, two] = [await steps('1'), await steps('2')];
    expect(one).toEqual([
      'state',
      'cancelling',
      'sent cancelAll',
      'acknowledged cancelAll',
      'acknowledged cancel',
    ]);
    // The venue did not name it: that it was asked is all that is known of the answer.
    expect(two).toEqual(['state', 'cancelling', 'sent cancelAll', 'acknowledged cancel']);
  });

  it('has why it was refused', async () => {
    const made = deskOver(
      ledger,
      {
        cancelAll: () => Promise.reject(new HoldfastError('permission', 'venue.noRight', 'No right.')),
        openOrders: () => Promise.resolve([order('1')]),
      },
      ACCOUNT,
    );
    await made.keeper.holdAll([order('1')]);
    await expect(made.desk.cancelAll('practice')).rejects.toMatchObject({ code: 'venue.noRight' });
    await turn();
    expect(await steps('1')).toEqual([
      'state',
      'cancelling',
      'sent cancelAll',
      'state venue.noRight',
      'state',
    ]);
    expect(made.keeper.get('practice', '1')?.state).toBe('working');
  });
});
