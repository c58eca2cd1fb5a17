import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BookFrameReader, CUT } from '../../../src-main/market/book-frame.ts';
import { BybitBookReader } from '../../../src-main/market/bybit-book-frame.ts';
import { isZeroDigits, sortKey } from '../../../src-main/market/sort-key.ts';

const reader = new BookFrameReader({ bids: 'b', asks: 'a' });
const decimal = fc.stringMatching(/^(0|[1-9]\d{0,19})(\.\d{1,18})?$/);
const levels = fc.array(fc.tuple(decimal, decimal), { maxLength: 6 });
const topic = 'orderbook.50.BTCUSDT';

describe('reading levels out of a frame', () => {
  it('finds what JSON.parse finds, in either order of the lists', () => {
    fc.assert(
      fc.property(levels, levels, fc.boolean(), (b, a, bidsFirst) => {
        const data = bidsFirst ? { s: 'X', b, a, u: 1 } : { a, s: 'X', b };
        const frame = reader.read(JSON.stringify({ topic, data }));
        expect(frame?.bids).toEqual({ levels: b, keys: b.map(([price]) => sortKey(price)) });
        expect(frame?.asks).toEqual({ levels: a, keys: a.map(([price]) => sortKey(price)) });
        expect(JSON.parse(frame?.rest ?? '')).toEqual({
          topic,
          data: { ...data, b: Number(CUT), a: Number(CUT) },
        });
      }),
    );
  });

  it.each([
    ['white space', '{"b": [["1","2"]],"a":[]}'],
    ['space between levels', '{"b":[["1","2"], ["1","2"]],"a":[]}'],
    ['numbers', '{"b":[[1,2]],"a":[]}'],
    ['a signed size', '{"b":[["1","-2"]],"a":[]}'],
    ['an exponent', '{"b":[["1","2e3"]],"a":[]}'],
    ['an escape', '{"b":[["1\\u0031","2"]],"a":[]}'],
    ['a third element', '{"b":[["1","2","3"]],"a":[]}'],
    ['a missing size', '{"b":[["1"]],"a":[]}'],
    ['an empty price', '{"b":[["","1"]],"a":[]}'],
    ['a lone point', '{"b":[[".","1"]],"a":[]}'],
    ['two points', '{"b":[["1.1.1","1"]],"a":[]}'],
    ['no asks', '{"b":[["1","1"]]}'],
    ['no bids', '{"a":[["1","1"]]}'],
    ['a list that does not end', '{"a":[],"b":[["1","1"]'],
    ['a level that does not end', '{"a":[],"b":[["1","1"'],
    ['a key inside a text', '{"s":"x\\"b\\":[[","a":[]}'],
    ['a key that ends as ours', '{"s\\"b":[["1","1"]],"a":[]}'],
  ])('leaves %s to the ordinary parser', (_, text) => {
    expect(reader.read(text)).toBeNull();
  });
});

describe('Bybit book messages', () => {
  const read = (text: string) => new BybitBookReader().read(text, 5);
  const data = { s: 'BTCUSDT', b: [['1.50', '2']], a: [['1.60', '0']], u: 7, seq: 9_001 };

  it.each([
    ['a contract', { topic, type: 'delta', ts: 3, data, cts: 2 }],
    ['a spot market', { topic, ts: 3, type: 'delta', data, cts: 2 }],
    ['an unknown order of keys', { cts: 2, data, type: 'delta', extra: [1], ts: 3, topic }],
  ])('reads the form of %s', (_, frame) => {
    const expected = {
      type: 'delta',
      nativeId: 'BTCUSDT',
      depth: 50,
      matchedAt: 2,
      message: { bids: data.b, asks: data.a, time: 3, receivedAt: 5, sequence: 7 },
    };
    expect(read(JSON.stringify(frame))).toMatchObject(expected);
    expect(read(JSON.stringify(frame, null, 1))).toMatchObject(expected);
  });

  it('reads the archive form without a matching time, and snapshots', () => {
    const frame = { topic, type: 'snapshot', ts: 3, data };
    expect(read(JSON.stringify(frame))).toMatchObject({ type: 'snapshot', matchedAt: 3 });
  });

  it.each<[string, unknown]>([
    ['another topic', { topic: 'publicTrade.BTCUSDT', type: 'delta', ts: 3, data }],
    ['another type', { topic, type: 'patch', ts: 3, data }],
    ['no topic', { success: true }],
    ['no time', { topic, type: 'delta', data }],
    ['a level with three texts', { topic, type: 'delta', ts: 3, data: { ...data, b: [['1', '2', '3']] } }],
    ['levels that are no list', { topic, type: 'delta', ts: 3, data: { ...data, a: 'x' } }],
    ['no sequence', { topic, type: 'delta', ts: 3, data: { s: 'BTCUSDT', b: [], a: [] } }],
    [
      'the levels of another market',
      { topic, type: 'delta', ts: 3, data: { ...data, s: 'ETHUSDT' }, cts: 2 },
    ],
    ['levels of no market', { topic, type: 'delta', ts: 3, data: { ...data, s: undefined } }],
    ['no data', { topic, type: 'delta', ts: 3, data: null }],
    ['no object', [1]],
    ['nothing', null],
  ])('answers null for %s', (_, frame) => {
    expect(read(JSON.stringify(frame))).toBeNull();
  });

  it('throws for what is no JSON', () => {
    expect(() => read('{"topic":"orderbook.50.BTCUSDT"')).toThrow(SyntaxError);
    expect(() => read('{"topic":"orderbook.50.X","b":[],"a":[]}}')).toThrow(SyntaxError);
  });
});

describe('zero sizes', () => {
  it.each([
    ['0', true],
    ['0.000', true],
    ['0.0001', false],
    ['10', false],
  ])('%s', (text, zero) => expect(isZeroDigits(text)).toBe(zero));
});
