/** Canaries go through the running application; then everything it left anywhere is searched for them. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVault, goTo, isLocked } from './journey.ts';
import { launchApp } from './launch.ts';
import type { LaunchedApp } from './launch.ts';

const CANARY = {
  passphrase: 'test passphrase canary 83012',
  key: 'test-key-canary-5519',
  secret: 'test-secret-canary-77120-abcdefgh',
};
const started = Date.now();
let app: LaunchedApp | undefined;
let answers: string[] = [];

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
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
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

beforeAll(async () => {
  app = await launchApp();
  const { page } = app;
  page.setDefaultTimeout(60_000);
  await createVault(page, CANARY.passphrase);
  await goTo(page, 'Accounts');
  await page.getByRole('button', { name: 'Add account' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('Canary');
  await page.getByLabel('API key', { exact: true }).fill(CANARY.key);
  await page.getByLabel('API secret', { exact: true }).fill(CANARY.secret);
  await page.getByRole('button', { name: 'Add account', exact: true }).last().click();
  await page.getByText('Canary').first().waitFor();
  for (const view of ['Trade', 'Orders', 'Alerts', 'Settings', 'Portfolio']) await goTo(page, view);
  answers = await page.evaluate<string[]>(`(async () => {
    const { accounts, vault, app, settings, trading } = window.holdfast;
    const calls = [
      accounts.list({}), accounts.venues({}), vault.status({}), vault.generations({}),
      app.state({}), app.files({}), settings.get({}), trading.openOrders({}),
    ];
    return (await Promise.all(calls)).map((answer) => JSON.stringify(answer));
  })()`);
});
afterAll(async () => {
  await app?.close();
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
    expect(answers.length).toBeGreaterThan(5);
    for (const canary of Object.values(CANARY))
      expect(answers.filter((text) => text.includes(canary))).toEqual([]);
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
    const temporary = filesUnder(tmpdir()).filter((file) => {
      try {
        const { mtimeMs, size } = statSync(file);
        return mtimeMs >= started && size < 50_000_000;
      } catch {
        return false;
      }
    });
    for (const canary of Object.values(CANARY)) {
      expect(filesWith([...filesUnder(data), ...temporary], canary)).toEqual([]);
    }
    await app?.page.getByRole('button', { name: /^Lock/ }).first().click();
    if (app) await isLocked(app.page);
    for (const canary of Object.values(CANARY)) expect(filesWith(filesUnder(data), canary)).toEqual([]);
  });

  it('neither what the program printed nor its log holds any of it', () => {
    const printed = app?.logs().join('\n') ?? '';
    for (const canary of Object.values(CANARY)) expect(printed).not.toContain(canary);
  });

  it('an export is ciphertext', async () => {
    const target = join(tmpdir(), `holdfast-export-${String(started)}.hfx`);
    try {
      const page = app?.page;
      await page?.getByLabel('Passphrase', { exact: true }).fill(CANARY.passphrase);
      await page?.getByRole('button', { name: 'Unlock', exact: true }).click();
      await page?.getByRole('link', { name: 'Portfolio', exact: true }).first().waitFor();
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
