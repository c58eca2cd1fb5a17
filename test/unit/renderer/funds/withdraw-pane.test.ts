// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import WithdrawPane from '../../../../src-renderer/features/funds/WithdrawPane.vue';
import { dropAllDrafts, useDraft } from '../../../../src-renderer/lib/use-draft.ts';
import { installBridge, mountView, refusal, settle, textOf, typeInto } from '../lib/bridge.ts';

const account = { id: 'acc-1', venue: 'bybit', label: 'Main', uses: ['read', 'withdraw'] };
const network = {
  id: 'TRX',
  name: 'Tron (TRC20)',
  depositOpen: true,
  withdrawOpen: true,
  confirmations: 20,
  minDeposit: null,
  minWithdrawal: '10',
  withdrawFee: '1',
  withdrawFeeRate: '0',
  precision: 6,
  contractEnd: null,
};
const booked = {
  id: 'book-1',
  asset: 'USDT',
  network: 'TRX',
  address: 'TFakeFakeFakeFakeFakeFake01',
  memo: null,
  label: 'Cold wallet',
  usable: true,
};
const quote = {
  asset: 'USDT',
  network: 'TRX',
  debited: '151',
  fee: '1',
  received: '150',
  available: '500',
  problems: [] as unknown[],
};
const sent = { id: 'w-1', asset: 'USDT', amount: '150' };

beforeEach(() => dropAllDrafts());
afterEach(() => document.body.replaceChildren());

const button = (text: RegExp): HTMLButtonElement | undefined =>
  [...document.querySelectorAll('button')].find((one) => text.test(one.textContent ?? ''));

async function pane(answers: Record<string, (input: unknown) => unknown> = {}, over: object = {}) {
  const bridge = installBridge({
    'funds.assets': () => [{ asset: 'USDT', name: 'Tether', networks: [network] }],
    'funds.addressBook': () => [booked, { ...booked, id: 'book-2', label: 'New', usable: false }],
    'funds.quoteWithdrawal': () => quote,
    'funds.withdraw': () => sent,
    ...answers,
  });
  const draft = useDraft('funds.withdraw.acc-1', () => ({
    asset: '',
    addressId: '',
    network: '',
    amount: '',
    feeFromAmount: false,
    intentId: 'intent-1',
  }));
  mountView(WithdrawPane, { account: { ...account, ...over } });
  await settle();
  draft.asset = 'USDT';
  await settle();
  return { bridge, draft };
}

async function fillAndReview(): Promise<void> {
  document.querySelector<HTMLInputElement>('input[value="book-1"]')?.click();
  await settle();
  typeInto(document.querySelector('input[inputmode=decimal]'), '150');
  await settle();
  button(/^\s*Review/)
    ?.closest('form')
    ?.dispatchEvent(new Event('submit', { cancelable: true }));
  await settle();
}

async function confirm(passphrase: string): Promise<void> {
  typeInto(document.querySelector('input[type=password]'), passphrase);
  document.querySelector('[role=dialog] form')?.dispatchEvent(new Event('submit', { cancelable: true }));
  await settle();
}

const withdrawals = (bridge: Awaited<ReturnType<typeof pane>>['bridge']) =>
  bridge.calls.filter(({ name }) => name === 'funds.withdraw');

describe('WithdrawPane', () => {
  it('offers nothing for an account that may not be used for withdrawals', async () => {
    await pane({}, { uses: ['read', 'trade'] });
    expect(document.body.textContent).toContain('Withdrawals are switched off');
    expect(document.querySelector('form')).toBeNull();
  });

  it('does not let an entry be chosen that the venue holds back', async () => {
    await pane();
    expect(document.querySelector<HTMLInputElement>('input[value="book-2"]')?.disabled).toBe(true);
  });

  it('sends once, with the passphrase as bytes that are overwritten, and makes a new intent', async () => {
    const { bridge, draft } = await pane();
    await fillAndReview();
    expect(document.body.textContent).toContain('one five zero');
    await confirm('test passphrase');
    const [call, ...more] = withdrawals(bridge);
    expect(more).toHaveLength(0);
    expect(call?.input).toMatchObject({
      addressId: 'book-1',
      network: 'TRX',
      amount: '150',
      intentId: 'intent-1',
    });
    expect(textOf(call?.input['passphrase'])).toBe('test passphrase');
    expect([...(call?.live['passphrase'] as Uint8Array)].every((byte) => byte === 0)).toBe(true);
    expect(draft.amount).toBe('');
    expect(draft.intentId).not.toBe('intent-1');
  });

  it('keeps the intent after a lost answer, so that the next press is the same withdrawal', async () => {
    const { bridge, draft } = await pane({
      'funds.withdraw': () => {
        throw refusal('net.noAnswer', { kind: 'unknownOutcome', message: 'No answer came.' });
      },
    });
    await fillAndReview();
    await confirm('test passphrase');
    expect(draft.intentId).toBe('intent-1');
    await confirm('test passphrase');
    expect(withdrawals(bridge).map(({ input }) => input['intentId'])).toEqual(['intent-1', 'intent-1']);
  });

  it('cannot be sent while a rule is broken, and says which', async () => {
    await pane({
      'funds.quoteWithdrawal': () => ({
        ...quote,
        problems: [{ field: 'amount', rule: 'must be at least 200 USDT', nearest: '200' }],
      }),
    });
    await fillAndReview();
    expect(document.body.textContent).toContain('must be at least 200 USDT');
    expect(document.querySelector('[role=dialog]')).toBeNull();
  });
});
