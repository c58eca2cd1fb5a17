import { describe, expect, it } from 'vitest';
import {
  NO_FILTER,
  isFiltered,
  matches,
  queryOf,
} from '../../../../src-renderer/features/activity/activity-filter.ts';
import { latencyKey, longestMs, sortLatency } from '../../../../src-renderer/features/activity/latency.ts';
import { payloadText } from '../../../../src-renderer/features/activity/payload-text.ts';
import {
  answerCode,
  formatMs,
  logTime,
  totalMs,
} from '../../../../src-renderer/features/activity/request-figures.ts';
import { NOW, latency, request } from './builders.ts';

describe('the filter of the log', () => {
  it('asks for no more than a person chose', () => {
    expect(queryOf(NO_FILTER)).toEqual({});
    expect(queryOf({ ...NO_FILTER, text: '  ' })).toEqual({});
    expect(queryOf({ venue: 'bybit', accountId: 'acc-1', outcome: 'failed', text: ' wallet ' })).toEqual({
      venue: 'bybit',
      accountId: 'acc-1',
      outcome: 'failed',
      text: 'wallet',
    });
    expect([isFiltered(NO_FILTER), isFiltered({ ...NO_FILTER, text: 'x' })]).toEqual([false, true]);
  });

  it('never sends more text than the contract takes', () => {
    expect(queryOf({ ...NO_FILTER, text: 'x'.repeat(200) }).text).toHaveLength(80);
  });

  it.each([
    [{}, true],
    [{ text: 'ORDER.cr' }, true],
    [{ text: '/v5/order' }, true],
    [{ text: 'wallet' }, false],
    [{ venue: 'bybit-testnet' }, false],
    [{ accountId: 'acc-2' }, false],
    [{ outcome: 'ok', accountId: 'acc-1' }, true],
    [{ outcome: 'unknown' }, false],
  ] as const)('holds a live row against %j', (change, expected) => {
    expect(matches(request(1), { ...NO_FILTER, ...change })).toBe(expected);
  });
});

describe('figures of a request', () => {
  it('have one decimal, and say when there was no answer', () => {
    expect([formatMs(0.04), formatMs(9.96), formatMs(null)]).toEqual(['0.0', '10.0', '—']);
    expect(formatMs(1e-9)).toBe('0.0');
    expect([totalMs(request(1)), totalMs(request(1, { flightMs: null }))]).toEqual([41.5, null]);
  });

  it.each([
    [200, '0', '200'],
    [200, '10006', '200 · 10006'],
    [null, '0', '0'],
    [502, null, '502'],
    [null, null, '—'],
  ])('write status %s and code %s as %s', (status, venueCode, text) => {
    expect(answerCode(request(1, { status, venueCode }))).toBe(text);
  });

  it('carry milliseconds for a day and the date after it', () => {
    expect(logTime(NOW - 40, NOW)).toMatch(/\.960$/);
    expect(logTime(NOW - 86_400_000, NOW)).not.toMatch(/\.\d{3}$/);
  });
});

describe('payloadText', () => {
  it('indents JSON without touching what it says', () => {
    expect(payloadText('{"id":1523347543495541248,"qty":"0.10","list":[1.10,{}],"empty":[]}')).toBe(
      [
        '{',
        '  "id": 1523347543495541248,',
        '  "qty": "0.10",',
        '  "list": [',
        '    1.10,',
        '    {}',
        '  ],',
        '  "empty": []',
        '}',
      ].join('\n'),
    );
  });

  it('leaves signs inside of strings alone', () => {
    expect(payloadText('{"a":"x,{\\"y\\":[1]} z"}')).toBe('{\n  "a": "x,{\\"y\\":[1]} z"\n}');
  });

  it.each(['{"a":{"b":"cut of', '{"a":[1,', '{', '[[[', '{"a":"\\'])(
    'shows a body that was cut off: %s',
    (text) => {
      expect(payloadText(text).replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
    },
  );

  it('is not thrown off by brackets that close what was never opened', () => {
    expect(payloadText('[]]}')).toBe('[]\n]\n}');
  });

  it('puts each parameter of a query on its line and leaves other texts as they are', () => {
    expect(payloadText('category=linear&symbol=BTCUSDT')).toBe('category=linear\nsymbol=BTCUSDT');
    expect(payloadText('<html> a=b & c </html>')).toBe('<html> a=b & c </html>');
  });
});

describe('latency', () => {
  const rows = [
    latency('wallet', { p99: 50 }),
    latency('tickers', { p99: 90 }),
    latency('order.create', { p99: 50, transport: 'websocket' }),
  ];
  const names = (key: string, direction: 'ascending' | 'descending') =>
    sortLatency(rows, { key, direction }).map(({ operation }) => operation);

  it('is sorted by a figure, and equal figures by name', () => {
    expect(names('p99', 'descending')).toEqual(['tickers', 'order.create', 'wallet']);
    expect(names('p99', 'ascending')).toEqual(['order.create', 'wallet', 'tickers']);
    expect(names('operation', 'descending')).toEqual(['wallet', 'tickers', 'order.create']);
  });

  it('tells the same operation over two transports apart', () => {
    expect(latencyKey(latency('order.create'))).not.toBe(
      latencyKey(latency('order.create', { transport: 'websocket' })),
    );
  });

  it('has a longest bar that shares can be taken of, even with nothing measured', () => {
    expect([longestMs(rows), longestMs([])]).toEqual([90, 1]);
  });
});
