// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RequestRow } from '../../../../src-preload/contract/types/activity.ts';
import ActivityView from '../../../../src-renderer/features/activity/ActivityView.vue';
import { useAccountsStore } from '../../../../src-renderer/lib/use-accounts-store.ts';
import { dropAllDrafts } from '../../../../src-renderer/lib/use-draft.ts';
import { useToasts } from '../../../../src-renderer/ui/toasts.ts';
import { installBridge, mountView, refusal, settle } from '../lib/bridge.ts';
import { fresh, latency, ledger, request, requests } from './builders.ts';

let mounted: ReturnType<typeof mountView> | undefined;
afterEach(() => {
  mounted?.unmount();
  dropAllDrafts();
  document.body.replaceChildren();
  vi.useRealTimers();
});

async function view(answers: Record<string, (input: unknown) => unknown>) {
  const bridge = installBridge({
    'accounts.list': () => [],
    'accounts.venues': () => [{ venue: 'bybit' }],
    ...answers,
  });
  const wrapper = mountView(ActivityView);
  mounted = wrapper;
  await useAccountsStore().load();
  await settle();
  const button = (text: string): HTMLButtonElement | undefined =>
    [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === text);
  const press = async (text: string): Promise<void> => {
    button(text)?.click();
    await settle();
  };
  const happen = async (...rows: readonly RequestRow[]): Promise<void> => {
    bridge.emit('activity.requests {}', { ok: true, value: rows });
    await settle();
  };
  const operations = () => wrapper.findAll('tbody .row').map((row) => row.findAll('td')[2]?.text());
  const queries = () =>
    bridge.calls.filter(({ name }) => name === 'activity.requests').map(({ input }) => input);
  const where = () => wrapper.get('.where').text();
  const openTab = async (index: number): Promise<void> => {
    const tab = wrapper.findAll('[role=tab]')[index];
    await tab?.trigger('mousedown', { button: 0 });
    await settle();
  };
  return { bridge, wrapper, button, press, happen, operations, queries, where, openTab };
}

describe('the request log', () => {
  it('shows outcome as a word, codes and times', async () => {
    const rows = [request(1, { outcome: 'unknown', status: null, venueCode: null, flightMs: null })];
    const { wrapper } = await view({ 'activity.requests': () => ({ rows, total: 1 }) });
    expect(wrapper.get('tbody .row').text()).toMatch(/no answer.*order\.create.*—/s);
  });

  it('puts what ends above the first page, newest first, and no row twice', async () => {
    const log = ledger(3);
    const { happen, operations, where } = await view({ 'activity.requests': log.page });
    await happen(request(3), fresh(4), fresh(5));
    expect(operations().slice(0, 3)).toEqual(['new-5', 'new-4', 'order.create']);
    expect(operations()).toHaveLength(5);
    expect(where()).toBe('1 to 5 of 5');
  });

  it('leaves out live rows that the filter does not want', async () => {
    const log = ledger(2);
    const { wrapper, happen, operations, queries } = await view({ 'activity.requests': log.page });
    await wrapper.get('select').setValue('failed');
    await settle();
    expect(queries().at(-1)).toMatchObject({ outcome: 'failed', offset: 0 });
    await happen(fresh(3), fresh(4, { outcome: 'failed' }));
    expect(operations()).toEqual(['new-4']);
  });

  it('stands still while paused, counts what waits, and shows it afterwards', async () => {
    const log = ledger(2);
    const { happen, operations, press, wrapper } = await view({ 'activity.requests': log.page });
    await press('Pause');
    await happen(fresh(3));
    expect(operations()).toHaveLength(2);
    expect(wrapper.get('[role=status]').text()).toBe('1 new');
    await press('Resume');
    expect(operations()[0]).toBe('new-3');
  });

  it('opens a row with what was sent and what came back', async () => {
    const rows = [request(1, { response: null, outcome: 'unknown' })];
    const { wrapper } = await view({ 'activity.requests': () => ({ rows, total: 1 }) });
    await wrapper.get('tbody .row').trigger('click');
    await settle();
    const drawer = document.querySelector('[role=dialog]')?.textContent ?? '';
    expect(drawer).toContain('"symbol": "BTCUSDT"');
    expect(drawer).toContain('It may have taken effect');
    expect(drawer).toContain('No answer.');
    expect(drawer).not.toContain('It was longer');
  });

  it('says when only the beginning of an answer was kept', async () => {
    const rows = [request(1, { response: '{"list":[1,2…' })];
    const { wrapper } = await view({ 'activity.requests': () => ({ rows, total: 1 }) });
    await wrapper.get('tbody .row').trigger('click');
    await settle();
    expect(document.querySelector('[role=dialog]')?.textContent).toContain('It was longer');
  });

  it('invites when it is empty, and says so when only the filter is too narrow', async () => {
    const { wrapper } = await view({ 'activity.requests': () => ({ rows: [], total: 0 }) });
    expect(wrapper.text()).toContain('No request yet');
    await wrapper.get('select').setValue('failed');
    await settle();
    expect(wrapper.text()).toContain('No request matches');
  });

  it('says why it failed and tries again', async () => {
    let broken = true;
    const { wrapper, press, operations } = await view({
      'activity.requests': () => {
        if (broken) throw refusal('ledger.broken', { kind: 'storage', message: 'The ledger is damaged.' });
        return { rows: requests(2, 2), total: 2 };
      },
    });
    expect(wrapper.get('[role=alert]').text()).toContain('The ledger is damaged.');
    broken = false;
    await press('Try again');
    expect(operations()).toHaveLength(2);
  });

  it('says when the tail broke, keeps the rows, and listens again on request', async () => {
    const log = ledger(2);
    const { bridge, wrapper, press, happen, operations } = await view({ 'activity.requests': log.page });
    bridge.emit('activity.requests {}', {
      ok: false,
      error: { code: 'topic.overflow', kind: 'internal', message: 'Too much at once.' },
    });
    await settle();
    expect(wrapper.find('[role=alert]').exists()).toBe(true);
    expect(operations()).toHaveLength(2);
    await press('Try again');
    await happen(fresh(3));
    expect(operations()[0]).toBe('new-3');
  });
});

describe('export and clear', () => {
  it('exports what the filter shows and says where to', async () => {
    const { bridge, wrapper, press } = await view({
      'activity.requests': () => ({ rows: [], total: 0 }),
      'activity.export': () => ({ path: '/home/example/log.jsonl', rows: 7 }),
    });
    await wrapper.get('select').setValue('failed');
    await settle();
    await press('Export shown');
    expect(bridge.calls.at(-1)).toMatchObject({ name: 'activity.export', input: { outcome: 'failed' } });
    expect(useToasts().toasts.at(-1)).toMatchObject({
      title: '7 requests exported',
      text: '/home/example/log.jsonl',
    });
  });

  it('is silent when the person closed the save dialog', async () => {
    const before = useToasts().toasts.length;
    const { press } = await view({
      'activity.requests': () => ({ rows: [], total: 0 }),
      'activity.export': () => null,
    });
    await press('Export');
    expect(useToasts().toasts).toHaveLength(before);
  });

  it('clears only after a question, and shows the emptied log', async () => {
    const log = ledger(3);
    const { bridge, wrapper, press, operations } = await view({
      'activity.requests': log.page,
      'activity.clear': () => {
        log.wipe();
        return null;
      },
    });
    await press('Clear');
    expect(bridge.calls.some(({ name }) => name === 'activity.clear')).toBe(false);
    await press('Clear the log');
    expect(operations()).toEqual([]);
    expect(wrapper.text()).toContain('No request yet');
  });

  it('says why the log could not be cleared, and keeps the question open', async () => {
    const { press, operations } = await view({
      'activity.requests': ledger(3).page,
      'activity.clear': () => {
        throw refusal('ledger.busy', { kind: 'storage', message: 'The ledger is busy.' });
      },
    });
    await press('Clear');
    await press('Clear the log');
    expect(document.querySelector('[role=alertdialog]')?.textContent).toContain('The ledger is busy.');
    expect(operations()).toHaveLength(3);
  });
});

describe('the latency tab', () => {
  it('shows the slowest first and sorts by any figure', async () => {
    const { wrapper, openTab, press } = await view({
      'activity.requests': () => ({ rows: [], total: 0 }),
      'activity.latency': () => [latency('quick', { p50: 9, p99: 10 }), latency('slow', { p50: 8, p99: 90 })],
    });
    await openTab(1);
    const names = () => wrapper.findAll('tbody .row').map((row) => row.find('td').text());
    expect(names()).toEqual(['slow', 'quick']);
    await press('p50, ms');
    expect(names()).toEqual(['quick', 'slow']);
  });

  it('keeps the figures when a later reading fails, and says so', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    let broken = false;
    const { wrapper, openTab } = await view({
      'activity.requests': () => ({ rows: [], total: 0 }),
      'activity.latency': () => {
        if (broken) throw refusal('ledger.busy', { kind: 'storage', message: 'The ledger is busy.' });
        return [latency('wallet')];
      },
    });
    await openTab(1);
    broken = true;
    vi.advanceTimersByTime(10_000);
    await settle();
    expect(wrapper.get('[role=alert]').text()).toContain('The ledger is busy.');
    expect(wrapper.findAll('tbody .row')).toHaveLength(1);
  });

  it('says when nothing was measured yet', async () => {
    const { wrapper, openTab } = await view({
      'activity.requests': () => ({ rows: [], total: 0 }),
      'activity.latency': () => [],
    });
    await openTab(1);
    expect(wrapper.text()).toContain('Nothing measured yet');
  });
});
