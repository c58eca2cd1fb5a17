import type { SafeStorage } from 'electron';

/** The system's key store, as quick unlock sees it. */
export interface SystemKeyStore {
  isAsyncEncryptionAvailable(): Promise<boolean>;
  encryptStringAsync(plainText: string): Promise<Buffer>;
  decryptStringAsync(encrypted: Buffer): Promise<{ shouldReEncrypt: boolean; result: string }>;
  /** `basic_text` and `unknown` mean that nothing is protected. `dpapi` and `keychain` are ours for the others. */
  getSelectedStorageBackend(): string;
}

/** Electron's safeStorage under that port. Only the asynchronous calls: the others are deprecated. */
export function systemKeyStore(
  safeStorage: Pick<
    SafeStorage,
    'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
  >,
  platform: NodeJS.Platform = process.platform,
): SystemKeyStore {
  return {
    isAsyncEncryptionAvailable: () => safeStorage.isAsyncEncryptionAvailable(),
    encryptStringAsync: (plainText) => safeStorage.encryptStringAsync(plainText),
    decryptStringAsync: (encrypted) => safeStorage.decryptStringAsync(encrypted),
    getSelectedStorageBackend: () => {
      if (platform === 'win32') return 'dpapi';
      if (platform === 'darwin') return 'keychain';
      return safeStorage.getSelectedStorageBackend();
    },
  };
}
