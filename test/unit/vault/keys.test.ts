import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Vault } from '../../../src-main/vault/vault.ts';
import { bytes, codeOf, createWorker, START, testKey } from './support/vaults.ts';
import { useVaults } from './support/use-vaults.ts';

const { created } = useVaults();

describe('keys', () => {
  it('sign as plain crypto does, on the fast path and after other calls', async () => {
    const { vault } = await created({ createWorker });
    const signer = vault.signer(await vault.addKey(testKey('s')));
    expect(signer.apiKey).toBe('test-key-s');
    for (let round = 0; round < 50; round += 1) {
      const payload = `{"symbol":"BTCUSDT","round":${round},"text":"äöü 🙂"}`;
      const mac = (hash: string): ReturnType<typeof createHmac> =>
        createHmac(hash, 'test-secret-s').update(payload);
      expect(await signer.sign('hmac-sha256-hex', payload)).toBe(mac('sha256').digest('hex'));
      expect(await signer.sign('hmac-sha256-base64', payload)).toBe(mac('sha256').digest('base64'));
      expect(await signer.sign('hmac-sha384-hex', payload)).toBe(mac('sha384').digest('hex'));
      if (round % 10 === 0) await vault.updateKeyMeta(signer.keyId, { label: `Round ${round}` });
    }
  });

  it('sign a payload that is too long for the fast path', async () => {
    const { vault } = await created({ createWorker });
    const signer = vault.signer(await vault.addKey(testKey('long')));
    const payload = 'x'.repeat(100_000);
    const expected = createHmac('sha256', 'test-secret-long').update(payload).digest('hex');
    expect(await signer.sign('hmac-sha256-hex', payload)).toBe(expected);
  });

  it('name the field and the rule that was broken', async () => {
    const { vault } = await created();
    const good = testKey('rules');
    const problems = async (input: Parameters<Vault['addKey']>[0]): Promise<string> => {
      try {
        await vault.addKey(input);
        return 'none';
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
    };
    const bad = { venue: 'practice' as const, environment: 'demo' as const, label: '' };
    const refused = await problems({ ...good, secret: bytes('test-secret-rules'), meta: bad });
    expect(refused).toContain('meta.venue: must be one of bybit, bybit-testnet, bitget, bitfinex');
    expect(refused).toContain('meta.label: must not be empty');
    expect(await problems({ ...good, secret: bytes('test-secret\n') })).toContain(
      'secret: must be printable',
    );
    expect(await problems({ ...good, secret: bytes('short') })).toContain('secret: must be 8 to 8192 bytes');
    expect(await problems({ ...good, key: 'has space', secret: bytes('test-secret-r') })).toContain(
      'key: must be',
    );
    const rsa = { ...good.meta, keyType: 'rsa' as const };
    expect(await problems({ ...good, secret: bytes('test-secret-not-a-pem'), meta: rsa })).toContain(
      'secret: must be an unencrypted RSA',
    );
    const uses = { ...good.meta, uses: ['trade' as const] };
    expect(await problems({ ...good, secret: bytes('test-secret-r'), meta: uses })).toContain(
      'meta.uses: must include read',
    );
    const sneaky = { ...good.meta, addedAt: 1 };
    expect(await problems({ ...good, secret: bytes('test-secret-r'), meta: sneaky })).toContain(
      'must not hold addedAt',
    );
    expect(vault.listKeys()).toEqual([]);
  });

  it('move to another site of the venue, and keep everything else', async () => {
    const { vault } = await created();
    const id = await vault.addKey(testKey('moves'));
    const site = { venue: 'bybit-testnet', environment: 'testnet', region: 'hk' } as const;
    await vault.updateKeyMeta(id, { ...site, permissions: null });
    expect(vault.key(id)).toMatchObject({ ...site, label: testKey('moves').meta.label, keyLast4: 'oves' });
    const nowhere = vault.updateKeyMeta(id, { region: 'No Where' });
    await expect(nowhere).rejects.toMatchObject({ kind: 'badInput' });
  });

  it('of version 0.1 on the testnet of Bybit are read as keys of the venue of its own', async () => {
    const { vault } = await created();
    const meta = { ...testKey('old').meta, venue: 'bybit', environment: 'testnet' } as const;
    const id = await vault.addKey({ ...testKey('old'), meta });
    expect(vault.key(id)).toMatchObject({ venue: 'bybit-testnet', environment: 'testnet' });
    const live = await vault.addKey({ ...testKey('live'), meta: { ...meta, environment: 'live' } });
    expect(vault.key(live)).toMatchObject({ venue: 'bybit', environment: 'live' });
  });

  it('are renamed, inspected, replaced and removed without touching the others', async () => {
    const { vault } = await created();
    const first = await vault.addKey(testKey('first'));
    const second = await vault.addKey({ ...testKey('second'), passphrase: bytes('test-venue-passphrase') });
    const inspectedAt = START + 5;
    const permissions = {
      read: true,
      trade: true,
      withdraw: true,
      transfer: false,
      ipAddresses: ['192.0.2.1'],
      expiresAt: null,
      inspectedAt,
    };
    const changed = await vault.updateKeyMeta(second, {
      permissions,
      uses: ['read', 'trade'],
      accountType: 'unified',
    });
    expect(changed).toMatchObject({
      revision: 2,
      permissions,
      uses: ['read', 'trade'],
      label: 'Label second',
    });
    await vault.replaceKey(second, { key: 'test-key-third', secret: bytes('test-secret-third') });
    expect(vault.key(second)).toMatchObject({
      revision: 3,
      permissions: null,
      keyLast4: 'hird',
      hasVenuePassphrase: false,
    });
    expect(await vault.signer(second).sign('hmac-sha256-hex', 'x')).toBe(
      createHmac('sha256', 'test-secret-third').update('x').digest('hex'),
    );
    expect(vault.key(first)).toMatchObject({ revision: 1, label: 'Label first' });
    const signer = vault.signer(second);
    await vault.removeKey(second);
    expect(await codeOf(signer.sign('hmac-sha256-hex', 'x'))).toBe('vault.keyNotFound');
    expect(await codeOf(vault.removeKey(second))).toBe('vault.keyNotFound');
    expect(await codeOf(vault.updateKeyMeta(second, { label: 'Gone' }))).toBe('vault.keyNotFound');
    expect(vault.listKeys().map((key) => key.id)).toEqual([first]);
  });

  it('give the venue passphrase for the header and refuse when there is none', async () => {
    const { vault } = await created();
    const withOne = await vault.addKey({ ...testKey('w'), passphrase: bytes('test-venue-passphrase') });
    const without = await vault.addKey(testKey('wo'));
    expect(await vault.signer(withOne).headerSecret()).toBe('test-venue-passphrase');
    expect(await codeOf(vault.signer(without).headerSecret())).toBe('input.invalid');
  });
});
