import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_LIMITS, limitProblems, tighter } from '../../../src-main/risk/risk-limits.ts';
import { LIMITS_KEY, RiskLimitsStore } from '../../../src-main/risk/risk-limits-store.ts';
import { SWITCH_KEY, SwitchState } from '../../../src-main/risk/switch-state.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});
const parts = () => ({
  ledger: ledger.repositories,
  clock: () => 5000,
  after: (ms: number, run: () => void) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
});
const write = (key: string, value: string) => ledger.repositories.keyValues.set({ key, value, time: 1 });
const unreadable = { kind: 'notAllowed', code: 'risk.unreadable' };

describe('stored limits', () => {
  it('keep the last 50 versions', async () => {
    const store = new RiskLimitsStore(parts());
    for (let count = 1; count <= 53; count += 1)
      await store.set(null, { ...NO_LIMITS, maxOpenOrders: count });
    const value = await ledger.repositories.keyValues.get({ key: LIMITS_KEY });
    const [scope] = JSON.parse(String(value)) as { versions: { version: number }[] }[];
    expect(scope?.versions.map(({ version }) => version)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 4),
    );
    expect(await new RiskLimitsStore(parts()).entry(null)).toMatchObject({ version: 53, changedAt: 5000 });
  });

  it('change nothing when they cannot be written', async () => {
    const store = new RiskLimitsStore(parts());
    await store.set('a', { ...NO_LIMITS, maxOpenOrders: 3 });
    ledger.failNext('keyValues.set');
    await expect(store.set('a', NO_LIMITS)).rejects.toThrow();
    expect((await store.effective('a')).maxOpenOrders).toMatchObject({ value: 3 });
  });

  it('refuse while the ledger cannot be read, and work again when it can', async () => {
    const store = new RiskLimitsStore(parts());
    ledger.failNext('keyValues.get');
    await expect(store.effective('a')).rejects.toMatchObject(unreadable);
    expect(await store.effective('a')).toMatchObject({ maxOpenOrders: null });
  });

  it.each([
    '{',
    '{}',
    '[{"accountId":null,"versions":[]}]',
    '[{"accountId":null,"versions":[{"version":1}]}]',
  ])('are never taken for "no limits" when damaged: %s', async (damaged) => {
    await write(LIMITS_KEY, damaged);
    const store = new RiskLimitsStore(parts());
    await expect(store.effective('a')).rejects.toMatchObject(unreadable);
    // Set anew, they count, and what was there is kept apart.
    await store.set(null, { ...NO_LIMITS, maxOpenOrders: 2 });
    expect((await store.effective('a')).maxOpenOrders).toMatchObject({ value: 2 });
    expect(await ledger.repositories.keyValues.get({ key: `${LIMITS_KEY}.damaged` })).toBe(damaged);
  });

  it('count as the tighter of all accounts and one, and say which', () => {
    const all = { ...NO_LIMITS, maxOrderNotional: '100', maxOpenOrders: 5, allowedMarkets: ['A/B', 'C/D'] };
    const own = { ...NO_LIMITS, maxOrderNotional: '99.9', priceBand: '0.1', allowedMarkets: ['C/D', 'E/F'] };
    expect(tighter(all, own)).toEqual({
      maxOrderNotional: { value: '99.9', setting: 'the limits of this account' },
      maxPositionShare: null,
      maxOpenOrders: { value: 5, setting: 'the limits of all accounts' },
      priceBand: { value: '0.1', setting: 'the limits of this account' },
      maxDailyLoss: null,
      maxOrdersPerMinute: null,
      allowedMarkets: {
        value: ['C/D'],
        setting: 'the limits of all accounts and the limits of this account',
      },
    });
  });

  it('are no percentages', () => {
    expect(limitProblems({ ...NO_LIMITS, priceBand: '5', maxPositionShare: '200' })).toMatchObject([
      { field: 'limits.priceBand' },
      { field: 'limits.maxPositionShare', nearest: '100' },
    ]);
    // A percentage was meant, and is named as the fraction that it is.
    expect(limitProblems({ ...NO_LIMITS, priceBand: '5' })[0]).toMatchObject({ nearest: '0.05' });
    expect(limitProblems({ ...NO_LIMITS, priceBand: '100' })[0]).not.toHaveProperty('nearest');
    expect(limitProblems({ ...NO_LIMITS, priceBand: '0.05', maxPositionShare: '2' })).toEqual([]);
  });
});

describe('the state of the kill switch', () => {
  const loaded = async () => {
    const state = new SwitchState(parts());
    await state.load();
    return state;
  };

  it('blocks at once, before it is written', async () => {
    const state = await loaded();
    const written = state.engage(false);
    expect(() => state.pass(true)).toThrow(/kill switch is engaged/);
    await written;
    expect(await (await loaded()).load()).toEqual({ engaged: true, engagedAt: 5000, flatten: false });
  });

  describe('when the ledger that had it is lost', () => {
    const lost = (isLedgerLost = () => Promise.resolve(true)) =>
      new SwitchState({ ...parts(), isLedgerLost });
    const found = { engaged: true, engagedAt: 5000, flatten: false, reason: 'newLedger' };

    it('is engaged, and stays so after a restart that finds the ledger made', async () => {
      expect(await lost().load()).toEqual(found);
      expect(() => lost().pass(false)).toThrow();
      expect(await (await loaded()).load()).toEqual(found);
    });

    it('is engaged also when that cannot be written', async () => {
      ledger.failNext('keyValues.set');
      const state = lost();
      await state.load();
      expect(() => state.pass(false)).toThrow(/kill switch is engaged/);
    });

    it('lets nothing pass while nobody can say whether it is lost', async () => {
      let asked = 0;
      const state = lost(() =>
        (asked += 1) === 1 ? Promise.reject(new Error('closed')) : Promise.resolve(false),
      );
      await expect(state.load()).rejects.toMatchObject(unreadable);
      expect(() => state.pass(false)).toThrow();
      expect(await state.load()).toMatchObject({ engaged: false });
    });

    it('is released for good by a person, and anew engaged like any other', async () => {
      const state = lost();
      await state.load();
      await state.engage(true);
      expect(state.now).toEqual({ engaged: true, engagedAt: 5000, flatten: true });
      await state.release();
      expect(await lost().load()).toMatchObject({ engaged: false });
    });

    it('is believed when it has been stored', async () => {
      const state = await loaded();
      await state.engage(false);
      await state.release();
      const again = lost(() => Promise.reject(new Error('nobody has to ask')));
      expect(await again.load()).toMatchObject({ engaged: false });
    });
  });

  it('stays engaged when it cannot be written, and when its release cannot be', async () => {
    const state = await loaded();
    ledger.failNext('keyValues.set');
    await expect(state.engage(false)).rejects.toThrow();
    expect(state.now).toMatchObject({ engaged: true });
    ledger.failNext('keyValues.set');
    await expect(state.release()).rejects.toThrow();
    expect(state.now).toMatchObject({ engaged: true });
    await state.release();
    expect(state.pass(false)).toBe(false);
  });

  it('engaged while its release is written, it stays engaged, in the ledger too', async () => {
    const state = await loaded();
    await state.engage(false);
    await Promise.all([state.release(), state.engage(true)]);
    expect(state.now).toMatchObject({ engaged: true, flatten: true });
    expect(await (await loaded()).load()).toMatchObject({ engaged: true, flatten: true });
  });

  it('never gives up closing positions by being engaged again without', async () => {
    const state = await loaded();
    await state.engage(true);
    await state.engage(false);
    expect(state.now).toMatchObject({ flatten: true });
  });

  it('lets its own closing orders pass and nothing that runs beside them', async () => {
    const state = await loaded();
    await state.engage(true);
    const wanted = () => false;
    const inside = state.whileClosing(wanted, async () => {
      await Promise.resolve();
      expect(() => state.pass(false)).toThrow(/engaged/);
      return state.pass(true);
    });
    expect(() => state.pass(true)).toThrow(/engaged/);
    expect(await inside).toBe(true);
    expect(() => state.pass(true)).toThrow(/engaged/);
  });

  it('lets nothing pass that was to close a position before it was released: the person keeps it', async () => {
    const state = await loaded();
    await state.engage(true);
    await state.whileClosing(
      () => false,
      async () => {
        expect(state.pass(true)).toBe(true);
        await state.release();
        expect(() => state.pass(true)).toThrow(/released before this position was closed/);
      },
    );
    // What a person sends now is another matter.
    expect(state.pass(true)).toBe(false);
    expect(state.isClosing).toBe(false);
  });

  it('lets nothing pass of a run that was stopped, though it was engaged anew since', async () => {
    const state = await loaded();
    await state.engage(true);
    let isStopped = false;
    await state.whileClosing(
      () => isStopped,
      async () => {
        expect(state.isClosing).toBe(true);
        await state.release();
        await state.engage(false);
        isStopped = true;
        expect(() => state.pass(true)).toThrow(/released/);
      },
    );
  });

  it('refuses everything while it is not known, and can be engaged all the same', async () => {
    await write(SWITCH_KEY, '{"engaged":1}');
    const state = new SwitchState(parts());
    await expect(state.load()).rejects.toMatchObject(unreadable);
    expect(() => state.pass(false)).toThrow(expect.objectContaining(unreadable) as Error);
    await state.engage(false);
    await state.release();
    expect(state.pass(false)).toBe(false);
  });
});
