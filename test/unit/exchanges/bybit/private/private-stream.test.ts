import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../../../src-main/errors.ts';
import type { AccountEvent } from '../../../../../src-main/exchanges/exchange.ts';
import { harness, NOW, orderRow, type Params, positionRow, settled, streaming } from './harness.ts';

const states = (events: readonly AccountEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'state' ? [event.state] : []));
const orders = (events: readonly AccountEvent[]): [string, string][] =>
  events.flatMap((event) =>
    event.kind === 'order' ? [[event.order.state, event.order.filledQuantity]] : [],
  );
const message = (topic: string, ...data: object[]) => ({ id: 'm', topic, creationTime: NOW + 50, data });
const order = (fields: Params = {}) => ({ category: 'linear', ...orderRow(fields) });
const position = (fields: object = {}) => {
  const { avgPrice, ...row } = positionRow();
  return { category: 'linear', ...row, entryPrice: avgPrice, ...fields };
};
const later = (ms: number): string => String(NOW + ms);

describe('the private stream', () => {
  it('logs in for ten seconds ahead on the venue’s clock and asks for the four topics', async () => {
    const { account, net, signer, time } = harness();
    const [clock] = net.clocks;
    account.stream(() => undefined);
    const socket = net.socketNamed('private');
    expect(socket.parts.url()).toBe('wss://stream.bybit.com/v5/private?max_active_time=180s');
    if (clock !== undefined) clock.offset = 0;
    time.now = 1_700_000_000_000;
    const login = JSON.parse((await socket.goLive()) ?? '') as { op: string; args: unknown[] };
    expect(login).toEqual({
      req_id: 'auth',
      op: 'auth',
      args: [
        signer.apiKey,
        1_700_000_010_000,
        '3a47099515954049ad90179800ba1ab98a55c77975b09f92f9b6c62e4ac5260d',
      ],
    });
    expect(socket.topics()).toEqual(['order', 'execution', 'position', 'wallet']);
    expect(socket.parts.dialect.subscribe(['order', 'wallet'])).toEqual([
      '{"req_id":"1","op":"subscribe","args":["order","wallet"]}',
    ]);
    expect(socket.parts.dialect.isPong('{"req_id":"2","op":"pong","args":["1"],"conn_id":"c"}')).toBe(true);
  });

  it('is live only after everything was loaded and told', async () => {
    const { events } = await streaming({
      '/v5/order/realtime': ({ settleCoin }) => ({ list: settleCoin === 'USDT' ? [orderRow()] : [] }),
      '/v5/position/list': ({ settleCoin }) => ({ list: settleCoin === 'USDT' ? [positionRow()] : [] }),
      '/v5/account/wallet-balance': () => ({
        list: [{ accountType: 'UNIFIED', coin: [{ coin: 'USDT', walletBalance: '1' }] }],
      }),
    });
    expect(events.map(({ kind }) => kind)).toEqual(['state', 'order', 'positions', 'balances', 'state']);
    expect(states(events)).toEqual(['connecting', 'live']);
  });

  it('starts a second listener with the present state', async () => {
    const { account, socket, events } = await streaming();
    socket.frame(message('order', order()));
    socket.frame(message('position', position()));
    await settled();
    const second: AccountEvent[] = [];
    account.stream((event) => second.push(event));
    expect(second.map(({ kind }) => kind)).toEqual(['order', 'positions', 'balances', 'state']);
    expect(events.filter(({ kind }) => kind === 'positions')).toHaveLength(2);
  });

  it('never goes back: late, double and smaller messages change nothing', async () => {
    const { socket, events } = await streaming();
    const filled = order({ orderStatus: 'Filled', cumExecQty: '0.01', updatedTime: later(30) });
    socket.frame(message('order', order({ updatedTime: later(10) })));
    socket.frame(message('order', order({ updatedTime: later(10) })));
    const partial = { orderStatus: 'PartiallyFilled', cumExecQty: '0.004', updatedTime: later(20) };
    socket.frame(message('order', order(partial)));
    socket.frame(message('order', order({ updatedTime: later(15) })));
    socket.frame(message('order', filled));
    socket.frame(message('order', { ...filled, rejectReason: 'EC_OrigClOrdIDDoesNotExist' }));
    socket.frame(message('order', order({ ...partial, updatedTime: later(40) })));
    await settled();
    expect(orders(events)).toEqual([
      ['working', '0'],
      ['partiallyFilled', '0.004'],
      ['filled', '0.01'],
    ]);
  });

  it('tells each fill once, and funding never as a fill', async () => {
    const { socket, events } = await streaming();
    const fill = {
      category: 'linear',
      symbol: 'BTCUSDT',
      orderId: 'o-1',
      orderLinkId: '1001',
      side: 'Buy',
      execId: 'e-1',
      execPrice: '25000',
      execQty: '0.004',
      execType: 'Trade',
      execFee: '0.02',
      feeCurrency: 'USDT',
      isMaker: true,
      execPnl: '1.5',
      execTime: later(1),
    };
    socket.frame(message('execution', fill, fill, { ...fill, execId: 'e-2', execType: 'Funding' }));
    socket.frame(message('execution', fill));
    await settled();
    const fills = events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []));
    expect(fills).toMatchObject([{ id: 'e-1', liquidity: 'maker', realizedPnl: '1.5', cause: 'trade' }]);
  });

  it('tells positions when something changed, by time and sequence', async () => {
    const { socket, events } = await streaming();
    socket.frame(message('position', position({ updatedTime: later(5), seq: 20 })));
    socket.frame(message('position', position({ updatedTime: later(5), seq: 20 })));
    socket.frame(message('position', position({ updatedTime: later(5), seq: 19, size: '9' })));
    socket.frame(message('position', position({ updatedTime: later(4), seq: 21, size: '9' })));
    socket.frame(message('position', position({ updatedTime: later(6), side: '', size: '0' })));
    await settled();
    const told = events.flatMap((event) => (event.kind === 'positions' ? [event.positions] : []));
    expect(told.map((list) => list.map(({ quantity, entryPrice }) => [quantity, entryPrice]))).toEqual([
      [],
      [['0.5', '25000']],
      [],
    ]);
  });

  it('keeps what was said while it was loading when that is newer', async () => {
    let answer: (value: unknown) => void = () => undefined;
    const pending = new Promise((resolve) => (answer = resolve));
    const made = await streaming({
      '/v5/position/list': ({ settleCoin }) => (settleCoin === 'USDT' ? pending : { list: [] }),
    });
    const wallet = { accountType: 'UNIFIED', coin: [{ coin: 'USDT', walletBalance: '7' }] };
    made.socket.frame(message('position', position({ size: '0.7', updatedTime: later(20) })));
    made.socket.frame(message('wallet', wallet));
    await settled();
    answer({ list: [positionRow({ updatedTime: later(10) })] });
    await settled();
    expect(made.events.find(({ kind }) => kind === 'positions')).toMatchObject({
      positions: [{ quantity: '0.7' }],
    });
    expect(made.events.find(({ kind }) => kind === 'balances')).toMatchObject({ balances: [{ total: '7' }] });
    expect(states(made.events).at(-1)).toBe('live');
  });

  it('ignores products it does not know, and looks unknown markets up', async () => {
    const { socket, events, to } = await streaming();
    const before = to('/v5/market/instruments-info').length;
    socket.frame(message('order', { ...order({ symbol: 'RAIN' }), category: 'event' }));
    socket.frame(message('position', { ...position(), category: 'event' }));
    await settled();
    expect(to('/v5/market/instruments-info')).toHaveLength(before);
    socket.frame(message('order', order({ symbol: 'NEWUSDT' })));
    await settled();
    expect(orders(events)).toEqual([['working', '0']]);
  });

  it('loads everything anew after a message that it cannot read', async () => {
    const { socket, events, timers } = await streaming();
    socket.frame(message('order', { category: 'linear', symbol: 'BTCUSDT' }));
    await settled();
    expect(states(events)).toEqual(['connecting', 'live', 'stale']);
    await timers.pass(2_000);
    expect(states(events).at(-1)).toBe('live');
  });

  it('loads once more when such a message came while it was loading', async () => {
    let answer: (value: unknown) => void = () => undefined;
    const pending = new Promise((resolve) => (answer = resolve));
    const made = await streaming({
      '/v5/position/list': ({ settleCoin }) => (settleCoin === 'USDT' ? pending : { list: [] }),
    });
    made.socket.frame(message('position', { category: 'linear', symbol: 'BTCUSDT' }));
    await settled();
    const before = made.to('/v5/position/list').length;
    answer({ list: [positionRow()] });
    await settled();
    expect(states(made.events)).not.toContain('live');
    await made.timers.pass(2_000);
    expect(made.to('/v5/position/list').length).toBe(2 * before);
    expect(states(made.events).at(-1)).toBe('live');
  });

  it('doubles the wait, up to a minute, while such messages keep coming, and forgets them after a quiet time', async () => {
    const { socket, events, timers } = await streaming();
    const doubt = async (): Promise<number> => {
      socket.frame(message('order', { category: 'linear', symbol: 'BTCUSDT' }));
      await settled();
      let waited = 0;
      for (; states(events).at(-1) !== 'live' && waited < 120; waited += 1) await timers.pass(1_000);
      return waited;
    };
    const waits: number[] = [];
    for (let time = 0; time < 7; time += 1) waits.push(await doubt());
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60]);
    await timers.pass(121_000);
    expect(await doubt()).toBe(2);
  });

  it('is stale without a connection, and loads again after the next one', async () => {
    const { socket, events, asked } = await streaming();
    const before = asked.length;
    socket.become('backingOff', 'connection lost');
    expect(events.at(-1)).toEqual({ kind: 'state', state: 'stale', reason: 'connection lost' });
    socket.frame(message('order', order()));
    socket.become('connecting');
    await socket.goLive();
    await settled();
    expect(states(events)).toEqual(['connecting', 'live', 'stale', 'live']);
    expect(asked.length).toBeGreaterThan(before);
  });

  it('is not called live by what a connection loaded that was lost meanwhile', async () => {
    let answer: (value: unknown) => void = () => undefined;
    const pending = new Promise((resolve) => (answer = resolve));
    const made = await streaming({
      '/v5/position/list': ({ settleCoin }) => (settleCoin === 'USDT' ? pending : { list: [] }),
    });
    made.socket.become('backingOff', 'lost');
    answer({ list: [positionRow()] });
    await settled();
    expect(states(made.events)).not.toContain('live');
    expect(made.events.some(({ kind }) => kind === 'positions')).toBe(false);
  });

  it('signs with RSA when the key is one', async () => {
    const made = harness({}, { keyType: 'rsa' });
    const algorithms: string[] = [];
    made.signer.sign = async (algorithm) => {
      algorithms.push(algorithm);
      return 'signature';
    };
    made.account.stream(() => undefined);
    await made.net.socketNamed('private').parts.dialect.login?.();
    expect(algorithms).toEqual(['rsa-sha256-base64']);
  });

  it('drops an order that ended while it was away from the open ones', async () => {
    let list = [orderRow()];
    const { account, socket, time } = await streaming({
      '/v5/order/realtime': ({ settleCoin }) => ({ list: settleCoin === 'USDT' ? list : [] }),
    });
    list = [];
    time.now += 60_000;
    socket.become('backingOff', 'lost');
    await socket.goLive();
    await settled();
    const second: AccountEvent[] = [];
    account.stream((event) => second.push(event));
    expect(second.map(({ kind }) => kind)).toEqual(['positions', 'balances', 'state']);
  });

  it('tries again when the loading failed, and gives up on a refused key', async () => {
    let code = 10016;
    const made = await streaming({ '/v5/position/list': () => (code === 0 ? { list: [] } : [code, {}]) });
    expect(states(made.events)).toEqual(['connecting', 'connecting']);
    code = 0;
    await made.timers.pass(2_000);
    expect(states(made.events).at(-1)).toBe('live');
    const refused = await streaming({ '/v5/position/list': () => [10003, {}] });
    expect(states(refused.events).at(-1)).toBe('failed');
    expect(refused.socket.state).toBe('closed');
  });

  it('tries a refused key again only after an inspection found it good', async () => {
    let code = 10003;
    const made = await streaming({
      '/v5/position/list': () => (code === 0 ? { list: [] } : [code, {}]),
      '/v5/user/query-api': () => ({
        readOnly: 0,
        type: 1,
        isMaster: true,
        uta: 1,
        ips: ['*'],
        deadlineDay: 80,
        expiredAt: '2027-01-01T00:00:00Z',
        rsaPublicKey: '',
        userID: 1,
        parentUid: '0',
        permissions: { ContractTrade: ['Order', 'Position'] },
      }),
    });
    const sockets = () => made.net.sockets.filter(({ parts }) => parts.name === 'private');
    made.exchange.wake();
    expect(sockets()).toHaveLength(1);
    code = 0;
    expect((await made.account.inspect()).permissions).not.toBeNull();
    expect(sockets()).toHaveLength(2);
    await sockets()[1]?.goLive();
    await settled();
    expect(states(made.events).at(-1)).toBe('live');
  });

  it('stops quietly while the vault is locked and comes back when woken after the unlock', async () => {
    const made = harness();
    const events: AccountEvent[] = [];
    const { sign } = made.signer;
    made.signer.sign = () =>
      Promise.reject(new HoldfastError('locked', 'vault.locked', 'The vault is locked.'));
    made.account.stream((event) => events.push(event));
    const socket = made.net.socketNamed('private');
    await expect(socket.parts.dialect.login?.()).rejects.toMatchObject({ kind: 'locked' });
    expect(socket.state).toBe('closed');
    expect(events.at(-1)).toEqual({ kind: 'state', state: 'stale', reason: 'The vault is locked.' });
    made.signer.sign = sign;
    made.exchange.wake();
    const next = made.net.sockets.filter(({ parts }) => parts.name === 'private').at(-1);
    expect(next).not.toBe(socket);
    await next?.goLive();
    await settled();
    expect(states(events).at(-1)).toBe('live');
  });

  it('closes with its last listener and can be opened again', async () => {
    const { account, socket, stop, net } = await streaming();
    stop();
    expect(socket.state).toBe('closed');
    account.stream(() => undefined);
    expect(net.sockets.filter(({ parts }) => parts.name === 'private')).toHaveLength(2);
    account.dispose();
    expect(net.sockets.every(({ state }) => state === 'closed')).toBe(true);
  });
});

describe('the log-in’s answer', () => {
  const answers = async (...texts: string[]) => {
    const { socket } = await streaming();
    return texts.map((text) => socket.parts.dialect.readLogin?.(text));
  };
  const refused = (ret_msg: string) => JSON.stringify({ success: false, ret_msg, op: 'auth', conn_id: 'c' });
  it('is success alone', async () => {
    const ok = '{"success":true,"ret_msg":"","op":"auth","conn_id":"c","req_id":"auth"}';
    expect(await answers(ok, '{"op":"subscribe","success":true}', '{"topic":"order"}')).toEqual([
      true,
      null,
      null,
    ]);
  });
  it('a wrong key is final at once', async () => {
    expect(await answers(refused('API key is invalid.'))).toMatchObject([{ kind: 'auth' }]);
  });
  it('is told without the key and the signature that it quotes, and so is that of a subscription', async () => {
    const { socket, signer } = await streaming();
    const sign = 'ab12'.repeat(16);
    const words = `wallet refused for ${signer.apiKey}, sign[${sign}]`;
    const { readLogin, readRefusal } = socket.parts.dialect;
    const topic = { success: false, ret_msg: words, op: 'subscribe', conn_id: 'c' };
    const found = readRefusal?.(JSON.stringify(topic));
    expect(found?.topics).toEqual(['wallet']);
    for (const error of [readLogin?.(refused(words)), found?.error]) {
      const told = error instanceof HoldfastError ? error.toShape().venueMessage : undefined;
      expect(told).toBe('wallet refused for …, sign[…]');
    }
  });
  it('a refusal that may be the clock is final only the second time', async () => {
    const wrong = refused('Params Error');
    expect(await answers(wrong, wrong)).toMatchObject([{ kind: 'unavailable' }, { kind: 'auth' }]);
  });
});
