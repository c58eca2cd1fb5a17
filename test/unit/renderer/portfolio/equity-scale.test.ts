import { describe, expect, it } from 'vitest';
import { nearest, niceScale, plot } from '../../../../src-renderer/features/portfolio/equity-scale.ts';
import { withPresent } from '../../../../src-renderer/features/portfolio/use-equity.ts';
import { NOW, account, portfolio } from './builders.ts';

const frame = { width: 100, height: 60, top: 5, right: 0, bottom: 5, left: 0 };
const points = (...values: string[]) =>
  values.map((equity, index) => ({ time: NOW + index * 1000, equity, accounts: ['acc-1'] }));

describe('equity curve', () => {
  it('spans the frame from the oldest to the newest point, higher equity higher up', () => {
    const curve = plot(points('100', '110', '105'), frame);
    expect(curve.points.map((point) => point.x)).toEqual([0, 50, 100]);
    const [low, high, middle] = curve.points.map((point) => point.y);
    expect(high).toBeLessThan(middle ?? 0);
    expect(middle).toBeLessThan(low ?? 0);
    expect(Math.min(high ?? 0)).toBeGreaterThanOrEqual(5);
    expect(Math.max(low ?? 0)).toBeLessThanOrEqual(55);
  });

  it('puts points in order of time, whatever order they came in', () => {
    const shuffled = plot([...points('1', '2', '3')].reverse(), frame);
    expect(shuffled.points.map((point) => point.point.equity)).toEqual(['1', '2', '3']);
  });

  it('breaks the line where snapshots are missing', () => {
    const regular = points('1', '2', '3', '4');
    const late = { time: NOW + 60_000, equity: '5', accounts: ['acc-1'] };
    const later = { time: NOW + 61_000, equity: '6', accounts: ['acc-1'] };
    expect(plot(regular, frame).line.match(/M/g)).toHaveLength(1);
    expect(plot([...regular, late, later], frame).line.match(/M/g)).toHaveLength(2);
  });

  it('breaks and is marked where another account begins to be in it', () => {
    const both = { time: NOW + 4000, equity: '900', accounts: ['acc-1', 'acc-2'] };
    const curve = plot([...points('1', '2', '3', '4'), both, { ...both, time: NOW + 5000 }], frame);
    expect(curve.marks).toEqual([80]);
    expect(curve.line.match(/M/g)).toHaveLength(2);
    expect(plot(points('1', '900'), frame).marks).toEqual([]);
  });

  it('draws nothing from a single snapshot', () => {
    expect(plot(points('1'), frame)).toEqual({ points: [], line: '', area: '', marks: [], grid: [] });
    expect(plot([], frame).points).toEqual([]);
  });

  it('keeps a flat line inside the frame', () => {
    const curve = plot(points('10', '10'), frame);
    expect(curve.points[0]?.y).toBe(30);
    expect(curve.line).not.toContain('NaN');
  });

  it.each([
    [0, 1],
    [9_990, 10_010],
    [-5, 5],
    [0.0001, 0.0002],
    [0, 0],
  ])('has 2 to 6 grid lines inside the limits for %d to %d', (low, high) => {
    const scale = niceScale(low, high);
    expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
    expect(scale.ticks.length).toBeLessThanOrEqual(6);
    for (const tick of scale.ticks) {
      expect(tick).toBeGreaterThanOrEqual(scale.low);
      expect(tick).toBeLessThanOrEqual(scale.high);
    }
  });

  it('finds the point under the pointer', () => {
    const curve = plot(points('1', '2', '3'), frame);
    expect(nearest(curve.points, -20)).toBe(0);
    expect(nearest(curve.points, 60)).toBe(1);
    expect(nearest(curve.points, 99)).toBe(2);
    expect(nearest([], 5)).toBe(-1);
  });
});

describe('the curve and the total in the header', () => {
  const stored = points('90', '95');

  it('ends at the total that is shown', () => {
    const view = portfolio({ total: '99', asOf: NOW + 5000 });
    expect(withPresent(stored, view).at(-1)).toEqual({ time: NOW + 5000, equity: '99', accounts: ['acc-1'] });
  });

  it('tells the accounts that count now from those of the stored points', () => {
    const accounts = [
      account({ accountId: 'z' }),
      account({ accountId: 'b' }),
      account({ accountId: 'play', counted: false, notCountedReason: 'playMoney' }),
    ];
    const view = portfolio({ total: '99', asOf: NOW + 5000, accounts });
    expect(withPresent(stored, view).at(-1)?.accounts).toEqual(['b', 'z']);
  });

  it('does not invent a point while the total is unknown or older than the last snapshot', () => {
    expect(withPresent(stored, portfolio({ total: null, asOf: NOW + 5000 }))).toEqual(stored);
    expect(withPresent(stored, portfolio({ total: '99', asOf: NOW }))).toEqual(stored);
    expect(withPresent(null, portfolio())).toEqual([]);
  });
});
