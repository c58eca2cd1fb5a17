/**
 * The main job at Bybit: the built application against a loopback Bybit on this machine, which speaks the real
 * protocol. Everything happens in the window; nothing leaves 127.0.0.1.
 */
import { startBybitVenue, type BybitVenue } from '../test/exchanges/bybit/venue.ts';
import {
  alertFired,
  cancelOrder,
  createAlert,
  createVault,
  dock,
  getFilled,
  goTo,
  lock,
  lookAt,
  placeOrder,
  stream,
  unlock,
  type DemoContext,
  type DemoStep,
} from './demo-steps.ts';

const KEY = 'test-key-of-the-demo';
const SECRET = 'test-secret-of-the-demo';
const UID = '1001';
const MOVE_EVERY_MS = 250;

export interface DemoVenue {
  readonly port: number;
  dispose(): Promise<void>;
}

/** A venue with an account and a market that moves a little all the time. */
export async function startDemoVenue(): Promise<DemoVenue> {
  const venue = await startBybitVenue({ seed: 7 });
  venue.addKey({ key: KEY, secret: SECRET, ips: ['127.0.0.1'] });
  venue.account(UID).deposit('USDT', '100000').deposit('BTC', '0.5').deposit('USDT', '5000', 'FUND');
  const timer = setInterval(() => move(venue), MOVE_EVERY_MS);
  return {
    port: Number(new URL(venue.origin).port),
    dispose: async () => {
      clearInterval(timer);
      await venue.dispose();
    },
  };
}

let moves = 0;

/** Another size at the best prices and a trade between strangers: the book and the tape show that they live. */
function move(venue: BybitVenue): void {
  const market = venue.market('linear', 'BTCUSDT');
  const [bid, ask] = [market.bestBid(), market.bestAsk()];
  if (bid === null || ask === null) return;
  moves += 1;
  market.setLevel('Buy', bid[0], `${String(1 + (moves % 5))}.5`);
  market.setLevel('Sell', ask[0], `${String(1 + (moves % 4))}.25`);
  if (moves % 2 === 0) market.print('Buy', ask[0], '0.015');
  else market.print('Sell', bid[0], '0.02');
}

async function addKey({ page, shoot }: DemoContext): Promise<void> {
  await goTo(page, 'Accounts');
  await page.getByRole('button', { name: 'Add account' }).first().click();
  const form = page.getByRole('dialog');
  await form.getByText('Live', { exact: true }).click();
  await form.getByLabel('Name', { exact: true }).fill('Loopback');
  await form.getByLabel('API key', { exact: true }).fill(KEY);
  await form.getByLabel('API secret', { exact: true }).fill(SECRET);
  await form.getByRole('checkbox', { name: /^Trade/ }).check();
  await shoot('add-account');
  await form.getByRole('button', { name: 'Add account' }).click();
  await page.getByText('Loopback').first().waitFor();
}

async function inspected({ page, shoot }: DemoContext): Promise<void> {
  await page
    .getByText(/cannot withdraw/i)
    .first()
    .waitFor();
  await shoot('key-inspector');
  await page.getByRole('button', { name: 'Trade with this account' }).click();
}

async function wallets({ page, shoot }: DemoContext): Promise<void> {
  await goTo(page, 'Portfolio');
  await page
    .getByText(/Loopback/)
    .first()
    .waitFor();
  await page
    .getByRole('cell', { name: /Funding/ })
    .first()
    .waitFor();
  await shoot('portfolio-bybit');
}

async function openMarket({ page }: DemoContext): Promise<void> {
  await goTo(page, 'Trade');
  await page.getByText('BTC/USDT:USDT').first().waitFor();
}

async function protect({ page, shoot }: DemoContext): Promise<void> {
  await goTo(page, 'Trade');
  await dock(page)
    .getByRole('tab', { name: /Positions/ })
    .click();
  await dock(page)
    .getByRole('button', { name: /^Take profit and stop loss of/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  const [profit, loss] = [dialog.getByLabel(/Take profit/).first(), dialog.getByLabel(/Stop loss/).first()];
  await profit.fill('70000');
  await loss.fill('60000');
  await shoot('protect');
  await dialog.getByRole('button', { name: /^Set/ }).click();
  await dialog.waitFor({ state: 'hidden' });
  await dock(page)
    .getByText(/70.?000/)
    .first()
    .waitFor();
}

async function transfer({ page, shoot }: DemoContext): Promise<void> {
  await goTo(page, 'Funds');
  const coin = page.getByRole('combobox', { name: 'Coin' });
  await coin.click();
  await coin.fill('USDT');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Amount' }).fill('250');
  await shoot('transfer');
  await page.getByRole('button', { name: /^Move 250 USDT/ }).click();
  await page
    .getByText(/250 USDT moved/)
    .first()
    .waitFor();
}

async function deposit({ page, shoot }: DemoContext): Promise<void> {
  await page.getByRole('tab', { name: 'Deposit' }).click();
  const coin = page.getByRole('combobox', { name: 'Coin' });
  await coin.click();
  await coin.fill('USDT');
  await page.keyboard.press('Enter');
  await page.getByRole('radio').first().check();
  await page.getByRole('button', { name: /Compare and copy/ }).waitFor();
  await shoot('deposit');
}

async function activity({ page, shoot }: DemoContext): Promise<void> {
  await goTo(page, 'Activity');
  await page.getByPlaceholder('Operation or path').fill('order.create');
  await page.getByText('order.create').first().waitFor();
  await shoot('activity');
}

export const BYBIT_STEPS: readonly DemoStep[] = [
  { name: 'create a vault', run: createVault },
  { name: 'add a Bybit key', run: addKey },
  { name: 'inspect the key', run: inspected },
  { name: 'see the wallets', run: wallets },
  { name: 'open a market', run: openMarket },
  { name: 'stream the market', run: stream },
  { name: 'set an alert', run: createAlert },
  { name: 'place an order', run: placeOrder },
  { name: 'cancel it', run: cancelOrder },
  { name: 'get filled', run: getFilled },
  { name: 'the alert fires', run: alertFired },
  { name: 'protect the position', run: protect },
  { name: 'move money between wallets', run: transfer },
  { name: 'see a deposit address', run: deposit },
  { name: 'see what was sent', run: activity },
  { name: 'look at every view', run: lookAt(['Portfolio', 'Orders', 'Accounts', 'Settings']) },
  { name: 'lock', run: lock },
  { name: 'unlock and find everything', run: unlock },
];
