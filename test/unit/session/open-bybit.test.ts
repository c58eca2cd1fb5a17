import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { loopbackSite } from '../../../src-main/exchanges/bybit/sites.ts';
import type { AnswerReading } from '../../../src-main/net/request-log.ts';
import { openBybit } from '../../../src-main/session/open-bybit.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** Answers the time, and remembers over which connection it was asked. */
async function timeServer() {
  const connections: Socket[] = [];
  const server = createServer((request, response) => {
    connections.push(request.socket);
    const result = { timeSecond: '1700000000', timeNano: '1700000000000000000' };
    response.end(
      JSON.stringify({ retCode: 0, retMsg: 'OK', result, retExtInfo: {}, time: 1_700_000_000_000 }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, connections };
}

it('calls a request refused in the log exactly when the adapter does: by the code of the answer itself', () => {
  let reading: AnswerReading = {};
  const sink = (_: string, given: AnswerReading = {}) => {
    reading = given;
    return { record: () => undefined };
  };
  const bybit = openBybit({
    venue: 'bybit',
    log: { sink },
    sites: undefined,
    feedRegion: () => 'global',
    onSlept: () => undefined,
    onFault: () => undefined,
  });
  stops.push(() => bybit.dispose());
  const read = (text: string) => [reading.venueCodeOf?.(text), reading.isRefusal?.(text)];
  expect(read('{"retCode":10001,"retMsg":"params error"}')).toEqual(['10001', true]);
  expect(read('{"result":{"retCode":7},"retCode":0}')).toEqual(['0', false]);
  expect(read('{"error":"gateway","ret_code":10006}')).toEqual([null, false]);
  expect(read('<html>"retCode":1</html>')).toEqual([null, false]);
});

it('uses no connection from before a sleep again: an order written to a dead one would be lost', async () => {
  const { origin, connections } = await timeServer();
  const bybit = openBybit({
    venue: 'bybit',
    log: { sink: () => ({ record: () => undefined }) },
    sites: () => loopbackSite(origin),
    feedRegion: () => 'global',
    onSlept: () => undefined,
    onFault: () => undefined,
  });
  stops.push(() => bybit.dispose());
  await bybit.market.serverTime();
  // A connection is free again one turn of the event loop after its answer.
  await new Promise((resolve) => setImmediate(resolve));
  await bybit.market.serverTime();
  await new Promise((resolve) => setImmediate(resolve));
  const [before] = connections;
  expect(new Set(connections).size).toBe(1);
  bybit.wake();
  await bybit.market.serverTime();
  expect(connections.slice(2)).not.toContain(before);
  expect(connections.length).toBeGreaterThan(2);
});
