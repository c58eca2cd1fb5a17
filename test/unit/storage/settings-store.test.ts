import { describe, expect, it, vi } from 'vitest';
import { openSettings } from '../../../src-main/storage/settings.ts';
import { DEFAULT_SETTINGS } from '../../../src-main/storage/settings-values.ts';

/** What lies on the disk, by folder, as the JSON text that it is there. */
const disk = vi.hoisted(() => new Map<string, string>());

vi.mock('electron', () => ({ ipcMain: { removeAllListeners: () => undefined } }));
vi.mock('electron-store', () => ({
  default: class {
    readonly path: string;
    constructor({ name, cwd }: { name: string; cwd: string }) {
      this.path = `${cwd}/${name}.json`;
    }
    get(key: string): unknown {
      return (JSON.parse(disk.get(this.path) ?? '{}') as Record<string, unknown>)[key];
    }
    set(key: string, value: unknown): void {
      disk.set(this.path, JSON.stringify({ [key]: value }));
    }
  },
}));

describe('the settings file', () => {
  it('of an earlier Holdfast keeps its choices and is careful with the new ones', () => {
    const { durability: _durability, repeatOrders: _repeats, ...old } = DEFAULT_SETTINGS;
    disk.set('/old/settings.json', JSON.stringify({ settings: { ...old, theme: 'light' } }));
    expect(openSettings('/old').get()).toEqual({ ...DEFAULT_SETTINGS, theme: 'light' });
  });

  it('keeps durability and repeats over a restart, and tells who asked to hear of them', () => {
    const store = openSettings('/kept');
    const heard: unknown[] = [];
    const stop = store.onChange(({ durability, repeatOrders }) => heard.push([durability, repeatOrders]));
    store.update({ durability: 'process' });
    store.update({ repeatOrders: true });
    stop();
    store.update({ theme: 'dark' });
    expect(heard).toEqual([
      ['process', false],
      ['process', true],
    ]);
    expect(openSettings('/kept').get()).toMatchObject({
      durability: 'process',
      repeatOrders: true,
      theme: 'dark',
    });
  });
});
