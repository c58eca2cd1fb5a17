import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import { openRecording } from '../../../src-main/market/recording/open-recording.ts';
import { openPractice, refusalOf } from '../../unit/exchanges/practice/exchange-harness.ts';
import {
  book,
  memoryRecording,
  recordedInstrument,
  START,
  SYMBOL,
  trade,
} from '../../unit/exchanges/practice/replay-harness.ts';

const PERP = 'BTC/USDT:USDT';
type House = Awaited<ReturnType<typeof openPractice>>;
const orders = (house: House) =>
  house.events.flatMap((event) => (event.kind === 'order' ? [event.order] : []));
const fills = (house: House) => house.events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []));

describe('replaying a record', () => {
  const record = () =>
    memoryRecording(
      [recordedInstrument({ bookSnapshot: 1, bookDelta: 3, trade: 3 })],
      [
        book(0, 'bookSnapshot', [['99', '2']], [['101', '2']]),
        trade(1_000, '101', '1', 'buy'),
        trade(5_000, '99', '1.5', 'sell'),
        book(9_000, 'bookDelta', [['98', '1']], []),
        trade(10_000, '98', '2', 'sell'),
      ],
    );
  const source = { kind: 'replay', file: 'memory.jsonl', speed: 1 } as const;

  it('plays at its pace, shows nothing before its time, and ends', async () => {
    const house = await openPractice({ source, openRecording: record });
    expect((await house.exchange.market.trades(SYMBOL, 10)).length).toBe(0);
    expect((await house.exchange.market.book(SYMBOL, 5)).bids).toEqual([['99', '2']]);
    house.pass(1_500);
    expect((await house.exchange.market.trades(SYMBOL, 10)).map(({ time }) => time)).toEqual([START + 1_000]);
    expect(house.exchange.health().replay).toEqual({
      file: 'memory.jsonl',
      positionMs: 1_500,
      lengthMs: 10_000,
      speed: 1,
      ended: false,
    });
    await house.place({ symbol: SYMBOL, price: '98', quantity: '0.5' });
    house.pass(9_000);
    expect(house.exchange.health()).toMatchObject({
      state: 'paused',
      replay: { ended: true, positionMs: 10_000 },
    });
    expect(fills(house).map(({ price, quantity }) => [price, quantity])).toEqual([['98', '0.5']]);
    expect((await refusalOf(house.place({ symbol: SYMBOL, price: '98' }))).kind).toBe('marketClosed');
  });

  it('plays faster, changes its speed on the way, and starts again', async () => {
    const house = await openPractice({ source, openRecording: record });
    house.exchange.control.setSpeed(10);
    house.pass(500);
    expect(house.exchange.health().replay).toMatchObject({ positionMs: 5_000, speed: 10 });
    house.exchange.control.setSpeed(1);
    house.pass(500);
    expect(house.exchange.health().replay?.positionMs).toBe(5_500);
    await house.exchange.control.restartReplay();
    expect(house.exchange.health().replay?.positionMs).toBe(0);
    for (const speed of [0, 101, 1.5, Number.NaN])
      expect(() => house.exchange.control.setSpeed(speed)).toThrow(/speed/);
  });

  it('keeps the old market when the new file is none, and tells why', async () => {
    const house = await openPractice({
      openRecording: () => {
        throw new HoldfastError('badInput', 'input.invalid', 'file: line 17: expected a JSON object');
      },
    });
    const error = await refusalOf(house.exchange.control.setSource(source));
    expect(error.message).toContain('line 17');
    expect(house.exchange.control.source.kind).toBe('synthetic');
    house.pass(500);
    expect(house.exchange.health().state).toBe('live');
  });

  it('fails openly when the file breaks in the middle', async () => {
    const events = [book(0, 'bookSnapshot', [['99', '2']], [['101', '2']]), trade(1_000, '101', '1', 'buy')];
    const error = new HoldfastError('badInput', 'input.invalid', 'file: line 2: cut off');
    const broken = memoryRecording([recordedInstrument({ bookSnapshot: 1, trade: 1 })], events, {
      count: 1,
      error,
    });
    expect(await refusalOf(openPractice({ source, openRecording: () => broken }))).toBe(error);
  });

  it('cancels orders and settles positions when the market is changed', async () => {
    const house = await openPractice({ openRecording: record });
    await house.place({ symbol: PERP, type: 'market', quantity: '0.1' });
    await house.place({ price: (Number((await house.best()).bid) * 0.9).toFixed(2), clientOrderId: 'left' });
    await house.exchange.control.setSource(source);
    expect(await house.account.positions()).toEqual([]);
    expect(orders(house).at(-1)).toMatchObject({ clientOrderId: 'left', state: 'cancelled' });
    expect(fills(house).at(-1)?.cause).toBe('settlement');
    expect((await house.exchange.market.instruments()).map(({ symbol }) => symbol)).toEqual([SYMBOL]);
    expect((await refusalOf(house.exchange.market.book(PERP, 5))).kind).toBe('invalidOrder');
  });

  const file = join(
    process.env['HOLDFAST_DATA'] ?? '../shared/data',
    'bybit/ws/v5-2026-08-09-linear-BTC-DOGE.jsonl',
  );
  if (!existsSync(file)) console.warn(`skipped: ${file} is not there (HOLDFAST_DATA names the folder)`);

  it.skipIf(!existsSync(file))(
    'trades on a real record: a taker at once, a maker when its queue has traded',
    async () => {
      const house = await openPractice({ source: { kind: 'replay', file, speed: 10 }, openRecording });
      house.pass(500);
      const { bid, ask } = await house.best(PERP);
      await house.place({ symbol: PERP, type: 'market', quantity: '0.05', clientOrderId: 'taker' });
      await house.place({ symbol: PERP, price: bid, quantity: '0.05', clientOrderId: 'maker' });
      expect(fills(house)).toMatchObject([{ clientOrderId: 'taker', price: ask, quantity: '0.05' }]);
      house.pass(5_000);
      expect(fills(house).at(-1)).toMatchObject({ clientOrderId: 'maker', price: bid, liquidity: 'maker' });
      expect(house.exchange.health().replay?.ended).toBe(true);
    },
  );
});
