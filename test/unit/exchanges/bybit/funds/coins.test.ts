import { describe, expect, it } from 'vitest';
import { refuses, testFunds } from './fake-rest.ts';

const INFO = '/v5/asset/coin/query-info';
const ADDRESS = '/v5/asset/deposit/query-address';
const BOOK = '/v5/asset/withdraw/query-address';

const chain = (over: object = {}) => ({
  chain: 'ETH',
  chainType: 'Ethereum',
  confirmation: '6',
  safeConfirmNumber: '64',
  withdrawFee: '3.00',
  withdrawPercentageFee: '0.022',
  withdrawMin: '5',
  withdrawMax: '1000',
  depositMin: '0.5',
  minAccuracy: '8',
  chainDeposit: '1',
  chainWithdraw: '1',
  contractAddress: '0x3c3a81e81dc49a522a592e7622a7e711c06bf354',
  ...over,
});
const info = (...chains: object[]) => ({ rows: [{ coin: 'MNT', name: 'Mantle', chains }] });

describe('the networks of a coin', () => {
  it('carry fees, limits, precision and the end of the contract as plain decimals', async () => {
    const { funds, rest, unknown } = testFunds({ [INFO]: info(chain()) });
    expect(await funds.assets('MNT')).toEqual([
      {
        asset: 'MNT',
        name: 'Mantle',
        networks: [
          {
            id: 'ETH',
            name: 'Ethereum',
            depositOpen: true,
            withdrawOpen: true,
            confirmations: 6,
            minDeposit: '0.5',
            minWithdrawal: '5',
            maxWithdrawal: '1000',
            withdrawFee: '3',
            withdrawFeeRate: '0.022',
            precision: 8,
            contractEnd: '6bf354',
          },
        ],
      },
    ]);
    expect(rest.asked[0]?.values).toEqual({ coin: 'MNT' });
    expect(unknown.list()).toEqual([]);
  });

  it('are not offered for withdrawals when there is no fee, whatever the switch says', async () => {
    const { funds } = testFunds({ [INFO]: info(chain({ withdrawFee: '' })) });
    const [asset] = await funds.assets();
    expect(asset?.networks[0]).toMatchObject({ withdrawFee: null, withdrawOpen: false });
  });

  it('have no limit where Bybit says -1, no contract and no precision where it says nothing', async () => {
    const { funds } = testFunds({
      [INFO]: info(
        chain({ withdrawMax: '-1', contractAddress: '', minAccuracy: '', withdrawPercentageFee: '' }),
      ),
    });
    const [asset] = await funds.assets();
    expect(asset?.networks[0]).toMatchObject({
      maxWithdrawal: null,
      contractEnd: null,
      precision: null,
      withdrawFeeRate: '0',
    });
  });

  it('are closed when Bybit closes them', async () => {
    const { funds } = testFunds({ [INFO]: info(chain({ chainDeposit: '0', chainWithdraw: '0' })) });
    const [asset] = await funds.assets();
    expect(asset?.networks[0]).toMatchObject({ depositOpen: false, withdrawOpen: false });
  });

  it('report a field that we do not know, and refuse an amount that is no decimal', async () => {
    const { funds, rest, unknown } = testFunds({ [INFO]: info(chain({ newFee: '1' })) });
    await funds.assets();
    expect(unknown.list()).toEqual(['coin.chain.newFee']);
    rest.answer(INFO, info(chain({ withdrawFee: 'free' })));
    await expect(funds.assets()).rejects.toMatchObject({ kind: 'protocol' });
    rest.answer(INFO, info(chain({ withdrawFee: 3 })));
    await expect(funds.assets()).rejects.toMatchObject({ code: 'bybit.payload' });
  });
});

describe('a deposit address', () => {
  const answer = (over: object = {}) => ({
    coin: 'XRP',
    chains: [
      {
        chain: 'XRP',
        chainType: 'Ripple',
        addressDeposit: 'test-address-r',
        tagDeposit: '1234',
        batchReleaseLimit: '-1',
        contractAddress: '',
        ...over,
      },
    ],
  });

  it('comes with its memo and is asked by the id of the chain', async () => {
    const { funds, rest } = testFunds({ [ADDRESS]: answer() });
    expect(await funds.depositAddress('XRP', 'XRP')).toMatchObject({
      address: 'test-address-r',
      memo: '1234',
      contractEnd: null,
    });
    expect(rest.asked[0]?.values).toEqual({ coin: 'XRP', chainType: 'XRP' });
  });

  it('has no memo where Bybit sends an empty one', async () => {
    const { funds } = testFunds({ [ADDRESS]: answer({ tagDeposit: '' }) });
    expect((await funds.depositAddress('XRP', 'XRP')).memo).toBeNull();
  });

  it('is refused when it is of another coin or another chain', async () => {
    const { funds } = testFunds({ [ADDRESS]: answer() });
    await expect(funds.depositAddress('USDT', 'XRP')).rejects.toMatchObject({ code: 'bybit.payload' });
    await expect(funds.depositAddress('XRP', 'ETH')).rejects.toMatchObject({ code: 'funds.noAddress' });
  });

  it('says in words that a sub-account gets none', async () => {
    const { funds } = testFunds({ [ADDRESS]: refuses(10005, 'Permission denied', false) });
    await expect(funds.depositAddress('XRP', 'XRP')).rejects.toMatchObject({
      kind: 'permission',
      code: 'funds.masterOnly',
      details: { venueCode: '10005' },
    });
  });
});

describe('the address book', () => {
  const row = (over: object) => ({
    coin: 'USDT',
    chain: 'ETH',
    address: '0xAbC1',
    tag: '',
    remark: 'cold store',
    status: 0,
    addressType: 0,
    verified: 1,
    createdAt: '1760951195',
    ...over,
  });

  it('keeps blocked entries apart, knows universal ones, and follows the pages', async () => {
    const { funds, rest } = testFunds({
      [BOOK]: ({ cursor }: { cursor?: string }) =>
        cursor === undefined
          ? {
              rows: [row({}), row({ coin: 'baseCoin', address: '0xDeF2', status: 1 })],
              nextPageCursor: 'next',
            }
          : { rows: [row({ coin: 'XRP', chain: 'XRP', tag: '77' })], nextPageCursor: '' },
    });
    const all = await funds.addressBook();
    expect(all.map(({ asset, usable, memo }) => ({ asset, usable, memo }))).toEqual([
      { asset: 'USDT', usable: true, memo: null },
      { asset: null, usable: false, memo: null },
      { asset: 'XRP', usable: true, memo: '77' },
    ]);
    expect(new Set(all.map((entry) => entry.id)).size).toBe(3);
    expect((await funds.addressBook('USDT')).map((entry) => entry.asset)).toEqual(['USDT', null]);
    expect(rest.asked.map((entry) => entry.values['cursor'])).toEqual([undefined, 'next', undefined, 'next']);
  });

  it('ends where a cursor leads to itself', async () => {
    const { funds, rest } = testFunds({ [BOOK]: { rows: [row({})], nextPageCursor: 'same' } });
    expect(await funds.addressBook()).toHaveLength(2);
    expect(rest.asked).toHaveLength(2);
  });

  it('gives an entry another id as soon as anything of it changes', async () => {
    const { funds, rest } = testFunds({ [BOOK]: { rows: [row({})] } });
    const [before] = await funds.addressBook();
    rest.answer(BOOK, { rows: [row({ tag: '1' })] });
    const [after] = await funds.addressBook();
    expect(after?.id).not.toBe(before?.id);
  });
});
