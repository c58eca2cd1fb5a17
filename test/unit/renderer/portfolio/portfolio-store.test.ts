// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import { usePortfolioStore } from '../../../../src-renderer/features/portfolio/portfolio-store.ts';
import { NOW, portfolio } from './builders.ts';
import { bad, good, installFakeApi, settle } from './fake-api.ts';

describe('portfolio store', () => {
  beforeEach(() => setActivePinia(createPinia()));

  it('shares one subscription between views and closes it with the last', () => {
    const api = installFakeApi({ 'portfolio.view': () => good(portfolio()) });
    const store = usePortfolioStore();
    const [first, second] = [store.open(), store.open()];
    expect(api.open()).toEqual(['portfolio.view']);
    first();
    first();
    expect(api.open()).toEqual(['portfolio.view']);
    second();
    expect(api.open()).toEqual([]);
  });

  it('does not let the first answer overwrite an event that overtook it', async () => {
    const api = installFakeApi({ 'portfolio.view': () => good(portfolio({ total: '1' })) });
    const store = usePortfolioStore();
    store.open();
    api.emit('portfolio.view', portfolio({ total: '2' }));
    await settle();
    expect(store.view?.total).toBe('2');
  });

  it('keeps the figures when a refresh fails and says why', async () => {
    const api = installFakeApi({
      'portfolio.view': () => good(portfolio()),
      'portfolio.refresh': () => bad('The venue does not answer.'),
    });
    const store = usePortfolioStore();
    store.open();
    await settle();
    await store.refresh();
    expect(store.view?.total).toBe('100');
    expect(store.error?.message).toBe('The venue does not answer.');
    api.emit('portfolio.view', portfolio({ asOf: NOW + 1 }));
    expect(store.error).toBeNull();
  });

  it('asks once when refresh is pressed twice', async () => {
    const api = installFakeApi({ 'portfolio.refresh': () => good(portfolio()) });
    const store = usePortfolioStore();
    await Promise.all([store.refresh(), store.refresh()]);
    expect(api.calls).toHaveLength(1);
    expect(store.refreshing).toBe(false);
  });

  it('takes nothing that arrives after the last view closed', async () => {
    installFakeApi({ 'portfolio.view': () => good(portfolio()) });
    const store = usePortfolioStore();
    const close = store.open();
    close();
    await settle();
    expect(store.view).toBeNull();
  });
});
