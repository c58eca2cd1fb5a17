import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DEFAULT_STATE,
  WindowStateFile,
  fitToScreens,
  parseWindowState,
} from '../../../src-main/shell/window-state.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1040 };

describe('parseWindowState', () => {
  it('reads what was written', () => {
    const state = { x: -5, y: 10, width: 1200, height: 700, maximized: true };
    expect(parseWindowState(JSON.stringify(state))).toEqual(state);
  });

  it.each([
    '',
    'null',
    '[]',
    '{',
    '{"width":"1200","height":700}',
    '{"width":1e9,"height":700}',
    '{"width":12.5,"height":7}',
  ])('answers the default for %s', (text) => {
    expect(parseWindowState(text)).toEqual(DEFAULT_STATE);
  });

  it('drops half a place', () => {
    expect(parseWindowState('{"x":5,"width":1200,"height":700}')).toEqual({
      width: 1200,
      height: 700,
      maximized: false,
    });
  });
});

describe('fitToScreens', () => {
  it('keeps a place that is still there', () => {
    const state = { x: 100, y: 50, width: 1200, height: 800, maximized: false };
    expect(fitToScreens(state, [screen])).toEqual(state);
  });

  it('keeps a place on the second screen and gives it up when that is gone', () => {
    const state = { x: 2000, y: 100, width: 1200, height: 800, maximized: false };
    expect(fitToScreens(state, [screen, { ...screen, x: 1920 }])).toEqual(state);
    expect(fitToScreens(state, [screen])).toEqual({ width: 1200, height: 800, maximized: false });
  });

  it('pulls a window back that hangs over the edge, and shrinks one that is too large', () => {
    const state = { x: 1500, y: 500, width: 1200, height: 3000, maximized: true };
    expect(fitToScreens(state, [screen])).toEqual({
      x: 720,
      y: 0,
      width: 1200,
      height: 1040,
      maximized: true,
    });
  });

  it('gives up a place whose title bar cannot be reached', () => {
    const above = { x: 100, y: -500, width: 1200, height: 800, maximized: false };
    expect(fitToScreens(above, [screen])).not.toHaveProperty('x');
  });

  it('always answers a window inside a screen, for any state and any screens', () => {
    const pixels = fc.integer({ min: -5000, max: 10_000 });
    const area = fc.record({
      x: pixels,
      y: pixels,
      width: fc.integer({ min: 640, max: 8000 }),
      height: fc.integer({ min: 480, max: 5000 }),
    });
    const state = fc.record({
      x: pixels,
      y: pixels,
      width: fc.integer({ min: 1, max: 99_999 }),
      height: fc.integer({ min: 1, max: 99_999 }),
      maximized: fc.boolean(),
    });
    fc.assert(
      fc.property(state, fc.array(area, { minLength: 1, maxLength: 4 }), (before, areas) => {
        const { x, y, width, height } = fitToScreens(before, areas);
        const fits = areas.some(
          (a) =>
            width <= a.width &&
            height <= a.height &&
            (x === undefined ||
              y === undefined ||
              (x >= a.x && y >= a.y && x + width <= a.x + a.width && y + height <= a.y + a.height)),
        );
        expect(fits).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('WindowStateFile', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdfast-window-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps the state over a restart', () => {
    const path = join(folder, 'deep', 'window.json');
    const state = { x: 1, y: 2, width: 1100, height: 700, maximized: false };
    new WindowStateFile(path).save(state);
    expect(new WindowStateFile(path).load()).toEqual(state);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(state);
  });

  it('answers the default when there is no file, and does not fail when it cannot write', () => {
    expect(new WindowStateFile(join(folder, 'none.json')).load()).toEqual(DEFAULT_STATE);
    writeFileSync(join(folder, 'file'), '');
    const blocked = new WindowStateFile(join(folder, 'file', 'window.json'));
    expect(() => blocked.save(DEFAULT_STATE)).not.toThrow();
  });
});
