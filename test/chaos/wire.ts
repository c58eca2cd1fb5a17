/** What the killed program and its killer tell each other: JSON lines over standard input and output. */
import type { Result } from '../../src-preload/contract/result.ts';

/** A wish for a new order. Price and quantity together name it at the venue: no two wishes share them. */
export interface Wish {
  readonly intent: number;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly price: string;
  readonly quantity: string;
  readonly timeInForce: 'GTC' | 'IOC';
}

/** Something done to what is there already. */
export interface Deed {
  readonly deed: number;
  readonly what: 'amend' | 'cancel' | 'cancelAll' | 'engage';
  readonly clientOrderId?: string;
  readonly price?: string;
  readonly quantity?: string;
}

/** What the program says. Everything about a call is said before it is made and after it has answered. */
export type Report =
  | { readonly kind: 'warm' }
  | { readonly kind: 'answer'; readonly id: number; readonly result: Result<unknown> }
  | { readonly kind: 'wish'; readonly wish: Wish }
  | { readonly kind: 'placed'; readonly intent: number; readonly result: Result<unknown> }
  | { readonly kind: 'deed'; readonly deed: Deed }
  /** `at`: when it was answered, ms UTC. */
  | { readonly kind: 'done'; readonly deed: number; readonly at: number; readonly result: Result<unknown> }
  /** New orders were handed to the ledger's thread. */
  | { readonly kind: 'journaling'; readonly orders: readonly string[] }
  /** The ledger's thread has confirmed them; nobody else knows yet. */
  | { readonly kind: 'journaled'; readonly orders: readonly string[] }
  /** The traffic is over. */
  | { readonly kind: 'idle' };

/** How the program is to trade until it is killed. */
export interface Traffic {
  readonly seed: number;
  readonly accountId: string;
  /** Number of the first wish and of the first deed. */
  readonly first: number;
  readonly firstDeed: number;
  readonly middle: number;
  /** What the limits allow one order to be worth, and a quantity beyond that. */
  readonly quantities: readonly string[];
  readonly tooMuch: string;
  /** Throw the kill switch after so many wishes; null = leave it. */
  readonly engageAfter: number | null;
  /** Lanes that act at the same time, and what each does before it rests. */
  readonly lanes: number;
  readonly actions: number;
}

export type Command =
  | { readonly kind: 'call'; readonly id: number; readonly channel: string; readonly input: unknown }
  | { readonly kind: 'trade'; readonly traffic: Traffic };

/** Passphrases and secrets are bytes at the border; on the line they are `{ $bytes: text }`. */
export const secret = (text: string) => ({ $bytes: text });

/** An input as the border takes it. */
export function revived(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  if ('$bytes' in value) return new TextEncoder().encode(String(value.$bytes));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, revived(entry)]));
}
