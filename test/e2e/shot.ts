/**
 * One picture of one view, for looking at it while building:
 *   node test/e2e/shot.ts --route /trade --state full --theme dark --size 1440x900 --out /tmp/x.png
 * Further: --locale de, --flags a,b, --density compact, --palette blueOrange, --hide-amounts, --wait MS,
 * --press "Control+k" (repeatable), --click "css" (repeatable; pressed and clicked in the order given), --axe.
 * Set SHOT_ID to keep the build apart from that of others at work.
 */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright';
import type { Settings } from '../../src-preload/contract/types/settings.ts';
import { FAKE_STATES, type FakeStateName } from './fake-bridge/fake-state.ts';
import { startHarness } from './renderer-harness.ts';

interface Step {
  readonly kind: 'press' | 'click' | 'type';
  readonly value: string;
}

const args = process.argv.slice(2);
const option = (name: string, fallback: string): string => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? fallback : (args[at + 1] ?? fallback);
};

function stepsOf(): Step[] {
  return args.flatMap((arg, index) => {
    const kind = arg.replace('--', '');
    const value = args[index + 1];
    const isStep = kind === 'press' || kind === 'click' || kind === 'type';
    return isStep && arg.startsWith('--') && value !== undefined ? [{ kind, value }] : [];
  });
}

async function carryOut(page: Page, step: Step): Promise<void> {
  if (step.kind === 'press') await page.keyboard.press(step.value);
  else if (step.kind === 'type') await page.keyboard.type(step.value);
  else await page.click(step.value);
  await page.waitForTimeout(150);
}

async function reportAxe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const violation of violations) {
    console.log(`axe ${violation.impact} ${violation.id}: ${violation.help}`);
    for (const node of violation.nodes.slice(0, 4))
      console.log(`   ${node.target.join(' ')} :: ${node.failureSummary ?? ''}`);
  }
  if (violations.length === 0) console.log('axe: nothing found');
}

const [width = 1440, height = 900] = option('size', '1440x900').split('x').map(Number);
const state =
  FAKE_STATES.find((name) => name === option('state', 'full')) ?? ('full' satisfies FakeStateName);
const settings: Partial<Settings> = {
  hideAmounts: args.includes('--hide-amounts'),
  density: option('density', 'comfortable') === 'compact' ? 'compact' : 'comfortable',
  palette: option('palette', 'greenRed') === 'blueOrange' ? 'blueOrange' : 'greenRed',
};

const harness = await startHarness();
try {
  const { page, problems } = await harness.openRenderer({
    route: option('route', '/portfolio'),
    state,
    theme: option('theme', 'dark') === 'light' ? 'light' : 'dark',
    viewport: { width, height },
    locale: option('locale', 'en') === 'de' ? 'de' : 'en',
    flags: option('flags', '').split(',').filter(Boolean),
    settings,
  });
  await page.waitForTimeout(Number(option('wait', '700')));
  for (const step of stepsOf()) await carryOut(page, step);
  await page.screenshot({ path: option('out', '/tmp/holdfast-shot.png') });
  if (args.includes('--axe')) await reportAxe(page);
  for (const problem of problems) console.log(`problem: ${problem}`);
} finally {
  await harness.dispose();
}
