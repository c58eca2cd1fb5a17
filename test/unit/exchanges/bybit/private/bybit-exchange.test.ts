import { describe, expect, it } from 'vitest';
import { createBybitExchange } from '../../../../../src-main/exchanges/bybit/bybit-exchange.ts';
import { siteOf } from '../../../../../src-main/exchanges/bybit/sites.ts';
import type { AccountAccess } from '../../../../../src-main/exchanges/exchange.ts';
import { fakeNet } from '../../../../support/net.ts';
import { vectorSigner } from '../rest/fake-http.ts';
import { failure, harness, NOW, settled, streaming } from './harness.ts';

const ACCESS: AccountAccess = {
  accountId: 'a1',
  environment: 'live',
  region: 'global',
  uses: ['read'],
  keyType: 'hmac',
  signer: vectorSigner(),
};
const testnet = () =>
  createBybitExchange({
    venue: 'bybit-testnet',
    net: fakeNet(),
    sites: siteOf,
    feedRegion: () => 'eu',
    clock: () => NOW,
  });

describe('the venue', () => {
  it('connects to nothing until something is asked', () => {
    const { net, exchange, asked } = harness();
    exchange.wake();
    expect(exchange.health()).toMatchObject({
      venue: 'bybit',
      state: 'off',
      streams: [],
      clockOffsetMs: null,
    });
    expect(asked).toHaveLength(0);
    expect(net.sockets).toHaveLength(0);
    expect(net.http.limits.get('ip')).toEqual({ limit: 600, windowMs: 5_000 });
  });

  it('takes the clock before it signs for the first time, and only then', async () => {
    const { account, net, asked } = harness();
    await account.fees('BTC/USDT').catch(() => undefined);
    expect(net.clocks[0]?.syncs).toBe(1);
    const firstSigned = net.http.sent.findIndex(({ request }) => 'X-BAPI-SIGN' in request.headers);
    expect(asked.slice(0, firstSigned).some(({ path }) => path === '/v5/market/time')).toBe(true);
  });

  it('each account speaks to its own site, public data come from the feed’s', async () => {
    const { exchange, net } = harness();
    const account = exchange.openAccount({ ...ACCESS, accountId: 'a2', region: 'br', uses: ['read'] });
    await account.balances();
    const [read] = net.http.sent.filter(({ request }) => request.path.startsWith('/v5/account/info'));
    expect(read?.request).toMatchObject({
      origin: 'https://api.bybit.com',
      headers: { 'x-site-id': 'BRA_BTL' },
    });
    const kz = exchange.openAccount({ ...ACCESS, accountId: 'a3', region: 'kz' });
    kz.stream(() => undefined);
    expect(net.socketNamed('private').parts.url()).toContain('wss://stream.bybit.kz/v5/private');
  });

  it('a site whose stream is not certain is tried at both addresses', () => {
    const { exchange, net } = harness();
    exchange.openAccount({ ...ACCESS, region: 'eu' }).stream(() => undefined);
    const socket = net.socketNamed('private');
    const hosts = [0, 1, 2].map(() => {
      const { host } = new URL(socket.parts.url());
      socket.become('backingOff', 'refused');
      return host;
    });
    expect(hosts).toEqual(['stream.bybit.eu', 'stream.bybit.com', 'stream.bybit.eu']);
    socket.become('live');
    const worked = socket.parts.url();
    socket.become('backingOff', 'connection lost');
    expect(socket.parts.url()).toBe(worked);
    socket.become('backingOff', 'refused');
    expect(socket.parts.url()).not.toBe(worked);
  });

  it('refuses accounts of another world', () => {
    const { exchange } = harness();
    expect(() => exchange.openAccount({ ...ACCESS, environment: 'testnet' })).toThrow(/no testnet accounts/);
    expect(() => exchange.openAccount({ ...ACCESS, environment: 'practice' })).toThrow(
      /no practice accounts/,
    );
    expect(() => exchange.openAccount({ ...ACCESS, region: 'moon' })).toThrow(/moon/);
    expect(() => exchange.openAccount({ ...ACCESS, signer: null })).toThrow(/needs a key/);
    expect(() => testnet().openAccount(ACCESS)).toThrow(/no live accounts/);
  });

  it('testnet is a venue of its own, with public data of its only site', async () => {
    const net = fakeNet(
      () => new Error('off'),
      () => NOW,
    );
    const exchange = createBybitExchange({
      venue: 'bybit-testnet',
      net,
      sites: siteOf,
      feedRegion: () => 'eu',
    });
    await exchange.market.serverTime().catch(() => undefined);
    expect(net.http.sent[0]?.request.origin).toBe('https://api-testnet.bybit.com');
    exchange.dispose();
  });

  it('health shows the worst of what is needed, and what it is', async () => {
    const { exchange, socket, time } = await streaming();
    expect(exchange.health()).toMatchObject({ state: 'live', lastError: null });
    socket.frame({ topic: 'other' }, time.now - 250);
    expect(exchange.health().streams).toContainEqual({ name: 'private', state: 'live', ageMs: 250 });
    socket.become('backingOff', 'connection lost');
    expect(exchange.health()).toMatchObject({ state: 'backingOff', lastError: 'connection lost' });
  });

  it('is not called broken because orders have to go over REST', async () => {
    const { exchange, net } = await streaming();
    net.socketNamed('trade').become('failed', 'HTTP 404');
    expect(exchange.health()).toMatchObject({ state: 'live' });
    expect(exchange.health().streams).toContainEqual({ name: 'trade', state: 'failed', ageMs: null });
  });

  it('a ban shows as paused until it is over', () => {
    const { exchange, net } = harness();
    net.http.pause(NOW + 600_000, 'ban');
    expect(exchange.health()).toMatchObject({ state: 'paused', nextAttemptAt: NOW + 600_000 });
  });

  it('wakes what it has', async () => {
    const { exchange, net, socket } = await streaming();
    const { syncs } = net.clocks[0] ?? { syncs: 0 };
    exchange.wake();
    await settled();
    expect(socket.wakes).toBe(1);
    expect(net.clocks[0]?.syncs).toBe(syncs + 1);
  });

  it('closes everything, and a closed account answers nothing', async () => {
    const { exchange, account, net } = await streaming();
    exchange.dispose();
    exchange.dispose();
    expect(net.sockets.every(({ state }) => state === 'closed')).toBe(true);
    expect((await failure(account.balances())).code).toBe('bybit.accountClosed');
    expect(() => exchange.openAccount(ACCESS)).toThrow(/closed/);
    expect(exchange.health().streams).toEqual([]);
  });

  it('inspecting a key lets it be asked again after a refusal', async () => {
    let isKnown = false;
    const { account, to } = harness({
      '/v5/account/info': () =>
        isKnown ? { unifiedMarginStatus: 5, marginMode: 'REGULAR_MARGIN' } : [10003, {}],
      '/v5/user/query-api': () => [10003, {}],
    });
    await failure(account.balances());
    isKnown = true;
    expect((await failure(account.balances())).kind).toBe('auth');
    expect(to('/v5/account/info')).toHaveLength(1);
    expect((await account.inspect()).permissions).toBeNull();
    expect(to('/v5/user/query-api').length).toBeGreaterThan(0);
  });
});
