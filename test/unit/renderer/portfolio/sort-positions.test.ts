import { describe, expect, it } from 'vitest';
import type { Position } from '../../../../src-preload/contract/types/trading.ts';
import { gridDecimals } from '../../../../src-renderer/features/portfolio/equity-scale.ts';
import { returnOnMargin, sortPositions } from '../../../../src-renderer/features/portfolio/sort-positions.ts';
import { foldRows } from '../../../../src-renderer/features/portfolio/wallet-rows.ts';
import type { WalletRow } from '../../../../src-renderer/features/portfolio/wallet-rows.ts';
import { NOW } from './builders.ts';

const position = (symbol: string, unrealizedPnl: string | null, margin = '100'): Position => ({
  venue: 'practice',
  symbol,
  accountId: 'acc-1',
  side: 'long',
  positionSide: 'net',
  quantity: '1',
  entryPrice: '1',
  markPrice: '1',
  liquidationPrice: null,
  leverage: '1',
  marginMode: 'cross',
  margin,
  unrealizedPnl,
  realizedPnl: '0',
  settle: 'USDT',
  updatedAt: NOW,
});
const positions = [position('B', '-5'), position('C', null), position('A', '12', '1000'), position('D', '9')];
const order = (...parts: Parameters<typeof sortPositions>): string =>
  sortPositions(...parts)
    .map((one) => one.symbol)
    .join('');

describe('sorting positions', () => {
  it('goes by profit as a number, unknown ones last whichever way', () => {
    expect(order(positions, 'unrealizedPnl', 'descending')).toBe('ADBC');
    expect(order(positions, 'unrealizedPnl', 'ascending')).toBe('BDAC');
  });

  it('goes by return on margin', () => {
    expect(order(positions, 'return', 'descending')).toBe('DABC');
    expect(returnOnMargin(position('X', '9', '0'))).toBeNull();
  });

  it('goes by market and leaves the list it was given alone', () => {
    expect(order(positions, 'symbol', 'ascending')).toBe('ABCD');
    expect(positions[0]?.symbol).toBe('B');
  });
});

describe('folding wallets', () => {
  const row = (asset: string, counted = true) => ({ asset, counted }) as WalletRow;
  const many = ['A', 'B', 'C', 'D'].map((asset) => row(asset));

  it('never folds away what is not counted', () => {
    const rows = foldRows([...many, row('X', false)], 2);
    expect(rows.map((one) => one.asset)).toEqual(['A', 'B', 'X']);
  });

  it('does not fold for the sake of one line', () => {
    expect(foldRows(many.slice(0, 3), 2)).toHaveLength(3);
  });
});

describe('labels of the grid', () => {
  it.each([
    [[23_000, 23_500], 0],
    [[0.25, 0.5], 2],
    [[1, 1.1], 1],
    [[0.001, 0.0012], 4],
    [[5], 2],
  ] as const)('of %o have %i decimals', (values, decimals) => {
    expect(gridDecimals(values)).toBe(decimals);
  });
});
