import { describe, expect, it, vi } from 'vitest';
import type { AccountEvent } from '../../../src-main/exchanges/exchange.ts';
import { StopsKeeper } from '../../../src-main/risk/stops-keeper.ts';
import type { AccountSession } from '../../../src-main/trading/account-sessions.ts';
import { orderOf } from '../../../src-main/trading/order-draft.ts';
import type { Order, Position } from '../../../src-preload/contract/types/trading.ts';
import { BTC_PERPETUAL, draft } from '../../support/markets.ts';
import { fakeAccount } from '../../support/trading-account.ts';
import { ACCOUNT } from '../trading/desk-fixture.ts';

const { symbol } = BTC_PERPETUAL;
const position = (quantity: string) =>
  ({ symbol, side: 'long', positionSide: 'net', quantity }) as unknown as Position;
const stop = (id: string, quantity: string, triggerPrice: string): Order => ({
  ...orderOf(
    draft({ symbol, side: 'sell', type: 'stopMarket', quantity, triggerPrice, reduceOnly: true }),
    { venue: 'practice', symbol },
    id,
    1,
  ),
  venueOrderId: `v${id}`,
  state: 'untriggered',
});
const NEAR = stop('1', '0.5', '59000');
const FAR = stop('2', '0.5', '58000');
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

interface World {
  readonly pushed: readonly Position[];
  readonly told?: readonly Position[];
  /** What is pushed while the venue is asked. */
  readonly grown?: readonly Position[];
  readonly listed?: readonly Order[];
  readonly foreign?: readonly string[];
  readonly uses?: typeof ACCOUNT.uses;
}

function keeper({
  pushed,
  told = pushed,
  grown,
  listed = [NEAR, FAR],
  foreign = [],
  uses = ['read', 'trade'],
}: World) {
  let hear: (session: AccountSession, event: AccountEvent) => void = () => undefined;
  const due: { ms: number; run: () => void }[] = [];
  const amend = vi.fn(() => Promise.resolve());
  const cancel = vi.fn(() => Promise.resolve());
  const positions = vi.fn(() => {
    if (grown !== undefined) session.positions = grown;
    return Promise.resolve(told);
  });
  const session = {
    account: { ...ACCOUNT, uses },
    positions: pushed,
    trading: fakeAccount({ positions, openOrders: () => Promise.resolve(listed) }),
  } as unknown as AccountSession;
  const made = new StopsKeeper({
    sessions: {
      all: () => [session],
      onEvent: (listener) => {
        hear = listener;
        return () => {
          hear = () => undefined;
        };
      },
    },
    openOrders: () => [NEAR, FAR],
    events: ({ clientOrderId }) =>
      Promise.resolve(foreign.includes(clientOrderId) ? [] : [{ kind: 'intent' }]),
    desk: { amend, cancel },
    ready: () => Promise.resolve(),
    after: (ms, run) => {
      const one = { ms, run };
      due.push(one);
      return () => void due.splice(due.indexOf(one), 1);
    },
  });
  const shrink = () => hear(session, { kind: 'positions', positions: pushed });
  const pass = async () => {
    for (const { run } of due.splice(0)) run();
    for (let count = 0; count < 10; count += 1) await turn();
  };
  return { made, amend, cancel, positions, due, shrink, pass };
}

describe('stops that follow their position', () => {
  it('are made smaller, or cancelled when nothing is left for them', async () => {
    const { amend, cancel, shrink, pass } = keeper({ pushed: [position('0.3')] });
    shrink();
    shrink();
    await pass();
    expect(amend).toHaveBeenCalledExactlyOnceWith({
      accountId: 'practice',
      clientOrderId: '1',
      quantity: '0.3',
    });
    expect(cancel).toHaveBeenCalledExactlyOnceWith('practice', '2');
  });

  it('are left alone while they fit, and nobody is asked', async () => {
    const { amend, cancel, positions, shrink, pass } = keeper({ pushed: [position('1')] });
    shrink();
    await pass();
    expect(positions).not.toHaveBeenCalled();
    expect(amend.mock.calls.length + cancel.mock.calls.length).toBe(0);
  });

  it.each<[string, World]>([
    ['the venue says that there is more', { pushed: [position('0.3')], told: [position('1')] }],
    ['the stream says by now that there is more', { pushed: [position('0.3')], grown: [position('1')] }],
    ['the venue lists fewer of them', { pushed: [position('0.5')], listed: [NEAR] }],
    ['somebody else placed them', { pushed: [], foreign: ['1', '2'] }],
    ['the account only reads', { pushed: [], uses: ['read'] }],
  ])('are left alone when %s', async (_name, world) => {
    const { amend, cancel, shrink, pass } = keeper(world);
    shrink();
    await pass();
    expect(amend).not.toHaveBeenCalled();
    expect(cancel).not.toHaveBeenCalled();
  });

  it('are not cut because of those that somebody else placed', async () => {
    const { amend, cancel, shrink, pass } = keeper({ pushed: [position('0.5')], foreign: ['1'] });
    shrink();
    await pass();
    expect(amend.mock.calls.length + cancel.mock.calls.length).toBe(0);
  });

  it('are tried again later, each time after a longer while, and not for ever', async () => {
    const { cancel, due, shrink, pass } = keeper({ pushed: [] });
    cancel.mockRejectedValue(new Error('refused'));
    shrink();
    const waits: number[] = [];
    while (due.length > 0 && waits.length < 10) {
      waits.push(...due.map(({ ms }) => ms));
      await pass();
    }
    expect(waits).toEqual([250, 5000, 30_000, 120_000]);
    // Something happened: that is a new beginning.
    shrink();
    await pass();
    expect(due.map(({ ms }) => ms)).toEqual([5000]);
  });

  it('are looked at once more when something happens meanwhile', async () => {
    const { due, positions, shrink, pass } = keeper({ pushed: [] });
    positions.mockImplementationOnce(() => {
      shrink();
      return Promise.resolve([]);
    });
    shrink();
    await pass();
    expect(due.map(({ ms }) => ms)).toEqual([250]);
  });

  it('are nobody’s after the lock', async () => {
    const { made, cancel, shrink, pass, due } = keeper({ pushed: [] });
    shrink();
    made.dispose();
    expect(due).toEqual([]);
    shrink();
    await pass();
    expect(cancel).not.toHaveBeenCalled();
  });
});
