import { afterEach, beforeEach, expect, it } from 'vitest';
import { Notices } from '../../../src-main/notices.ts';
import { openPractice } from '../../../src-main/session/open-practice.ts';
import { PRACTICE_RECENT_KEY, PRACTICE_STATE_KEY } from '../../../src-main/session/practice-saver.ts';
import type { SessionParts } from '../../../src-main/session/session-parts.ts';
import { memorySettings } from '../../support/application.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const notices = new Notices();
async function opened() {
  const parts = { ledger, settings: memorySettings(), notices, timers: { now: () => 1_000_000 } };
  const exchange = await openPractice(parts as unknown as SessionParts);
  exchange.openAccount({
    accountId: 'practice',
    environment: 'practice',
    region: 'local',
    uses: ['read', 'trade'],
    keyType: 'none',
    signer: null,
  });
  const { control } = exchange;
  const usdt = control.exportState().accounts[0]?.balances['USDT'];
  exchange.dispose();
  return { usdt, state: { ...control.exportState() } };
}
const write = (key: string, value: unknown) =>
  ledger.repositories.keyValues.set({ key, value: JSON.stringify(value), time: 1 });

/** A state with so much money, saved at a time. */
async function stateWith(USDT: string, savedAt: number) {
  const { state } = await opened();
  const [account] = state.accounts;
  return { ...state, savedAt, accounts: [{ ...account, balances: { ...account?.balances, USDT } }] };
}

it('takes what was written last, and not a recent part that a crash left behind', async () => {
  const [whole, recent] = [await stateWith('500', 10), await stateWith('400', 11)];
  await write(PRACTICE_STATE_KEY, whole);
  expect((await opened()).usdt).toBe('500');
  await write(PRACTICE_RECENT_KEY, recent);
  expect((await opened()).usdt).toBe('400');
  await write(PRACTICE_STATE_KEY, { ...whole, savedAt: 12 });
  expect((await opened()).usdt).toBe('500');
});

it('starts again when what is stored makes no sense, keeps it apart and says so', async () => {
  const whole = await stateWith('500', 10);
  await write(PRACTICE_STATE_KEY, whole);
  await write(PRACTICE_RECENT_KEY, { savedAt: 11, accounts: 'none' });
  expect((await opened()).usdt).toBe('10000');
  expect(notices.all()).toMatchObject([{ id: 'practice.state' }]);
  const kept = async (key: string) => ledger.repositories.keyValues.get({ key: `${key}.damaged` });
  expect(await kept(PRACTICE_STATE_KEY)).toBe(JSON.stringify(whole));
  expect(await kept(PRACTICE_RECENT_KEY)).toContain('none');
});
