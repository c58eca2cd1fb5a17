// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  KEY_FINDING_CODES,
  type Account,
  type KeyFinding,
} from '../../../../src-preload/contract/types/account.ts';
import KeyInspector from '../../../../src-renderer/features/accounts/KeyInspector.vue';
import english from '../../../../src-renderer/locales/en/accounts.json';
import { installBridge, mountView, refusal, settle } from '../lib/bridge.ts';
import { NOW, account, finding, inspection } from './builders.ts';

const TESTNET = { venue: 'bybit-testnet', region: 'global', environment: 'testnet' } as const;

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

async function page(of: Account, answers: Record<string, (input: unknown) => unknown> = {}) {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  const replaced: string[] = [];
  const bridge = installBridge(answers);
  const wrapper = mountView(KeyInspector, { account: of, onReplace: () => replaced.push(of.id) });
  await settle();
  const button = (text: string) => wrapper.findAll('button').find((one) => one.text().includes(text));
  const names = () => bridge.calls.map(({ name }) => name);
  const press = async (text: string): Promise<void> => {
    await button(text)?.trigger('click');
    await settle();
  };
  return { wrapper, bridge, button, press, names, replaced };
}
const withFindings = (findings: readonly KeyFinding[], change: Parameters<typeof inspection>[1] = {}) =>
  account({ inspection: inspection(findings, change) });

describe('KeyInspector', () => {
  it.each(KEY_FINDING_CODES)('says %s in words, with and without values', async (code) => {
    const values = {
      days: '9',
      date: '2026-11-29',
      addresses: '192.0.2.1,192.0.2.2',
      site: 'bybit-testnet/global/testnet',
      offsetMs: '-1200',
      products: 'spot,options',
      ip: '192.0.2.7',
      message: 'API key is invalid.',
      code: '10003',
    };
    for (const given of [values, {}]) {
      const { wrapper } = await page(withFindings([finding(code, 'warning', given)]));
      const said = wrapper.get('.what').text();
      expect(said).not.toMatch(/accounts\.|[{}]|undefined/);
      expect(said.length).toBeGreaterThan('Caution '.length + 10);
      wrapper.unmount();
    }
  });

  it('has a way out for every finding that can be a problem', () => {
    const texts: Readonly<Record<string, object>> = english.accounts.finding;
    const problems: readonly KeyFinding['code'][] = [
      'noTrade',
      'tradePartly',
      'withdraw',
      'noTransfer',
      'ipUnbound',
      'expiresSoon',
      'expired',
      'notUnified',
      'clockOff',
      'readOnlyKey',
      'otherSite',
      'refused',
      'ipRefused',
      'demoUnchecked',
      'thirdParty',
      'movesPrices',
    ];
    expect(problems.filter((code) => !Object.hasOwn(texts[code] ?? {}, 'fix'))).toEqual([]);
  });

  it('shows a right to withdraw as a danger in words, above the rest', async () => {
    const { wrapper } = await page(withFindings([finding('read'), finding('withdraw', 'danger')]));
    expect(wrapper.findAll('h3').map((one) => one.text())).toEqual(['Dangers 1', 'In order 1']);
    expect(wrapper.get('.finding.danger').text()).toMatch(/^Danger\s*This key can withdraw/);
  });

  it.each([
    ['unknownKey', 'does not know this key', 'Check that it was copied whole'],
    ['signature', 'secret does not belong', 'Copy key and secret once more'],
    ['clock', 'clocks differ', 'automatic time'],
    ['other', 'refuses the key', 'Check that it was copied whole'],
  ])(
    'says why a key was refused (%s), in the venue’s words as well, and what to do',
    async (reason, what, fix) => {
      const values = { reason, message: 'API key is invalid.', code: '10003' };
      const { wrapper } = await page(withFindings([finding('refused', 'danger', values)]));
      const said = wrapper.get('.finding').text();
      for (const part of [what, fix, 'The venue says: API key is invalid. · 10003'])
        expect(said).toContain(part);
    },
  );

  it('opens the venue’s key page by name, never by address', async () => {
    const { press, bridge } = await page(withFindings([finding('ipUnbound', 'warning')]), {
      'app.openLink': () => null,
    });
    await press('Key page at Bybit');
    expect(bridge.calls.at(-1)).toMatchObject({ name: 'app.openLink', input: { link: 'bybit' } });
  });

  it('moves the account to the site that knows the key, then inspects again', async () => {
    const found = [finding('otherSite', 'danger', { site: 'bybit-testnet/global/testnet' })];
    const { press, names, wrapper } = await page(withFindings(found, { otherSite: TESTNET }), {
      'accounts.moveSite': () => account(),
      'accounts.inspect': () => account(),
    });
    expect(wrapper.text()).toContain('The key was made on Bybit Testnet');
    await press('Move to Bybit Testnet');
    expect(names()).toEqual(['accounts.moveSite', 'accounts.inspect']);
  });

  it('says why a move failed and does not inspect then', async () => {
    const { press, names, wrapper } = await page(
      withFindings([finding('otherSite', 'danger')], { otherSite: TESTNET }),
      {
        'accounts.moveSite': () => {
          throw refusal('vault.locked', { message: 'The vault is locked.' });
        },
      },
    );
    await press('Move to Bybit Testnet');
    expect(names()).toEqual(['accounts.moveSite']);
    expect(wrapper.find('[role=alert]').exists()).toBe(true);
  });

  it('asks for a new key when the venue refuses this one everywhere', async () => {
    const { press, replaced } = await page(withFindings([finding('refused', 'danger')]));
    await press('Replace key');
    expect(replaced).toEqual(['acc-1']);
  });

  it('shows the days that are left and whose clock is ahead', async () => {
    const { wrapper } = await page(
      withFindings([finding('clockOff', 'warning', { offsetMs: '-1200' })], {
        clockOffsetMs: -1200,
        permissions: {
          read: true,
          trade: true,
          withdraw: false,
          transfer: false,
          ipAddresses: [],
          expiresAt: NOW + 9.5 * 86_400_000,
          inspectedAt: NOW,
        },
      }),
    );
    expect(wrapper.get('.facts').text()).toContain('in 9 days');
    expect(wrapper.get('.finding').text()).toContain('1200 ms ahead');
  });

  it('invites to the first inspection and says what it is doing', async () => {
    let answer: (value: Account) => void = () => undefined;
    const { wrapper, press, names } = await page(account({ inspection: null }), {
      'accounts.inspect': () => new Promise<Account>((resolve) => (answer = resolve)),
    });
    expect(wrapper.text()).toContain('Not inspected yet');
    await press('Inspect now');
    expect(wrapper.get('[role=status]').text()).toContain('Asking Bybit what this key may do');
    await press('Inspect now');
    expect(names()).toEqual(['accounts.inspect']);
    answer(account());
    await settle();
    expect(wrapper.find('[role=status]').exists()).toBe(false);
  });

  it('keeps the former findings beside the reason of a failed inspection', async () => {
    const { wrapper, press } = await page(withFindings([finding('withdraw', 'danger')]), {
      'accounts.inspect': () => {
        throw refusal('venue.unavailable', { kind: 'unavailable' });
      },
    });
    await press('Inspect now');
    expect(wrapper.find('[role=alert]').exists()).toBe(true);
    expect(wrapper.find('.finding.danger').exists()).toBe(true);
  });

  it('cannot inspect a key that only waits in the vault', async () => {
    const { wrapper, button } = await page(account({ inspection: null, state: 'notSupported' }));
    expect(button('Inspect now')).toBeUndefined();
    expect(wrapper.text()).toContain('does not connect to this venue yet');
  });
});
