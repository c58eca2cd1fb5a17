// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import { useTicketStore } from '../../../../src-renderer/features/trade/ticket/ticket-store.ts';
import { installBridge, refusal, typeInto } from '../lib/bridge.ts';
import { book, order as placedOrder, PERPETUAL, preview } from './builders.ts';
import {
  ACCOUNT,
  BOOK,
  bridgeWith,
  buttonWith,
  calls,
  failed,
  field,
  fill,
  finish,
  focusSide,
  modes,
  mountTicket,
  placed,
  start,
  submit,
  text,
  think,
  share,
  unmount,
} from './ticket-desk.ts';

afterEach(finish);

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

  it('takes the nearest size in the unit that it is of, whatever unit was typed in', async () => {
    start();
    bridgeWith((order) => {
      const { quantity } = order as { quantity: string };
      const isTooMuch = Number(quantity) > 0.3;
      return preview({
        quantity,
        problems: isTooMuch ? [{ field: 'quantity', rule: 'at most 0.3', nearest: '0.3' }] : [],
      });
    });
    mountTicket();
    await fill('100', '0.5');
    document.querySelector<HTMLInputElement>('input[type=radio][value=quote]')?.click();
    await think();
    expect((field('Size') as HTMLInputElement).value).toBe('50');
    buttonWith('Use 0.3 BTC')?.click();
    await think();
    expect((field('Size') as HTMLInputElement).value).toBe('0.3');
    expect(buttonWith('Buy 0.300 BTC')?.disabled).toBe(false);
  });

  it('shows a limit that refused in full, with the way to its setting and the size that it allows', async () => {
    start();
    const message =
      'The largest order is limited to 1000 USD (the limits of all accounts); this one is worth 5000 USD.';
    let refuses = true;
    installBridge({
      'trading.preview': () => preview({ quantity: '0.5' }),
      'trading.marketModes': () => modes,
      'trading.place': () => {
        if (!refuses) return placedOrder();
        throw refusal('risk.maxOrderNotional', {
          kind: 'notAllowed',
          message,
          problems: [{ field: 'quantity', rule: message, nearest: '0.1' }],
        });
      },
    });
    mountTicket(ACCOUNT, false);
    await fill('100', '0.5');
    await submit();
    expect(document.querySelector('.refusal')?.textContent).toContain(message);
    expect(buttonWith('Open the limits')).toBeDefined();
    // Said where it is looked at, and not a second time over the market.
    expect(failed).not.toHaveBeenCalled();
    refuses = false;
    const use = [...document.querySelectorAll<HTMLButtonElement>('.refusal button')][0];
    expect(use?.textContent.trim()).toBe('Use 0.1 BTC');
    use?.click();
    await think();
    expect((field('Size') as HTMLInputElement).value).toBe('0.1');
    expect(document.querySelector('.refusal')).toBeNull();
  });

  it('says a refusal of no single field once, and offers no setting where there is none', async () => {
    start();
    const message = 'The kill switch is engaged.';
    installBridge({
      'trading.preview': () => preview({ quantity: '0.5' }),
      'trading.marketModes': () => modes,
      'trading.place': () => {
        throw refusal('risk.killSwitch', { message, problems: [{ field: 'symbol', rule: message }] });
      },
    });
    mountTicket(ACCOUNT, false);
    await fill('100', '0.5');
    await submit();
    expect(text().split(message)).toHaveLength(2);
    expect(buttonWith('Open the limits')).toBeUndefined();
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
    unmount();
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
    share(1);
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
