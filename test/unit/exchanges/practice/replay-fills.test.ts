import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Sequence } from '../../../../src-main/exchanges/practice/synthetic/random.ts';
import { openRecording } from '../../../../src-main/market/recording/open-recording.ts';
import type { RecordedEvent } from '../../../../src-main/market/recording/recorded-event.ts';
import { book, minute, recordedInstrument, replayed, START, trade } from './replay-harness.ts';

const withBook = () => {
  const house = replayed(recordedInstrument({ bookSnapshot: 1, trade: 1 }));
  house.play(
    book(
      0,
      'bookSnapshot',
      [
        ['99', '2'],
        ['98', '5'],
        ['96', '1'],
      ],
      [
        ['101', '1'],
        ['102', '3'],
        ['105', '9'],
      ],
    ),
  );
  return house;
};

describe('takers on a recorded book', () => {
  it('take what the levels show, best first, and no more than they show', () => {
    const house = withBook();
    const order = house.place({ price: '102', quantity: '6' });
    expect(house.fills()).toEqual([
      { price: '101', quantity: '1', liquidity: 'taker' },
      { price: '102', quantity: '3', liquidity: 'taker' },
    ]);
    expect(order).toMatchObject({ state: 'partiallyFilled', filledQuantity: '4' });
  });

  it('do not get the same liquidity twice until the record removes the level', () => {
    const house = withBook();
    house.place({ type: 'market', quantity: '1' });
    house.place({ type: 'market', quantity: '1' });
    expect(house.fills().map(({ price }) => price)).toEqual(['101', '102']);
    expect(house.market.book(2).asks).toEqual([
      ['102', '2'],
      ['105', '9'],
    ]);
    // More at 101: only what was added is there for us.
    house.play(book(10, 'bookDelta', [], [['101', '1.5']]));
    house.place({ type: 'market', quantity: '1' });
    expect(house.fills().slice(2)).toEqual([
      { price: '101', quantity: '0.5', liquidity: 'taker' },
      { price: '102', quantity: '0.5', liquidity: 'taker' },
    ]);
    house.play(book(20, 'bookDelta', [], [['101', '0']]), book(30, 'bookDelta', [], [['101', '2']]));
    house.place({ type: 'market', quantity: '2' });
    expect(house.fills().slice(4)).toEqual([{ price: '101', quantity: '2', liquidity: 'taker' }]);
  });

  it('keep their consumption over a snapshot', () => {
    const house = withBook();
    house.place({ type: 'market', quantity: '1' });
    house.play(
      book(
        10,
        'bookSnapshot',
        [['99', '2']],
        [
          ['101', '1'],
          ['102', '3'],
        ],
      ),
    );
    house.place({ type: 'market', quantity: '1' });
    expect(house.fills().map(({ price }) => price)).toEqual(['101', '102']);
  });

  it('see the deepest stream of a record only, and nothing between a gap and the next snapshot', () => {
    const house = withBook();
    const shallow = book(5, 'bookSnapshot', [['99', '9']], [['101', '9']]);
    house.play({ ...shallow, depth: 1 } as RecordedEvent);
    expect(house.market.book(5).bids).toHaveLength(3);
    expect(house.market.book(5).state).toBe('live');
    house.play(book(10, 'bookSnapshot', [], []));
    expect(house.market.book(5)).toMatchObject({ bids: [], asks: [], state: 'loading' });
    expect(() => house.place({ type: 'market' })).toThrow(/nobody offers/);
  });

  it('fill or kill by what is left', () => {
    const house = withBook();
    expect(() => house.place({ timeInForce: 'FOK', price: '102', quantity: '4.001' })).toThrow(/FOK/);
    expect(house.place({ timeInForce: 'FOK', price: '102', quantity: '4' }).state).toBe('filled');
  });
});

describe('resting orders on a recorded book', () => {
  it('fill at their price only after the queue that stood there has traded', () => {
    const house = withBook();
    house.place({ price: '99', quantity: '1' });
    house.play(trade(10, '99', '1.5', 'sell'));
    expect(house.fills()).toEqual([]);
    house.play(trade(20, '99', '0.7', 'sell'));
    expect(house.fills()).toEqual([{ price: '99', quantity: '0.2', liquidity: 'maker' }]);
    house.play(trade(30, '99', '5', 'sell'));
    expect(house.fills().at(-1)).toEqual({ price: '99', quantity: '0.8', liquidity: 'maker' });
    expect(house.open()).toEqual([]);
  });

  it('are not reached by takers of their own side', () => {
    const house = withBook();
    house.place({ price: '100', quantity: '1' });
    house.play(trade(10, '100', '5', 'buy'));
    expect(house.fills()).toEqual([]);
    house.play(trade(20, '100', '5', 'sell'));
    expect(house.fills()).toEqual([{ price: '100', quantity: '1', liquidity: 'maker' }]);
  });

  it('move up when those ahead leave, and never stand behind more than the level shows', () => {
    const house = withBook();
    house.place({ price: '98', quantity: '1' });
    house.play(book(10, 'bookDelta', [['98', '0.5']], []), trade(20, '98', '1', 'sell'));
    expect(house.fills()).toEqual([{ price: '98', quantity: '0.5', liquidity: 'maker' }]);
  });

  it('fill at their own price when trades go through it, up to the traded size, best price and oldest first', () => {
    const house = withBook();
    house.place({ price: '97', quantity: '1' });
    house.place({ price: '98', quantity: '1' });
    house.place({ price: '98', quantity: '1' });
    house.play(trade(10, '96', '2.5', 'sell'));
    expect(house.fills()).toEqual([
      { price: '98', quantity: '1', liquidity: 'maker' },
      { price: '98', quantity: '1', liquidity: 'maker' },
      { price: '97', quantity: '0.5', liquidity: 'maker' },
    ]);
  });

  it('beyond the recorded depth fill only when the price goes through', () => {
    const house = withBook();
    house.place({ price: '90', quantity: '1' });
    house.play(trade(10, '90', '50', 'sell'));
    expect(house.fills()).toEqual([]);
    house.play(trade(20, '89', '50', 'sell'));
    expect(house.fills()).toEqual([{ price: '90', quantity: '1', liquidity: 'maker' }]);
  });

  it('lose their place when they are amended', () => {
    const house = withBook();
    const { clientOrderId } = house.place({ price: '100', quantity: '1' });
    const record = house.open()[0];
    expect(record?.request.clientOrderId).toBe(clientOrderId);
    house.play(book(5, 'bookDelta', [['100', '4']], []));
    record?.market.matcher.amend(record.id, { lots: 2_000 }, 0);
    house.play(trade(10, '100', '3', 'sell'));
    expect(house.fills()).toEqual([]);
  });

  it('fire stops by recorded trades, not by own fills', () => {
    const house = withBook();
    const stop = house.place({
      side: 'sell',
      type: 'stopMarket',
      triggerPrice: '98',
      price: undefined,
      quantity: '1',
    });
    expect(stop.state).toBe('untriggered');
    house.place({ side: 'sell', type: 'limit', price: '98', quantity: '6' });
    expect(house.open().some((record) => record.id === stop.venueOrderId)).toBe(true);
    house.play(trade(10, '98', '1', 'sell'));
    expect(house.open().some((record) => record.id === stop.venueOrderId)).toBe(false);
    expect(house.fills().at(-1)).toMatchObject({ liquidity: 'taker' });
  });
});

describe('records without a book', () => {
  it('fill a market order at the next trades, at their prices, up to their sizes', () => {
    const house = replayed(recordedInstrument({ trade: 5 }));
    house.play(trade(0, '100', '1', 'buy'));
    const order = house.place({ type: 'market', quantity: '3' });
    expect(order).toMatchObject({ state: 'working', filledQuantity: '0' });
    house.play(trade(10, '101', '1', 'buy'), trade(20, '102', '9', 'buy'));
    expect(house.fills()).toEqual([
      { price: '101', quantity: '1', liquidity: 'taker' },
      { price: '102', quantity: '2', liquidity: 'taker' },
    ]);
    expect(house.open()).toEqual([]);
  });

  it('fill a limit order only when a trade goes through its price', () => {
    const house = replayed(recordedInstrument({ trade: 5 }));
    house.play(trade(0, '100', '1', 'buy'));
    house.place({ price: '99', quantity: '1' });
    house.play(trade(10, '99', '50', 'sell'));
    expect(house.fills()).toEqual([]);
    house.play(trade(20, '98', '0.4', 'sell'));
    expect(house.fills()).toEqual([{ price: '99', quantity: '0.4', liquidity: 'maker' }]);
  });

  it('fill a limit order that would take at the next trade inside its limit', () => {
    const house = replayed(recordedInstrument({ trade: 5 }));
    house.play(trade(0, '100', '1', 'buy'));
    house.place({ price: '105', quantity: '1' });
    house.play(trade(10, '106', '9', 'buy'), trade(20, '104', '9', 'buy'));
    expect(house.fills()).toEqual([{ price: '104', quantity: '1', liquidity: 'taker' }]);
  });

  it('know no fills of the past: a candle counts only when it began after the order', () => {
    const house = replayed(recordedInstrument({ candle: 5 }));
    house.play(minute(0, ['100', '101', '99', '100'], '10'));
    // The order comes inside minute 1, whose low may have been there before it.
    house.market.advance(START + 90_000);
    house.place({ price: '95', quantity: '1' });
    house.play(minute(1, ['100', '100', '90', '97'], '10'));
    expect(house.fills()).toEqual([]);
    house.play(minute(2, ['97', '98', '90', '96'], '10'));
    expect(house.fills()).toEqual([{ price: '95', quantity: '1', liquidity: 'maker' }]);
  });

  it('fill at the limit when a whole candle after the order trades through it, up to its volume', () => {
    const house = replayed(recordedInstrument({ candle: 5 }));
    house.play(minute(0, ['100', '101', '99', '100'], '10'));
    house.place({ price: '95', quantity: '3' });
    house.play(minute(1, ['100', '100', '95', '97'], '10'));
    expect(house.fills()).toEqual([]);
    house.play(minute(2, ['97', '98', '94', '96'], '2'));
    expect(house.fills()).toEqual([{ price: '95', quantity: '2', liquidity: 'maker' }]);
  });

  it('fill a market order at the close of the next candle', () => {
    const house = replayed(recordedInstrument({ candle: 5 }));
    house.play(minute(0, ['100', '101', '99', '100'], '10'));
    house.place({ type: 'market', side: 'sell', quantity: '3' });
    house.play(minute(1, ['100', '104', '99', '102'], '10'));
    expect(house.fills()).toEqual([{ price: '102', quantity: '3', liquidity: 'taker' }]);
  });
});

const DATA = process.env['HOLDFAST_DATA'] ?? '../shared/data';
/** In the 44 s of the spot capture no queue at a best price trades through, so only takers fill there. */
const CAPTURES = [
  ['bybit/ws/v5-2026-08-09-linear-BTC-DOGE.jsonl', true],
  ['bybit/ws/v5-2026-08-09-spot-BTC.jsonl', false],
] as const;

/** What the record itself says, kept in the plainest way. */
class PlainRecord {
  readonly sides = { buy: new Map<string, number>(), sell: new Map<string, number>() };
  trades: { price: number; size: number }[] = [];

  apply(event: RecordedEvent): void {
    this.trades = [];
    if (event.kind === 'trade') {
      this.trades = [{ price: Number(event.trade.price), size: Number(event.trade.quantity) }];
    }
    if (event.kind !== 'bookSnapshot' && event.kind !== 'bookDelta') return;
    for (const [side, levels] of [
      ['buy', event.bids],
      ['sell', event.asks],
    ] as const) {
      if (event.kind === 'bookSnapshot') this.sides[side].clear();
      for (const [price, size] of levels) {
        if (Number(size) === 0) this.sides[side].delete(String(Number(price)));
        else this.sides[side].set(String(Number(price)), Number(size));
      }
    }
  }
}

describe.each(CAPTURES)('on the recorded %s', (name, makers) => {
  const file = join(DATA, name);
  if (!existsSync(file)) console.warn(`skipped: ${file} is not there (HOLDFAST_DATA names the folder)`);

  it.skipIf(!existsSync(file))(
    'fills nothing at a price or size that the record does not support',
    async () => {
      const recording = await openRecording(file);
      const summary = await recording.describe();
      const instrument = summary.instruments[0];
      if (instrument === undefined) throw new Error('the record has no market');
      const house = replayed(instrument);
      const record = new PlainRecord();
      const random = new Sequence(11);
      let seen = 0;
      let placed = 0;
      for await (const event of recording.events()) {
        if (event.symbol !== instrument.symbol) continue;
        record.apply(event);
        house.play(event);
        const made = house.fills().slice(seen);
        const volume = record.trades[0]?.size ?? 0;
        expect(made.reduce((sum, fill) => sum + Number(fill.quantity), 0)).toBeLessThanOrEqual(volume + 1e-9);
        for (const fill of made) {
          // While the record plays, only resting orders fill, and only by a trade at or beyond their price.
          expect(fill.liquidity).toBe('maker');
          const order =
            house.account.history.orders
              .values()
              .findLast(({ price }) => Number(price) === Number(fill.price)) ??
            house
              .open()
              .map(({ request }) => request)
              .find(({ price }) => Number(price) === Number(fill.price));
          const traded = record.trades[0]?.price ?? Number.NaN;
          if (order?.side === 'buy') expect(traded).toBeLessThanOrEqual(Number(fill.price));
          else expect(traded).toBeGreaterThanOrEqual(Number(fill.price));
        }
        seen = house.fills().length;
        const { bids, asks } = house.market.book(5);
        if (bids.length < 5 || asks.length < 5 || random.next() > 0.3) continue;
        const side = random.next() < 0.5 ? 'buy' : 'sell';
        const levels = random.next() < 0.5 ? bids : asks;
        const price = levels[random.below(2)]?.[0];
        house.place({
          side,
          price,
          quantity: instrument.lotSize,
          ...(random.next() < 0.2 ? { type: 'market', price: undefined } : {}),
        });
        placed += 1;
        for (const fill of house.fills().slice(seen)) {
          expect(fill.liquidity).toBe('taker');
          const shown = record.sides[side === 'buy' ? 'sell' : 'buy'].get(String(Number(fill.price))) ?? 0;
          expect(Number(fill.quantity)).toBeLessThanOrEqual(shown);
        }
        seen = house.fills().length;
      }
      expect(placed).toBeGreaterThan(20);
      expect(house.fills().some(({ liquidity }) => liquidity === 'maker')).toBe(makers);
      expect(house.fills().some(({ liquidity }) => liquidity === 'taker')).toBe(true);
    },
  );
});
