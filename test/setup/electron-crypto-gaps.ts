// Makes plain Node's crypto look like Electron's. Electron links BoringSSL, which lacks what is removed here
// (security.md section 5). Without this file a dependency that uses one of them passes every test on Node and
// fails on the user's machine. Works as a vitest set-up file and as `node --import`, also for worker threads.
import { createRequire, syncBuiltinESMExports } from 'node:module';

const require = createRequire(import.meta.url);

type AnyFunction = (...args: unknown[]) => unknown;
const crypto = require('node:crypto') as Record<string, unknown>;

const MARK = Symbol.for('holdfast.electronCryptoGaps');

/** AEADs that BoringSSL has no EVP_CIPHER for, key wrapping, and modes it dropped. */
const MISSING_CIPHER = /chacha20|ccm|ocb|wrap|siv|xts|aria|camellia|sm4|seed|cast|bf|idea|rc2/i;
const MISSING_HASH = /^(sha3-|shake|blake2|ripemd|rmd160|sm3|whirlpool|md4|keccak)/i;
const MISSING_KEY = /^(ed448|x448|ml-kem|ml-dsa|slh-dsa)/i;

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function refuseNamed(name: string, missing: RegExp, error: (given: string) => Error): void {
  const original = crypto[name] as AnyFunction;
  crypto[name] = (...args: unknown[]): unknown => {
    if (typeof args[0] === 'string' && missing.test(args[0])) throw error(args[0]);
    return original(...args);
  };
}

function hideFrom(name: string, missing: RegExp): void {
  const original = crypto[name] as () => string[];
  crypto[name] = (): string[] => original().filter((each) => !missing.test(each));
}

function install(): void {
  const noArgon = (): never => {
    throw failure('ERR_CRYPTO_ARGON2_NOT_SUPPORTED', 'Argon2 algorithm not supported');
  };
  // They exist in Electron (`typeof` is 'function') and throw when called.
  crypto.argon2 = noArgon;
  crypto.argon2Sync = noArgon;
  const noCipher = (): Error => failure('ERR_CRYPTO_UNKNOWN_CIPHER', 'Unknown cipher');
  refuseNamed('createCipheriv', MISSING_CIPHER, noCipher);
  refuseNamed('createDecipheriv', MISSING_CIPHER, noCipher);
  refuseNamed('createHash', MISSING_HASH, () =>
    failure('ERR_OSSL_EVP_UNSUPPORTED', 'Digest method not supported'),
  );
  refuseNamed('createHmac', MISSING_HASH, (given) =>
    failure('ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${given}`),
  );
  refuseNamed('hash', MISSING_HASH, () => failure('ERR_OSSL_EVP_UNSUPPORTED', 'Digest method not supported'));
  for (const name of ['generateKeyPair', 'generateKeyPairSync']) {
    refuseNamed(name, MISSING_KEY, (given) =>
      failure('ERR_INVALID_ARG_VALUE', `Key type ${given} not supported`),
    );
  }
  crypto.secureHeapUsed = (): undefined => undefined;
  hideFrom('getCiphers', MISSING_CIPHER);
  hideFrom('getHashes', MISSING_HASH);
  syncBuiltinESMExports();
}

const state = globalThis as unknown as Record<symbol, boolean>;
if (state[MARK] !== true) {
  state[MARK] = true;
  install();
}
