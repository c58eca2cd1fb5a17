import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SafeStorage } from 'electron';
import { lifecycle } from '../lifecycle.ts';
import { app } from './app.ts';

export type Backend = ReturnType<SafeStorage['getSelectedStorageBackend']>;

const unavailable = 'Encryption is not available.';

/**
 * Like a headless Linux: the `basic_text` backend, whose password is the same everywhere and protects nothing.
 * A test can choose another backend; its key then lies in a file beside the user data, which stands for the
 * desktop's keyring and survives a restart of the app.
 */
export class StandInSafeStorage implements SafeStorage {
  #backend: Backend;
  #available = true;

  constructor() {
    const store = app.commandLine.getSwitchValue('password-store').replaceAll('-', '_');
    this.#backend = isBackend(store) ? store : 'basic_text';
  }

  isEncryptionAvailable(): boolean {
    return lifecycle.ready && this.#available;
  }

  async isAsyncEncryptionAvailable(): Promise<boolean> {
    await app.whenReady();
    return this.#available;
  }

  getSelectedStorageBackend(): Backend {
    return lifecycle.ready ? this.#backend : 'unknown';
  }

  setUsePlainTextEncryption(usePlainText: boolean): void {
    if (usePlainText && this.#backend === 'unknown') this.#backend = 'basic_text';
  }

  encryptString(plainText: string): Buffer {
    if (typeof plainText !== 'string') throw new TypeError('Argument must be a string');
    if (!this.isEncryptionAvailable()) {
      throw new Error(
        `Error while encrypting the text provided to safeStorage.encryptString. ${unavailable}`,
      );
    }
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key(), nonce);
    const sealed = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.from(this.#prefix()), nonce, cipher.getAuthTag(), sealed]);
  }

  decryptString(encrypted: Buffer): string {
    if (!this.isEncryptionAvailable()) {
      throw new Error(
        `Error while decrypting the ciphertext provided to safeStorage.decryptString. Decryption is not available.`,
      );
    }
    try {
      if (encrypted.subarray(0, 3).toString() !== this.#prefix()) throw new Error('another key');
      const decipher = createDecipheriv('aes-256-gcm', this.#key(), encrypted.subarray(3, 15));
      decipher.setAuthTag(encrypted.subarray(15, 31));
      return Buffer.concat([decipher.update(encrypted.subarray(31)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.', {
        cause,
      });
    }
  }

  async encryptStringAsync(plainText: string): Promise<Buffer> {
    await app.whenReady();
    return this.encryptString(plainText);
  }

  async decryptStringAsync(encrypted: Buffer): Promise<{ shouldReEncrypt: boolean; result: string }> {
    await app.whenReady();
    return { shouldReEncrypt: false, result: this.decryptString(encrypted) };
  }

  simulateBackend(backend: Backend, available = true): void {
    this.#backend = backend;
    this.#available = available;
  }

  /** Chromium's own version marks: v10 for the fixed password, v11 for a keyring's. */
  #prefix(): string {
    return this.#backend === 'basic_text' ? 'v10' : 'v11';
  }

  #key(): Buffer {
    const password = this.#backend === 'basic_text' ? 'peanuts' : this.#keyringPassword();
    return pbkdf2Sync(password, 'saltysalt', 1, 32, 'sha1');
  }

  #keyringPassword(): string {
    const file = join(app.getPath('userData'), 'Stand-in Keyring', this.#backend);
    if (!existsSync(file)) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
    }
    return readFileSync(file, 'utf8');
  }
}

const backends: readonly Backend[] = [
  'basic_text',
  'gnome_libsecret',
  'kwallet',
  'kwallet5',
  'kwallet6',
  'unknown',
];

function isBackend(name: string): name is Backend {
  return backends.some((backend) => backend === name);
}

export const safeStorage = new StandInSafeStorage();
