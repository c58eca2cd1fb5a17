import { defineStore } from 'pinia';
import { reactive } from 'vue';
import type { MarketRef } from '../../../../src-preload/contract/types/market.ts';
import { emptyTicket, type TicketDraft } from './draft.ts';

/**
 * One ticket per market, in memory only. It outlives the view, so that neither a look at another page nor a
 * lock in the middle of typing costs what was typed.
 */
export const useTicketStore = defineStore('trade.tickets', () => {
  const tickets = reactive(new Map<string, TicketDraft>());

  function ticketFor(market: MarketRef): TicketDraft {
    const key = `${market.venue}|${market.symbol}`;
    if (!tickets.has(key)) tickets.set(key, emptyTicket());
    // Read back, because the map hands out the reactive copy.
    return tickets.get(key) as TicketDraft;
  }

  const seeded = new Set<TicketDraft>();

  /**
   * Puts a first price into a ticket nobody has touched, so that it can say at once what is possible. Only once:
   * a price that was cleared stays cleared.
   */
  function seedPrice(ticket: TicketDraft, price: string): void {
    if (seeded.has(ticket)) return;
    seeded.add(ticket);
    if (ticket.price === '') ticket.price = price;
  }

  return { ticketFor, seedPrice };
});
