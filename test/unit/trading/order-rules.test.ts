import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dec, isMultipleOf } from '../../../src-main/market/decimal.ts';
import {
  CLIENT_ORDER_ID_LIMIT,
  beyondOurIds,
  clientOrderIds,
} from '../../../src-main/trading/client-order-id.ts';
import { draftProblems, snapDraft } from '../../../src-main/trading/order-checks.ts';
import { mergeOrder } from '../../../src-main/trading/order-merge.ts';
import type { OrderDraft } from '../../../src-preload/contract/types/trading.ts';
import { testLedger } from '../../support/ledger.ts';
import { BTC_PERPETUAL, BTC_SPOT, draft } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';

const problems = (over: Partial<OrderDraft>, instrument = BTC_SPOT) =>
  draftProblems(draft(over), { instrument, reference: '60000' });

describe('client order ids', () => {
  it('stay below 2^45, rise, and never repeat when the clock stands still or goes back', () => {
    let now = Date.UTC(2026, 10, 20);
    const make = clientOrderIds(() => now);
    const ids = Array.from({ length: 1000 }, (_, n) => {
      if (n === 500) now -= 3_600_000;
      return make();
    });
    expect(new Set(ids).size).toBe(1000);
    expect(ids.every((id) => /^\d{1,14}$/.test(id) && Number(id) < CLIENT_ORDER_ID_LIMIT)).toBe(true);
    expect(ids.map(Number)).toEqual(ids.map(Number).toSorted((a, b) => a - b));
  });

  it('ignore numbers of others that would use up the range', async () => {
    const now = Date.UTC(2026, 10, 20);
    const ledger = testLedger();
    const record = (clientOrderId: string) =>
      ledger.repositories.orders.record([
        { order: acknowledged({ ...draft(), clientOrderId }, { venueOrderId: null }) },
      ]);
    const highest = () => ledger.repositories.orders.highestId({ below: beyondOurIds(now) });
    expect(await highest()).toBe(0);
    const ours = String(now * 16);
    for (const id of [ours, '7', 'abc9', String(CLIENT_ORDER_ID_LIMIT - 1), '1234567890123456789', '12-9'])
      await record(id);
    expect(await highest()).toBe(Number(ours));
    ledger.dispose();
  });

  it('go on above the highest of an earlier run', () => {
    expect(Number(clientOrderIds(() => 1000, 50_000_000)())).toBeGreaterThan(50_000_000);
  });
});

describe('the nearest value', () => {
  it('of a quantity that is too small is enough in worth, too, and then passes', () => {
    // 0.0001 is the least by quantity; at 100 USDT it takes 0.05 to be worth 5.
    const wish = { quantity: '0.00005', price: '100' };
    const least = draftProblems(draft(wish), { instrument: BTC_SPOT, reference: '100' });
    expect(least).toMatchObject([{ field: 'quantity', nearest: '0.05' }]);
    expect(
      draftProblems(draft({ ...wish, quantity: '0.05' }), { instrument: BTC_SPOT, reference: '100' }),
    ).toEqual([]);
    expect(problems({ quantity: '0.00005', price: '60000' })).toMatchObject([{ nearest: '0.0001' }]);
  });

  it('of an amount to spend is what buys the largest quantity', () => {
    const spend = { type: 'market', price: undefined, quantity: undefined, timeInForce: 'IOC' } as const;
    expect(problems({ ...spend, quoteAmount: '6000001' })).toMatchObject([
      { field: 'quoteAmount', nearest: '6000000' },
    ]);
    expect(problems({ ...spend, quoteAmount: '6000000' })).toEqual([]);
    const market = { ...BTC_SPOT, maxMarketQuantity: '1' };
    expect(problems({ ...spend, quoteAmount: '60001' }, market)).toMatchObject([{ nearest: '60000' }]);
  });

  it.each([
    ['stopMarket', 'buy', '60000', 'above', '60000.1'],
    ['stopMarket', 'sell', '60000', 'below', '59999.9'],
    ['takeProfitMarket', 'buy', '60500', 'below', '59999.9'],
    ['takeProfitMarket', 'sell', '1', 'above', '60000.1'],
  ] as const)('of a %s to %s at %s is the first on its side', (type, side, triggerPrice, where, nearest) => {
    const wish = { type, side, triggerPrice, price: undefined, timeInForce: 'IOC' } as const;
    const [problem, ...others] = problems({ ...wish, quantity: '0.1' }).filter(
      ({ field }) => field === 'triggerPrice',
    );
    expect(problem).toMatchObject({ nearest, rule: `must be ${where} the last price 60000` });
    expect(others).toEqual([]);
    expect(problems({ ...wish, quantity: '0.1', triggerPrice: nearest })).toEqual([]);
  });

  it('of a trigger is not named where another price than the known one sets it off', () => {
    const wish = {
      type: 'stopMarket',
      side: 'buy',
      price: undefined,
      triggerPrice: '59999',
      quantity: '0.1',
    };
    const contract = (over: Partial<OrderDraft>) =>
      problems(
        { ...wish, timeInForce: 'IOC', symbol: 'BTC/USDT:USDT', ...over } as OrderDraft,
        BTC_PERPETUAL,
      );
    expect(contract({ triggerBy: 'last' })).toEqual([]);
    expect(contract({})).toEqual([]);
    expect(contract({ triggerBy: 'mark' })).toMatchObject([{ field: 'triggerPrice', nearest: '60000.1' }]);
  });
});

describe('snapping', () => {
  const amount = fc
    .tuple(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.integer({ min: 0, max: 8 }))
    .map(([whole, places]) => {
      const digits = whole.toString().padStart(places + 1, '0');
      return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
    });

  it('puts every value on its step, never enlarges a quantity and never worsens a price', () => {
    fc.assert(
      fc.property(
        amount,
        amount,
        fc.constantFrom('buy' as const, 'sell' as const),
        (price, quantity, side) => {
          const { draft: snapped, snaps } = snapDraft(draft({ price, quantity, side }), BTC_SPOT);
          expect(isMultipleOf(snapped.price ?? '', '0.1')).toBe(true);
          expect(isMultipleOf(snapped.quantity ?? '', '0.0001')).toBe(true);
          expect(dec(snapped.quantity ?? '').lessThanOrEqualTo(quantity)).toBe(true);
          const better =
            side === 'buy'
              ? dec(snapped.price ?? '').lessThanOrEqualTo(price)
              : dec(snapped.price ?? '').greaterThanOrEqualTo(price);
          expect(better).toBe(true);
          expect(snaps.map((snap) => snap.field)).toEqual(
            [
              ['price', price, snapped.price],
              ['quantity', quantity, snapped.quantity],
            ]
              .filter(([, from, to]) => !dec(from ?? '').equals(dec(to ?? '')))
              .map(([field]) => field),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('order rules', () => {
  it.each<[string, Partial<OrderDraft>, string, string | undefined]>([
    ['a limit order without a price', { price: undefined }, 'price', undefined],
    ['a market order with a price', { type: 'market' }, 'price', undefined],
    ['a stop without its trigger', { type: 'stopMarket', price: undefined }, 'triggerPrice', undefined],
    ['a limit order with a trigger', { triggerPrice: '59000' }, 'triggerPrice', undefined],
    ['neither quantity nor amount', { quantity: undefined }, 'quantity', undefined],
    [
      'both quantity and amount',
      { type: 'market', price: undefined, quoteAmount: '100' },
      'quantity',
      undefined,
    ],
    [
      'an amount to spend in a sell',
      { type: 'market', price: undefined, quantity: undefined, quoteAmount: '100', side: 'sell' },
      'quoteAmount',
      undefined,
    ],
    ['too little', { quantity: '0.00001' }, 'quantity', '0.0001'],
    ['too much', { quantity: '101' }, 'quantity', '100'],
    ['less than the minimum notional', { quantity: '0.0001', price: '40000' }, 'quantity', '0.0002'],
    ['post-only with IOC', { postOnly: true, timeInForce: 'IOC' }, 'timeInForce', 'GTC'],
    ['post-only market order', { type: 'market', price: undefined, postOnly: true }, 'postOnly', undefined],
    ['reduce-only on spot', { reduceOnly: true }, 'reduceOnly', undefined],
    ['a buy far above the market', { price: '70000' }, 'price', '63000'],
    ['a sell far below the market', { side: 'sell', price: '50000' }, 'price', '57000'],
  ])('refuse %s by naming the field and the nearest allowed value', (_name, over, field, nearest) => {
    const found = problems(over).find((problem) => problem.field === field);
    expect(found?.rule).toBeTruthy();
    expect(found?.nearest).toBe(nearest);
  });

  it('measure a stop-limit price against its trigger, since that is where it meets the market', () => {
    const stop = { type: 'stopLimit', triggerPrice: '70000' } as const;
    expect(problems({ ...stop, price: '71000' })).toEqual([]);
    const found = problems({ ...stop, price: '700000' }).find((problem) => problem.field === 'price');
    expect(found).toMatchObject({ nearest: '73500' });
    expect(found?.rule).toContain('trigger price 70000');
  });

  it('let a good order through on spot and contract', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ reduceOnly: true }, BTC_PERPETUAL)).toEqual([]);
  });

  it('let a bid far below the market rest: patience is no slip', () => {
    expect(problems({ price: '30000' })).toEqual([]);
  });

  it('refuse a price that is nothing once it is on the tick', () => {
    const low = snapDraft(draft({ price: '0.04' }), BTC_SPOT).draft;
    expect(problems(low)).toMatchObject([{ field: 'price', nearest: '0.1' }]);
    const stop = { type: 'stopMarket', side: 'sell', price: undefined, triggerPrice: '0.04' } as const;
    const never = snapDraft(draft(stop), BTC_SPOT).draft;
    expect(problems(never)).toMatchObject([{ field: 'triggerPrice', nearest: '0.1' }]);
  });

  it('refuse a market that is halted', () => {
    expect(problems({}, { ...BTC_SPOT, status: 'halted' })[0]?.field).toBe('symbol');
  });
});

describe('merging what the venue says', () => {
  const base = acknowledged({ ...draft(), clientOrderId: '1' });

  it('never goes backwards, in whatever order and however often messages come', () => {
    const messages = [
      base,
      { ...base, state: 'partiallyFilled' as const, filledQuantity: '0.04', updatedAt: 2000 },
      { ...base, state: 'partiallyFilled' as const, filledQuantity: '0.07', updatedAt: 3000 },
      { ...base, state: 'filled' as const, filledQuantity: '0.1', updatedAt: 4000 },
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...messages), { minLength: 1, maxLength: 12 }), (stream) => {
        let known = { ...base, state: 'sending' as typeof base.state, venueOrderId: null };
        let filled = dec('0');
        for (const message of stream) {
          known = mergeOrder(known, message) as typeof known;
          expect(dec(known.filledQuantity).greaterThanOrEqualTo(filled)).toBe(true);
          filled = dec(known.filledQuantity);
        }
        const most = stream
          .map((message) => message.filledQuantity)
          .toSorted((a, b) => dec(a).comparedTo(b))
          .at(-1);
        expect(dec(known.filledQuantity).equals(most ?? '0')).toBe(true);
        if (stream.some((message) => message.state === 'filled')) expect(known.state).toBe('filled');
      }),
    );
  });

  it('keeps a cancelled order cancelled when a late "working" comes, but counts its fills', () => {
    const cancelled = { ...base, state: 'cancelled' as const, updatedAt: 3000 };
    expect(mergeOrder(cancelled, { ...base, updatedAt: 9000 })).toBe(cancelled);
    expect(
      mergeOrder(cancelled, { ...cancelled, filledQuantity: '0.02', updatedAt: 3500 }).filledQuantity,
    ).toBe('0.02');
  });
});
