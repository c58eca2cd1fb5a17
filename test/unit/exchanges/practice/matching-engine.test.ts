import { describe, expect, it } from 'vitest';
import { engineWithBooks, ticket } from './engine-harness.ts';

describe('price-time priority', () => {
  it('fills the best price first, and of one price the oldest order', () => {
    const { send, trades } = engineWithBooks();
    const worse = send({ owner: 'a', side: 'sell', price: 102 });
    const first = send({ owner: 'b', side: 'sell', price: 101 });
    const second = send({ owner: 'c', side: 'sell', price: 101 });
    const taker = send({ owner: 'd', price: 102, lots: 25 });
    expect(trades).toEqual([
      { price: 101, lots: 10, maker: first.id, taker: taker.id },
      { price: 101, lots: 10, maker: second.id, taker: taker.id },
      { price: 102, lots: 5, maker: worse.id, taker: taker.id },
    ]);
  });

  it('never trades worse than the limit and lets the rest stand', () => {
    const { engine, send, trades } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 101, lots: 4 });
    send({ owner: 'a', side: 'sell', price: 103, lots: 4 });
    const order = send({ owner: 'b', price: 102, lots: 10 });
    expect(trades.map(({ price }) => price)).toEqual([101]);
    expect(order).toMatchObject({ status: 'working', filled: 4, lots: 10 });
    expect(engine.bestBid()).toBe(102);
    expect(engine.bestAsk()).toBe(103);
  });
});

describe('time in force', () => {
  it('cancels the rest of an immediate-or-cancel order', () => {
    const { engine, send } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 101, lots: 4 });
    const order = send({ owner: 'b', price: 101, timeInForce: 'IOC' });
    expect(order).toMatchObject({ status: 'cancelled', endReason: 'notFilledAtOnce', filled: 4 });
    expect(engine.bestBid()).toBeNull();
  });

  it('refuses a fill-or-kill order that cannot be filled in full, without touching the book', () => {
    const { engine, send, trades } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 101, lots: 4 });
    send({ owner: 'a', side: 'sell', price: 102, lots: 5 });
    expect(engine.submit(ticket({ owner: 'b', price: 102, lots: 10, timeInForce: 'FOK' }), 0)).toEqual({
      ok: false,
      reason: 'fillOrKill',
    });
    expect(trades).toEqual([]);
    expect(send({ owner: 'b', price: 102, lots: 9, timeInForce: 'FOK' }).status).toBe('filled');
  });

  it('does not count the own resting order as liquidity of a fill-or-kill order', () => {
    const { engine, send } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 101, lots: 4 });
    send({ owner: 'b', side: 'sell', price: 101, lots: 6 });
    const result = engine.submit(ticket({ owner: 'b', price: 101, lots: 10, timeInForce: 'FOK' }), 0);
    expect(result).toEqual({ ok: false, reason: 'fillOrKill' });
  });

  it('refuses a post-only order that would take, and accepts it one tick away', () => {
    const { engine, send } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 101 });
    expect(engine.submit(ticket({ owner: 'b', price: 101, postOnly: true }), 0)).toEqual({
      ok: false,
      reason: 'wouldTake',
    });
    expect(send({ owner: 'b', price: 100, postOnly: true }).status).toBe('working');
  });
});

describe('market orders', () => {
  it('walks the book and cancels what nobody offers', () => {
    const { send } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 101, lots: 4 });
    send({ owner: 'a', side: 'sell', price: 110, lots: 4 });
    const order = send({ owner: 'b', price: null, market: true, lots: 10 });
    expect(order).toMatchObject({ filled: 8, status: 'cancelled', endReason: 'noLiquidity' });
  });

  it('stops at the worst price it was given', () => {
    const { send, trades } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 101, lots: 4 });
    send({ owner: 'a', side: 'sell', price: 110, lots: 4 });
    send({ owner: 'b', price: 105, market: true, lots: 10 });
    expect(trades.map(({ price }) => price)).toEqual([101]);
  });

  it('spends an amount and no more than it', () => {
    const { send, trades } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 100, lots: 4 });
    send({ owner: 'a', side: 'sell', price: 110, lots: 9 });
    const order = send({ owner: 'b', price: null, market: true, lots: null, budget: 1000 });
    // 4 x 100 leaves 600, which buys 5 at 110 and leaves 50.
    expect(trades.map(({ lots }) => lots)).toEqual([4, 5]);
    expect(order).toMatchObject({ status: 'filled', filled: 9, lots: 9, budget: 50 });
  });

  it('is refused where nobody offers anything', () => {
    const { engine } = engineWithBooks();
    expect(engine.submit(ticket({ price: null, market: true }), 0)).toEqual({
      ok: false,
      reason: 'noLiquidity',
    });
  });
});

describe('reduce-only', () => {
  it('is refused without a position and clipped to the one there is', () => {
    const { engine, send, positions } = engineWithBooks();
    expect(engine.submit(ticket({ owner: 'b', side: 'sell', reduceOnly: true }), 0)).toEqual({
      ok: false,
      reason: 'reduceOnly',
    });
    send({ owner: 'a', side: 'sell', price: 100, lots: 6 });
    send({ owner: 'b', price: 100, lots: 6 });
    send({ owner: 'a', side: 'buy', price: 99, lots: 20 });
    const closing = send({ owner: 'b', side: 'sell', price: 99, lots: 15, reduceOnly: true });
    expect(closing).toMatchObject({ status: 'filled', filled: 6 });
    expect(positions.get('b')).toBe(0);
  });

  it('takes a resting order out of the book when the position it closes is gone', () => {
    const { engine, send, positions } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 100, lots: 6 });
    send({ owner: 'b', price: 100, lots: 6 });
    const resting = send({ owner: 'b', side: 'sell', price: 105, lots: 6, reduceOnly: true });
    send({ owner: 'a', side: 'buy', price: 99, lots: 6 });
    send({ owner: 'b', side: 'sell', price: 99, lots: 6 });
    expect(positions.get('b')).toBe(0);
    send({ owner: 'a', side: 'buy', price: 105, lots: 6 });
    expect(resting).toMatchObject({ status: 'cancelled', endReason: 'reduceOnly', filled: 0 });
    expect(positions.get('b')).toBe(0);
    expect(engine.bestAsk()).toBeNull();
  });
});

describe('triggers', () => {
  it('fires a buy stop when a trade reaches its price, and a sell stop when it falls there', () => {
    const { send, trades } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 105, lots: 50 });
    send({ owner: 'a', side: 'buy', price: 95, lots: 50 });
    const buyStop = send({
      owner: 'b',
      price: null,
      market: true,
      trigger: { price: 105, source: 'last', when: 'rises' },
    });
    const sellStop = send({
      owner: 'c',
      side: 'sell',
      price: 90,
      trigger: { price: 95, source: 'last', when: 'falls' },
    });
    expect([buyStop.status, sellStop.status]).toEqual(['untriggered', 'untriggered']);
    send({ owner: 'd', price: 105, lots: 1 });
    expect(buyStop.status).toBe('filled');
    expect(sellStop.status).toBe('untriggered');
    send({ owner: 'd', side: 'sell', price: 95, lots: 1 });
    expect(sellStop).toMatchObject({ status: 'filled', filled: 10 });
    expect(trades.at(-1)?.price).toBe(95);
  });

  it('fires by mark and index only when those move', () => {
    const { engine, send } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 105, lots: 50 });
    const byMark = send({
      owner: 'b',
      price: null,
      market: true,
      trigger: { price: 104, source: 'mark', when: 'rises' },
    });
    engine.reference('index', 104, 0);
    engine.reference('last', 104, 0);
    expect(byMark.status).toBe('untriggered');
    engine.reference('mark', 104, 0);
    expect(byMark.status).toBe('filled');
  });

  it('lets one firing fire the next', () => {
    const { send, trades } = engineWithBooks();
    for (const price of [101, 102, 103]) send({ owner: 'a', side: 'sell', price, lots: 1 });
    const trigger = (price: number) => ({ price, source: 'last', when: 'rises' }) as const;
    send({ owner: 'b', price: null, market: true, lots: 1, trigger: trigger(101) });
    send({ owner: 'c', price: null, market: true, lots: 1, trigger: trigger(102) });
    send({ owner: 'd', price: 101, lots: 1 });
    expect(trades.map(({ price }) => price)).toEqual([101, 102, 103]);
  });

  it('fires the nearest trigger first and of equal ones the oldest', () => {
    const { engine, send, trades } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 100, lots: 50 });
    const at = (price: number) => ({ price, source: 'mark', when: 'rises' }) as const;
    const far = send({ owner: 'b', price: null, market: true, lots: 1, trigger: at(120) });
    const near = send({ owner: 'c', price: null, market: true, lots: 1, trigger: at(110) });
    const nearLater = send({ owner: 'd', price: null, market: true, lots: 1, trigger: at(110) });
    engine.reference('mark', 130, 0);
    expect(trades.map(({ taker }) => taker)).toEqual([near.id, nearLater.id, far.id]);
  });

  it('refuses a trigger that the price has passed already', () => {
    const { engine } = engineWithBooks();
    engine.reference('last', 100, 0);
    const trigger = { price: 100, source: 'last', when: 'rises' } as const;
    expect(engine.submit(ticket({ trigger }), 0)).toEqual({ ok: false, reason: 'wouldTrigger' });
  });

  it('rejects a fired order that its owner cannot pay', () => {
    const { engine, send, refuseFiring, trades } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 100, lots: 50 });
    const order = send({ owner: 'b', price: 100, trigger: { price: 100, source: 'mark', when: 'rises' } });
    refuseFiring();
    engine.reference('mark', 100, 0);
    expect(order).toMatchObject({ status: 'rejected', endReason: 'insufficientFunds' });
    expect(trades).toEqual([]);
  });

  it('can be cancelled and moved before it fires', () => {
    const { engine, send } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 100, lots: 50 });
    const order = send({ owner: 'b', price: 100, trigger: { price: 110, source: 'mark', when: 'rises' } });
    expect(engine.amend(order.id, { triggerPrice: 120 }, 0).ok).toBe(true);
    engine.reference('mark', 115, 0);
    expect(order.status).toBe('untriggered');
    engine.cancel(order.id, 'requested');
    engine.reference('mark', 125, 0);
    expect(order).toMatchObject({ status: 'cancelled', filled: 0 });
  });
});

describe('amending', () => {
  it('keeps the place in the queue when only the quantity falls', () => {
    const { engine, send, trades } = engineWithBooks();
    const first = send({ owner: 'a', side: 'sell' });
    send({ owner: 'b', side: 'sell' });
    expect(engine.amend(first.id, { lots: 4 }, 0).ok).toBe(true);
    expect(engine.asks.best()?.lots).toBe(14);
    send({ owner: 'c', lots: 4 });
    expect(trades).toMatchObject([{ maker: first.id, lots: 4 }]);
  });

  it('goes to the end of the queue when the quantity grows or the price moves', () => {
    for (const change of [{ lots: 11 }, { price: 101 }]) {
      const { engine, send, trades } = engineWithBooks();
      const first = send({ owner: 'a', side: 'sell', price: 100 });
      const second = send({ owner: 'b', side: 'sell', price: change.price ?? 100 });
      engine.amend(first.id, change, 0);
      send({ owner: 'c', price: 101, lots: 1 });
      expect(trades[0]?.maker).toBe(second.id);
    }
  });

  it('trades at once when the new price crosses, and is refused when it is post-only', () => {
    const { engine, send, trades } = engineWithBooks();
    send({ owner: 'a', side: 'sell', price: 105 });
    const plain = send({ owner: 'b', price: 100, lots: 3 });
    const shy = send({ owner: 'b', price: 100, lots: 3, postOnly: true });
    expect(engine.amend(shy.id, { price: 105 }, 0)).toEqual({ ok: false, reason: 'wouldTake' });
    expect(shy).toMatchObject({ status: 'working', price: 100 });
    engine.amend(plain.id, { price: 106 }, 0);
    expect(trades).toMatchObject([{ price: 105, lots: 3, taker: plain.id }]);
  });

  it('refuses a quantity at or below what is filled, unknown orders and nonsense', () => {
    const { engine, send } = engineWithBooks();
    const order = send({ owner: 'a', side: 'sell' });
    send({ owner: 'b', lots: 4 });
    expect(engine.amend(order.id, { lots: 4 }, 0)).toEqual({ ok: false, reason: 'belowFilled' });
    expect(engine.amend('nobody', { lots: 4 }, 0)).toEqual({ ok: false, reason: 'unknown' });
    for (const change of [
      { lots: 0 },
      { lots: 1.5 },
      { price: -1 },
      { price: Number.NaN },
      { triggerPrice: 5 },
    ]) {
      expect(engine.amend(order.id, change, 0)).toEqual({ ok: false, reason: 'badOrder' });
    }
  });
});

describe('self-trade prevention', () => {
  it.each([
    ['cancelMaker', 'cancelled', 'working'],
    ['cancelTaker', 'working', 'cancelled'],
    ['cancelBoth', 'cancelled', 'cancelled'],
  ] as const)('%s leaves the resting order %s and the incoming one %s', (policy, resting, incoming) => {
    const { send, trades } = engineWithBooks(policy);
    const maker = send({ side: 'sell' });
    const taker = send({ side: 'buy' });
    expect([maker.status, taker.status]).toEqual([resting, incoming]);
    expect(trades).toEqual([]);
  });

  it('lets anonymous orders of the crowd trade with each other', () => {
    const { send, trades } = engineWithBooks();
    send({ owner: '', side: 'sell' });
    send({ owner: '', side: 'buy' });
    expect(trades).toHaveLength(1);
  });
});

describe('what is refused', () => {
  it('refuses an id that an owner has used before, even after the order is over', () => {
    const { engine, send } = engineWithBooks();
    const order = send({ clientId: 'mine' });
    engine.cancel(order.id, 'requested');
    expect(engine.submit(ticket({ clientId: 'mine' }), 0)).toEqual({ ok: false, reason: 'duplicate' });
    expect(engine.submit(ticket({ clientId: 'mine', owner: 'bob' }), 0).ok).toBe(true);
  });

  it('refuses what cannot be counted exactly', () => {
    const { engine } = engineWithBooks();
    const bad = [
      { lots: 0 },
      { lots: -1 },
      { lots: 1.5 },
      { lots: Number.NaN },
      { price: 0 },
      { price: 2 ** 40, lots: 2 ** 40 },
      { price: null },
      { market: true, postOnly: true },
      { lots: null },
      { lots: 5, budget: 5 },
    ];
    for (const over of bad) {
      expect(engine.submit(ticket(over), 0)).toEqual({ ok: false, reason: 'badOrder' });
    }
    expect(engine.openOrders).toBe(0);
  });
});
