/**
 * `npm run pictures`: makes the pictures of README.md into docs/pictures/ from the running application on the
 * synthetic market. Something is traded first, so that the views are full. Fails when a picture is too heavy for
 * a page that people load.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'playwright/test';
import type { Page } from 'playwright';
import { createVault, goTo, isLocked, unlock } from '../test/e2e/journey.ts';
import { launchApp } from '../test/e2e/launch.ts';
import type { LaunchedApp } from '../test/e2e/launch.ts';
import { ensureBuilt } from './ensure-built.ts';

const folder = resolve(import.meta.dirname, '../docs/pictures');
const VIEWPORT = { width: 1440, height: 900 };
const MAX_BYTES = 300 * 1024;
/** Panels fade in for 120 ms, candles and book come with the first answers. */
const SETTLE_MS = 1_500;
/** Long enough for prices to move between two points of the equity curve. */
const TRADING_MS = 4_000;
/** Each lock takes a snapshot of the equity: that many points has the curve. */
const LOCKS = 5;

const PERP = 'BTC/USDT:USDT';

interface Answer<T> {
  readonly ok: boolean;
  readonly value: T;
  readonly error?: { readonly message: string };
}

/** A call of the contract from inside the page, as the views make it. Throws with the message of a refusal. */
async function ask<T>(page: Page, call: string, input: object): Promise<T> {
  const answer = await page.evaluate<Answer<T>>(`window.holdfast.${call}(${JSON.stringify(input)})`);
  if (!answer.ok) throw new Error(`${call}: ${answer.error?.message ?? 'refused'}`);
  return answer.value;
}

interface Terms {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly price?: string;
}

/** A limit order when a price is given, else a market order. */
async function order(page: Page, terms: Terms): Promise<void> {
  const accounts = await ask<readonly { id: string }[]>(page, 'accounts.list', {});
  await ask(page, 'trading.place', {
    ...terms,
    accountId: accounts[0]?.id,
    type: terms.price === undefined ? 'market' : 'limit',
    timeInForce: terms.price === undefined ? 'IOC' : 'GTC',
    postOnly: false,
    reduceOnly: false,
    positionSide: 'net',
    intentId: crypto.randomUUID(),
  });
}

/** The last price, as a number: pictures need no exact money. */
async function lastPrice(page: Page, symbol: string): Promise<number> {
  const market = { venue: 'practice', symbol };
  const trades = await ask<readonly { price: string }[]>(page, 'market.trades', { market, limit: 1 });
  return Number(trades.at(-1)?.price);
}

async function setAlerts(page: Page): Promise<void> {
  const rest = { repeat: 'once', cooldownSeconds: 0, hysteresisPercent: '0', notify: true } as const;
  const market = { venue: 'practice', symbol: PERP };
  const last = await lastPrice(page, PERP);
  await ask(page, 'alerts.create', {
    ...rest,
    label: 'Around the opening',
    condition: { kind: 'priceCrosses', market, direction: 'either', price: String(last), source: 'last' },
  });
  const repeating = { ...rest, repeat: 'repeating', cooldownSeconds: 300, hysteresisPercent: '0.2' } as const;
  await ask(page, 'alerts.create', {
    ...repeating,
    label: 'Break-out',
    condition: {
      kind: 'priceCrosses',
      market,
      direction: 'above',
      price: String(Math.ceil(last / 500) * 500),
      source: 'mark',
    },
  });
  await ask(page, 'alerts.create', {
    ...repeating,
    label: 'Fast market',
    condition: { kind: 'percentMove', market, direction: 'either', percent: '1.5', windowMinutes: 15 },
  });
  await ask(page, 'alerts.create', {
    ...rest,
    label: 'No connection',
    condition: { kind: 'connectionLost', venue: null, afterSeconds: 30 },
  });
  await ask(page, 'alerts.create', {
    ...repeating,
    cooldownSeconds: 0,
    hysteresisPercent: '0',
    label: 'Filled',
    condition: { kind: 'orderFilled', accountId: null, partial: false },
  });
}

async function trade(page: Page): Promise<void> {
  await order(page, { symbol: PERP, side: 'buy', quantity: '0.05' });
  await order(page, { symbol: 'ETH/USDT:USDT', side: 'sell', quantity: '0.8' });
  await order(page, { symbol: 'BTC/USDT', side: 'buy', quantity: '0.01' });
  await order(page, { symbol: PERP, side: 'buy', quantity: '0.02' });
  const last = await lastPrice(page, PERP);
  for (const [side, factor, quantity] of [
    ['buy', 0.998, '0.02'],
    ['buy', 0.996, '0.03'],
    ['sell', 1.003, '0.025'],
  ] as const) {
    await order(page, { symbol: PERP, side, quantity, price: String(Math.round(last * factor)) });
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  // A pointer over a row or a toast on its way out is not what the picture is about.
  await page.mouse.move(4, 4);
  await page.waitForTimeout(SETTLE_MS);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  const { size } = statSync(path);
  console.log(`docs/pictures/${name}.png (${String(Math.round(size / 1024))} KiB)`);
  if (size > MAX_BYTES) throw new Error(`${name}.png is over ${String(MAX_BYTES / 1024)} KiB`);
}

async function openTrade(page: Page): Promise<void> {
  await goTo(page, 'Trade');
  await expect(page.getByRole('button', { name: /^Bid/ })).toContainText(/\d/);
}

async function lock(page: Page): Promise<void> {
  await page.keyboard.press('Control+l');
  await isLocked(page);
}

async function takeAll(app: LaunchedApp): Promise<void> {
  const { page, control } = app;
  await createVault(page);
  await openTrade(page);
  await setAlerts(page);
  await trade(page);
  for (let index = 0; index < LOCKS; index += 1) {
    await page.waitForTimeout(TRADING_MS);
    await lock(page);
    await unlock(page);
    await openTrade(page);
  }
  await page.waitForTimeout(TRADING_MS);
  await page
    .getByRole('region', { name: 'Order', exact: true })
    .getByLabel('Size', { exact: true })
    .fill('0.04');
  await shoot(page, 'trade-dark');
  await control.colorScheme('light');
  await shoot(page, 'trade-light');
  await goTo(page, 'Alerts');
  await page.getByText('Filled').first().waitFor();
  await shoot(page, 'alerts-light');
  await control.colorScheme('dark');
  await goTo(page, 'Portfolio');
  await page.getByRole('heading', { name: 'Accounts and wallets' }).waitFor();
  await shoot(page, 'portfolio-dark');
  await lock(page);
  // The form stands in the middle of nothing: a small window shows it better.
  await page.setViewportSize({ width: 1024, height: 640 });
  await shoot(page, 'unlock-dark');
}

ensureBuilt();
mkdirSync(folder, { recursive: true });
const app = await launchApp({ args: ['--seed=7'], viewport: VIEWPORT, colorScheme: 'dark' });
app.page.setDefaultTimeout(30_000);
try {
  await takeAll(app);
} finally {
  await app.close();
}
console.log(`made on the ${app.host}`);
