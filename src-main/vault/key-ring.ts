import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { badInput } from '../errors.ts';
import { keyView } from './record-changes.ts';
import type { VaultRecord } from './record-codec.ts';
import { purposeKey } from './sealed-file.ts';
import { ownCopy, wipe } from './secret-bytes.ts';
import type { Bytes } from './secret-bytes.ts';
import { hmacSignature, readRsaKey, rsaSignature, wrongAlgorithm } from './signing.ts';
import type { SignAlgorithm } from './signing.ts';
import { damaged, keyNotFound } from './vault-errors.ts';
import type { KeyView } from './worker-protocol.ts';

interface RingKey {
  readonly record: VaultRecord;
  readonly view: KeyView;
  /** Made on first use: reading a PEM costs more than signing with it, and even an HMAC is twice as fast. */
  signing: KeyObject | null;
}

const LEDGER_LABEL = 'holdfast/ledger/v1';

/** What an open vault's secrets are used for. It owns none of them: the vault core wipes the records. */
export class KeyRing {
  readonly #records: readonly VaultRecord[];
  readonly #keys = new Map<string, RingKey>();

  constructor(records: readonly VaultRecord[]) {
    this.#records = records;
    for (const record of records) {
      if (record.kind === 'accountKey') {
        this.#keys.set(record.id, { record, view: keyView(record), signing: null });
      }
    }
  }

  views(): KeyView[] {
    return [...this.#keys.values()].map((key) => key.view);
  }

  /** Signs with the key's secret. Throws `vault.keyNotFound` or `vault.wrongAlgorithm`. */
  sign(keyId: string, algorithm: SignAlgorithm, payload: string | Uint8Array): string {
    const key = this.#key(keyId);
    const { keyType } = key.view.meta;
    if (algorithm === 'rsa-sha256-base64') {
      if (keyType !== 'rsa') throw wrongAlgorithm(algorithm, keyType);
      key.signing ??= readRsaKey(key.record.secret);
      return rsaSignature(key.signing, payload);
    }
    if (keyType !== 'hmac') throw wrongAlgorithm(algorithm, keyType);
    key.signing ??= createSecretKey(key.record.secret);
    return hmacSignature(algorithm, key.signing, payload);
  }

  /** The venue passphrase, which has to be sent as a header. */
  headerSecret(keyId: string): string {
    const { venuePassphrase } = this.#key(keyId).record;
    if (venuePassphrase === null) {
      throw badInput([{ field: 'passphrase', rule: 'was not given when this key was added' }]);
    }
    return venuePassphrase.toString('utf8');
  }

  /** The 256-bit key of the ledger database: the same for ever, whatever happens to passphrase and data key. */
  ledgerKey(): Bytes {
    const record = this.#records.find((each) => each.kind === 'ledgerSecret');
    if (record === undefined) throw damaged('it holds no ledger secret');
    const key = purposeKey(record.secret, Buffer.alloc(0), LEDGER_LABEL);
    const copy = ownCopy(key);
    wipe(key);
    return copy;
  }

  #key(keyId: string): RingKey {
    const key = this.#keys.get(keyId);
    if (key === undefined) throw keyNotFound();
    return key;
  }
}
