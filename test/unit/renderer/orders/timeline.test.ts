// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import TimelineDrawer from '../../../../src-renderer/features/orders/timeline/TimelineDrawer.vue';
import { span, stepsOf, stepTime } from '../../../../src-renderer/features/orders/timeline/timeline-steps.ts';
import type { OrderEvent, OrderTimeline } from '../../../../src-preload/contract/types/trading.ts';
import type { RequestRow } from '../../../../src-preload/contract/types/activity.ts';
import { bad, good, installFakeApi, type Answers } from '../portfolio/fake-api.ts';
import { mountView, type Mounted } from '../portfolio/mount-view.ts';
import { NOW, order } from './builders.ts';

const event = (after: number, kind: OrderEvent['kind'], more: Partial<OrderEvent> = {}): OrderEvent => ({
  time: NOW + after,
  kind,
  state: null,
  detail: null,
  ...more,
});
const timeline = (change: Partial<OrderTimeline> = {}): OrderTimeline => ({
  order: order('a'),
  events: [event(0, 'intent'), event(4, 'journaled'), event(5, 'sent'), event(1_405, 'acknowledged')],
  requests: [],
  toSent: 5,
  toAcknowledged: 1_405,
  toFirstFill: null,
  toDone: null,
  ...change,
});
const request = (id: number): RequestRow => ({
  id,
  time: NOW,
  venue: 'bybit',
  accountId: 'acc-1',
  transport: 'http',
  operation: `order.create.${String(id)}`,
  method: 'POST',
  path: '/v5/order/create',
  request: '{"qty":"1"}',
  response: '{"retCode":0}',
  status: 200,
  venueCode: '0',
  outcome: 'ok',
  waitedMs: 1,
  flightMs: 9,
});

describe('the steps of a timeline', () => {
  it('stand in the order of time, those of one millisecond as they were recorded', () => {
    const events = [event(5, 'sent'), event(0, 'intent'), event(0, 'checked'), event(4, 'journaled')];
    expect(stepsOf(events).map((step) => [step.event.kind, step.sincePrevious])).toEqual([
      ['intent', null],
      ['checked', 0],
      ['journaled', 4],
      ['sent', 1],
    ]);
  });

  it('name the day once, and again where it changes', () => {
    const days = stepsOf([event(0, 'intent'), event(10, 'sent'), event(3 * 86_400_000, 'fill')]).map(
      (step) => step.day !== null,
    );
    expect(days).toEqual([true, false, true]);
  });

  it('carry milliseconds', () => {
    expect(stepTime(NOW + 43)).toMatch(/:\d\d\.043$/);
    expect(
      [span(0), span(999), span(1_400), span(118_911), span(7_200_000)].map((text) =>
        text.replace(/\s/g, ' '),
      ),
    ).toEqual(['0 ms', '999 ms', '1.4 s', '1 min 58 s', '2 h']);
  });
});

describe('the timeline drawer', () => {
  let mounted: Mounted | undefined;
  afterEach(() => {
    mounted?.wrapper.unmount();
    document.body.innerHTML = '';
    vi.useRealTimers();
  });
  const show = async (given: Answers, of = order('a')) => {
    const api = installFakeApi({ 'market.instruments': () => good([]), ...given });
    mounted = mountView(TimelineDrawer, { modelValue: of });
    await mounted.settled();
    return { ...mounted, api };
  };

  it('shows each step with what lies between, and a dash for what has not happened', async () => {
    const { text, api } = await show({ 'trading.timeline': () => good(timeline()) });
    expect(api.calls.find(([name]) => name === 'trading.timeline')?.[1]).toEqual({
      accountId: 'acc-1',
      clientOrderId: 'a',
    });
    expect(text()).toContain('Written to the journal');
    expect(text()).toMatch(/\+1\.4\ss/);
    expect(text()).toMatch(/To first fill\s?—/);
    expect(document.querySelector('ol[tabindex="0"]')).not.toBeNull();
  });

  it('finds the requests over pages, and says which are no longer in the log', async () => {
    const pages = [
      Array.from({ length: 500 }, (_one, at) => request(1000 - at)),
      [request(500), request(499)],
    ];
    const { text, api, settled } = await show({
      'trading.timeline': () => good(timeline({ requests: [999, 499, 12] })),
      'activity.requests': ({ offset }) => good({ rows: pages[Number(offset) / 500] ?? [], total: 502 }),
    });
    await settled();
    expect(text()).toContain('order.create.999');
    expect(text()).toContain('order.create.499');
    expect(text()).toContain('#12 is no longer in the log');
    expect(api.calls.filter(([name]) => name === 'activity.requests')).toHaveLength(2);
    [...document.querySelectorAll<HTMLButtonElement>('button.request')][0]?.click();
    await settled();
    expect(text()).toContain('/v5/order/create');
  });

  it('stops paging once the log is older than the oldest request it looks for', async () => {
    const { api } = await show({
      'trading.timeline': () => good(timeline({ requests: [999] })),
      'activity.requests': () =>
        good({ rows: Array.from({ length: 500 }, (_one, at) => request(998 - at)), total: 90_000 }),
    });
    expect(api.calls.filter(([name]) => name === 'activity.requests')).toHaveLength(1);
  });

  it('adds the requests of an order of just now when they are written down', async () => {
    vi.useFakeTimers();
    const mine = order('our-id-1', { venueOrderId: 'their-id-1' });
    const { text, api, settled } = await show(
      {
        'trading.timeline': () => good(timeline({ order: mine })),
        'activity.requests': () => good({ rows: [request(7)], total: 1 }),
      },
      mine,
    );
    expect(text()).toContain('No request names this order.');
    const asked = () => api.calls.filter(([name]) => name === 'trading.timeline').length;
    api.emit('activity.requests', [{ ...request(6), request: '{"orderLinkId":"another"}' }]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked()).toBe(1);
    api.answer({ 'trading.timeline': () => good(timeline({ order: mine, requests: [7] })) });
    api.emit('activity.requests', [{ ...request(7), response: '{"orderId":"their-id-1"}' }]);
    await vi.advanceTimersByTimeAsync(2000);
    await settled();
    expect(asked()).toBe(2);
    expect(text()).toContain('order.create.7');
  });

  it('keeps the order in sight when its timeline cannot be had', async () => {
    const { text } = await show({ 'trading.timeline': () => bad('The ledger is closed.', 'storage') });
    expect(text()).toContain('The ledger is closed.');
    expect(text()).toContain('BTC/USDT');
  });
});
