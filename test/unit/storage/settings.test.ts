import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, mergeSettings, parseSettings } from '../../../src-main/storage/settings-values.ts';

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

  it.each([null, 'text', 42, [], undefined])('takes defaults for %s', (stored) => {
    expect(parseSettings(stored)).toEqual(DEFAULT_SETTINGS);
  });

  it('goes back to the synthetic market when no recorded file is named', () => {
    const parsed = parseSettings({ practice: { source: 'replay', seed: 1.5, replayFile: '', speed: 500 } });
    expect(parsed.practice).toEqual(DEFAULT_SETTINGS.practice);
  });
});
