/** The order desk in the built application: orders, limits, kill switch, what is unknown, what was reconciled. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect as expectPage } from 'playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorShape, Result } from '../../src-preload/contract/result.ts';
import type { Account } from '../../src-preload/contract/types/account.ts';
import type { Order } from '../../src-preload/contract/types/trading.ts';
import { LINKS } from '../../src-main/shell/external-links.ts';
import { TRADING_PERMISSIONS } from '../exchanges/bybit/keys.ts';
import type { VenueOrder } from '../exchanges/bybit/order.ts';
import { startBybitVenue, type BybitVenue } from '../exchanges/bybit/venue.ts';
import { addAccount, dock, fillTicket, ticket } from './bybit-journey.ts';
import { PASSPHRASE, createVault, goTo, isLocked, unlock } from './journey.ts';
import { launchApp, type LaunchedApp } from './launch.ts';
import {
  attention,
  confirmWithPassphrase,
  engageKillSwitch,
  openLimits,
  openOrdersTab,
  placeAtVenue,
  releaseDialog,
  review,
} from './order-desk-journey.ts';

const see = expectPage.configure({ timeout: 30_000 });
const UID = '1001';
const KEY = { key: 'test-key-e2e-desk', secret: 'test-secret-e2e-desk', label: 'Loopback' };
const WRONG = 'test passphrase that is wrong';
/** A venue that never says what became of an order: asked for a minute before a person is. */
const ORDERS_PAGE = LINKS['bybit-orders'];
const UNDECIDED_MS = 120_000;
/** "Still working on this order": no answer to a look-up, and no reason to stop asking the venue for other things. */
const STILL_BUSY = { kind: 'code', code: 110079 } as const;
const LOOK_UPS = ['/v5/order/realtime', '/v5/order/history'] as const;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-e2e-desk-'));
let venue: BybitVenue;
let app: LaunchedApp;
let page: Page;

async function start(): Promise<void> {
  app = await launchApp({
    userDataDir: folder,
    args: [`--bybit-loopback=${new URL(venue.origin).port}`],
  });
  page = app.page;
  page.setDefaultTimeout(30_000);
}

const openAtVenue = (): VenueOrder[] => venue.account(UID).openOrders();
const band = () => page.getByRole('region', { name: 'Kill switch engaged' });

/** Fills a resting order; the crowd that stood before it comes back, so that the market goes on. */
function fillAtVenue(order: VenueOrder, quantity?: string): void {
  const ahead = order.market.book(50).bids;
  venue.fill(UID, order.orderId, quantity);
  for (const [price, size] of ahead) order.market.setLevel('Buy', price, size);
}

/** Places a resting order in the window and waits until the venue has it. */
async function rest(size: string): Promise<VenueOrder> {
  const before = openAtVenue().length;
  await fillTicket(page, size);
  await (await review(page)).click();
  await see.poll(() => openAtVenue().length).toBe(before + 1);
  return openAtVenue().find(({ qty }) => qty === size) as VenueOrder;
}

const ask = <T>(call: string, input: object = {}): Promise<Result<T>> =>
  page.evaluate<Result<T>>(`window.holdfast.${call}(${JSON.stringify(input)})`);

/** Asks main directly, as a window would that knows nothing of the switch. */
async function placeDirectly(quantity: string): Promise<Result<Order>> {
  const accounts = await ask<readonly Account[]>('accounts.list');
  const account = accounts.ok ? accounts.value.find((one) => one.venue === 'bybit') : undefined;
  return ask('trading.place', {
    accountId: account?.id,
    symbol: 'BTC/USDT:USDT',
    side: 'buy',
    type: 'market',
    quantity,
    timeInForce: 'IOC',
    postOnly: false,
    reduceOnly: false,
    positionSide: 'net',
    intentId: crypto.randomUUID(),
  });
}
const refusalOf = (answer: Result<Order>): ErrorShape | null => (answer.ok ? null : answer.error);

beforeAll(async () => {
  venue = await startBybitVenue({ seed: 7 });
  venue.addKey({ ...KEY, ips: ['127.0.0.1'], isMaster: true, permissions: TRADING_PERMISSIONS });
  venue.account(UID).deposit('USDT', '100000');
  await start();
  await createVault(page);
  await addAccount(page, KEY);
  await page.getByRole('button', { name: 'Trade with this account' }).click();
});
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  await page.screenshot({ path: `out/e2e/desk-${task.name.slice(0, 40).replace(/\W+/g, '-')}.png` });
});
afterAll(async () => {
  await app.close();
  await venue.dispose();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

describe('the life of an order', () => {
  it('stands step by step in its timeline, with the redacted exchange with the venue', async () => {
    const order = await rest('0.02');
    fillAtVenue(order, '0.008');
    fillAtVenue(order);
    await openOrdersTab(page, 'History');
    const row = page
      .getByRole('row')
      .filter({ has: page.getByText('filled', { exact: true }) })
      .first();
    await see(row).toBeVisible();
    await row.getByRole('button', { name: /^Timeline/ }).click();
    const drawer = page.getByRole('dialog', { name: 'Timeline of the order' });
    const steps = drawer.getByRole('list', { name: 'Steps' });
    for (const step of ['Decided', 'Checked', 'Written to the journal', 'Sent', 'Acknowledged', 'Filled'])
      await see(steps.getByText(step, { exact: true }).first()).toBeVisible();
    const texts = await steps.getByRole('listitem').allInnerTexts();
    const at = (word: string): number => texts.findIndex((text) => text.includes(word));
    const order5 = ['Decided', 'Checked', 'Written to the journal', 'Sent', 'Acknowledged'].map(at);
    expect(order5).toEqual([...order5].sort((a, b) => a - b));
    expect(texts.filter((text) => text.includes('Filled')).length).toBeGreaterThanOrEqual(2);
    await drawer
      .getByRole('button', { name: /order\.create|order\/create/i })
      .first()
      .click();
    const request = page.getByRole('dialog').filter({ hasText: 'retCode' });
    await see(request.getByText('"qty": "0.02"')).toBeVisible();
    await see(request.getByText('"retMsg": "OK"')).toBeVisible();
    const words = await page.locator('body').innerText();
    expect(words).not.toContain(KEY.secret);
    expect(words).not.toContain(KEY.key);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await see(drawer).toBeHidden();
  });
});

describe('an order that somebody placed at the venue', () => {
  it('is found by a comparison, named with its cause, and listed', async () => {
    const [bid = ''] = venue.market('linear', 'BTCUSDT').bestBid() ?? [];
    venue.faults.privateSilent = true;
    await placeAtVenue(venue, KEY, { price: String(Math.floor(Number(bid) * 0.9)), qty: '0.017' });
    // What would have been pushed is gone before the stream speaks again.
    venue.flush();
    venue.faults.privateSilent = false;
    await openOrdersTab(page, 'Reconciliation');
    const report = page.getByRole('region', { name: KEY.label });
    await report.getByRole('button', { name: 'Reconcile now' }).click();
    const row = report.getByRole('row').filter({ hasText: 'Placed at the venue or by another program.' });
    await see(row).toContainText('BTC/USDT:USDT');
    await see(report.getByText(/earlier comparison/)).toBeVisible();
    await openOrdersTab(page, 'Working');
    const [foreign] = openAtVenue();
    await see(page.getByRole('row').filter({ hasText: '0.017' })).toContainText('elsewhere');
    await page
      .getByRole('row')
      .filter({ hasText: '0.017' })
      .getByRole('button', { name: /^Cancel/ })
      .click();
    await see.poll(() => openAtVenue()).toEqual([]);
    expect(foreign?.linkId).toBe('');
  });
});

describe('a position that nothing stops', () => {
  it('is marked where it stands, and the mark leads to a stop', async () => {
    const mark = page.getByRole('button', { name: /^No stop: .* BTC\/USDT:USDT$/ });
    const protect = page.getByRole('dialog', { name: 'Protect BTC/USDT:USDT' });
    const look = async (): Promise<void> => {
      await mark.click();
      await see(protect.getByLabel('Stop loss', { exact: true })).toBeVisible();
      await page.keyboard.press('Escape');
      await see(protect).toBeHidden();
    };
    await goTo(page, 'Portfolio');
    await look();
    await goTo(page, 'Trade');
    await dock(page)
      .getByRole('tab', { name: /^Positions/ })
      .click();
    await look();
    await dock(page)
      .getByRole('tab', { name: /^Open orders/ })
      .click();
  });
});

describe('orders whose answer is lost', () => {
  it('are asked about, and wait for a person when the venue does not say', async () => {
    for (const path of LOOK_UPS) venue.faults.http(path, STILL_BUSY, 10_000);
    venue.faults.privateSilent = true;
    // One arrives and its answer is lost with the connection, the other never arrives.
    venue.faults.trade('order.create', { kind: 'disconnectAfter' });
    await fillTicket(page, '0.031');
    await (await review(page)).click();
    await see.poll(() => openAtVenue().length).toBe(1);
    // By the socket or, while that comes back, by HTTP: lost either way. What is left of it goes with `clear`.
    venue.faults.trade('order.create', { kind: 'dropBefore' });
    venue.faults.http('/v5/order/create', { kind: 'dropBefore' });
    await fillTicket(page, '0.032');
    await (await review(page)).click();
    await openOrdersTab(page, 'Needs attention');
    await see(attention(page, '0.031')).toContainText('We do not know yet whether this order exists');
    await see(attention(page, '0.032')).toContainText('We do not know yet whether this order exists');
    await attention(page, '0.031').getByRole('button', { name: /^Open/ }).click();
    await see.poll(() => app.control.openedExternally()).toEqual([ORDERS_PAGE]);
  });
});

describe('a limit', () => {
  it('is set with the passphrase only, and refuses a larger order by name, value and setting', async () => {
    await openLimits(page);
    await page.getByLabel('Largest order, All accounts').fill('1000');
    await page.getByRole('button', { name: 'Save…' }).click();
    await confirmWithPassphrase(page, WRONG, 'Save the limits');
    await see(
      page
        .getByRole('dialog')
        .getByText(/does not open the vault/)
        .first(),
    ).toBeVisible();
    await confirmWithPassphrase(page, PASSPHRASE, 'Save the limits');
    await see(page.getByText('Limits saved').first()).toBeVisible();

    const sent = venue.counters.orders();
    await fillTicket(page, '0.021');
    await (await review(page)).click();
    const refusal = ticket(page).getByText(
      /^The largest order is limited to 1000 USD \(the limits of all accounts\); this one is worth 1337\.7 USD/,
    );
    await see(refusal.first()).toBeVisible();
    expect(venue.counters.orders()).toBe(sent);
    // The nearest size that the limit allows is one press away, and so is the limit.
    await ticket(page).getByRole('button', { name: 'Use 0.015 BTC' }).click();
    await see(ticket(page).getByLabel('Size', { exact: true })).toHaveValue('0.015');
    await see(refusal.first()).toBeHidden();
    await ticket(page).getByLabel('Size', { exact: true }).fill('0.021');
    await (await review(page)).click();
    await ticket(page).getByRole('button', { name: 'Open the limits' }).click();
    await see(page.getByLabel('Largest order, All accounts')).toHaveValue('1000');
    await page.getByLabel('Largest order, All accounts').fill('');
    await page.getByRole('button', { name: 'Save…' }).click();
    await confirmWithPassphrase(page, PASSPHRASE, 'Save the limits');
    await see(page.getByText('Limits saved').first()).toBeVisible();
  });
});

describe('the order history', () => {
  it('is written to a file as it is filtered', async () => {
    const target = join(folder, 'orders.csv');
    await app.control.answerDialog({ kind: 'save', filePath: target });
    await openOrdersTab(page, 'History');
    await page.getByLabel('State', { exact: true }).selectOption({ label: 'Filled' });
    await page.getByRole('button', { name: 'Export these as CSV' }).click();
    await see(page.getByText('1 order exported').first()).toBeVisible();
    const [head = '', ...rows] = readFileSync(target, 'utf8').trim().split('\r\n');
    const values = (rows[0] ?? '').split(',');
    const value = (column: string): string | undefined => values[head.split(',').indexOf(column)];
    expect(rows).toHaveLength(1);
    expect(['symbol', 'state', 'quantity', 'filledQuantity'].map(value)).toEqual([
      'BTC/USDT:USDT',
      'filled',
      '0.02',
      '0.02',
    ]);
    await page.getByRole('button', { name: 'Clear the filter' }).click();
  });
});

describe('orders that the venue says nothing of for a minute', () => {
  it('need a person: one is found by another look, one is marked as not placed', async () => {
    await openOrdersTab(page, 'Needs attention');
    for (const size of ['0.031', '0.032'])
      await see(attention(page, size)).toContainText('This order needs you', { timeout: UNDECIDED_MS });
    const found = openAtVenue().find(({ qty }) => qty === '0.031');
    await attention(page, '0.032').getByRole('button', { name: 'It was not placed' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'It was not placed' }).click();
    await see(attention(page, '0.032')).toBeHidden();
    venue.faults.clear();
    await attention(page, '0.031').getByRole('button', { name: 'Look again' }).click();
    await see(page.getByText('Nothing needs you')).toBeVisible();
    const working = await ask<readonly Order[]>('trading.openOrders');
    expect(working).toMatchObject({
      value: [{ quantity: '0.031', state: 'working', venueOrderId: found?.orderId }],
    });
    expect([found, ...openAtVenue()].map((order) => venue.counters.orders(order?.linkId ?? ''))).toEqual([
      1, 1,
    ]);
  });
});

describe('the kill switch', () => {
  it('ends everything by its key, verified at the venue, and survives a restart', async () => {
    await rest('0.041');
    await rest('0.042');
    // A venue that takes its time: what is under way is seen as such.
    venue.faults.http('/v5/order/cancel-all', { kind: 'latency', ms: 1500 }, 10);
    await engageKillSwitch(page, 'key');
    const dialog = page.getByRole('alertdialog');
    await see(dialog.getByText('under way', { exact: true })).toHaveCount(3);
    await see(dialog.getByText('0 of 3 are gone')).toBeVisible();
    await see(dialog.getByText(/3 are gone, nothing is left; every venue has confirmed it/)).toBeVisible();
    await see(dialog.getByRole('row').filter({ hasText: 'BTC/USDT:USDT' })).toHaveCount(3);
    await see(dialog.getByText('gone', { exact: true })).toHaveCount(3);
    expect(openAtVenue()).toEqual([]);

    await app.close();
    await start();
    await isLocked(page);
    await unlock(page);
    await see(band()).toContainText('every venue has confirmed it');
    await fillTicket(page, '0.02');
    await see(ticket(page).getByText(/nothing is sent until it is released/)).toBeVisible();
    await see(
      ticket(page)
        .getByRole('button', { name: /^Buy 0/ })
        .last(),
    ).toBeDisabled();
    const sent = venue.counters.orders();
    expect(refusalOf(await placeDirectly('0.02'))).toMatchObject({ code: 'risk.killSwitch' });
    expect(venue.counters.orders()).toBe(sent);
  });

  it('is released with the passphrase alone', async () => {
    await band().getByRole('button', { name: 'Release…' }).click();
    await confirmWithPassphrase(page, WRONG, 'Release');
    await see(
      releaseDialog(page)
        .getByText(/does not open the vault/)
        .first(),
    ).toBeVisible();
    expect(refusalOf(await placeDirectly('0.02'))).toMatchObject({ code: 'risk.killSwitch' });
    await confirmWithPassphrase(page, PASSPHRASE, 'Release');
    await see(band()).toBeHidden();
    await rest('0.043');
  });

  it('closes the positions too when its button is pressed so', async () => {
    expect(venue.account(UID).openPositions()).toHaveLength(1);
    await engageKillSwitch(page, 'button', true);
    const dialog = page.getByRole('alertdialog');
    await see(dialog.getByText(/2 are gone, nothing is left; every venue has confirmed it/)).toBeVisible();
    await see(dialog.getByText('Long position')).toBeVisible();
    expect(openAtVenue()).toEqual([]);
    expect(venue.account(UID).openPositions()).toEqual([]);
  });
});
