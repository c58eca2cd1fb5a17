import { describe, expect, it } from 'vitest';
import { OrderRate, resumeRate } from '../../../src-main/risk/order-rate.ts';

const NOW = 1_795_183_331_000;
const clock = (): number => NOW;

/** Newest first, as the ledger answers. */
function stored(ages: readonly number[]) {
  const asked: number[] = [];
  const rows = ages.map((age) => ({ accountId: 'acc-1', createdAt: NOW - age }));
  const list = ({ limit, offset }: { limit: number; offset: number }) => {
    asked.push(offset);
    return Promise.resolve({ rows: rows.slice(offset, offset + limit) });
  };
  return { list, asked };
}

describe('the rate of orders after a restart', () => {
  it('counts every order of the last minute, also where they are more than one page', async () => {
    const rate = new OrderRate(clock);
    const orders = stored([...Array.from({ length: 1200 }, (_, index) => index), 61_000, 90_000]);
    await resumeRate(rate, orders, clock);
    expect(rate.count('acc-1')).toBe(1200);
  });

  it('reads no further than the minute', async () => {
    const orders = stored(Array.from({ length: 5000 }, (_, index) => index * 1000));
    const rate = new OrderRate(clock);
    await resumeRate(rate, orders, clock);
    expect(rate.count('acc-1')).toBe(60);
    expect(orders.asked).toEqual([0]);
  });

  it('tells whoever asked that the ledger could not be read', async () => {
    const list = () => Promise.reject(new Error('closed'));
    await expect(resumeRate(new OrderRate(clock), { list }, clock)).rejects.toThrow('closed');
  });
});
