import { describe, expect, it } from 'vitest';
import { planStart, type Surroundings } from '../../../build/start.ts';

const everything: Surroundings = {
  electron: '/opt/electron/electron',
  chromium: { path: '/usr/bin/chromium', origin: 'system' },
  hasDisplay: true,
  isBuilt: true,
  isRoot: false,
};
const plan = (change: Partial<Surroundings>, args: string[] = []): ReturnType<typeof planStart> =>
  planStart({ ...everything, ...change }, args);

describe('npm start', () => {
  it('prefers Electron and hands the arguments on', () => {
    const chosen = plan({}, ['--replay', 'market.jsonl']);
    expect(chosen).toMatchObject({ host: 'electron', program: '/opt/electron/electron' });
    expect('args' in chosen && chosen.args.slice(1)).toEqual(['--replay', 'market.jsonl']);
  });

  it('uses the stand-in without Electron, and says so and whether there is a window', () => {
    const headed = plan({ electron: undefined }, ['--replay', 'x']);
    expect(headed).toMatchObject({ host: 'stand-in', notice: expect.stringContaining('in a window') });
    expect('args' in headed && headed.args.slice(-3)).toEqual([
      expect.stringMatching(/out.main.index\.js$/),
      '--replay',
      'x',
    ]);
    expect(plan({ electron: undefined, hasDisplay: false })).toMatchObject({
      notice: expect.stringContaining('headless'),
    });
  });

  it('uses the stand-in when Electron is here but no display', () => {
    expect(plan({ hasDisplay: false })).toMatchObject({ host: 'stand-in' });
  });

  it.each([
    [
      'neither Electron nor Chromium nor a display',
      { electron: undefined, chromium: undefined, hasDisplay: false },
    ],
    ['neither Electron nor Chromium', { electron: undefined, chromium: undefined }],
    ['no build', { isBuilt: false }],
  ])('says in one line what to do with %s', (_name, change) => {
    const { problem } = plan(change) as { problem: string };
    expect(problem).toMatch(/^Holdfast cannot start: .+/);
    expect(problem).not.toContain('\n');
    expect(problem).toMatch(/install|npm run build/);
  });

  it('names the display when that is missing too', () => {
    expect(plan({ electron: undefined, chromium: undefined, hasDisplay: false })).toMatchObject({
      problem: expect.stringContaining('no display'),
    });
  });
});
