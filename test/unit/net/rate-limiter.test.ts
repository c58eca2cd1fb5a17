import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { LONGEST_WAIT_MS, MAX_IN_FLIGHT, RateLimiter } from '../../../src-main/net/rate-limiter.ts';
import type { Ticket, Turn } from '../../../src-main/net/rate-limiter.ts';
import { LANES } from '../../../src-main/net/types.ts';
import type { Lane } from '../../../src-main/net/types.ts';
import { FakeTime, settle } from '../../support/net-time.ts';

let time: FakeTime;
let limiter: RateLimiter;
beforeEach(() => {
  time = new FakeTime();
  limiter = new RateLimiter(time);
});

const turn = (lane: Lane, ...budgets: (string | [string, number])[]): Turn => ({
  lane,
  budgets: budgets.map((one) =>
    typeof one === 'string' ? { budget: one } : { budget: one[0], units: one[1] },
  ),
});
const take = (lane: Lane, ...budgets: (string | [string, number])[]): Ticket => {
  const ticket = limiter.tryTake(turn(lane, ...budgets));
  if (!ticket) throw new Error('no ticket');
  return ticket;
};
/** Runs a job that is answered at once; says in `done` when it went. */
const queue = (done: string[], name: string, lane: Lane, ...budgets: (string | [string, number])[]) =>
  limiter.wait(turn(lane, ...budgets)).then((ticket) => {
    done.push(name);
    ticket.end(true, time.monotonic());
  });
const spend = (count: number, lane: Lane, budget: string): void => {
  for (let n = 0; n < count; n += 1) take(lane, budget).end(true, time.monotonic());
};

describe('budgets', () => {
  it('lets everything pass that has no budget declared', () => {
    expect(limiter.tryTake(turn('publicRead', 'never-declared'))).not.toBeNull();
    expect(limiter.left()).toBeNull();
  });

  it('takes several budgets together or none of them', () => {
    limiter.limit('a', { limit: 1, windowMs: 1000 });
    limiter.limit('b', { limit: 1, windowMs: 1000 });
    spend(1, 'cancel', 'b');
    expect(limiter.tryTake(turn('cancel', 'a', 'b'))).toBeNull();
    expect(limiter.tryTake(turn('cancel', 'a'))).not.toBeNull();
  });

  it('gives units back that surely never left, and only those', () => {
    limiter.limit('a', { limit: 1, windowMs: 1000 });
    take('cancel', 'a').end(false, time.monotonic());
    const sent = take('cancel', 'a');
    sent.end(true, time.monotonic());
    sent.end(false, time.monotonic());
    expect(limiter.tryTake(turn('cancel', 'a'))).toBeNull();
  });

  it('holds a unit until its window has passed since the answer, or since the arrival at the latest', () => {
    limiter.limit('a', { limit: 1, windowMs: 1000 });
    const ticket = take('cancel', 'a');
    time.advance(100);
    ticket.end(true, time.monotonic());
    time.advance(999);
    expect(limiter.tryTake(turn('cancel', 'a'))).toBeNull();
    time.advance(1);
    take('cancel', 'a');
    time.advance(1249);
    expect(limiter.tryTake(turn('cancel', 'a'))).toBeNull();
    time.advance(1);
    expect(limiter.tryTake(turn('cancel', 'a'))).not.toBeNull();
  });

  it('says the smallest share that is left of any budget', () => {
    limiter.limit('a', { limit: 10, windowMs: 1000 });
    limiter.limit('b', { limit: 4, windowMs: 1000 });
    spend(3, 'cancel', 'b');
    expect(limiter.left()).toBe(0.25);
  });
});

describe('lanes', () => {
  it('keeps a share of each budget from reads, so that a cancel always finds room', () => {
    limiter.limit('ip', { limit: 10, windowMs: 1000 });
    let reads = 0;
    while (limiter.tryTake(turn('publicRead', 'ip'))) reads += 1;
    expect(reads).toBe(8);
    expect(limiter.tryTake(turn('privateRead', 'ip'))).not.toBeNull();
    expect(limiter.tryTake(turn('privateRead', 'ip'))).toBeNull();
    expect(limiter.tryTake(turn('cancel', 'ip'))).not.toBeNull();
    expect(limiter.tryTake(turn('cancel', 'ip'))).toBeNull();
  });

  it('lets a read have the only unit of a budget of one', () => {
    limiter.limit('one', { limit: 1, windowMs: 1000 });
    expect(limiter.tryTake(turn('publicRead', 'one'))).not.toBeNull();
  });

  it('serves cancels before orders before reads, whatever came first', async () => {
    limiter.limit('ip', { limit: 1, windowMs: 1000 });
    spend(1, 'cancel', 'ip');
    const done: string[] = [];
    const jobs = [
      queue(done, 'public', 'publicRead', 'ip'),
      queue(done, 'private', 'privateRead', 'ip'),
      queue(done, 'order', 'order', 'ip'),
      queue(done, 'cancel', 'cancel', 'ip'),
    ];
    await time.run(6000);
    await Promise.all(jobs);
    expect(done).toEqual(['cancel', 'order', 'private', 'public']);
  });

  it('is not held up by a job that waits for another budget', async () => {
    limiter.limit('slow', { limit: 1, windowMs: 10_000 });
    limiter.limit('ip', { limit: 100, windowMs: 1000 });
    spend(1, 'cancel', 'slow');
    const done: string[] = [];
    const blocked = queue(done, 'blocked', 'cancel', 'slow', 'ip');
    await queue(done, 'free', 'publicRead', 'ip');
    expect(done).toEqual(['free']);
    await time.run(11_000, 500);
    await blocked;
  });

  it('keeps the place of a large job from the small ones behind it', async () => {
    limiter.limit('key', { limit: 10, windowMs: 1000 });
    spend(5, 'order', 'key');
    const done: string[] = [];
    const large = queue(done, 'batch of 10', 'order', ['key', 10]);
    // One that comes now would fit, and does not overtake.
    expect(limiter.tryTake(turn('order', 'key'))).toBeNull();
    const small = queue(done, 'one', 'order', 'key');
    await settle();
    expect(done).toEqual([]);
    await time.run(4000);
    await Promise.all([large, small]);
    expect(done).toEqual(['batch of 10', 'one']);
  });

  it('keeps connections free for cancels while reads hang', () => {
    for (let n = 0; n < MAX_IN_FLIGHT.publicRead; n += 1) take('publicRead');
    expect(limiter.tryTake(turn('publicRead'))).toBeNull();
    expect(limiter.tryTake(turn('cancel'))).not.toBeNull();
  });
});

describe('waiting', () => {
  it.each(LANES)('refuses at once a %s that would wait too long, and says for how long', async (lane) => {
    limiter.limit('convert', { limit: 1, windowMs: 60_000 });
    spend(1, 'order', 'convert');
    await expect(limiter.wait(turn(lane, 'convert'))).rejects.toMatchObject({
      kind: 'rateLimited',
      code: 'net.tooLong',
      details: { retryAfterMs: 60_000 },
    });
  });

  it('refuses an order that would wait longer than 3 s, where a cancel still waits', async () => {
    limiter.limit('orders', { limit: 1, windowMs: 4000 });
    spend(1, 'order', 'orders');
    await expect(limiter.wait(turn('order', 'orders'))).rejects.toMatchObject({
      code: 'net.tooLong',
      details: { retryAfterMs: 4000 },
    });
    const done: string[] = [];
    const cancel = queue(done, 'cancel', 'cancel', 'orders');
    await time.run(4500);
    await cancel;
    expect(done).toEqual(['cancel']);
  });

  it('counts those who go before: the queue itself can be too long', async () => {
    limiter.limit('slow', { limit: 1, windowMs: 10_000 });
    spend(1, 'cancel', 'slow');
    const done: string[] = [];
    const kept = [1, 2, 3].map((n) => queue(done, String(n), 'cancel', 'slow'));
    await expect(limiter.wait(turn('cancel', 'slow'))).rejects.toMatchObject({ code: 'net.tooLong' });
    await time.run(35_000, 500);
    await Promise.all(kept);
    expect(done).toEqual(['1', '2', '3']);
  });

  it('gives up a job whose turn did not come after all', async () => {
    limiter.limit('ip', { limit: 1, windowMs: 1000 });
    const held = take('cancel', 'ip');
    const job = limiter.wait(turn('order', 'ip'));
    const refused = expect(job).rejects.toMatchObject({ code: 'net.tooLong' });
    limiter.observe('ip', { remaining: 0, resetAt: time.monotonic() + 55_000 });
    await time.run(LONGEST_WAIT_MS.order, 1000);
    await refused;
    held.end(true, time.monotonic());
  });

  it('refuses what is larger than the whole budget instead of waiting for ever', async () => {
    limiter.limit('key', { limit: 10, windowMs: 1000 });
    limiter.observe('key', { limit: 5 });
    expect(limiter.tryTake(turn('order', ['key', 10]))).toBeNull();
    await expect(limiter.wait(turn('order', ['key', 10]))).rejects.toMatchObject({
      kind: 'rateLimited',
      details: { retryAfterMs: 600_000 },
    });
  });

  it('sends everybody away on a pause and leaves no timer behind', async () => {
    limiter.limit('ip', { limit: 1, windowMs: 1000 });
    spend(1, 'cancel', 'ip');
    const job = limiter.wait(turn('cancel', 'ip'));
    expect(time.timers).toBe(1);
    limiter.rejectWaiting(new Error('paused'));
    await expect(job).rejects.toThrow('paused');
    expect(time.timers).toBe(0);
  });
});

describe('what the venue says', () => {
  it('takes its count when less is left than we think', () => {
    limiter.limit('key', { limit: 10, windowMs: 1000 });
    limiter.observe('key', { limit: 10, remaining: 2 });
    take('cancel', 'key');
    take('cancel', 'key');
    expect(limiter.tryTake(turn('cancel', 'key'))).toBeNull();
    time.advance(1000);
    expect(limiter.tryTake(turn('cancel', 'key'))).not.toBeNull();
  });

  it('does not take a count for more room: requests under way are not on it yet', () => {
    limiter.limit('key', { limit: 2, windowMs: 1000 });
    take('cancel', 'key');
    take('cancel', 'key');
    limiter.observe('key', { remaining: 1 });
    expect(limiter.tryTake(turn('cancel', 'key'))).toBeNull();
  });

  it('follows a changed limit up and down, and ignores nonsense', () => {
    limiter.limit('key', { limit: 2, windowMs: 1000 });
    limiter.observe('key', { limit: 4 });
    spend(4, 'cancel', 'key');
    expect(limiter.tryTake(turn('cancel', 'key'))).toBeNull();
    limiter.observe('key', { limit: Number.NaN, remaining: -3 });
    limiter.observe('key', { limit: 0 });
    time.advance(1000);
    spend(4, 'cancel', 'key');
  });

  it('closes a budget with nothing left until its reset, a minute at most', () => {
    limiter.limit('key', { limit: 10, windowMs: 1000 });
    limiter.observe('key', { remaining: 0, resetAt: time.monotonic() + 5000 });
    time.advance(4999);
    expect(limiter.tryTake(turn('cancel', 'key'))).toBeNull();
    time.advance(1);
    expect(limiter.tryTake(turn('cancel', 'key'))).not.toBeNull();
    limiter.observe('key', { remaining: 0, resetAt: time.monotonic() + 1e12 });
    time.advance(60_000);
    expect(limiter.tryTake(turn('cancel', 'key'))).not.toBeNull();
  });
});

describe('for any run of jobs', () => {
  const job = fc.record({
    lane: fc.constantFrom(...LANES),
    at: fc.integer({ min: 0, max: 5000 }),
    flight: fc.integer({ min: 0, max: 600 }),
    ip: fc.integer({ min: 1, max: 3 }),
    key: fc.boolean(),
  });

  it('never has more than the limit in any window, loses no job, doubles none, and lets no read pass a cancel', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(job, { maxLength: 60 }), async (jobs) => {
        time = new FakeTime();
        limiter = new RateLimiter(time);
        const rules = { ip: { limit: 7, windowMs: 1000 }, key: { limit: 3, windowMs: 700 } };
        limiter.limit('ip', rules.ip);
        limiter.limit('key', rules.key);
        const sent: { index: number; at: number; ip: number; key: number; lane: Lane }[] = [];
        const ended = new Map<number, number>();
        const waitingSince = new Map<number, number>();
        jobs.forEach((one, index) => {
          time.after(one.at, () => {
            const wanted = turn(one.lane, ['ip', one.ip], ...(one.key ? ['key'] : []));
            const go = (ticket: Ticket): void => {
              sent.push({ index, at: time.monotonic(), ip: one.ip, key: one.key ? 1 : 0, lane: one.lane });
              waitingSince.delete(index);
              time.after(one.flight, () => {
                ticket.end(true, time.monotonic());
              });
            };
            const now = limiter.tryTake(wanted);
            const finish = () => ended.set(index, (ended.get(index) ?? 0) + 1);
            if (now) {
              go(now);
              finish();
              return;
            }
            waitingSince.set(index, time.monotonic());
            limiter
              .wait(wanted)
              .then(go, () => waitingSince.delete(index))
              .finally(finish);
          });
        });
        await time.run(45_000, 50);
        expect(ended.size).toBe(jobs.length);
        expect([...ended.values()].every((times) => times === 1)).toBe(true);
        expect(new Set(sent.map(({ index }) => index)).size).toBe(sent.length);
        for (const { at } of sent) {
          const within = (windowMs: number) => sent.filter((one) => one.at >= at && one.at < at + windowMs);
          expect(within(1000).reduce((sum, one) => sum + one.ip, 0)).toBeLessThanOrEqual(7);
          expect(within(700).reduce((sum, one) => sum + one.key, 0)).toBeLessThanOrEqual(3);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('serves, among jobs that wait for the same budget, higher lanes first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...LANES), { minLength: 2, maxLength: 20 }),
        async (lanes) => {
          time = new FakeTime();
          limiter = new RateLimiter(time);
          limiter.limit('ip', { limit: 2, windowMs: 500 });
          spend(2, 'cancel', 'ip');
          const done: string[] = [];
          const jobs = lanes.map((lane, n) =>
            queue(done, `${String(LANES.indexOf(lane))}.${String(n).padStart(2, '0')}`, lane, 'ip'),
          );
          await time.run(12_000, 100);
          await Promise.all(jobs);
          expect(done).toEqual([...done].sort());
          expect(done).toHaveLength(lanes.length);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('what goes another way than HTTP', () => {
  it('takes from the same budget, and leaves the slots of HTTP alone', () => {
    limiter.limit('orders', { limit: 2, windowMs: 1000 });
    expect(limiter.spend(turn('order', 'orders'))).not.toBeNull();
    expect(limiter.tryTake(turn('order', 'orders'))).not.toBeNull();
    expect(limiter.spend(turn('order', 'orders'))).toBeNull();
    for (let n = 0; n < 100; n += 1) limiter.spend(turn('order'));
    expect(limiter.tryTake(turn('order', 'other'))).not.toBeNull();
  });

  it('gives back what was not sent, once', () => {
    limiter.limit('orders', { limit: 1, windowMs: 1000 });
    const settleIt = limiter.spend(turn('order', 'orders'));
    settleIt?.(false);
    settleIt?.(false);
    expect(limiter.spend(turn('order', 'orders'))).not.toBeNull();
    expect(limiter.spend(turn('order', 'orders'))).toBeNull();
  });

  it('frees its units a window after it was answered', () => {
    limiter.limit('orders', { limit: 1, windowMs: 1000 });
    limiter.spend(turn('order', 'orders'))?.(true);
    time.advance(999);
    expect(limiter.spend(turn('order', 'orders'))).toBeNull();
    time.advance(1);
    expect(limiter.spend(turn('order', 'orders'))).not.toBeNull();
  });

  it('does not overtake those who wait for the same budget', async () => {
    limiter.limit('orders', { limit: 2, windowMs: 1000 });
    const done: string[] = [];
    spend(1, 'order', 'orders');
    const waiting = queue(done, 'two at once', 'order', ['orders', 2]);
    expect(limiter.spend(turn('order', 'orders'))).toBeNull();
    time.advance(1000);
    await waiting;
    expect(done).toEqual(['two at once']);
  });

  it('does not undo what the venue corrected by declaring the same limit again', () => {
    limiter.limit('orders', { limit: 10, windowMs: 1000 });
    limiter.observe('orders', { limit: 2 });
    limiter.limit('orders', { limit: 10, windowMs: 1000 });
    for (let n = 0; n < 2; n += 1) expect(limiter.spend(turn('order', 'orders'))).not.toBeNull();
    expect(limiter.spend(turn('order', 'orders'))).toBeNull();
  });
});
