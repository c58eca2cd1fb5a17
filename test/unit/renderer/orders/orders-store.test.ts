// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import { useOrdersStore } from '../../../../src-renderer/features/orders/orders-store.ts';
import { bad, good, installFakeApi, settle } from '../portfolio/fake-api.ts';
import { NOW, fill, order } from './builders.ts';

const answers = (...open: ReturnType<typeof order>[]) => ({
  'trading.openOrders': () => good(open),
  'trading.fills': () => good({ rows: [fill('f1')], total: 1 }),
});

describe('orders store', () => {
  beforeEach(() => setActivePinia(createPinia()));

  it('does not claim that there are no orders before it was told so', async () => {
    installFakeApi({ ...answers(), 'trading.openOrders': () => bad('No answer.') });
    const store = useOrdersStore();
    store.open();
    await settle();
    expect(store.listedAt).toBeNull();
    expect(store.error?.message).toBe('No answer.');
    expect(store.fills).toHaveLength(1);
  });

  it('follows orders from the first list through events to their end', async () => {
    const api = installFakeApi(answers(order('a')));
    const store = useOrdersStore();
    store.open();
    await settle();
    api.emit('trading.orders', [order('b', { createdAt: NOW + 1 })]);
    expect(store.working.map((one) => one.clientOrderId)).toEqual(['b', 'a']);
    api.emit('trading.orders', [order('a', { state: 'filled', updatedAt: NOW + 5 })]);
    expect(store.working.map((one) => one.clientOrderId)).toEqual(['b']);
  });

  it('keeps an order whose event came while the list was under way', async () => {
    const api = installFakeApi(answers());
    const store = useOrdersStore();
    store.open();
    api.emit('trading.orders', [order('quick')]);
    await settle();
    expect(store.working).toHaveLength(1);
  });

  it('takes the full list again when events were lost', async () => {
    const api = installFakeApi(answers(order('a')));
    const store = useOrdersStore();
    store.open();
    await settle();
    api.answer(answers(order('z')));
    api.refuse('trading.orders', 'overflow');
    await settle();
    expect(store.working.map((one) => one.clientOrderId)).toEqual(['z']);
  });

  it('shows a cancel as under way and takes its answer like an event', async () => {
    const open = order('a');
    const cancelled = order('a', { state: 'cancelled', updatedAt: NOW + 1 });
    installFakeApi({ ...answers(open), 'trading.cancel': () => good(cancelled) });
    const store = useOrdersStore();
    store.open();
    await settle();
    const pending = store.cancel(open);
    expect(store.cancelling.size).toBe(1);
    await pending;
    expect(store.cancelling.size).toBe(0);
    expect(store.working).toEqual([]);
  });

  it('leaves the order in place when the venue refuses to cancel it', async () => {
    const open = order('a');
    installFakeApi({ ...answers(open), 'trading.cancel': () => bad('Too late.') });
    const store = useOrdersStore();
    store.open();
    await settle();
    expect(await store.cancel(open)).toMatchObject({ ok: false });
    expect(store.working).toHaveLength(1);
  });

  it('cancels account by account, so that one failure does not stop the others', async () => {
    const api = installFakeApi({
      ...answers(),
      'trading.cancelAll': (input) =>
        input['accountId'] === 'a'
          ? bad('Offline.')
          : good({ requested: 2, cancelled: ['x', 'y'], failed: [] }),
    });
    const results = await useOrdersStore().cancelAll(['a', 'b'], 'BTC/USDT');
    expect(results.map((one) => one.ok)).toEqual([false, true]);
    expect(api.calls.filter(([name]) => name === 'trading.cancelAll').map(([, input]) => input)).toEqual([
      { accountId: 'a', symbol: 'BTC/USDT' },
      { accountId: 'b', symbol: 'BTC/USDT' },
    ]);
  });

  it('puts the orders that need a person forward', async () => {
    installFakeApi(answers(order('a'), order('b', { state: 'needsYou' })));
    const store = useOrdersStore();
    store.open();
    await settle();
    expect(store.attention.map((one) => one.clientOrderId)).toEqual(['b']);
  });

  it('forgets everything on lock, also what is still under way', async () => {
    installFakeApi(answers(order('a')));
    const store = useOrdersStore();
    store.open();
    store.clear();
    await settle();
    expect(store.working).toEqual([]);
    expect(store.fills).toEqual([]);
  });
});
