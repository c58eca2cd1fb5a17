import { createHash } from 'node:crypto';
import type { DeriveKey } from '../../../../src-main/vault/kdf.ts';
import { VaultCore } from '../../../../src-main/vault/vault-core.ts';
import type { Bytes } from '../../../../src-main/vault/secret-bytes.ts';
import { CHEAP_KDF, CHEAP_LIMITS, START } from './vaults.ts';

/** Depends on all that the real one depends on, and takes a microsecond. */
export const hashAsKdf: DeriveKey = async (passphrase, salt, { memoryKiB, passes, lanes }) =>
  createHash('sha256').update(passphrase).update(salt).update(`${memoryKiB} ${passes} ${lanes}`).digest();

export function cheapCore(): VaultCore {
  const core = new VaultCore({ derive: hashAsKdf });
  core.configure(CHEAP_LIMITS, 1);
  return core;
}

export function own(text: string): Bytes {
  return new Uint8Array(new TextEncoder().encode(text));
}

export const CORE_PASSPHRASE = 'test passphrase core';

/** A core with an open vault of so many keys, and the file it would have written. */
export async function openCore(keys: number): Promise<{ core: VaultCore; file: Bytes; ids: string[] }> {
  const core = cheapCore();
  const moment = { now: START, highestCounter: 0 };
  let staged = await core.create({ ...moment, passphrase: own(CORE_PASSPHRASE), kdf: CHEAP_KDF });
  core.commit();
  const ids: string[] = [];
  for (let index = 0; index < keys; index += 1) {
    const id = index.toString(16).padStart(32, '0');
    ids.push(id);
    const meta = {
      venue: 'bitget',
      environment: 'demo',
      region: 'global',
      label: `Key ${index}`,
      keyType: 'hmac',
      uses: ['read'],
      permissions: null,
      accountType: null,
      modes: null,
    } as const;
    const key = {
      id,
      meta,
      apiKey: `test-key-${index}`,
      secret: own(`test-secret-${index}`),
      venuePassphrase: index % 2 === 0 ? null : own('test-venue-passphrase'),
    };
    staged = await core.stage({ ...moment, change: { kind: 'addKey', key } });
    core.verifyStaged(staged.bytes);
    core.commit();
  }
  return { core, file: staged.bytes, ids };
}
