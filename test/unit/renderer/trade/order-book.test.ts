// @vitest-environment happy-dom
import type { VueWrapper } from '@vue/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { defineComponent, h } from 'vue';
import OrderBook from '../../../../src-renderer/features/trade/book/OrderBook.vue';
import { useMarketFeed } from '../../../../src-renderer/features/trade/market/use-market-feed.ts';
import { installBridge, mountView, settle } from '../lib/bridge.ts';
import { book, order, PERPETUAL } from './builders.ts';

const picked = vi.fn();
let view: VueWrapper | null = null;
const BOOK = `market.book ${JSON.stringify({ market: { venue: 'practice', symbol: 'BTC/USDT:USDT' }, depth: 50 })}`;

function open() {
  picked.mockClear();
  const bridge = installBridge();
  const Desk = defineComponent({
    setup() {
      const feed = useMarketFeed(() => ({ venue: PERPETUAL.venue, symbol: PERPETUAL.symbol }));
      return () => h(OrderBook, { instrument: PERPETUAL, feed, orders: [order()], onPick: picked });
    },
  });
  view = mountView(Desk);
  return bridge;
}
const frame = async (): Promise<void> => {
  await settle();
  await new Promise((resolve) => requestAnimationFrame(resolve));
  await settle();
};
const rows = (side: 'sell' | 'buy'): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>(`.side.${side} [role="option"]`),
];
const list = (side: 'sell' | 'buy'): HTMLElement => {
  const found = document.querySelector<HTMLElement>(`.side.${side}`);
  if (found === null) throw new Error('no ladder');
  return found;
};
const press = (key: string, shiftKey = false): void => {
  list('sell').dispatchEvent(
    new KeyboardEvent('keydown', { key, shiftKey, bubbles: true, cancelable: true }),
  );
};

afterEach(() => {
  view?.unmount();
  view = null;
  document.body.replaceChildren();
});

describe('the order book', () => {
  it('shows the newest book of a frame, best prices nearest to the spread', async () => {
    const bridge = open();
    bridge.emit(BOOK, { ok: true, value: book({ asks: [['200.0', '1.000']] }) });
    bridge.emit(BOOK, { ok: true, value: book() });
    await frame();
    expect(rows('sell')[0]?.textContent).toContain('100.1');
    expect(rows('buy')[0]?.textContent).toContain('99.9');
    expect(document.body.textContent).toContain('2 ticks');
  });

  it('hands a clicked price to the ticket, and with Shift the size up to it as well', async () => {
    const bridge = open();
    bridge.emit(BOOK, { ok: true, value: book() });
    await frame();
    rows('sell')[1]?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    rows('sell')[1]?.dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey: true }));
    expect(picked.mock.calls).toEqual([
      ['100.3', null],
      ['100.3', '3.500'],
    ]);
  });

  it('hands over prices by keyboard: away from the spread with the arrow, Enter takes', async () => {
    const bridge = open();
    bridge.emit(BOOK, { ok: true, value: book() });
    await frame();
    list('sell').focus();
    press('ArrowUp');
    await settle();
    expect(list('sell').getAttribute('aria-activedescendant')).toBe('ladder-sell-1');
    press('Enter');
    press('ArrowDown');
    press('Enter', true);
    expect(picked.mock.calls).toEqual([
      ['100.3', null],
      ['100.1', '1.000'],
    ]);
  });

  it('marks our own order with what is left of it', async () => {
    const bridge = open();
    bridge.emit(BOOK, { ok: true, value: book() });
    await frame();
    expect(rows('buy')[1]?.hasAttribute('data-own')).toBe(true);
    expect(rows('buy')[1]?.textContent).toContain('0.010');
    expect(rows('buy')[0]?.hasAttribute('data-own')).toBe(false);
  });

  it('is visibly stale with its age, and not clickable into emptiness', async () => {
    const bridge = open();
    bridge.emit(BOOK, {
      ok: true,
      value: book({ state: 'stale', receivedAt: Date.now() - 30_000, asks: [], bids: [] }),
    });
    await frame();
    expect(document.querySelector('.panel.stale')).not.toBeNull();
    expect(document.querySelector('time.stale')).not.toBeNull();
    rows('sell')[0]?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    expect(picked).not.toHaveBeenCalled();
  });

  it('says why it is missing and asks again on demand', async () => {
    const bridge = open();
    bridge.emit(BOOK, {
      ok: false,
      error: { code: 'test.refused', kind: 'unavailable', message: 'No book today.' },
    });
    await frame();
    expect(document.body.textContent).toContain('No book today.');
    const again = [...document.querySelectorAll('button')].find((one) =>
      one.textContent.includes('Try again'),
    );
    again?.click();
    await frame();
    bridge.emit(BOOK, { ok: true, value: book() });
    await frame();
    expect(document.body.textContent).not.toContain('No book today.');
    expect(bridge.open.get(BOOK)?.size).toBe(1);
  });
});
