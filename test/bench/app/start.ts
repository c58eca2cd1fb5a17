import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { launchApp } from '../../e2e/launch.ts';
import type { LaunchOptions } from '../../e2e/launch.ts';
import { median } from '../result.ts';
import type { BenchResult } from '../result.ts';
import { unlockForm } from './vault-folder.ts';

const STARTS = 5;
const fixture = fileURLToPath(new URL('../../stand-in/fixture/main.ts', import.meta.url));

interface Start {
  readonly host: string;
  /** From spawning the process until the driver found what was waited for, ms. */
  readonly seen: number;
  /** From spawning the process until the page painted its largest content, by the page's own clock, ms. */
  readonly painted: number;
}

/** Wall time in ms UTC at which the page last painted something larger than before. */
const PAINTED_AT = `new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(performance.timeOrigin + list.getEntries().at(-1).startTime))
    .observe({ type: 'largest-contentful-paint', buffered: true });
})`;

async function start(options: LaunchOptions, visible: (page: Page) => Promise<void>): Promise<Start> {
  const from = Date.now();
  const app = await launchApp(options);
  try {
    await visible(app.page);
    const seen = Date.now() - from;
    const painted = (await app.page.evaluate<number>(PAINTED_AT)) - from;
    return { host: app.host, seen, painted };
  } finally {
    await app.close();
  }
}

async function starts(options: LaunchOptions, visible: (page: Page) => Promise<void>): Promise<Start[]> {
  const all: Start[] = [];
  // The first start reads the files of program and browser from the disk: it is not counted.
  for (let index = 0; index <= STARTS; index += 1) all.push(await start(options, visible));
  return all.slice(1);
}

/** Start of the application with a vault, to its unlock form; the floor is a window with a bare page. */
export async function measureStart(userDataDir: string): Promise<BenchResult[]> {
  const ours = await starts({ userDataDir }, unlockForm);
  const host = ours[0]?.host ?? 'none';
  // The fixture runs on the stand-in only, so beside Electron it would be no floor.
  const floor =
    host === 'stand-in'
      ? await starts({ mainFile: fixture }, (page) => page.getByRole('heading').first().waitFor())
      : null;
  const row = (name: string, figure: 'seen' | 'painted', note: string): BenchResult => ({
    name: `app.start.${name}`,
    unit: 'ms',
    ours: median(ours.map((one) => one[figure])),
    peers: {},
    ...(floor === null ? {} : { floor: median(floor.map((one) => one[figure])) }),
    note: `${note}, median of ${String(STARTS)} warm starts, on ${host === 'stand-in' ? 'the stand-in with headless Chromium' : 'Electron'}${floor === null ? '' : '; floor: a window with one heading on the same host'}`,
  });
  return [
    row('painted', 'painted', 'spawn to the painted unlock form, by the clock of the page'),
    row('seen', 'seen', 'spawn until the test driver, which attaches meanwhile, sees the unlock form'),
  ];
}
