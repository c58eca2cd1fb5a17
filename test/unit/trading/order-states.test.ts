import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeOrder } from '../../../src-main/trading/order-merge.ts';
import {
  DESK_STATES,
  TRANSITIONS,
  deskState,
  isFinal,
  mayBecome,
  shownState,
} from '../../../src-main/trading/order-states.ts';
import { ORDER_STATES } from '../../../src-preload/contract/types/trading.ts';
import type { Order } from '../../../src-preload/contract/types/trading.ts';
import { compareText } from '../../../src-main/market/decimal.ts';
import { draft } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';

const base = acknowledged({ ...draft(), clientOrderId: '100' });
const anyOrder = fc
  .record({
    state: fc.constantFrom(...ORDER_STATES),
    venueOrderId: fc.constantFrom(null, 'venue-100'),
    filledQuantity: fc.constantFrom('0', '0.03', '0.1'),
    updatedAt: fc.integer({ min: 1, max: 5 }),
  })
  .map((over): Order => ({ ...base, ...over }));

describe('the table of order states', () => {
  it('tells the window a state of the contract for each of its own, and finds back', () => {
    for (const state of DESK_STATES) expect(ORDER_STATES).toContain(shownState(state));
    for (const state of ORDER_STATES) expect(shownState(deskState({ state, venueOrderId: 'v' }))).toBe(state);
  });

  it('never leads from an end back to an open order, but for a conclusion of our own', () => {
    for (const from of ['filled', 'cancelled', 'expired', 'rejected'] as const)
      for (const to of TRANSITIONS[from]) expect(isFinal(shownState(to)), `${from} to ${to}`).toBe(true);
    expect(mayBecome('notPlaced', 'working')).toBe(true);
  });

  it.each(['working', 'untriggered', 'partiallyFilled'] as const)(
    'does not take the venue calling an order %s for the end of a cancel that is under way',
    (state) => {
      const known: Order = { ...base, state: 'cancelling' };
      expect(mergeOrder(known, { ...base, state }).state).toBe('cancelling');
    },
  );

  it('sends only what was checked and journaled, and never again', () => {
    expect(DESK_STATES.filter((from) => TRANSITIONS[from].includes('sending'))).toEqual(['journaled']);
    expect(TRANSITIONS.draft).toEqual(['checked']);
    expect(TRANSITIONS.checked).toEqual(['journaled']);
  });

  it('holds for whatever venues say, in any order and any number of times', () => {
    fc.assert(
      fc.property(anyOrder, fc.array(anyOrder, { maxLength: 12 }), (first, statements) => {
        let known = first;
        for (const statement of statements) {
          const next = mergeOrder(known, statement);
          expect(mayBecome(deskState(known), deskState(next))).toBe(true);
          expect(compareText(next.filledQuantity, known.filledQuantity)).toBeGreaterThanOrEqual(0);
          // The same message twice says nothing new.
          expect(mergeOrder(next, statement)).toEqual(next);
          known = next;
        }
      }),
    );
  });

  it('counts a fill that is reported after the end, and keeps the end', () => {
    const cancelled: Order = { ...base, state: 'cancelled' };
    const late = mergeOrder(cancelled, { ...base, state: 'partiallyFilled', filledQuantity: '0.05' });
    expect(late).toMatchObject({ state: 'cancelled', filledQuantity: '0.05' });
  });

  it('forgets why an outcome was unknown once the venue has spoken', () => {
    const unknown: Order = { ...base, state: 'unknown', reason: 'No answer.' };
    expect(mergeOrder(unknown, base)).not.toHaveProperty('reason');
  });
});
