import { describe, expect, it, vi } from 'vitest';
import { CLEAR_AFTER_MS, SensitiveClipboard, exclusionFormats } from '../../../src-main/shell/clipboard.ts';

type Formats = Record<string, string | Blob>;

function setUp({ refuseFormats = false, unreadable = false } = {}) {
  const state = { text: '', formats: {} as Formats, cleared: 0 };
  const clipboard = {
    write: async ([item]: { formats: Formats }[]) => {
      if (refuseFormats) throw new Error('unsupported format');
      state.formats = item?.formats ?? {};
      state.text = state.formats['text/plain'] as string;
    },
    writeText: async (text: string) => {
      state.formats = {};
      state.text = text;
    },
    readText: async () => {
      if (unreadable) throw new Error('clipboard is busy');
      return state.text;
    },
    clear: () => {
      state.text = '';
      state.cleared += 1;
    },
  };
  const timers: { ms: number; run: () => void; cancelled: boolean }[] = [];
  const sensitive = new SensitiveClipboard({
    clipboard: clipboard as never,
    createItem: (formats) => ({ formats }) as never,
    platform: 'linux',
    after: (ms, run) => {
      const timer = { ms, run, cancelled: false };
      timers.push(timer);
      return () => (timer.cancelled = true);
    },
  });
  return { sensitive, state, timers };
}

describe('SensitiveClipboard', () => {
  it('writes the text together with the formats that ask managers to look away', async () => {
    const { sensitive, state } = setUp();
    await sensitive.copy('test-address-1');
    expect(state.text).toBe('test-address-1');
    expect(Object.keys(state.formats)).toEqual([
      'text/plain',
      'electron application/osclipboard;format="x-kde-passwordManagerHint"',
    ]);
  });

  it('writes plain text where those formats are refused', async () => {
    const { sensitive, state } = setUp({ refuseFormats: true });
    await sensitive.copy('test-address-1');
    expect(state.text).toBe('test-address-1');
  });

  it('clears after its time', async () => {
    const { sensitive, state, timers } = setUp();
    await sensitive.copy('test-address-1');
    expect(timers.map(({ ms }) => ms)).toEqual([CLEAR_AFTER_MS]);
    timers[0]?.run();
    await vi.waitFor(() => expect(state).toMatchObject({ text: '', cleared: 1 }));
  });

  it('leaves alone what the person copied since', async () => {
    const { sensitive, state } = setUp();
    await sensitive.copy('test-address-1');
    state.text = 'a shopping list';
    await sensitive.clearIfOurs();
    expect(state).toMatchObject({ text: 'a shopping list', cleared: 0 });
  });

  it('clears on lock and on quit, once', async () => {
    const { sensitive, state, timers } = setUp();
    await sensitive.copy('test-address-1');
    await sensitive.clearIfOurs();
    await sensitive.dispose();
    expect(state.cleared).toBe(1);
    expect(timers[0]?.cancelled).toBe(true);
  });

  it('starts its time again with every copy', async () => {
    const { sensitive, timers } = setUp();
    await sensitive.copy('test-address-1');
    await sensitive.copy('test-address-2', 5);
    expect(timers.map(({ ms, cancelled }) => [ms, cancelled])).toEqual([
      [CLEAR_AFTER_MS, true],
      [5, false],
    ]);
  });

  it('does not clear a clipboard that it never wrote or cannot read', async () => {
    const untouched = setUp();
    untouched.state.text = 'theirs';
    await untouched.sensitive.dispose();
    expect(untouched.state.cleared).toBe(0);
    const busy = setUp({ unreadable: true });
    await busy.sensitive.copy('test-address-1');
    await expect(busy.sensitive.clearIfOurs()).resolves.toBeUndefined();
    expect(busy.state.cleared).toBe(0);
  });
});

describe('exclusionFormats', () => {
  const name = (format: string): string => /format="(.+)"$/.exec(format)?.[1] ?? format;

  it('names the formats of each system', () => {
    expect(Object.keys(exclusionFormats('win32')).map(name)).toEqual([
      'ExcludeClipboardContentFromMonitorProcessing',
      'CanIncludeInClipboardHistory',
      'CanUploadToCloudClipboard',
    ]);
    expect(Object.keys(exclusionFormats('darwin')).map(name)).toEqual(['org.nspasteboard.ConcealedType']);
    expect(Object.keys(exclusionFormats('linux')).map(name)).toEqual(['x-kde-passwordManagerHint']);
  });

  it('says no to the clipboard history of Windows with a DWORD of zero', async () => {
    for (const value of Object.values(exclusionFormats('win32'))) {
      expect(new Uint8Array(await (value as Blob).arrayBuffer())).toEqual(new Uint8Array(4));
    }
  });

  it('calls the content a secret for KDE', async () => {
    const [value] = Object.values(exclusionFormats('linux'));
    expect(await (value as Blob).text()).toBe('secret');
  });
});
