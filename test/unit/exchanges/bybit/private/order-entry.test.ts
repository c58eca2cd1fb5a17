import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../../../src-main/errors.ts';
import { failure, harness, NOW, REQUEST, settled, type Route } from './harness.ts';

const CREATE = '/v5/order/create';
const ACK = { orderId: 'o-1' };

/** An account whose order entry is live after a first order over REST. */
async function entering(routes: Readonly<Record<string, Route>> = {}) {
  const made = harness({ [CREATE]: () => ACK, ...routes });
  await made.account.place({ ...REQUEST, clientOrderId: 'first' });
  const socket = made.net.socketNamed('trade');
  await socket.goLive();
  const sent = () =>
    socket.written.map(
      (text) => JSON.parse(text) as { reqId: string; op: string; header: object; args: unknown[] },
    );
  const answer = (fields: object) => {
    const reqId = sent().at(-1)?.reqId;
    socket.frame({
      reqId,
      retCode: 0,
      retMsg: 'OK',
      op: 'order.create',
      data: ACK,
      retExtInfo: {},
      ...fields,
    });
  };
  return { ...made, socket, sent, answer };
}

describe('order entry', () => {
  it('is opened with the first order, which itself goes over REST', async () => {
    const { to, socket, sent } = await entering();
    expect(to(CREATE)).toHaveLength(1);
    expect(sent()).toHaveLength(0);
    expect(socket.parts.url()).toBe('wss://stream.bybit.com/v5/trade?max_active_time=180s');
    const login = JSON.parse((await socket.parts.dialect.login?.()) ?? '') as object;
    expect(login).toMatchObject({ reqId: 'auth', op: 'auth' });
  });

  it('takes orders while it is live, and REST does not see them', async () => {
    const { account, to, sent, answer, net } = await entering();
    const placing = account.place(REQUEST);
    await settled();
    expect(sent()).toMatchObject([
      {
        reqId: '1',
        op: 'order.create',
        header: { 'X-BAPI-TIMESTAMP': String(NOW), 'X-BAPI-RECV-WINDOW': '5000' },
        args: [{ category: 'linear', symbol: 'BTCUSDT', orderLinkId: '1001' }],
      },
    ]);
    answer({ header: { Timenow: String(NOW + 3), 'X-Bapi-Limit': '20', 'X-Bapi-Limit-Status': '19' } });
    expect(await placing).toMatchObject({ venueOrderId: 'o-1', state: 'working', createdAt: NOW + 3 });
    expect(to(CREATE)).toHaveLength(1);
    expect(net.http.observed).toContainEqual({
      budget: 'a1/order.create.futures',
      feedback: { limit: 20, remaining: 19, resetAt: undefined },
    });
    expect(net.logged).toMatchObject([{ transport: 'websocket', operation: 'order.create', outcome: 'ok' }]);
  });

  it('sends nothing, and nothing a second time after a refused time stamp, once orders are stopped', async () => {
    const { account, to, sent, answer, time } = await entering();
    const engaged = new HoldfastError('notAllowed', 'risk.killSwitch', 'The kill switch is engaged.');
    let isStopped = false;
    const deadline = { leftMs: () => NOW + 5000 - time.now, stopped: () => (isStopped ? engaged : null) };
    const placing = failure(account.place(REQUEST, deadline));
    await settled();
    isStopped = true;
    answer({ retCode: 10002, retMsg: 'invalid timestamp' });
    expect(await placing).toBe(engaged);
    const amendment = { symbol: REQUEST.symbol, clientOrderId: '1001', venueOrderId: 'o-1', price: '1' };
    expect(await failure(account.amend(amendment, deadline))).toBe(engaged);
    expect(sent()).toHaveLength(1);
    expect(to(CREATE)).toHaveLength(1);
  });

  it('how long an answer took does not depend on a clock that somebody sets meanwhile', async () => {
    const { account, answer, net, time } = await entering();
    const placing = account.place(REQUEST);
    await settled();
    time.now -= 3_600_000;
    answer({});
    await placing;
    const { flightMs } = net.logged.at(-1) as { flightMs: number };
    expect(flightMs).toBeGreaterThanOrEqual(0);
    expect(flightMs).toBeLessThan(3_600_000);
  });

  it('a refusal is the venue’s, also when it comes without our id', async () => {
    const { account, answer, socket } = await entering();
    const first = failure(account.place(REQUEST));
    await settled();
    answer({ retCode: 110007, retMsg: 'ab not enough', data: {} });
    expect((await first).kind).toBe('insufficientFunds');
    const second = failure(account.place(REQUEST));
    await settled();
    socket.frame({ retCode: 10005, retMsg: 'Permission denied', op: 'order.create' });
    expect((await second).kind).toBe('permission');
  });

  it('a refusal without an id fits nobody while two are under way: both time out as unknown', async () => {
    const { account, socket, timers, net } = await entering();
    const both = [
      failure(account.place(REQUEST)),
      failure(account.place({ ...REQUEST, clientOrderId: '2' })),
    ];
    await settled();
    socket.frame({ retCode: 10001, retMsg: 'params', op: 'order.create' });
    await timers.pass(5_000);
    expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(['unknownOutcome', 'unknownOutcome']);
    expect(net.logged.map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown']);
  });

  it('an answer that never comes is unknown, and nothing is sent again', async () => {
    const { account, timers, to, answer } = await entering();
    const placing = failure(account.place(REQUEST));
    await settled();
    await timers.pass(4_999);
    await timers.pass(1);
    expect((await placing).kind).toBe('unknownOutcome');
    expect(to(CREATE)).toHaveLength(1);
    expect(() => answer({})).not.toThrow();
  });

  it('a lost connection leaves what was under way unknown, and the next order goes over REST', async () => {
    const { account, socket, to } = await entering();
    const placing = failure(account.place(REQUEST));
    await settled();
    socket.become('backingOff', 'lost');
    expect((await placing).kind).toBe('unknownOutcome');
    await account.place({ ...REQUEST, clientOrderId: '3' });
    expect(to(CREATE).map(({ orderLinkId }) => orderLinkId)).toEqual(['first', '3']);
  });

  it('10019 opens a new connection after what is under way was answered', async () => {
    const { account, socket, sent, to } = await entering();
    const first = account.place(REQUEST);
    const second = failure(account.place({ ...REQUEST, clientOrderId: '2' }));
    await settled();
    const [one, two] = sent();
    socket.frame({ reqId: two?.reqId, retCode: 10019, retMsg: 'restarting', op: 'order.create' });
    expect((await second).kind).toBe('unknownOutcome');
    expect(socket.restarts).toHaveLength(0);
    await account.place({ ...REQUEST, clientOrderId: '3' });
    expect(to(CREATE)).toHaveLength(2);
    socket.frame({ reqId: one?.reqId, retCode: 0, op: 'order.create', data: ACK });
    expect((await first).venueOrderId).toBe('o-1');
    expect(socket.restarts).toHaveLength(1);
  });

  it('10019 does not wait for ever', async () => {
    const { account, socket, timers } = await entering();
    const placing = failure(account.place(REQUEST));
    await settled();
    socket.frame({ retCode: 10019, op: 'order.cancel', reqId: 'of somebody else' });
    expect(socket.restarts).toHaveLength(0);
    await timers.pass(2_000);
    expect(socket.restarts).toHaveLength(1);
    socket.become('connecting');
    expect((await placing).kind).toBe('unknownOutcome');
  });

  it('leaves orders beyond Bybit’s limit to REST, whose queue keeps it', async () => {
    const { account, sent, to } = await entering();
    for (let index = 0; index < 12; index += 1) {
      void account.place({ ...REQUEST, clientOrderId: String(index) }).catch(() => undefined);
    }
    await settled();
    expect(sent()).toHaveLength(10);
    expect(to(CREATE)).toHaveLength(3);
    account.dispose();
  });

  it('sends nothing while the vault is locked, although it is still logged in', async () => {
    const { account, signer, sent } = await entering();
    Object.defineProperty(signer, 'apiKey', {
      get: () => {
        throw new HoldfastError('locked', 'vault.locked', 'The vault is locked.');
      },
    });
    expect((await failure(account.place(REQUEST))).kind).toBe('locked');
    expect(sent()).toHaveLength(0);
  });

  it('slows down after 10403', async () => {
    const { account, answer, to } = await entering();
    const placing = failure(account.place(REQUEST));
    await settled();
    answer({ retCode: 10403, data: {} });
    expect((await placing).kind).toBe('rateLimited');
    await account.place({ ...REQUEST, clientOrderId: '2' });
    expect(to(CREATE)).toHaveLength(2);
  });

  it('takes batches with their verdicts', async () => {
    const { account, sent, answer } = await entering();
    const placing = account.placeBatch([REQUEST]);
    await settled();
    expect(sent()[0]).toMatchObject({
      op: 'order.create-batch',
      args: [{ category: 'linear', request: [{ qty: '0.01' }] }],
    });
    answer({ data: { list: [ACK] }, retExtInfo: { list: [{ code: 0, msg: 'OK' }] } });
    expect(await placing).toMatchObject([{ ok: true, order: { venueOrderId: 'o-1' } }]);
  });

  it('does not exist on demo, nor for an account that only reads', async () => {
    const demo = harness({ [CREATE]: () => ACK }, { environment: 'demo' });
    await demo.account.place(REQUEST);
    expect(demo.net.sockets).toHaveLength(0);
    const reading = harness({}, { uses: ['read'] });
    reading.account.stream(() => undefined);
    expect(reading.net.sockets.map(({ parts }) => parts.name)).toEqual(['private']);
  });

  it.each([
    ['{"retCode":0,"retMsg":"OK","op":"auth","connId":"c","reqId":"auth"}', true],
    ['{"retCode":20001,"retMsg":"repeat auth","op":"auth"}', true],
    ['{"retCode":10004,"retMsg":"sign","op":"auth"}', { kind: 'auth' }],
    [
      '{"retCode":10003,"retMsg":"Too many sessions under the same UID","op":"auth"}',
      { kind: 'unavailable' },
    ],
    ['{"retCode":10005,"retMsg":"no","op":"auth"}', { kind: 'permission' }],
  ])('reads the log-in %s', async (text, expected) => {
    const { socket } = await entering();
    const answer = socket.parts.dialect.readLogin?.(text);
    if (expected === true) expect(answer).toBe(true);
    else expect(answer).toMatchObject(expected as object);
  });
});
