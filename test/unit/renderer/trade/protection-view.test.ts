// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { ref } from 'vue';
import type { VenueCapabilities } from '../../../../src-preload/contract/types/account.ts';
import type { Order, Position } from '../../../../src-preload/contract/types/trading.ts';
import PositionsTable from '../../../../src-renderer/features/trade/dock/PositionsTable.vue';
import ProtectionDialog from '../../../../src-renderer/features/trade/protection/ProtectionDialog.vue';
import { useAccountsStore } from '../../../../src-renderer/lib/use-accounts-store.ts';
import { bad, good, installFakeApi, type Answers } from '../portfolio/fake-api.ts';
import { mountView, type Mounted } from '../portfolio/mount-view.ts';
import { typeInto } from '../lib/bridge.ts';
import { order, PERPETUAL, position } from './builders.ts';

let mounted: Mounted | undefined;
afterEach(() => {
  mounted?.wrapper.unmount();
  document.body.innerHTML = '';
});

describe('the protection of a position', () => {
  const held = position({ takeProfit: '110', stopLoss: '90' });
  const closed = ref(0);
  async function show(
    answers: Answers = { 'trading.setProtection': () => good(null) },
    of: Position = held,
    language: 'en' | 'de' = 'en',
  ) {
    const api = installFakeApi(answers);
    closed.value = 0;
    mounted = mountView(
      ProtectionDialog,
      { open: true, position: of, instrument: PERPETUAL, 'onUpdate:open': () => (closed.value += 1) },
      language,
    );
    await mounted.settled();
    return { ...mounted, api };
  }
  const fields = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>('form input')];
  const save = (): HTMLButtonElement | undefined =>
    [...document.querySelectorAll<HTMLButtonElement>('.foot button')].at(-1);

  it('sends both legs when one of them changes', async () => {
    const { api, settled } = await show();
    typeInto(fields()[1], '95');
    await settled();
    expect(save()?.textContent).toContain('Set 110.0 / 95.0');
    save()?.click();
    await settled();
    expect(api.calls.at(-1)).toEqual([
      'trading.setProtection',
      {
        accountId: 'acc-test',
        symbol: 'BTC/USDT:USDT',
        positionSide: 'net',
        takeProfit: '110',
        stopLoss: '95',
      },
    ]);
    expect(closed.value).toBe(1);
  });

  it('removes an emptied leg with null', async () => {
    const { api, settled } = await show();
    typeInto(fields()[0], '');
    await settled();
    expect(save()?.textContent).toContain('Set stop loss 90.0');
    save()?.click();
    await settled();
    expect(api.calls.at(-1)?.[1]).toMatchObject({ takeProfit: null, stopLoss: '90' });
  });

  it('does nothing while nothing differs', async () => {
    await show();
    expect(save()?.disabled).toBe(true);
  });

  it('blocks a stop on the wrong side of the mark price, and says where it belongs', async () => {
    const { settled, text } = await show();
    typeInto(fields()[1], '101');
    await settled();
    expect(text()).toContain('Must be below 100.0.');
    expect(save()?.disabled).toBe(true);
  });

  it('estimates distance and result, and tells of the last price', async () => {
    const { settled, text } = await show();
    typeInto(fields()[0], '120');
    await settled();
    // 0.045 × (120 − 95.5)
    expect(text()).toContain('+20.00 % from mark · ≈ +1.10 USDT');
    expect(text()).toContain('last price');
  });

  it('warns of a stop behind the liquidation price', async () => {
    const { settled, text } = await show();
    typeInto(fields()[1], '80.1');
    await settled();
    expect(text()).toContain('liquidated before this stop');
  });

  it('sends the tick that main would make of what was typed', async () => {
    const { api, settled } = await show();
    typeInto(fields()[1], '95.04');
    await settled();
    save()?.click();
    await settled();
    expect(api.calls.at(-1)?.[1]).toMatchObject({ stopLoss: '95.1' });
  });

  it('begins where something is missing: at the stop of a position that has none', async () => {
    const { settled } = await show(undefined, position({ stopLoss: null, takeProfit: null }));
    await settled();
    expect(document.activeElement).toBe(fields()[1]);
    expect(save()?.textContent).toContain('Nothing to set');
    expect(save()?.disabled).toBe(true);
  });

  it('takes the nearest price in with one press, ours or that of a refusal', async () => {
    const { settled } = await show({
      'trading.setProtection': () => ({
        ok: false,
        error: {
          code: 'input.invalid',
          kind: 'badInput',
          message: 'Refused.',
          problems: [{ field: 'stopLoss', rule: 'must be below 94', nearest: '93.9' }],
        },
      }),
    });
    const press = async (label: string): Promise<void> => {
      [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === label)?.click();
      await settled();
    };
    typeInto(fields()[1], '95.04');
    await settled();
    await press('Use 95.1');
    expect(fields()[1]?.value).toBe('95.1');
    save()?.click();
    await settled();
    await press('Use 93.9');
    expect(fields()[1]?.value).toBe('93.9');
  });

  it('stays open with the words of a refusal', async () => {
    const { settled, text } = await show({ 'trading.setProtection': () => bad('Too close to the market.') });
    typeInto(fields()[1], '95');
    await settled();
    save()?.click();
    await settled();
    expect(text()).toContain('Too close to the market.');
    expect(closed.value).toBe(0);
  });

  it('speaks German', async () => {
    const { text } = await show(undefined, position({ stopLoss: null, takeProfit: null }), 'de');
    expect(text()).toContain('Leer: Nichts begrenzt den Verlust.');
  });
});

describe('the table of positions', () => {
  async function show(
    positions: readonly Position[],
    positionProtection = true,
    orders: readonly Order[] | null = [],
  ): Promise<Mounted> {
    installFakeApi({});
    mounted = mountView(PositionsTable, { positions, orders });
    useAccountsStore().venues = [{ venue: 'practice', positionProtection } as unknown as VenueCapabilities];
    await mounted.settled();
    return mounted;
  }

  it('marks a position that nothing stops, and shows the stop of one that has it', async () => {
    await show([position(), position({ positionSide: 'long', stopLoss: '91.5' })]);
    const rows = [...document.querySelectorAll('tbody tr')].map((row) => row.textContent);
    expect(rows[0]).toContain('No stop');
    expect(rows[1]).toContain('91.5');
    expect(rows[1]).not.toContain('No stop');
  });

  it('says for how much of a position there is no stop, and claims nothing before the orders are known', async () => {
    const held = position({ quantity: '1' });
    const stop = order({
      side: 'sell',
      type: 'stopMarket',
      state: 'untriggered',
      reduceOnly: true,
      filledQuantity: '0',
    });
    const part = { ...stop, price: null, triggerPrice: '90', quantity: '0.4' };
    const first = await show([held], true, [part]);
    expect(document.querySelector('tbody tr')?.textContent).toContain('No stop for 0.6');
    first.wrapper.unmount();
    await show([held], true, null);
    expect(document.querySelector('tbody tr')?.textContent).not.toContain('No stop');
  });

  it('offers no protection where the venue has none', async () => {
    const { text } = await show([position()], false);
    expect(text()).not.toContain('No stop');
    expect(document.querySelector('[aria-label^="Take profit and stop loss of"]')).toBeNull();
  });

  it('shows a profit in coin to the last digit', async () => {
    const { text } = await show([
      position({ symbol: 'BTC/USD:BTC', settle: 'BTC', unrealizedPnl: '0.00753531' }),
    ]);
    expect(text()).toContain('+0.00753531');
  });

  it('names the accounts once there are several', async () => {
    const { text } = await show([position(), position({ accountId: 'acc-two' })]);
    expect(text()).toContain('acc-two');
  });
});
