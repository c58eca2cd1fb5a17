import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEPT_BYTES, Redactor } from '../../../src-main/net/redact.ts';

const CANARY = 'test-secret-canary-7f3a';
const KEY_ID = 'test-key-Ab12Cd34Ef';
const redactor = new Redactor(() => [KEY_ID]);

describe('redaction', () => {
  it('hides the values of sensitive fields and leaves every other character as it was', () => {
    const text = `{"retCode": 0,  "seq":99999999999999999999, "apiKey" : "${CANARY}", "note":"é \\u00e9", "rate":1.10}`;
    expect(redactor.text(text)).toBe(
      '{"retCode": 0,  "seq":99999999999999999999, "apiKey" : "[redacted]", "note":"é \\u00e9", "rate":1.10}',
    );
  });

  it('hides whole objects and lists under such a name', () => {
    const text = '{"secret":{"a":["x",{"b":"y"}]},"list":[1],"ips":["203.0.113.7","2001:db8::1"],"end":1}';
    expect(redactor.text(text)).toBe('{"secret":"[redacted]","list":[1],"ips":"[redacted]","end":1}');
    expect(redactor.text('{"a":{"uid":17},"b":[{"sign":null}],"c":3}')).toBe(
      '{"a":{"uid":"[redacted]"},"b":[{"sign":"[redacted]"}],"c":3}',
    );
  });

  it('hides every argument of a login frame, and none of a subscription', () => {
    const login = `{"req_id":"a1","op":"auth","args":["${CANARY}",1700000010000,"${'0af3'.repeat(16)}"]}`;
    expect(redactor.text(login)).toBe('{"req_id":"a1","op":"auth","args":"[redacted]"}');
    const bitget = `{"op":"login","args":[{"apiKey":"k","passphrase":"p","sign":"s"}]}`;
    expect(redactor.text(bitget)).toBe('{"op":"login","args":"[redacted]"}');
    const subscription = '{"op":"subscribe","args":["orderbook.50.BTCUSDT"]}';
    expect(redactor.text(subscription)).toBe(subscription);
  });

  it('hides parameters of queries, however their names are spelled', () => {
    expect(
      redactor.text(`category=spot&api_key=${CANARY}&X-BAPI-SIGN=${CANARY}&api%5Fkey=${CANARY}&limit=5`),
    ).toBe('category=spot&api_key=[redacted]&X-BAPI-SIGN=[redacted]&api%5Fkey=[redacted]&limit=5');
  });

  it('hides who the user is in an answer about the key', () => {
    const text =
      '{"result":{"userID":1001,"parentUid":"77","ips":["203.0.113.7"],"readOnly":0,"vipLevel":"No VIP"}}';
    expect(redactor.text(text)).toBe(
      '{"result":{"userID":"[redacted]","parentUid":"[redacted]","ips":"[redacted]","readOnly":0,"vipLevel":"No VIP"}}',
    );
  });

  it('hides addresses of machines in plain words, and neither times nor prices', () => {
    expect(redactor.text('Unmatched IP, your address is 203.0.113.7 or 2001:db8::8a2e:370:7334.')).toBe(
      'Unmatched IP, your address is [address] or [address].',
    );
    const text = '{"t":"2026-11-20T10:20:30.123Z","p":"100.25","v":"1.2.3"}';
    expect(redactor.text(text)).toBe(text);
  });

  it('hides what looks like a signature wherever it stands, and no ids or symbols', () => {
    const hex = '61a3b2a082e6ed0fabe52877b543760d8b82ad89562e70b7991b70444a4ec43b';
    const base64 = Buffer.from(hex).toString('base64');
    expect(redactor.text(`error sign! got ${hex} wanted ${base64}`)).toBe(
      'error sign! got [redacted] wanted [redacted]',
    );
    const text =
      '{"orderId":"1f2e3d4c-5b6a-7988-9706-5f4e3d2c1b0a","symbol":"BTC-26DEC26-100000-C-USDT","topic":"orderbook.1000.1000000BABYDOGEUSDT"}';
    expect(redactor.text(text)).toBe(text);
  });

  it('takes our own key out of any text, also in a path', () => {
    expect(redactor.text(`origin_string[1700000000000${KEY_ID}5000]`)).toBe(
      'origin_string[1700000000000[redacted]5000]',
    );
    expect(redactor.path(`/v5/${KEY_ID}/from/203.0.113.7`)).toBe('/v5/[redacted]/from/[address]');
  });

  it('cuts after 4 KiB, never within a character, and says that it did', () => {
    const long = redactor.text(`{"list":"${'ü🌍'.repeat(5_000_000)}"}`);
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(KEPT_BYTES);
    expect(long.endsWith('…')).toBe(true);
    expect(long).not.toContain('\ufffd');
    const exact = 'x y '.repeat(KEPT_BYTES / 4);
    expect(redactor.text(exact)).toBe(exact);
  });

  it('hides a value that the cut goes through', () => {
    for (let at = 8100; at < 8200; at += 1) {
      const text = `{"a":"${'x '.repeat(at / 2)}","apiKey":"${CANARY}"}`;
      expect(redactor.text(text)).not.toContain('test-secret');
    }
  });

  it('survives what is not JSON at all', () => {
    for (const text of [
      '',
      '"',
      '\\',
      '{"',
      '{"a":',
      '[[[[',
      '"\\',
      '{"apiKey":',
      '<html>403</html>',
      '\u0000"\ud800"',
    ])
      expect(typeof redactor.text(text)).toBe('string');
  });
});

const SENSITIVE = [
  'apiKey',
  'api_key',
  'sign',
  'signature',
  'secret',
  'apiSecret',
  'passphrase',
  'token',
  'X-BAPI-SIGN',
  'X-BAPI-API-KEY',
  'ACCESS-PASSPHRASE',
  'authSig',
  'privateKey',
];
const name = fc.constantFrom(...SENSITIVE);
const plain = fc.record({
  a: fc.jsonValue({ maxDepth: 2 }),
  symbol: fc.string(),
  n: fc.double({ noNaN: true }),
});
/** JSON in which the canary stands under a sensitive name, as deep and as wrapped as may be. */
const secretJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  leaf: fc
    .tuple(name, fc.constantFrom<unknown>(CANARY, [CANARY], { x: [1, CANARY] }, `"${CANARY}\\`), plain)
    .map(([key, value, rest]) => ({ ...rest, [key]: value, after: 1 })),
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('leaf'),
    fc.tuple(fc.string(), tie('node'), plain).map(([key, value, rest]) => ({ ...rest, [`k${key}`]: value })),
    fc.tuple(tie('node'), fc.jsonValue()).map(([value, other]) => [other, value]),
    tie('node').map((value) => ({ body: JSON.stringify(value) })),
  ),
})).node;

describe('no canary survives', () => {
  it('in JSON, however deep, wrapped, indented or cut', () => {
    fc.assert(
      fc.property(
        secretJson,
        fc.constantFrom(undefined, 2),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (value, indent, cut) => {
          const text = JSON.stringify(value, null, indent);
          expect(redactor.text(text)).not.toContain(CANARY);
          expect(redactor.text(text.slice(0, Math.ceil(text.length * cut)))).not.toContain(CANARY);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('in queries, wherever it stands', () => {
    const pair = fc
      .tuple(fc.constantFrom('category', 'symbol', 'cursor'), fc.string())
      .map(([key, value]) => `${key}=${encodeURIComponent(value.toWellFormed())}`);
    fc.assert(
      fc.property(fc.array(pair), name, fc.array(pair), (before, key, after) => {
        const query = [...before, `${encodeURIComponent(key)}=${CANARY}`, ...after].join('&');
        expect(redactor.text(query)).not.toContain(CANARY);
      }),
    );
  });

  it('when it is one of our keys, in any text and any usual spelling', () => {
    const odd = 'test-key"with/odd+signs=';
    const scrubber = new Redactor(() => [odd]);
    const spellings = [odd, encodeURIComponent(odd), JSON.stringify(odd).slice(1, -1)];
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...spellings), fc.string(), (before, spelling, after) => {
        const clean = scrubber.text(before + spelling + after);
        for (const one of spellings) expect(clean).not.toContain(one);
      }),
    );
  });
});
