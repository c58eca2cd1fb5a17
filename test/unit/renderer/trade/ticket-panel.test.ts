// @vitest-environment happy-dom
import type { VueWrapper } from '@vue/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { defineComponent, h, nextTick } from 'vue';
import type { Account, VenueCapabilities } from '../../../../src-preload/contract/types/account.ts';
import type { Instrument } from '../../../../src-preload/contract/types/market.ts';
import type { OrderPreview } from '../../../../src-preload/contract/types/trading.ts';
import { useMarketFeed } from '../../../../src-renderer/features/trade/market/use-market-feed.ts';
import { useTicketStore } from '../../../../src-renderer/features/trade/ticket/ticket-store.ts';
import TicketPanel from '../../../../src-renderer/features/trade/ticket/TicketPanel.vue';
import { useTicket } from '../../../../src-renderer/features/trade/ticket/use-ticket.ts';
import { installBridge, mountView, refusal, settle, typeInto, type Bridge } from '../lib/bridge.ts';
import { book, order, PERPETUAL, preview } from './builders.ts';

const ACCOUNT: Account = {
  id: 'acc-test',
  venue: 'practice',
  label: 'Practice',
  environment: 'practice',
  region: 'local',
  uses: ['read', 'trade'],
  keyType: 'none',
  keyLast4: '',
  permissions: null,
  modes: null,
  inspection: null,
  addedAt: 0,
  state: 'live',
};

const placed = vi.fn();
const failed = vi.fn();
let view: VueWrapper | null = null;
let panel: InstanceType<typeof TicketPanel> | null = null;
const focusSide = async (side: 'buy' | 'sell'): Promise<void> => {
  panel?.focusSide(side);
  await nextTick();
};

interface Over {
  readonly capabilities?: VenueCapabilities | null;
  readonly instrument?: Instrument;
}
/** The ticket as the desk wires it, around one account. */
function mountTicket(
  account: Account | null = ACCOUNT,
  confirm = true,
  { capabilities = null, instrument = PERPETUAL }: Over = {},
): void {
  const Desk = defineComponent({
    setup() {
      const tickets = useTicketStore();
      const draft = tickets.ticketFor(instrument);
      const ticket = useTicket({
        ticket: () => draft,
        instrument: () => instrument,
        account: () => account,
        capabilities: () => capabilities,
        feed: useMarketFeed(() => ({ venue: instrument.venue, symbol: instrument.symbol })),
        confirmOrders: () => confirm,
        placed,
        failed,
      });
      return () =>
        h(TicketPanel, {
          ticket,
          accounts: [],
          ref: (made: unknown) => {
            panel = made as typeof panel;
          },
        });
    },
  });
  view = mountView(Desk);
}

const BOOK = `market.book ${JSON.stringify({ market: { venue: 'practice', symbol: 'BTC/USDT:USDT' }, depth: 50 })}`;
const modes = { positionMode: 'oneWay', marginMode: 'cross', leverage: '10' };

function bridgeWith(answer: (input: unknown) => OrderPreview = () => preview()): Bridge {
  return installBridge({
    'trading.preview': answer,
    'trading.marketModes': () => modes,
    'trading.place': () => order(),
  });
}

/** Longer than the preview's debounce; the ticket's own clock runs on fake timers. */
async function think(): Promise<void> {
  await vi.advanceTimersByTimeAsync(60);
  await settle();
}
const field = (label: string): Element | null => {
  const found = [...document.querySelectorAll('label')].find((one) => one.textContent.trim() === label);
  return found === undefined ? null : document.getElementById(found.htmlFor);
};
const buttonWith = (text: string): HTMLButtonElement | undefined =>
  [...document.querySelectorAll('button')].find((one) => one.textContent.includes(text));
const text = (): string => document.body.textContent.replace(/\s+/g, ' ');
const calls = (bridge: Bridge, name: string) => bridge.calls.filter((call) => call.name === name);

async function fill(price: string, size: string): Promise<void> {
  typeInto(field('Price'), price);
  typeInto(field('Size'), size);
  await nextTick();
  await think();
}
const submit = async (): Promise<void> => {
  document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  await think();
};

function start(): void {
  vi.useFakeTimers();
  placed.mockClear();
  failed.mockClear();
}
afterEach(() => {
  view?.unmount();
  view = null;
  vi.useRealTimers();
  document.body.replaceChildren();
});

describe('the ticket', () => {
  it('says in the button what will be sent, snapped as main will snap it', async () => {
    start();
    bridgeWith(() => preview({ quantity: '0.015' }));
    mountTicket();
    await fill('100', '0.0155');
    expect(buttonWith('Buy 0.015 BTC')?.disabled).toBe(false);
  });

  it('asks for the largest size before there is one, with the smallest possible order', async () => {
    start();
    const bridge = bridgeWith();
    mountTicket();
    typeInto(field('Price'), '100');
    await nextTick();
    await think();
    expect(calls(bridge, 'trading.preview').at(-1)?.input).toMatchObject({ quantity: '0.001', price: '100' });
    expect(text()).toContain('Largest buy10.000');
    expect(buttonWith('Buy BTC')).toBeDefined();
  });

  it('names the empty field instead of sending', async () => {
    start();
    const bridge = bridgeWith();
    mountTicket();
    typeInto(field('Price'), '100');
    await think();
    await submit();
    expect(text()).toContain('Fill this in.');
    expect(calls(bridge, 'trading.place')).toEqual([]);
  });

  it('explains a wrong value and puts the nearest right one in with one click', async () => {
    start();
    bridgeWith();
    mountTicket();
    await fill('100.14', '0.5');
    expect(text()).toContain('Step 0.1: will be moved.');
    buttonWith('Use 100.1')?.click();
    await think();
    expect((field('Price') as HTMLInputElement).value).toBe('100.1');
    expect(text()).not.toContain('will be moved');
  });

  it('shows main\u2019s problem beside its field and does not let the order go', async () => {
    start();
    const bridge = bridgeWith(() =>
      preview({ problems: [{ field: 'quantity', rule: 'must be at most 0.3', nearest: '0.3' }] }),
    );
    mountTicket();
    await fill('100', '0.5');
    expect(text()).toContain('must be at most 0.3');
    expect(buttonWith('Buy 0.500 BTC')?.disabled).toBe(true);
    await submit();
    expect(calls(bridge, 'trading.place')).toEqual([]);
  });

  it('reviews first and sends exactly once after the second stroke', async () => {
    start();
    const bridge = bridgeWith();
    mountTicket();
    await fill('100', '0.5');
    await submit();
    expect(text()).toContain('Send this order?');
    expect(calls(bridge, 'trading.place')).toEqual([]);
    const buttons = [...document.querySelectorAll<HTMLButtonElement>('[role="dialog"] button')];
    const send = buttons.find((one) => one.textContent.includes('Buy 0.500 BTC'));
    send?.click();
    send?.click();
    await think();
    const [sent] = calls(bridge, 'trading.place');
    expect(calls(bridge, 'trading.place')).toHaveLength(1);
    expect(sent?.input).toMatchObject({
      side: 'buy',
      price: '100',
      quantity: '0.5',
      symbol: 'BTC/USDT:USDT',
    });
    expect(sent?.input['intentId']).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(placed).toHaveBeenCalledOnce();
  });

  it('keeps what was typed when the order is refused, with the reason at the field', async () => {
    start();
    const bridge = installBridge({
      'trading.preview': () => preview(),
      'trading.marketModes': () => modes,
      'trading.place': () => {
        throw refusal('trading.insufficientFunds', {
          problems: [{ field: 'quantity', rule: 'at most 0.2', nearest: '0.2' }],
        });
      },
    });
    mountTicket(ACCOUNT, false);
    await fill('100', '0.5');
    await submit();
    expect(calls(bridge, 'trading.place')).toHaveLength(1);
    expect(failed).toHaveBeenCalledOnce();
    expect((field('Size') as HTMLInputElement).value).toBe('0.5');
    expect(text()).toContain('at most 0.2');
  });

  it('warns of a market order while the book is stale', async () => {
    start();
    const bridge = bridgeWith();
    mountTicket();
    bridge.emit(BOOK, { ok: true, value: book({ state: 'stale', receivedAt: Date.now() - 42_000 }) });
    document.querySelector<HTMLInputElement>('input[type="radio"][value="market"]')?.click();
    await nextTick();
    typeInto(field('Size'), '0.5');
    await think();
    expect(text()).toMatch(/The book is \d+ s old: a market order may fill far from what you see\./);
  });

  it('keeps its draft over being unmounted, as by a lock', async () => {
    start();
    bridgeWith();
    mountTicket();
    await fill('100', '0.5');
    const store = useTicketStore();
    view?.unmount();
    expect(store.ticketFor(PERPETUAL)).toMatchObject({ price: '100', size: '0.5' });
  });

  it('does not offer to trade with an account that only reads', () => {
    start();
    bridgeWith();
    mountTicket({ ...ACCOUNT, uses: ['read'] });
    expect(document.querySelector('form')).toBeNull();
    expect(text()).toContain('This account only reads');
  });

  it('is sent by keyboard alone: side, share, review, send', async () => {
    start();
    const bridge = bridgeWith((input) => preview({ quantity: (input as { quantity: string }).quantity }));
    mountTicket();
    typeInto(field('Price'), '100');
    await nextTick();
    await think();
    await focusSide('sell');
    await think();
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Sell order');
    panel?.share(1);
    await nextTick();
    await think();
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }),
    );
    await think();
    expect(text()).toContain('Send this order?');
    const send = [...document.querySelectorAll<HTMLButtonElement>('[role="dialog"] button')].find((one) =>
      one.textContent.includes('Sell 2.5'),
    );
    send?.click();
    await think();
    expect(calls(bridge, 'trading.place')[0]?.input).toMatchObject({ side: 'sell', quantity: '2.5' });
  });

  it('leads into the field when its key is pressed twice', async () => {
    start();
    bridgeWith();
    mountTicket();
    typeInto(field('Price'), '100');
    await nextTick();
    const selected = vi.spyOn(HTMLInputElement.prototype, 'select');
    await focusSide('buy');
    expect(selected).not.toHaveBeenCalled();
    await focusSide('buy');
    expect(selected.mock.contexts).toEqual([field('Size')]);
  });
});

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
