import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findChromium, isOurs } from '../../stand-in/chromium/find.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-find-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\n', { mode });
  return path;
}

describe.skipIf(process.platform !== 'linux')('the search for Chromium', () => {
  it('takes CHROMIUM_PATH first, and nothing else when that names no program', () => {
    const chosen = program('my-browser');
    const env = { PATH: folder, CHROMIUM_PATH: chosen };
    program('chromium');
    expect(findChromium(env)).toEqual({ path: chosen, origin: 'CHROMIUM_PATH', env: {} });
    expect(findChromium({ ...env, CHROMIUM_PATH: join(folder, 'nowhere') })).toBeUndefined();
    expect(findChromium({ ...env, CHROMIUM_PATH: program('not-executable', 0o644) })).toBeUndefined();
  });

  it('then looks through the PATH', () => {
    const chrome = program('google-chrome');
    expect(findChromium({ PATH: `/nowhere::${folder}` })).toMatchObject({ path: chrome, origin: 'system' });
  });

  it('trusts an unpacked Chromium only when nobody else can have put it there', () => {
    const unpacked = join(folder, 'unpacked');
    expect(isOurs(unpacked)).toBe(false);
    mkdirSync(unpacked, { mode: 0o700 });
    expect(isOurs(unpacked)).toBe(false);
    writeFileSync(join(unpacked, 'chromium'), '');
    expect(isOurs(unpacked)).toBe(true);
    chmodSync(unpacked, 0o777);
    expect(isOurs(unpacked)).toBe(false);
    chmodSync(unpacked, 0o700);
    symlinkSync(unpacked, join(folder, 'link'));
    expect(isOurs(join(folder, 'link'))).toBe(false);
  });
});
