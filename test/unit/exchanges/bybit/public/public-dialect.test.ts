import { describe, expect, it } from 'vitest';
import type { BybitCategory } from '../../../../../src-main/exchanges/bybit/public/category.ts';
import { topicOf } from '../../../../../src-main/exchanges/bybit/public/frame-topic.ts';
import { publicDialect } from '../../../../../src-main/exchanges/bybit/public/public-dialect.ts';

interface Request {
  readonly op: string;
  readonly req_id: string;
  readonly args: readonly string[];
}
const parse = (frame: string): Request => JSON.parse(frame) as Request;

function setUp(category: BybitCategory) {
  const resent: Request[] = [];
  const dialect = publicDialect(category, (frame) => resent.push(parse(frame)));
  const ask = (topics: readonly string[]) => dialect.subscribe(topics).map(parse);
  const refusal = (answer: object) => dialect.readRefusal?.(JSON.stringify(answer)) ?? null;
  return { dialect, resent, ask, refusal };
}
const topics = (count: number, length = 20): string[] =>
  Array.from({ length: count }, (_, at) => `tickers.${String(at).padStart(length - 8, 'X')}`);

describe('subscribing', () => {
  it.each([
    ['spot', 500, 50],
    ['linear', 500, 1],
    ['linear', 501, 2],
    ['option', 1_200, 3],
  ] as const)('splits %s %i topics into %i requests', (category, count, requests) => {
    const { ask } = setUp(category);
    const sent = ask(topics(count));
    expect(sent).toHaveLength(requests);
    expect(sent.flatMap(({ args }) => args)).toEqual(topics(count));
    expect(new Set(sent.map(({ req_id: id }) => id)).size).toBe(requests);
  });

  it('keeps each request below the characters that Bybit allows', () => {
    const sent = setUp('option').dialect.subscribe(topics(500, 100));
    expect(sent.length).toBeGreaterThan(2);
    for (const frame of sent) expect(JSON.stringify(parse(frame).args).length).toBeLessThanOrEqual(20_001);
  });

  it('asks for nothing when nothing is wanted', () => {
    expect(setUp('spot').ask([])).toEqual([]);
  });

  it('takes back in batches too', () => {
    const frames = setUp('spot').dialect.unsubscribe(topics(11)).map(parse);
    expect(frames.map(({ op, args }) => `${op} ${args.length}`)).toEqual(['unsubscribe 10', 'unsubscribe 1']);
  });
});

describe('pongs', () => {
  const { dialect } = setUp('linear');
  it.each([
    '{"success":true,"ret_msg":"pong","conn_id":"c","op":"ping"}',
    '{"success":true,"ret_msg":"pong","conn_id":"c","req_id":"p1","op":"ping"}',
    '{"args":["1700000000123"],"op":"pong"}',
    '{ "op" : "pong" }',
  ])('are known in every shape: %s', (text) => {
    expect(dialect.isPong(text)).toBe(true);
  });
  it.each([
    '{"success":true,"ret_msg":"","op":"subscribe"}',
    '{"topic":"tickers.PONGUSDT","data":{"symbol":"pong"}}',
    '{"success":false,"ret_msg":"pong","op":"subscribe"}',
    'pong',
    `{"op":"pong","x":"${'y'.repeat(500)}"}`,
  ])('are not seen in %s', (text) => {
    expect(dialect.isPong(text)).toBe(false);
  });
});

describe('refusals', () => {
  it('of a single topic are final', () => {
    const { ask, refusal, resent } = setUp('linear');
    const [request] = ask(['orderbook.500.BTCUSDT']);
    const answer = refusal({
      success: false,
      ret_msg: 'error:handler not found,topic:orderbook.500.BTCUSDT',
      op: 'subscribe',
      req_id: request?.req_id,
    });
    expect(answer?.topics).toEqual(['orderbook.500.BTCUSDT']);
    expect(answer?.error).toMatchObject({ kind: 'notSupported', code: 'bybit.topic' });
    expect(resent).toEqual([]);
  });

  it('of a batch are tried one by one, and only the one named or refused alone is given up', () => {
    const { ask, refusal, resent } = setUp('spot');
    const [request] = ask(['tickers.A', 'tickers.B', 'tickers.C']);
    const named = { ret_msg: 'Invalid symbol :[topic:tickers.B]', op: 'subscribe', success: false };
    expect(refusal({ ...named, req_id: request?.req_id })?.topics).toEqual(['tickers.B']);
    expect(resent.map(({ args }) => args)).toEqual([['tickers.A'], ['tickers.C']]);
    const [first, second] = resent;
    expect(
      refusal({ success: true, ret_msg: 'subscribe', op: 'subscribe', req_id: first?.req_id }),
    ).toBeNull();
    expect(
      refusal({ success: false, ret_msg: 'Invalid symbol', op: 'subscribe', req_id: second?.req_id })?.topics,
    ).toEqual(['tickers.C']);
  });

  it('of a batch without a name cost no topic at once', () => {
    const { ask, refusal, resent } = setUp('linear');
    const [request] = ask(['tickers.A', 'tickers.B']);
    expect(
      refusal({ success: false, ret_msg: 'args size >10', op: 'subscribe', req_id: request?.req_id }),
    ).toBe(null);
    expect(resent.map(({ args }) => args)).toEqual([['tickers.A'], ['tickers.B']]);
  });

  it('of options name what failed', () => {
    const { refusal } = setUp('option');
    const answer = (failTopics: readonly string[]) => ({
      success: true,
      type: 'COMMAND_RESP',
      conn_id: 'c',
      data: { failTopics, successTopics: ['tickers.B'] },
    });
    expect(refusal(answer(['tickers.A']))?.topics).toEqual(['tickers.A']);
    expect(refusal(answer([]))).toBeNull();
  });

  it('without our number are matched by the topic that they name, or by nothing', () => {
    const { refusal } = setUp('linear');
    const message = 'error:handler not found,topic:orderbook.500.BTCUSDT';
    expect(refusal({ success: false, ret_msg: message, op: 'subscribe' })?.topics).toEqual([
      'orderbook.500.BTCUSDT',
    ]);
    expect(refusal({ success: false, ret_msg: 'what?', op: 'subscribe' })).toBeNull();
  });

  it('are not seen in data, in other answers, or in what is no JSON', () => {
    const { dialect, ask, refusal } = setUp('linear');
    const [request] = ask(['tickers.A']);
    expect(refusal({ topic: 'tickers.A', success: false, op: 'subscribe' })).toBeNull();
    expect(refusal({ success: false, op: 'unsubscribe', req_id: request?.req_id })).toBeNull();
    expect(dialect.readRefusal?.('{"success":false')).toBeNull();
    expect(dialect.readRefusal?.('null')).toBeNull();
    const [again] = ask(['tickers.A']);
    const twice = { success: false, ret_msg: 'error:already subscribed,topic:tickers.A', op: 'subscribe' };
    expect(refusal({ ...twice, req_id: again?.req_id })).toBeNull();
  });
});

describe('the topic of a frame', () => {
  it.each([
    ['{"topic":"tickers.BTCUSDT","type":"delta"}', 'tickers.BTCUSDT'],
    ['{"type":"snapshot","topic":"kline.1.BTCUSDT","data":[]}', 'kline.1.BTCUSDT'],
    [
      '{"id":"tickers.SOL-28APR23-24-C-3414625745-1","topic":"tickers.SOL-28APR23-24-C"}',
      'tickers.SOL-28APR23-24-C',
    ],
    ['{"success":true,"op":"subscribe"}', null],
    ['{"topic":"cut', null],
    [`{"x":"${'y'.repeat(300)}","topic":"late"}`, null],
    ['{"ret_msg":"\\"topic\\":\\"fake\\""}', null],
  ])('of %s is %s', (text, topic) => {
    expect(topicOf(text)).toBe(topic);
  });
});
