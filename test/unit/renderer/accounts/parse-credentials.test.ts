import { describe, expect, it } from 'vitest';
import { parseCredentials } from '../../../../src-renderer/features/accounts/parse-credentials.ts';

const pair = { key: 'test-key-1', secret: 'test-secret-1' };

describe('parseCredentials', () => {
  it.each([
    ['JSON of one spelling', '{"apiKey":"test-key-1","apiSecret":"test-secret-1"}'],
    ['JSON of another', '{ "api_key": "test-key-1", "secretKey": "test-secret-1", "permissions": ["read"] }'],
    ['lines with colons', 'API Key: test-key-1\nAPI Secret: test-secret-1'],
    ['lines with wide colons', 'API Key：test-key-1\nSecret Key：test-secret-1'],
    ['environment variables', 'export API_KEY="test-key-1"\nexport API_SECRET=\'test-secret-1\''],
    ['names above their values', 'API Key\ntest-key-1\n\nAPI Secret\ntest-secret-1\n'],
    ['Windows line ends', 'API Key: test-key-1\r\nAPI Secret: test-secret-1\r\n'],
  ])('recognises %s', (_name, text) => {
    expect(parseCredentials(text)).toEqual(pair);
  });

  it('takes the venue from a name or from a variable', () => {
    expect(
      parseCredentials('{"exchange":"Bitget","key":"test-key-1","secret":"test-secret-1"}'),
    ).toMatchObject({
      venue: 'bitget',
    });
    expect(parseCredentials('BYBIT_API_KEY=test-key-1\nBYBIT_API_SECRET=test-secret-1')).toEqual({
      ...pair,
      venue: 'bybit',
    });
  });

  it('tells the testnet from the venue itself', () => {
    expect(
      parseCredentials('BYBIT_TESTNET_API_KEY=test-key-1\nBYBIT_TESTNET_API_SECRET=test-secret-1'),
    ).toEqual({
      ...pair,
      venue: 'bybit-testnet',
    });
    expect(
      parseCredentials('{"exchange":"Bybit Testnet","key":"test-key-1","secret":"test-secret-1"}'),
    ).toMatchObject({ venue: 'bybit-testnet' });
  });

  it('takes label and passphrase along', () => {
    expect(
      parseCredentials(
        'Name: Main\nAPI Key: test-key-1\nSecret Key: test-secret-1\nPassphrase: test passphrase',
      ),
    ).toEqual({ ...pair, label: 'Main', passphrase: 'test passphrase' });
  });

  it('keeps the lines of a private key', () => {
    const pem = ['-----BEGIN PRIVATE KEY-----', 'dGVzdA==', '-----END PRIVATE KEY-----'].join('\n');
    expect(parseCredentials(`API Key: test-key-1\n${pem}`)).toEqual({ key: 'test-key-1', secret: pem });
  });

  it.each([
    '',
    'test-key-1',
    'API Key: test-key-1',
    '{"apiKey":"test-key-1"}',
    '{broken',
    '[1,2]',
    'null',
    'a: b\nc: d',
  ])('leaves an ordinary paste alone: %j', (text) => {
    expect(parseCredentials(text)).toBeNull();
  });

  it('does not look at texts of absurd length', () => {
    expect(parseCredentials(`API Key: test-key-1\nAPI Secret: ${'x'.repeat(20_000)}`)).toBeNull();
  });

  it('is not fooled by the names of objects', () => {
    expect(parseCredentials('{"__proto__":{"secret":"x"},"key":"test-key-1","secret":{"a":1}}')).toBeNull();
  });
});
