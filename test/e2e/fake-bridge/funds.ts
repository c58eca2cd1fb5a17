/** Money on the move, invented: a coin with a memo, a closed network, an address that is held back. */
import type {
  AssetNetwork,
  BookedAddress,
  FundsAsset,
  FundsMovement,
} from '../../../src-preload/contract/types/funds.ts';
import { answer, refuse, type FakePart } from './fake-state.ts';

const network = (id: string, name: string, over: Partial<AssetNetwork> = {}): AssetNetwork => ({
  id,
  name,
  depositOpen: true,
  withdrawOpen: true,
  confirmations: 12,
  minDeposit: '0.001',
  minWithdrawal: '10',
  withdrawFee: '1',
  withdrawFeeRate: '0',
  precision: 6,
  contractEnd: null,
  ...over,
});

const ASSETS: readonly FundsAsset[] = [
  {
    asset: 'USDT',
    name: 'Tether',
    networks: [
      network('ETH', 'Ethereum (ERC20)', { withdrawFee: '4.5', confirmations: 64, contractEnd: '831ec7' }),
      network('TRX', 'Tron (TRC20)', { contractEnd: 'jLj6t1' }),
      network('AVAXC', 'Avalanche C-Chain', { depositOpen: false, withdrawOpen: false }),
    ],
  },
  {
    asset: 'BTC',
    name: 'Bitcoin',
    networks: [network('BTC', 'Bitcoin', { withdrawFee: '0.0002', minWithdrawal: '0.001', precision: 8 })],
  },
  { asset: 'XRP', name: 'XRP', networks: [network('XRP', 'XRP Ledger', { withdrawFee: '0.25' })] },
];

const ADDRESS = '0xFakeFakeFakeFakeFakeFakeFakeFakeFake0001';
const BOOK: readonly BookedAddress[] = [
  {
    id: 'book-1',
    asset: 'USDT',
    network: 'TRX',
    address: 'TFakeFakeFakeFakeFakeFakeFakeFake01',
    memo: null,
    label: 'Cold wallet',
    usable: true,
  },
  {
    id: 'book-2',
    asset: 'USDT',
    network: 'ETH',
    address: ADDRESS,
    memo: null,
    label: 'New laptop',
    usable: false,
  },
];

const movement = (over: Partial<FundsMovement>): FundsMovement => ({
  id: 'fake-movement-1',
  accountId: 'acc-fake-bybit',
  kind: 'deposit',
  asset: 'USDT',
  amount: '2500',
  fee: null,
  network: 'TRX',
  from: null,
  to: ADDRESS,
  memo: null,
  transactionId: 'fake-transaction-0001',
  state: 'done',
  venueState: '3 (success)',
  confirmations: 20,
  time: 1_795_100_000_000,
  ...over,
});

export const funds: FakePart = (state) => ({
  calls: {
    funds: {
      assets: () => answer(state, ASSETS, []),
      transferable: ({ asset, wallet }) => ({ asset, wallet, amount: '1234.5', asOf: state.now }),
      transfer: ({ asset, amount, from, to }) =>
        movement({ kind: 'transfer', asset, amount, from, to, network: null, time: state.now }),
      depositAddress: ({ asset, network: chain }) => ({
        asset,
        network: chain,
        address: asset === 'XRP' ? 'rFakeFakeFakeFakeFakeFakeFakeFake01' : ADDRESS,
        memo: asset === 'XRP' ? '100200300' : null,
        contractEnd: asset === 'USDT' ? '831ec7' : null,
        fetchedAt: state.now - 4000,
      }),
      copyDepositAddress: () =>
        state.flags.includes('addressChanged')
          ? refuse({
              code: 'funds.addressChanged',
              kind: 'protocol',
              message: 'The venue now names another address than the one shown. Nothing was copied.',
            })
          : null,
      deposits: () =>
        answer(
          state,
          {
            rows: [
              movement({
                state: 'pending',
                venueState: '2 (processing)',
                confirmations: 3,
                time: state.now - 600_000,
              }),
              movement({ id: 'fake-movement-2', asset: 'BTC', amount: '0.25', network: 'BTC' }),
              movement({
                id: 'fake-movement-3',
                state: 'attention',
                venueState: '50 (blocked)',
                amount: '80',
              }),
            ],
            cursor: 'older',
          },
          { rows: [], cursor: null },
        ),
      withdrawals: () =>
        answer(
          state,
          {
            rows: [movement({ kind: 'withdrawal', state: 'pending', venueState: 'SecurityCheck', fee: '1' })],
            cursor: null,
          },
          { rows: [], cursor: null },
        ),
      transfers: () => answer(state, { rows: [], cursor: 'older' }, { rows: [], cursor: null }),
      conversions: () => answer(state, { rows: [], cursor: null }, { rows: [], cursor: null }),
      addressBook: () => answer(state, BOOK, []),
      quoteWithdrawal: ({ asset, network: chain, amount, feeFromAmount }) => ({
        asset,
        network: chain,
        debited: feeFromAmount ? amount : String(Number(amount) + 1),
        fee: '1',
        received: feeFromAmount ? String(Number(amount) - 1) : amount,
        available: '1234.5',
        problems:
          Number(amount) < 10 ? [{ field: 'amount', rule: 'must be at least 10 USDT', nearest: '10' }] : [],
      }),
      convertCoins: ({ from }) =>
        (from === undefined ? ['USDT', 'BTC'] : ['BTC', 'ETH', 'USDC']).map((asset) => ({
          asset,
          available: '1234.5',
          min: '1',
          max: '50000',
          precision: 6,
        })),
      convertQuote: ({ from, to, amount }) => ({
        quoteId: 'fake-quote-1',
        from,
        to,
        fromAmount: amount,
        toAmount: '0.0271',
        rate: '0.0000108',
        expiresAt: state.now + 14_000,
      }),
    },
  },
});
