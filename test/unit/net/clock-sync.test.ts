import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CLOCK_REFRESH_MS,
  CLOCK_SAMPLES,
  ClockSync,
  weightedMedian,
} from '../../../src-main/net/clock-sync.ts';
import { FakeTime, settle } from '../../support/net-time.ts';

let time: FakeTime;
let clock: ClockSync;
/** Venue minus ours, ms, and what each way takes. */
let venueOffset: number;
let waysMs: (readonly [there: number, back: number])[];
let asks: number;
let jumps: number[];

const wait = (ms: number): Promise<void> => new Promise((resolve) => time.after(ms, resolve));
const ask = async (): Promise<number> => {
  const [there, back] = waysMs[asks++ % waysMs.length] ?? [10, 10];
  await wait(there);
  const answer = time.now() + venueOffset;
  await wait(back);
  return answer;
};
const synced = async (): Promise<void> => {
  const done = clock.sync();
  await time.run(20_000, 50);
  await done;
};

beforeEach(() => {
  time = new FakeTime();
  venueOffset = -30_000;
  waysMs = [[10, 10]];
  asks = 0;
  jumps = [];
  clock = new ClockSync({ ask, time, onJump: (by) => jumps.push(by) });
});
afterEach(() => {
  clock.dispose();
  expect(time.timers).toBe(0);
});

describe('the clock of a venue', () => {
  it('is ours until the first answer', () => {
    expect(clock.offsetMs()).toBeNull();
    expect(clock.now()).toBe(time.now());
  });

  it('takes the offset from several samples', async () => {
    await synced();
    expect(asks).toBe(CLOCK_SAMPLES);
    expect(clock.offsetMs()).toBe(-30_000);
    expect(clock.now()).toBe(time.now() - 30_000);
  });

  it('is not misled by slow and lopsided samples', async () => {
    venueOffset = 1000;
    waysMs = [
      [900, 10],
      [12, 10],
      [10, 2000],
      [10, 11],
      [700, 5],
    ];
    await synced();
    expect(Math.abs((clock.offsetMs() ?? 0) - 1000)).toBeLessThanOrEqual(1);
  });

  it('shares one run between calls at the same time', async () => {
    const both = [clock.sync(), clock.sync()];
    await time.run(1000, 10);
    await Promise.all(both);
    expect(asks).toBe(CLOCK_SAMPLES);
  });

  it('is taken anew every ten minutes', async () => {
    await synced();
    venueOffset = 5;
    await time.run(CLOCK_REFRESH_MS, 1000);
    expect(asks).toBe(2 * CLOCK_SAMPLES);
    expect(clock.offsetMs()).toBe(5);
  });

  it('makes do with the samples that came', async () => {
    let n = 0;
    clock.dispose();
    clock = new ClockSync({
      time,
      ask: () => (n++ === 1 ? Promise.reject(new Error('lost')) : Promise.resolve(time.now() + 70)),
    });
    await synced();
    expect(clock.offsetMs()).toBe(70);
  });

  it('rejects as asking did when nothing came, keeps the old offset, and does not ask on and on', async () => {
    await synced();
    const before = asks;
    clock.dispose();
    let failing = 0;
    clock = new ClockSync({
      time,
      ask: () => Promise.reject(new Error(`no venue ${String((failing += 1))}`)),
    });
    await expect(clock.sync()).rejects.toThrow('no venue 2');
    expect(failing).toBe(2);
    expect(clock.offsetMs()).toBeNull();
    expect(asks).toBe(before);
  });

  it('keeps the old offset when the refresh fails, and nothing is thrown into the event loop', async () => {
    let isUp = true;
    clock.dispose();
    clock = new ClockSync({
      time,
      ask: () => (isUp ? Promise.resolve(time.now() + 40) : Promise.reject(new Error('down'))),
    });
    await synced();
    isUp = false;
    await time.run(CLOCK_REFRESH_MS + 1000, 5000);
    expect(clock.offsetMs()).toBe(40);
  });
});

describe('our own clock', () => {
  it('set back is noticed: venue time goes on as before, and is taken anew', async () => {
    await synced();
    const before = clock.now();
    time.setBy(-60_000);
    venueOffset += 60_000;
    expect(clock.now()).toBe(before);
    expect(jumps).toEqual([-60_000]);
    await time.run(1000, 10);
    expect(asks).toBe(2 * CLOCK_SAMPLES);
    expect(clock.now()).toBe(time.now() + 30_000);
  });

  it('set forward is noticed without anybody asking for the time', async () => {
    await synced();
    time.setBy(3_600_000);
    venueOffset -= 3_600_000;
    await time.run(6000, 100);
    expect(jumps).toEqual([3_600_000]);
    expect(clock.offsetMs()).toBe(-3_630_000);
  });

  it('set in the middle of a run, or of a sample, does no harm to any sample', async () => {
    for (const after of [5, 15, 85]) {
      venueOffset = -30_000;
      const done = clock.sync();
      await time.run(after, 5);
      time.setBy(10_000);
      venueOffset -= 10_000;
      await time.run(20_000, 50);
      await done;
      expect(clock.offsetMs()).toBe(-40_000);
    }
  });

  it('slewed by a little is left alone', async () => {
    await synced();
    time.setBy(200);
    await time.run(6000, 100);
    expect(jumps).toEqual([]);
    expect(asks).toBe(CLOCK_SAMPLES);
  });

  it('is not asked about before the first sync', async () => {
    time.setBy(10_000);
    await time.run(6000, 100);
    await settle();
    expect(jumps).toEqual([10_000]);
    expect(asks).toBe(0);
  });
});

describe('the weighted median', () => {
  it('is the middle of equals and leans to the quick ones', () => {
    const at = (offset: number, roundTrip: number) => ({ offset, roundTrip });
    expect(weightedMedian([at(3, 10), at(1, 10), at(2, 10)])).toBe(2);
    expect(weightedMedian([at(0, 1000), at(1, 1000), at(50, 5), at(900, 1000)])).toBe(50);
    expect(weightedMedian([at(7, 0)])).toBe(7);
  });
});
