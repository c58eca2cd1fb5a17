/** Canaries go through the running application; then everything it left anywhere is searched for them. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBybitVenue, type BybitVenue } from '../exchanges/bybit/venue.ts';
import { addAccount } from './bybit-journey.ts';
import { createVault, goTo, isLocked } from './journey.ts';
import { launchApp } from './launch.ts';
import type { LaunchedApp } from './launch.ts';

const CANARY = {
  passphrase: 'test passphrase canary 83012',
  key: 'test-key-canary-5519',
  secret: 'test-secret-canary-77120-abcdefgh',
};
const started = Date.now();
let venue: BybitVenue;
let app: LaunchedApp | undefined;
let answers: string[] = [];
let pushed: string[] = [];

/**
 * Everything that can be asked about an account, also what fails, and what is pushed meanwhile. The account is
 * at a venue that answers, so requests with the key in their headers have been sent, logged and refused.
 */
const ASK = `(async () => {
  const { accounts, vault, app, settings, trading, portfolio, activity, funds, subscribe } = window.holdfast;
  const pushed = [];
  const topics = ['accounts.list', 'activity.requests', 'app.health', 'trading.orders', 'portfolio.view'];
  const close = topics.map((topic) => {
    try { return subscribe(topic, {}, (value) => pushed.push(JSON.stringify(value))); } catch { return () => undefined; }
  });
  const { value } = await accounts.list({});
  const { id: accountId } = value.find(({ label }) => label === 'Canary');
  const secret = () => new TextEncoder().encode('test-secret-of-another-key');
  const given = [
    accounts.inspect({ accountId }), accounts.list({}), accounts.venues({}),
    accounts.replaceKey({ accountId, key: 'test-key-other', secret: secret(), passphrase: secret() }),
    accounts.moveSite({ accountId }),
    vault.status({}), vault.generations({}), app.state({}), app.files({}), settings.get({}),
    trading.openOrders({}), trading.orderHistory({ limit: 100, offset: 0 }), portfolio.refresh({}),
    trading.place({ accountId, symbol: 'BTC/USDT:USDT', side: 'buy', type: 'limit', quantity: '0.01', price: '1',
      timeInForce: 'GTC', postOnly: false, reduceOnly: false, positionSide: 'net', intentId: 'intent-canary' }),
    funds.assets({ accountId }), funds.addressBook({ accountId }), funds.deposits({ accountId, cursor: null }),
    funds.withdrawals({ accountId, cursor: null }), funds.transfers({ accountId, cursor: null }),
  ];
  const answers = await Promise.all(given);
  answers.push(await activity.requests({ limit: 500, offset: 0 }), await activity.latency({}));
  close.forEach((end) => end());
  return { answers: answers.map((answer) => JSON.stringify(answer)), pushed };
})()`;

/** How a text could lie in a file: as it is, in UTF-16, and in the usual encodings. */
function forms(text: string): readonly Buffer[] {
  const plain = Buffer.from(text, 'utf8');
  return [
    plain,
    Buffer.from(text, 'utf16le'),
    Buffer.from(plain.toString('hex')),
    Buffer.from(plain.toString('base64').slice(0, -4)),
  ];
}

function filesUnder(folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    // The temporary folder is everybody's: what another program removed while we look is gone.
    return [];
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path);
    return entry.isFile() ? [path] : [];
  });
}

function filesWith(files: readonly string[], canary: string): string[] {
  const wanted = forms(canary);
  return files.filter((file) => {
    try {
      const bytes = readFileSync(file);
      return wanted.some((form) => bytes.includes(form));
    } catch {
      // Gone meanwhile: Chromium tidies up while we look.
      return false;
    }
  });
}

/** Opens the vault again after the test that closed it; nothing when it is open. */
async function unlock(): Promise<void> {
  const page = app?.page;
  if (await page?.getByRole('button', { name: 'Unlock', exact: true }).isVisible()) {
    await page?.getByLabel('Passphrase', { exact: true }).fill(CANARY.passphrase);
    await page?.getByRole('button', { name: 'Unlock', exact: true }).click();
  }
  await page?.getByRole('link', { name: 'Portfolio', exact: true }).first().waitFor();
}

beforeAll(async () => {
  venue = await startBybitVenue();
  venue.addKey({ key: CANARY.key, secret: CANARY.secret, ips: ['127.0.0.1'] });
  venue.account('1001').deposit('USDT', '1000');
  app = await launchApp({ args: [`--bybit-loopback=${new URL(venue.origin).port}`] });
  const { page } = app;
  page.setDefaultTimeout(60_000);
  await createVault(page, CANARY.passphrase);
  await addAccount(page, { key: CANARY.key, secret: CANARY.secret, label: 'Canary' });
  await page.getByText('The key works from 127.0.0.1 only').waitFor();
  for (const view of ['Trade', 'Orders', 'Funds', 'Activity', 'Settings', 'Portfolio'])
    await goTo(page, view);
  // A refusal of the venue goes another way through log and messages than an answer.
  venue.faults.http('/v5/asset/withdraw/query-record', { kind: 'code', code: 10_005, message: CANARY.key });
  ({ answers, pushed } = await page.evaluate<{ answers: string[]; pushed: string[] }>(ASK));
});
afterAll(async () => {
  await app?.close();
  await venue.dispose();
});

describe('after a key went in', () => {
  it('the search itself finds a canary that was planted, in any of its forms', () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-planted-'));
    try {
      forms('planted-canary-4410').forEach((form, n) => {
        writeFileSync(
          join(folder, String(n)),
          Buffer.concat([Buffer.from('before '), form, Buffer.from(' after')]),
        );
      });
      expect(filesWith(filesUnder(folder), 'planted-canary-4410')).toHaveLength(4);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('no answer of any call holds secret, key or passphrase', () => {
    expect(answers.filter((text) => text.startsWith('{"ok":true')).length).toBeGreaterThan(12);
    expect(answers.join()).toContain('"operation":"wallet.balance"');
    expect(pushed.join()).toContain('Canary');
    for (const canary of Object.values(CANARY))
      expect([...answers, ...pushed].filter((text) => text.includes(canary))).toEqual([]);
  });

  it('the page holds none of it: no field, no attribute, no storage', async () => {
    const page = app?.page;
    await page?.waitForLoadState();
    const held = await page?.evaluate<string>(`(() => {
      const fields = [...document.querySelectorAll('input, textarea')].map((field) => field.value);
      const stores = [localStorage, sessionStorage].flatMap((store) => Object.values({ ...store }));
      return [document.documentElement.outerHTML, document.cookie, ...fields, ...stores].join('\\n');
    })()`);
    expect(held?.length).toBeGreaterThan(1000);
    for (const canary of Object.values(CANARY)) expect(held).not.toContain(canary);
  });

  it('neither arguments nor environment of the process hold any of it', () => {
    if (process.platform !== 'linux') return;
    const base = `/proc/${String(app?.pid)}`;
    const held = readFileSync(`${base}/cmdline`, 'utf8') + readFileSync(`${base}/environ`, 'utf8');
    for (const canary of Object.values(CANARY)) expect(held).not.toContain(canary);
  });

  it('no file of ours, of Chromium or in the temporary folder holds any of it, open or locked', async () => {
    const data = app?.userDataDir ?? '';
    // A checkout may lie there itself, and this file holds what is looked for.
    const checkout = join(import.meta.dirname, '../..');
    const temporary = filesUnder(tmpdir()).filter((file) => {
      try {
        if (file.startsWith(checkout)) return false;
        const { mtimeMs, size } = statSync(file);
        return mtimeMs >= started && size < 50_000_000;
      } catch {
        return false;
      }
    });
    expect(filesUnder(data).length).toBeGreaterThan(5);
    for (const canary of Object.values(CANARY)) {
      expect(filesWith([...filesUnder(data), ...temporary], canary)).toEqual([]);
    }
    await app?.page.getByRole('button', { name: /^Lock/ }).first().click();
    if (app) await isLocked(app.page);
    for (const canary of Object.values(CANARY)) expect(filesWith(filesUnder(data), canary)).toEqual([]);
  });

  it('the list of requests goes out readable for its owner alone, and without any of it', async () => {
    const target = join(tmpdir(), `holdfast-requests-${String(started)}.jsonl`);
    try {
      await unlock();
      await app?.control.answerDialog({ kind: 'save', filePath: target });
      const answer = await app?.page.evaluate<{ ok: boolean; value: { rows: number } }>(
        'window.holdfast.activity.export({})',
      );
      expect(answer).toMatchObject({ ok: true, value: { path: target } });
      expect(answer?.value.rows).toBeGreaterThan(10);
      if (process.platform !== 'win32') expect(statSync(target).mode & 0o777).toBe(0o600);
      const lines = readFileSync(target, 'utf8').trim().split('\n');
      expect(lines).toHaveLength(answer?.value.rows ?? 0);
      expect(lines.some((line) => line.includes('/v5/account/wallet-balance'))).toBe(true);
      for (const canary of Object.values(CANARY)) expect(filesWith([target], canary)).toEqual([]);
    } finally {
      rmSync(target, { force: true });
    }
  });

  it('neither what the program printed nor its log holds any of it', () => {
    const printed = app?.logs().join('\n') ?? '';
    for (const canary of Object.values(CANARY)) expect(printed).not.toContain(canary);
  });

  it('an export is ciphertext', async () => {
    const target = join(tmpdir(), `holdfast-export-${String(started)}.hfx`);
    try {
      const page = app?.page;
      await unlock();
      await app?.control.answerDialog({ kind: 'save', filePath: target });
      const answer = await page?.evaluate(`(() => {
        const bytes = () => new TextEncoder().encode(${JSON.stringify(CANARY.passphrase)});
        return window.holdfast.vault.exportEncrypted({ passphrase: bytes(), exportPassphrase: bytes() });
      })()`);
      expect(answer).toEqual({ ok: true, value: { path: target } });
      for (const canary of Object.values(CANARY)) expect(filesWith([target], canary)).toEqual([]);
    } finally {
      rmSync(target, { force: true });
    }
  });
});
