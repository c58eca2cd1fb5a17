/** The loopback venue's own rules of access: signatures, time, permissions, addresses, limits. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BybitVenue, VenueOptions } from '../../exchanges/bybit/venue.ts';
import { get, post, raw, signedHeaders, type Envelope } from './raw-client.ts';
import { ALL_RIGHTS, fundedVenue, UID } from './sdk-support.ts';

const NOW = 1_800_000_000_000;
const RECORDED = join(
  process.env['HOLDFAST_DATA'] ?? '../shared/data',
  'bybit/rest/instruments-info-linear-2026-08-09.json',
);
const INFO = '/v5/account/info';
const LIMIT_ORDER = {
  category: 'linear',
  symbol: 'BTCUSDT',
  side: 'Buy',
  orderType: 'Limit',
  qty: '0.01',
  price: '64000',
};

let venue: BybitVenue;
let now: number;

async function restart(options: VenueOptions = {}): Promise<void> {
  await venue.dispose();
  venue = await fundedVenue({ clock: () => now, ...options });
}

beforeEach(async () => {
  now = NOW;
  venue = await fundedVenue({ clock: () => now });
});
afterEach(() => venue.dispose());

describe('a signed request', () => {
  it('is accepted with the signature of the sheet (vector V1)', async () => {
    now = 1_700_000_000_000;
    venue.addKey({ key: 'demoKey00000000001', secret: 'demoSecret0123456789abcdefGHIJKLMNOP', uid: UID });
    const headers = {
      'X-BAPI-API-KEY': 'demoKey00000000001',
      'X-BAPI-TIMESTAMP': '1700000000000',
      'X-BAPI-RECV-WINDOW': '5000',
      'X-BAPI-SIGN': '61a3b2a082e6ed0fabe52877b543760d8b82ad89562e70b7991b70444a4ec43b',
    };
    const answer = await raw(venue, 'GET', '/v5/order/realtime?category=linear&symbol=BTCUSDT', headers);
    expect(JSON.parse(answer.text)).toMatchObject({ retCode: 0, time: 1_700_000_000_000 });
  });

  it('fails with 10004 when the text that was signed is not the text that was sent', async () => {
    expect(await get(venue, INFO, '', { sign: () => 'a'.repeat(64) })).toMatchObject({ retCode: 10004 });
    const body = JSON.stringify(LIMIT_ORDER);
    const spaced = JSON.stringify(LIMIT_ORDER, null, 1);
    const answer = await raw(venue, 'POST', '/v5/order/create', signedHeaders(venue, body), spaced);
    expect(JSON.parse(answer.text)).toMatchObject({ retCode: 10004 });
    expect(venue.account(UID).openOrders()).toEqual([]);
  });

  it('accepts an RSA key and refuses its signature of another text', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    venue.addKey({ key: 'test-key-rsa', publicKeyPem, uid: UID });
    const signRsa = (text: string): string =>
      sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64');
    expect(await get(venue, INFO, '', { key: 'test-key-rsa', sign: signRsa })).toMatchObject({ retCode: 0 });
    const wrong = (text: string): string => signRsa(`${text} `);
    expect(await get(venue, INFO, '', { key: 'test-key-rsa', sign: wrong })).toMatchObject({
      retCode: 10004,
    });
  });

  it.each([
    [-5000, 0],
    [-5001, 10002],
    [999, 0],
    [1000, 10002],
  ])('with a timestamp %i ms from the server time answers %i', async (distance, retCode) => {
    expect(await get(venue, INFO, '', { timestamp: NOW + distance })).toMatchObject({ retCode });
  });

  it('takes a wider window only for a late clock', async () => {
    const recvWindow = '60000';
    expect(await get(venue, INFO, '', { timestamp: NOW - 59_000, recvWindow })).toMatchObject({ retCode: 0 });
    expect(await get(venue, INFO, '', { timestamp: NOW + 1000, recvWindow })).toMatchObject({
      retCode: 10002,
    });
  });

  it('is judged by a server clock that can be wrong', async () => {
    venue.clock.offsetMs = 30_000;
    expect(await get(venue, INFO, '', { timestamp: NOW })).toMatchObject({
      retCode: 10002,
      time: NOW + 30_000,
    });
    const time = await raw(venue, 'GET', '/v5/market/time');
    expect(JSON.parse(time.text)).toMatchObject({ result: { timeNano: `${NOW + 30_000}000000` } });
  });
});

describe('a key', () => {
  it('that is unknown, of another site, expired, bound elsewhere or banned is refused by its own code', async () => {
    const secret = 'test-secret-x';
    venue.addKey({ key: 'test-key-site', secret, site: 'eu' });
    venue.addKey({ key: 'test-key-old', secret, expiresAt: NOW });
    venue.addKey({ key: 'test-key-bound', secret, ips: ['203.0.113.7'] });
    venue.addKey({ key: 'test-key-banned', secret, banned: true });
    const codes = [];
    for (const key of [
      'test-key-none',
      'test-key-site',
      'test-key-old',
      'test-key-bound',
      'test-key-banned',
    ]) {
      codes.push((await get(venue, INFO, '', { key, secret })).retCode);
    }
    expect(codes).toEqual([10003, 10003, 33004, 10010, 10008]);
  });

  it('bound to the address that the venue sees works', async () => {
    await restart({ clientIp: '203.0.113.7' });
    venue.addKey({ key: 'test-key-bound', secret: 'test-secret-x', ips: ['203.0.113.7'] });
    const signing = { key: 'test-key-bound', secret: 'test-secret-x' };
    expect(await get(venue, '/v5/user/query-api', '', signing)).toMatchObject({
      result: { ips: ['203.0.113.7'], deadlineDay: -2 },
    });
  });

  it('that may only read, or lacks the right, places nothing', async () => {
    const secret = 'test-secret-x';
    venue.addKey({ key: 'test-key-read', secret, uid: UID, readOnly: true, permissions: ALL_RIGHTS });
    venue.addKey({ key: 'test-key-spot', secret, uid: UID, permissions: { Spot: ['SpotTrade'] } });
    for (const key of ['test-key-read', 'test-key-spot']) {
      expect(await post(venue, '/v5/order/create', LIMIT_ORDER, { key, secret })).toMatchObject({
        retCode: 10005,
      });
    }
    expect(await get(venue, INFO, '', { key: 'test-key-read', secret })).toMatchObject({ retCode: 0 });
    const spot = { ...LIMIT_ORDER, category: 'spot' };
    expect(await post(venue, '/v5/order/create', spot, { key: 'test-key-spot', secret })).toMatchObject({
      retCode: 0,
    });
    const withdrawal = {
      coin: 'USDT',
      address: 'a',
      amount: '1',
      accountType: 'FUND',
      timestamp: NOW,
      chain: 'TRX',
    };
    expect(
      await post(venue, '/v5/asset/withdraw/create', withdrawal, { key: 'test-key-read', secret }),
    ).toMatchObject({ retCode: 10005 });
  });

  it('tells what it may do, and for how long when it is not bound', async () => {
    venue.addKey({
      key: 'test-key-short',
      secret: 'test-secret-x',
      expiresAt: NOW + 3 * 86_400_000 + 1,
      readOnly: true,
    });
    const { result } = await get(venue, '/v5/user/query-api', '', {
      key: 'test-key-short',
      secret: 'test-secret-x',
    });
    expect(result).toMatchObject({
      readOnly: 1,
      ips: ['*'],
      deadlineDay: 3,
      permissions: { Wallet: ['AccountTransfer'] },
    });
    const all = await get(venue, '/v5/user/query-api');
    expect(all.result).toMatchObject({
      readOnly: 0,
      permissions: { Wallet: expect.arrayContaining(['Withdraw']) as unknown },
    });
  });
});

describe('HTTP', () => {
  it('answers 401 without authentication headers, 404 for an unknown path, 403 for a GET with a body', async () => {
    expect((await raw(venue, 'GET', INFO)).status).toBe(401);
    expect((await raw(venue, 'GET', '/v5/nothing')).status).toBe(404);
    expect((await raw(venue, 'POST', '/v5/market/time')).status).toBe(404);
    const body = '{}';
    const headers = { ...signedHeaders(venue, ''), 'Content-Length': String(body.length) };
    expect((await raw(venue, 'GET', INFO, headers, body)).status).toBe(403);
  });

  it('limits each endpoint of an account and says when it opens again', async () => {
    const create = async () =>
      raw(
        venue,
        'POST',
        '/v5/order/create',
        signedHeaders(venue, JSON.stringify(LIMIT_ORDER)),
        JSON.stringify(LIMIT_ORDER),
      );
    const first = await create();
    expect(first.headers).toMatchObject({
      'x-bapi-limit': '10',
      'x-bapi-limit-status': '9',
      'x-bapi-limit-reset-timestamp': String(NOW),
    });
    for (let count = 1; count < 10; count += 1) await create();
    const refused = await create();
    expect(JSON.parse(refused.text)).toMatchObject({ retCode: 10006 });
    expect(refused.headers).toMatchObject({
      'x-bapi-limit-status': '0',
      'x-bapi-limit-reset-timestamp': String(NOW + 1000),
    });
    now += 1000;
    expect(JSON.parse((await create()).text)).toMatchObject({ retCode: 0 });
    expect(venue.account(UID).openOrders()).toHaveLength(11);
  });

  it('shuts an address out with an HTML 403 when it asks too often', async () => {
    await restart({ addressLimit: 3 });
    for (let count = 0; count < 3; count += 1)
      expect((await raw(venue, 'GET', '/v5/market/time')).status).toBe(200);
    const refused = await raw(venue, 'GET', '/v5/market/time');
    expect(refused).toMatchObject({ status: 403, headers: { 'content-type': 'text/html' } });
    now += 5000;
    expect((await raw(venue, 'GET', '/v5/market/time')).status).toBe(200);
  });

  it('keeps wallets and order entry out of the demo environment', async () => {
    await restart({ environment: 'demo' });
    expect(await get(venue, '/v5/account/fee-rate', 'category=spot')).toMatchObject({ retCode: 10032 });
    expect(await get(venue, '/v5/asset/coin/query-info')).toMatchObject({ retCode: 10032 });
    expect(await post(venue, '/v5/order/create', LIMIT_ORDER)).toMatchObject({ retCode: 0 });
    const money = { adjustType: 0, utaDemoApplyMoney: [{ coin: 'USDT', amountStr: '1000' }] };
    expect(await post(venue, '/v5/account/demo-apply-money', money)).toMatchObject({ retCode: 0 });
    expect(venue.account(UID).holdings()['USDT']).toBe('201000');
  });

  it('pages instruments by cursor', async () => {
    await restart({ generatedInstruments: 700 });
    const first = await get(venue, '/v5/market/instruments-info', 'category=linear');
    expect(first.result.list).toHaveLength(500);
    const cursor = encodeURIComponent(String(first.result['nextPageCursor']));
    const second = await get(venue, '/v5/market/instruments-info', `category=linear&cursor=${cursor}`);
    expect(second.result.list).toHaveLength(205);
    expect(second.result['nextPageCursor']).toBe('');
  });

  it.skipIf(!existsSync(RECORDED))('lists recorded contracts with their rows untouched', async () => {
    await restart({ recordedInstruments: RECORDED });
    const row = (await get(venue, '/v5/market/instruments-info', 'category=linear&symbol=0GUSDT')).result
      .list[0];
    const recorded = JSON.parse(readFileSync(RECORDED, 'utf8')) as Envelope;
    expect(row).toEqual(recorded.result.list.find((each) => each['symbol'] === '0GUSDT'));
    const book = await get(venue, '/v5/market/orderbook', 'category=linear&symbol=0GUSDT');
    expect(book.result['b']).toHaveLength(25);
  });

  it('counts what reached it', async () => {
    await get(venue, INFO);
    await post(venue, '/v5/order/create', { ...LIMIT_ORDER, orderLinkId: 'test-1' });
    await post(venue, '/v5/order/create', { ...LIMIT_ORDER, orderLinkId: 'test-1' });
    expect(venue.counters.requests(INFO)).toBe(1);
    expect(venue.counters.orders('test-1')).toBe(2);
    expect(venue.account(UID).orders).toHaveLength(1);
  });
});
