import type { Page } from 'playwright';

export const PASSPHRASE = 'test passphrase of one journey';

/** First run to the open application. */
export async function createVault(page: Page, passphrase = PASSPHRASE): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('Repeat it', { exact: true }).fill(passphrase);
  await page.getByRole('button', { name: /Create vault/ }).click();
  await page.getByText('Play money on the built-in exchange').waitFor();
}

export async function unlock(page: Page, passphrase = PASSPHRASE): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByRole('button', { name: 'Unlock', exact: true }).click();
}

/** By how the name begins: a place can have news in its name. */
export const goTo = (page: Page, name: string): Promise<void> =>
  page
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .first()
    .click();

export const isLocked = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
