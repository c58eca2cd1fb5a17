import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shows, valuesOf, wordsOf } from '../../../src-main/trading/order-amendment.ts';
import type { AmendedValues } from '../../../src-main/trading/order-amendment.ts';
import type { Order } from '../../../src-preload/contract/types/trading.ts';

const figure = fc
  .tuple(fc.nat(99_999), fc.nat(999))
  .map(([whole, part]) => `${String(whole)}.${String(part).padStart(3, '0')}`);
const values = fc.record({ price: figure, quantity: figure, triggerPrice: figure }, { requiredKeys: [] });

describe('what an amendment asks for', () => {
  it('is read back from the journal as it was written', () => {
    const reads = (wanted: AmendedValues): void => {
      expect(valuesOf(wordsOf(wanted))).toEqual({ ...wanted });
    };
    fc.assert(fc.property(values, reads));
  });

  it('is nothing in words that are none of ours', () => {
    expect(valuesOf('')).toEqual({});
    expect(valuesOf('the venue said no, price')).toEqual({});
  });

  it('shows in an order with these values, however they are written, and in no other', () => {
    const order = { price: '59000', quantity: '0.20', triggerPrice: null } as Order;
    expect(shows(order, { price: '59000.0', quantity: '0.2' })).toBe(true);
    expect(shows(order, { price: '59000', quantity: '0.3' })).toBe(false);
    expect(shows(order, { triggerPrice: '1' })).toBe(false);
  });
});
