import { describe, expect, it } from 'vitest';
import { parseInput } from '../../../src-main/ipc/parse-input.ts';
import { followDurability } from '../../../src-main/storage/settings-durability.ts';
import { DEFAULT_SETTINGS, mergeSettings, parseSettings } from '../../../src-main/storage/settings-values.ts';
import { settings } from '../../../src-preload/contract/settings.ts';
import { memorySettings } from '../../support/application.ts';

describe('a change of the settings', () => {
  const input = settings.calls.update.input;

  it.each([
    [{ durability: 'disk' }, { field: 'durability', rule: 'must be power or process' }],
    [{ durability: null }, { field: 'durability', rule: 'must be power or process' }],
    [{ repeatOrders: 'yes' }, { field: 'repeatOrders', rule: 'must be true or false' }],
    [{ repeatOrders: 1 }, { field: 'repeatOrders', rule: 'must be true or false' }],
    [{ durabilty: 'power' }, { field: 'durabilty', rule: 'is not a field of this call' }],
  ])('is refused for %j, and the refusal names the field and the rule', (change, problem) => {
    expect(() => parseInput(input, change)).toThrow(
      expect.objectContaining({ kind: 'badInput', details: { problems: [problem] } }) as Error,
    );
  });

  it('is taken when it is one', () => {
    const change = { durability: 'process', repeatOrders: true } as const;
    expect(parseInput(input, change)).toEqual(change);
  });
});

describe('the durability of the ledger', () => {
  it('is that of the settings at once, and follows them until nobody asks any more', () => {
    const store = memorySettings({ ...DEFAULT_SETTINGS, durability: 'process' });
    const asked: string[] = [];
    const stop = followDurability(store, { setDurability: (mode) => asked.push(mode) });
    expect(asked).toEqual(['process']);
    store.update({ layout: '{"split":51}' });
    expect(asked).toEqual(['process']);
    store.update({ durability: 'power' });
    expect(asked).toEqual(['process', 'power']);
    stop();
    store.update({ durability: 'process' });
    expect(asked).toEqual(['process', 'power']);
  });
});

describe('settings values', () => {
  it('round-trips through what is stored', () => {
    const changed = mergeSettings(DEFAULT_SETTINGS, { theme: 'dark', lock: { idleMinutes: 3 } });
    expect(parseSettings(JSON.parse(JSON.stringify(changed)))).toEqual(changed);
  });

  it('keeps what a change does not name, also inside a group', () => {
    const next = mergeSettings(DEFAULT_SETTINGS, { lock: { onSuspend: false } });
    expect(next.lock).toEqual({ ...DEFAULT_SETTINGS.lock, onSuspend: false });
    expect(next.theme).toBe(DEFAULT_SETTINGS.theme);
  });

  it('loses only the field that is wrong', () => {
    const parsed = parseSettings({ theme: 'pink', language: 'de', lock: { idleMinutes: -4 }, extra: 1 });
    expect(parsed).toEqual({ ...DEFAULT_SETTINGS, language: 'de' });
  });

  it('is careful by default, also with a file of before these settings', () => {
    const { durability, repeatOrders, ...old } = DEFAULT_SETTINGS;
    expect({ durability, repeatOrders }).toEqual({ durability: 'power', repeatOrders: false });
    expect(parseSettings(JSON.parse(JSON.stringify({ ...old, theme: 'light' })))).toEqual({
      ...DEFAULT_SETTINGS,
      theme: 'light',
    });
  });

  it('keeps the chosen durability and repeats, and falls back from ones that do not exist', () => {
    const chosen = mergeSettings(DEFAULT_SETTINGS, { durability: 'process', repeatOrders: true });
    expect(parseSettings(chosen)).toEqual(chosen);
    expect(chosen).toMatchObject({ durability: 'process', repeatOrders: true });
    for (const [durability, repeatOrders] of [
      ['none', 'yes'],
      [true, 1],
      [null, null],
    ])
      expect(parseSettings({ ...chosen, durability, repeatOrders })).toEqual(DEFAULT_SETTINGS);
  });

  it.each([null, 'text', 42, [], undefined])('takes defaults for %s', (stored) => {
    expect(parseSettings(stored)).toEqual(DEFAULT_SETTINGS);
  });

  it('goes back to the synthetic market when no recorded file is named', () => {
    const parsed = parseSettings({ practice: { source: 'replay', seed: 1.5, replayFile: '', speed: 500 } });
    expect(parsed.practice).toEqual(DEFAULT_SETTINGS.practice);
  });
});
