import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { Candle, StreamState } from '../../../src-main/exchanges/exchange.ts';
import { openPractice, refusalOf } from '../../unit/exchanges/practice/exchange-harness.ts';

const PERP = 'BTC/USDT:USDT';
type House = Awaited<ReturnType<typeof openPractice>>;
const orders = (house: House) =>
  house.events.flatMap((event) => (event.kind === 'order' ? [event.order] : []));
const fills = (house: House) => house.events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []));

describe('the practice account through the port', () => {
  it('starts with the first balances and one wallet', async () => {
    const house = await openPractice();
    const balances = await house.account.balances();
    expect(balances.map(({ asset, total, wallet, counted }) => [asset, total, wallet, counted])).toEqual([
      ['USDT', '10000', 'unified', true],
      ['BTC', '0.1', 'unified', true],
      ['ETH', '1', 'unified', true],
      ['EUR', '1000', 'unified', true],
    ]);
    expect(house.events.map(({ kind }) => kind)).toEqual(['state', 'positions', 'balances']);
    expect(await house.account.inspect()).toMatchObject({
      permissions: { read: true, trade: true, withdraw: false },
    });
  });

  it('places, is found, amends, cancels; each step is told once and the hold follows', async () => {
    const house = await openPractice();
    const { bid } = await house.best();
    const low = (Number(bid) * 0.9).toFixed(2);
    const placed = await house.place({ price: low, quantity: '0.02', clientOrderId: 'life' });
    expect(placed).toMatchObject({ state: 'working', filledQuantity: '0', price: low });
    const ref = { symbol: 'BTC/USDT', clientOrderId: 'life', venueOrderId: placed.venueOrderId };
    expect(await house.account.findOrder(ref)).toEqual(placed);
    expect(await house.account.openOrders('BTC/USDT')).toEqual([placed]);
    const amended = await house.account.amend({ ...ref, quantity: '0.01' });
    expect(amended).toMatchObject({ quantity: '0.01', state: 'working', venueOrderId: placed.venueOrderId });
    const held = (await house.account.balances()).find(({ asset }) => asset === 'USDT')?.held;
    expect(Number(held)).toBeCloseTo(Number(low) * 0.01, 6);
    expect(await house.account.cancel(ref)).toMatchObject({
      state: 'cancelled',
      reason: 'Cancelled on request.',
    });
    expect((await house.account.findOrder(ref))?.state).toBe('cancelled');
    expect((await refusalOf(house.account.cancel(ref))).kind).toBe('unknownOrder');
    expect((await house.account.balances()).every(({ held: left }) => left === '0')).toBe(true);
    expect(orders(house).map(({ state }) => state)).toEqual(['working', 'working', 'cancelled']);
    expect((await house.account.orderHistory(null, 0)).rows.map(({ state }) => state)).toEqual(['cancelled']);
    expect(await house.account.findOrder({ ...ref, clientOrderId: 'never' })).toBeNull();
  });

  it('is filled by price and time: at the best bid after what stood there, in part and then in full', async () => {
    const house = await openPractice();
    const { bid } = await house.best();
    const order = await house.place({ price: bid, quantity: '0.1' });
    expect(order.state).toBe('working');
    house.pass(60_000);
    const mine = fills(house);
    expect(mine.length).toBeGreaterThan(0);
    expect(mine.every(({ price, liquidity }) => price === bid && liquidity === 'maker')).toBe(true);
    const total = mine.reduce((sum, { quantity }) => sum + Number(quantity), 0);
    expect(
      Number(
        (
          await house.account.findOrder({
            symbol: 'BTC/USDT',
            clientOrderId: order.clientOrderId,
            venueOrderId: null,
          })
        )?.filledQuantity,
      ),
    ).toBeCloseTo(total, 9);
  });

  it('walks the crowd with a market order and pays what each level asks', async () => {
    const house = await openPractice();
    const { asks } = await house.exchange.market.book('ETH/USDT', 50);
    const three = asks.slice(0, 3).reduce((sum, [, size]) => sum + Number(size), 0);
    house.exchange.control.deposit('practice-1', 'USDT', '100000000');
    const order = await house.place({ symbol: 'ETH/USDT', type: 'market', quantity: three.toFixed(5) });
    expect(order.state).toBe('filled');
    expect([...new Set(fills(house).map(({ price }) => price))]).toEqual(
      asks.slice(0, 3).map(([price]) => price),
    );
    expect(
      fills(house).every(({ liquidity, feeCurrency }) => liquidity === 'taker' && feeCurrency === 'ETH'),
    ).toBe(true);
  });

  it('answers a batch item by item', async () => {
    const house = await openPractice();
    const { bid } = await house.best();
    const base = {
      symbol: 'BTC/USDT',
      side: 'buy',
      type: 'limit',
      timeInForce: 'GTC',
      postOnly: true,
      reduceOnly: false,
      positionSide: 'net',
    } as const;
    const price = (Number(bid) * 0.95).toFixed(2);
    const answers = await house.account.placeBatch([
      { ...base, price, quantity: '0.001', clientOrderId: 'b1' },
      { ...base, price, quantity: '0.001', clientOrderId: 'b1' },
      { ...base, price, quantity: '99', clientOrderId: 'b3' },
    ]);
    expect(
      answers.map((answer) => (answer.ok ? answer.order.state : (answer.error as HoldfastError).kind)),
    ).toEqual(['working', 'duplicateOrder', 'invalidOrder']);
    expect(await house.account.cancelAll()).toEqual(['b1']);
    expect(await house.account.openOrders()).toEqual([]);
  });

  it('refuses trading on an account that is for reading only, and everything after it was closed', async () => {
    const house = await openPractice();
    const reader = house.exchange.openAccount({
      accountId: 'practice-1',
      environment: 'practice',
      region: 'local',
      uses: ['read'],
      keyType: 'none',
      signer: null,
    });
    expect((await refusalOf(reader.cancelAll())).kind).toBe('permission');
    expect((await reader.balances()).length).toBe(4);
    reader.dispose();
    expect((await refusalOf(reader.balances())).kind).toBe('unavailable');
    expect((await refusalOf(house.account.setPositionMode('hedge'))).kind).toBe('notSupported');
    await house.account.setPositionMode('oneWay');
  });

  it('pages fills oldest first by cursor', async () => {
    const house = await openPractice();
    house.exchange.control.deposit('practice-1', 'USDT', '100000000');
    for (let count = 0; count < 120; count += 1) {
      await house.place({
        symbol: 'EUR/USDT',
        type: 'market',
        side: count % 2 === 0 ? 'buy' : 'sell',
        quantity: '10',
      });
      house.pass(100);
    }
    const all = fills(house).map(({ id }) => id);
    const first = await house.account.fills(null, 0);
    const second = await house.account.fills(first.cursor, 0);
    expect(first.rows).toHaveLength(100);
    expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(
      all.slice(0, 100 + second.rows.length),
    );
    expect((await refusalOf(house.account.fills('not ours', 0))).kind).toBe('protocol');
    expect((await house.account.fills(null, house.now() + 1)).rows).toEqual([]);
  });
});

describe('contracts on the synthetic market', () => {
  it('liquidates a position that the market runs against, and tells it as a fill', async () => {
    const house = await openPractice();
    await house.account.setMarginMode(PERP, 'isolated');
    await house.account.setLeverage(PERP, '100');
    await house.place({ symbol: PERP, type: 'market', side: 'buy', quantity: '0.1' });
    await house.place({ symbol: PERP, type: 'market', side: 'sell', quantity: '0.2' });
    const [position] = await house.account.positions();
    expect(position).toMatchObject({ side: 'short', marginMode: 'isolated', leverage: '100' });
    for (let hours = 0; hours < 48 && (await house.account.positions()).length > 0; hours += 1)
      house.pass(1_800_000, 1_800_000);
    // Half a percent in one direction or the other: a short at 100x may also be lucky, so take the other side too.
    if (!fills(house).some(({ cause }) => cause === 'liquidation')) {
      await house
        .place({ symbol: PERP, type: 'market', side: 'buy', quantity: '0.2', reduceOnly: true })
        .catch(() => undefined);
      await house.place({ symbol: PERP, type: 'market', side: 'buy', quantity: '0.1' });
      for (let hours = 0; hours < 96 && (await house.account.positions()).length > 0; hours += 1)
        house.pass(1_800_000, 1_800_000);
    }
    const liquidation = fills(house).find(({ cause }) => cause === 'liquidation');
    expect(liquidation).toBeDefined();
    expect(await house.account.positions()).toEqual([]);
    expect(Number(await house.total('USDT'))).toBeGreaterThan(9_000);
  });

  it('pays funding at 00:00, 08:00 and 16:00 UTC', async () => {
    const house = await openPractice({ now: Date.UTC(2026, 10, 20, 15, 59, 50) });
    await house.place({ symbol: PERP, type: 'market', quantity: '0.1' });
    const before = Number(await house.total('USDT'));
    house.pass(15_000);
    const { rows } = await house.account.funding(null, 0);
    expect(rows).toHaveLength(1);
    const ticker = (await house.exchange.market.tickers()).find(({ symbol }) => symbol === PERP);
    expect(ticker?.nextFunding).toBe(Date.UTC(2026, 10, 21));
    const amount = Number(rows[0]?.amount);
    expect(Math.sign(amount)).toBe(-Math.sign(Number(rows[0]?.rate)));
    expect(Number(await house.total('USDT'))).toBeCloseTo(before + amount, 9);
  });
});

describe('saving and restoring', () => {
  it('brings balances, orders, positions and history back, and remembers used ids', async () => {
    const first = await openPractice();
    const { bid } = await first.best();
    const price = (Number(bid) * 0.9).toFixed(2);
    await first.place({ price, clientOrderId: 'kept' });
    await first.place({
      type: 'stopMarket',
      side: 'sell',
      price: undefined,
      triggerPrice: price,
      clientOrderId: 'stop',
    });
    await first.place({ symbol: PERP, type: 'market', quantity: '0.1', clientOrderId: 'open' });
    await first.account.setProtection(PERP, 'net', { stopLoss: (Number(bid) * 0.8).toFixed(1) });
    const saved: unknown = JSON.parse(JSON.stringify(first.exchange.control.exportState()));
    const second = await openPractice({ now: first.now() + 1_000, savedState: saved });
    const plain = ({ updatedAt: _, ...rest }: { updatedAt: number }) => rest;
    expect((await second.account.openOrders()).map(plain)).toEqual(
      (await first.account.openOrders()).map(plain),
    );
    const own = async (house: House) =>
      (await house.account.positions()).map(({ quantity, entryPrice, margin, stopLoss }) => ({
        quantity,
        entryPrice,
        margin,
        stopLoss,
      }));
    expect(await own(second)).toEqual(await own(first));
    expect(await second.total('USDT')).toBe(await first.total('USDT'));
    expect((await second.account.fills(null, 0)).rows).toEqual((await first.account.fills(null, 0)).rows);
    expect((await refusalOf(second.place({ price, clientOrderId: 'kept' }))).kind).toBe('duplicateOrder');
    const ids = new Set((await first.account.fills(null, 0)).rows.map(({ id }) => id));
    await second.place({ symbol: PERP, type: 'market', quantity: '0.1' });
    expect(fills(second).every(({ id }) => !ids.has(id))).toBe(true);
  });

  it('restores twice to the same', async () => {
    const house = await openPractice();
    await house.place({ symbol: PERP, type: 'market', side: 'sell', quantity: '0.05' });
    await house.place({
      price: (Number((await house.best()).bid) * 0.9).toFixed(2),
    });
    const once = house.exchange.control.exportState();
    house.exchange.control.importState(JSON.parse(JSON.stringify(once)));
    expect(house.exchange.control.exportState()).toEqual(once);
  });

  it('settles positions and cancels orders when the market is another one', async () => {
    const first = await openPractice();
    await first.place({ symbol: PERP, type: 'market', quantity: '0.1' });
    await first.place({
      price: (Number((await first.best()).bid) * 0.9).toFixed(2),
      clientOrderId: 'resting',
    });
    const [position] = await first.account.positions();
    const saved: unknown = JSON.parse(JSON.stringify(first.exchange.control.exportState()));
    const second = await openPractice({ source: { kind: 'synthetic', seed: 99 }, savedState: saved });
    expect(await second.account.positions()).toEqual([]);
    expect(await second.account.openOrders()).toEqual([]);
    const expected = Number(await first.total('USDT')) + Number(position?.unrealizedPnl);
    expect(Number(await second.total('USDT'))).toBeCloseTo(expected, 9);
    expect((await second.account.orderHistory(null, 0)).rows.at(-1)).toMatchObject({
      clientOrderId: 'resting',
      state: 'cancelled',
    });
    expect((await second.account.fills(null, 0)).rows.at(-1)).toMatchObject({ cause: 'settlement' });
  });

  it.each([
    ['nothing', null],
    ['text', 'state'],
    ['another version', { version: 2 }],
    ['a negative balance', 'negative'],
    ['an unknown field', 'extra'],
  ])('refuses %s as a state and changes nothing', async (_name, broken) => {
    const house = await openPractice();
    const good = JSON.parse(JSON.stringify(house.exchange.control.exportState()));
    if (broken === 'negative') good.accounts[0].balances.USDT = '-1';
    if (broken === 'extra') good.accounts[0].admin = true;
    const before = house.exchange.control.exportState();
    const state = broken === 'negative' || broken === 'extra' ? good : broken;
    expect(() => house.exchange.control.importState(state)).toThrow(HoldfastError);
    expect(house.exchange.control.exportState()).toEqual(before);
  });

  it('says when there is something new to save', async () => {
    const house = await openPractice();
    let changes = 0;
    const stop = house.exchange.control.onChange(() => {
      changes += 1;
    });
    house.pass(2_000);
    expect(changes).toBe(0);
    await house.place({ type: 'market' });
    expect(changes).toBeGreaterThan(0);
    stop();
    const heard = changes;
    house.exchange.control.deposit('practice-1', 'USDT', '1');
    expect(changes).toBe(heard);
  });
});

describe('control', () => {
  it('adds play money, and names the field of a bad amount', async () => {
    const { exchange, total } = await openPractice();
    exchange.control.deposit('practice-1', 'USDT', '0.5');
    expect(await total('USDT')).toBe('10000.5');
    for (const amount of ['0', '-1', '1e3', '', '1000000001', 'NaN']) {
      expect(() => exchange.control.deposit('practice-1', 'USDT', amount)).toThrow(/amount/);
    }
    expect(() => exchange.control.deposit('practice-1', 'usdt; drop', '1')).toThrow(/asset/);
    // A slip of the finger must not leave the portfolio with an asset that nobody can price.
    expect(() => exchange.control.deposit('practice-1', 'USTD', '1')).toThrow(
      /asset: must be one of BTC, ETH, EUR, SOL, USDT/,
    );
    expect(await total('USTD')).toBeUndefined();
    expect(await total('USDT')).toBe('10000.5');
  });

  it('resets to the first balances without orders and positions; listeners stay', async () => {
    const house = await openPractice();
    await house.place({ symbol: PERP, type: 'market', quantity: '0.1' });
    await house.place({ price: (Number((await house.best()).bid) * 0.9).toFixed(2) });
    house.exchange.control.reset('practice-1');
    expect(await house.total('USDT')).toBe('10000');
    expect(await house.account.positions()).toEqual([]);
    expect(await house.account.openOrders()).toEqual([]);
    const told = house.events.length;
    await house.place({ type: 'market' });
    expect(house.events.length).toBeGreaterThan(told);
  });

  it('stands still while paused and says that streams are stale', async () => {
    const house = await openPractice();
    const states: StreamState[] = [];
    let books = 0;
    house.exchange.market.streamBook('BTC/USDT', 10, {
      next: () => (books += 1),
      state: (state) => states.push(state),
    });
    house.pass(1_000);
    house.exchange.control.pause();
    const stopped = books;
    house.pass(5_000);
    expect(books).toBe(stopped);
    expect(house.exchange.health().state).toBe('paused');
    house.exchange.control.resume();
    house.pass(1_000);
    expect(books).toBeGreaterThan(stopped);
    expect(states).toEqual(['live', 'stale', 'live']);
    expect(house.exchange.health().state).toBe('live');
  });

  it('stops its timer and its streams when it is disposed, a hundred times over', async () => {
    for (let round = 0; round < 100; round += 1) {
      const house = await openPractice();
      let candles: Candle[] = [];
      house.exchange.market.streamCandles('BTC/USDT', '1m', {
        next: (candle) => (candles = [...candles, candle]),
      });
      house.exchange.dispose();
      house.exchange.dispose();
      expect(house.ticking()).toBe(false);
      const heard = candles.length;
      house.pass(500);
      expect(candles).toHaveLength(heard);
    }
  });

  it('has neither speed nor beginning on the synthetic market', async () => {
    const { exchange } = await openPractice();
    expect(() => exchange.control.setSpeed(2)).toThrow(HoldfastError);
    expect((await refusalOf(exchange.control.restartReplay())).kind).toBe('notSupported');
  });
});
