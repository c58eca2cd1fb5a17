/** Promises about money that leaves: each is a way in which a thief, a bug or a double click could take it. */
import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FundsDesk } from '../../src-main/funds/funds-desk.ts';
import { funds as fundsContract } from '../../src-preload/contract/funds.ts';
import { testLedger } from '../support/ledger.ts';
import type { TestLedger } from '../support/ledger.ts';
import { ACCOUNT, fakeFunds, lost, testDesk, withdrawal } from '../unit/funds/funds-fixture.ts';
import { useVaults } from '../unit/vault/support/use-vaults.ts';
import { passphrase } from '../unit/vault/support/vaults.ts';

const { created } = useVaults();
let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const WRONG = 'test passphrase wrong 5f1c';
const convert = (secret: Uint8Array) => ({
  accountId: ACCOUNT,
  wallet: 'unified',
  quoteId: 'q-1',
  passphrase: secret,
});
/** The quote that `convert` carries out. */
const quoted = (desk: FundsDesk) =>
  desk.convertQuote(ACCOUNT, { wallet: 'unified', from: 'ETH', to: 'BTC', amount: '1' });
const isWiped = (bytes: Uint8Array) => bytes.every((byte) => byte === 0);

/** A desk before the real vault. */
async function guarded(options: Parameters<typeof testDesk>[1] = {}) {
  const { vault, clock } = await created();
  return {
    vault,
    vaultClock: clock,
    ...testDesk(ledger, { verify: (bytes) => vault.verify(bytes), ...options }),
  };
}

describe('no withdrawal and no conversion', () => {
  it('without the passphrase of the vault', async () => {
    const { desk, funds } = await guarded();
    const secret = passphrase(WRONG);
    await expect(desk.withdraw(withdrawal({ passphrase: secret }))).rejects.toMatchObject({
      code: 'vault.wrongPassphrase',
    });
    await quoted(desk);
    await expect(desk.convert(convert(passphrase(WRONG)))).rejects.toMatchObject({
      code: 'vault.wrongPassphrase',
    });
    expect(funds.sent).toEqual([]);
    const intents = await ledger.repositories.fundsIntents.unsettled({
      accountId: ACCOUNT,
      kind: 'withdrawal',
    });
    expect(intents).toEqual([]);
    await desk.withdraw(withdrawal({ passphrase: passphrase() }));
    expect(funds.sent).toEqual(['withdraw intent-1']);
  });

  it('by guessing: wrong passphrases are counted, and then even the right one has to wait', async () => {
    const { desk, funds } = await guarded();
    let code = '';
    for (let guess = 0; guess < 20 && code !== 'vault.throttled'; guess += 1) {
      code = await desk
        .withdraw(withdrawal({ passphrase: passphrase(WRONG) }))
        .then(() => 'none')
        .catch((error: { code: string }) => error.code);
    }
    expect(code).toBe('vault.throttled');
    await expect(desk.withdraw(withdrawal({ passphrase: passphrase() }))).rejects.toMatchObject({
      code: 'vault.throttled',
    });
    expect(funds.sent).toEqual([]);
  });

  it('while the vault is locked', async () => {
    const { vault, desk, funds } = await guarded();
    await vault.lock('command');
    await expect(desk.withdraw(withdrawal({ passphrase: passphrase() }))).rejects.toMatchObject({
      code: 'vault.locked',
    });
    expect(funds.sent).toEqual([]);
  });

  it('without the use "withdraw", although key and passphrase would do', async () => {
    const { desk, funds } = await guarded({ uses: ['read', 'trade'] });
    const secret = passphrase();
    await expect(desk.withdraw(withdrawal({ passphrase: secret }))).rejects.toMatchObject({
      code: 'funds.needsUse.withdraw',
    });
    await expect(desk.convert(convert(passphrase()))).rejects.toMatchObject({
      code: 'funds.needsUse.withdraw',
    });
    await expect(desk.cancelWithdrawal(ACCOUNT, 'w-1')).rejects.toMatchObject({
      code: 'funds.needsUse.withdraw',
    });
    expect(funds.sent).toEqual([]);
    expect(isWiped(secret)).toBe(true);
  });
});

describe('a withdrawal', () => {
  it('goes to no address that is not in the venue’s own book', async () => {
    const { desk, funds } = await guarded({ funds: fakeFunds({ addressBook: () => Promise.resolve([]) }) });
    await expect(desk.withdraw(withdrawal({ passphrase: passphrase() }))).rejects.toMatchObject({
      kind: 'badInput',
      details: { problems: [{ field: 'addressId' }] },
    });
    expect(funds.sent).toEqual([]);
  });

  it('cannot even name a free address: the contract takes an id of the book and nothing else', () => {
    const { passphrase: secret, ...named } = withdrawal();
    const input = fundsContract.calls.withdraw.input;
    expect(input.safeParse({ ...named, passphrase: secret }).success).toBe(true);
    expect(input.safeParse({ ...named, passphrase: secret, address: '0xthief' }).success).toBe(false);
    expect(input.safeParse({ ...named, passphrase: secret, memo: '1' }).success).toBe(false);
    expect(input.safeParse(named).success).toBe(false);
    expect(input.safeParse({ ...named, passphrase: 'test passphrase one' }).success).toBe(false);
  });

  it('is sent once for one intent: at once, afterwards, after a lost answer, after a restart', async () => {
    const sent: string[] = [];
    const losing = fakeFunds({
      withdraw: (request) => {
        sent.push(request.intentId);
        return lost();
      },
    });
    const { desk } = await guarded({ funds: losing });
    const ask = () => desk.withdraw(withdrawal({ passphrase: passphrase() })).catch(() => null);
    await Promise.all([ask(), ask(), ask()]);
    await ask();
    const restarted = await guarded({ funds: losing });
    await restarted.desk.withdraw(withdrawal({ passphrase: passphrase() })).catch(() => null);
    expect(sent).toEqual(['intent-1']);
  });

  it('is not sent when it could not be written down first', async () => {
    const { desk, funds } = await guarded();
    ledger.failNext('fundsIntents.claim');
    await expect(desk.withdraw(withdrawal({ passphrase: passphrase() }))).rejects.toThrow();
    expect(funds.sent).toEqual([]);
  });
});

describe('the bytes of the passphrase', () => {
  it('are overwritten when it is right, when it is wrong, and when it is not even looked at', async () => {
    const { desk } = await guarded();
    const secrets = [passphrase(), passphrase(WRONG), passphrase(), passphrase(), passphrase()];
    const [right, wrong, badAccount, converted, rules] = secrets as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    await desk.withdraw(withdrawal({ passphrase: right }));
    await desk.withdraw(withdrawal({ passphrase: wrong })).catch(() => null);
    const nobody = testDesk(ledger, { funds: null });
    await nobody.desk.withdraw(withdrawal({ passphrase: badAccount })).catch(() => null);
    await quoted(desk);
    await desk.convert(convert(converted));
    await desk.withdraw(withdrawal({ passphrase: rules, intentId: 'i-2', amount: '9999' })).catch(() => null);
    expect(secrets.map(isWiped)).toEqual([true, true, true, true, true]);
  });

  it('reach neither the journal nor an error', async () => {
    const { desk } = await guarded();
    const error: unknown = await desk
      .withdraw(withdrawal({ passphrase: passphrase(WRONG) }))
      .then(() => null)
      .catch((thrown: unknown) => thrown);
    await desk.withdraw(withdrawal({ passphrase: passphrase() }));
    await quoted(desk);
    await desk.convert(convert(passphrase()));
    const kept = await Promise.all(
      ['intent-1', 'convert:q-1'].map((intentId) =>
        ledger.repositories.fundsIntents.byIntent({ accountId: ACCOUNT, intentId }),
      ),
    );
    expect(kept.every((intent) => intent?.state === 'done')).toBe(true);
    const texts = JSON.stringify([kept, error, String(error), (error as Error).stack]);
    for (const secret of ['test passphrase one', WRONG]) {
      expect(texts).not.toContain(secret);
      expect(texts).not.toContain(Buffer.from(secret).toString('base64').slice(0, 16));
      expect(texts).not.toContain(Buffer.from(secret).join(','));
    }
  });
});

describe('the desk for money', () => {
  it('prints and logs nothing', () => {
    const files = readdirSync('src-main/funds').map((name) => readFileSync(`src-main/funds/${name}`, 'utf8'));
    expect(files.length).toBeGreaterThan(3);
    for (const text of files) expect(text).not.toMatch(/console\.|app-log|process\.std/);
  });

  it('keeps every call that can make money leave behind the capability "withdraw"', () => {
    const leaving = Object.entries(fundsContract.calls)
      .filter(([, call]) => call.capability === 'withdraw')
      .map(([name]) => name);
    expect(leaving).toEqual(['withdraw', 'cancelWithdrawal', 'convert']);
    expect(Object.values(fundsContract.calls).every((call) => call.unlocked)).toBe(true);
  });
});
