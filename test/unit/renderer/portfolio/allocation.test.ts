import { describe, expect, it } from 'vitest';
import { OTHER, allocate } from '../../../../src-renderer/features/portfolio/allocation.ts';
import { addText } from '../../../../src-renderer/lib/decimal.ts';
import { holding } from './builders.ts';

const keys = (...parts: Parameters<typeof allocate>): readonly string[] =>
  allocate(...parts).slices.map((slice) => slice.key);

describe('allocation of holdings', () => {
  it('orders by worth and gives shares of what is in the bar', () => {
    const { slices } = allocate([holding('ETH', '2', '25'), holding('BTC', '1', '75')]);
    expect(slices.map(({ key, value, share }) => [key, value, share])).toEqual([
      ['BTC', '75', '0.75'],
      ['ETH', '25', '0.25'],
    ]);
  });

  it('puts the parts that are too small to read together as the last one', () => {
    const { slices } = allocate([
      holding('DOGE', '1', '0.7'),
      holding('BTC', '1', '98'),
      holding('SHIB', '1', '0.6'),
      holding('PEPE', '1', '0.7'),
    ]);
    expect(slices.map((slice) => slice.key)).toEqual(['BTC', OTHER]);
    expect(slices.at(-1)).toMatchObject({ value: '2', share: '0.02' });
    expect(slices.at(-1)?.members.map((member) => member.asset)).toEqual(['DOGE', 'PEPE', 'SHIB']);
  });

  it('leaves a single small part its name', () => {
    expect(keys([holding('BTC', '1', '99.5'), holding('DOGE', '1', '0.5')])).toEqual(['BTC', 'DOGE']);
  });

  it('never shows more stretches than asked, the rest counted in', () => {
    const many = Array.from({ length: 12 }, (_, index) => holding(`A${index}`, '1', String(100 - index)));
    const { slices } = allocate(many, { most: 5 });
    expect(slices).toHaveLength(5);
    expect(slices.at(-1)?.key).toBe(OTHER);
    expect(slices.reduce((sum, slice) => addText(sum, slice.value), '0')).toBe('1134');
  });

  it('sums exactly where floats would not', () => {
    const { slices } = allocate([
      holding('BTC', '1', '1000'),
      holding('A', '1', '0.1'),
      holding('B', '1', '0.2'),
    ]);
    expect(slices.at(-1)?.value).toBe('0.3');
  });

  it('names holdings without a price instead of counting them as zero', () => {
    const split = allocate([holding('BTC', '1', '10'), holding('XYZ', '5', null), holding('OLD', '0', null)]);
    expect(split.slices.map((slice) => slice.key)).toEqual(['BTC']);
    expect(split.unpriced.map((one) => one.asset)).toEqual(['XYZ']);
  });

  it('lists debts beside the bar and leaves them out of the shares', () => {
    const split = allocate([holding('BTC', '1', '10'), holding('USDT', '-4', '-4')]);
    expect(split.slices).toHaveLength(1);
    expect(split.slices[0]?.share).toBe('1');
    expect(split.owed.map((one) => one.asset)).toEqual(['USDT']);
  });

  it('is empty for nothing, and for zero', () => {
    expect(allocate([]).slices).toEqual([]);
    expect(allocate([holding('BTC', '0', '0')]).slices).toEqual([]);
  });
});
