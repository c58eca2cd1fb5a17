import { describe, expect, it } from 'vitest';
import { matchesAccelerator, parseAccelerator } from '../../stand-in/api/accelerator.ts';
import type { KeyPress } from '../../stand-in/renderer/page-types.ts';

const press = (key: string, code: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code,
  ctrl: false,
  shift: false,
  alt: false,
  meta: false,
  ...held,
});
const matches = (accelerator: string, key: KeyPress): boolean =>
  matchesAccelerator(parseAccelerator(accelerator), key);

describe.skipIf(process.platform === 'darwin')('accelerators', () => {
  it('match their key with exactly their modifiers', () => {
    expect(matches('CmdOrCtrl+L', press('l', 'KeyL', { ctrl: true }))).toBe(true);
    expect(matches('CommandOrControl+Shift+K', press('K', 'KeyK', { ctrl: true, shift: true }))).toBe(true);
    expect(matches('CmdOrCtrl+L', press('l', 'KeyL'))).toBe(false);
    expect(matches('CmdOrCtrl+L', press('L', 'KeyL', { ctrl: true, shift: true }))).toBe(false);
    expect(matches('CmdOrCtrl+L', press('k', 'KeyK', { ctrl: true }))).toBe(false);
  });

  it('know named keys, digits and the plus key', () => {
    expect(matches('F11', press('F11', 'F11'))).toBe(true);
    expect(matches('Ctrl+Esc', press('Escape', 'Escape', { ctrl: true }))).toBe(true);
    expect(matches('Alt+Up', press('ArrowUp', 'ArrowUp', { alt: true }))).toBe(true);
    expect(matches('Ctrl+1', press('!', 'Digit1', { ctrl: true }))).toBe(true);
    expect(matches('Ctrl+Plus', press('+', 'Equal', { ctrl: true, shift: true }))).toBe(true);
    expect(matches('Ctrl++', press('+', 'NumpadAdd', { ctrl: true }))).toBe(true);
    expect(matches('Ctrl+,', press(',', 'Comma', { ctrl: true }))).toBe(true);
  });

  it('are refused when they name no key, two keys or nothing', () => {
    for (const text of ['Ctrl', 'A+B', '', 'Ctrl+Shift'])
      expect(() => parseAccelerator(text)).toThrow('Invalid');
  });
});
