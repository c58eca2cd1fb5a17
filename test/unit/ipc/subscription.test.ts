import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_UNTAKEN, QUEUE_LIMIT, Subscription } from '../../../src-main/ipc/subscription.ts';
import { FakeScheduler } from './fakes.ts';

function setUp(delivery: 'latest' | 'every', autoTake = true) {
  const scheduler = new FakeScheduler();
  const delivered: { at: number; payload: unknown }[] = [];
  let overflows = 0;
  const subscription: Subscription = new Subscription({
    delivery,
    scheduler,
    deliver: (payload) => {
      delivered.push({ at: scheduler.now(), payload });
      if (autoTake) scheduler.after(0, () => subscription.taken());
    },
    onOverflow: () => (overflows += 1),
  });
  return { scheduler, delivered, subscription, overflows: () => overflows };
}

describe('Subscription', () => {
  it('sends the first value at once', () => {
    const { subscription, delivered } = setUp('latest');
    subscription.emit('a');
    expect(delivered).toEqual([{ at: 0, payload: 'a' }]);
  });

  it('sends only the newest of the values that came in between', () => {
    const { subscription, delivered, scheduler } = setUp('latest');
    for (const value of ['a', 'b', 'c']) subscription.emit(value);
    scheduler.advance(100);
    expect(delivered.map(({ payload }) => payload)).toEqual(['a', 'c']);
  });

  it('never exceeds 30 updates a second, and the last value always arrives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 200 }),
        fc.constantFrom('latest' as const, 'every' as const),
        (gaps, delivery) => {
          const { subscription, delivered, scheduler } = setUp(delivery);
          gaps.forEach((gap, index) => {
            scheduler.advance(gap);
            subscription.emit(index);
          });
          scheduler.advance(200);
          for (const { at } of delivered) {
            const inWindow = delivered.filter((other) => other.at >= at && other.at < at + 1000).length;
            expect(inWindow).toBeLessThanOrEqual(30);
          }
          const events = delivered.flatMap(({ payload }) => payload);
          expect(events.at(-1)).toBe(gaps.length - 1);
          if (delivery === 'every') expect(events).toEqual(gaps.map((_gap, index) => index));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('waits for a window that does not take its updates, then sends the newest', () => {
    const { subscription, delivered, scheduler } = setUp('latest', false);
    for (let value = 0; value < 100; value += 1) {
      subscription.emit(value);
      scheduler.advance(50);
    }
    expect(delivered).toHaveLength(MAX_UNTAKEN);
    subscription.taken();
    expect(delivered.at(-1)?.payload).toBe(99);
  });

  it('keeps everything for a slow window of an every topic, in order', () => {
    const { subscription, delivered, scheduler } = setUp('every', false);
    for (let value = 0; value < 50; value += 1) {
      subscription.emit(value);
      scheduler.advance(50);
    }
    subscription.taken();
    expect(delivered.flatMap(({ payload }) => payload)).toEqual(
      Array.from({ length: 50 }, (_unused, index) => index),
    );
  });

  it('reports an overflow instead of dropping, and falls silent', () => {
    const { subscription, delivered, scheduler, overflows } = setUp('every', false);
    for (let value = 0; value < QUEUE_LIMIT + 10; value += 1) subscription.emit(value);
    expect(overflows()).toBe(1);
    subscription.taken();
    scheduler.advance(1000);
    expect(delivered).toHaveLength(1);
    expect(scheduler.pending).toBe(0);
  });

  it('sends nothing and keeps no timer after close', () => {
    const { subscription, delivered, scheduler } = setUp('latest');
    subscription.emit(1);
    subscription.emit(2);
    subscription.close();
    subscription.emit(3);
    scheduler.advance(1000);
    expect(delivered.map(({ payload }) => payload)).toEqual([1]);
    expect(scheduler.pending).toBe(0);
  });
});
