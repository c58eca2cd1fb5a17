import { describe, expect, it } from 'vitest';
import { pushTrades, tapeRows } from '../../../../src-renderer/features/trade/tape/tape.ts';
import { trade } from './builders.ts';

describe('the tape', () => {
  it('makes one line of a sweep and says how many trades it holds', () => {
    const rows = tapeRows(
      [trade({ id: 'c', time: 1100 }), trade({ id: 'b', time: 1050, quantity: '0.25' }), trade({ id: 'a' })],
      true,
      10,
    );
    expect(rows).toEqual([expect.objectContaining({ id: 'a', quantity: '0.45', count: 3 })]);
  });

  it('keeps apart another price, another side and another moment', () => {
    const trades = [
      trade({ id: 'd', time: 5000 }),
      trade({ id: 'c', price: '100.2' }),
      trade({ id: 'b', side: 'sell', price: '100.2' }),
      trade({ id: 'a' }),
    ];
    expect(tapeRows(trades, true, 10)).toHaveLength(4);
  });

  it('shows every trade when lines are not to be joined', () => {
    expect(tapeRows([trade({ id: 'b' }), trade({ id: 'a' })], false, 10)).toHaveLength(2);
  });

  it('stops at the limit but still completes the last line', () => {
    const rows = tapeRows(
      [trade({ id: 'c' }), trade({ id: 'b' }), trade({ id: 'a', side: 'sell' })],
      true,
      1,
    );
    expect(rows).toEqual([expect.objectContaining({ count: 2 })]);
  });

  it('puts a batch on top, newest first, and shows a repeated trade once', () => {
    const known = [trade({ id: 'a' })];
    const next = pushTrades(known, [trade({ id: 'a' }), trade({ id: 'b' }), trade({ id: 'c' })], 10);
    expect(next.map((one) => one.id)).toEqual(['c', 'b', 'a']);
  });

  it('keeps no more than it was told to', () => {
    expect(pushTrades([trade({ id: 'a' }), trade({ id: 'b' })], [trade({ id: 'c' })], 2)).toHaveLength(2);
  });
});
