// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { nextTick } from 'vue';
import type { VenueCapabilities } from '../../../../src-preload/contract/types/account.ts';
import { installBridge, typeInto } from '../lib/bridge.ts';
import { PERPETUAL, preview } from './builders.ts';
import {
  ACCOUNT,
  bridgeWith,
  buttonWith,
  calls,
  field,
  fill,
  finish,
  modes,
  mountTicket,
  start,
  text,
  think,
} from './ticket-desk.ts';

afterEach(finish);

describe('a ticket at a venue with attached protection', () => {
  const CAN: VenueCapabilities = {
    venue: 'practice',
    available: true,
    orderTypes: ['limit', 'market', 'stopLimit', 'stopMarket'],
    timesInForce: ['GTC'],
    postOnly: true,
    reduceOnly: true,
    amend: true,
    cancelAll: true,
    batch: false,
    quoteAmountOrders: false,
    leverage: true,
    marginModes: ['cross'],
    positionSides: ['net', 'long', 'short'],
    attachedProtection: true,
    positionProtection: true,
    marketKinds: ['linear'],
    positionModeSwitch: true,
    transfers: false,
    deposits: false,
    withdrawals: false,
    convert: false,
    needsVenuePassphrase: false,
    keyTypes: [],
    regions: [],
  };
  const protect = async (): Promise<void> => {
    document.querySelector<HTMLInputElement>('.protection input[type="checkbox"]')?.click();
    await nextTick();
  };

  it('offers none where the venue has none', async () => {
    start();
    bridgeWith();
    mountTicket(ACCOUNT, true, { capabilities: { ...CAN, attachedProtection: false } });
    await fill('100', '0.5');
    expect(text()).not.toContain('Take profit');
  });

  it('asks main about the legs, and puts what main says beside them', async () => {
    start();
    const bridge = bridgeWith(() =>
      preview({ problems: [{ field: 'stopLoss', rule: 'must be above the liquidation price' }] }),
    );
    mountTicket(ACCOUNT, true, { capabilities: CAN });
    await fill('100', '0.5');
    await protect();
    typeInto(field('Take profit'), '110');
    typeInto(field('Stop loss'), '95');
    await nextTick();
    await think();
    expect(calls(bridge, 'trading.preview').at(-1)?.input).toMatchObject({
      takeProfit: '110',
      stopLoss: '95',
    });
    expect(text()).toContain('must be above the liquidation price');
    // 0.5 × 10
    expect(text()).toContain('+10.00 % · +5.00 USDT');
    expect(buttonWith('Buy 0.500 BTC')?.disabled).toBe(true);
  });

  it('blocks a stop on the wrong side without asking anybody', async () => {
    start();
    bridgeWith();
    mountTicket(ACCOUNT, true, { capabilities: CAN });
    await fill('100', '0.5');
    await protect();
    typeInto(field('Stop loss'), '101');
    await nextTick();
    await think();
    expect(text()).toContain('Must be below 100.');
    expect(buttonWith('Buy 0.500 BTC')?.disabled).toBe(true);
  });

  it('says in hedge mode which position an order opens or closes, and sends that one', async () => {
    start();
    const bridge = installBridge({
      'trading.preview': () => preview(),
      'trading.marketModes': () => ({ ...modes, positionMode: 'hedge' }),
    });
    mountTicket(ACCOUNT, true, { capabilities: CAN });
    await fill('100', '0.5');
    expect(text()).toContain('Opens long');
    expect(text()).not.toContain('Reduce-only');
    expect(calls(bridge, 'trading.preview').at(-1)?.input).toMatchObject({ positionSide: 'long' });
  });

  it('has neither leverage nor stops nor position modes for an option', async () => {
    start();
    const bridge = bridgeWith();
    mountTicket(ACCOUNT, true, { capabilities: CAN, instrument: { ...PERPETUAL, kind: 'option' } });
    await fill('100', '0.5');
    expect(calls(bridge, 'trading.marketModes')).toHaveLength(0);
    expect(buttonWith('Cross')).toBeUndefined();
    expect(text()).not.toContain('Stop');
    expect(text()).toContain('Premium paid');
  });

  it('says what inverse contracts are in coin', async () => {
    start();
    bridgeWith();
    mountTicket(ACCOUNT, true, {
      capabilities: CAN,
      instrument: {
        ...PERPETUAL,
        kind: 'inverse',
        quote: 'USD',
        settle: 'BTC',
        quantityUnit: 'contracts',
        contractValue: '1',
        lotSize: '1',
        minQuantity: '1',
        maxQuantity: '1000000',
        maxMarketQuantity: '1000000',
      },
    });
    await fill('50000', '10000');
    expect(text()).toContain('≈ 0.200000 BTC · 10 000 USD');
  });
});
