import type {
  AccountFigures,
  Holding,
  PortfolioView,
} from '../../../../src-preload/contract/types/portfolio.ts';
import type { Balance } from '../../../../src-preload/contract/types/trading.ts';

export const NOW = 1_780_000_000_000;

export const holding = (asset: string, total: string, value: string | null): Holding => ({
  asset,
  total,
  available: total,
  held: '0',
  value,
  share: null,
  pricePath: value === null ? [] : [`${asset}/USDT`],
});

export const balance = (asset: string, total: string, change: Partial<Balance> = {}): Balance => ({
  accountId: 'acc-1',
  wallet: 'spot',
  asset,
  total,
  available: total,
  held: '0',
  counted: true,
  updatedAt: NOW,
  ...change,
});

export const account = (change: Partial<AccountFigures> = {}): AccountFigures => ({
  accountId: 'acc-1',
  equity: '100',
  counted: true,
  holdings: [],
  balances: [],
  positions: [],
  asOf: NOW,
  state: 'live',
  ...change,
});

export const portfolio = (change: Partial<PortfolioView> = {}): PortfolioView => ({
  currency: 'USD',
  total: '100',
  changeToday: '1',
  changeTodayFraction: '0.01',
  unrealizedPnl: '0',
  holdings: [],
  accounts: [account()],
  asOf: NOW,
  missing: [],
  ...change,
});
