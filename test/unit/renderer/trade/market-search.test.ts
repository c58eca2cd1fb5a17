// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Account, VenueCapabilities } from '../../../../src-preload/contract/types/account.ts';
import type { Instrument, Ticker } from '../../../../src-preload/contract/types/market.ts';
import MarketSearch from '../../../../src-renderer/features/trade/market/MarketSearch.vue';
import { timeLeft } from '../../../../src-renderer/features/trade/market/time-left.ts';
import { useAccountsStore } from '../../../../src-renderer/lib/use-accounts-store.ts';
import { typeInto } from '../lib/bridge.ts';
import { good, installFakeApi, type FakeApi } from '../portfolio/fake-api.ts';
import { mountView, type Mounted } from '../portfolio/mount-view.ts';
import { PERPETUAL, SPOT } from './builders.ts';

const at = (venue: 'practice' | 'bybit', symbol: string, change: Partial<Instrument> = {}): Instrument => ({
  ...PERPETUAL,
  venue,
  symbol,
  ...change,
});
const LISTS: Readonly<Record<string, readonly Instrument[]>> = {
  practice: [PERPETUAL, SPOT],
  bybit: [
    at('bybit', 'ADA/USDT:USDT', { base: 'ADA' }),
    at('bybit', 'BTC/USDT:USDT'),
    ...['60000', '61000'].map((strike) =>
      at('bybit', `BTC/USDT:USDT-261225-${strike}-C`, { kind: 'option', strike, expiry: 1 }),
    ),
  ],
};
const ticker = (symbol: string, turnover24h: string): Ticker => ({
  venue: 'bybit',
  symbol,
  last: '100',
  bid: null,
  ask: null,
  open24h: null,
  high24h: null,
  low24h: null,
  volume24h: null,
  turnover24h,
  time: 1,
  receivedAt: 1,
});

describe('the search for markets', () => {
  let mounted: Mounted | undefined;
  let api: FakeApi;
  const chosen = vi.fn();
  afterEach(() => {
    mounted?.wrapper.unmount();
    document.body.innerHTML = '';
    chosen.mockClear();
  });

  async function open(owners: readonly string[] = ['bybit']): Promise<Mounted> {
    api = installFakeApi({ 'market.instruments': ({ venue }) => good(LISTS[String(venue)] ?? []) });
    mounted = mountView(MarketSearch, {
      market: { venue: 'bybit', symbol: 'BTC/USDT:USDT' },
      onChoose: chosen,
    });
    mounted.router.addRoute({
      path: '/options/:venue/:base?',
      name: 'options',
      component: { render: () => null },
    });
    const accounts = useAccountsStore();
    accounts.venues = ['practice', 'bybit', 'bitget'].map(
      (venue) => ({ venue, available: true }) as unknown as VenueCapabilities,
    );
    accounts.list = owners.map((venue) => ({ id: venue, venue }) as unknown as Account);
    document.querySelector<HTMLElement>('button.trigger')?.click();
    await mounted.settled();
    return mounted;
  }
  const names = (): string[] =>
    [...document.querySelectorAll('[role="option"] .name')].map((one) => one.textContent);
  const field = (): HTMLInputElement | null => document.querySelector('input[role="combobox"]');
  const press = (key: string): void => {
    field()?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  };

  it('begins with the venue on screen and holds one entry for all options on a coin', async () => {
    await open();
    expect(names()).toEqual(['ADA/USDT:USDT', 'BTC/USDT:USDT', 'BTC/USDT:USDT', 'BTC/USDT', 'BTC options']);
    expect(document.body.textContent).toContain('2 contracts');
  });

  it('asks no venue without an account', async () => {
    await open();
    const asked = api.calls.filter(([name]) => name === 'market.instruments').map(([, input]) => input);
    expect(asked).toEqual([{ venue: 'bybit' }, { venue: 'practice' }]);
  });

  it('marks the market on screen, also after turnovers have sorted the list', async () => {
    const { settled } = await open();
    const marked = (): string => document.querySelector('[aria-selected="true"]')?.textContent ?? '';
    expect(marked()).toContain('BTC/USDT:USDT');
    api.emit('market.tickers', [ticker('BTC/USDT:USDT', '9'), ticker('ADA/USDT:USDT', '1000')]);
    await settled();
    expect(marked()).toContain('BTC/USDT:USDT');
    expect(marked()).toContain('Bybit');
  });

  it('opens the chain behind an options entry instead of choosing a market', async () => {
    const { settled, router } = await open();
    typeInto(field(), 'btc opt');
    await settled();
    press('Enter');
    await settled();
    expect(router.currentRoute.value).toMatchObject({
      name: 'options',
      params: { venue: 'bybit', base: 'BTC' },
    });
    expect(chosen).not.toHaveBeenCalled();
  });

  it('chooses by arrow keys', async () => {
    const { settled } = await open();
    typeInto(field(), 'usdt');
    await settled();
    press('ArrowDown');
    await settled();
    press('Enter');
    await settled();
    expect(chosen).toHaveBeenCalledTimes(1);
  });
});

describe('the time that is left', () => {
  it.each([
    [34 * 86_400_000 + 17 * 3_600_000, '34\u202fd 17\u202fh'],
    [2 * 86_400_000, '2\u202fd'],
    [86_400_000 - 1000, '23:59:59'],
    [59_000, '00:59'],
    [-5, '00:00'],
  ])('%i ms is %s', (ms, words) => {
    expect(timeLeft(ms)).toBe(words);
  });
});
