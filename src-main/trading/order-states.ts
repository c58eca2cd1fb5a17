/**
 * The life of an order as the desk knows it, in one table. What the window is told (`OrderState`) is coarser:
 * before the venue has spoken, everything is "sending".
 */
import type { Order, OrderState } from '../../src-preload/contract/types/trading.ts';

export const DESK_STATES = [
  /** A wish of the person, not looked at yet. */
  'draft',
  /** Right by the instrument's rules and within the limits. */
  'checked',
  /** Durable in the ledger under its client order id. */
  'journaled',
  /** Perhaps with the venue: from here on it is never sent again. */
  'sending',
  /** The venue has it and gave it an id, but has not said yet what it does with it. */
  'accepted',
  'working',
  'untriggered',
  'partiallyFilled',
  'cancelling',
  'filled',
  'cancelled',
  'expired',
  'rejected',
  /** Our conclusion, not the venue's word: it never arrived. The venue may still prove us wrong. */
  'notPlaced',
  'unknown',
  'needsYou',
] as const;
export type DeskState = (typeof DESK_STATES)[number];

const ENDED = ['filled', 'cancelled', 'expired', 'rejected'] as const satisfies readonly DeskState[];
const SAID_BY_VENUE = [
  'accepted',
  'working',
  'untriggered',
  'partiallyFilled',
  'cancelling',
  ...ENDED,
] as const satisfies readonly DeskState[];

/** Where each state can go. What is not here does not happen, whoever says so. */
export const TRANSITIONS: Readonly<Record<DeskState, readonly DeskState[]>> = {
  draft: ['checked'],
  checked: ['journaled'],
  journaled: ['sending'],
  sending: [...SAID_BY_VENUE, 'notPlaced', 'unknown', 'needsYou'],
  accepted: ['working', 'untriggered', 'partiallyFilled', 'cancelling', ...ENDED, 'needsYou'],
  working: ['partiallyFilled', 'cancelling', ...ENDED, 'needsYou'],
  // A stop that triggers becomes an order like any other.
  untriggered: ['working', 'partiallyFilled', 'cancelling', ...ENDED, 'needsYou'],
  partiallyFilled: ['cancelling', ...ENDED, 'needsYou'],
  // A cancel that failed gives the order back as it was.
  cancelling: ['accepted', 'working', 'untriggered', 'partiallyFilled', ...ENDED, 'needsYou'],
  filled: [],
  // A fill that happened first can be reported last.
  cancelled: ['filled'],
  expired: ['filled'],
  rejected: [],
  notPlaced: SAID_BY_VENUE,
  unknown: [...SAID_BY_VENUE, 'notPlaced', 'needsYou'],
  needsYou: [...SAID_BY_VENUE, 'notPlaced', 'unknown'],
};

export const mayBecome = (from: DeskState, to: DeskState): boolean =>
  from === to || TRANSITIONS[from].includes(to);

const BEFORE_THE_VENUE: readonly DeskState[] = ['draft', 'checked', 'journaled', 'accepted'];

/** What the window is told. */
export function shownState(state: DeskState): OrderState {
  if (state === 'notPlaced') return 'rejected';
  return BEFORE_THE_VENUE.includes(state) ? 'sending' : (state as OrderState);
}

/** The state behind what the window is told. "Rejected" without an id of the venue is our own conclusion. */
export function deskState({ state, venueOrderId }: Pick<Order, 'state' | 'venueOrderId'>): DeskState {
  if (state === 'rejected' && venueOrderId === null) return 'notPlaced';
  return state === 'sending' && venueOrderId !== null ? 'accepted' : state;
}

const FINAL: ReadonlySet<OrderState> = new Set<OrderState>(ENDED);
/** States that only we know: any statement of the venue is newer than they are. */
const OURS: ReadonlySet<OrderState> = new Set<OrderState>(['sending', 'unknown', 'needsYou']);

/** Whether nothing can happen to the order any more, but for a late word of the venue. */
export const isFinal = (state: OrderState): boolean => FINAL.has(state);

/** Whether the venue has confirmed the order: before that, only we know of it. */
export const isConfirmed = (state: OrderState): boolean => !OURS.has(state);
