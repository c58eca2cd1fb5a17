// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import OrdersView from '../../../../src-renderer/features/orders/OrdersView.vue';
import { useAccountsStore } from '../../../../src-renderer/lib/use-accounts-store.ts';
import { dropAllDrafts } from '../../../../src-renderer/lib/use-draft.ts';
import { useSettingsStore } from '../../../../src-renderer/lib/use-settings-store.ts';
import { useToasts } from '../../../../src-renderer/ui/toasts.ts';
import { account } from '../accounts/builders.ts';
import { bad, good, installFakeApi } from '../portfolio/fake-api.ts';
import type { Answers } from '../portfolio/fake-api.ts';
import { mountView } from '../portfolio/mount-view.ts';
import type { Mounted } from '../portfolio/mount-view.ts';
import { NOW, order } from './builders.ts';

const answers = (...open: ReturnType<typeof order>[]): Answers => ({
  'trading.openOrders': () => good(open),
  'trading.fills': () => good({ rows: [], total: 0 }),
  'trading.orderHistory': () =>
    good({ rows: [order('old', { state: 'rejected', reason: 'Too small.' })], total: 1 }),
  'market.instruments': () => good([]),
});
const tabs = ['working', 'attention', 'history', 'fills', 'reconciliation'] as const;
async function goTo({ wrapper, settled }: Mounted, tab: (typeof tabs)[number]): Promise<void> {
  await wrapper.findAll('[role="tab"]')[tabs.indexOf(tab)]?.trigger('mousedown');
  await settled();
}
const button = (label: string): HTMLButtonElement => {
  const found = [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === label);
  if (found === undefined) throw new Error(`no button ${label}`);
  return found;
};
const press = (key: string, shiftKey = false): void => {
  window.dispatchEvent(
    new KeyboardEvent('keydown', { key, code: `Key${key.toUpperCase()}`, shiftKey, bubbles: true }),
  );
};

describe('orders view', () => {
  let mounted: Mounted | undefined;
  afterEach(() => {
    mounted?.wrapper.unmount();
    document.body.innerHTML = '';
    dropAllDrafts();
    vi.useRealTimers();
    useToasts().clear();
  });
  const show = async (given: Answers): Promise<Mounted & { api: ReturnType<typeof installFakeApi> }> => {
    const api = installFakeApi(given);
    mounted = mountView(OrdersView);
    await mounted.settled();
    return { ...mounted, api };
  };

  it('tells in plain words what an unknown outcome means, and leads there', async () => {
    const { text, settled } = await show(answers(order('a', { state: 'unknown' })));
    expect(text()).toContain('One order’s fate is not known.');
    button('Show').click();
    await settled();
    expect(text()).toContain('Do not place it a second time.');
  });

  /** Shows one order that needs a person, of an account at this site. */
  const showStuck = async (site: Parameters<typeof account>[0], more: Answers = {}) => {
    const stuck = order('a', { state: 'needsYou', venue: site?.venue ?? 'bybit', venueOrderId: null });
    const view = await show({ ...answers(stuck), ...more });
    useAccountsStore().accept([account(site)]);
    await goTo(view, 'attention');
    return view;
  };

  it.each([
    [{ environment: 'live' }, 'Bybit', 'bybit-orders'],
    [{ environment: 'demo' }, 'Bybit', 'bybit-demo-orders'],
    [{ environment: 'live', region: 'eu' }, 'Bybit', 'bybit-eu-orders'],
    [{ environment: 'testnet', venue: 'bybit-testnet' }, 'Bybit Testnet', 'bybit-testnet-orders'],
  ] as const)('leads to the orders page of the site that the account is of: %o', async (site, name, link) => {
    const view = await showStuck(site, { 'app.openLink': () => good(null) });
    expect(view.text()).toContain('it was never acknowledged');
    button(`Open the orders at ${name}`).click();
    await view.settled();
    expect(view.api.calls.at(-1)).toEqual(['app.openLink', { link }]);
  });

  it('sends nobody to another site than that of the account, and says so', async () => {
    const { text } = await showStuck({ region: 'hk' });
    expect(text()).not.toContain('Open the orders at');
    expect(text()).toContain('the site of Bybit where the account was opened');
  });

  it('says when the page could not be opened', async () => {
    const view = await showStuck({}, { 'app.openLink': () => bad('No browser is set up.') });
    button('Open the orders at Bybit').click();
    await view.settled();
    expect(view.text()).toContain('No browser is set up.');
  });

  it('looks again, and takes the answer for the truth', async () => {
    const stuck = order('a', { state: 'needsYou', venue: 'bybit' });
    const view = await show({
      ...answers(stuck),
      'trading.lookAgain': () => good({ ...stuck, state: 'filled', updatedAt: NOW + 1 }),
    });
    await goTo(view, 'attention');
    button('Look again').click();
    await view.settled();
    expect(view.api.calls.find(([name]) => name === 'trading.lookAgain')?.[1]).toEqual({
      accountId: 'acc-1',
      clientOrderId: 'a',
    });
    expect(useToasts().toasts[0]?.title).toBe('BTC/USDT: filled');
    expect(view.text()).toContain('Nothing needs you');
  });

  it('keeps the case and says so when the venue does not answer again', async () => {
    const view = await show({
      ...answers(order('a', { state: 'unknown' })),
      'trading.lookAgain': () => bad('The venue did not answer.'),
    });
    await goTo(view, 'attention');
    button('Look again').click();
    await view.settled();
    expect(useToasts().toasts[0]).toMatchObject({ tone: 'danger' });
    expect(view.text()).toContain('Do not place it a second time.');
  });

  it('marks an order as not placed only after a question, and only when it needs a person', async () => {
    const stuck = order('a', { state: 'needsYou', venue: 'bybit' });
    const view = await show({
      ...answers(stuck, order('b', { state: 'unknown' })),
      'trading.markNotPlaced': () => good({ ...stuck, state: 'rejected', updatedAt: NOW + 1 }),
    });
    await goTo(view, 'attention');
    const marks = [...document.querySelectorAll('.case button')].filter((one) =>
      one.textContent.includes('It was not placed'),
    );
    expect(marks).toHaveLength(1);
    (marks[0] as HTMLButtonElement).click();
    await view.settled();
    expect(view.api.calls.some(([name]) => name === 'trading.markNotPlaced')).toBe(false);
    expect(view.text()).toContain('neither among the open orders nor in the order history');
    document.querySelector<HTMLButtonElement>('[role=alertdialog] .danger')?.click();
    await view.settled();
    expect(view.api.calls.find(([name]) => name === 'trading.markNotPlaced')?.[1]).toEqual({
      accountId: 'acc-1',
      clientOrderId: 'a',
    });
  });

  it('exports what the filter shows, and says where it lies', async () => {
    const view = await show({
      ...answers(),
      'trading.exportOrders': () => good({ path: '/tmp/orders.csv', rows: 2 }),
    });
    await goTo(view, 'history');
    button('Export all as CSV').click();
    await view.settled();
    expect(view.api.calls.find(([name]) => name === 'trading.exportOrders')?.[1]).toEqual({});
    expect(useToasts().toasts[0]).toMatchObject({ title: '2 orders exported', text: '/tmp/orders.csv' });
  });

  it('says nothing when the person closed the save dialog', async () => {
    const view = await show({ ...answers(), 'trading.exportOrders': () => good(null) });
    await goTo(view, 'history');
    button('Export all as CSV').click();
    await view.settled();
    expect(useToasts().toasts).toHaveLength(0);
  });

  it('cancels one order by its button and shows a refusal', async () => {
    const { wrapper, settled } = await show({
      ...answers(order('a')),
      'trading.cancel': () => bad('Too late.'),
    });
    await wrapper.find('td button:last-child').trigger('click');
    await settled();
    expect(useToasts().toasts[0]).toMatchObject({ tone: 'danger' });
    expect(useToasts().toasts[0]?.text).toContain('Too late.');
    expect(wrapper.findAll('tbody tr')).toHaveLength(1);
  });

  it('takes a double click as one, though the second half lands on the next order', async () => {
    const { wrapper, settled, api } = await show({
      ...answers(order('a'), order('b')),
      'trading.cancel': (input) =>
        good(order(String(input['clientOrderId']), { state: 'cancelled', updatedAt: NOW + 1 })),
    });
    await wrapper.find('td button:last-child').trigger('click');
    await settled();
    await wrapper.find('td button:last-child').trigger('click');
    await settled();
    expect(api.calls.filter(([name]) => name === 'trading.cancel')).toHaveLength(1);
    expect(wrapper.findAll('tbody tr')).toHaveLength(1);
  });

  it('asks before it cancels all, and names how many', async () => {
    const { api, settled, text } = await show(answers(order('a'), order('b')));
    press('X', true);
    await settled();
    expect(text()).toContain('Cancel 2 orders?');
    expect(api.calls.some(([name]) => name === 'trading.cancelAll')).toBe(false);
  });

  it('cancels all at once when the question is turned off', async () => {
    const report = { requested: 1, cancelled: ['a'], failed: [] };
    const { api, settled } = await show({ ...answers(order('a')), 'trading.cancelAll': () => good(report) });
    const settings = useSettingsStore();
    settings.accept({ ...settings.settings, confirmations: { orders: true, cancelAll: false } });
    press('X', true);
    await settled();
    expect(api.calls.find(([name]) => name === 'trading.cancelAll')?.[1]).toEqual({ accountId: 'acc-1' });
    expect(useToasts().toasts[0]?.title).toBe('1 order cancelled');
  });

  it('does not say "none" while it does not know', async () => {
    const { text } = await show({ ...answers(), 'trading.openOrders': () => bad('The ledger is closed.') });
    expect(text()).toContain('The ledger is closed.');
    expect(text()).not.toContain('No working orders');
  });

  it('pages the history and follows what happens', async () => {
    vi.useFakeTimers();
    const { wrapper, settled, text, api } = await show(answers());
    const tab = wrapper.findAll('[role="tab"]')[2];
    await tab?.trigger('mousedown');
    await settled();
    expect(text()).toContain('rejected');
    expect(text()).toContain('1 to 1 of 1');
    const asked = () => api.calls.filter(([name]) => name === 'trading.orderHistory').length;
    expect(asked()).toBe(1);
    // One single change, after which nothing happens for long.
    api.emit('trading.orders', [order('z', { createdAt: NOW + 1 })]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked()).toBe(2);
    // A busy minute does not reload at each of its changes, and does not starve either.
    for (let change = 0; change < 100; change += 1) {
      api.emit('trading.orders', [order('z', { createdAt: NOW + 1, updatedAt: NOW + change })]);
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(asked()).toBeGreaterThanOrEqual(5);
    expect(asked()).toBeLessThanOrEqual(9);
  });

  it('marks an order that was placed elsewhere, and offers to cancel it all the same', async () => {
    const { wrapper, text } = await show(
      answers(order('v-9', { venueOrderId: 'v-9', triggerPrice: '58900', triggerBy: 'last', price: null })),
    );
    expect(text()).toContain('elsewhere');
    expect(text()).toContain('58 900 (last)');
    expect(wrapper.find('td button:last-child').attributes('disabled')).toBeUndefined();
  });

  it('gives the words and the code of a rejection', async () => {
    const refused = order('old', { state: 'rejected', reason: 'Too small.', venueCode: '110094' });
    const { wrapper, settled, text } = await show({
      ...answers(),
      'trading.orderHistory': () => good({ rows: [refused], total: 1 }),
    });
    await wrapper.findAll('[role=tab]')[2]?.trigger('mousedown');
    await settled();
    expect(text()).toContain('Too small. · code 110094');
  });
});
