// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import AlertToasts from '../../../../src-renderer/features/alerts/AlertToasts.vue';
import AlertsView from '../../../../src-renderer/features/alerts/AlertsView.vue';
import { spoken } from '../../../../src-renderer/lib/announce.ts';
import { dropAllDrafts, useDraft } from '../../../../src-renderer/lib/use-draft.ts';
import { useToasts } from '../../../../src-renderer/ui/toasts.ts';
import { bad, good, installFakeApi } from '../portfolio/fake-api.ts';
import type { Answers } from '../portfolio/fake-api.ts';
import { mountView } from '../portfolio/mount-view.ts';
import type { Mounted } from '../portfolio/mount-view.ts';
import { alert, firing } from './builders.ts';

const answers = (...alerts: ReturnType<typeof alert>[]): Answers => ({
  'alerts.list': () => good(alerts),
  'alerts.log': () => good({ rows: [firing('f1')], total: 1, unseen: 1 }),
  'alerts.markSeen': () => good(null),
  'market.instruments': () => good([]),
});

describe('alerts view', () => {
  let mounted: Mounted | undefined;
  afterEach(() => {
    mounted?.wrapper.unmount();
    document.body.innerHTML = '';
    dropAllDrafts();
    useToasts().clear();
  });
  const show = async (
    given: Answers,
    component: typeof AlertsView = AlertsView,
    language: 'en' | 'de' = 'en',
  ) => {
    const api = installFakeApi(given);
    mounted = mountView(component, {}, language);
    await mounted.settled();
    return { ...mounted, api };
  };
  const button = (name: string): HTMLButtonElement => {
    const found = [...document.querySelectorAll('button')].find((one) =>
      (one.getAttribute('aria-label') ?? one.textContent).trim().startsWith(name),
    );
    if (found === undefined) throw new Error(`no button ${name}`);
    return found;
  };

  it('says in a sentence what fires an alert', async () => {
    const { text } = await show(answers(alert('a')));
    expect(text()).toContain('Last price of BTC/USDT rises above 61 000');
  });

  it('says why an alert cannot be watched', async () => {
    const { text } = await show(answers(alert('a', { blockedReason: 'Its market is not streaming.' })));
    expect(text()).toContain('Its market is not streaming.');
    expect(text()).not.toContain('armed');
  });

  it('marks what was unseen and tells main that it is seen now', async () => {
    const { text, api } = await show(answers());
    expect(text()).toContain('1 new');
    expect(api.calls.some(([name]) => name === 'alerts.markSeen')).toBe(true);
  });

  it('deletes with a way back', async () => {
    const { settled, api } = await show({
      ...answers(alert('a')),
      'alerts.remove': () => good(null),
      'alerts.create': () => good(alert('again')),
    });
    button('Delete: BTC above 61 000').click();
    await settled();
    useToasts().toasts.at(-1)?.onAction?.();
    await settled();
    expect(api.calls.map(([name]) => name).filter((name) => /remove|create/.test(name))).toEqual([
      'alerts.remove',
      'alerts.create',
    ]);
  });

  it('does not send a form with a rule broken, and says which', async () => {
    const { settled, text, api } = await show(answers());
    button('New alert').click();
    await settled();
    document.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    await settled();
    expect(text()).toContain('Choose a market from the list.');
    expect(text()).toContain('A price above zero');
    expect(api.calls.some(([name]) => name === 'alerts.create')).toBe(false);
  });

  it('keeps what was typed when main refuses, and shows the reason at its field', async () => {
    const kept = { editing: null, open: true, form: null };
    const { settled, text } = await show({
      ...answers(),
      'alerts.create': () => ({
        ok: false,
        error: {
          code: 'badInput',
          kind: 'badInput',
          message: 'Bad input.',
          problems: [{ field: 'condition.afterSeconds', rule: 'must be 1 to 3600 seconds' }],
        },
      }),
    });
    const draft = useDraft('alerts.form', () => kept) as unknown as { form: { kind: string } };
    button('New alert').click();
    draft.form.kind = 'connectionLost';
    await settled();
    document.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    await settled();
    expect(text()).toContain('must be 1 to 3600 seconds');
    expect(draft.form.kind).toBe('connectionLost');
  });

  it('shows the list’s failure instead of an empty list', async () => {
    const { text } = await show({
      ...answers(),
      'alerts.list': () => bad('The ledger is locked.', 'storage'),
    });
    expect(text()).toContain('The ledger is locked.');
    expect(text()).not.toContain('No alerts yet');
  });

  it('shows and speaks a firing in the language of the window', async () => {
    const { api } = await show(answers(), AlertToasts, 'de');
    api.emit('alerts.fired', [
      firing('n', {
        text: {
          key: 'orderFilled',
          values: { side: 'buy', quantity: '0.5', symbol: 'BTC/USDT', price: '60000' },
        },
      }),
    ]);
    expect(useToasts().toasts.at(-1)?.text).toContain('Kauf');
    expect(spoken.assertive.text).toContain('BTC above 61 000');
  });

  it('makes one message of a burst', async () => {
    const { api } = await show(answers(), AlertToasts);
    api.emit(
      'alerts.fired',
      ['a', 'b', 'c', 'd'].map((id) => firing(id)),
    );
    expect(useToasts().toasts).toHaveLength(1);
    expect(useToasts().toasts[0]?.title).toBe('4 alerts');
  });
});
