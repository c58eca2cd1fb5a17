/** What the demo does in the window, step by step, as a person would: by labels, never by inner structure. */
import { expect } from 'playwright/test';
import type { Page } from 'playwright';

export const PASSPHRASE = 'test passphrase of the demo';

export interface DemoContext {
  readonly page: Page;
  readonly shoot: (name: string) => Promise<void>;
  /** The market comes from a recorded file. */
  readonly replay: boolean;
}

export interface DemoStep {
  readonly name: string;
  readonly run: (context: DemoContext) => Promise<void>;
}

/** By how the name begins: a place can have news in its name. */
export const goTo = (page: Page, name: string) =>
  page
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .first()
    .click();
const ticket = (page: Page) => page.getByRole('region', { name: 'Order', exact: true });
export const dock = (page: Page) => page.getByRole('region', { name: 'Orders and positions' });

/** The best bid as the ladder's button in the ticket shows it, without group spaces. */
async function bestBid(page: Page): Promise<string> {
  const text = await page.getByRole('button', { name: /^Bid/ }).innerText();
  return text.replace(/[^0-9.]/g, '');
}

export async function createVault({ page, shoot }: DemoContext): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
  await page.getByLabel('Repeat it', { exact: true }).fill(PASSPHRASE);
  await shoot('first-run');
  await page.getByRole('button', { name: /Create vault/ }).click();
  await page.getByText('Play money on the built-in exchange').waitFor();
}

async function connect({ page, shoot }: DemoContext): Promise<void> {
  await page.getByText('Practice exchange').first().waitFor();
  await page.getByRole('heading', { name: 'Accounts and wallets' }).waitFor();
  await shoot('portfolio');
}

export async function stream({ page, shoot }: DemoContext): Promise<void> {
  await goTo(page, 'Trade');
  await bestBid(page);
  // The best bid of a recorded market can stand still for seconds; the book around it does not.
  const book = page
    .getByRole('region', { name: 'Order book' })
    .or(page.getByRole('tabpanel', { name: 'Order book' }));
  const before = await book.first().innerText();
  await expect.poll(() => book.first().innerText(), { timeout: 20_000 }).not.toBe(before);
  await shoot('trade');
}

export async function createAlert({ page, shoot }: DemoContext): Promise<void> {
  await goTo(page, 'Alerts');
  await page.getByRole('button', { name: 'New alert' }).first().click();
  await page.getByLabel('What to watch').selectOption({ label: 'Order filled' });
  await shoot('alert-form');
  await page.getByRole('button', { name: 'Create alert' }).click();
  await page.getByText('armed').first().waitFor();
  await shoot('alerts');
}

/** Sends what the ticket holds: review, then send. */
async function send(page: Page, word: RegExp): Promise<void> {
  await ticket(page).getByRole('button', { name: word }).last().click();
  await page.getByRole('dialog').getByRole('button', { name: word }).click();
}

export async function placeOrder({ page, shoot }: DemoContext): Promise<void> {
  await goTo(page, 'Trade');
  const price = Math.floor(Number(await bestBid(page)) * 0.98);
  await ticket(page).getByLabel('Price', { exact: true }).fill(String(price));
  await ticket(page).getByLabel('Size', { exact: true }).fill('0.02');
  await shoot('ticket');
  await send(page, /^Buy 0/);
  await dock(page).getByText('Working').first().waitFor();
  await shoot('order-working');
}

export async function cancelOrder({ page }: DemoContext): Promise<void> {
  await dock(page).getByRole('button', { name: 'Cancel order' }).first().click();
  await dock(page).getByText('No open orders').waitFor();
}

export async function getFilled({ page, shoot }: DemoContext): Promise<void> {
  await ticket(page).getByText('Market', { exact: true }).click();
  await ticket(page).getByLabel('Size', { exact: true }).fill('0.02');
  await send(page, /^Buy 0/);
  await dock(page)
    .getByRole('tab', { name: /Positions/ })
    .click();
  // In the row twice: one of the two is for narrow tables.
  await dock(page).getByText('Long').filter({ visible: true }).first().waitFor();
  await shoot('filled');
}

export async function alertFired({ page, shoot }: DemoContext): Promise<void> {
  await goTo(page, 'Alerts');
  await page
    .getByText(/0\.02.* filled at/)
    .first()
    .waitFor();
  await shoot('alert-fired');
}

export const lookAt =
  (places: readonly string[]) =>
  async ({ page, shoot }: DemoContext): Promise<void> => {
    for (const name of places) {
      await goTo(page, name);
      await page.getByRole('main').waitFor();
      // Panels fade in for 120 ms.
      await page.waitForTimeout(600);
      await shoot(name.toLowerCase());
    }
  };

export async function lock({ page, shoot }: DemoContext): Promise<void> {
  await page.getByRole('button', { name: /^Lock/ }).first().click();
  await page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
  const { ok } = await page.evaluate<{ ok: boolean }>('window.holdfast.trading.openOrders({})');
  if (ok) throw new Error('a locked application answered');
  await shoot('locked');
}

export async function unlock({ page, shoot }: DemoContext): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Unlock', exact: true }).click();
  await goTo(page, 'Orders');
  await page.getByText('0.02').first().waitFor();
  await shoot('unlocked');
}

export const DEMO_STEPS: readonly DemoStep[] = [
  { name: 'create a vault', run: createVault },
  { name: 'connect the practice account', run: connect },
  { name: 'stream the market', run: stream },
  { name: 'set an alert', run: createAlert },
  { name: 'place an order', run: placeOrder },
  { name: 'cancel it', run: cancelOrder },
  { name: 'get filled', run: getFilled },
  { name: 'the alert fires', run: alertFired },
  { name: 'look at every view', run: lookAt(['Portfolio', 'Orders', 'Accounts', 'Settings']) },
  { name: 'lock', run: lock },
  { name: 'unlock and find everything', run: unlock },
];
