/** What tests of the order desk do in the window, by labels as a person would. */
import { createHmac } from 'node:crypto';
import type { Locator, Page } from 'playwright';
import { expect } from 'playwright/test';
import { ticket } from './bybit-journey.ts';
import type { BybitVenue } from '../exchanges/bybit/venue.ts';
import { goTo } from './journey.ts';

type OrdersTab = 'Working' | 'Needs attention' | 'History' | 'Reconciliation';

export async function openOrdersTab(page: Page, tab: OrdersTab): Promise<void> {
  await goTo(page, 'Orders');
  await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
}

/**
 * Reviews and sends what the ticket holds. A press just after the last order is taken for a double click, so it is
 * repeated until the review is open; sent is what stands there, once.
 */
export async function review(page: Page, side: 'Buy' | 'Sell' = 'Buy'): Promise<Locator> {
  const name = new RegExp(`^${side} 0`);
  const send = page.getByRole('dialog', { name: 'Send this order?' }).getByRole('button', { name });
  await expect(async () => {
    if (!(await send.isVisible()))
      await ticket(page).getByRole('button', { name }).last().click({ timeout: 2000 });
    await send.waitFor({ timeout: 2000 });
  }).toPass({ timeout: 30_000 });
  return send;
}

/** The one case of the pane "Needs attention" that speaks of an order of this size. */
export const attention = (page: Page, size: string): Locator =>
  page.getByRole('article').filter({ hasText: size });

export async function openLimits(page: Page): Promise<void> {
  await goTo(page, 'Settings');
  await page.getByRole('link', { name: 'Limits' }).click();
  await page.getByRole('table', { name: 'Limits' }).waitFor();
}

/** Types a passphrase into the open prompt and presses its button. */
export async function confirmWithPassphrase(page: Page, passphrase: string, button: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Your passphrase', { exact: true }).fill(passphrase);
  await dialog.getByRole('button', { name: button, exact: true }).click();
}

export const releaseDialog = (page: Page): Locator =>
  page.getByRole('dialog', { name: 'Release the kill switch' });

/** Throws the switch: by its key and Enter alone, or by its button in the header. */
export async function engageKillSwitch(page: Page, by: 'key' | 'button', flatten = false): Promise<void> {
  if (by === 'key') await page.keyboard.press('Shift+Escape');
  else await page.getByRole('button', { name: /^Kill switch/ }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.waitFor();
  if (flatten) await dialog.getByRole('checkbox', { name: /^Also close all positions/ }).check();
  const button = dialog.getByRole('button', {
    name: flatten ? 'Stop everything and close all positions' : 'Stop everything',
    exact: true,
  });
  if (by === 'key' && !flatten) {
    await button.and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
  } else await button.click();
}

/** An order that somebody places past Holdfast, with the same account: it carries no id of ours. */
export async function placeAtVenue(
  { origin }: BybitVenue,
  { key, secret }: { readonly key: string; readonly secret: string },
  order: { readonly price: string; readonly qty: string },
): Promise<void> {
  const market = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit' };
  const body = JSON.stringify({ ...market, ...order });
  const time = String(Date.now());
  const answer = await fetch(`${origin}/v5/order/create`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'X-BAPI-API-KEY': key,
      'X-BAPI-TIMESTAMP': time,
      'X-BAPI-RECV-WINDOW': '5000',
      'X-BAPI-SIGN': createHmac('sha256', secret).update(`${time}${key}5000${body}`).digest('hex'),
    },
  });
  const { retCode, retMsg } = (await answer.json()) as { retCode: number; retMsg: string };
  if (retCode !== 0) throw new Error(`The venue refused the order: ${retCode} ${retMsg}`);
}
