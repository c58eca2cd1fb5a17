import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import { Alerts } from '../../../src-main/alerts/alerts.ts';
import { MoveWindow } from '../../../src-main/alerts/percent-move.ts';
import { FRESH_CROSS, crossPrice } from '../../../src-main/alerts/price-cross.ts';
import type { AlertCondition, AlertDraft, AlertFiring } from '../../../src-preload/contract/types/alert.ts';
import type { VenueHealth } from '../../../src-preload/contract/types/app.ts';
import type { Ticker } from '../../../src-preload/contract/types/market.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { draft as orderDraft, ticker } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';

const market = { venue: 'practice', symbol: 'BTC/USDT' } as const;
type Cross = Extract<AlertCondition, { kind: 'priceCrosses' }>;
const cross = (direction: Cross['direction'], price = '100'): Cross => ({
  kind: 'priceCrosses',
  market,
  direction,
  price,
  source: 'last',
});

/** Which of these prices fire, in sequence. */
function firings(condition: Cross, hysteresis: string, prices: readonly string[]): string[] {
  let memory = FRESH_CROSS;
  return prices.filter((price) => {
    const step = crossPrice(condition, hysteresis, memory, price);
    memory = step.memory;
    return step.fired;
  });
}

describe('a price alert', () => {
  it.each<[string, Cross, string, string[], string[]]>([
    [
      'fires when the price goes above, the target itself included',
      cross('above'),
      '0',
      ['99', '100', '101'],
      ['100'],
    ],
    ['does not fire on the first price, whichever side it is on', cross('above'), '0', ['101', '102'], []],
    ['fires after a gap over the target', cross('above'), '0', ['90', '150'], ['150']],
    ['does not fire downwards when told above', cross('above'), '0', ['101', '99'], []],
    ['fires downwards when told below', cross('below'), '0', ['101', '100.5', '99.9'], ['99.9']],
    ['fires both ways when told either', cross('either'), '0', ['99', '101', '99'], ['101', '99']],
    [
      'fires once for a price that jitters inside the hysteresis',
      cross('above'),
      '1',
      ['99', '101', '99.5', '101', '99.2', '102'],
      ['101'],
    ],
    [
      'fires again once the price went back by the hysteresis',
      cross('above'),
      '1',
      ['98', '101', '98.9', '101'],
      ['101', '101'],
    ],
  ])('%s', (_name, condition, hysteresis, prices, expected) => {
    expect(firings(condition, hysteresis, prices)).toEqual(expected);
  });
});

describe('a percent move', () => {
  const move = (direction: 'up' | 'down' | 'either', percent = '5', windowMinutes = 1) =>
    ({ kind: 'percentMove', market, direction, percent, windowMinutes }) as const;

  it('sees a rise from the lowest price of the window, and tells it once', () => {
    const window = new MoveWindow();
    const fired = ['100', '98', '101', '102.9', '103', '103.1'].map((price, n) =>
      window.next(move('up'), price, n * 1000),
    );
    expect(fired).toEqual([null, null, null, '5', null, null]);
  });

  it('forgets prices that left the window', () => {
    const window = new MoveWindow();
    window.next(move('up'), '100', 0);
    expect(window.next(move('up'), '106', 60_001)).toBeNull();
    const other = new MoveWindow();
    other.next(move('up'), '100', 0);
    expect(other.next(move('up'), '106', 60_000)).toBe('6');
  });

  it('sees a fall as a negative move, and ignores it when told up', () => {
    const window = new MoveWindow();
    window.next(move('either'), '100', 0);
    expect(window.next(move('either'), '90', 1000)).toBe('-10');
    const up = new MoveWindow();
    up.next(move('up'), '100', 0);
    expect(up.next(move('up'), '90', 1000)).toBeNull();
  });

  it('agrees with a walk through all prices of the window', () => {
    const window = new MoveWindow();
    const condition = move('either', '1000', 1);
    const prices = Array.from({ length: 400 }, (_, n) => 100 + Math.round(50 * Math.sin(n / 7) + (n % 13)));
    const last = prices.length - 1;
    for (const [n, price] of prices.slice(0, last).entries()) window.next(condition, String(price), n * 1000);
    const inWindow = prices.slice(last - 60, last);
    const low = Math.min(...inWindow);
    const current = low * 3;
    expect(window.next(move('up', '150', 1), String(current), last * 1000)).toBe('200');
  });
});

describe('the alert desk', () => {
  let ledger: TestLedger;
  let now = 0;
  beforeEach(() => {
    ledger = testLedger();
    now = 1_000_000;
  });
  afterEach(() => {
    ledger.dispose();
  });

  function alerts() {
    const fired: AlertFiring[] = [];
    const watchers = new Set<(value: Ticker) => void>();
    const made = new Alerts({
      ledger: ledger.repositories,
      watch: (_market, listener) => {
        watchers.add(listener);
        return () => watchers.delete(listener);
      },
      clock: () => now,
      onFired: (firing) => fired.push(firing),
      onChanged: () => undefined,
      onWriteFailed: (error) => {
        throw error;
      },
    });
    const price = (last: string) => {
      for (const watcher of [...watchers]) watcher(ticker('BTC/USDT', last));
    };
    return { made, fired, price, watchers };
  }
  const rule = (over: Partial<AlertDraft> = {}): AlertDraft => ({
    label: 'test alert',
    condition: cross('above'),
    repeat: 'once',
    cooldownSeconds: 0,
    hysteresisPercent: '0',
    notify: true,
    ...over,
  });

  it('fires once, logs it, is done, and stops watching the market', async () => {
    const { made, fired, price, watchers } = alerts();
    const alert = await made.create(rule());
    for (const value of ['99', '101', '99', '101']) price(value);
    expect(fired).toHaveLength(1);
    expect(fired[0]).toMatchObject({
      alertId: alert.id,
      text: { key: 'priceCrosses', values: { price: '100', last: '101' } },
    });
    expect(made.list()[0]).toMatchObject({ state: 'done', firedCount: 1 });
    expect(watchers.size).toBe(0);
    expect((await ledger.repositories.alerts.firings({ limit: 9, offset: 0 })).total).toBe(1);
  });

  it('stays silent in the cool-down of a repeating alert', async () => {
    const { made, fired, price } = alerts();
    await made.create(rule({ repeat: 'repeating', cooldownSeconds: 60 }));
    for (const value of ['99', '101', '99']) price(value);
    now += 30_000;
    for (const value of ['101', '99']) price(value);
    expect(fired).toHaveLength(1);
    now += 31_000;
    price('101');
    expect(fired).toHaveLength(2);
  });

  it('survives a restart, and notices a crossing that happened meanwhile', async () => {
    const first = alerts();
    await first.made.create(rule());
    first.price('99');
    await first.made.dispose();
    const second = alerts();
    await second.made.load();
    expect(second.made.list()).toHaveLength(1);
    second.price('105');
    expect(second.fired).toHaveLength(1);
    await second.made.dispose();
    const third = alerts();
    await third.made.load();
    third.price('99');
    third.price('105');
    expect(third.fired).toHaveLength(0);
  });

  it('does nothing while paused and starts afresh when resumed', async () => {
    const { made, fired, price } = alerts();
    const { id } = await made.create(rule());
    price('99');
    await made.setPaused(id, true);
    price('101');
    await made.setPaused(id, false);
    price('102');
    expect(fired).toEqual([]);
  });

  it('tells a filled order, of one account or of any', async () => {
    const { made, fired } = alerts();
    await made.create(rule({ condition: { kind: 'orderFilled', accountId: 'other', partial: false } }));
    await made.create(rule({ condition: { kind: 'orderFilled', accountId: null, partial: false } }));
    const order = acknowledged({ ...orderDraft(), clientOrderId: '1' });
    made.orderChanged(order);
    expect(fired).toHaveLength(0);
    made.orderChanged({ ...order, state: 'filled', filledQuantity: '0.1', averagePrice: '60000' });
    expect(fired).toHaveLength(1);
    expect(fired[0]?.text.values).toMatchObject({ symbol: 'BTC/USDT', quantity: '0.1' });
  });

  it('tells a lost connection once after its time, and again only after it was live', async () => {
    const { made, fired } = alerts();
    await made.create(
      rule({ repeat: 'repeating', condition: { kind: 'connectionLost', venue: null, afterSeconds: 10 } }),
    );
    const health = (state: VenueHealth['state']) => {
      made.connections([{ venue: 'bybit', state } as VenueHealth]);
      now += 6000;
    };
    for (const state of [
      'live',
      'backingOff',
      'connecting',
      'backingOff',
      'backingOff',
      'backingOff',
    ] as const)
      health(state);
    expect(fired).toHaveLength(1);
    for (const state of ['live', 'stale', 'stale', 'stale'] as const) health(state);
    expect(fired).toHaveLength(2);
  });

  it('keeps and names a rule whose venue is not connected, and watches the others all the same', async () => {
    const { made: first } = alerts();
    await first.create(rule({ label: 'here' }));
    await first.create(
      rule({ label: 'elsewhere', condition: { ...cross('above'), market: { ...market, venue: 'bybit' } } }),
    );
    await first.dispose();
    const watched: string[] = [];
    const second = new Alerts({
      ledger: ledger.repositories,
      watch: ({ venue }) => {
        if (venue === 'bybit')
          throw new HoldfastError('unavailable', 'market.noVenue', 'bybit is not connected.');
        watched.push(venue);
        return () => undefined;
      },
      clock: () => now,
      onFired: () => undefined,
      onChanged: () => undefined,
      onWriteFailed: (error) => {
        throw error;
      },
    });
    await second.load();
    expect(watched).toEqual(['practice']);
    const reasons = Object.fromEntries(second.list().map((alert) => [alert.label, alert.blockedReason]));
    expect(reasons).toEqual({ here: undefined, elsewhere: 'bybit is not connected.' });
    expect(
      (await ledger.repositories.alerts.list()).every((alert) => alert.blockedReason === undefined),
    ).toBe(true);
  });

  it('refuses what does not exist and leaves the list alone when a write fails', async () => {
    const { made } = alerts();
    await expect(made.remove('nope')).rejects.toMatchObject({ kind: 'notFound' });
    ledger.failNext('alerts.save');
    await expect(made.create(rule())).rejects.toThrow();
    expect(made.list()).toEqual([]);
  });
});
