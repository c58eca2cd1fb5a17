/** `node build/pictures.ts`: the pictures of README and docs, made anew from the window itself into docs/pictures/. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startHarness, type RendererOptions } from '../test/e2e/renderer-harness.ts';
import { ROOT } from './run-tool.ts';

const SETTLE_MS = 1200;

const PICTURES: readonly (RendererOptions & { readonly name: string })[] = [
  { name: 'trade-dark', route: '/trade', state: 'full', theme: 'dark' },
  { name: 'portfolio-light', route: '/portfolio', state: 'full', theme: 'light' },
  { name: 'first-run-dark', route: '/', state: 'firstRun', theme: 'dark' },
  { name: 'accounts-light', route: '/accounts/acc-fake-bybit', state: 'full', theme: 'light' },
];

const folder = join(ROOT, 'docs', 'pictures');
mkdirSync(folder, { recursive: true });
const harness = await startHarness();
try {
  for (const { name, ...options } of PICTURES) {
    const { page, close } = await harness.openRenderer(options);
    await page.waitForTimeout(SETTLE_MS);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await close();
    console.log(join('docs', 'pictures', `${name}.png`));
  }
} finally {
  await harness.dispose();
}
