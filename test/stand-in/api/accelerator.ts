import type { KeyPress } from '../renderer/page-types.ts';

interface Accelerator {
  readonly key: string;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly meta: boolean;
}

type Modifier = 'ctrl' | 'shift' | 'alt' | 'meta';

const isMac = process.platform === 'darwin';

const modifiers: Readonly<Record<string, Modifier>> = {
  command: 'meta',
  cmd: 'meta',
  control: 'ctrl',
  ctrl: 'ctrl',
  commandorcontrol: isMac ? 'meta' : 'ctrl',
  cmdorctrl: isMac ? 'meta' : 'ctrl',
  alt: 'alt',
  option: 'alt',
  altgr: 'alt',
  shift: 'shift',
  super: 'meta',
  meta: 'meta',
};

const keyNames: Readonly<Record<string, string>> = {
  plus: '+',
  space: ' ',
  esc: 'escape',
  return: 'enter',
  up: 'arrowup',
  down: 'arrowdown',
  left: 'arrowleft',
  right: 'arrowright',
};

/** Splits at `+`, where `Ctrl++` and `Ctrl+Plus` both mean the plus key. */
function parts(text: string): string[] {
  return text.replace(/\+\+$/, '+Plus').split('+');
}

/** Throws for what Electron calls an invalid accelerator: no key, two keys, an unknown modifier. */
export function parseAccelerator(text: string): Accelerator {
  const found = { ctrl: false, shift: false, alt: false, meta: false };
  let key: string | undefined;
  for (const part of parts(text)) {
    const name = part.toLowerCase();
    const modifier = modifiers[name];
    if (modifier) found[modifier] = true;
    else if (key !== undefined || name === '') throw new Error(`Invalid accelerator: ${text}`);
    else key = keyNames[name] ?? name;
  }
  if (key === undefined) throw new Error(`Invalid accelerator: ${text}`);
  return { key, ...found };
}

/** A digit or letter by its key on the keyboard, so that Shift and layouts do not hide it. */
function physicalKey(code: string): string {
  return code.replace(/^(Key|Digit)/, '').toLowerCase();
}

export function matchesAccelerator(accelerator: Accelerator, press: KeyPress): boolean {
  const sameModifiers =
    accelerator.ctrl === press.ctrl &&
    accelerator.alt === press.alt &&
    accelerator.meta === press.meta &&
    // `+` needs Shift on most keyboards; it belongs to the character then, not to the accelerator.
    (accelerator.shift === press.shift || (accelerator.key === '+' && press.shift));
  const { key } = accelerator;
  return sameModifiers && (press.key.toLowerCase() === key || physicalKey(press.code) === key);
}
