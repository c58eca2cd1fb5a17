/** The built application as a person uses it, on Electron where it is there and on the stand-in elsewhere. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect as expectPage } from 'playwright/test';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Order } from '../../src-preload/contract/types/trading.ts';
import { createVault, goTo, isLocked, unlock } from './journey.ts';
import { launchApp } from './launch.ts';
import type { LaunchedApp } from './launch.ts';

/** Unlocking derives a key on purpose slowly, and the machine may be busy: the default 5 s is too short. */
const see = expectPage.configure({ timeout: 30_000 });

const folder = mkdtempSync(join(tmpdir(), 'holdfast-e2e-'));
let app: LaunchedApp;
let page: Page;

async function start(): Promise<void> {
  app = await launchApp({ userDataDir: folder, args: ['--seed=11'] });
  page = app.page;
  page.setDefaultTimeout(30_000);
}
const orders = async (): Promise<readonly Order[]> => {
  const answer = await page.evaluate<{ ok: boolean; value: { rows: Order[] } }>(
    'window.holdfast.trading.orderHistory({ limit: 500, offset: 0 })',
  );
  return answer.value.rows;
};
const ticket = () => page.getByRole('region', { name: 'Order', exact: true });
const size = () => ticket().getByLabel('Size', { exact: true });

beforeAll(async () => {
  await start();
  await createVault(page);
});
beforeEach(async () => {
  // One failing test must not fail the rest for being locked.
  if (await page.getByRole('button', { name: 'Unlock', exact: true }).isVisible()) await unlock(page);
  await page.getByRole('link', { name: 'Trade', exact: true }).first().waitFor();
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('locking and unlocking', () => {
  it('keeps what was typed in the ticket over a lock, and shows nothing of it meanwhile', async () => {
    await goTo(page, 'Trade');
    await size().fill('0.037');
    await app.control.power('suspend');
    await isLocked(page);
    await see(page.getByText('Locked when the machine went to sleep.')).toBeVisible();
    expect(await page.content()).not.toContain('0.037');
    await unlock(page);
    await see(size()).toHaveValue('0.037');
    await size().fill('');
  });

  it('says that a passphrase is wrong, and opens with the right one', async () => {
    await page.keyboard.press('Control+l');
    await isLocked(page);
    await unlock(page, 'test passphrase that is wrong');
    await see(page.getByText(/does not open the vault/).first()).toBeVisible();
    await unlock(page);
    await see(page.getByRole('link', { name: 'Trade', exact: true }).first()).toBeVisible();
  });

  it('locks from menu and tray, which offer it only while it is open', async () => {
    await app.control.clickMenu('lock');
    await isLocked(page);
    await expect(app.control.clickMenu('lock')).rejects.toThrow();
    await unlock(page);
    await see(page.getByRole('link', { name: 'Trade', exact: true }).first()).toBeVisible();
  });
});

describe('trading by keyboard', () => {
  it('sends a market order with B, a size and two times Enter', async () => {
    await goTo(page, 'Trade');
    await ticket().getByText('Market', { exact: true }).click();
    await page.locator('body').press('b');
    await size().fill('0.01');
    await see(ticket().getByRole('button', { name: /^Buy 0\.01/ })).toBeVisible();
    const before = (await orders()).length;
    await size().press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Enter');
    await see.poll(async () => (await orders()).length).toBe(before + 1);
    expect((await orders())[0]).toMatchObject({
      side: 'buy',
      type: 'market',
      state: 'filled',
      filledQuantity: '0.01',
    });
  });

  it('makes one order of a double click on the send button', async () => {
    // The ticket empties itself when the order before it was acknowledged.
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await see(size()).toHaveValue('');
    // A press within 300 ms of that answer counts as the same impatience, and a script is faster than a person.
    await page.waitForTimeout(400);
    await size().fill('0.012');
    await ticket()
      .getByRole('button', { name: /^Buy 0\.012/ })
      .click();
    const before = (await orders()).length;
    await page.getByRole('dialog').getByRole('button', { name: /^Buy/ }).dblclick();
    await see.poll(async () => (await orders()).filter((order) => order.quantity === '0.012').length).toBe(1);
    // A second order would have come by now: the first was already filled and is in the history.
    await page.waitForTimeout(500);
    expect((await orders()).length).toBe(before + 1);
  });

  it('explains a size that is too small and offers the nearest right one', async () => {
    await size().fill('0.0000001');
    await see(
      ticket()
        .getByText(/At least|at least/)
        .first(),
    ).toBeVisible();
    await size().fill('');
  });

  it('opens the palette with Ctrl+K and goes where it is told', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('textbox').or(page.getByRole('combobox')).first().fill('alerts');
    await page.keyboard.press('Enter');
    await see(page.getByRole('button', { name: 'New alert' }).first()).toBeVisible();
  });
});

describe('a recorded market that is none', () => {
  it('is refused with the line and what was expected, and the market stays', async () => {
    const file = join(folder, 'no-record.jsonl');
    writeFileSync(
      file,
      '{"t":"connect","conn":"x","ts":1,"addr":"wss://stream.bybit.com/v5/public/linear"}\nthis is not JSON\n',
    );
    await app.control.answerDialog({ kind: 'open', filePaths: [file] });
    const answer = await page.evaluate<{ ok: boolean; error: { kind: string; message: string } }>(
      'window.holdfast.practice.chooseReplay({ speed: 1 })',
    );
    expect(answer).toMatchObject({ ok: false, error: { kind: 'badInput' } });
    expect(answer.error.message).toMatch(/line 2/);
    const settings = await page.evaluate<{ value: { source: string } }>(
      'window.holdfast.practice.settings({})',
    );
    expect(settings.value.source).toBe('synthetic');
  });
});

describe('a restart', () => {
  it('finds orders, fills, alerts and the position again', async () => {
    await goTo(page, 'Alerts');
    await page.getByRole('button', { name: 'New alert' }).first().click();
    await page.getByLabel('What to watch').selectOption({ label: 'Connection lost' });
    await page.getByRole('button', { name: 'Create alert' }).click();
    await see(page.getByText('armed').first()).toBeVisible();
    const before = (await orders()).map((order) => [order.clientOrderId, order.state]);
    expect((await app.close()).code).toBe(0);
    await start();
    await isLocked(page);
    await unlock(page);
    await goTo(page, 'Alerts');
    await see(page.getByText('armed').first()).toBeVisible();
    expect((await orders()).map((order) => [order.clientOrderId, order.state])).toEqual(before);
    const view = await page.evaluate<{ value: { accounts: { positions: unknown[] }[] } }>(
      'window.holdfast.portfolio.refresh({})',
    );
    expect(view.value.accounts[0]?.positions).toHaveLength(1);
  });

  it('survives being killed in the middle', async () => {
    const before = (await orders()).length;
    await app.kill('SIGKILL');
    await start();
    await isLocked(page);
    await unlock(page);
    await see(page.getByRole('link', { name: 'Trade', exact: true }).first()).toBeVisible();
    expect((await orders()).length).toBe(before);
  });
});
