/** The ticket as the desk wires it, for the tests of its form. */
import type { VueWrapper } from '@vue/test-utils';
import { vi } from 'vitest';
import { defineComponent, h, nextTick } from 'vue';
import type { Account, VenueCapabilities } from '../../../../src-preload/contract/types/account.ts';
import type { Instrument } from '../../../../src-preload/contract/types/market.ts';
import type { OrderPreview } from '../../../../src-preload/contract/types/trading.ts';
import { useMarketFeed } from '../../../../src-renderer/features/trade/market/use-market-feed.ts';
import { useTicketStore } from '../../../../src-renderer/features/trade/ticket/ticket-store.ts';
import TicketPanel from '../../../../src-renderer/features/trade/ticket/TicketPanel.vue';
import { useTicket } from '../../../../src-renderer/features/trade/ticket/use-ticket.ts';
import { installBridge, mountView, settle, typeInto, type Bridge } from '../lib/bridge.ts';
import { order, PERPETUAL, preview } from './builders.ts';

export const ACCOUNT: Account = {
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

export const placed = vi.fn();
export const failed = vi.fn();
export const doubled = vi.fn();
let view: VueWrapper | null = null;
let panel: InstanceType<typeof TicketPanel> | null = null;
export const focusSide = async (side: 'buy' | 'sell'): Promise<void> => {
  panel?.focusSide(side);
  await nextTick();
};

interface Over {
  readonly capabilities?: VenueCapabilities | null;
  readonly instrument?: Instrument;
  readonly repeats?: boolean;
}
/** The ticket as the desk wires it, around one account. */
export function mountTicket(
  account: Account | null = ACCOUNT,
  confirm = true,
  { capabilities = null, instrument = PERPETUAL, repeats = false }: Over = {},
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
        repeatOrders: () => repeats,
        placed,
        failed,
        doubled,
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

export const BOOK = `market.book ${JSON.stringify({ market: { venue: 'practice', symbol: 'BTC/USDT:USDT' }, depth: 50 })}`;
export const modes = { positionMode: 'oneWay', marginMode: 'cross', leverage: '10' };

export function bridgeWith(answer: (input: unknown) => OrderPreview = () => preview()): Bridge {
  return installBridge({
    'trading.preview': answer,
    'trading.marketModes': () => modes,
    'trading.place': () => order(),
  });
}

/** Longer than the preview's debounce; the ticket's own clock runs on fake timers. */
export async function think(): Promise<void> {
  await vi.advanceTimersByTimeAsync(60);
  await settle();
}
export const field = (label: string): Element | null => {
  const found = [...document.querySelectorAll('label')].find((one) => one.textContent.trim() === label);
  return found === undefined ? null : document.getElementById(found.htmlFor);
};
export const buttonWith = (text: string): HTMLButtonElement | undefined =>
  [...document.querySelectorAll('button')].find((one) => one.textContent.includes(text));
export const text = (): string => document.body.textContent.replace(/\s+/g, ' ');
export const calls = (bridge: Bridge, name: string) => bridge.calls.filter((call) => call.name === name);

export async function fill(price: string, size: string): Promise<void> {
  typeInto(field('Price'), price);
  typeInto(field('Size'), size);
  await nextTick();
  await think();
}
export const submit = async (): Promise<void> => {
  document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
  await think();
};

export function start(): void {
  vi.useFakeTimers();
  placed.mockClear();
  failed.mockClear();
  doubled.mockClear();
}
/** After each test: nothing of the ticket is left. */
export function finish(): void {
  view?.unmount();
  view = null;
  vi.useRealTimers();
  document.body.replaceChildren();
}

export const unmount = (): void => view?.unmount();
export const share = (index: number): void => panel?.share(index);
