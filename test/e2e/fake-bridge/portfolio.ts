import type {
  AccountFigures,
  EquityPoint,
  EquityRange,
  Holding,
  PortfolioView,
} from '../../../src-preload/contract/types/portfolio.ts';
import type { Balance, Position } from '../../../src-preload/contract/types/trading.ts';
import { BYBIT_ACCOUNT, PRACTICE_ACCOUNT } from './accounts.ts';
import { answer, pending, type FakePart, type FakeState } from './fake-state.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const balance = (
  state: FakeState,
  accountId: string,
  wallet: string,
  asset: string,
  [total, held]: readonly [string, string],
  available: string,
  change: Partial<Balance> = {},
): Balance => ({
  accountId,
  wallet,
  asset,
  total,
  held,
  available,
  counted: true,
  updatedAt: state.now - 4000,
  ...change,
});

const balances = (state: FakeState): readonly Balance[] => [
  balance(state, PRACTICE_ACCOUNT, 'spot', 'BTC', ['0.10450000', '0.0150'], '0.0895'),
  balance(state, PRACTICE_ACCOUNT, 'spot', 'USDT', ['8412.5531', '902.00'], '7510.5531'),
  balance(state, PRACTICE_ACCOUNT, 'spot', 'ETH', ['1.2', '0'], '1.2'),
  balance(state, PRACTICE_ACCOUNT, 'spot', 'EUR', ['1000', '0'], '1000'),
  balance(state, PRACTICE_ACCOUNT, 'spot', 'SOL', ['14.25', '0'], '14.25'),
  balance(state, PRACTICE_ACCOUNT, 'spot', 'DOGE', ['820', '0'], '820'),
  balance(state, PRACTICE_ACCOUNT, 'spot', 'XRP', ['60', '0'], '60'),
  balance(state, PRACTICE_ACCOUNT, 'spot', 'ADA', ['0', '0'], '0'),
];
const bybitBalances = (state: FakeState): readonly Balance[] => [
  balance(state, BYBIT_ACCOUNT, 'unified', 'USDT', ['2310.4', '0'], '2310.4'),
  balance(state, BYBIT_ACCOUNT, 'earn', 'USDC', ['500', '0'], '0', {
    counted: false,
    notCountedReason: 'Holdfast does not know how this wallet type is valued.',
  }),
];

const holding = (
  asset: string,
  total: string,
  held: string,
  value: string | null,
  share: string | null,
  pricePath: readonly string[],
): Holding => ({ asset, total, available: total, held, value, share, pricePath });

const holdings = (partial: boolean): readonly Holding[] => [
  holding(
    'USDT',
    partial ? '8412.5531' : '10722.9531',
    '902.00',
    partial ? '8409.19' : '10718.66',
    '0.3921',
    ['USDT/USD'],
  ),
  holding('BTC', '0.10450000', '0.0150', '6283.40', '0.3062', ['BTC/USDT', 'USDT/USD']),
  holding('ETH', '1.2', '0', '3912.66', '0.1907', ['ETH/USDT', 'USDT/USD']),
  holding('SOL', '14.25', '0', '1994.29', '0.0972', ['SOL/USDT', 'USDT/USD']),
  holding('EUR', '1000', '0', '1087.40', '0.0530', ['EUR/USDT', 'USDT/USD']),
  holding('DOGE', '820', '0', '113.98', '0.0056', ['DOGE/USDT', 'USDT/USD']),
  holding('XRP', '60', '0', '129.60', '0.0063', ['XRP/USDT', 'USDT/USD']),
];

const position = (state: FakeState, symbol: string, change: Partial<Position>): Position => ({
  accountId: PRACTICE_ACCOUNT,
  venue: 'practice',
  symbol,
  side: 'long',
  positionSide: 'net',
  quantity: '0.045',
  entryPrice: '59310.0',
  markPrice: '60121.4',
  liquidationPrice: '48210.5',
  leverage: '5',
  marginMode: 'cross',
  margin: '533.79',
  unrealizedPnl: '36.51',
  realizedPnl: '12.10',
  settle: 'USDT',
  updatedAt: state.now - 1200,
  ...change,
});
const positions = (state: FakeState): readonly Position[] => [
  position(state, 'BTC/USDT:USDT', {}),
  position(state, 'ETH/USDT:USDT', {
    side: 'short',
    quantity: '1.50',
    entryPrice: '3218.40',
    markPrice: '3262.15',
    liquidationPrice: '3891.20',
    leverage: '3',
    margin: '1609.20',
    unrealizedPnl: '-65.63',
  }),
];

function accountFigures(state: FakeState): readonly AccountFigures[] {
  const old = state.name === 'stale';
  const asOf = state.now - (old ? 14 * MINUTE : 4000);
  const practice: AccountFigures = {
    accountId: PRACTICE_ACCOUNT,
    equity: '21901.32',
    balances: balances(state),
    positions: positions(state),
    asOf,
    state: old ? 'stale' : 'live',
  };
  const bybit: AccountFigures = {
    accountId: BYBIT_ACCOUNT,
    equity: '2309.47',
    balances: bybitBalances(state),
    positions: [],
    asOf,
    state: old ? 'stale' : 'live',
  };
  if (!state.flags.includes('partlyFailed')) return [practice, bybit];
  const reason = 'The venue did not answer within 10 s.';
  return [practice, { ...bybit, equity: null, asOf: state.now - 3 * HOUR, state: 'failed', error: reason }];
}

function view(state: FakeState, currency: string): PortfolioView {
  const partial = state.flags.includes('partlyFailed');
  const accounts = accountFigures(state);
  return {
    currency,
    total: partial ? null : '24210.79',
    changeToday: partial ? null : '184.22',
    changeTodayFraction: partial ? null : '0.007667',
    unrealizedPnl: '-29.12',
    holdings: state.flags.includes('unpriced')
      ? [...holdings(partial), holding('XYZ', '1250', '0', null, null, [])]
      : holdings(partial),
    accounts,
    asOf: accounts[0]?.asOf ?? null,
    missing: partial ? ['Bybit main'] : [],
  };
}

const emptyView = (state: FakeState, currency: string): PortfolioView => ({
  currency,
  total: state.flags.includes('noAccount') ? null : '0',
  changeToday: null,
  changeTodayFraction: null,
  unrealizedPnl: '0',
  holdings: [],
  accounts: state.flags.includes('noAccount')
    ? []
    : [
        {
          accountId: PRACTICE_ACCOUNT,
          equity: '0',
          balances: [],
          positions: [],
          asOf: state.now - 4000,
          state: 'live',
        },
      ],
  asOf: state.now - 4000,
  missing: [],
});

const SPANS: Readonly<Record<EquityRange, number>> = {
  '1D': DAY,
  '1W': 7 * DAY,
  '1M': 30 * DAY,
  '1Y': 365 * DAY,
  all: 500 * DAY,
};

const END_WAVE = Math.sin(9) * 0.9 + Math.sin(24) * 0.35 + Math.sin(61) * 0.12;

/** A course that looks like one: sums of sines, so that it is the same in every picture. */
function equity(state: FakeState, range: EquityRange): readonly EquityPoint[] {
  const count = 180;
  const span = SPANS[range];
  return Array.from({ length: count }, (_, index) => {
    const at = index / (count - 1);
    const wave = Math.sin(at * 9) * 0.9 + Math.sin(at * 23 + 1) * 0.35 + Math.sin(at * 61) * 0.12;
    const value = 24_208 - (1 - at) * 950 + (wave - END_WAVE) * 260;
    return { time: Math.round(state.now - (1 - at) * span - 60_000), equity: value.toFixed(2) };
  });
}

export const portfolio: FakePart = (state) => {
  const currency = state.settings.currency ?? 'USD';
  return {
    calls: {
      portfolio: {
        view: () => answer(state, view(state, currency), emptyView(state, currency)),
        refresh: () => answer(state, view(state, currency), emptyView(state, currency)),
        equity: ({ range }) =>
          state.flags.includes('slowCurve') ? pending() : answer(state, equity(state, range), []),
      },
    },
    topics: {
      portfolio: {
        view: (_params, emit) => {
          if (state.name === 'full' || state.name === 'stale') emit(view(state, currency));
          return () => undefined;
        },
      },
    },
  };
};
