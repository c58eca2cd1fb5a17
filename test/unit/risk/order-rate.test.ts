import { describe, expect, it } from 'vitest';
import { OrderRate, resumeRate } from '../../../src-main/risk/order-rate.ts';

const NOW = 1_795_183_331_000;
const still = { monotonic: () => 0, now: () => NOW };

/** Newest first, as the ledger answers. */
function stored(ages: readonly number[]) {
  const asked: number[] = [];
  const rows = ages.map((age, n) => ({ accountId: 'acc-1', clientOrderId: String(n), createdAt: NOW - age }));
  const list = ({ limit, offset }: { limit: number; offset: number }) => {
    asked.push(offset);
    return Promise.resolve({ rows: rows.slice(offset, offset + limit) });
  };
  const open = () => Promise.resolve([]);
  const events = () => Promise.resolve([]);
  return { list, open, events, asked };
}

describe('the rate of orders after a restart', () => {
  it('counts every order of the last minute, also where they are more than one page', async () => {
    const rate = new OrderRate(still);
    const orders = stored([...Array.from({ length: 1200 }, (_, index) => index), 61_000, 90_000]);
    await resumeRate(rate, orders);
    expect(rate.count('acc-1')).toBe(1200);
  });

  it('reads no further than the minute', async () => {
    const orders = stored(Array.from({ length: 5000 }, (_, index) => index * 1000));
    const rate = new OrderRate(still);
    await resumeRate(rate, orders);
    expect(rate.count('acc-1')).toBe(60);
    expect(orders.asked).toEqual([0]);
  });

  it('tells whoever asked that the ledger could not be read', async () => {
    const list = () => Promise.reject(new Error('closed'));
    await expect(resumeRate(new OrderRate(still), { ...stored([]), list })).rejects.toThrow('closed');
  });

  it('counts the changes of orders, old and new', async () => {
    const rate = new OrderRate(still);
    const old = { accountId: 'acc-1', clientOrderId: 'old' };
    await resumeRate(rate, {
      ...stored([1000]),
      open: () => Promise.resolve([old]),
      events: ({ clientOrderId }) =>
        Promise.resolve(
          clientOrderId === 'old'
            ? [
                { kind: 'intent', time: NOW - 5_000_000 },
                { kind: 'amending', time: NOW - 70_000 },
                { kind: 'amending', time: NOW - 2000 },
              ]
            : [{ kind: 'intent', time: NOW - 1000 }],
        ),
    });
    expect(rate.count('acc-1')).toBe(2);
  });
});

describe('a clock that is set', () => {
  const HOUR = 3_600_000;

  it.each([HOUR, -HOUR])('by %i ms changes nothing of the minute', (by) => {
    let [monotonic, now] = [0, NOW];
    const rate = new OrderRate({ monotonic: () => monotonic, now: () => now });
    rate.add('acc-1');
    now += by;
    expect(rate.count('acc-1')).toBe(1);
    monotonic = 59_999;
    expect(rate.count('acc-1')).toBe(1);
    monotonic = 60_000;
    expect(rate.count('acc-1')).toBe(0);
  });

  it('between two runs holds orders for a minute at most, and by the clock of the venue not at all wrongly', async () => {
    let monotonic = 0;
    // Ours was set back by an hour; the venue has not told yet.
    let now = NOW - HOUR;
    const rate = new OrderRate({ monotonic: () => monotonic, now: () => now });
    await resumeRate(rate, stored([0, 30_000]));
    expect(rate.count('acc-1')).toBe(2);
    now = NOW + 40_000;
    expect(rate.count('acc-1')).toBe(1);
    now = NOW - HOUR;
    monotonic = 60_000;
    expect(rate.count('acc-1')).toBe(0);
  });
});
