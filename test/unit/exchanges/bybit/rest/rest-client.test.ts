import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../../../src-main/errors.ts';
import { BybitRestClient, queryText } from '../../../../../src-main/exchanges/bybit/rest-client.ts';
import type { BybitCall } from '../../../../../src-main/exchanges/bybit/rest.ts';
import { rsaSignature } from '../../../../../src-main/vault/signing.ts';
import { envelope, FakeClock, FakeHttp, NOW, ok, refuse, vectorSigner } from './fake-http.ts';

const CALL: BybitCall = {
  operation: 'x',
  path: '/v5/x',
  lane: 'privateRead',
  budget: { name: 'x', limit: 50 },
};

function client(parts: Partial<ConstructorParameters<typeof BybitRestClient>[0]> = {}) {
  const http = new FakeHttp();
  const clock = new FakeClock();
  const rest = new BybitRestClient({
    http,
    clock,
    site: () => ({ rest: 'https://venue.test', headers: { 'x-site-id': 'BRA_BTL' } }),
    accountId: 'a1',
    signer: vectorSigner(),
    keyType: 'hmac',
    now: () => NOW,
    ...parts,
  });
  return { http, clock, rest };
}

const failure = async (run: Promise<unknown>): Promise<HoldfastError> => {
  const error: unknown = await run.then(
    () => null,
    (caught: unknown) => caught,
  );
  if (!(error instanceof HoldfastError)) throw new Error('it did not fail as it should', { cause: error });
  return error;
};

describe('the signature of the sheet’s vectors', () => {
  it.each([
    [
      'V1',
      { category: 'linear', symbol: 'BTCUSDT' },
      '61a3b2a082e6ed0fabe52877b543760d8b82ad89562e70b7991b70444a4ec43b',
    ],
    ['V2', undefined, '5e6e200310a53c498802e0aec0b0225db48405996fc0ce6b3edde9ca9059f6a5'],
    [
      'V3',
      { category: 'linear', limit: 50, cursor: '132766%3A2%2C132766%3A2' },
      'd060f73bee2d85a06d0f862966d8803e108b926e26b630daf9cb8cf88a2045fa',
    ],
    [
      'V4',
      { accountType: 'UNIFIED', coin: 'USDT,BTC' },
      'b8b2d78454ff457cc8818f1a4212a3cdefc55400ff445f228a9e460bdc8f2d8a',
    ],
  ])('GET %s', async (_name, params, signature) => {
    const { http, rest } = client();
    await rest.get({ ...CALL, ...(params === undefined ? {} : { params }) });
    const request = http.sent[0]?.request;
    expect(request?.headers['X-BAPI-SIGN']).toBe(signature);
    expect(request?.body).toBeUndefined();
    expect(request?.path).toBe(params === undefined ? '/v5/x' : `/v5/x?${queryText(params)}`);
  });

  const order = {
    category: 'linear',
    symbol: 'BTCUSDT',
    side: 'Buy',
    orderType: 'Limit',
    qty: '0.01',
    price: '25000',
    timeInForce: 'PostOnly',
    positionIdx: 0,
    orderLinkId: 'app-0001',
  };
  it.each([
    ['V5', order, 'ab600b16280a431e3c55239716196541c6ebd3e5acf7e9d5b35d5326c0a83c91'],
    ['V7', {}, '0fa2d8a48d56a33206dceab4a56575513e1edc9899773600b42a59e9194ab6e7'],
  ])('POST %s', async (_name, body, signature) => {
    const { http, rest } = client();
    await rest.post({ ...CALL, body });
    const request = http.sent[0]?.request;
    expect(request?.headers).toMatchObject({
      'X-BAPI-SIGN': signature,
      'X-BAPI-API-KEY': 'demoKey00000000001',
      'X-BAPI-TIMESTAMP': '1700000000000',
      'X-BAPI-RECV-WINDOW': '5000',
      'Content-Type': 'application/json',
      'x-site-id': 'BRA_BTL',
    });
    expect(request?.body).toBe(JSON.stringify(body));
  });

  it('V6 (other spacing) differs and V8 signs the log-in', async () => {
    const signer = vectorSigner();
    const text = `{${Object.entries(order)
      .map(([k, v]) => `"${k}": ${JSON.stringify(v)}`)
      .join(', ')}}`;
    expect(await signer.sign('hmac-sha256-hex', `1700000000000demoKey000000000015000${text}`)).toBe(
      '6126e9fc667134a2de5c6c40a4b7e98f93df022862959ddafa24579dacb84d23',
    );
    expect(await signer.sign('hmac-sha256-hex', 'GET/realtime1700000010000')).toBe(
      '3a47099515954049ad90179800ba1ab98a55c77975b09f92f9b6c62e4ac5260d',
    );
  });

  it('signs with RSA in base64 when the key is one', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const signer = {
      ...vectorSigner(),
      sign: async (algorithm: string, payload: string) => {
        expect(algorithm).toBe('rsa-sha256-base64');
        return rsaSignature(privateKey, payload);
      },
    };
    const { http, rest } = client({ signer, keyType: 'rsa' });
    await rest.post({ ...CALL, body: order });
    const signature = http.sent[0]?.request.headers['X-BAPI-SIGN'] ?? '';
    expect(signature).toHaveLength(344);
    const text = `1700000000000demoKey000000000015000${JSON.stringify(order)}`;
    expect(verify('sha256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64'))).toBe(true);
  });
});

describe('public calls', () => {
  it('carry neither key nor signature', async () => {
    const { http, rest } = client({ signer: null, keyType: 'none', accountId: null });
    http.replies = [ok({ a: 1 })];
    expect((await rest.ask({ ...CALL, budget: undefined as never })).result).toEqual({ a: 1 });
    expect(Object.keys(http.sent[0]?.request.headers ?? {})).toEqual(['x-site-id']);
  });
  it('are all that a client without a key can do', async () => {
    const { http, rest } = client({ signer: null, keyType: 'none' });
    expect((await failure(rest.get(CALL))).code).toBe('bybit.keyless');
    expect(http.sent).toHaveLength(0);
  });
});

describe('time', () => {
  it('is taken before the first signature, and stamps with the venue’s clock', async () => {
    const { http, clock, rest } = client();
    clock.offset = null;
    clock.found = -30_000;
    await rest.get(CALL);
    expect(clock.syncs).toBe(1);
    expect(http.sent[0]?.request.headers['X-BAPI-TIMESTAMP']).toBe(String(NOW - 30_000));
  });
  it.each(['get', 'post'] as const)('10002 takes the clock anew and tries a %s once more', async (method) => {
    const { http, clock, rest } = client();
    clock.found = 1_500;
    http.replies = [refuse(10002), ok({ done: true })];
    const answer = method === 'get' ? rest.get(CALL) : rest.post({ ...CALL, body: {} });
    expect((await answer).result).toEqual({ done: true });
    expect(http.sent[1]?.request.headers['X-BAPI-TIMESTAMP']).toBe(String(NOW + 1_500));
  });
  it('a second 10002 is told, with what to do', async () => {
    const { http, rest } = client();
    http.replies = [refuse(10002), refuse(10002)];
    expect((await failure(rest.get(CALL))).toShape()).toMatchObject({ kind: 'clock', action: 'checkClock' });
    expect(http.sent).toHaveLength(2);
  });
});

describe('limits', () => {
  it('declares the budget of the account and takes it together with the address’s', async () => {
    const { http, rest } = client();
    await rest.get(CALL);
    expect(http.rules.get('a1/x')).toEqual({ limit: 50, windowMs: 1000 });
    expect(http.sent[0]?.job.budgets).toEqual([{ budget: 'ip' }, { budget: 'a1/x', units: 1 }]);
  });
  it('passes on what the headers say', async () => {
    const { http, rest } = client();
    const headers = {
      'x-bapi-limit': '20',
      'x-bapi-limit-status': '19',
      'x-bapi-limit-reset-timestamp': String(NOW),
    };
    http.replies = [{ text: envelope(0, {}), headers }];
    await rest.get(CALL);
    expect(http.observed).toEqual([{ budget: 'a1/x', feedback: { limit: 20, remaining: 19 } }]);
  });
  it('10006 empties the budget until the reset and the read is tried once more', async () => {
    const { http, rest } = client();
    const headers = { 'x-bapi-limit-reset-timestamp': String(NOW + 700) };
    http.replies = [{ text: envelope(10006, {}, 'slow'), headers }, ok({ a: 1 })];
    expect((await rest.get(CALL)).result).toEqual({ a: 1 });
    expect(http.observed[0]?.feedback).toMatchObject({ remaining: 0, resetAt: NOW + 700 });
  });
  it('10006 without a reset waits two seconds; a write is not repeated', async () => {
    const { http, rest } = client();
    http.replies = [refuse(10006)];
    const error = await failure(rest.post({ ...CALL, body: {} }));
    expect(error.toShape()).toMatchObject({ kind: 'rateLimited', retryAfterMs: 2000, venueCode: '10006' });
    expect(http.observed[0]?.feedback).toMatchObject({ remaining: 0, resetAt: NOW + 2000 });
    expect(http.sent).toHaveLength(1);
  });
  it('a 403 page pauses the whole venue for ten minutes', async () => {
    const { http, rest } = client();
    http.replies = [{ status: 403, text: '<html>access too frequent</html>' }];
    const error = await failure(rest.post({ ...CALL, body: {} }));
    expect(error.kind).toBe('rateLimited');
    expect(http.pauses).toEqual([NOW + 600_000]);
    expect(http.failures).toBe(1);
  });
});

describe('a 403 with Bybit’s own words', () => {
  it('is a ban of the address, unless it is about the key', async () => {
    const { http, rest } = client();
    http.replies = [
      { status: 403, text: envelope(10018, {}, 'Out of frequency limit of IP') },
      { status: 403, text: envelope(10005, {}, 'Permission denied') },
    ];
    expect((await failure(rest.get(CALL))).kind).toBe('rateLimited');
    expect((await failure(rest.get(CALL))).kind).toBe('permission');
    expect(http.pauses).toEqual([NOW + 600_000]);
  });
});

describe('a refused key', () => {
  it.each([10003, 10004, 33004])('%i stops the account from asking until somebody looks', async (code) => {
    const { http, rest } = client();
    http.replies = [refuse(code), ok({ a: 1 })];
    expect((await failure(rest.get(CALL))).kind).toBe('auth');
    expect((await failure(rest.post({ ...CALL, body: {} }))).kind).toBe('auth');
    expect(http.sent).toHaveLength(1);
    rest.forgetRefusal();
    expect((await rest.get(CALL)).result).toEqual({ a: 1 });
  });
  it('a new key is tried at once', async () => {
    const signer = { ...vectorSigner(), apiKey: 'test-key-1' };
    const { http, rest } = client({ signer });
    http.replies = [refuse(10003), ok({ a: 1 })];
    await failure(rest.get(CALL));
    signer.apiKey = 'test-key-2';
    expect((await rest.get(CALL)).result).toEqual({ a: 1 });
  });
  it('10005 and 10010 are about this call and this address', async () => {
    const { http, rest } = client();
    http.replies = [refuse(10005), refuse(10010), ok({})];
    expect((await failure(rest.get(CALL))).code).toBe('bybit.noPermission');
    expect((await failure(rest.get(CALL))).code).toBe('bybit.ipRefused');
    await rest.get(CALL);
  });
});

describe('answers that tell nothing', () => {
  it.each([500, 502, 504])('HTTP %i: unknown for a write, not available for a read', async (status) => {
    const { http, rest } = client();
    http.replies = [
      { status, text: 'gateway' },
      { status, text: 'gateway' },
    ];
    expect((await failure(rest.post({ ...CALL, body: {} }))).kind).toBe('unknownOutcome');
    expect((await failure(rest.get(CALL))).kind).toBe('unavailable');
  });
  it('half an answer: unknown for a write, protocol for a read', async () => {
    const { http, rest } = client();
    http.replies = [{ text: '{"retCode":0,"resu' }, { text: '{"retCode":0,"resu' }];
    expect((await failure(rest.post({ ...CALL, body: {} }))).kind).toBe('unknownOutcome');
    expect((await failure(rest.get(CALL))).kind).toBe('protocol');
  });
  it('a POST that only asks is a read', async () => {
    const { http, rest } = client();
    http.replies = [refuse(10016)];
    expect((await failure(rest.post({ ...CALL, body: {}, acts: false }))).kind).toBe('unavailable');
    expect(http.sent[0]?.job.isWrite).toBe(false);
  });
  it('an error status with Bybit’s own words is judged by them', async () => {
    const { http, rest } = client();
    http.replies = [{ status: 400, text: envelope(10001, {}, 'params error') }];
    expect((await failure(rest.get(CALL))).toShape()).toMatchObject({
      kind: 'invalidOrder',
      venueCode: '10001',
      venueMessage: 'params error',
    });
  });
  it('words of Bybit that repeat the key are shown without it', async () => {
    const { http, rest } = client();
    http.replies = [refuse(10005, `Permission denied for ${vectorSigner().apiKey}.`)];
    expect((await failure(rest.get(CALL))).toShape()).toMatchObject({
      code: 'bybit.noPermission',
      venueMessage: 'Permission denied for ….',
    });
  });
});

describe('a gateway that fails in the middle of a write', () => {
  it.each([500, 502, 504])(
    'leaves it unknown with HTTP %i, whatever code it writes into the answer',
    async (status) => {
      const { http, rest } = client();
      http.replies = [{ status, text: JSON.stringify({ retCode: -5, retMsg: 'upstream' }) }];
      const error = await failure(rest.post({ ...CALL, body: {} }));
      expect(error.kind).toBe('unknownOutcome');
    },
  );
});

describe('a probe of other sites', () => {
  it('does not count a site that does not know the key as a failure of the venue', async () => {
    const { http, rest } = client({ isProbe: true });
    http.replies = [refuse(10003, 'API key is invalid.')];
    expect((await failure(rest.get(CALL))).kind).toBe('auth');
    expect(http.failures).toBe(0);
  });
});
