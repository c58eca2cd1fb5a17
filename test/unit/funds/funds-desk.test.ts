import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { FundsMovement } from '../../../src-main/exchanges/exchange.ts';
import { fundsHandlers } from '../../../src-main/ipc/handlers/funds.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import {
  ACCOUNT,
  START,
  fakeFunds,
  lost,
  movement,
  passphrase,
  testDesk,
  withdrawal,
} from './funds-fixture.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const transfer = (over: object = {}) => ({
  accountId: ACCOUNT,
  asset: 'USDT',
  amount: '5',
  from: 'funding',
  to: 'unified',
  intentId: 'intent-t',
  ...over,
});
const stateOf = async (intentId: string) =>
  (await ledger.repositories.fundsIntents.byIntent({ accountId: ACCOUNT, intentId }))?.state;
const refusal = () => Promise.reject(new HoldfastError('permission', 'bybit.withdrawalLimit', 'Locked.'));
const MINUTE = 60_000;

describe('uses and capabilities', () => {
  it('of the account are asked for at each call and named when they are missing', async () => {
    const { desk, funds, setUses } = testDesk(ledger, { uses: ['read'] });
    await expect(desk.transfer(transfer())).rejects.toMatchObject({
      kind: 'notAllowed',
      code: 'funds.needsUse.trade',
      details: { action: 'accountUses' },
    });
    setUses(['read', 'trade']);
    await desk.transfer(transfer());
    const code = 'funds.needsUse.withdraw';
    await expect(desk.withdraw(withdrawal())).rejects.toMatchObject({ code });
    await expect(desk.cancelWithdrawal(ACCOUNT, 'w-1')).rejects.toMatchObject({ code });
    const convert = { accountId: ACCOUNT, wallet: 'unified', quoteId: 'q-1', passphrase: passphrase() };
    await expect(desk.convert(convert)).rejects.toMatchObject({ code });
    expect(funds.sent).toEqual(['transfer intent-t']);
    expect(await desk.quoteWithdrawal(ACCOUNT, withdrawal())).toMatchObject({ problems: [] });
  });

  it('of the venue hide what it does not have', async () => {
    const { desk } = testDesk(ledger, {
      capabilities: { transfers: false, deposits: false, withdrawals: false, convert: false },
    });
    const calls = [
      desk.transfer(transfer()),
      desk.depositAddress(ACCOUNT, 'USDT', 'ETH'),
      desk.addressBook(ACCOUNT),
      desk.convertCoins(ACCOUNT, 'unified'),
      desk.withdraw(withdrawal()),
      desk.conversions(ACCOUNT, null),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ kind: 'notSupported' });
  });

  it('mean nothing on an account without money, or one that is not connected', async () => {
    const { desk } = testDesk(ledger, { funds: null });
    await expect(desk.assets(ACCOUNT)).rejects.toMatchObject({ code: 'funds.notSupported' });
    await expect(desk.assets('another')).rejects.toMatchObject({ kind: 'notFound' });
  });
});

describe('a transfer', () => {
  it('is journaled, sent once, and the same for the same intent', async () => {
    const { desk, funds } = testDesk(ledger);
    const [one, two] = await Promise.all([desk.transfer(transfer()), desk.transfer(transfer())]);
    const three = await desk.transfer(transfer());
    expect(two).toEqual(one);
    expect(three).toEqual(one);
    expect(funds.sent).toEqual(['transfer intent-t']);
    expect(await stateOf('intent-t')).toBe('done');
  });

  it('asks for something else under the same intent in vain', async () => {
    const { desk, funds } = testDesk(ledger);
    await desk.transfer(transfer());
    await expect(desk.transfer(transfer({ amount: '6' }))).rejects.toMatchObject({
      details: { problems: [{ field: 'intentId' }] },
    });
    await expect(desk.withdraw(withdrawal({ intentId: 'intent-t' }))).rejects.toMatchObject({
      kind: 'badInput',
    });
    expect(funds.sent).toHaveLength(1);
  });

  it.each([
    [{ amount: '100.5' }, 'amount', '100'],
    [{ amount: '1.1234567' }, 'amount', '1.123456'],
    [{ to: 'funding' }, 'to', undefined],
  ])('of %j breaks a rule and is not sent', async (over, field, nearest) => {
    const { desk, funds } = testDesk(ledger);
    await expect(desk.transfer(transfer(over))).rejects.toMatchObject({
      details: { problems: [{ field, ...(nearest === undefined ? {} : { nearest }) }] },
    });
    expect(funds.sent).toEqual([]);
    expect(await stateOf('intent-t')).toBeUndefined();
  });

  it('that cannot be journaled is not sent', async () => {
    const { desk, funds } = testDesk(ledger);
    ledger.failNext('fundsIntents.claim');
    await expect(desk.transfer(transfer())).rejects.toThrow('full');
    expect(funds.sent).toEqual([]);
  });

  it('whose outcome cannot be journaled is done all the same, and looked up later', async () => {
    const found = movement({ kind: 'transfer', id: 't-1' });
    const { desk, funds, writeFailures } = testDesk(ledger, {
      funds: fakeFunds({ findTransfer: () => Promise.resolve(found) }),
    });
    ledger.failNext('fundsIntents.settle');
    await desk.transfer(transfer());
    expect(writeFailures).toHaveLength(1);
    expect(await stateOf('intent-t')).toBe('sending');
    expect(await desk.transfer(transfer())).toEqual(found);
    expect(funds.sent).toHaveLength(1);
    expect(await stateOf('intent-t')).toBe('done');
  });
});

describe('a withdrawal', () => {
  it('is sent with the entry of the book, once, and its intent kept', async () => {
    const requests: unknown[] = [];
    const { desk } = testDesk(ledger, {
      funds: fakeFunds({
        withdraw: (request) => {
          requests.push(request);
          return Promise.resolve(movement());
        },
      }),
    });
    const first = await desk.withdraw(withdrawal());
    expect(await desk.withdraw(withdrawal())).toEqual(first);
    expect(requests).toEqual([
      {
        asset: 'USDT',
        network: 'ETH',
        address: expect.objectContaining({ id: 'entry-1', address: '0xAbCd' }) as unknown,
        amount: '20',
        feeFromAmount: false,
        intentId: 'intent-1',
      },
    ]);
  });

  it('is in the journal before it is sent', async () => {
    let before: string | undefined;
    const { desk } = testDesk(ledger, {
      funds: fakeFunds({
        withdraw: async () => {
          before = await stateOf('intent-1');
          return movement();
        },
      }),
    });
    await desk.withdraw(withdrawal());
    expect(before).toBe('sending');
  });

  it('that breaks rules names them all and is not sent', async () => {
    const { desk, funds } = testDesk(ledger);
    await expect(desk.withdraw(withdrawal({ amount: '700' }))).rejects.toMatchObject({
      kind: 'badInput',
      details: { problems: [{ field: 'amount' }, { field: 'amount' }] },
    });
    expect(funds.sent).toEqual([]);
  });

  it('stands alone: another one has to wait, the same one joins in', async () => {
    let answer: (value: FundsMovement) => void = () => undefined;
    const { desk } = testDesk(ledger, {
      funds: fakeFunds({ withdraw: () => new Promise((resolve) => (answer = resolve)) }),
    });
    const first = desk.withdraw(withdrawal());
    const same = desk.withdraw(withdrawal());
    await expect(desk.withdraw(withdrawal({ intentId: 'intent-2' }))).rejects.toMatchObject({
      code: 'funds.withdrawalInFlight',
    });
    await expect.poll(() => stateOf('intent-1')).toBe('sending');
    answer(movement());
    expect(await same).toEqual(await first);
  });

  it('whose answer was lost is looked up by the same intent, also by a later run', async () => {
    const before = testDesk(ledger, { funds: fakeFunds({ withdraw: lost }) });
    await expect(before.desk.withdraw(withdrawal())).rejects.toMatchObject({ kind: 'unknownOutcome' });
    expect(await stateOf('intent-1')).toBe('unknown');

    const asked: unknown[] = [];
    const found = movement({ state: 'done' });
    const later = testDesk(ledger, {
      funds: fakeFunds({
        findWithdrawal: (request, ageMs) => {
          asked.push([request.address.address, ageMs]);
          return Promise.resolve(found);
        },
      }),
    });
    later.clock.now += MINUTE;
    expect(await later.desk.withdraw(withdrawal())).toEqual(found);
    expect(asked).toEqual([['0xAbCd', MINUTE]]);
    expect(later.funds.sent).toEqual([]);
    expect(await stateOf('intent-1')).toBe('done');
  });

  it('stands before the next until the venue tells what became of it', async () => {
    let found: FundsMovement | null = null;
    const sent: string[] = [];
    const { desk } = testDesk(ledger, {
      funds: fakeFunds({
        withdraw: (request) => {
          sent.push(request.intentId);
          return sent.length === 1 ? lost() : Promise.resolve(movement({ id: 'w-2' }));
        },
        findWithdrawal: () => Promise.resolve(found),
      }),
    });
    await expect(desk.withdraw(withdrawal())).rejects.toMatchObject({ kind: 'unknownOutcome' });
    await expect(desk.withdraw(withdrawal({ intentId: 'intent-2' }))).rejects.toMatchObject({
      code: 'funds.withdrawalUnsettled',
    });
    expect(sent).toEqual(['intent-1']);
    found = movement();
    expect((await desk.withdraw(withdrawal({ intentId: 'intent-2' }))).id).toBe('w-2');
    expect(await stateOf('intent-1')).toBe('done');
  });

  it('that the venue never had is over after a quarter of an hour, and not earlier', async () => {
    const { desk, clock } = testDesk(ledger, { funds: fakeFunds({ withdraw: lost }) });
    await expect(desk.withdraw(withdrawal())).rejects.toMatchObject({ kind: 'unknownOutcome' });
    clock.now += 14 * MINUTE;
    await expect(desk.withdraw(withdrawal())).rejects.toMatchObject({ code: 'funds.unsettled' });
    clock.now += 2 * MINUTE;
    await expect(desk.withdraw(withdrawal())).rejects.toMatchObject({ code: 'funds.neverArrived' });
    expect(await stateOf('intent-1')).toBe('refused');
  });

  it('whose look-up fails is not settled by that', async () => {
    const { desk, clock } = testDesk(ledger, {
      funds: fakeFunds({
        withdraw: lost,
        findWithdrawal: () => Promise.reject(new HoldfastError('unavailable', 'net.noAnswer', 'no')),
      }),
    });
    await expect(desk.withdraw(withdrawal())).rejects.toMatchObject({ kind: 'unknownOutcome' });
    clock.now += 60 * MINUTE;
    await expect(desk.withdraw(withdrawal())).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(desk.withdraw(withdrawal({ intentId: 'intent-2' }))).rejects.toMatchObject({
      code: 'funds.withdrawalUnsettled',
    });
    expect(await stateOf('intent-1')).toBe('unknown');
  });

  it('that was refused may be tried again under the same intent, with another amount too', async () => {
    let tries = 0;
    const { desk } = testDesk(ledger, {
      funds: fakeFunds({ withdraw: () => (++tries === 1 ? refusal() : Promise.resolve(movement())) }),
    });
    await expect(desk.withdraw(withdrawal())).rejects.toMatchObject({ code: 'bybit.withdrawalLimit' });
    expect(await stateOf('intent-1')).toBe('refused');
    expect((await desk.withdraw(withdrawal({ amount: '15' }))).id).toBe('w-1');
    const kept = await ledger.repositories.fundsIntents.byIntent({
      accountId: ACCOUNT,
      intentId: 'intent-1',
    });
    expect(kept).toMatchObject({ state: 'done', kind: 'withdrawal' });
    expect(JSON.parse(kept?.request ?? '')).toMatchObject({ amount: '15' });
    await expect(desk.withdraw(withdrawal({ amount: '20' }))).rejects.toMatchObject({ kind: 'badInput' });
  });
});

describe('copying a deposit address', () => {
  const wanted = { accountId: ACCOUNT, asset: 'XRP', network: 'XRP' } as const;

  it('copies the part that is shown, fetched anew', async () => {
    const { desk, copied } = testDesk(ledger);
    await desk.copyDepositAddress({ ...wanted, part: 'address', shown: 'r-address' });
    await desk.copyDepositAddress({ ...wanted, part: 'memo', shown: '42' });
    expect(copied).toEqual(['r-address', '42']);
  });

  it.each([
    ['address', 'r-Address'],
    ['memo', '43'],
  ] as const)('copies nothing when the %s is another one by now', async (part, shown) => {
    const { desk, copied } = testDesk(ledger);
    await expect(desk.copyDepositAddress({ ...wanted, part, shown })).rejects.toMatchObject({
      code: 'funds.addressChanged',
    });
    expect(copied).toEqual([]);
  });
});

describe('the history of money', () => {
  it('is asked two years back, page by page', async () => {
    const asked: unknown[] = [];
    const { desk } = testDesk(ledger, {
      funds: fakeFunds({
        deposits: (cursor, since) => {
          asked.push([cursor, since]);
          return Promise.resolve({ rows: [movement({ kind: 'deposit' })], cursor: 'next' });
        },
      }),
    });
    const handlers = fundsHandlers(() => desk);
    const page = await handlers.deposits({ accountId: ACCOUNT, cursor: 'here' }, {} as never);
    expect(page.cursor).toBe('next');
    expect(asked).toEqual([['here', START - 730 * 24 * 60 * MINUTE]]);
  });
});
