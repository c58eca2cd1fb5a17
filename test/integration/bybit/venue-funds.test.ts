/** The loopback venue's own rules of wallets, withdrawals and conversions. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BybitVenue } from '../../exchanges/bybit/venue.ts';
import { get, post, type Envelope } from './raw-client.ts';
import { ALL_RIGHTS, eventually, fundedVenue, UID } from './sdk-support.ts';

const NOW = 1_800_000_000_000;
const WITHDRAW = '/v5/asset/withdraw/create';
const TRANSFER = '/v5/asset/transfer/inter-transfer';
const uuid = (number: number): string => `5a9a1d2e-0000-4000-8000-${String(number).padStart(12, '0')}`;

let venue: BybitVenue;
let now: number;

beforeEach(async () => {
  now = NOW;
  venue = await fundedVenue({ clock: () => now });
  venue.allowAddress(UID, { coin: 'USDT', chain: 'TRX', address: 'test-address' });
  venue.allowAddress(UID, { coin: 'XRP', chain: 'XRP', address: 'test-xrp', tag: '42' });
  venue.allowAddress(UID, { coin: 'USDT', chain: 'ETH', address: 'test-fresh', fresh: true });
});
afterEach(() => venue.dispose());

const withdrawal = (over: object = {}) => ({
  coin: 'USDT',
  chain: 'TRX',
  address: 'test-address',
  amount: '100',
  accountType: 'FUND',
  timestamp: NOW,
  ...over,
});
const withdraw = (over: object = {}): Promise<Envelope> => post(venue, WITHDRAW, withdrawal(over));
const fund = (): Record<string, string> => venue.account(UID).holdings('FUND');

describe('withdrawals', () => {
  it.each([
    ['an address outside the book', { address: 'test-other' }, 131083],
    ['an address that is new in the book', { address: 'test-fresh', chain: 'ETH' }, 131093],
    ['a chain that the address is not on', { chain: 'ETH' }, 131002],
    ['a missing tag', { coin: 'XRP', chain: 'XRP', address: 'test-xrp' }, 131002],
    ['a closed chain', { chain: 'SOL' }, 131088],
    ['an amount below the minimum', { amount: '1' }, 131086],
    ['more than there is', { amount: '6000' }, 131001],
    ['the other name of the wallet', { accountType: 'UNIFIED' }, 10001],
    ['a request id with dashes', { requestId: 'a-b' }, 10001],
    ['a timestamp that is text', { timestamp: String(NOW) }, 10001],
  ])('refuse %s', async (_name, over, retCode) => {
    const before = fund();
    expect(await withdraw(over)).toMatchObject({ retCode });
    expect(fund()).toEqual(before);
  });

  it('take the fee on top or out of the amount', async () => {
    await withdraw({ feeType: 0 });
    expect(fund()['USDT']).toBe('4898.8998999');
    now += 10_000;
    await withdraw({ feeType: 1, timestamp: now });
    expect(fund()['USDT']).toBe('4798.8998999');
    // 100 less the fixed fee and a thousandth of the rest.
    expect(venue.account(UID).withdrawals.at(-1)).toMatchObject({ amount: '98.901', withdrawFee: '1.099' });
  });

  it('take from several wallets in their order', async () => {
    await withdraw({ accountType: 'FUND,UTA', amount: '5500', feeType: 1 });
    expect(fund()).not.toHaveProperty('USDT');
    expect(venue.account(UID).holdings()['USDT']).toBe('199500');
    const id = String(venue.account(UID).withdrawals[0]?.['withdrawId']);
    expect(await post(venue, '/v5/asset/withdraw/cancel', { id })).toMatchObject({ result: { status: 1 } });
    expect([fund()['USDT'], venue.account(UID).holdings()['USDT']]).toEqual(['5000', '200000']);
  });

  it('go out once for a request id, and once in ten seconds for a coin and chain', async () => {
    expect(await withdraw({ requestId: 'one' })).toMatchObject({ retCode: 0 });
    expect(await withdraw({ requestId: 'one' })).toMatchObject({ retCode: 131082 });
    expect(await withdraw({ requestId: 'two' })).toMatchObject({ retCode: 10006 });
    expect(await withdraw({ coin: 'XRP', chain: 'XRP', address: 'test-xrp', tag: '42' })).toMatchObject({
      retCode: 0,
    });
    expect(venue.account(UID).withdrawals).toHaveLength(2);
  });

  it('can be cancelled only until they are on their way, and give back what failed', async () => {
    const { result } = await withdraw();
    const id = String(result['id']);
    venue.moveWithdrawal(UID, id, 'Pending');
    expect(await post(venue, '/v5/asset/withdraw/cancel', { id })).toMatchObject({ result: { status: 0 } });
    venue.moveWithdrawal(UID, id, 'Fail');
    expect(fund()['USDT']).toBe('5000');
    expect(venue.moveWithdrawal(UID, id, 'success')).toBe(false);
  });

  it('need a master key with the right', async () => {
    const secret = 'test-secret-x';
    venue.addKey({ key: 'test-key-sub', secret, uid: UID, isMaster: false, permissions: ALL_RIGHTS });
    venue.addKey({ key: 'test-key-trade', secret, uid: UID });
    for (const key of ['test-key-sub', 'test-key-trade']) {
      expect(await post(venue, WITHDRAW, withdrawal(), { key, secret })).toMatchObject({ retCode: 10005 });
    }
    const book = '/v5/asset/withdraw/query-address';
    expect(await get(venue, book, '', { key: 'test-key-trade', secret })).toMatchObject({ retCode: 10005 });
    expect((await get(venue, book)).result['rows']).toHaveLength(3);
  });
});

describe('transfers', () => {
  const move = (transferId: string, over: object = {}): Promise<Envelope> =>
    post(venue, TRANSFER, {
      transferId,
      coin: 'USDT',
      amount: '100',
      fromAccountType: 'FUND',
      toAccountType: 'UNIFIED',
      ...over,
    });

  it('happen once for an id and keep the sum', async () => {
    expect(await move(uuid(1))).toMatchObject({ result: { status: 'SUCCESS' } });
    expect(await move(uuid(1))).toMatchObject({ retCode: 131214 });
    expect([fund()['USDT'], venue.account(UID).holdings()['USDT']]).toEqual(['4900', '200100']);
    const list = await get(venue, '/v5/asset/transfer/query-inter-transfer-list', `transferId=${uuid(1)}`);
    expect(list.result.list).toMatchObject([{ amount: '100', status: 'SUCCESS' }]);
  });

  it('refuse an id that is no UUID, too much, and what backs a position', async () => {
    expect(await move('one')).toMatchObject({ retCode: 10001 });
    expect(await move(uuid(2), { amount: '5000.01' })).toMatchObject({ retCode: 131212 });
    const order = {
      category: 'linear',
      symbol: 'BTCUSDT',
      side: 'Buy',
      orderType: 'Limit',
      qty: '30',
      price: '64000',
    };
    await post(venue, '/v5/order/create', order);
    const out = { fromAccountType: 'UNIFIED', toAccountType: 'FUND', amount: '200000' };
    expect(await move(uuid(3), out)).toMatchObject({ retCode: 131212 });
    // 30 x 64000 at 10x is spoken for.
    expect((await get(venue, '/v5/account/withdrawal', 'coinName=USDT')).result).toMatchObject({
      availableWithdrawal: '8000',
    });
  });

  it('between accounts want member ids that are numbers', async () => {
    const body = {
      transferId: uuid(4),
      coin: 'USDT',
      amount: '10',
      fromAccountType: 'FUND',
      toAccountType: 'UNIFIED',
    };
    const path = '/v5/asset/transfer/universal-transfer';
    expect(await post(venue, path, { ...body, fromMemberId: UID, toMemberId: '1002' })).toMatchObject({
      retCode: 10001,
    });
    expect(await post(venue, path, { ...body, fromMemberId: 1001, toMemberId: 1002 })).toMatchObject({
      retCode: 0,
    });
    expect(venue.account('1002').holdings()).toEqual({ USDT: '10' });
  });
});

describe('conversions', () => {
  const ACCOUNT = 'eb_convert_uta';
  const quote = (): Promise<Envelope> =>
    post(venue, '/v5/asset/exchange/quote-apply', {
      accountType: ACCOUNT,
      fromCoin: 'BTC',
      toCoin: 'USDT',
      requestCoin: 'BTC',
      requestAmount: '1',
    });
  const execute = (quoteTxId: unknown): Promise<Envelope> =>
    post(venue, '/v5/asset/exchange/convert-execute', { quoteTxId });

  it('are quoted, executed, and their result is asked for', async () => {
    const { result } = await quote();
    expect(result).toMatchObject({
      exchangeRate: '64935',
      toAmount: '64935',
      expiredTime: String(NOW + 15_000),
    });
    const { quoteTxId } = result;
    expect(await execute(quoteTxId)).toMatchObject({ result: { exchangeStatus: 'processing' } });
    expect(await execute(quoteTxId)).toMatchObject({ retCode: 700009 });
    await eventually(() => venue.account(UID).holdings()['BTC'] === '2');
    expect(venue.account(UID).holdings()['USDT']).toBe('264935');
    const answer = await get(
      venue,
      '/v5/asset/exchange/convert-result-query',
      `quoteTxId=${String(quoteTxId)}&accountType=${ACCOUNT}`,
    );
    expect(answer.result).toMatchObject({ result: { exchangeStatus: 'success', toAmount: '64935' } });
  });

  it('refuse a quote that is too old', async () => {
    const { result } = await quote();
    now += 15_001;
    expect(await execute(result['quoteTxId'])).toMatchObject({ retCode: 700008 });
    expect(venue.account(UID).holdings()['BTC']).toBe('3');
  });
});

it('deposits show in the record before they are credited', async () => {
  venue.chainDeposit(UID, { coin: 'USDT', chain: 'TRX', amount: '7', status: 1 });
  expect(fund()['USDT']).toBe('5000');
  venue.chainDeposit(UID, { coin: 'USDT', chain: 'TRX', amount: '8' });
  expect(fund()['USDT']).toBe('5008');
  const { result } = await get(venue, '/v5/asset/deposit/query-record', 'coin=USDT');
  expect((result['rows'] as Record<string, unknown>[]).map((row) => [row['amount'], row['status']])).toEqual([
    ['8', 3],
    ['7', 1],
  ]);
});
