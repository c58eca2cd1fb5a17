import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAppLog } from '../../src-main/storage/app-log.ts';
import { NO_DIALOGS, PASSPHRASE, bytes } from '../support/application.ts';
import type { TestApplication } from '../support/application.ts';
import { CONTEXT, created, start } from './running.ts';

const KEY = {
  venue: 'bitfinex',
  environment: 'live',
  region: 'global',
  label: 'Main',
  uses: ['read'],
  key: 'test-key-0001',
  secret: bytes('test-secret-0001'),
} as const;

describe('an export', () => {
  const EXPORT = 'test passphrase of the export';

  async function exported(): Promise<{ file: string; from: TestApplication }> {
    const from = start({
      dialogs: {
        ...NO_DIALOGS,
        saveExport: () => Promise.resolve(join(from.folder, 'export.hfx')),
        openExport: () => Promise.resolve(join(from.folder, 'export.hfx')),
      },
    });
    await from.handlers.vault.create({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    await from.handlers.accounts.add({ ...KEY, uses: ['read'], secret: bytes('test-secret-0003') }, CONTEXT);
    await from.handlers.vault.exportEncrypted(
      { passphrase: bytes(PASSPHRASE), exportPassphrase: bytes(EXPORT) },
      CONTEXT,
    );
    return { file: join(from.folder, 'export.hfx'), from };
  }
  const opening = (file: string) => ({ ...NO_DIALOGS, openExport: () => Promise.resolve(file) });

  it('becomes the vault on the first run, and is open then', async () => {
    const { file } = await exported();
    const fresh = start({ dialogs: opening(file) });
    expect(await fresh.handlers.vault.importEncrypted({ exportPassphrase: bytes(EXPORT) }, CONTEXT)).toEqual({
      added: 1,
      skipped: 0,
    });
    expect((await fresh.handlers.app.state({}, CONTEXT)).phase).toBe('unlocked');
    expect((await fresh.handlers.accounts.list({}, CONTEXT)).map((account) => account.label)).toEqual([
      'Practice',
      'Main',
    ]);
    await fresh.handlers.vault.lock({}, CONTEXT);
    expect((await fresh.handlers.vault.unlock({ passphrase: bytes(EXPORT) }, CONTEXT)).state).toBe(
      'unlocked',
    );
  });

  it('leaves no vault behind when its passphrase is wrong, and throttles guessing', async () => {
    const { file } = await exported();
    const fresh = start({ dialogs: opening(file) });
    const guess = () =>
      Promise.resolve(
        fresh.handlers.vault.importEncrypted({ exportPassphrase: bytes('test passphrase wrong') }, CONTEXT),
      );
    for (let tries = 0; tries < 5; tries += 1)
      await expect(guess()).rejects.toMatchObject({ code: 'vault.wrongPassphrase' });
    await expect(guess()).rejects.toMatchObject({ kind: 'throttled' });
    expect((await fresh.handlers.app.state({}, CONTEXT)).phase).toBe('firstRun');
  });

  it('is refused while a vault is locked, before any file is asked for', async () => {
    const { from } = await exported();
    await from.handlers.vault.lock({}, CONTEXT);
    await expect(
      from.handlers.vault.importEncrypted({ exportPassphrase: bytes(EXPORT) }, CONTEXT),
    ).rejects.toMatchObject({ kind: 'locked', details: { action: 'unlock' } });
  });
});

describe('keys', () => {
  it('go in once, are listed by their last characters, and never come back', async () => {
    const app = await created();
    const secret = bytes('test-secret-canary-7431');
    const account = await app.handlers.accounts.add({ ...KEY, uses: ['read'], secret }, CONTEXT);
    expect(account).toMatchObject({ venue: 'bitfinex', keyLast4: '0001', state: 'notSupported' });
    expect([...secret].every((byte) => byte === 0)).toBe(true);
    expect(JSON.stringify(await app.handlers.accounts.list({}, CONTEXT))).not.toContain('canary');
    expect(
      (await app.handlers.accounts.rename({ accountId: account.id, label: 'Other' }, CONTEXT)).label,
    ).toBe('Other');
    await app.handlers.accounts.remove({ accountId: account.id }, CONTEXT);
    expect(await app.handlers.accounts.list({}, CONTEXT)).toHaveLength(1);
  });

  it('are refused for a site or environment that the venue does not have', async () => {
    const app = await created();
    const add = (over: object) =>
      Promise.resolve().then(() =>
        app.handlers.accounts.add({ ...KEY, venue: 'bybit', uses: ['read'], ...over } as never, CONTEXT),
      );
    await expect(add({ region: 'mars' })).rejects.toMatchObject({
      details: { problems: [{ field: 'region' }] },
    });
    await expect(add({ region: 'eu', environment: 'testnet' })).rejects.toMatchObject({
      details: { problems: [{ field: 'environment' }] },
    });
    await expect(add({ venue: 'bitget' })).rejects.toMatchObject({
      details: { problems: [{ field: 'venuePassphrase' }] },
    });
  });

  it('are widened only with the passphrase', async () => {
    const app = await created();
    const account = await app.handlers.accounts.add(
      { ...KEY, uses: ['read'], secret: bytes('test-secret-0002') },
      CONTEXT,
    );
    const widen = (passphrase: string) =>
      app.handlers.accounts.setUses(
        { accountId: account.id, uses: ['trade'], passphrase: bytes(passphrase) },
        CONTEXT,
      );
    await expect(widen('test passphrase that is wrong')).rejects.toMatchObject({
      code: 'vault.wrongPassphrase',
    });
    expect((await widen(PASSPHRASE)).uses).toEqual(['read', 'trade']);
  });
});

describe('replacing a key', () => {
  const replacement = (over: object = {}) => ({
    key: 'test-key-0002',
    secret: bytes('test-secret-0002'),
    passphrase: bytes(PASSPHRASE),
    ...over,
  });
  const withKey = async () => {
    const app = await created();
    const account = await app.handlers.accounts.add(
      { ...KEY, uses: ['trade'], secret: bytes('test-secret-0001') },
      CONTEXT,
    );
    const replace = (over: object = {}) =>
      Promise.resolve().then(() =>
        app.handlers.accounts.replaceKey({ accountId: account.id, ...replacement(over) }, CONTEXT),
      );
    return { app, account, replace };
  };

  it('keeps the account with its label and uses, and signs with the new secret', async () => {
    const { app, account, replace } = await withKey();
    const secret = bytes('test-secret-0002');
    const replaced = await replace({ secret });
    expect(replaced).toMatchObject({
      id: account.id,
      label: 'Main',
      keyLast4: '0002',
      uses: ['read', 'trade'],
      permissions: null,
    });
    expect([...secret].every((byte) => byte === 0)).toBe(true);
    const signer = app.application.vault.signer(account.id);
    expect(await signer.sign('hmac-sha256-hex', 'x')).toBe(
      createHmac('sha256', 'test-secret-0002').update('x').digest('hex'),
    );
  });

  it('asks for the passphrase, and changes nothing when that is wrong', async () => {
    const { app, replace } = await withKey();
    await expect(replace({ passphrase: bytes('test passphrase wrong') })).rejects.toMatchObject({
      code: 'vault.wrongPassphrase',
    });
    expect((await app.handlers.accounts.list({}, CONTEXT))[1]?.keyLast4).toBe('0001');
  });

  it('is refused for the practice account, an unknown one, and without the passphrase that a venue gives', async () => {
    const { app, replace } = await withKey();
    await expect(replace({ accountId: 'practice' })).rejects.toMatchObject({
      details: { problems: [{ field: 'accountId' }] },
    });
    await expect(replace({ accountId: 'gone' })).rejects.toMatchObject({ kind: 'notFound' });
    const bitget = await app.handlers.accounts.add(
      {
        ...KEY,
        venue: 'bitget',
        label: 'Second',
        uses: ['read'],
        secret: bytes('test-secret-0004'),
        venuePassphrase: bytes('test-venue-passphrase'),
      },
      CONTEXT,
    );
    await expect(replace({ accountId: bitget.id })).rejects.toMatchObject({
      details: { problems: [{ field: 'venuePassphrase' }] },
    });
    await expect(
      replace({ accountId: bitget.id, venuePassphrase: bytes('test passphrase with spaces') }),
    ).rejects.toMatchObject({ details: { problems: [{ field: 'venuePassphrase' }] } });
    expect(
      await replace({ accountId: bitget.id, venuePassphrase: bytes('test-venue-passphrase') }),
    ).toMatchObject({ keyLast4: '0002' });
  });
});

describe('the files', () => {
  it('are where the settings page says, and can be shown in the file manager', async () => {
    const shown: string[] = [];
    const app = start({ reveal: (path) => shown.push(path) });
    await app.handlers.app.revealFile({ file: 'generations' }, CONTEXT);
    expect(shown).toEqual([app.folder]);
    await app.handlers.vault.create({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    await app.handlers.accounts.add({ ...KEY, uses: ['read'], secret: bytes('test-secret-0005') }, CONTEXT);
    openAppLog(app.application.files.logs);
    const files = await app.handlers.app.files({}, CONTEXT);
    for (const file of ['vault', 'generations', 'ledger', 'logs'] as const) {
      expect(existsSync(files[file]), files[file]).toBe(true);
      await app.handlers.app.revealFile({ file }, CONTEXT);
    }
    expect(shown.slice(1)).toEqual([files.vault, files.generations, files.ledger, files.logs]);
    const listed = await app.handlers.vault.generations({}, CONTEXT);
    expect(readdirSync(files.generations).length).toBeGreaterThanOrEqual(listed.length);
    expect(listed.length).toBeGreaterThan(0);
  });
});

describe('a vault file that is damaged', () => {
  it('is told by its fault, and can be put back to an earlier state', async () => {
    const app = await created();
    await app.handlers.accounts.add({ ...KEY, uses: ['read'], secret: bytes('test-secret-0006') }, CONTEXT);
    expect(await app.handlers.vault.status({}, CONTEXT)).toMatchObject({ fault: null, recoveredFrom: null });
    await app.handlers.vault.lock({}, CONTEXT);
    const { vault } = app.application.files;
    writeFileSync(vault, readFileSync(vault).subarray(0, 40));
    expect(await app.handlers.vault.status({}, CONTEXT)).toMatchObject({
      state: 'locked',
      fault: 'vault.damaged',
    });
    const [newest] = await app.handlers.vault.generations({}, CONTEXT);
    const restored = await app.handlers.vault.restoreGeneration(
      { generationId: newest?.id ?? 'none' },
      CONTEXT,
    );
    expect(restored.fault).toBeNull();
    await app.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
  });
});

describe('settings of the lock', () => {
  it('cannot be weakened by whoever stands before a locked Holdfast', async () => {
    const app = await created();
    await app.handlers.vault.lock({}, CONTEXT);
    const weaken = () => app.handlers.settings.update({ lock: { idleMinutes: 0 } }, CONTEXT);
    expect(weaken).toThrowError(expect.objectContaining({ kind: 'locked' }) as Error);
    expect((await app.handlers.settings.update({ theme: 'light' }, CONTEXT)).theme).toBe('light');
    await app.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    expect((await app.handlers.settings.update({ lock: { idleMinutes: 0 } }, CONTEXT)).lock.idleMinutes).toBe(
      0,
    );
  });
});

describe('forget everything', () => {
  it('deletes vault, earlier states and ledger, and goes back to the first run', async () => {
    const app = await created();
    const report = await app.handlers.vault.forgetEverything({ confirm: 'FORGET' }, CONTEXT);
    expect(report?.deleted).toEqual(
      expect.arrayContaining([join(app.folder, 'vault.hfv'), join(app.folder, 'ledger.db')]),
    );
    expect((await app.handlers.app.state({}, CONTEXT)).phase).toBe('firstRun');
  });

  it('does nothing, and locks nothing, when the person says no to main', async () => {
    const asked = start({ dialogs: { ...NO_DIALOGS, confirmForget: () => Promise.resolve(false) } });
    await asked.handlers.vault.create({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    expect(await asked.handlers.vault.forgetEverything({ confirm: 'FORGET' }, CONTEXT)).toBeNull();
    expect((await asked.handlers.app.state({}, CONTEXT)).phase).toBe('unlocked');
  });

  it('leaves no file of its own behind', async () => {
    const app = await created();
    await app.handlers.accounts.add({ ...KEY, uses: ['read'], secret: bytes('test-secret-0007') }, CONTEXT);
    openAppLog(app.application.files.logs).info('test line');
    for (const name of ['window.json', 'vault.hfv.quick', 'logs/holdfast.log.1'])
      writeFileSync(join(app.folder, name), '{}');
    await app.handlers.vault.forgetEverything({ confirm: 'FORGET' }, CONTEXT);
    const left = readdirSync(app.folder, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile()).map((entry) => entry.name)).toEqual([]);
  });
});
