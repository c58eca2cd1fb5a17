/** Open positions of the fake bridge. */
import type { Position } from '../../../src-preload/contract/types/trading.ts';
import { BYBIT_ACCOUNT, PRACTICE_ACCOUNT } from './accounts.ts';
import type { FakeState } from './fake-state.ts';

const PERP = 'BTC/USDT:USDT';
/** The option that the Bybit account holds and has an order in. */
export const OWN_OPTION = 'BTC/USDT:USDT-261121-61000-C';

/** Those of the practice account. */
const practicePositions = (state: FakeState): readonly Position[] => [
  {
    venue: 'practice',
    symbol: PERP,
    accountId: PRACTICE_ACCOUNT,
    side: 'long',
    positionSide: 'net',
    quantity: '0.045',
    entryPrice: '59310.0',
    markPrice: '60121.4',
    liquidationPrice: '53702.5',
    leverage: '10',
    marginMode: 'cross',
    margin: '266.90',
    unrealizedPnl: '36.51',
    realizedPnl: '12.48',
    takeProfit: '62500.0',
    stopLoss: '58200.0',
    settle: 'USDT',
    updatedAt: state.now - 700,
  },
  {
    venue: 'practice',
    symbol: 'ETH/USDT:USDT',
    accountId: PRACTICE_ACCOUNT,
    side: 'short',
    positionSide: 'net',
    quantity: '2.50',
    entryPrice: '3218.40',
    markPrice: '3262.15',
    liquidationPrice: '3841.00',
    leverage: '5',
    marginMode: 'cross',
    margin: '1609.20',
    unrealizedPnl: '-109.38',
    realizedPnl: '-3.20',
    settle: 'USDT',
    updatedAt: state.now - 700,
  },
];

/** A hedged account with one of each kind: without a stop, in coin, and an option. */
const bybitPositions = (state: FakeState): readonly Position[] => [
  {
    venue: 'bybit',
    symbol: PERP,
    accountId: BYBIT_ACCOUNT,
    side: 'long',
    positionSide: 'long',
    quantity: '0.120',
    entryPrice: '60410.0',
    markPrice: '60121.4',
    liquidationPrice: '50120.0',
    leverage: '5',
    marginMode: 'cross',
    margin: '1449.84',
    unrealizedPnl: '-34.63',
    realizedPnl: '4.10',
    takeProfit: null,
    stopLoss: null,
    settle: 'USDT',
    updatedAt: state.now - 700,
  },
  {
    venue: 'bybit',
    symbol: 'BTC/USD:BTC',
    accountId: BYBIT_ACCOUNT,
    side: 'short',
    positionSide: 'net',
    quantity: '25000',
    entryPrice: '61240.0',
    markPrice: '60130.2',
    liquidationPrice: '78411.5',
    leverage: '3',
    marginMode: 'isolated',
    margin: '0.13607664',
    unrealizedPnl: '0.00753531',
    realizedPnl: '-0.00002041',
    takeProfit: '54000.0',
    stopLoss: null,
    settle: 'BTC',
    updatedAt: state.now - 700,
  },
  {
    venue: 'bybit',
    symbol: OWN_OPTION,
    accountId: BYBIT_ACCOUNT,
    side: 'long',
    positionSide: 'net',
    quantity: '0.50',
    entryPrice: '980',
    markPrice: '1210',
    liquidationPrice: null,
    leverage: '1',
    marginMode: 'cross',
    margin: '0',
    unrealizedPnl: '115.00',
    realizedPnl: '-0.92',
    settle: 'USDT',
    updatedAt: state.now - 700,
  },
];

export const allPositions = (state: FakeState): readonly Position[] => [
  ...practicePositions(state),
  ...bybitPositions(state),
];
