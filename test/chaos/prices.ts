/** Where the orders of the test stand. All of them keep clear of the crowd around the middle of the book. */

const SLOTS = 7000;
/** Ticks of 0.1 between the middle and the first order. */
const CLEAR = 600;

/** The place in the book of a numbered wish; neighbours are far apart, and it repeats after 7000 of them. */
export const slotOf = (number: number): number => (number * 2897) % SLOTS;

/** Differs between two wishes that share their place. */
export const quantityOf = (quantities: readonly string[], number: number): string =>
  quantities[(number + Math.floor(number / SLOTS)) % quantities.length] ?? '0';

/** A price at which an order of this side rests: at most 1.2 % away from the middle. */
export function resting(middle: number, side: 'buy' | 'sell', slot: number): string {
  const ticks = middle * 10 + (side === 'buy' ? -1 : 1) * (CLEAR + slot);
  return `${String(Math.floor(ticks / 10))}.${String(ticks % 10)}`.replace(/\.0$/, '');
}

/** What tells one wish from all others once it has reached the venue. */
export const nameOf = (symbol: string, side: string, price: string, quantity: string): string =>
  [symbol, side.toLowerCase(), price, quantity].join(' ');
