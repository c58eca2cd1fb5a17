import { watch } from 'vue';
import type { Instrument } from '../../../../src-preload/contract/types/market.ts';
import { compareText, isDecimalText, isZeroText, snapText } from '../../../lib/decimal.ts';
import { conversionPrice, type SizeUnit, type TicketDraft } from './draft.ts';
import { quantityForQuote, quoteForQuantity, shareOf } from './sizing.ts';

export interface SizeContext {
  readonly ticket: () => TicketDraft;
  readonly instrument: () => Instrument;
  readonly maxQuantity: () => string | null;
  readonly marketPrice: () => string | null;
}

export interface SizeControl {
  /** A typed size: no longer a share of anything. */
  readonly type: (text: string) => void;
  /** Takes `percent` of the largest possible quantity; false while that is not known. */
  readonly share: (percent: number) => boolean;
  /** Changes the unit and converts what stands there, as far as a price is known. */
  readonly unit: (unit: SizeUnit) => void;
}

/** Quote amounts are typed and shown to the cent-like decimal; finer digits would only be noise. */
const QUOTE_STEP = '0.01';

/** The three ways of saying how much, kept consistent in the ticket. */
export function useSize(context: SizeContext): SizeControl {
  function type(text: string): void {
    const ticket = context.ticket();
    if (ticket.size === text) return;
    ticket.size = text;
    ticket.percent = null;
  }

  function share(percent: number): boolean {
    const max = context.maxQuantity();
    if (max === null) return false;
    const ticket = context.ticket();
    const size = shareOf(max, percent, context.instrument().lotSize);
    ticket.sizeUnit = 'base';
    ticket.size = isZeroText(size) ? '' : size;
    ticket.percent = percent;
    return true;
  }

  function unit(next: SizeUnit): void {
    const ticket = context.ticket();
    if (next === ticket.sizeUnit) return;
    const price = conversionPrice(ticket, { marketPrice: context.marketPrice() });
    const convertible = price !== null && isDecimalText(ticket.size) && !isZeroText(ticket.size);
    if (convertible && next === 'quote') {
      ticket.size = snapText(quoteForQuantity(ticket.size, price), QUOTE_STEP);
    } else if (convertible) {
      ticket.size = quantityForQuote(ticket.size, price, context.instrument().lotSize) ?? '';
    }
    ticket.sizeUnit = next;
    ticket.percent = null;
  }

  // A share of the balance stays that share when the price, the side or the market moves.
  watch(context.maxQuantity, (max, before) => {
    const ticket = context.ticket();
    if (ticket.percent === null || max === null || before === null) return;
    if (compareText(max, before) !== 0) share(ticket.percent);
  });

  return { type, share, unit };
}
