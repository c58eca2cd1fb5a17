import { describe, expect, it } from 'vitest';
import { NOW, testFunds } from './fake-rest.ts';

const CHAIN = '/v5/asset/deposit/query-record';
const INTERNAL = '/v5/asset/deposit/query-internal-record';
const WITHDRAWALS = '/v5/asset/withdraw/query-record';
const TRANSFERS = '/v5/asset/transfer/query-inter-transfer-list';
const CONVERSIONS = '/v5/asset/exchange/query-convert-history';
const DAY = 86_400_000;
const TWO_YEARS = 730 * DAY;

interface Window {
  startTime: number;
  endTime: number;
  cursor?: string;
}
const nothing = { rows: [], nextPageCursor: '' };

const deposit = (over: object = {}) => ({
  id: '7',
  coin: 'USDT',
  chain: 'ETH',
  amount: '10.50',
  txID: '0xfeed',
  status: 3,
  toAddress: 'test-address',
  tag: '',
  depositFee: '',
  successAt: String(NOW - 1000),
  confirmations: '12',
  txIndex: '',
  blockHash: '',
  batchReleaseLimit: '-1',
  depositType: '0',
  fromAddress: '',
  ...over,
});
const internal = (over: object = {}) => ({
  id: '1103',
  type: 1,
  coin: 'ETH',
  amount: '0.1',
  address: 'someone',
  status: 2,
  createdTime: '1705393280',
  txID: 'x',
  ...over,
});
const transfer = (time: number) => ({
  transferId: `t-${time}`,
  coin: 'USDT',
  amount: '5',
  fromAccountType: 'FUND',
  toAccountType: 'UNIFIED',
  timestamp: String(time),
  status: 'SUCCESS',
});

describe('deposits', () => {
  it('of both kinds come together, newest first, with internal times told in seconds', async () => {
    const { funds, unknown } = testFunds({
      [CHAIN]: { rows: [deposit()], nextPageCursor: '' },
      [INTERNAL]: { rows: [internal()], nextPageCursor: '' },
    });
    const { rows } = await funds.deposits(null, NOW - TWO_YEARS);
    expect(
      rows.map(({ id, amount, state, time, network }) => ({ id, amount, state, time, network })),
    ).toEqual([
      { id: '7', amount: '10.5', state: 'done', time: NOW - 1000, network: 'ETH' },
      { id: 'internal-1103', amount: '0.1', state: 'done', time: 1705393280000, network: null },
    ]);
    expect(unknown.list()).toEqual([]);
  });

  it.each([
    [0, '0', 'unknown'],
    [1, '0', 'pending'],
    [2, '20', 'attention'],
    [3, '10', 'done'],
    [4, '0', 'failed'],
    [7, '0', 'attention'],
    [70011, '0', 'failed'],
    [70012, '0', 'done'],
    [70013, '0', 'attention'],
    [10011, '0', 'pending'],
    [10012, '0', 'done'],
    [99, '0', 'unknown'],
  ] as const)('of status %s and type %s are "%s"', async (status, depositType, state) => {
    const { funds } = testFunds({
      [CHAIN]: { rows: [deposit({ status, depositType })] },
      [INTERNAL]: nothing,
    });
    expect((await funds.deposits(null, NOW - DAY)).rows[0]?.state).toBe(state);
  });

  it('that have no time yet carry the time of the answer', async () => {
    const { funds } = testFunds({
      [CHAIN]: { rows: [deposit({ successAt: '', status: 1 })] },
      [INTERNAL]: nothing,
    });
    expect((await funds.deposits(null, NOW - DAY)).rows[0]?.time).toBe(NOW);
  });
});

describe('walking back', () => {
  it('asks in windows that touch, never overlap, stay below the limit and end at the beginning', async () => {
    const { funds, rest } = testFunds({ [WITHDRAWALS]: nothing });
    const since = NOW - 100 * DAY;
    let cursor: string | null = null;
    do cursor = (await funds.withdrawals(cursor, since)).cursor;
    while (cursor !== null);
    const windows = rest.asked.map((entry) => entry.values as unknown as Window);
    expect(windows[0]?.endTime).toBe(NOW);
    expect(windows.at(-1)?.startTime).toBe(since);
    for (const [index, { startTime, endTime }] of windows.entries()) {
      expect(endTime - startTime).toBeLessThan(30 * DAY);
      const next = windows[index + 1];
      if (next !== undefined) expect(next.endTime).toBe(startTime - 1000);
    }
  });

  it('stops after a few empty windows in one call, and goes on from its cursor', async () => {
    const { funds, rest } = testFunds({ [TRANSFERS]: { list: [], nextPageCursor: '' } });
    const first = await funds.transfers(null, NOW - TWO_YEARS);
    expect(first.rows).toEqual([]);
    expect(rest.asked).toHaveLength(4);
    const last = rest.asked.at(-1)?.values as unknown as Window;
    await funds.transfers(first.cursor, NOW - TWO_YEARS);
    expect(rest.asked[4]?.values['endTime']).toBe(last.startTime - 1000);
  });

  it('follows the pages of a window before it goes to the next', async () => {
    const { funds, rest } = testFunds({
      [TRANSFERS]: ({ cursor, endTime }: Window) => {
        if (endTime !== NOW) return { list: [] };
        return cursor === undefined
          ? { list: [transfer(NOW - 1)], nextPageCursor: 'p%3A2' }
          : { list: [transfer(NOW - 2)], nextPageCursor: '' };
      },
    });
    const first = await funds.transfers(null, NOW - 14 * DAY);
    const second = await funds.transfers(first.cursor, NOW - 14 * DAY);
    expect([...first.rows, ...second.rows].map((row) => row.time)).toEqual([NOW - 1, NOW - 2]);
    expect(rest.asked[1]?.values).toMatchObject({ cursor: 'p%3A2', endTime: NOW });
    const third = await funds.transfers(second.cursor, NOW - 14 * DAY);
    expect(third).toEqual({ rows: [], cursor: null });
    expect(rest.asked[2]?.values['cursor']).toBeUndefined();
  });

  it('goes on with the source that has more, and leaves the finished one alone', async () => {
    const { funds, rest } = testFunds({
      [CHAIN]: ({ cursor }: Window) =>
        cursor === undefined
          ? { rows: [deposit()], nextPageCursor: 'more' }
          : { rows: [deposit({ id: '8' })], nextPageCursor: '' },
      [INTERNAL]: { rows: [internal({ createdTime: String(NOW / 1000 - 60) })], nextPageCursor: '' },
    });
    const first = await funds.deposits(null, NOW - DAY);
    const second = await funds.deposits(first.cursor, NOW - DAY);
    expect(second.rows.map((row) => row.id)).toEqual(['8']);
    expect(second.cursor).toBeNull();
    expect(rest.asked.filter((entry) => entry.path === INTERNAL)).toHaveLength(1);
  });

  it('does not walk for ever when a cursor repeats', async () => {
    const { funds } = testFunds({
      [WITHDRAWALS]: nothing,
      [TRANSFERS]: { list: [transfer(NOW)], nextPageCursor: 'x' },
    });
    const first = await funds.transfers(null, NOW - DAY);
    expect((await funds.transfers(first.cursor, NOW - DAY)).cursor).toBeNull();
  });

  it.each(['', 'nonsense', Buffer.from('{"to":-1,"places":[null]}').toString('base64url'), 'bnVsbA'])(
    'refuses the cursor %j, which it did not give',
    async (cursor) => {
      const { funds, rest } = testFunds({});
      await expect(funds.withdrawals(cursor, 0)).rejects.toMatchObject({ kind: 'badInput' });
      expect(rest.asked).toEqual([]);
    },
  );

  it('refuses a cursor of another history', async () => {
    const { funds } = testFunds({ [TRANSFERS]: { list: [], nextPageCursor: '' } });
    const { cursor } = await funds.transfers(null, NOW - TWO_YEARS);
    await expect(funds.deposits(cursor, 0)).rejects.toMatchObject({ kind: 'badInput' });
  });
});

describe('withdrawals', () => {
  const row = (over: object) => ({
    withdrawId: '9',
    coin: 'USDT',
    chain: 'ETH',
    amount: '77',
    withdrawFee: '10',
    status: 'SecurityCheck',
    toAddress: '0x99',
    tag: '',
    txID: '',
    createTime: String(NOW - 5),
    updateTime: String(NOW),
    withdrawType: 0,
    ...over,
  });
  it.each([
    ['SecurityCheck', 'pending'],
    ['Pending', 'pending'],
    ['success', 'done'],
    ['CancelByUser', 'failed'],
    ['Reject', 'failed'],
    ['Fail', 'failed'],
    ['BlockchainConfirmed', 'done'],
    ['MoreInformationRequired', 'attention'],
    ['Unknown', 'unknown'],
    ['SomethingNew', 'unknown'],
  ] as const)('in "%s" are "%s"', async (status, state) => {
    const { funds } = testFunds({ [WITHDRAWALS]: { rows: [row({ status })] } });
    expect((await funds.withdrawals(null, NOW - DAY)).rows[0]).toMatchObject({ state, venueState: status });
  });

  it('inside of Bybit have no network', async () => {
    const { funds, rest } = testFunds({
      [WITHDRAWALS]: { rows: [row({ withdrawType: 1, chain: 'internalAddressChain' })] },
    });
    expect((await funds.withdrawals(null, NOW - DAY)).rows[0]?.network).toBeNull();
    expect(rest.asked[0]?.values['withdrawType']).toBe(2);
  });
});

describe('conversions', () => {
  const row = (n: number) => ({
    accountType: 'eb_convert_uta',
    exchangeTxId: `c-${n}`,
    userId: '1',
    fromCoin: 'ETH',
    fromCoinType: 'crypto',
    fromAmount: '0.1',
    toCoin: 'BTC',
    toCoinType: 'crypto',
    toAmount: '0.005',
    exchangeStatus: 'success',
    extInfo: {},
    convertRate: '0.05',
    createdAt: String(NOW - n * DAY),
  });
  const full = Array.from({ length: 100 }, (_, n) => row(n));

  it('are walked by numbered pages', async () => {
    const { funds, rest } = testFunds({
      [CONVERSIONS]: ({ index }: { index: number }) => ({ list: index === 1 ? full : [row(101)] }),
    });
    const first = await funds.conversions(null, NOW - TWO_YEARS);
    expect(first.rows).toHaveLength(100);
    const second = await funds.conversions(first.cursor, NOW - TWO_YEARS);
    expect(second).toMatchObject({
      rows: [{ id: 'c-101', from: 'ETH', to: 'BTC', kind: 'convert' }],
      cursor: null,
    });
    expect(rest.asked.map((entry) => entry.values['index'])).toEqual([1, 2]);
  });

  it('end where they are older than what was asked for', async () => {
    const { funds } = testFunds({ [CONVERSIONS]: { list: full } });
    const page = await funds.conversions(null, NOW - 10 * DAY);
    expect(page.rows).toHaveLength(11);
    expect(page.cursor).toBeNull();
  });

  it.each(['0', '-1', '1e3', '99999'])('refuse the page %s', async (cursor) => {
    await expect(testFunds().funds.conversions(cursor, 0)).rejects.toMatchObject({ kind: 'badInput' });
  });
});
