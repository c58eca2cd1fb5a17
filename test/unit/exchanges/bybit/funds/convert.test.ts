import { describe, expect, it } from 'vitest';
import { NOW, loses, refuses, testFunds } from './fake-rest.ts';

const COINS = '/v5/asset/exchange/query-coin-list';
const QUOTE = '/v5/asset/exchange/quote-apply';
const EXECUTE = '/v5/asset/exchange/convert-execute';
const RESULT = '/v5/asset/exchange/convert-result-query';

const coin = (over: object = {}) => ({
  coin: 'ETH',
  fullName: 'Ethereum',
  icon: '',
  iconNight: '',
  accuracyLength: 8,
  coinType: 'crypto',
  balance: '0.80',
  uBalance: '1',
  timePeriod: 0,
  singleFromMinLimit: '0.01',
  singleFromMaxLimit: '250',
  singleToMinLimit: '0',
  singleToMaxLimit: '0',
  dailyFromMinLimit: '0',
  dailyFromMaxLimit: '0',
  dailyToMinLimit: '0',
  dailyToMaxLimit: '0',
  disableFrom: false,
  disableTo: false,
  ...over,
});
const quote = {
  quoteTxId: 'q-1',
  exchangeRate: '0.053517914861880000',
  fromCoin: 'ETH',
  fromCoinType: 'crypto',
  toCoin: 'BTC',
  toCoinType: 'crypto',
  fromAmount: '0.1',
  toAmount: '0.005351791486188000',
  expiredTime: String(NOW + 15_000),
  requestId: 'x',
  extTaxAndFee: [],
};
const result = (exchangeStatus: string) => ({
  result: {
    accountType: 'eb_convert_uta',
    exchangeTxId: 'q-1',
    userId: '1',
    fromCoin: 'ETH',
    fromCoinType: 'crypto',
    fromAmount: '0.1',
    toCoin: 'BTC',
    toCoinType: 'crypto',
    toAmount: '0.0053',
    exchangeStatus,
    extInfo: {},
    convertRate: '0.053',
    createdAt: String(NOW),
  },
});
const ACK = { quoteTxId: 'q-1', exchangeStatus: 'processing' };

describe('coins to convert', () => {
  it('are asked by wallet and side, without those that are switched off', async () => {
    const { funds, rest, unknown } = testFunds({
      [COINS]: {
        coins: [coin(), coin({ coin: 'OFF', disableFrom: true }), coin({ coin: 'NOTO', disableTo: true })],
      },
    });
    const from = await funds.convertCoins('unified');
    expect(from.map((entry) => entry.asset)).toEqual(['ETH', 'NOTO']);
    expect(from[0]).toEqual({ asset: 'ETH', available: '0.8', min: '0.01', max: '250', precision: 8 });
    expect((await funds.convertCoins('funding', 'BTC')).map((entry) => entry.asset)).toEqual(['ETH', 'OFF']);
    expect(rest.asked.map((entry) => entry.values)).toEqual([
      { accountType: 'eb_convert_uta', side: 0, coin: undefined },
      { accountType: 'eb_convert_funding', side: 1, coin: 'BTC' },
    ]);
    expect(unknown.list()).toEqual([]);
  });
});

describe('a quote', () => {
  it('says what is given, what comes, and until when', async () => {
    const { funds, rest } = testFunds({ [QUOTE]: quote });
    expect(await funds.convertQuote('unified', 'ETH', 'BTC', '0.1')).toEqual({
      quoteId: 'q-1',
      from: 'ETH',
      to: 'BTC',
      fromAmount: '0.1',
      toAmount: '0.005351791486188',
      rate: '0.05351791486188',
      expiresAt: NOW + 15_000,
    });
    expect(rest.posted(QUOTE)[0]).toMatchObject({ requestCoin: 'ETH', requestAmount: '0.1' });
    expect(String(rest.posted(QUOTE)[0]?.['requestId']).length).toBeLessThanOrEqual(36);
    // Only asked: a lost answer has changed nothing.
    expect(rest.asked[0]?.call).toMatchObject({ acts: false });
  });

  it('for other coins than those asked for is refused', async () => {
    const { funds } = testFunds({ [QUOTE]: { ...quote, toCoin: 'USDT' } });
    await expect(funds.convertQuote('unified', 'ETH', 'BTC', '0.1')).rejects.toMatchObject({
      kind: 'protocol',
    });
  });
});

describe('carrying a quote out', () => {
  it('waits until the venue is through with it', async () => {
    let looks = 0;
    const { funds, rest } = testFunds({
      [EXECUTE]: ACK,
      [RESULT]: () => result(++looks < 3 ? 'processing' : 'success'),
    });
    expect(await funds.convert('unified', 'q-1')).toEqual({
      quoteId: 'q-1',
      state: 'done',
      fromAmount: '0.1',
      toAmount: '0.0053',
    });
    expect(rest.posted(EXECUTE)).toEqual([{ quoteTxId: 'q-1' }]);
    expect(rest.asked.at(-1)?.values).toEqual({ quoteTxId: 'q-1', accountType: 'eb_convert_uta' });
  });

  it('answers "pending" while it is, and "failed" when it did', async () => {
    const { funds, rest } = testFunds({ [EXECUTE]: ACK, [RESULT]: result('processing') });
    expect((await funds.convert('unified', 'q-1')).state).toBe('pending');
    rest.answer(RESULT, result('failure'));
    expect((await funds.convert('unified', 'q-2')).state).toBe('failed');
  });

  it('that lost its answer asks for the result and does not execute again', async () => {
    const { funds, rest } = testFunds({ [EXECUTE]: loses, [RESULT]: result('success') });
    expect((await funds.convert('unified', 'q-1')).state).toBe('done');
    expect(rest.posted(EXECUTE)).toHaveLength(1);
  });

  it('that nobody knows of is unknown, and asking again only looks', async () => {
    const { funds, rest } = testFunds({
      [EXECUTE]: loses,
      [RESULT]: refuses(700001, 'no such quote', false),
    });
    await expect(funds.convert('unified', 'q-1')).rejects.toMatchObject({ kind: 'unknownOutcome' });
    rest.answer(RESULT, result('success'));
    expect((await funds.convert('unified', 'q-1')).state).toBe('done');
    expect(rest.posted(EXECUTE)).toHaveLength(1);
  });

  it('that has expired is a clear error, from the venue and before asking it', async () => {
    const { funds, rest, clock } = testFunds({ [EXECUTE]: refuses(700008), [QUOTE]: quote });
    await expect(funds.convert('unified', 'q-9')).rejects.toMatchObject({ code: 'bybit.quoteExpired' });
    await funds.convertQuote('unified', 'ETH', 'BTC', '0.1');
    clock.now += 15_000;
    await expect(funds.convert('unified', 'q-1')).rejects.toMatchObject({
      code: 'bybit.quoteExpired',
      details: { action: 'newQuote' },
    });
    expect(rest.posted(EXECUTE)).toHaveLength(1);
  });

  it('that was used already is looked up', async () => {
    const { funds } = testFunds({ [EXECUTE]: refuses(700009), [RESULT]: result('success') });
    expect((await funds.convert('unified', 'q-1')).state).toBe('done');
  });

  it('twice at once is executed once', async () => {
    const { funds, rest } = testFunds({ [EXECUTE]: ACK, [RESULT]: result('success') });
    await Promise.all([funds.convert('unified', 'q-1'), funds.convert('unified', 'q-1')]);
    expect(rest.posted(EXECUTE)).toHaveLength(1);
  });

  it('is told as it is known: null where Bybit has no result', async () => {
    const { funds } = testFunds({ [RESULT]: { result: null } });
    expect(await funds.convertResult('unified', 'q-1')).toBeNull();
  });
});
