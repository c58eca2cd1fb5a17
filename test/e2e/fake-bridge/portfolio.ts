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

/** Real money: what the page is about. */
const bybitBalances = (state: FakeState): readonly Balance[] => [
  balance(state, BYBIT_ACCOUNT, 'unified', 'BTC', ['0.10450000', '0.0150'], '0.0895'),
  balance(state, BYBIT_ACCOUNT, 'unified', 'USDT', ['8412.5531', '902.00'], '7510.5531'),
  balance(state, BYBIT_ACCOUNT, 'unified', 'ETH', ['1.2', '0'], '1.2'),
  balance(state, BYBIT_ACCOUNT, 'unified', 'EUR', ['1000', '0'], '1000'),
  balance(state, BYBIT_ACCOUNT, 'unified', 'SOL', ['14.25', '0'], '14.25'),
  balance(state, BYBIT_ACCOUNT, 'unified', 'DOGE', ['820', '0'], '820'),
  balance(state, BYBIT_ACCOUNT, 'unified', 'XRP', ['60', '0'], '60'),
  balance(state, BYBIT_ACCOUNT, 'unified', 'ADA', ['0', '0'], '0'),
  balance(state, BYBIT_ACCOUNT, 'funding', 'USDT', ['2310.4', '0'], '2310.4'),
  balance(state, BYBIT_ACCOUNT, 'earn', 'USDC', ['500', '0'], '0', {
    counted: false,
    notCountedReason: 'Holdfast does not know how this wallet type is valued.',
  }),
];
const practiceBalances = (state: FakeState): readonly Balance[] => [
  balance(state, PRACTICE_ACCOUNT, 'spot', 'USDT', ['100000', '0'], '100000'),
  balance(state, PRACTICE_ACCOUNT, 'spot', 'BTC', ['0.5', '0'], '0.5'),
];

const holding = (
  asset: string,
  total: string,
  held: string,
  value: string | null,
  share: string | null,
  pricePath: readonly string[],
): Holding => ({ asset, total, available: total, held, value, share, pricePath });

const holdings: readonly Holding[] = [
  holding('USDT', '10722.9531', '902.00', '10718.66', '0.4421', ['USDT/USD']),
  holding('BTC', '0.10450000', '0.0150', '6283.40', '0.2592', ['BTC/USDT', 'USDT/USD']),
  holding('ETH', '1.2', '0', '3912.66', '0.1614', ['ETH/USDT', 'USDT/USD']),
  holding('SOL', '14.25', '0', '1994.29', '0.0823', ['SOL/USDT', 'USDT/USD']),
  holding('EUR', '1000', '0', '1087.40', '0.0449', ['EUR/USDT', 'USDT/USD']),
  holding('XRP', '60', '0', '129.60', '0.0053', ['XRP/USDT', 'USDT/USD']),
  holding('DOGE', '820', '0', '113.98', '0.0047', ['DOGE/USDT', 'USDT/USD']),
];
const practiceHoldings: readonly Holding[] = [
  holding('USDT', '100000', '0', '99960', '0.7686', ['USDT/USD']),
  holding('BTC', '0.5', '0', '30090', '0.2314', ['BTC/USDT', 'USDT/USD']),
];

const position = (state: FakeState, symbol: string, change: Partial<Position>): Position => ({
  accountId: BYBIT_ACCOUNT,
  venue: 'bybit',
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
    equity: '130050',
    counted: false,
    notCountedReason: 'playMoney',
    holdings: practiceHoldings,
    balances: practiceBalances(state),
    positions: [],
    asOf,
    state: old ? 'stale' : 'live',
  };
  const bybit: AccountFigures = {
    accountId: BYBIT_ACCOUNT,
    equity: '24210.87',
    counted: true,
    holdings: holdingsIn(state),
    balances: bybitBalances(state),
    positions: positions(state),
    asOf,
    state: old ? 'stale' : 'live',
  };
  if (!state.flags.includes('partlyFailed')) return [practice, bybit];
  const reason = 'The venue did not answer within 10 s.';
  return [practice, { ...bybit, equity: null, asOf: state.now - 3 * HOUR, state: 'failed', error: reason }];
}

const holdingsIn = (state: FakeState): readonly Holding[] =>
  state.flags.includes('unpriced') ? [...holdings, holding('XYZ', '1250', '0', null, null, [])] : holdings;

function view(state: FakeState, currency: string): PortfolioView {
  const partial = state.flags.includes('partlyFailed');
  const accounts = accountFigures(state);
  return {
    currency,
    total: partial ? null : '24210.87',
    changeToday: partial ? null : '184.22',
    changeTodayFraction: partial ? null : '0.007667',
    unrealizedPnl: '-29.12',
    holdings: holdingsIn(state),
    accounts,
    asOf: accounts[1]?.asOf ?? null,
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
          counted: true,
          holdings: [],
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
    const isBoth = !state.flags.includes('accountJoined') || at > 0.6;
    return {
      time: Math.round(state.now - (1 - at) * span - 60_000),
      equity: (isBoth ? value : value - 3200).toFixed(2),
      accounts: isBoth ? [BYBIT_ACCOUNT] : ['acc-fake-earlier'],
    };
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
