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
  /** The same for one that the venue had: it is not open there, and no record says how it ended. */
  'presumedCancelled',
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

/** What we call an order that the venue acknowledged, does not list and has no record of. */
const LOST = ['presumedCancelled', 'needsYou'] as const satisfies readonly DeskState[];

/** Where each state can go. What is not here does not happen, whoever says so. */
export const TRANSITIONS: Readonly<Record<DeskState, readonly DeskState[]>> = {
  draft: ['checked'],
  checked: ['journaled'],
  journaled: ['sending'],
  sending: [...SAID_BY_VENUE, 'notPlaced', 'unknown', 'needsYou'],
  accepted: ['working', 'untriggered', 'partiallyFilled', 'cancelling', ...ENDED, ...LOST],
  working: ['partiallyFilled', 'cancelling', ...ENDED, ...LOST],
  // A stop that triggers becomes an order like any other.
  untriggered: ['working', 'partiallyFilled', 'cancelling', ...ENDED, ...LOST],
  partiallyFilled: ['cancelling', ...ENDED, ...LOST],
  // A cancel that failed gives the order back as it was.
  cancelling: ['accepted', 'working', 'untriggered', 'partiallyFilled', ...ENDED, ...LOST],
  filled: [],
  // A fill that happened first can be reported last.
  cancelled: ['filled'],
  expired: ['filled'],
  rejected: [],
  notPlaced: SAID_BY_VENUE,
  presumedCancelled: SAID_BY_VENUE,
  unknown: [...SAID_BY_VENUE, 'notPlaced', ...LOST],
  needsYou: [...SAID_BY_VENUE, 'notPlaced', 'presumedCancelled', 'unknown'],
};

export const mayBecome = (from: DeskState, to: DeskState): boolean =>
  from === to || TRANSITIONS[from].includes(to);

const BEFORE_THE_VENUE: readonly DeskState[] = ['draft', 'checked', 'journaled', 'accepted'];

/** What the window is told. */
export function shownState(state: DeskState): OrderState {
  if (state === 'notPlaced') return 'rejected';
  if (state === 'presumedCancelled') return 'cancelled';
  return BEFORE_THE_VENUE.includes(state) ? 'sending' : (state as OrderState);
}

/** Why an order is called cancelled though nobody said so. The words tell it from one that the venue cancelled. */
export const NO_RECORD =
  'The venue neither lists this order nor keeps a record of it, and it has no fill that is not known: cancelled there more than a day ago.';

/**
 * The state behind what the window is told. "Rejected" without an id of the venue, and "cancelled" for want of any
 * record, are our own conclusions.
 */
export function deskState({
  state,
  venueOrderId,
  reason,
}: Pick<Order, 'state' | 'venueOrderId' | 'reason'>): DeskState {
  if (state === 'rejected' && venueOrderId === null) return 'notPlaced';
  if (state === 'cancelled' && reason === NO_RECORD) return 'presumedCancelled';
  return state === 'sending' && venueOrderId !== null ? 'accepted' : state;
}

/** Whether the state is ours to conclude: should the venue know better after all, it is believed. */
export const isConclusion = (state: DeskState): boolean =>
  state === 'notPlaced' || state === 'presumedCancelled';

const FINAL: ReadonlySet<OrderState> = new Set<OrderState>(ENDED);
/** States that only we know: any statement of the venue is newer than they are. */
const OURS: ReadonlySet<OrderState> = new Set<OrderState>(['sending', 'unknown', 'needsYou']);

/** Whether nothing can happen to the order any more, but for a late word of the venue. */
export const isFinal = (state: OrderState): boolean => FINAL.has(state);

/** Whether the venue has confirmed the order: before that, only we know of it. */
export const isConfirmed = (state: OrderState): boolean => !OURS.has(state);
