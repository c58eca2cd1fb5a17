import { describe, expect, it } from 'vitest';
import type { BookedAddress } from '../../../../../src-main/exchanges/exchange.ts';
import { NOW, loses, refuses, testFunds } from './fake-rest.ts';

const CREATE = '/v5/asset/withdraw/create';
const RECORDS = '/v5/asset/withdraw/query-record';
const AMOUNT = '/v5/asset/withdraw/withdrawable-amount';
const CANCEL = '/v5/asset/withdraw/cancel';

const wallet = (amount: string) => ({ coin: 'USDT', withdrawableAmount: amount, availableBalance: amount });
const withdrawable = (wallets: object) => ({ limitAmountUsd: '999', withdrawableAmount: wallets });
const BOTH = withdrawable({ FUND: wallet('100.0'), UTA: wallet('50') });

const address: BookedAddress = {
  id: 'entry-1',
  asset: 'USDT',
  network: 'ETH',
  address: '0xAbCd',
  memo: null,
  label: 'cold store',
  usable: true,
};
const wish = {
  asset: 'USDT',
  network: 'ETH',
  address,
  amount: '20',
  feeFromAmount: false,
  intentId: '0190163d-8694-739b-aea5-966c26f8ad91',
};
const record = (over: object = {}) => ({
  withdrawId: '9976',
  coin: 'USDT',
  chain: 'ETH',
  amount: '20.00',
  withdrawFee: '3',
  status: 'Pending',
  toAddress: '0xabcd',
  tag: '',
  txID: '',
  createTime: String(NOW + 200),
  updateTime: String(NOW + 200),
  withdrawType: 0,
  ...over,
});

describe('what can be withdrawn', () => {
  it('is what funding and unified wallet let go, and not what lies in Earn', async () => {
    const { funds } = testFunds({
      [AMOUNT]: withdrawable({ FUND: wallet('100.5'), UTA: wallet('50'), EARN: wallet('7') }),
    });
    expect(await funds.withdrawable('USDT')).toBe('150.5');
  });

  it('is nothing where no wallet has the coin', async () => {
    expect(await testFunds({ [AMOUNT]: withdrawable({}) }).funds.withdrawable('USDT')).toBe('0');
  });
});

describe('a withdrawal', () => {
  it('is sent as the sheet says: on chain, our id without dashes, the time in the body', async () => {
    const { funds, rest } = testFunds({ [AMOUNT]: BOTH, [CREATE]: { id: '9976' } });
    expect(await funds.withdraw(wish)).toMatchObject({
      id: '9976',
      kind: 'withdrawal',
      state: 'pending',
      to: '0xAbCd',
    });
    expect(rest.posted(CREATE)).toEqual([
      {
        coin: 'USDT',
        chain: 'ETH',
        address: '0xAbCd',
        amount: '20',
        timestamp: NOW,
        forceChain: 1,
        accountType: 'FUND,UTA',
        feeType: 0,
        requestId: '0190163d8694739baea5966c26f8ad91',
      },
    ]);
  });

  it('carries the memo of the book, and takes the fee from the amount when that is wanted', async () => {
    const { funds, rest } = testFunds({
      [AMOUNT]: withdrawable({ UTA: wallet('50') }),
      [CREATE]: { id: '1' },
    });
    await funds.withdraw({ ...wish, address: { ...address, memo: '1234' }, feeFromAmount: true });
    expect(rest.posted(CREATE)[0]).toMatchObject({ tag: '1234', feeType: 1, accountType: 'UTA' });
  });

  it('comes out of the funding wallet alone when the other has nothing', async () => {
    const { funds, rest } = testFunds({
      [AMOUNT]: withdrawable({ FUND: wallet('50'), UTA: wallet('0') }),
      [CREATE]: { id: '1' },
    });
    await funds.withdraw(wish);
    expect(rest.posted(CREATE)[0]?.['accountType']).toBe('FUND');
  });

  it('whose answer was lost is found in the records by what it is, and never sent again', async () => {
    const strangers = [
      record({ withdrawId: '1', amount: '21' }),
      record({ withdrawId: '2', toAddress: '0xother' }),
      record({ withdrawId: '3', chain: 'TRX' }),
      record({ withdrawId: '4', tag: '99' }),
      record({ withdrawId: '5', createTime: String(NOW - 60_000) }),
    ];
    const { funds, rest } = testFunds({
      [AMOUNT]: BOTH,
      [CREATE]: loses,
      [RECORDS]: { rows: [...strangers, record()] },
    });
    expect(await funds.withdraw(wish)).toMatchObject({ id: '9976', state: 'pending', fee: '3' });
    expect(rest.posted(CREATE)).toHaveLength(1);
  });

  it('is recognised although the record shows the amount without a fee taken out of it', async () => {
    const { funds } = testFunds({
      [AMOUNT]: BOTH,
      [CREATE]: loses,
      [RECORDS]: { rows: [record({ amount: '17' })] },
    });
    expect((await funds.withdraw({ ...wish, feeFromAmount: true })).id).toBe('9976');
    const strict = testFunds({
      [AMOUNT]: BOTH,
      [CREATE]: loses,
      [RECORDS]: { rows: [record({ amount: '17' })] },
    });
    await expect(strict.funds.withdraw(wish)).rejects.toMatchObject({ kind: 'unknownOutcome' });
  });

  it('that the records do not show stays unknown; asking again only looks', async () => {
    const { funds, rest } = testFunds({ [AMOUNT]: BOTH, [CREATE]: loses, [RECORDS]: { rows: [] } });
    await expect(funds.withdraw(wish)).rejects.toMatchObject({ kind: 'unknownOutcome' });
    rest.answer(RECORDS, { rows: [record()] });
    expect((await funds.withdraw(wish)).id).toBe('9976');
    expect(rest.posted(CREATE)).toHaveLength(1);
  });

  it('that Bybit calls a duplicate arrived before', async () => {
    const { funds } = testFunds({
      [AMOUNT]: BOTH,
      [CREATE]: refuses(131082),
      [RECORDS]: { rows: [record()] },
    });
    expect((await funds.withdraw(wish)).id).toBe('9976');
  });

  it('is never taken for an equal one of another intent', async () => {
    const { funds, rest, clock } = testFunds({ [AMOUNT]: BOTH, [CREATE]: { id: '9976' } });
    await funds.withdraw(wish);
    clock.now += 11_000;
    rest.answer(CREATE, loses);
    rest.answer(RECORDS, { rows: [record({ createTime: String(clock.now) })] });
    await expect(funds.withdraw({ ...wish, intentId: 'second' })).rejects.toMatchObject({
      kind: 'unknownOutcome',
    });
    rest.answer(RECORDS, { rows: [record(), record({ withdrawId: '9977', createTime: String(clock.now) })] });
    expect((await funds.withdraw({ ...wish, intentId: 'second' })).id).toBe('9977');
  });

  it('waits ten seconds for the next of the same coin and chain, and says how long', async () => {
    const { funds, rest, clock } = testFunds({ [AMOUNT]: BOTH, [CREATE]: { id: '1' } });
    await funds.withdraw(wish);
    clock.now += 4_000;
    await expect(funds.withdraw({ ...wish, intentId: 'b' })).rejects.toMatchObject({
      kind: 'rateLimited',
      details: { retryAfterMs: 6_000 },
    });
    await funds.withdraw({ ...wish, network: 'TRX', intentId: 'c' });
    clock.now += 6_000;
    await funds.withdraw({ ...wish, intentId: 'b' });
    expect(rest.posted(CREATE)).toHaveLength(3);
  });

  it('that was not even sent is not unknown', async () => {
    const { funds, rest } = testFunds({
      [AMOUNT]: refuses(10006, 'slow', false),
      [CREATE]: { id: '1' },
    });
    await expect(funds.withdraw(wish)).rejects.toMatchObject({ kind: 'rateLimited' });
    rest.answer(AMOUNT, { limitAmountUsd: '1' });
    await expect(funds.withdraw(wish)).rejects.toMatchObject({ kind: 'protocol' });
    rest.answer(AMOUNT, BOTH);
    await funds.withdraw(wish);
    expect(rest.posted(CREATE)).toHaveLength(1);
  });

  it.each([
    [131083, 'invalidOrder'],
    [131093, 'invalidOrder'],
    [131088, 'permission'],
    [131001, 'insufficientFunds'],
  ] as const)('refused with %s says so as "%s"', async (code, kind) => {
    const { funds, rest } = testFunds({ [AMOUNT]: BOTH, [CREATE]: refuses(code) });
    await expect(funds.withdraw(wish)).rejects.toMatchObject({ kind, details: { venueCode: String(code) } });
    expect(rest.asked.some((entry) => entry.path === RECORDS)).toBe(false);
  });

  it('by a key without the right says which right is missing', async () => {
    const { funds } = testFunds({ [AMOUNT]: BOTH, [CREATE]: refuses(10005) });
    await expect(funds.withdraw(wish)).rejects.toMatchObject({ code: 'funds.keyCannotWithdraw' });
  });
});

describe('a withdrawal of an earlier run', () => {
  const HOUR = 3_600_000;

  it('is found by its age, although our clock was put right meanwhile, on any page', async () => {
    const sentAt = NOW - 5 * HOUR;
    const stranger = record({ withdrawId: '1', amount: '21', createTime: String(sentAt) });
    const { funds, rest } = testFunds({
      [RECORDS]: ({ cursor }: { cursor?: string }) =>
        cursor === undefined
          ? { rows: [stranger], nextPageCursor: 'more' }
          : { rows: [record({ createTime: String(sentAt - HOUR / 3) })], nextPageCursor: '' },
    });
    expect(await funds.findWithdrawal(wish, 5 * HOUR)).toMatchObject({ id: '9976' });
    const { startTime, endTime } = rest.asked[0]?.values as { startTime: number; endTime: number };
    expect(endTime - startTime).toBeLessThan(30 * 24 * HOUR);
    expect(rest.posted(CREATE)).toEqual([]);
  });

  it('is the record nearest in time where there are equal ones', async () => {
    const at = (minutes: number) => String(NOW - HOUR + minutes * 60_000);
    const { funds } = testFunds({
      [RECORDS]: {
        rows: [
          record({ withdrawId: '3', createTime: at(20) }),
          record({ withdrawId: '2', createTime: at(1) }),
          record({ withdrawId: '1', createTime: at(-10) }),
        ],
      },
    });
    expect((await funds.findWithdrawal(wish, HOUR))?.id).toBe('2');
  });

  it('is not there when no record is like it', async () => {
    const { funds } = testFunds({ [RECORDS]: { rows: [record({ amount: '19' })] } });
    expect(await funds.findWithdrawal(wish, 0)).toBeNull();
  });
});

describe('cancelling a withdrawal', () => {
  it('is over when Bybit says 1, and refused when it says 0', async () => {
    const { funds, rest } = testFunds({ [CANCEL]: { status: 1 } });
    await funds.cancelWithdrawal('9976');
    expect(rest.posted(CANCEL)).toEqual([{ id: '9976' }]);
    rest.answer(CANCEL, { status: 0 });
    await expect(funds.cancelWithdrawal('9976')).rejects.toMatchObject({ code: 'funds.notCancelled' });
  });
});
