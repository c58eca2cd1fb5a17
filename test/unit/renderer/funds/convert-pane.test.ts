// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import ConvertPane from '../../../../src-renderer/features/funds/ConvertPane.vue';
import { useClock } from '../../../../src-renderer/lib/use-clock.ts';
import { dropAllDrafts, useDraft } from '../../../../src-renderer/lib/use-draft.ts';
import { installBridge, mountView, settle, typeInto } from '../lib/bridge.ts';

const NOW = 1_795_183_331_000;
const account = { id: 'acc-1', venue: 'bybit', label: 'Main', uses: ['read', 'withdraw'] };
const coin = (asset: string) => ({ asset, available: '500', min: '1', max: '900', precision: 4 });
const quote = {
  quoteId: 'quote-1',
  from: 'USDT',
  to: 'BTC',
  fromAmount: '100',
  toAmount: '0.001',
  rate: '0.00001',
  expiresAt: NOW + 15_000,
};

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  dropAllDrafts();
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

const button = (text: RegExp): HTMLButtonElement | undefined =>
  [...document.querySelectorAll('button')].find((one) => text.test(one.textContent ?? ''));

async function quoted(answers: Record<string, (input: unknown) => unknown> = {}) {
  const bridge = installBridge({
    'funds.convertCoins': () => [coin('USDT'), coin('BTC')],
    'funds.convertQuote': () => quote,
    'funds.convert': () => ({ quoteId: 'quote-1', state: 'done', fromAmount: '100', toAmount: '0.001' }),
    ...answers,
  });
  const draft = useDraft('funds.convert.acc-1', () => ({
    wallet: 'unified',
    from: 'USDT',
    to: 'BTC',
    amount: '100',
  }));
  mountView(ConvertPane, { account });
  await settle();
  document.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }));
  await settle();
  return { bridge, draft };
}

describe('ConvertPane', () => {
  it('shows a price and converts by its id, with the passphrase', async () => {
    const { bridge } = await quoted();
    // Vue drops an event that is not later than the moment its listener was attached.
    vi.setSystemTime(NOW + 1000);
    button(/^\s*Convert 100 USDT to BTC/)?.click();
    await vi.waitUntil(() => document.querySelector('input[type=password]') !== null);
    typeInto(document.querySelector('input[type=password]'), 'test passphrase');
    document.querySelector('[role=dialog] form')?.dispatchEvent(new Event('submit', { cancelable: true }));
    await settle();
    const call = bridge.calls.find(({ name }) => name === 'funds.convert');
    expect(call?.input).toMatchObject({ accountId: 'acc-1', wallet: 'unified', quoteId: 'quote-1' });
    expect([...(call?.live['passphrase'] as Uint8Array)].every((byte) => byte === 0)).toBe(true);
  });

  it('throws the price away when the wish changes: it was for another one', async () => {
    const { draft } = await quoted();
    expect(button(/^\s*Convert 100 USDT/)).toBeDefined();
    draft.amount = '200';
    await settle();
    expect(button(/^\s*Convert 100 USDT/)).toBeUndefined();
  });

  it('does not let an expired price be used', async () => {
    await quoted({ 'funds.convertQuote': () => ({ ...quote, expiresAt: NOW - 1 }) });
    expect(button(/^\s*Convert 100 USDT/)?.disabled).toBe(true);
    expect(document.body.textContent).toContain('expired');
  });

  it('says how old the available amount is once it is, and asks again on a press', async () => {
    let available = '500';
    const { bridge } = await quoted({
      'funds.convertCoins': () => [{ ...coin('USDT'), available }, coin('BTC')],
    });
    const there = (): string =>
      document.querySelector('.there')?.textContent.replace(/\s+/g, ' ').trim() ?? '';
    expect(there()).toMatch(/500USDT$/);
    vi.setSystemTime(NOW + 40_000);
    useClock();
    await settle();
    expect(there()).toContain('40 s ago');
    expect(document.querySelector('.there.old time.stale')).not.toBeNull();
    available = '120';
    document.querySelector<HTMLButtonElement>('button[aria-label="Ask again"]')?.click();
    await settle();
    expect(bridge.calls.filter(({ name }) => name === 'funds.convertCoins').length).toBeGreaterThan(2);
    expect(there()).toMatch(/120USDT$/);
  });
});
