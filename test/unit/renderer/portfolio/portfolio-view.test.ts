// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import PortfolioView from '../../../../src-renderer/features/portfolio/PortfolioView.vue';
import { useSessionStore } from '../../../../src-renderer/lib/use-session-store.ts';
import { useSettingsStore } from '../../../../src-renderer/lib/use-settings-store.ts';
import { usePortfolioStore } from '../../../../src-renderer/features/portfolio/portfolio-store.ts';
import { account, balance, holding, portfolio } from './builders.ts';
import { bad, good, installFakeApi } from './fake-api.ts';
import { mountView } from './mount-view.ts';
import type { Mounted } from './mount-view.ts';

const now = Date.now();
const holdings = [holding('BTC', '0.5', '30000'), holding('USDT', '100.5', '100.5')];
const fresh = portfolio({
  total: '30100.5',
  asOf: now,
  holdings,
  accounts: [
    account({
      equity: '30100.5',
      asOf: now,
      holdings,
      balances: [balance('BTC', '0.5'), balance('USDT', '100.5')],
    }),
  ],
});
const answers = (view: unknown) => ({
  'portfolio.view': () => good(view),
  'portfolio.refresh': () => good(view),
  'portfolio.equity': () => good([]),
  'trading.openOrders': () => good([]),
  'trading.fills': () => good({ rows: [], total: 0 }),
  'market.instruments': () => good([]),
});

describe('portfolio view', () => {
  let mounted: Mounted | undefined;
  afterEach(() => {
    mounted?.wrapper.unmount();
    document.body.innerHTML = '';
  });
  const show = async (): Promise<Mounted> => {
    mounted = mountView(PortfolioView);
    await mounted.settled();
    return mounted;
  };

  it('shows play money apart, with the word why, once there is real money', async () => {
    const play = account({
      accountId: 'play',
      equity: '100000',
      asOf: now,
      counted: false,
      notCountedReason: 'playMoney',
    });
    installFakeApi(answers({ ...fresh, accounts: [play, ...fresh.accounts] }));
    const { text } = await show();
    expect(text()).toMatch(/acc-1.*Play money.*only real money counts.*play.*100 000\.00/s);
  });

  it('shows the total and what it is made of', async () => {
    installFakeApi(answers(fresh));
    const { text } = await show();
    expect(text()).toContain('30 100.50');
    expect(text()).toContain('99.7 %');
  });

  it('never shows zero for a total that is not known, and names what is missing', async () => {
    installFakeApi(
      answers({
        ...fresh,
        total: null,
        changeToday: null,
        missing: ['Bybit main'],
        accounts: [
          ...fresh.accounts,
          account({ accountId: 'b', equity: null, asOf: null, state: 'failed', error: 'No answer in 10 s.' }),
        ],
      }),
    );
    const { wrapper, text } = await show();
    expect(text()).toContain('Unknown while this part is missing: Bybit main');
    expect(text()).toContain('No answer in 10 s.');
    expect(wrapper.find('.total').text()).toContain('unknown');
    expect(wrapper.find('.total').text()).not.toContain('0');
  });

  it('says what failed when nothing is known, and asks again on demand', async () => {
    const api = installFakeApi({ ...answers(fresh), 'portfolio.view': () => bad('The venue is silent.') });
    const { wrapper, settled, text } = await show();
    expect(text()).toContain('The venue is silent.');
    await wrapper.find('[role="alert"] button').trigger('click');
    await settled();
    expect(api.calls.some(([name]) => name === 'portfolio.refresh')).toBe(true);
    expect(text()).toContain('30 100.50');
  });

  it('invites to add an account when there is none', async () => {
    installFakeApi(answers({ ...fresh, accounts: [] }));
    const { wrapper, router, settled } = await show();
    await wrapper.find('button').trigger('click');
    await settled();
    await router.isReady();
    expect(router.currentRoute.value.name).toBe('accounts');
  });

  it('opens the parts of an asset with the way its price came', async () => {
    installFakeApi(answers(fresh));
    const { wrapper, settled, text } = await show();
    await wrapper.find('button.asset').trigger('click');
    await settled();
    expect(text()).toContain('Through BTC/USDT');
    expect(text()).toContain('60 000.0000');
  });

  it('hides what one owns, not what the market says', async () => {
    installFakeApi(answers(fresh));
    const { settled, text } = await show();
    useSettingsStore().accept({ ...useSettingsStore().settings, hideAmounts: true });
    await settled();
    expect(text()).not.toContain('30 100.50');
    expect(text()).toContain('99.7 %');
  });

  it('holds no figure any more once the vault is locked', async () => {
    installFakeApi(answers(fresh));
    await show();
    const session = useSessionStore();
    const state = {
      version: '0',
      platform: 'linux',
      packaged: false,
      lockReason: null,
      screenLock: 'system',
      notices: [],
      time: 0,
    } as const;
    session.accept({ ...state, phase: 'unlocked' });
    session.accept({ ...state, phase: 'locked' });
    expect(usePortfolioStore().view).toBeNull();
  });
});
