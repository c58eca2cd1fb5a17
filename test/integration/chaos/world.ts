/** What the model-based test needs of a venue, so that the same commands and invariants run against each. */
import type { AccountAccess, Exchange, OrderDraft } from '../../../src-main/exchanges/exchange.ts';
import type { Timers } from '../../../src-main/session/timers.ts';
import type { Account } from '../../../src-preload/contract/types/account.ts';
import type { OrderState } from '../../../src-preload/contract/types/trading.ts';
import type { TestLedger } from '../../support/ledger.ts';

/** What happens to the next request that places, amends or cancels. */
export const FAULTS = [
  'none',
  /** It gets lost on its way; nobody answers. */
  'neverArrives',
  /** The venue acts, and the connection breaks instead of an answer. */
  'answerLost',
  /** The venue acts and says nothing. */
  'neverAnswered',
  /** The venue says that something broke, and did nothing. */
  'serverError',
  /** The venue says that something broke, and acted all the same. */
  'serverErrorActed',
  'refused',
  'tooMany',
] as const;
export type Fault = (typeof FAULTS)[number];

/** What happens to the private stream from now on. `good` ends all of it. */
export const STREAMS = ['good', 'deaf', 'cut', 'twice', 'reversed'] as const;
export type Stream = (typeof STREAMS)[number];

/** One order as the venue itself has it: not asked for over the line, but looked up in its books. */
export interface VenueOrder {
  /** Ours, or '' when somebody else placed it. */
  readonly clientOrderId: string;
  readonly venueOrderId: string;
  readonly state: OrderState;
  readonly side: 'buy' | 'sell';
  readonly price: string | null;
  readonly quantity: string;
  readonly filledQuantity: string;
  readonly isOpen: boolean;
}

/** A request of ours that asks for more risk, noted where it leaves the program. */
export interface Sent {
  readonly at: number;
  readonly kind: 'place' | 'amend';
  readonly clientOrderId: string;
}

/**
 * The life of one program. It ends as by SIGKILL: from then on nothing is written, sent or heard. It can be doomed
 * to end at its nth step (a use of the ledger, a request): that one still has its effect, and nobody learns of it.
 */
export class Life {
  /** Runs at the moment of death. */
  onDeath: () => void = () => undefined;
  #dead = false;
  #left = Infinity;

  get dead(): boolean {
    return this.#dead;
  }

  doom(steps: number): void {
    this.#left = steps;
  }

  end(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.onDeath();
  }

  /** Takes a step. What a dead program began never comes to an end. */
  async step<T>(act: () => Promise<T>): Promise<T> {
    if (this.#dead) return NEVER;
    this.#left -= 1;
    if (this.#left < 0) {
      // It acts; the answer comes too late.
      act().catch(() => undefined);
      this.end();
    }
    const answer = this.#dead ? NEVER : act();
    try {
      return await answer;
    } finally {
      // A failure would be acted upon as well as an answer.
      if (this.#dead) await NEVER;
    }
  }
}

const NEVER = new Promise<never>(() => undefined);

export interface Connection {
  readonly exchange: Exchange;
  readonly signer: AccountAccess['signer'];
}

export interface Holdings {
  readonly assets: Readonly<Record<string, string>>;
  /** Signed contracts; '0' on a spot market. */
  readonly position: string;
}

/** A venue that goes on, and a ledger that outlives the program. */
export interface World {
  readonly account: Account;
  readonly symbol: string;
  readonly ledger: TestLedger;
  readonly timers: Timers;
  /** Everything that ever left the program, over all of its lives. */
  readonly sent: readonly Sent[];
  /** Lets everybody do a little. */
  turn(): Promise<void>;
  /** Goes on, time included, until this is done. */
  until<T>(promise: Promise<T>): Promise<T>;
  pass(ms: number): Promise<void>;
  /** A line of its own for each program; it is cut when that dies. */
  connect(life: Life): Connection;
  fault(fault: Fault): void;
  stream(stream: Stream): void;
  /** Best bid and ask. */
  best(): Promise<{ readonly bid: string; readonly ask: string }>;
  orders(): Promise<readonly VenueOrder[]>;
  holdings(): Promise<Holdings>;
  /** The market takes an order, in full or in part where the venue can do that. */
  fill(order: VenueOrder, share: 'half' | 'all'): Promise<void>;
  /** Somebody else, or the venue itself, cancels, amends and places. A refusal is no failure. */
  cancelThere(order: VenueOrder): Promise<void>;
  amendThere(order: VenueOrder, price: string): Promise<void>;
  placeThere(price: string, quantity: string): Promise<void>;
  dispose(): Promise<void>;
}

export const wish = ({ account, symbol }: World, over: Partial<OrderDraft>): OrderDraft => ({
  accountId: account.id,
  symbol,
  side: 'buy',
  type: 'limit',
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net',
  ...over,
});

/** Lets what is waiting go first, sockets included. */
export const immediate = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
