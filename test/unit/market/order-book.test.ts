import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BookLevel } from '../../../src-preload/contract/types/market.ts';
import { BookSide } from '../../../src-main/market/book-side.ts';
import { compareText } from '../../../src-main/market/decimal.ts';
import {
  type BookMessage,
  OrderBook,
  type OrderBookOptions,
  type SequencePolicy,
} from '../../../src-main/market/order-book.ts';
import { sortKey } from '../../../src-main/market/sort-key.ts';
import { NaiveBook } from './naive-book.ts';

const MARKET = { venue: 'bybit', symbol: 'BTC/USDT' } as const;

function open(options: Partial<OrderBookOptions> = {}): OrderBook {
  return new OrderBook(MARKET, { sequence: 'contiguous', ...options });
}

function message(bids: BookLevel[], asks: BookLevel[], rest: Partial<BookMessage> = {}): BookMessage {
  return { bids, asks, time: 1_000, receivedAt: 1_001, ...rest };
}

/** A live book: bids 100 and 99, asks 101 and 102, sequence 500. */
function live(options: Partial<OrderBookOptions> = {}): OrderBook {
  const book = open(options);
  const levels: [BookLevel[], BookLevel[]] = [
    [
      ['100.0', '2'],
      ['99', '1'],
    ],
    [
      ['101', '3'],
      ['102', '4'],
    ],
  ];
  expect(book.applySnapshot(message(...levels, { sequence: 500 }))).toBe('applied');
  return book;
}

describe('order book', () => {
  it('is loading, and drops deltas, until a snapshot came', () => {
    const book = open();
    expect(book.applyDelta(message([['1', '1']], [], { sequence: 1 }))).toBe('ignored');
    expect(book.state).toBe('loading');
    expect(book.view(5)).toMatchObject({ bids: [], asks: [], state: 'loading', sequence: null });
    expect(book.bestBid).toBeUndefined();
    expect(book.bestAsk).toBeUndefined();
  });

  it('sets, changes and removes levels by absolute size, best first, in the spelling received', () => {
    const book = live();
    const delta = message(
      [
        ['99', '0.000'],
        ['99.50', '7.0'],
        ['98', '0'],
      ],
      [['101', '0.50']],
      { sequence: 501, time: 2_000, receivedAt: 2_003 },
    );
    expect(book.applyDelta(delta)).toBe('applied');
    expect(book.view(50)).toEqual({
      ...MARKET,
      bids: [
        ['100.0', '2'],
        ['99.50', '7.0'],
      ],
      asks: [
        ['101', '0.50'],
        ['102', '4'],
      ],
      state: 'live',
      time: 2_000,
      receivedAt: 2_003,
      sequence: '501',
    });
  });

  it('knows two spellings of one price as one level', () => {
    const book = live();
    book.applyDelta(message([['100', '5']], [['1.01e2', '0']], { sequence: 501 }));
    expect(book.bids()).toEqual([
      ['100', '5'],
      ['99', '1'],
    ]);
    expect(book.bestAsk).toEqual(['102', '4']);
  });

  it('hands out copies that later messages do not change', () => {
    const book = live();
    const before = book.view(1);
    book.applyDelta(message([['100.0', '9']], [], { sequence: 501 }));
    expect(before.bids).toEqual([['100.0', '2']]);
    expect(book.view(1).bids).toEqual([['100.0', '9']]);
  });

  it('keeps no more levels than the venue does', () => {
    const book = live({ depth: 2 });
    book.applyDelta(message([['99.5', '1']], [['100.5', '1']], { sequence: 501 }));
    expect(book.bids()).toEqual([
      ['100.0', '2'],
      ['99.5', '1'],
    ]);
    expect(book.asks().map(([price]) => price)).toEqual(['100.5', '101']);
  });

  it('replaces everything at a snapshot, also when its number is older: the venue restarted', () => {
    const book = live();
    expect(book.applySnapshot(message([['50', '1']], [['51', '1']], { sequence: 1 }))).toBe('applied');
    expect(book.bids()).toEqual([['50', '1']]);
    expect(book.applyDelta(message([], [['51', '2']], { sequence: 2 }))).toBe('applied');
  });
});

describe('trust in a book', () => {
  it.each<[SequencePolicy, Partial<BookMessage>, string]>([
    ['contiguous', { sequence: 501 }, 'applied'],
    ['contiguous', { sequence: 500 }, 'ignored'],
    ['contiguous', { sequence: 3 }, 'ignored'],
    ['contiguous', { sequence: 502 }, 'gap'],
    ['contiguous', {}, 'gap'],
    ['contiguous', { sequence: 'x' }, 'gap'],
    ['contiguous', { sequence: 501.5 }, 'gap'],
    ['previous', { sequence: 900, previous: 500 }, 'applied'],
    ['previous', { sequence: 900, previous: '500' }, 'applied'],
    ['previous', { sequence: 900, previous: 499 }, 'gap'],
    ['previous', { sequence: 900 }, 'gap'],
    ['previous', { sequence: 500, previous: 499 }, 'ignored'],
    ['rising', { sequence: 900 }, 'applied'],
    ['rising', { sequence: 500 }, 'applied'],
    ['rising', { sequence: 499 }, 'ignored'],
    ['none', {}, 'applied'],
  ])('under the policy %s takes %j as %s', (sequence, numbers, outcome) => {
    const book = live({ sequence });
    expect(book.applyDelta(message([['100.0', '8']], [], numbers))).toBe(outcome);
    expect(book.bestBid).toEqual(['100.0', outcome === 'applied' ? '8' : '2']);
    expect(book.state).toBe(outcome === 'gap' ? 'stale' : 'live');
  });

  it('counts exactly beyond 2^53', () => {
    const book = open();
    book.applySnapshot(message([['1', '1']], [], { sequence: '9007199254740993' }));
    expect(book.applyDelta(message([['1', '2']], [], { sequence: '9007199254740993' }))).toBe('ignored');
    expect(book.applyDelta(message([['1', '2']], [], { sequence: '9007199254740994' }))).toBe('applied');
    expect(book.applyDelta(message([['1', '3']], [], { sequence: '9007199254740996' }))).toBe('gap');
    // A number that JSON.parse already rounded proves nothing.
    book.applySnapshot(message([['1', '1']], [], { sequence: 2 ** 53 }));
    expect(book.applyDelta(message([['1', '2']], [], { sequence: 2 ** 53 + 2 }))).toBe('gap');
  });

  it('stays stale after a gap, shows its last levels as such, and is live again with a snapshot', () => {
    const book = live();
    book.applyDelta(message([['100.0', '9']], [], { sequence: 503 }));
    expect(book.applyDelta(message([['100.0', '9']], [], { sequence: 501 }))).toBe('ignored');
    expect(book.view(1)).toMatchObject({ state: 'stale', bids: [['100.0', '2']], sequence: '500' });
    expect(book.fault).toBe('gap');
    book.applySnapshot(message([['90', '1']], [['91', '1']], { sequence: 600 }));
    expect(book.state).toBe('live');
    expect(book.fault).toBeNull();
  });

  it.each([
    ['crossed', '101.5'],
    ['locked', '101'],
  ])('is stale when bid and ask are %s', (_, bid) => {
    const book = live();
    expect(book.applyDelta(message([[bid, '1']], [], { sequence: 501 }))).toBe('crossed');
    expect(book.state).toBe('stale');
  });

  it.each<[string, unknown]>([
    ['a price that is no number', ['x', '1']],
    ['an empty price', ['', '1']],
    ['a negative price', ['-1', '1']],
    ['a lone point', ['.', '1']],
    ['two points', ['1.2.3', '1']],
    ['an endless number', ['1e999', '1']],
    ['a negative size', ['1', '-1']],
    ['a size that is no number', ['1', '1 ']],
    ['numbers instead of text', [1, 2]],
    ['a level without size', ['1']],
  ])('is stale after %s', (_, level) => {
    const book = live();
    expect(book.applyDelta(message([level as BookLevel], [], { sequence: 501 }))).toBe('malformed');
    expect(book.state).toBe('stale');
    expect(open().applySnapshot(message([], [level as BookLevel]))).toBe('malformed');
  });

  it('asks the checksum hook after each message that carries one', () => {
    const seen: [number, string | undefined][] = [];
    const checksum = (book: OrderBook, expected: number): boolean => {
      seen.push([expected, book.bestBid?.[1]]);
      return expected === 7;
    };
    const book = live({ checksum });
    expect(book.applyDelta(message([['100.0', '5']], [], { sequence: 501, checksum: 7 }))).toBe('applied');
    expect(book.applyDelta(message([['100.0', '6']], [], { sequence: 502, checksum: null }))).toBe('applied');
    expect(book.verify(7)).toBe(true);
    expect(book.applyDelta(message([['100.0', '4']], [], { sequence: 503, checksum: 8 }))).toBe('checksum');
    expect(book.fault).toBe('checksum');
    expect(seen).toEqual([
      [7, '5'],
      [7, '6'],
      [8, '4'],
    ]);
  });

  it('is stale after a checksum of its own that does not match', () => {
    const book = live({ checksum: () => false });
    expect(book.verify(1)).toBe(false);
    expect(book.view(1).state).toBe('stale');
    expect(live().verify(1)).toBe(true);
  });

  it('is stale when the connection broke, but never pretends to have had a snapshot', () => {
    const book = live();
    book.markStale();
    expect([book.state, book.fault]).toEqual(['stale', 'disconnected']);
    const empty = open();
    empty.markStale();
    expect(empty.state).toBe('loading');
  });
});

describe('order of prices', () => {
  /** Few digits, so that equal and neighbouring prices are common; long tails, so that doubles tie. */
  const price = fc
    .tuple(
      fc.constantFrom('1', '2', '9007199254740992', '0'),
      fc.constantFrom('', '.1', '.10', '.3000000000000000000001', '.3000000000000000000002', '.3', '.07'),
    )
    .map(([whole, fraction]) => whole + fraction);
  const size = fc.constantFrom('0', '0.0', '1', '2.50', '0.000001');
  const level = fc.tuple(price, size) as fc.Arbitrary<BookLevel>;

  it('agrees with a naive exact model for any snapshot and deltas', () => {
    const batches = fc.array(fc.array(level, { maxLength: 12 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(batches, fc.constantFrom('bids', 'asks'), (messages, side) => {
        const engine = new BookSide(side, Infinity);
        const model = new NaiveBook();
        for (const levels of messages) {
          expect(engine.apply(levels)).toBe(true);
          model.delta(side === 'bids' ? levels : [], side === 'asks' ? levels : []);
          const expected = side === 'bids' ? model.bids() : model.asks();
          expect(engine.top(Infinity)).toEqual(expected);
          expect(engine.top(3)).toEqual(expected.slice(0, 3));
          expect(engine.best).toEqual(expected[0]);
          expect(engine.size).toBe(expected.length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never contradicts the exact order of two decimals', () => {
    const text = fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.stringMatching(/^[0-9]{0,20}$/))
      .map(([whole, fraction]) => (fraction === '' ? `${whole}` : `${whole}.${fraction}`));
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [x, y] = [sortKey(a), sortKey(b)];
        if (x !== y) expect(compareText(a, b)).toBe(x < y ? -1 : 1);
      }),
    );
  });

  it('computes the double that the language itself would', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{1,12}(\.\d{0,12})?$/), (text) => {
        expect(sortKey(text)).toBe(Number(text));
      }),
      { numRuns: 1000 },
    );
  });
});
