import { describe, expect, it } from 'vitest';
import { requestIdOf, transferIdOf } from '../../../../../src-main/exchanges/bybit/funds/intent-ids.ts';
import { NOW, loses, refuses, testFunds } from './fake-rest.ts';

const POST = '/v5/asset/transfer/inter-transfer';
const LIST = '/v5/asset/transfer/query-inter-transfer-list';
const UNIFIED = '/v5/account/withdrawal';
const FUND = '/v5/asset/transfer/query-account-coin-balance';

const wish = { asset: 'USDT', amount: '5', from: 'funding', to: 'unified', intentId: 'intent-1' };
const ID = transferIdOf('account-1', 'intent-1');
const row = (over: object = {}) => ({
  transferId: ID,
  coin: 'USDT',
  amount: '5.00',
  fromAccountType: 'FUND',
  toAccountType: 'UNIFIED',
  timestamp: String(NOW),
  status: 'SUCCESS',
  ...over,
});

describe('ids made of an intent', () => {
  it('are the same for the same intent and others for every other', () => {
    expect(transferIdOf('a', 'x')).toBe(transferIdOf('a', 'x'));
    const ids = [
      transferIdOf('a', 'x'),
      transferIdOf('a', 'y'),
      transferIdOf('b', 'x'),
      transferIdOf('ax', ''),
    ];
    expect(new Set(ids).size).toBe(4);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('fit what Bybit takes for a withdrawal, and do not merge intents that differ in a dash', () => {
    const uuid = '0190163d-8694-739b-aea5-966c26f8ad91';
    expect(requestIdOf('a', uuid)).toBe('0190163d8694739baea5966c26f8ad91');
    for (const intent of ['a-b', 'ab', 'x'.repeat(64), '_'])
      expect(requestIdOf('a', intent)).toMatch(/^[0-9A-Za-z]{1,32}$/);
    expect(requestIdOf('a', 'a-b')).not.toBe(requestIdOf('a', 'ab'));
  });
});

describe('a transfer', () => {
  it('names the wallets as Bybit does and carries an id made of the intent', async () => {
    const { funds, rest } = testFunds({ [POST]: { transferId: ID, status: 'SUCCESS' } });
    expect(await funds.transfer(wish)).toMatchObject({
      id: ID,
      state: 'done',
      from: 'funding',
      to: 'unified',
    });
    expect(rest.posted(POST)).toEqual([
      { transferId: ID, coin: 'USDT', amount: '5', fromAccountType: 'FUND', toAccountType: 'UNIFIED' },
    ]);
  });

  it.each([
    ['PENDING', 'pending'],
    ['FAILED', 'failed'],
    ['STATUS_UNKNOWN', 'unknown'],
    ['NEW_WORD', 'unknown'],
  ] as const)('that is %s is "%s"', async (status, state) => {
    const { funds } = testFunds({ [POST]: { transferId: ID, status } });
    expect((await funds.transfer(wish)).state).toBe(state);
  });

  it('that Bybit has had already (131214) is looked up', async () => {
    const { funds, rest } = testFunds({ [POST]: refuses(131214), [LIST]: { list: [row()] } });
    expect(await funds.transfer(wish)).toMatchObject({ id: ID, state: 'done', amount: '5' });
    expect(rest.asked.at(-1)?.values['transferId']).toBe(ID);
  });

  it('whose answer was lost is looked up until it shows, and never sent again', async () => {
    let looks = 0;
    const { funds, rest, waits } = testFunds({
      [POST]: loses,
      [LIST]: () => ({ list: ++looks < 3 ? [] : [row()] }),
    });
    expect((await funds.transfer(wish)).state).toBe('done');
    expect(rest.posted(POST)).toHaveLength(1);
    expect(waits).toHaveLength(3);
  });

  it('that nobody knows anything about is unknown, and the same intent only asks again', async () => {
    const { funds, rest } = testFunds({ [POST]: loses, [LIST]: { list: [] } });
    await expect(funds.transfer(wish)).rejects.toMatchObject({ kind: 'unknownOutcome' });
    await expect(funds.transfer(wish)).rejects.toMatchObject({ kind: 'unknownOutcome' });
    rest.answer(LIST, { list: [row()] });
    expect((await funds.transfer(wish)).state).toBe('done');
    expect(rest.posted(POST)).toHaveLength(1);
  });

  it('is not "not found" because a look-up failed', async () => {
    let looks = 0;
    const { funds } = testFunds({
      [POST]: loses,
      [LIST]: () => {
        looks += 1;
        if (looks === 1) return refuses(10006, 'slow', false)();
        return { list: [row()] };
      },
    });
    expect((await funds.transfer(wish)).state).toBe('done');
  });

  it('whose answer cannot be read may have been carried out', async () => {
    const { funds, rest } = testFunds({ [POST]: { nonsense: 1 }, [LIST]: { list: [] } });
    await expect(funds.transfer(wish)).rejects.toMatchObject({ kind: 'unknownOutcome' });
    expect(rest.posted(POST)).toHaveLength(1);
  });

  it('that was refused can be tried again, with the same id', async () => {
    const { funds, rest } = testFunds({ [POST]: refuses(131212) });
    await expect(funds.transfer(wish)).rejects.toMatchObject({ kind: 'insufficientFunds' });
    rest.answer(POST, { transferId: ID, status: 'SUCCESS' });
    await funds.transfer(wish);
    expect(rest.posted(POST).map((body) => body['transferId'])).toEqual([ID, ID]);
  });

  it('asked for twice at once is sent once', async () => {
    const { funds, rest } = testFunds({ [POST]: { transferId: ID, status: 'SUCCESS' } });
    const [one, two] = await Promise.all([funds.transfer(wish), funds.transfer(wish)]);
    expect(one).toEqual(two);
    expect(rest.posted(POST)).toHaveLength(1);
  });

  it('is refused for a wallet that there is not, before anything is sent', async () => {
    const { funds, rest } = testFunds();
    await expect(funds.transfer({ ...wish, from: 'spot' })).rejects.toMatchObject({
      details: { problems: [{ field: 'from' }] },
    });
    await expect(funds.transfer({ ...wish, to: 'funding' })).rejects.toMatchObject({ kind: 'badInput' });
    expect(rest.asked).toEqual([]);
  });

  it('of an earlier run can be looked up without being sent', async () => {
    const { funds, rest } = testFunds({ [LIST]: { list: [row({ transferId: 'another' })] } });
    const age = 20 * 86_400_000;
    expect(await funds.findTransfer(wish, age)).toBeNull();
    const { startTime, endTime } = rest.asked[0]?.values as { startTime: number; endTime: number };
    expect(startTime).toBeLessThan(NOW - age);
    expect(endTime).toBeGreaterThan(NOW - age);
    expect(endTime - startTime).toBeLessThanOrEqual(7 * 86_400_000);
    rest.answer(LIST, { list: [row()] });
    expect(await funds.findTransfer(wish, 0)).toMatchObject({ id: ID });
  });
});

describe('what can be moved', () => {
  it('out of the unified wallet is what Bybit lets go of it', async () => {
    const { funds } = testFunds({
      [UNIFIED]: { availableWithdrawal: '1', availableWithdrawalMap: { USDT: '12.50' } },
    });
    expect(await funds.transferable('USDT', 'unified')).toEqual({
      asset: 'USDT',
      wallet: 'unified',
      amount: '12.5',
      asOf: NOW,
    });
  });

  it('out of the funding wallet is the safe amount, without what a recent deposit locks', async () => {
    const { funds, rest } = testFunds({
      [FUND]: {
        accountType: 'FUND',
        balance: {
          coin: 'USDT',
          walletBalance: '9',
          transferBalance: '9',
          transferSafeAmount: '4',
          bonus: '',
        },
      },
    });
    expect((await funds.transferable('USDT', 'funding')).amount).toBe('4');
    expect(rest.asked[0]?.values).toMatchObject({ withTransferSafeAmount: 1, accountType: 'FUND' });
  });

  it('is not zero where Bybit tells no figure', async () => {
    const { funds } = testFunds({ [UNIFIED]: { availableWithdrawal: '', availableWithdrawalMap: {} } });
    await expect(funds.transferable('USDT', 'unified')).rejects.toMatchObject({ code: 'funds.noFigure' });
  });
});
