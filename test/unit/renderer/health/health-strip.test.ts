// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import type { VenueHealth } from '../../../../src-preload/contract/types/app.ts';
import HealthStrip from '../../../../src-renderer/features/health/HealthStrip.vue';
import { spoken } from '../../../../src-renderer/lib/announce.ts';
import { installFakeApi } from '../portfolio/fake-api.ts';
import { mountView } from '../portfolio/mount-view.ts';
import type { Mounted } from '../portfolio/mount-view.ts';

const venue = (change: Partial<VenueHealth>): VenueHealth => ({
  venue: 'bybit',
  state: 'live',
  latencyMs: 38,
  clockOffsetMs: -1200,
  dataAgeMs: 10,
  budget: 0.925,
  streams: [{ name: 'book', state: 'live', ageMs: 10 }],
  nextAttemptAt: null,
  lastError: null,
  ...change,
});

describe('health strip', () => {
  let mounted: Mounted | undefined;
  afterEach(() => {
    mounted?.wrapper.unmount();
    document.body.innerHTML = '';
  });
  const show = async (...venues: VenueHealth[]) => {
    const api = installFakeApi({});
    mounted = mountView(HealthStrip);
    await mounted.settled();
    api.emit('app.health', { time: Date.now(), venues });
    await mounted.settled();
    return { ...mounted, api };
  };

  it('shows latency, clock and budget of a live venue', async () => {
    const { text } = await show(venue({}));
    expect(text()).toContain('38 ms');
    expect(text()).toContain('clock −1200 ms');
    expect(text()).toContain('budget 93 %');
  });

  it('names a state that is not live in words', async () => {
    const { text } = await show(venue({ state: 'backingOff', nextAttemptAt: Date.now() + 60_000 }));
    expect(text()).toContain('reconnecting in');
    expect(text()).not.toContain('38 ms');
  });

  it('tells what the venue sends otherwise than documented, and nothing where there is nothing', async () => {
    const { wrapper, settled, text } = await show(venue({ remarks: ['spot XYZUSDT was left out.'] }));
    await wrapper.find('.chip').trigger('click');
    await settled();
    expect(text()).toContain('Not as documented (1)');
    expect(text()).toContain('spot XYZUSDT was left out.');
    wrapper.unmount();
    document.body.innerHTML = '';
    const other = await show(venue({}));
    await other.wrapper.find('.chip').trigger('click');
    await other.settled();
    expect(other.text()).not.toContain('Not as documented');
  });

  it('opens a panel with the last error and a hint on the clock', async () => {
    const { wrapper, settled, text } = await show(venue({ lastError: 'Closed by the venue (1006).' }));
    await wrapper.find('.chip').trigger('click');
    await settled();
    expect(text()).toContain('Closed by the venue (1006).');
    expect(text()).toContain('Switch on automatic time');
  });

  it.each([
    ['bybit', -1200, 'is 1200 ms ahead of the venue’s. Bybit refuses every request'],
    ['bybit', 1200, 'is 1200 ms behind the venue’s. The venue may refuse orders'],
    ['bitget', -600, 'is 600 ms ahead of the venue’s. It is not yet enough'],
  ] as const)('says of a %s clock that is %i ms off what follows', async (name, clockOffsetMs, words) => {
    const { wrapper, settled, text } = await show(venue({ venue: name, clockOffsetMs }));
    await wrapper.find('.chip').trigger('click');
    await settled();
    expect(text()).toContain(words);
  });

  it('gives each of several venues its own chip and panel', async () => {
    const { wrapper, settled, text } = await show(
      venue({}),
      venue({ venue: 'bybit-testnet', lastError: 'Closed while logging in.' }),
    );
    expect(wrapper.findAll('.chip').map((chip) => chip.find('.name').text())).toEqual([
      'Bybit',
      'Bybit Testnet',
    ]);
    await wrapper.findAll('.chip')[1]?.trigger('click');
    await settled();
    expect(text()).toContain('Closed while logging in.');
  });

  it('puts the stream in trouble above the rest and counts what it leaves out', async () => {
    const many = Array.from({ length: 14 }, (_one, at) => ({
      name: `tickers.${at}`,
      state: at === 13 ? 'stale' : 'live',
      ageMs: at,
    }));
    const { wrapper, settled } = await show(venue({ streams: many }));
    await wrapper.find('.chip').trigger('click');
    await settled();
    const rows = [...document.querySelectorAll('.streams tbody tr')].map((row) => row.textContent);
    expect(rows[0]).toMatch(/^tickers\.13.*stale/);
    expect(rows).toHaveLength(10);
    expect(document.body.textContent).toContain('and 4 more that are live');
  });

  it('speaks when a venue stops being live, and not for ticks', async () => {
    const { api, settled } = await show(venue({}));
    const turn = spoken.assertive.turn;
    api.emit('app.health', { time: Date.now() + 1, venues: [venue({ latencyMs: 40 })] });
    await settled();
    expect(spoken.assertive.turn).toBe(turn);
    api.emit('app.health', { time: Date.now() + 2, venues: [venue({ state: 'stale' })] });
    await settled();
    expect(spoken.assertive.text).toBe('Bybit: stale');
  });

  it('says that there is no report instead of showing an old one as live', async () => {
    const { api, settled, text } = await show(venue({}));
    api.refuse('app.health', 'The topic overflowed.');
    await settled();
    expect(text()).toContain('The topic overflowed.');
    expect(text()).not.toContain('38 ms');
  });
});
