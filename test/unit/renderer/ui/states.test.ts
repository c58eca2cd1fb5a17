// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import { makeI18n } from '../../../../src-renderer/app/i18n.ts';
import { spoken } from '../../../../src-renderer/lib/announce.ts';
import { useSettingsStore } from '../../../../src-renderer/lib/use-settings-store.ts';
import UiAmount from '../../../../src-renderer/ui/UiAmount.vue';
import UiDelta from '../../../../src-renderer/ui/UiDelta.vue';
import UiErrorNote from '../../../../src-renderer/ui/UiErrorNote.vue';
import UiPanel from '../../../../src-renderer/ui/UiPanel.vue';
import UiTable from '../../../../src-renderer/ui/UiTable.vue';
import { lineShape, nearestIndex } from '../../../../src-renderer/ui/chart-line.ts';
import { useToasts } from '../../../../src-renderer/ui/toasts.ts';

let pinia = createPinia();
const global = () => ({ plugins: [pinia, makeI18n()] });
beforeEach(() => {
  pinia = createPinia();
  setActivePinia(pinia);
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

describe('UiAmount', () => {
  const amount = (props: Record<string, unknown>) =>
    mount(UiAmount, { props: props as { value: string }, global: global() });

  it('never shows an unknown figure as zero', () => {
    const wrapper = amount({ value: null });
    expect(wrapper.text()).toContain('unknown');
    expect(wrapper.text()).not.toContain('0');
  });

  it('is read aloud as one number', () => {
    expect(amount({ value: '12.500' }).get('.visually-hidden').text()).toBe('12.500');
  });

  it('hides private figures, and only those, while amounts are hidden', async () => {
    const store = useSettingsStore();
    store.accept({ ...store.settings, hideAmounts: true });
    const own = amount({ value: '9876.5', private: true, tone: 'auto' });
    expect(own.html()).not.toMatch(/9876|gain/);
    expect(amount({ value: '9876.5' }).text()).toContain('9876.5');
  });

  it('says direction by its sign as well as by colour', () => {
    const wrapper = amount({ value: '5', sign: true, tone: 'auto' });
    expect(wrapper.text()).toContain('+5');
    expect(wrapper.classes()).toContain('gain');
  });
});

describe('UiDelta', () => {
  it.each([
    ['0.01', 'up', '+1.00'],
    ['-0.01', 'down', '−1.00'],
    ['0.000', 'flat', '0.00'],
  ])('shows %s as %s', (value, direction, text) => {
    const wrapper = mount(UiDelta, { props: { value }, global: global() });
    expect(wrapper.classes()).toContain(direction);
    expect(wrapper.text()).toContain(text);
    expect(wrapper.find('svg').exists()).toBe(direction !== 'flat');
  });
});

describe('UiPanel', () => {
  const panel = (props: Record<string, unknown>) =>
    mount(UiPanel, {
      props: { title: 'Balances', ...props },
      slots: { default: 'CONTENT' },
      global: global(),
    });

  it('shows no skeleton in the first 300 ms', async () => {
    vi.useFakeTimers();
    const wrapper = panel({ state: 'loading' });
    vi.advanceTimersByTime(299);
    await nextTick();
    expect(wrapper.find('.skeleton').exists()).toBe(false);
    vi.advanceTimersByTime(1);
    await nextTick();
    expect(wrapper.find('.skeleton').exists()).toBe(true);
    expect(wrapper.attributes('aria-busy')).toBe('true');
  });

  it('keeps stale content, with its age and a word for it', () => {
    const wrapper = panel({ state: 'stale', asOf: Date.now() - 95_000 });
    expect(wrapper.text()).toMatch(/1.min ago/);
    expect(wrapper.text()).toContain('These figures are stale.');
    expect(wrapper.text()).toContain('CONTENT');
  });

  it('puts a failure in place of content, and offers to try again', async () => {
    const error = {
      code: 'x.y',
      kind: 'unavailable' as const,
      message: 'No answer within 10 s.',
      venueCode: '10016',
    };
    const wrapper = panel({ state: 'failed', error });
    expect(wrapper.text()).not.toContain('CONTENT');
    expect(wrapper.text()).toMatch(
      /The venue cannot be reached.*No answer within 10 s\..*10016.*Holdfast keeps trying/s,
    );
    await wrapper.get('button').trigger('click');
    expect(wrapper.emitted('retry')).toHaveLength(1);
  });
});

describe('UiErrorNote', () => {
  it('names every field with its rule and the nearest allowed value', () => {
    const error = {
      code: 'input.invalid',
      kind: 'badInput' as const,
      message: '',
      problems: [{ field: 'price', rule: 'must be a multiple of 0.5', nearest: '60120.5' }],
    };
    const text = mount(UiErrorNote, { props: { error }, global: global() }).text();
    expect(text).toMatch(/price.*must be a multiple of 0\.5.*60120\.5/s);
  });

  it('shows the text of a venue as text, never as markup', () => {
    const error = { code: 'x', kind: 'protocol' as const, message: '<img src=x>', venueMessage: '<b>no</b>' };
    const wrapper = mount(UiErrorNote, { props: { error }, global: global() });
    expect(wrapper.find('img, b').exists()).toBe(false);
    expect(wrapper.text()).toContain('<img src=x>');
  });
});

describe('UiTable', () => {
  const rowsOf = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `r${index}`, price: `${index}` }));
  const table = (count: number, props: Record<string, unknown> = {}) =>
    mount(UiTable<{ id: string; price: string }>, {
      props: {
        columns: [{ key: 'price', label: 'Price', sortable: true }],
        rows: rowsOf(count),
        rowKey: 'id',
        caption: 'Orders',
        ...props,
      },
      global: global(),
      attachTo: document.body,
    });

  it('has one row in the tab order and moves by arrow keys, Home and End', async () => {
    vi.useFakeTimers();
    const wrapper = table(5, { selectable: true });
    const step = async (key: string): Promise<string | undefined> => {
      await wrapper.get('tr[tabindex="0"]').trigger('keydown', { key });
      vi.advanceTimersByTime(50);
      await nextTick();
      return (document.activeElement as HTMLElement).dataset['row'];
    };
    expect(wrapper.findAll('tr[tabindex="0"]')).toHaveLength(1);
    expect([await step('ArrowDown'), await step('End'), await step('ArrowDown'), await step('Home')]).toEqual(
      ['1', '4', '4', '0'],
    );
    expect(wrapper.emitted('select')).toHaveLength(4);
  });

  it('activates a row by Enter, but not when Enter was meant for a button inside it', async () => {
    const wrapper = table(2);
    const row = wrapper.get('tr[tabindex="0"]');
    await row.trigger('keydown', { key: 'Enter' });
    row.get('td').element.innerHTML = '<button>Cancel</button>';
    row.get('button').element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    expect(wrapper.emitted('activate')).toHaveLength(1);
  });

  it('holds only a part of many rows in the page, and tells screen readers how many there are', () => {
    const wrapper = table(5000);
    expect(wrapper.findAll('tbody tr[data-row]').length).toBeLessThan(100);
    expect(wrapper.get('table').attributes('aria-rowcount')).toBe('5001');
  });

  it('asks for the other direction when the sorted column is pressed again', async () => {
    const wrapper = table(2, { sort: { key: 'price', direction: 'descending' } });
    await wrapper.get('th button').trigger('click');
    expect(wrapper.emitted('sort')).toEqual([[{ key: 'price', direction: 'ascending' }]]);
    expect(wrapper.get('th').attributes('aria-sort')).toBe('descending');
  });
});

describe('toasts', () => {
  it('go after a while, except failures', () => {
    vi.useFakeTimers();
    const { toasts, show, clear } = useToasts();
    clear();
    show({ tone: 'success', title: 'Sent' });
    show({ tone: 'danger', title: 'Refused' });
    vi.advanceTimersByTime(60_000);
    expect(toasts.map(({ title }) => title)).toEqual(['Refused']);
    clear();
  });

  it('are spoken, failures at once', () => {
    const { show, clear } = useToasts();
    show({ tone: 'neutral', title: 'Filled', text: '0.015 BTC' });
    show({ tone: 'danger', title: 'Refused' });
    expect([spoken.polite.text, spoken.assertive.text]).toEqual(['Filled. 0.015 BTC', 'Refused']);
    clear();
  });

  it('say the same text twice when it happens twice', () => {
    const before = spoken.polite.turn;
    const { show, clear } = useToasts();
    show({ tone: 'neutral', title: 'Filled' });
    show({ tone: 'neutral', title: 'Filled' });
    expect(spoken.polite.turn).toBe(before + 2);
    clear();
  });
});

describe('lineShape', () => {
  const points = ['100', '50', '150'].map((value, index) => ({ time: index * 1000, value }));

  it('puts the lowest value at the bottom and the highest at the top', () => {
    expect(lineShape(points, 200, 100)?.at).toEqual([
      { x: 0, y: 50 },
      { x: 100, y: 100 },
      { x: 200, y: 0 },
    ]);
  });

  it('draws a flat course through the middle and nothing from one point', () => {
    const flat = points.map((point) => ({ ...point, value: '7' }));
    expect(lineShape(flat, 200, 100)?.at.every(({ y }) => y === 50)).toBe(true);
    expect(lineShape(points.slice(0, 1), 200, 100)).toBeNull();
  });

  it('finds the point under the pointer', () => {
    expect(nearestIndex(lineShape(points, 200, 100)?.at ?? [], 140)).toBe(1);
  });
});
