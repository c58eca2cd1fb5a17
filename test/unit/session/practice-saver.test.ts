import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { joinStates } from '../../../src-main/exchanges/practice/saved-history.ts';
import {
  PRACTICE_RECENT_KEY,
  PRACTICE_STATE_KEY,
  keepPracticeState,
} from '../../../src-main/session/practice-saver.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { openPractice } from '../exchanges/practice/exchange-harness.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

/** A practice exchange whose account is kept, and the writes to the ledger in their order. */
async function kept() {
  const house = await openPractice();
  const asked: string[] = [];
  const failures: unknown[] = [];
  const timers: (() => void)[] = [];
  const { keyValues } = ledger.repositories;
  const saver = keepPracticeState({
    control: house.exchange.control,
    ledger: {
      keyValues: {
        ...keyValues,
        set: (input) => {
          asked.push(input.key);
          return keyValues.set(input);
        },
      },
    },
    // A clock that stands: the later of two saves is told by its number all the same.
    clock: () => 7,
    after: (_ms, run) => {
      timers.push(run);
      return () => undefined;
    },
    onWriteFailed: (error) => failures.push(error),
  });
  const stored = async (key: string) => {
    const text = await keyValues.get({ key });
    return text === null ? null : (JSON.parse(text) as ReturnType<typeof house.exchange.control.exportState>);
  };
  /** What the next start finds. */
  const found = async () => {
    const [whole, recent] = [await stored(PRACTICE_STATE_KEY), await stored(PRACTICE_RECENT_KEY)];
    return recent === null ? whole : joinStates(whole, recent);
  };
  return { house, asked, failures, timers, saver, stored, found };
}
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the practice account in the ledger', () => {
  it('is handed over before anybody is told of an order or a fill', async () => {
    const { house, asked } = await kept();
    const atNews: number[] = [];
    house.account.stream((event) => {
      if (event.kind === 'order' || event.kind === 'fill') atNews.push(asked.length);
    });
    await house.place({ type: 'market' });
    expect(atNews.length).toBeGreaterThan(1);
    // One write for all that the order led to.
    expect(new Set(atNews)).toEqual(new Set([1]));
    await house.place({ type: 'market' });
    expect(atNews.at(-1)).toBe(2);
  });

  it('is found whole after each change, though the past is written only now and then', async () => {
    const { house, found, stored, asked, timers } = await kept();
    for (let count = 0; count < 4; count += 1) {
      await house.place({ type: 'market' });
      await settled();
      const { savedAt: _told, ...state } = house.exchange.control.exportState();
      expect(await found()).toMatchObject(state);
    }
    expect(asked).toEqual([PRACTICE_STATE_KEY, ...Array<string>(3).fill(PRACTICE_RECENT_KEY)]);
    expect((await stored(PRACTICE_RECENT_KEY))?.accounts[0]?.history.orders).toHaveLength(3);
    expect((await stored(PRACTICE_RECENT_KEY))?.accounts[0]?.usedIds).toHaveLength(3);
    timers[0]?.();
    await settled();
    expect(await stored(PRACTICE_RECENT_KEY)).toBeNull();
    expect((await found())?.accounts[0]?.history.orders).toHaveLength(4);
  });

  it('is later with each save, also within a millisecond', async () => {
    const { house, stored } = await kept();
    const times: unknown[] = [];
    for (let count = 0; count < 3; count += 1) {
      await house.place({ type: 'market' });
      await settled();
      times.push((await stored(count === 0 ? PRACTICE_STATE_KEY : PRACTICE_RECENT_KEY))?.savedAt);
    }
    const [first, second, third] = times.map(Number);
    expect(second).toBeGreaterThan(Number(first));
    expect(third).toBeGreaterThan(Number(second));
  });

  it('is written whole again after that failed, and when its recent past has grown', async () => {
    const { house, asked, failures, found } = await kept();
    ledger.failNext('keyValues.set');
    await house.place({ type: 'market' });
    await settled();
    expect(failures).toHaveLength(1);
    await house.place({ type: 'market' });
    await settled();
    expect(asked).toEqual([PRACTICE_STATE_KEY, PRACTICE_STATE_KEY]);
    for (let count = 0; count < 30; count += 1) await house.place({ type: 'market', quantity: '0.0001' });
    await settled();
    expect(asked.filter((key) => key === PRACTICE_STATE_KEY).length).toBeGreaterThan(2);
    expect((await found())?.accounts[0]?.history.orders).toHaveLength(32);
  });

  it('keeps what both parts have of the past once, and refuses parts that are none', async () => {
    const { house } = await kept();
    await house.place({ type: 'market' });
    const before = house.exchange.control.exportState();
    await house.place({ type: 'market' });
    const after = house.exchange.control.exportState();
    // As after a whole save that failed: the recent part has more than it need have.
    expect(joinStates(before, after)).toMatchObject({ accounts: after.accounts });
    expect(() => joinStates({ ...before, version: 2 }, after)).toThrow(/could not be read/);
  });
});
