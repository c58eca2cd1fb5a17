/** The built application with an account at a Bybit on this machine: what a person does there, and what can happen. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect as expectPage } from 'playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Order } from '../../src-preload/contract/types/trading.ts';
import { TRADING_PERMISSIONS } from '../exchanges/bybit/keys.ts';
import { startBybitVenue, type BybitVenue } from '../exchanges/bybit/venue.ts';
import {
  addAccount,
  allowWithdrawals,
  chooseCoin,
  dock,
  fillTicket,
  openAccount,
  sendTicket,
  ticket,
} from './bybit-journey.ts';
import { PASSPHRASE, createVault, goTo, isLocked, unlock } from './journey.ts';
import { launchApp, type LaunchedApp } from './launch.ts';

const see = expectPage.configure({ timeout: 30_000 });
const UID = '1001';
const KEY = { key: 'test-key-e2e-bybit', secret: 'test-secret-e2e-bybit', label: 'Loopback' };
const WITHDRAW = '/v5/asset/withdraw/create';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-e2e-bybit-'));
let venue: BybitVenue;
let testnet: BybitVenue;
let app: LaunchedApp;
let page: Page;

const portOf = ({ origin }: BybitVenue): string => new URL(origin).port;

async function start(): Promise<void> {
  app = await launchApp({
    userDataDir: folder,
    args: [`--bybit-loopback=${portOf(venue)}`, `--bybit-testnet-loopback=${portOf(testnet)}`],
  });
  page = app.page;
  page.setDefaultTimeout(30_000);
}

const openOrders = async (): Promise<readonly Order[]> => {
  const answer = await page.evaluate<{ ok: boolean; value: Order[] }>(
    'window.holdfast.trading.openOrders({})',
  );
  return answer.ok ? answer.value : [];
};
/** The health strip's word for the venue, as a screen reader hears it. */
const chip = () => page.getByRole('contentinfo').getByRole('button', { name: /^Bybit\b(?! Testnet)/ });

beforeAll(async () => {
  venue = await startBybitVenue({ seed: 7 });
  testnet = await startBybitVenue({ environment: 'testnet' });
  const permissions = { ...TRADING_PERMISSIONS, Wallet: ['AccountTransfer', 'Withdraw'] };
  venue.addKey({ ...KEY, ips: ['127.0.0.1'], isMaster: true, permissions });
  venue.account(UID).deposit('USDT', '100000').deposit('USDT', '500', 'FUND');
  venue.allowAddress(UID, { coin: 'USDT', chain: 'TRX', address: 'test-address-cold-wallet' });
  await start();
  await createVault(page);
});
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  await page.screenshot({ path: `out/e2e/${task.name.slice(0, 40).replace(/\W+/g, '-')}.png` });
});
afterAll(async () => {
  await app.close();
  await Promise.all([venue.dispose(), testnet.dispose()]);
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

describe('a key that was added for the testnet by mistake', () => {
  it('is refused there, said to be of the live site, and moved', async () => {
    expect([venue.counters.connections, testnet.counters.connections]).toEqual([0, 0]);
    await addAccount(page, { ...KEY, venue: 'Bybit Testnet' });
    await see(page.getByText('The key was made on Bybit · Live')).toBeVisible();
    await see(page.getByText('Key refused').first()).toBeVisible();
    await page.getByRole('button', { name: 'Move to Bybit · Live' }).click();
    await see(page.getByText('This key can withdraw, although Holdfast does not use it')).toBeVisible();
    await see(page.getByText(/The key works from 127\.0\.0\.1 only/)).toBeVisible();
    await page.getByRole('button', { name: 'Trade with this account' }).click();
    await see(page.getByRole('region', { name: 'Kind of account' })).toContainText('Real money');
  });
});

describe('money that leaves', () => {
  it('needs its own permission and the passphrase, and arrives at the venue once', async () => {
    await goTo(page, 'Funds');
    await page.getByRole('tab', { name: 'Withdraw' }).click();
    await see(page.getByText('Withdrawals are switched off for this account')).toBeVisible();
    await openAccount(page, KEY.label);
    await allowWithdrawals(page, PASSPHRASE);

    await goTo(page, 'Funds');
    await page.getByRole('tab', { name: 'Withdraw' }).click();
    await chooseCoin(page, 'USDT');
    await page.getByRole('radio', { name: /test-address-cold/ }).check();
    await page.getByRole('textbox', { name: 'Amount' }).fill('20');
    await page.getByRole('button', { name: 'Review: withdraw 20 USDT' }).click();
    const sheet = page.getByRole('dialog');
    await see(sheet.getByText('two zero USDT')).toBeVisible();
    await sheet.getByLabel('Your passphrase', { exact: true }).fill('test passphrase that is wrong');
    await sheet.getByRole('button', { name: 'Withdraw 20 USDT' }).click();
    await see(sheet.getByText(/does not open the vault/).first()).toBeVisible();
    expect(venue.counters.requests(WITHDRAW)).toBe(0);

    // The answer is lost: what happened must be found out, never done again.
    venue.faults.http(WITHDRAW, { kind: 'dropAfter' });
    await sheet.getByLabel('Your passphrase', { exact: true }).fill(PASSPHRASE);
    await sheet.getByRole('button', { name: 'Withdraw 20 USDT' }).click();
    await see(page.getByText('20 USDT is on its way').first()).toBeVisible();
    expect(venue.counters.requests(WITHDRAW)).toBe(1);
    expect(venue.account(UID).withdrawals).toMatchObject([
      { coin: 'USDT', chain: 'TRX', amount: '20', toAddress: 'test-address-cold-wallet' },
    ]);
    await page.getByRole('tab', { name: 'Movements' }).click();
    await page.getByText('Withdrawals', { exact: true }).click();
    await see(page.getByText('On its way').first()).toBeVisible();
  });
});

describe('an order with its protection', () => {
  it('arrives as one, and can be cancelled', async () => {
    const price = await fillTicket(page, '0.02');
    await ticket(page).getByLabel('Take profit / stop loss').check();
    await ticket(page)
      .getByLabel('Take profit', { exact: true })
      .fill(String(price + 9000));
    await ticket(page)
      .getByLabel('Stop loss', { exact: true })
      .fill(String(price - 3000));
    await sendTicket(page);
    await see(dock(page).getByText('Working').first()).toBeVisible();
    const [order, ...others] = venue.account(UID).openOrders();
    expect(others).toEqual([]);
    expect(Number(order?.brackets.takeProfit)).toBe(price + 9000);
    expect(Number(order?.brackets.stopLoss)).toBe(price - 3000);
    await dock(page).getByRole('button', { name: 'Cancel order' }).first().click();
    await see(dock(page).getByText('No open orders')).toBeVisible();
    expect(venue.account(UID).openOrders()).toEqual([]);
  });
});

describe('the position mode', () => {
  it('is switched at the venue after a question, and read back', async () => {
    await openAccount(page, KEY.label);
    const modes = page.getByRole('radiogroup', { name: 'Position mode' });
    for (const [name, symbols] of [
      ['Hedge', true],
      ['One-way', false],
    ] as const) {
      await modes.getByText(name, { exact: true }).click();
      await page.getByRole('button', { name: `Switch to ${name}` }).click();
      await see(modes.getByRole('radio', { name, exact: true })).toBeChecked();
      await see(page.getByText(`${name} mode is on`).first()).toBeVisible();
      expect(venue.account(UID).hedge.has('BTCUSDT')).toBe(symbols);
    }
  });
});

describe('a venue that goes away', () => {
  it('is said to be away, its figures are marked, and it comes back by itself', async () => {
    await goTo(page, 'Trade');
    await see(chip()).toHaveAccessibleName(/live/);
    await venue.refuse();
    await see(chip()).toHaveAccessibleName(/reconnecting|stale|failed/);
    await goTo(page, 'Accounts');
    await see(page.getByText(/^(Stale|Connecting)$/).first()).toBeVisible();
    await goTo(page, 'Trade');
    const before = await ticket(page).getByRole('button', { name: /^Bid/ }).innerText();
    expect(before).not.toMatch(/^Bid\s*0/);
    await venue.listen();
    await see(chip()).toHaveAccessibleName(/live/);
    const [bid] = venue.market('linear', 'BTCUSDT').bestBid() ?? [''];
    venue.market('linear', 'BTCUSDT').setLevel('Buy', bid, '7.777');
    await see(page.getByText('7.777').first()).toBeVisible();
  });
});

describe('a lock', () => {
  it('ends every connection to the venue, and unlocking brings them back', async () => {
    expect(venue.openConnections).toBeGreaterThan(0);
    await page.keyboard.press('Control+l');
    await isLocked(page);
    await see.poll(() => venue.openConnections).toBe(0);
    expect(venue.privateSessions(UID)).toBe(0);
    await unlock(page);
    await see.poll(() => venue.privateSessions(UID)).toBe(1);
    await see(chip()).toHaveAccessibleName(/live/);
  });
});

describe('a program that is killed while an order is in flight', () => {
  it('knows the order after the restart, and never sends it again', async () => {
    const sent = venue.counters.orders();
    venue.faults.trade('order.create', { kind: 'dropAfter' });
    venue.faults.privateSilent = true;
    await fillTicket(page, '0.03');
    await sendTicket(page);
    await see.poll(() => venue.account(UID).openOrders().length).toBe(1);
    expect(await openOrders()).toMatchObject([{ quantity: '0.03', state: 'sending', venueOrderId: null }]);
    await app.kill('SIGKILL');

    venue.faults.clear();
    await start();
    await isLocked(page);
    await unlock(page);
    await see.poll(async () => (await openOrders()).map(({ state }) => state)).toEqual(['working']);
    const [order] = await openOrders();
    expect(order?.venueOrderId).toBe(venue.account(UID).openOrders()[0]?.orderId);
    expect(venue.counters.orders()).toBe(sent + 1);
    await goTo(page, 'Orders');
    await see(page.getByText('0.03').first()).toBeVisible();
  });
});
