// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VenueCapabilities } from '../../../../src-preload/contract/types/account.ts';
import OptionsView from '../../../../src-renderer/features/options/OptionsView.vue';
import { dropAllDrafts } from '../../../../src-renderer/lib/use-draft.ts';
import { useAccountsStore } from '../../../../src-renderer/lib/use-accounts-store.ts';
import { bad, good, installFakeApi, type Answers, type FakeApi } from '../portfolio/fake-api.ts';
import { mountView, type Mounted } from '../portfolio/mount-view.ts';
import { position } from '../trade/builders.ts';
import { EXPIRY, option, optionTicker } from './builders.ts';

const CHAIN = 'market.optionChain';
const LIST = [
  option(),
  option({ optionType: 'put' }),
  option({ strike: '61000' }),
  option({ strike: '60000', expiry: EXPIRY + 86_400_000, symbol: 'BTC/USDT:USDT-261226-60000-C' }),
];
const CALL = 'BTC/USDT:USDT-261225-60000-C';

describe('the options view', () => {
  let mounted: Mounted | undefined;
  let api: FakeApi;
  beforeEach(() => {
    vi.useFakeTimers({
      now: EXPIRY - 3_600_000,
      toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval'],
    });
  });
  afterEach(() => {
    mounted?.wrapper.unmount();
    document.body.innerHTML = '';
    dropAllDrafts();
    vi.useRealTimers();
  });

  async function show(over: Answers = {}, language: 'en' | 'de' = 'en'): Promise<Mounted> {
    api = installFakeApi({
      'market.instruments': () => good(LIST),
      'trading.openOrders': () => good([]),
      'trading.fills': () => good({ rows: [], total: 0 }),
      ...over,
    });
    mounted = mountView(OptionsView, {}, language);
    const { router } = mounted;
    router.addRoute({ path: '/options/:venue/:base?', name: 'options', component: { render: () => null } });
    await router.push('/options/bybit/BTC');
    await mounted.settled();
    return mounted;
  }
  const rows = (): string[] =>
    [...document.querySelectorAll('tbody tr')].map((row) => row.textContent.replace(/\s+/g, ' '));

  it('shows the nearest expiry around its strikes, with what is ours', async () => {
    const { settled, text } = await show();
    api.emit(CHAIN, [optionTicker(CALL)]);
    api.emit('trading.positions', [position({ venue: 'bybit', symbol: CALL, quantity: '0.5' })]);
    await settled();
    expect(rows()).toHaveLength(2);
    expect(document.querySelector('tr.atm')?.textContent).toContain('at the money');
    expect(rows()[0]).toContain('48.2');
    expect(rows()[0]).toContain('+0.5');
    expect(text()).toContain('60 010');
    expect(text()).toContain('1:00:00');
  });

  it('opens an option in Trade', async () => {
    const { settled, router } = await show();
    api.emit(CHAIN, [optionTicker(CALL)]);
    await settled();
    document.querySelector<HTMLElement>('[data-option="60000-call"]')?.click();
    await settled();
    expect(router.currentRoute.value.params).toEqual({ venue: 'bybit', symbol: CALL });
  });

  it('has one price in the tab order and goes to the other side by arrow key', async () => {
    const { settled } = await show();
    api.emit(CHAIN, [optionTicker(CALL)]);
    await settled();
    expect(document.querySelectorAll('tbody button[tabindex="0"]')).toHaveLength(1);
    const call = document.querySelector<HTMLElement>('[data-option="60000-call"]');
    call?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    await settled();
    expect(document.activeElement?.getAttribute('data-option')).toBe('60000-put');
  });

  it('says that prices are old instead of showing them as they were', async () => {
    const { settled } = await show();
    api.emit(CHAIN, [optionTicker(CALL, {}, { receivedAt: Date.now() - 60_000 })]);
    await settled();
    expect(document.querySelector('.panel')?.classList).toContain('stale');
    expect(document.querySelector('time.stale')).not.toBeNull();
  });

  it('keeps the last prices under the words of a broken stream', async () => {
    const { settled, text } = await show();
    api.emit(CHAIN, [optionTicker(CALL)]);
    await settled();
    api.refuse(CHAIN, 'The stream broke.');
    await settled();
    expect(text()).toContain('The stream broke.');
    expect(rows()).toHaveLength(2);
    expect(document.querySelector('.panel')?.classList).toContain('stale');
  });

  it('fails in words and asks again', async () => {
    const { settled, text } = await show({ 'market.instruments': () => bad('No list today.') });
    expect(text()).toContain('No list today.');
    api.answer({ 'market.instruments': () => good(LIST) });
    // Vue drops an event of the very millisecond in which its listener was attached.
    vi.setSystemTime(Date.now() + 1);
    document.querySelector<HTMLElement>('button.retry')?.click();
    await settled();
    api.emit(CHAIN, [optionTicker(CALL)]);
    await settled();
    expect(rows()).toHaveLength(2);
  });

  it('says in German that a venue has no options', async () => {
    const { settled, text } = await show({ 'market.instruments': () => good([]) }, 'de');
    await settled();
    expect(text()).toContain('Keine Optionen bei Bybit');
  });

  it('does not wait for a list of a venue that has no options at all', async () => {
    const { settled, text } = await show({ 'market.instruments': () => new Promise(() => undefined) });
    useAccountsStore().venues = [{ venue: 'bybit', marketKinds: ['spot'] } as unknown as VenueCapabilities];
    await settled();
    expect(text()).toContain('No options at Bybit');
  });

  it('changes with the expiry that is chosen', async () => {
    const { settled } = await show();
    api.emit(CHAIN, [optionTicker(CALL)]);
    await settled();
    const later = document.querySelectorAll<HTMLInputElement>('.expiries input')[1];
    later?.click();
    later?.dispatchEvent(new Event('change', { bubbles: true }));
    await settled();
    expect(rows()).toHaveLength(1);
  });
});
