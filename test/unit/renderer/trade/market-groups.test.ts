import { describe, expect, it } from 'vitest';
import type { Instrument } from '../../../../src-preload/contract/types/market.ts';
import {
  arrangeMarkets,
  byTurnover,
  entriesOf,
  groupOf,
  type MarketEntry,
  type NamedEntry,
} from '../../../../src-renderer/features/trade/market/market-groups.ts';
import { PERPETUAL, SPOT } from './builders.ts';

const option = (base: string, strike: string): Instrument => ({
  ...PERPETUAL,
  symbol: `${base}/USDT:USDT-261225-${strike}-C`,
  kind: 'option',
  base,
  strike,
  expiry: 1,
  optionType: 'call',
});
const perpetual = (base: string): Instrument => ({ ...PERPETUAL, base, symbol: `${base}/USDT:USDT` });
const name = (entry: MarketEntry): NamedEntry => ({
  entry,
  label: entry.kind === 'chain' ? `${entry.base} options` : entry.instrument.symbol,
  hint: entry.group,
});
const labels = (rows: readonly NamedEntry[]): string[] => rows.map(({ label }) => label);

describe('the list of markets', () => {
  it('tells perpetual, dated, inverse, spot and option apart', () => {
    expect(groupOf(PERPETUAL)).toBe('perpetual');
    expect(groupOf({ kind: 'linear', expiry: 1 })).toBe('future');
    expect(groupOf({ kind: 'inverse', expiry: 1 })).toBe('future');
    expect(groupOf({ kind: 'inverse' })).toBe('inverse');
    expect(groupOf(SPOT)).toBe('spot');
  });

  it('holds one entry for all options on a coin', () => {
    const entries = entriesOf([option('BTC', '1'), SPOT, option('ETH', '1'), option('BTC', '2')]);
    expect(entries.filter((one) => one.kind === 'chain')).toEqual([
      { kind: 'chain', group: 'option', venue: 'practice', base: 'BTC', count: 2 },
      { kind: 'chain', group: 'option', venue: 'practice', base: 'ETH', count: 1 },
    ]);
    expect(entries).toHaveLength(3);
  });

  it('puts the most traded first, compared exactly and not as floats', () => {
    const named = ['A', 'B', 'C', 'D'].map((base) => name(entriesOf([perpetual(base)])[0] as MarketEntry));
    const turnover = new Map([
      ['practice|A/USDT:USDT', '9007199254740993.1'],
      ['practice|B/USDT:USDT', '9007199254740993.2'],
      ['practice|D/USDT:USDT', '10000000000000000'],
    ]);
    expect(labels(byTurnover(named, turnover))).toEqual([
      'D/USDT:USDT',
      'B/USDT:USDT',
      'A/USDT:USDT',
      'C/USDT:USDT',
    ]);
  });

  it('keeps its order while nobody knows what is traded', () => {
    const named = entriesOf([perpetual('B'), perpetual('A')]).map(name);
    expect(byTurnover(named, new Map())).toBe(named);
  });

  it('stands under headings with counts, and knows the row of each market', () => {
    const named = entriesOf([SPOT, perpetual('BTC'), option('BTC', '1')]).map(name);
    const { rows, found, rowOf } = arrangeMarkets(named, '', 'all');
    expect(rows.map((row) => ('heading' in row ? row.heading : row.named.label))).toEqual([
      'perpetual',
      'BTC/USDT:USDT',
      'spot',
      'BTC/USDT',
      'option',
      'BTC options',
    ]);
    expect(found).toHaveLength(3);
    expect(rowOf).toEqual([1, 3, 5]);
  });

  it('shows the group of the best match first, and one kind alone when asked', () => {
    const named = entriesOf([perpetual('WBTC'), { ...SPOT, base: 'BTC', symbol: 'BTC/USDT' }]).map(name);
    expect(labels(arrangeMarkets(named, 'btc', 'all').found)).toEqual(['BTC/USDT', 'WBTC/USDT:USDT']);
    expect(labels(arrangeMarkets(named, 'btc', 'perpetual').found)).toEqual(['WBTC/USDT:USDT']);
    expect(arrangeMarkets(named, 'nothing like it', 'all').rows).toEqual([]);
  });
});
