import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assemble,
  emptyTicket,
  type TicketContext,
  type TicketDraft,
} from '../../../../src-renderer/features/trade/ticket/draft.ts';
import { previewLines } from '../../../../src-renderer/features/trade/ticket/preview-lines.ts';
import { sortProblems } from '../../../../src-renderer/features/trade/ticket/problems.ts';
import {
  checkPrice,
  checkQuantity,
  checkQuoteAmount,
  priceBand,
  roundingOf,
} from '../../../../src-renderer/features/trade/ticket/rules.ts';
import {
  percentOf,
  quantityForQuote,
  shareOf,
} from '../../../../src-renderer/features/trade/ticket/sizing.ts';
import { compareText, snapText } from '../../../../src-renderer/lib/decimal.ts';
import { PERPETUAL, preview, SPOT } from './builders.ts';

const LIMIT = { market: false, side: 'buy' } as const;
const context: TicketContext = {
  accountId: 'acc-test',
  instrument: PERPETUAL,
  positionMode: 'oneWay',
  marketPrice: '100',
  quoteAmountOrders: false,
  attachedProtection: false,
};
const ticket = (change: Partial<TicketDraft>): TicketDraft => ({ ...emptyTicket(), ...change });
const drafted = (change: Partial<TicketDraft>, over: Partial<TicketContext> = {}) => {
  const result = assemble(ticket(change), { ...context, ...over });
  if (!result.ok) throw new Error(`missing ${result.missing.join()}`);
  return result.draft;
};

describe('assembling an order from the ticket', () => {
  it('names every field that is still to be filled in', () => {
    expect(assemble(ticket({ kind: 'stop' }), context)).toEqual({
      ok: false,
      missing: ['triggerPrice', 'price', 'size'],
    });
    expect(assemble(ticket({ price: '0', size: '-1' }), context)).toEqual({
      ok: false,
      missing: ['price', 'size'],
    });
  });

  it('sends a market order without price, never resting and never post-only', () => {
    const draft = drafted({ kind: 'market', price: '99', size: '1', timeInForce: 'GTC', postOnly: true });
    expect(draft).toMatchObject({ type: 'market', timeInForce: 'IOC', postOnly: false });
    expect(draft.price).toBeUndefined();
  });

  it('carries trigger and source for stops only', () => {
    const stop = drafted({
      kind: 'stop',
      stopType: 'stopMarket',
      triggerPrice: '95',
      triggerBy: 'mark',
      size: '1',
    });
    expect(stop).toMatchObject({ type: 'stopMarket', triggerPrice: '95', triggerBy: 'mark' });
    expect(drafted({ price: '99', triggerPrice: '95', size: '1' }).triggerPrice).toBeUndefined();
  });

  it('converts a quote amount at the order price, cut to the lot', () => {
    expect(drafted({ price: '99.9', size: '50', sizeUnit: 'quote' }).quantity).toBe('0.5');
    expect(drafted({ kind: 'market', size: '50', sizeUnit: 'quote' }).quantity).toBe('0.5');
  });

  it('sends the quote amount itself where the venue takes it', () => {
    const draft = drafted(
      { kind: 'market', size: '50', sizeUnit: 'quote' },
      { instrument: SPOT, quoteAmountOrders: true },
    );
    expect(draft.quoteAmount).toBe('50');
    expect(draft.quantity).toBeUndefined();
  });

  it('does not guess a quantity while no price is known', () => {
    const result = assemble(ticket({ kind: 'market', size: '50', sizeUnit: 'quote' }), {
      ...context,
      marketPrice: null,
    });
    expect(result).toEqual({ ok: false, missing: ['size'] });
  });

  it('never reduces only on a spot market', () => {
    expect(drafted({ price: '99', size: '1', reduceOnly: true }, { instrument: SPOT }).reduceOnly).toBe(
      false,
    );
  });

  it('names the position of a hedge-mode account, the opposite one when it only reduces', () => {
    const hedge = { positionMode: 'hedge' } as const;
    expect(drafted({ price: '99', size: '1' }, hedge).positionSide).toBe('long');
    expect(drafted({ price: '99', size: '1', reduceOnly: true }, hedge).positionSide).toBe('short');
    expect(drafted({ price: '99', size: '1', side: 'sell' }, hedge).positionSide).toBe('short');
    expect(drafted({ price: '99', size: '1', side: 'sell', reduceOnly: true }, hedge).positionSide).toBe(
      'long',
    );
  });
});

describe('the rules of a field', () => {
  it('offer the nearest price on the tick', () => {
    expect(checkPrice('100.14', PERPETUAL)).toEqual({
      tone: 'snap',
      key: 'step',
      limit: '0.1',
      nearest: '100.1',
    });
    expect(checkPrice('100.10', PERPETUAL)).toBeNull();
  });

  it('offer the price that main would send: never worse for the person', () => {
    expect(checkPrice('100.16', PERPETUAL, roundingOf('buy'))?.nearest).toBe('100.1');
    expect(checkPrice('100.14', PERPETUAL, roundingOf('sell'))?.nearest).toBe('100.2');
    // A trigger goes to the nearest tick.
    expect(checkPrice('100.16', PERPETUAL)?.nearest).toBe('100.2');
  });

  it('never offer zero as the nearest price', () => {
    expect(checkPrice('0.01', PERPETUAL)?.nearest).toBe('0.1');
    expect(checkPrice('0.09', PERPETUAL, roundingOf('buy'))?.nearest).toBe('0.1');
  });

  it('refuse zero, negative and unreadable text without a nearest value', () => {
    for (const text of ['0', '-1', '1e5', 'abc'])
      expect(checkPrice(text, PERPETUAL)).toMatchObject({ tone: 'error', nearest: null });
  });

  it('say nothing about an empty field', () => {
    expect(checkPrice('', PERPETUAL)).toBeNull();
    expect(checkQuantity('', PERPETUAL, false)).toBeNull();
  });

  it('know that market orders have a smaller limit', () => {
    expect(checkQuantity('50', PERPETUAL, false)).toBeNull();
    expect(checkQuantity('50', PERPETUAL, true)).toMatchObject({
      key: 'max',
      nearest: '20',
    });
  });

  it('offer the smallest and the cut quantity', () => {
    expect(checkQuantity('0.0001', PERPETUAL, false)).toMatchObject({ key: 'min', nearest: '0.001' });
    expect(checkQuantity('0.0159', PERPETUAL, false)).toMatchObject({ tone: 'snap', nearest: '0.015' });
  });

  it('hold a quote amount against the smallest order value', () => {
    expect(checkQuoteAmount('4.99', PERPETUAL)).toMatchObject({ key: 'min', nearest: '5' });
    expect(checkQuoteAmount('4.99', SPOT)).toBeNull();
  });

  it('round the band inwards, so that its bounds are allowed themselves', () => {
    expect(priceBand(PERPETUAL, '100.33')).toEqual({ low: '95.4', high: '105.3' });
    expect(priceBand(SPOT, '100')).toBeNull();
  });
});

describe('sizes', () => {
  it('never cost more than the quote amount', () => {
    const cents = fc.integer({ min: 1, max: 10_000_000 }).map((value) => (value / 100).toFixed(2));
    fc.assert(
      fc.property(cents, cents, (quote, price) => {
        const quantity = quantityForQuote(quote, price, '0.001');
        expect(quantity).not.toBeNull();
        expect(compareText(snapText(quantity ?? '', '0.001'), quantity ?? '')).toBe(0);
        const cost = BigInt(Math.round(Number(quantity) * 1000)) * BigInt(Math.round(Number(price) * 100));
        expect(cost <= BigInt(Math.round(Number(quote) * 100)) * 1000n).toBe(true);
      }),
    );
  });

  it('take a share that stays within the largest quantity', () => {
    expect(shareOf('1.399', 25, '0.001')).toBe('0.349');
    expect(shareOf('1.399', 100, '0.001')).toBe('1.399');
    expect(shareOf('0.001', 10, '0.001')).toBe('0');
  });

  it('are told as a share between 0 and 100, or as unknown', () => {
    expect(percentOf('5', '10')).toBe(50);
    expect(percentOf('50', '10')).toBe(100);
    expect(percentOf('5', null)).toBeNull();
    expect(percentOf('5', '0')).toBeNull();
  });
});

describe('protection that goes with an order', () => {
  const legs = { price: '100', size: '1', protect: true, takeProfit: '110', stopLoss: '90' };
  const able = { attachedProtection: true };

  it('is sent where the venue takes it, and only the legs that are filled in', () => {
    expect(drafted(legs, able)).toMatchObject({ takeProfit: '110', stopLoss: '90' });
    const one = drafted({ ...legs, takeProfit: '' }, able);
    expect(one.stopLoss).toBe('90');
    expect('takeProfit' in one).toBe(false);
  });

  it.each([
    ['the venue has none', {}, {}],
    ['it is switched off, whatever stands in its fields', { protect: false }, able],
    ['the order only reduces', { reduceOnly: true }, able],
    ['the market is an option', {}, { ...able, instrument: { ...PERPETUAL, kind: 'option' as const } }],
    ['a spot order is no plain limit order', { kind: 'market' as const }, { ...able, instrument: SPOT }],
  ])('is left out when %s', (_words, change, over) => {
    const draft = drafted({ ...legs, ...change }, over);
    expect('takeProfit' in draft || 'stopLoss' in draft).toBe(false);
  });

  it('goes with a limit order of a spot market', () => {
    expect(drafted(legs, { ...able, instrument: SPOT }).stopLoss).toBe('90');
  });
});

describe('problems', () => {
  it('go to the field that they belong to, quantity and quote amount both to the size', () => {
    const sorted = sortProblems([
      { field: 'quoteAmount', rule: 'first', nearest: '5' },
      { field: 'quantity', rule: 'second' },
      { field: 'balance', rule: 'third' },
    ]);
    expect(sorted.fields.size?.rule).toBe('first');
    expect(sorted.whole.map((one) => one.rule)).toEqual(['third']);
  });
});

describe('the lines of a preview', () => {
  it('keep their number while nothing is known, and show no zero', () => {
    const known = previewLines(preview(), PERPETUAL, LIMIT);
    const unknown = previewLines(null, PERPETUAL, LIMIT);
    expect(unknown).toHaveLength(known.length);
    expect(unknown.every((line) => line.value === '—')).toBe(true);
  });

  it('say long, short or flat for the position afterwards', () => {
    const keys = (after: string): string[] =>
      previewLines(preview({ positionAfter: after }), PERPETUAL, LIMIT).map((line) => line.key);
    expect(keys('0.5')).toContain('positionLong');
    expect(keys('-0.5')).toContain('positionShort');
    expect(keys('0.000')).toContain('positionFlat');
  });

  it('warn of heavy slippage on market orders', () => {
    const tone = (slippage: string) =>
      previewLines(preview({ slippage }), PERPETUAL, { market: true, side: 'buy' }).find(
        (line) => line.key === 'slippage',
      )?.tone;
    expect(tone('0.0019')).toBe('none');
    expect(tone('0.002')).toBe('warn');
  });

  it('speak of the premium of an option: paid by the buyer, received by the writer with a margin', () => {
    const option = { ...PERPETUAL, kind: 'option' } as const;
    const lines = (side: 'buy' | 'sell') =>
      previewLines(preview({ quantity: '0.5', estimatedPrice: '1200' }), option, { market: false, side });
    expect(lines('buy').map((line) => line.key)).toEqual(['premiumPaid', 'feeTaker', 'positionLong']);
    expect(lines('buy')[0]?.value).toBe('600.00');
    expect(lines('sell').map((line) => line.key)).toEqual([
      'premiumReceived',
      'margin',
      'feeTaker',
      'positionLong',
    ]);
  });

  it('do not cut an amount of coin to cents', () => {
    const shown = previewLines(preview({ cost: '0.00415765', costCurrency: 'BTC' }), PERPETUAL, LIMIT);
    expect(shown.find((line) => line.key === 'margin')?.value).toBe('0.00415765');
  });

  it('do not speak of positions on a spot market', () => {
    expect(previewLines(preview(), SPOT, LIMIT).map((line) => line.key)).toEqual(['cost', 'feeTaker']);
  });
});
