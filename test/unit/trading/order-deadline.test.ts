import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { Instrument, Position, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import type { SendDeadline } from '../../../src-main/net/send-deadline.ts';
import { OrderRate } from '../../../src-main/risk/order-rate.ts';
import { RiskGate } from '../../../src-main/risk/risk-gate.ts';
import type { RiskGateParts } from '../../../src-main/risk/risk-gate.ts';
import { SwitchState } from '../../../src-main/risk/switch-state.ts';
import type { OrderDesk } from '../../../src-main/trading/order-desk.ts';
import type { GatedIntent, OrderGate } from '../../../src-main/trading/order-gate.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { BTC_PERPETUAL, draft } from '../../support/markets.ts';
import { FakeTime } from '../../support/net-time.ts';
import { acknowledged } from '../../support/trading-account.ts';
import { ACCOUNT, deskOver } from './desk-fixture.ts';

const never = () => new Promise<never>(() => undefined);
const engaged = new HoldfastError('notAllowed', 'risk.killSwitch', 'The kill switch is engaged.');

let ledger: TestLedger;
let time: FakeTime;
beforeEach(() => {
  ledger = testLedger();
  time = new FakeTime();
});
afterEach(() => {
  ledger.dispose();
});
type More = NonNullable<Parameters<typeof deskOver>[3]> & {
  readonly instrument?: () => Promise<Instrument>;
};
const desk = (more: More = {}, over: Partial<TradingAccount> = {}) =>
  deskOver(ledger, over, ACCOUNT, { time, ...more });
const gate = (over: Partial<OrderGate>): OrderGate => ({
  check: () => Promise.resolve(),
  sent: () => undefined,
  ...over,
});
const failure = (work: Promise<unknown>): Promise<HoldfastError> =>
  work.then(
    () => expect.fail('it was answered'),
    (error: HoldfastError) => error,
  );
const stored = () => ledger.repositories.orders.byClientId({ accountId: 'practice', clientOrderId: '100' });

describe('an order that cannot leave within 5 s of the press', () => {
  it('is refused then, while the account is still being reconciled, and journals nothing', async () => {
    const { desk: made, trading } = desk({ ready: never });
    const refused = failure(made.place(draft(), 'intent-1'));
    await time.run(4900);
    expect(time.timers).toBe(1);
    await time.run(100);
    const error = await refused;
    expect(error).toMatchObject({ kind: 'unavailable', code: 'order.notReady' });
    expect(error.message).toMatch(/^Nothing was sent: .*compared with the venue/);
    expect(trading.placed).toEqual([]);
    expect(await stored()).toBeNull();
  });

  it('does not leave when the reconciliation ends later, nor does the same press answer it', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { desk: made, trading } = desk({ ready: () => promise });
    const refused = failure(made.place(draft(), 'intent-1'));
    // The machine slept meanwhile: no timer ran, and the answer is there first.
    time.setBy(600_000);
    resolve(undefined);
    const { code, message } = await refused;
    expect(code).toBe('order.notReady');
    expect(message).toContain('compared with the venue');
    expect(trading.placed).toEqual([]);
    // Pressed again it is another order, and leaves.
    expect((await made.place(draft(), 'intent-2')).state).toBe('working');
  });

  it('is refused when its turn at the checks comes too late, without being checked itself', async () => {
    const checked: string[] = [];
    const first = Promise.withResolvers<undefined>();
    const check = ({ draft: { quantity } }: GatedIntent) => {
      checked.push(quantity ?? '');
      return first.promise;
    };
    const { desk: made, trading } = desk({ gate: gate({ check }) });
    const orders = ['0.1', '0.2', '0.3'].map((quantity) =>
      failure(made.place(draft({ quantity }), quantity)),
    );
    await time.run(9000);
    first.resolve(undefined);
    for (const error of await Promise.all(orders)) {
      expect(error.code).toBe('order.notReady');
      expect(error.message).toContain('its checks');
    }
    expect(checked).toEqual(['0.1']);
    expect(trading.placed).toEqual([]);
    expect(await stored()).toBeNull();
  });

  it('ends as not sent when the journal took too long', async () => {
    const { desk: made, trading, keeper } = desk();
    const commit = keeper.commit.bind(keeper);
    keeper.commit = async (...all) => {
      await commit(...all);
      time.advance(5000);
    };
    expect(await failure(made.place(draft(), 'intent-1'))).toMatchObject({ code: 'order.notReady' });
    expect(trading.placed).toEqual([]);
    expect(await stored()).toMatchObject({
      state: 'rejected',
      reason: expect.stringContaining('Nothing was sent: writing it to the journal took too long') as string,
    });
  });

  it('goes to the venue with what is left of the 5 s, and with who may stop it', async () => {
    let isEngaged = false;
    let given: SendDeadline | undefined;
    const leaving = () => {
      if (isEngaged) throw engaged;
    };
    const place: TradingAccount['place'] = (request, deadline) => {
      given = deadline;
      return Promise.resolve(acknowledged(request));
    };
    const check = () => {
      time.advance(1500);
      return Promise.resolve();
    };
    const { desk: made } = desk({ gate: gate({ check, leaving }) }, { place });
    await made.place(draft(), 'intent-1');
    expect(given?.leftMs()).toBe(3500);
    expect(given?.stopped?.()).toBeNull();
    isEngaged = true;
    expect(given?.stopped?.()).toBe(engaged);
    isEngaged = false;
    await made.dispose();
    expect(given?.stopped?.()).toMatchObject({ kind: 'locked' });
  });

  it('counts from the press of the Close button, before the position is asked for', async () => {
    const { desk: made } = desk({}, { positions: never });
    const refused = failure(made.closePosition('practice', 'BTC/USDT', 'net', 'intent-1'));
    await time.run(5000);
    expect(await refused).toMatchObject({ code: 'order.notReady' });
  });
});

describe('a change that cannot leave within 5 s', () => {
  const CHANGE = { accountId: 'practice', clientOrderId: '100', quantity: '0.2' };

  it('is refused when the checks took too long, and nothing of it is journaled', async () => {
    let isSlow = false;
    const check = () => {
      if (isSlow) time.advance(5000);
      return Promise.resolve();
    };
    const { desk: made } = desk({ gate: gate({ check }) });
    await made.place(draft(), 'intent-1');
    isSlow = true;
    expect(await failure(made.amend(CHANGE))).toMatchObject({ code: 'order.notReady' });
    const events = await ledger.repositories.orders.events(CHANGE);
    expect(events.map(({ kind }) => kind)).not.toContain('amending');
  });

  it('is refused when the journal took too long, and its timeline says so', async () => {
    const { desk: made, keeper } = desk();
    await made.place(draft(), 'intent-1');
    const note = keeper.note.bind(keeper);
    keeper.note = async (...all) => {
      await note(...all);
      time.advance(5000);
    };
    expect(await failure(made.amend(CHANGE))).toMatchObject({ code: 'order.notReady' });
    expect((await ledger.repositories.orders.events(CHANGE)).at(-1)).toMatchObject({
      detail: 'order.notReady',
    });
  });

  it('goes to the venue with what is left, and with who may stop it', async () => {
    let given: SendDeadline | undefined;
    let isEngaged = false;
    const leaving = () => {
      if (isEngaged) throw engaged;
    };
    const amend: TradingAccount['amend'] = (_request, deadline) => {
      given = deadline;
      return Promise.resolve(acknowledged({ ...draft({ quantity: '0.2' }), clientOrderId: '100' }));
    };
    const { desk: made } = desk({ gate: gate({ leaving }) }, { amend });
    await made.place(draft(), 'intent-1');
    await made.amend(CHANGE);
    expect(given?.leftMs()).toBe(5000);
    isEngaged = true;
    expect(given?.stopped?.()).toBe(engaged);
  });
});

describe('what closes positions for the kill switch', () => {
  const POSITION: Position = {
    venue: 'practice',
    accountId: 'practice',
    symbol: 'BTC/USDT:USDT',
    side: 'long',
    positionSide: 'net',
    quantity: '0.1',
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
  const over = { positions: () => Promise.resolve([POSITION]) };
  const instrument = () => Promise.resolve(BTC_PERPETUAL);

  it('waits a second for a reconciliation, and then goes, whatever becomes of it', async () => {
    for (const ready of [never, () => Promise.reject(new Error('the venue did not answer'))]) {
      const { desk: made, trading } = desk({ ready, gate: gate({ isClosing: () => true }) }, over);
      const order = draft({ type: 'market', price: undefined, timeInForce: 'IOC', quantity: '0.1' });
      const closing = made.place(order, `intent-${String(ready === never)}`);
      await time.run(1000);
      expect((await closing).state).toBe('working');
      expect(trading.placed).toHaveLength(1);
      ledger.dispose();
      ledger = testLedger();
    }
  });

  it('waits for no order before it', async () => {
    const isClosing: OrderGate['isClosing'] = ({ draft: { type } }) => type === 'market';
    const checked: string[] = [];
    const check = ({ draft: { type } }: GatedIntent) => {
      checked.push(type);
      return type === 'market' ? Promise.resolve() : never();
    };
    const { desk: made } = desk({ gate: gate({ isClosing, check }) });
    void failure(made.place(draft(), 'intent-1'));
    await expect.poll(() => checked).toEqual(['limit']);
    const order = draft({ type: 'market', price: undefined, timeInForce: 'IOC', quantity: '0.2' });
    expect((await made.place(order, 'intent-2')).state).toBe('working');
  });

  /** The real switch and gate, of which a closing needs nothing else. */
  const switched = async () => {
    const state = new SwitchState({
      ledger: ledger.repositories,
      clock: () => 1000,
      after: () => () => undefined,
    });
    await state.load();
    await state.engage(true);
    const rate = new OrderRate(time);
    return { state, gate: new RiskGate({ killSwitch: state, rate } as unknown as RiskGateParts) };
  };
  const close = (made: OrderDesk) => () => made.closePosition('practice', 'BTC/USDT:USDT', 'net', 'kill-1');

  it('is not sent once the switch was released while it waited: the person keeps the position', async () => {
    const { state, gate: real } = await switched();
    const { desk: made, trading } = desk({ ready: never, gate: real, instrument }, over);
    const closing = failure(state.whileClosing(() => false, close(made)));
    await time.run(500);
    await state.release();
    await time.run(1500);
    expect(await closing).toMatchObject({ code: 'risk.killSwitchReleased' });
    expect(trading.placed).toEqual([]);
  });

  it('may leave while it is engaged, whoever the socket asks on behalf of, and not after its release', async () => {
    const { state, gate: real } = await switched();
    let given: SendDeadline | undefined;
    const place: TradingAccount['place'] = (request, deadline) => {
      given = deadline;
      return Promise.resolve(acknowledged(request));
    };
    const { desk: made } = desk({ ready: never, gate: real, instrument }, { ...over, place });
    const closing = state.whileClosing(() => false, close(made));
    await time.run(2000);
    expect((await closing).reduceOnly).toBe(true);
    expect(given?.stopped?.()).toBeNull();
    await state.release();
    expect(given?.stopped?.()).toMatchObject({ code: 'risk.killSwitchReleased' });
  });

  it('is nothing that a person sends: that waits for the reconciliation', async () => {
    const { desk: made, trading } = desk({ ready: never, gate: gate({ isClosing: () => false }) }, over);
    const refused = failure(made.closePosition('practice', 'BTC/USDT:USDT', 'net', 'intent-1'));
    await time.run(5000);
    expect(await refused).toMatchObject({ code: 'order.notReady' });
    expect(trading.placed).toEqual([]);
  });
});

describe('an amended order', () => {
  it('counts with the larger of its quantities until it is answered, for those judged meanwhile', async () => {
    const judged: (readonly (string | null)[])[] = [];
    const check = ({ pending, kind }: GatedIntent) => {
      if (kind === 'amend') judged.push(pending.map(({ quantity }) => quantity));
      return Promise.resolve();
    };
    const answers: (() => void)[] = [];
    const amend: TradingAccount['amend'] = ({ clientOrderId, quantity }) =>
      new Promise((resolve) => {
        answers.push(() => resolve(acknowledged({ ...draft({ quantity: quantity ?? '' }), clientOrderId })));
      });
    const { desk: made } = desk({ gate: gate({ check }) }, { amend });
    for (const intent of ['a', 'b', 'c']) await made.place(draft({ quantity: '0.4' }), intent);
    const change = (clientOrderId: string, quantity: string) =>
      made.amend({ accountId: 'practice', clientOrderId, quantity });
    const first = [change('100', '0.6'), change('101', '0.2'), change('102', '0.4001')];
    await expect.poll(() => answers.length).toBe(3);
    expect(judged).toEqual([[], ['0.6'], ['0.6', '0.4']]);
    for (const answer of answers.splice(0)) answer();
    await Promise.all(first);
    // Twice at once: either may be the last to arrive.
    const twice = [change('100', '0.7'), change('100', '0.5')];
    await expect.poll(() => answers.length).toBe(2);
    const last = change('101', '0.3');
    await expect.poll(() => answers.length).toBe(3);
    expect(judged.slice(3)).toEqual([[], ['0.7'], ['0.7']]);
    for (const answer of answers) answer();
    await Promise.all([...twice, last]);
  });

  it('counts no more once the venue refused the change', async () => {
    const pendings: number[] = [];
    const check = ({ pending }: GatedIntent) => {
      pendings.push(pending.length);
      return Promise.resolve();
    };
    const amend = () => Promise.reject(new HoldfastError('invalidOrder', 'venue.size', 'Too large.'));
    const { desk: made } = desk({ gate: gate({ check }) }, { amend });
    await made.place(draft(), 'intent-1');
    const change = { accountId: 'practice', clientOrderId: '100', quantity: '0.2' };
    await failure(made.amend(change));
    await failure(made.amend(change));
    expect(pendings).toEqual([0, 0, 0]);
  });
});
