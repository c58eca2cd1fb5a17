/** The thin adapters: links, single instance, the system's key store, commands. */
import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { EXTERNAL_LINKS } from '../../../src-preload/contract/app.ts';
import { CommandBus } from '../../../src-main/shell/commands.ts';
import { LINKS, openLink, type LinkId } from '../../../src-main/shell/external-links.ts';
import { systemKeyStore } from '../../../src-main/shell/safe-storage.ts';
import { becomeOnlyInstance } from '../../../src-main/shell/single-instance.ts';

describe('openLink', () => {
  const shell = () => ({ openExternal: vi.fn<(url: string) => Promise<void>>(async () => undefined) });

  it('has an https address with a host for every link of the contract, and for nothing else', () => {
    expect(Object.keys(LINKS).sort()).toEqual([...EXTERNAL_LINKS].sort());
    for (const [id, address] of Object.entries(LINKS)) {
      const url = new URL(address);
      expect([url.protocol, url.username, url.port], id).toEqual(['https:', '', '']);
    }
  });

  it('leads to the order pages of the site that an account is of', () => {
    const host = (id: LinkId): string => new URL(LINKS[id]).host;
    expect(host('bybit-orders')).toBe('www.bybit.com');
    expect(host('bybit-demo-orders')).toBe('www.bybit.com');
    expect(host('bybit-testnet-orders')).toBe('testnet.bybit.com');
    expect(host('bybit-eu-orders')).toBe('www.bybit.eu');
    expect(host('bybit-nl-orders')).toBe('www.bybit.nl');
    // Nothing of an order or an account is told to the browser.
    for (const address of Object.values(LINKS)) expect(new URL(address).search).toBe('');
  });

  it('opens the address of an id', async () => {
    const opened = shell();
    await openLink(opened, 'bybit');
    expect(opened.openExternal.mock.calls[0]?.[0]).toBe(LINKS.bybit);
  });

  it.each(['https://example.org', 'constructor', '__proto__', 'toString', ''])(
    'opens nothing for %s',
    async (id) => {
      const opened = shell();
      await expect(openLink(opened, id as LinkId)).rejects.toMatchObject({
        kind: 'notFound',
        code: 'link.unknown',
      });
      expect(opened.openExternal).not.toHaveBeenCalled();
    },
  );
});

describe('becomeOnlyInstance', () => {
  const app = (granted: boolean) =>
    Object.assign(new EventEmitter(), { requestSingleInstanceLock: () => granted });

  it('answers false to the second one, which then listens to nothing', () => {
    const second = app(false);
    expect(becomeOnlyInstance(second as never, () => undefined)).toBe(false);
    expect(second.listenerCount('second-instance')).toBe(0);
  });

  it('brings the first one to the front, and hands the arguments of the second to nobody', () => {
    const first = app(true);
    const onSecondStart = vi.fn<(...values: unknown[]) => void>();
    expect(becomeOnlyInstance(first as never, onSecondStart)).toBe(true);
    first.emit('second-instance', {}, ['--seed=1'], '/tmp');
    expect(onSecondStart.mock.calls).toEqual([[]]);
  });
});

describe('systemKeyStore', () => {
  const safeStorage = {
    isAsyncEncryptionAvailable: async () => true,
    encryptStringAsync: async (text: string) => Buffer.from(`sealed ${text}`),
    decryptStringAsync: async (sealed: Buffer) => ({
      shouldReEncrypt: true,
      result: sealed.toString().slice(7),
    }),
    getSelectedStorageBackend: () => 'basic_text' as const,
  };

  it('passes the asynchronous calls through', async () => {
    const store = systemKeyStore(safeStorage, 'linux');
    expect(await store.isAsyncEncryptionAvailable()).toBe(true);
    const sealed = await store.encryptStringAsync('test-key-1');
    expect(await store.decryptStringAsync(sealed)).toEqual({ shouldReEncrypt: true, result: 'test-key-1' });
  });

  it('names the backend: as Linux says, and ours where Electron has no such call', () => {
    expect(systemKeyStore(safeStorage as never, 'linux').getSelectedStorageBackend()).toBe('basic_text');
    const elsewhere = { ...safeStorage, getSelectedStorageBackend: undefined };
    expect(systemKeyStore(elsewhere as never, 'win32').getSelectedStorageBackend()).toBe('dpapi');
    expect(systemKeyStore(elsewhere as never, 'darwin').getSelectedStorageBackend()).toBe('keychain');
  });
});

describe('CommandBus', () => {
  it('sends commands to who listens, and to nobody after they stopped', () => {
    const bus = new CommandBus();
    const heard: string[] = [];
    bus.send('trade');
    const stop = bus.listen((command) => heard.push(command));
    bus.send('alerts');
    stop();
    bus.send('orders');
    bus.listen((command) => heard.push(command));
    bus.dispose();
    bus.send('palette');
    expect(heard).toEqual(['alerts']);
  });
});
