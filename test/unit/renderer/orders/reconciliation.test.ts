// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import ReconciliationPane from '../../../../src-renderer/features/orders/reconcile/ReconciliationPane.vue';
import {
  DIFFERENCE_CAUSES,
  type ReconciliationReport,
} from '../../../../src-preload/contract/types/trading.ts';
import { useAccountsStore } from '../../../../src-renderer/lib/use-accounts-store.ts';
import { bad, good, installFakeApi, type Answers } from '../portfolio/fake-api.ts';
import { mountView, type Mounted } from '../portfolio/mount-view.ts';
import { ACCOUNT } from '../trade/ticket-desk.ts';
import { NOW } from './builders.ts';

const report = (change: Partial<ReconciliationReport> = {}): ReconciliationReport => ({
  accountId: ACCOUNT.id,
  startedAt: NOW,
  endedAt: NOW + 1_800,
  trigger: 'reconnect',
  outcome: 'equal',
  error: null,
  differences: [],
  ...change,
});

describe('the reconciliation report', () => {
  let mounted: Mounted | undefined;
  afterEach(() => {
    mounted?.wrapper.unmount();
    document.body.innerHTML = '';
    vi.useRealTimers();
  });
  const show = async (given: Answers) => {
    const api = installFakeApi(given);
    mounted = mountView(ReconciliationPane);
    useAccountsStore().accept([ACCOUNT]);
    await mounted.settled();
    return { ...mounted, api };
  };
  const press = async (): Promise<void> => {
    [...document.querySelectorAll('button')]
      .find((one) => one.textContent.trim() === 'Reconcile now')
      ?.click();
    await mounted?.settled();
  };

  it('says when, why and how long, and that everything agreed', async () => {
    const { text } = await show({ 'trading.reconciliations': () => good([report()]) });
    expect(text()).toContain('after a lost connection');
    expect(text()).toMatch(/took 1\.8\ss/);
    expect(text()).toContain('Everything agreed.');
  });

  it('shows the newest of several reports, and the earlier ones beneath it, in whatever order they come', async () => {
    const differences = [
      {
        subject: 'order',
        symbol: 'BTC/USDT',
        name: 'x-1',
        cause: 'placedElsewhere',
        ours: null,
        theirs: '1',
      },
    ] as const;
    const older = report({ startedAt: NOW - 60_000, trigger: 'start', outcome: 'adopted', differences });
    const oldest = report({
      startedAt: NOW - 120_000,
      trigger: 'wake',
      outcome: 'failed',
      error: 'No answer.',
    });
    const { text } = await show({ 'trading.reconciliations': () => good([older, report(), oldest]) });
    const earlier = document.querySelector('details.earlier');
    expect(text().indexOf('after a lost connection')).toBeLessThan(text().indexOf('2 earlier comparisons'));
    expect(
      [...(earlier?.querySelectorAll('li') ?? [])].map((entry) => entry.textContent.replace(/\s+/g, ' ')),
    ).toEqual([
      expect.stringMatching(/differences adopted.*at the start.*1 difference.*Placed at the venue/),
      expect.stringMatching(/failed.*after sleep.*No answer\./),
    ]);
  });

  it('says that a comparison is under way and what the last one found, and takes the new report at its end', async () => {
    let list = [report()];
    const { text, api, settled } = await show({ 'trading.reconciliations': () => good(list) });
    const news = {
      ...report({ startedAt: NOW + 60_000, trigger: 'periodic', outcome: 'running' }),
      differences: 0,
    };
    api.emit('trading.reconciliation', [news]);
    await settled();
    expect(text()).toContain('comparing');
    expect(text()).toContain('after a lost connection');
    list = [report({ startedAt: NOW + 60_000, trigger: 'periodic' }), ...list];
    api.emit('trading.reconciliation', [{ ...news, outcome: 'equal', endedAt: NOW + 61_000 }]);
    await settled();
    expect(text()).not.toContain('comparing');
    expect(text()).toMatch(/on schedule.*1 earlier comparison/);
    expect(api.calls.filter(([name]) => name === 'trading.reconciliations')).toHaveLength(2);
  });

  it('asks anew when news were lost, and not by the clock', async () => {
    vi.useFakeTimers();
    const { api, settled } = await show({ 'trading.reconciliations': () => good([report()]) });
    await vi.advanceTimersByTimeAsync(120_000);
    const asked = () => api.calls.filter(([name]) => name === 'trading.reconciliations').length;
    expect(asked()).toBe(1);
    api.refuse('trading.reconciliation');
    await settled();
    expect(asked()).toBe(2);
  });

  it('says of an account without a report that its orders wait, never that it agreed', async () => {
    const { text } = await show({ 'trading.reconciliations': () => good([]) });
    expect(text()).toContain('New orders wait until it has been.');
    expect(text()).not.toContain('Everything agreed.');
  });

  it('gives each difference with both sides and its cause in words', async () => {
    const differences = DIFFERENCE_CAUSES.map((cause) => ({
      subject: 'balance' as const,
      symbol: null,
      name: `coin-${cause}`,
      cause,
      ours: '1.5',
      theirs: null,
    }));
    const { text } = await show({
      'trading.reconciliations': () => good([report({ outcome: 'adopted', differences })]),
    });
    expect(document.querySelectorAll('tbody tr')).toHaveLength(DIFFERENCE_CAUSES.length);
    expect(text()).toContain('The fee was taken in the coin itself.');
    expect(text()).toContain('No known cause.');
    expect(text()).not.toContain('orders.reconcile');
  });

  it('reconciles by one press and shows the new report', async () => {
    const { text, api } = await show({
      'trading.reconciliations': () => good([]),
      'trading.reconcile': () => good(report({ trigger: 'person' })),
    });
    await press();
    expect(api.calls.filter(([name]) => name === 'trading.reconcile')).toEqual([
      ['trading.reconcile', { accountId: ACCOUNT.id }],
    ]);
    expect(text()).toContain('asked for by you');
  });

  it('keeps the last report beside the failure of a new one', async () => {
    const { text } = await show({
      'trading.reconciliations': () => good([report()]),
      'trading.reconcile': () => bad('The venue did not answer.'),
    });
    await press();
    expect(text()).toContain('The venue did not answer.');
    expect(text()).toContain('after a lost connection');
  });

  it('shows why a reconciliation failed and what that means for new orders', async () => {
    const failed = report({ outcome: 'failed', error: 'Bybit answered 10016.', endedAt: null });
    const { text } = await show({ 'trading.reconciliations': () => good([failed]) });
    expect(text()).toContain('Bybit answered 10016.');
    expect(text()).toContain('wait until a comparison succeeds');
  });
});
