// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import { useAlertsStore } from '../../../../src-renderer/features/alerts/alerts-store.ts';
import { bad, good, installFakeApi, settle } from '../portfolio/fake-api.ts';
import { NOW, alert, firing } from './builders.ts';

const answers = {
  'alerts.list': () => good([alert('a1')]),
  'alerts.log': () => good({ rows: [firing('f1', { seen: true })], total: 1, unseen: 0 }),
};

describe('alerts store', () => {
  beforeEach(() => setActivePinia(createPinia()));

  it('lists armed alerts first, then paused, then done', async () => {
    installFakeApi({
      ...answers,
      'alerts.list': () => good([alert('d', { state: 'done' }), alert('p', { state: 'paused' }), alert('a')]),
    });
    const store = useAlertsStore();
    store.open();
    await settle();
    expect(store.alerts?.map((one) => one.id)).toEqual(['a', 'p', 'd']);
  });

  it('takes the topic’s list over an answer that it overtook', async () => {
    const api = installFakeApi(answers);
    const store = useAlertsStore();
    store.open();
    api.emit('alerts.list', []);
    await settle();
    expect(store.alerts).toEqual([]);
  });

  it('counts a firing once, also when the log brings it as well', async () => {
    const api = installFakeApi({
      ...answers,
      'alerts.log': () => good({ rows: [firing('f2', { time: NOW + 5 })], total: 1, unseen: 1 }),
    });
    const store = useAlertsStore();
    store.open();
    api.emit('alerts.fired', [firing('f2', { time: NOW + 5 })]);
    await settle();
    expect([store.unseen, store.log.rows.length]).toEqual([1, 1]);
  });

  it('keeps a firing that came while the log was under way and sorts late ones in', async () => {
    const api = installFakeApi(answers);
    const store = useAlertsStore();
    store.open();
    api.emit('alerts.fired', [firing('new', { time: NOW + 9 })]);
    await settle();
    api.emit('alerts.fired', [firing('late', { time: NOW + 3 })]);
    expect(store.log.rows.map((row) => row.id)).toEqual(['new', 'late', 'f1']);
    expect([store.unseen, store.log.total]).toEqual([2, 3]);
  });

  it('tells listeners of firings as they happen, not of the log', async () => {
    const api = installFakeApi(answers);
    const store = useAlertsStore();
    const heard: string[] = [];
    const off = store.onFired((firings) => heard.push(...firings.map((one) => one.id)));
    store.open();
    await settle();
    api.emit('alerts.fired', [firing('x')]);
    off();
    api.emit('alerts.fired', [firing('y')]);
    expect(heard).toEqual(['x']);
  });

  it('reads the log again when events were lost', async () => {
    const api = installFakeApi(answers);
    const store = useAlertsStore();
    store.open();
    await settle();
    api.answer({ 'alerts.log': () => good({ rows: [firing('missed')], total: 1, unseen: 1 }) });
    api.refuse('alerts.fired', 'overflow');
    await settle();
    expect(store.log.rows.map((row) => row.id)).toEqual(['missed']);
  });

  it('leaves the list as it is when main refuses a removal', async () => {
    const api = installFakeApi({ ...answers, 'alerts.remove': () => bad('The ledger is full.', 'storage') });
    const store = useAlertsStore();
    store.open();
    await settle();
    expect(await store.remove('a1')).toMatchObject({ ok: false });
    expect(store.alerts).toHaveLength(1);
    api.answer({ 'alerts.remove': () => good(null) });
    await store.remove('a1');
    expect(store.alerts).toEqual([]);
  });

  it('restores a paused alert paused: undo must not arm it', async () => {
    const api = installFakeApi({
      'alerts.create': () => good(alert('new')),
      'alerts.pause': () => good(alert('new', { state: 'paused' })),
    });
    const store = useAlertsStore();
    await store.restore(alert('old', { state: 'paused' }));
    expect(api.calls.map(([name]) => name)).toEqual(['alerts.create', 'alerts.pause']);
    expect(store.alerts?.[0]?.state).toBe('paused');
  });

  it('asks main to mark as seen only when something is unseen', async () => {
    const api = installFakeApi({ ...answers, 'alerts.markSeen': () => good(null) });
    const store = useAlertsStore();
    store.open();
    await settle();
    await store.markSeen();
    expect(api.calls.some(([name]) => name === 'alerts.markSeen')).toBe(false);
    api.emit('alerts.fired', [firing('x')]);
    await store.markSeen();
    expect(store.unseen).toBe(0);
    expect(store.log.rows.every((row) => row.seen)).toBe(true);
  });
});
