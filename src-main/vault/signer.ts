import { keyNotFound, lockedError } from './vault-errors.ts';
import type { SignAlgorithm } from './signing.ts';
import type { WorkerClient } from './worker-client.ts';
import type { KeyView } from './worker-protocol.ts';

/** The signing side of one key, without the key. What a venue adapter gets instead of a secret. */
export interface Signer {
  readonly keyId: string;
  /** Public part of the key; venues want it in a header. Throws `vault.locked` while the vault is locked. */
  readonly apiKey: string;
  /**
   * The signature of the payload's UTF-8 bytes. Rejects with `vault.locked`, `vault.keyNotFound` (removed
   * since) or `vault.wrongAlgorithm` (an RSA key asked for an HMAC, or the reverse).
   */
  sign(algorithm: SignAlgorithm, payload: string): Promise<string>;
  /**
   * The API passphrase, which Bitget wants as a header of each request: the one secret that leaves the vault.
   * Put it into the request and nowhere else. Rejects with `input.invalid` when the key has none.
   */
  headerSecret(): Promise<string>;
}

/** What a signer needs of the open vault; null while it is locked. */
export interface SigningSession {
  readonly client: WorkerClient;
  readonly keys: ReadonlyMap<string, KeyView>;
}

/**
 * A signer looks the session up at each use: one that was handed out before a lock throws while the vault is
 * locked and works again after the unlock, without anybody replacing it.
 */
export class VaultSigner implements Signer {
  readonly keyId: string;
  readonly #session: () => SigningSession | null;

  constructor(keyId: string, session: () => SigningSession | null) {
    this.keyId = keyId;
    this.#session = session;
  }

  get apiKey(): string {
    return this.#key().view.apiKey;
  }

  async sign(algorithm: SignAlgorithm, payload: string): Promise<string> {
    return this.#key().client.sign(this.keyId, algorithm, payload);
  }

  async headerSecret(): Promise<string> {
    return this.#key().client.call('headerSecret', { keyId: this.keyId });
  }

  #key(): { client: WorkerClient; view: KeyView } {
    const session = this.#session();
    if (session === null) throw lockedError();
    const view = session.keys.get(this.keyId);
    if (view === undefined) throw keyNotFound();
    return { client: session.client, view };
  }
}
