import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FORMAT_VERSION,
  HEADER_BYTES,
  parseFile,
  PROLOGUE_BYTES,
} from '../../../src-main/vault/file-header.ts';
import type { FileHeader } from '../../../src-main/vault/file-header.ts';
import { KDF_LIMITS } from '../../../src-main/vault/kdf.ts';
import type { VaultRecord } from '../../../src-main/vault/record-codec.ts';
import { decrypt, encrypt, sealFile, unsealFile } from '../../../src-main/vault/sealed-file.ts';
import { cheapCore, CORE_PASSPHRASE, openCore, own } from './support/cheap-core.ts';
import { CHEAP_KDF, codeOf, START } from './support/vaults.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

function header(overrides: Partial<FileHeader> = {}): FileHeader {
  return {
    kind: 'vault',
    vaultId: '00112233445566778899aabbccddeeff',
    kdf: CHEAP_KDF,
    salt: Buffer.alloc(32, 7),
    saveCounter: 1,
    createdAt: START,
    savedAt: START,
    ...overrides,
  };
}

/** As somebody would who edits the file on purpose: both digests fit again. */
function withRepairedDigests(bytes: Buffer): Buffer {
  const sha = (part: Buffer): Buffer => createHash('sha256').update(part).digest();
  const repaired = Buffer.from(bytes);
  sha(repaired.subarray(0, 16)).copy(repaired, 16, 0, 16);
  sha(repaired.subarray(0, -32)).copy(repaired, repaired.length - 32);
  return repaired;
}

const open = (bytes: Uint8Array): Promise<unknown> =>
  cheapCore().open({ file: new Uint8Array(bytes), passphrase: own(CORE_PASSPHRASE) });

describe('AES-256-GCM', () => {
  const cases = [
    {
      key: '00'.repeat(32),
      iv: '00'.repeat(12),
      plain: '',
      aad: '',
      cipher: '',
      tag: '530f8afbc74536b9a963b4f1c4cb738b',
    },
    {
      key: '00'.repeat(32),
      iv: '00'.repeat(12),
      plain: '00'.repeat(16),
      aad: '',
      cipher: 'cea7403d4d606b6e074ec5d3baf39d18',
      tag: 'd0d1c8a799996bf0265b98b5d48ab919',
    },
    {
      key: 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
      iv: 'cafebabefacedbaddecaf888',
      plain:
        'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
      aad: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
      cipher:
        '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662',
      tag: '76fc6ece0f4e1768cddf8853bb2d551b',
    },
  ];
  it.each(cases)('gives what the GCM specification says (tag $tag)', (vector) => {
    const sealed = encrypt(hex(vector.key), hex(vector.plain), hex(vector.aad), () => hex(vector.iv));
    expect(sealed.ciphertext.toString('hex')).toBe(vector.cipher);
    expect(sealed.tag.toString('hex')).toBe(vector.tag);
    expect(decrypt(hex(vector.key), sealed, hex(vector.aad))?.toString('hex')).toBe(vector.plain);
    expect(decrypt(hex(vector.key), sealed, hex(`${vector.aad}00`))).toBeNull();
  });
});

const anyBytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

const anyRecord: fc.Arbitrary<VaultRecord> = fc.record({
  id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((id) => Buffer.from(id).toString('hex')),
  kind: fc.constantFrom('accountKey', 'ledgerSecret'),
  revision: fc.integer({ min: 0, max: 0xffffffff }),
  meta: anyBytes(700),
  apiKey: anyBytes(300),
  secret: anyBytes(3000),
  venuePassphrase: fc.option(anyBytes(100), { nil: null }),
});

const anyHeader: fc.Arbitrary<FileHeader> = fc.record({
  kind: fc.constantFrom('vault', 'export'),
  vaultId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((id) => Buffer.from(id).toString('hex')),
  kdf: fc.record({ memoryKiB: fc.nat(), passes: fc.nat(), lanes: fc.nat() }),
  salt: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((salt) => Buffer.from(salt)),
  saveCounter: fc.maxSafeNat(),
  createdAt: fc.maxSafeNat(),
  savedAt: fc.maxSafeNat(),
});

describe('a sealed file', () => {
  it('gives back exactly what was sealed', () => {
    const recordSets = fc.uniqueArray(anyRecord, { maxLength: 8, selector: (record) => record.id });
    fc.assert(
      fc.property(anyHeader, recordSets, (given, records) => {
        const kek = randomBytes(32);
        const file = parseFile(sealFile({ header: given, kek, records, random: randomBytes }));
        expect(file.header).toEqual(given);
        expect(unsealFile(file, kek)).toEqual(records);
      }),
      { numRuns: 150 },
    );
  });

  it('cut at any byte is damaged, whatever the passphrase', async () => {
    const { file } = await openCore(3);
    for (let length = 0; length < file.length; length += 1) {
      expect(await codeOf(open(file.subarray(0, length))), `cut at ${length}`).toBe('vault.damaged');
    }
  });

  it('with any bit turned over is damaged, whatever the passphrase', async () => {
    const { file } = await openCore(3);
    for (let at = 0; at < file.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Buffer.from(file);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        expect(await codeOf(() => parseFile(changed)), `bit ${bit} of byte ${at}`).toBe('vault.damaged');
      }
    }
  });

  it('with bytes added is damaged', async () => {
    const { file } = await openCore(1);
    expect(await codeOf(open(Buffer.concat([file, Buffer.from([0])])))).toBe('vault.damaged');
    expect(await codeOf(open(withRepairedDigests(Buffer.concat([file, Buffer.alloc(32)]))))).toBe(
      'vault.damaged',
    );
  });

  it('changed on purpose, with digests that fit, never opens, and the error fits the place', async () => {
    const { file } = await openCore(2);
    const seen = new Set<string>();
    const keyEnd = PROLOGUE_BYTES + HEADER_BYTES;
    for (let at = 0; at < file.length - 32; at += 1) {
      // The digest of the prologue is repaired, so a change there is none.
      if (at >= 16 && at < PROLOGUE_BYTES) continue;
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 0x11;
      const code = await codeOf(open(withRepairedDigests(changed)));
      seen.add(code);
      if (at < 8) expect(code, `byte ${at}`).toBe('vault.notAVault');
      else if (at < 10) expect(code, `byte ${at}`).toBe('vault.newerVersion');
      else if (at < PROLOGUE_BYTES) expect(code, `byte ${at}`).toBe('vault.damaged');
      else if (at < keyEnd) {
        const expected = ['vault.damaged', 'vault.weakKdf', 'vault.wrongPassphrase', 'vault.wrongFileKind'];
        expect(expected, `byte ${at}`).toContain(code);
      } else expect(code, `byte ${at}`).toBe('vault.damaged');
    }
    expect(seen).toContain('vault.weakKdf');
    expect(seen).toContain('vault.wrongPassphrase');
  });

  it('with records removed, swapped, repeated or taken from an older save is damaged', async () => {
    const { core, file, ids } = await openCore(3);
    const older = parseFile(file);
    const size = older.records.length / older.recordCount;
    const newer = await core.stage({
      now: START,
      highestCounter: 0,
      change: { kind: 'updateMeta', id: ids[0] ?? '', patch: { label: 'Other' } },
    });
    const start = PROLOGUE_BYTES + HEADER_BYTES;
    const records = [0, 1, 2, 3].map((index) =>
      file.subarray(start + index * size, start + (index + 1) * size),
    );
    const [a, b, c, d] = records as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const rebuilt = (base: Uint8Array, parts: readonly Uint8Array[]): Buffer =>
      withRepairedDigests(
        Buffer.concat([base.subarray(0, start), ...parts, base.subarray(base.length - 64)]),
      );
    expect(await codeOf(open(rebuilt(file, [a, b, c, d])))).toBe('none');
    expect(await codeOf(open(rebuilt(file, [a, c, b, d])))).toBe('vault.damaged');
    expect(await codeOf(open(rebuilt(file, [a, b, c])))).toBe('vault.damaged');
    expect(await codeOf(open(rebuilt(file, [a, b, c, c])))).toBe('vault.damaged');
    expect(await codeOf(open(rebuilt(newer.bytes, [a, b, c, d])))).toBe('vault.damaged');
  });

  it('tells a newer version, another file and an export from a vault', async () => {
    const { core, file } = await openCore(0);
    const newer = Buffer.from(file);
    newer.writeUInt16BE(FORMAT_VERSION + 1, 8);
    expect(await codeOf(open(withRepairedDigests(newer)))).toBe('vault.newerVersion');
    // A newer version may be laid out otherwise behind its prologue.
    expect(await codeOf(open(withRepairedDigests(newer).subarray(0, 40)))).toBe('vault.newerVersion');
    expect(await codeOf(open(Buffer.from('SQLite format 3\0'.repeat(20))))).toBe('vault.notAVault');
    expect(await codeOf(open(Buffer.from('{}')))).toBe('vault.notAVault');
    expect(await codeOf(open(Buffer.alloc(0)))).toBe('vault.damaged');
    expect(await codeOf(open(Buffer.alloc(4096)))).toBe('vault.notAVault');
    const exported = await core.sealExport({ passphrase: own(CORE_PASSPHRASE), now: START });
    expect(await codeOf(open(exported.bytes))).toBe('vault.wrongFileKind');
  });

  it('is refused before deriving anything when its parameters are too weak or too much', async () => {
    const limits = KDF_LIMITS;
    const { floor, cap } = limits;
    const outside = [
      { ...floor, memoryKiB: floor.memoryKiB - 1 },
      { ...floor, passes: floor.passes - 1 },
      { ...floor, lanes: floor.lanes - 1 },
      { ...cap, memoryKiB: cap.memoryKiB + 1 },
      { ...cap, passes: cap.passes + 1 },
      { ...cap, lanes: cap.lanes + 1 },
      { memoryKiB: 0xffffffff, passes: 0xffffffff, lanes: 0xffffffff },
    ];
    for (const kdf of outside) {
      const core = cheapCore();
      core.configure(limits, 1);
      const bytes = sealFile({
        header: header({ kdf }),
        kek: randomBytes(32),
        records: [],
        random: randomBytes,
      });
      const opening = core.open({ file: new Uint8Array(bytes), passphrase: own(CORE_PASSPHRASE) });
      expect(await codeOf(opening), JSON.stringify(kdf)).toBe('vault.weakKdf');
    }
  });

  it('never repeats a nonce or a data key over many saves of the same content', () => {
    const kek = randomBytes(32);
    const record: VaultRecord = {
      id: 'ab'.repeat(16),
      kind: 'accountKey',
      revision: 1,
      meta: Buffer.from('{}'),
      apiKey: Buffer.from('test-key-same'),
      secret: Buffer.from('test-secret-same'),
      venuePassphrase: null,
    };
    const drawn: Buffer[] = [];
    const random = (size: number): Buffer => {
      const bytes = randomBytes(size);
      drawn.push(bytes);
      return bytes;
    };
    const nonces = new Set<string>();
    const saves = 10_000;
    for (let save = 0; save < saves; save += 1) {
      const file = parseFile(sealFile({ header: header(), kek, records: [record], random }));
      nonces.add(file.wrappedKey.nonce.toString('hex'));
      nonces.add(file.records.subarray(28, 40).toString('hex'));
    }
    expect(nonces.size).toBe(saves * 2);
    // One data key and two nonces per save, and the data key was overwritten after use.
    expect(drawn.length).toBe(saves * 3);
    expect(drawn.filter((bytes) => bytes.length === 32).every((key) => key.every((byte) => byte === 0))).toBe(
      true,
    );
  });

  it('does not show how long a secret is', () => {
    const kek = randomBytes(32);
    const sizeWith = (secret: string): number => {
      const record: VaultRecord = {
        id: 'cd'.repeat(16),
        kind: 'accountKey',
        revision: 1,
        meta: Buffer.from('{}'),
        apiKey: Buffer.from('test-key'),
        secret: Buffer.from(secret),
        venuePassphrase: null,
      };
      return sealFile({ header: header(), kek, records: [record], random: randomBytes }).length;
    };
    expect(sizeWith('test-secret-18-chr')).toBe(sizeWith(`test-secret-${'x'.repeat(64)}`));
  });
});
