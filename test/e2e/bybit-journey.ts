/** What tests do in the window with an account at the loopback Bybit, by labels as a person would. */
import type { Page } from 'playwright';
import { goTo } from './journey.ts';

export interface LoopbackKey {
  readonly key: string;
  readonly secret: string;
  readonly label: string;
  /** As the form names it; `Bybit` when absent. */
  readonly venue?: string;
}

export const ticket = (page: Page) => page.getByRole('region', { name: 'Order', exact: true });
export const dock = (page: Page) => page.getByRole('region', { name: 'Orders and positions' });

/** Fills the form and sends it. A key of the live site, unless the venue is another one. */
export async function addAccount(page: Page, { key, secret, label, venue }: LoopbackKey): Promise<void> {
  await goTo(page, 'Accounts');
  await page.getByRole('button', { name: 'Add account' }).first().click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Venue', { exact: true }).selectOption({ label: venue ?? 'Bybit' });
  if (venue === undefined) await form.getByText('Live', { exact: true }).click();
  await form.getByLabel('Name', { exact: true }).fill(label);
  await form.getByLabel('API key', { exact: true }).fill(key);
  await form.getByLabel('API secret', { exact: true }).fill(secret);
  await form.getByRole('checkbox', { name: /^Trade/ }).check();
  await form.getByRole('button', { name: 'Add account' }).click();
  await form.waitFor({ state: 'detached' });
  await page.getByText(label).first().waitFor();
}

export async function openAccount(page: Page, label: string): Promise<void> {
  await goTo(page, 'Accounts');
  await page.getByRole('listitem').getByRole('button').filter({ hasText: label }).click();
  await page.getByRole('heading', { name: label }).waitFor();
}

/** Lets Holdfast use a key for withdrawals too. */
export async function allowWithdrawals(page: Page, passphrase: string): Promise<void> {
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: /^Withdraw/ }).check();
  await dialog.getByLabel('Your passphrase', { exact: true }).fill(passphrase);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
}

export async function chooseCoin(page: Page, coin: string): Promise<void> {
  const field = page.getByRole('combobox', { name: 'Coin' });
  await field.click();
  await field.fill(coin);
  await page.keyboard.press('Enter');
}

/** The best bid as the ticket shows it. */
export async function bestBid(page: Page): Promise<number> {
  const text = await ticket(page).getByRole('button', { name: /^Bid/ }).innerText();
  return Number(text.replace(/[^0-9.]/g, ''));
}

/** A limit order that rests 2 percent below the market, up to the press that would send it. */
export async function fillTicket(page: Page, size: string): Promise<number> {
  await goTo(page, 'Trade');
  const price = Math.floor((await bestBid(page)) * 0.98);
  await ticket(page).getByLabel('Price', { exact: true }).fill(String(price));
  await ticket(page).getByLabel('Size', { exact: true }).fill(size);
  return price;
}

/** Reviews and sends what the ticket holds. */
export async function sendTicket(page: Page): Promise<void> {
  await ticket(page)
    .getByRole('button', { name: /^Buy 0/ })
    .last()
    .click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Buy 0/ })
    .click();
}
