import { beforeEach, describe, expect, it } from 'vitest';
import type { RequestRecord, RequestRow } from '../../../src-preload/contract/types/activity.ts';
import { RequestLog } from '../../../src-main/net/request-log.ts';
import type { RequestEntry } from '../../../src-main/net/types.ts';
import { FakeTime, settle } from '../../support/net-time.ts';

const entry = (n: number, over: Partial<RequestEntry> = {}): RequestEntry => ({
  time: n,
  accountId: null,
  transport: 'http',
  operation: 'test',
  method: 'GET',
  path: '/v5/x',
  request: '',
  response: '{"retCode":0}',
  status: 200,
  outcome: 'ok',
  waitedMs: 1,
  flightMs: 2,
  ...over,
});
const reading = {
  venueCodeOf: (text: string) => /"retCode":(\d+)/.exec(text)?.[1] ?? null,
  isRefusal: (text: string) => !text.includes('"retCode":0'),
};

let time: FakeTime;
let kept: RequestRecord[];
let batches: number[];
let heard: RequestRow[];
let isClosed: boolean;
let log: RequestLog;
beforeEach(() => {
  time = new FakeTime();
  kept = [];
  batches = [];
  heard = [];
  isClosed = false;
  log = new RequestLog({
    time,
    secrets: () => ['test-key-0001'],
    append: (rows) => {
      if (isClosed) return Promise.reject(new Error('closed'));
      batches.push(rows.length);
      kept.push(...rows);
      return Promise.resolve(rows.map((_, index) => kept.length - rows.length + index + 1));
    },
    onRows: (rows) => heard.push(...rows),
  });
});

describe('the request log', () => {
  it('keeps what it is told within half a second, redacted, and tells it with its id', async () => {
    const sink = log.sink('bybit', reading);
    sink.record(
      entry(1, {
        request: 'apiKey=abc&limit=5',
        path: '/v5/test-key-0001',
        response: '{"retCode":0,"ip":"203.0.113.7"}',
      }),
    );
    expect(kept).toEqual([]);
    await time.run(500);
    expect(heard).toEqual([
      {
        ...entry(1),
        id: 1,
        venue: 'bybit',
        path: '/v5/[redacted]',
        request: 'apiKey=[redacted]&limit=5',
        response: '{"retCode":0,"ip":"[redacted]"}',
        venueCode: '0',
      },
    ]);
  });

  it('reads code and refusal from the answer, and only an answer that was good before can become a refusal', async () => {
    const sink = log.sink('bybit', reading);
    sink.record(entry(1, { response: '{"retCode":10004}' }));
    sink.record(entry(2, { response: '<html>', outcome: 'failed' }));
    sink.record(entry(3, { response: null, outcome: 'unknown', flightMs: null }));
    await time.run(500);
    expect(kept.map(({ outcome, venueCode }) => [outcome, venueCode])).toEqual([
      ['refused', '10004'],
      ['failed', null],
      ['unknown', null],
    ]);
  });

  it('keeps an answer that the reader of the venue chokes on', async () => {
    const choking = () => {
      throw new Error('cannot read');
    };
    log.sink('bybit', { venueCodeOf: choking, isRefusal: choking }).record(entry(1));
    await time.run(500);
    expect(kept).toMatchObject([{ outcome: 'ok', venueCode: null }]);
  });

  it('does a burst in turns, in order, in batches of at most 200', async () => {
    const sink = log.sink('bybit');
    for (let n = 0; n < 500; n += 1) sink.record(entry(n));
    time.advance(0);
    // One turn redacts a few: an order that comes now does not wait for all of them.
    expect(kept).toEqual([]);
    await time.run(600, 10);
    expect(kept.map((row) => row.time)).toEqual(Array.from({ length: 500 }, (_, n) => n));
    expect(Math.max(...batches)).toBeLessThanOrEqual(200);
    expect(heard.map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_, n) => n + 1));
  });

  it('holds what came while the ledger was closed, drops the oldest beyond its bound, and counts them', async () => {
    isClosed = true;
    const sink = log.sink('bybit');
    for (let n = 0; n < 5000; n += 1) {
      sink.record(entry(n));
      if (n % 100 === 0) await time.run(20, 1);
    }
    await time.run(1000, 10);
    isClosed = false;
    await time.run(6000, 10);
    expect(kept).toHaveLength(2000);
    expect(kept.at(-1)?.time).toBe(4999);
    expect(log.dropped).toBe(3000);
    expect(kept.map((row) => row.time)).toEqual(Array.from({ length: 2000 }, (_, n) => 3000 + n));
  });

  it('forgets what was not kept yet when the log is cleared', async () => {
    isClosed = true;
    log.sink('bybit').record(entry(1));
    await time.run(500);
    log.sink('bybit').record(entry(2));
    log.forget();
    isClosed = false;
    await time.run(6000);
    expect(kept).toEqual([]);
  });

  it('does not bring back, when it fails later, what was on its way while the log was cleared', async () => {
    let fail: (error: Error) => void = () => undefined;
    const added: number[] = [];
    log = new RequestLog({
      time,
      append: (rows) => {
        added.push(...rows.map((row) => row.time));
        return added.length === 1
          ? new Promise((_, reject) => (fail = reject))
          : Promise.resolve(rows.map(() => 1));
      },
    });
    const sink = log.sink('bybit');
    sink.record(entry(1));
    await time.run(500);
    log.forget();
    fail(new Error('closed'));
    await settle();
    sink.record(entry(2));
    await time.run(10_000);
    expect(added).toEqual([1, 2]);
  });

  it('keeps the rest when it is disposed, and records nothing after', async () => {
    const sink = log.sink('bybit');
    sink.record(entry(1));
    await log.dispose();
    sink.record(entry(2));
    await settle();
    expect(kept.map((row) => row.time)).toEqual([1]);
    expect(time.timers).toBe(0);
  });
});
