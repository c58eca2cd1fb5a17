import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Page } from 'playwright';
import { deriveArgon2id, SALT_BYTES } from '../../../src-main/vault/kdf.ts';
import { launchApp } from '../../e2e/launch.ts';
import { median } from '../result.ts';
import type { BenchResult } from '../result.ts';
import { BENCH_KDF, passphraseBytes, pressUnlock, typePassphrase, unlockForm } from './vault-folder.ts';

const UNLOCKS = 7;

/**
 * Counts from the press of the button to the frame after the one that shows the total, in the page itself, so
 * that the driver's own delays are not in it.
 */
const WATCH = `window.benchUnlock = new Promise((resolve) => {
  let from = null;
  addEventListener('click', () => { from ??= performance.now(); }, { capture: true });
  const look = () => {
    const shown = [...document.querySelectorAll('h1')].some((title) => title.textContent.trim() === 'Total');
    if (from !== null && shown) requestAnimationFrame(() => resolve(performance.now() - from));
    else requestAnimationFrame(look);
  };
  look();
})`;

async function unlockOnce(page: Page): Promise<number> {
  await unlockForm(page);
  await typePassphrase(page);
  await page.evaluate(`void (${WATCH})`);
  await pressUnlock(page);
  return page.evaluate<number>('window.benchUnlock');
}

async function lock(page: Page): Promise<void> {
  await page.keyboard.press('Control+l');
  await unlockForm(page);
  // The next vault worker is started meanwhile, as while a person types.
  await page.waitForTimeout(500);
}

async function derivationMs(): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < UNLOCKS; index += 1) {
    const from = performance.now();
    await deriveArgon2id(passphraseBytes(), randomBytes(SALT_BYTES), BENCH_KDF);
    times.push(performance.now() - from);
  }
  return median(times);
}

/** From the press of Unlock to the portfolio with its total, with and without the key derivation. */
export async function measureUnlock(userDataDir: string): Promise<BenchResult[]> {
  const app = await launchApp({ userDataDir, args: ['--seed=7'] });
  try {
    // The first one makes the ledger and loads the code of the view.
    await unlockOnce(app.page);
    const times: number[] = [];
    for (let index = 0; index < UNLOCKS; index += 1) {
      await lock(app.page);
      times.push(await unlockOnce(app.page));
    }
    const kdf = await derivationMs();
    const whole = median(times);
    const { memoryKiB, passes, lanes } = BENCH_KDF;
    return [
      {
        name: 'app.unlock.rest',
        unit: 'ms',
        ours: whole - kdf,
        peers: {},
        note: `press of Unlock to the portfolio shown, less ${kdf.toFixed(0)} ms for the derivation (${String(memoryKiB / 1024)} MiB, ${String(passes)} passes, ${String(lanes)} lanes, measured apart); whole: ${whole.toFixed(0)} ms, median of ${String(UNLOCKS)}, on the ${app.host}`,
      },
    ];
  } finally {
    await app.close();
  }
}
