import { describe, expect, it } from 'vitest';
import { dec } from '../../../src-main/market/decimal.ts';
import { exposureOf } from '../../../src-main/risk/exposure.ts';
import {
  measuringPrice,
  orderNotionalRefusal,
  positionShareRefusal,
  unitWorth,
  writtenWorth,
} from '../../../src-main/risk/size-limits.ts';
import { orderOf } from '../../../src-main/trading/order-draft.ts';
import type { Instrument } from '../../../src-preload/contract/types/market.ts';
import type { Order, OrderDraft } from '../../../src-preload/contract/types/trading.ts';
import { BTC_PERPETUAL, BTC_SPOT, draft } from '../../support/markets.ts';

const { symbol } = BTC_PERPETUAL;
const wish = (over: Partial<OrderDraft> = {}) => draft({ symbol, ...over });
const working = (over: Partial<OrderDraft>, filledQuantity = '0'): Order => ({
  ...orderOf(wish(over), { venue: 'practice', symbol }, '7', 1),
  state: 'partiallyFilled',
  filledQuantity,
});

interface Sizing {
  readonly instrument?: Instrument;
  readonly order?: Order;
  readonly others?: readonly Order[];
}

/** The order as the gate sizes it, at 60,000 US dollars a coin. */
function sized(order: OrderDraft, { instrument = BTC_PERPETUAL, order: amended, others = [] }: Sizing = {}) {
  const price = measuringPrice(order, '60000');
  const exposure = exposureOf({
    draft: order,
    instrument,
    session: { positions: [], balances: [] },
    orders: others,
    order: amended ?? null,
    price,
  });
  return {
    draft: order,
    instrument,
    exposure,
    quoteRate: dec('1'),
    unit: unitWorth(instrument, price, dec('1')),
    filled: dec(amended?.filledQuantity ?? '0'),
  };
}
const limit = (value: string) => ({ value, setting: 'the limits of all accounts' });
const nearest = (error: ReturnType<typeof orderNotionalRefusal>) => error?.details.problems?.[0];

describe('the largest order', () => {
  it('is the whole order: what has traded of it counts when it is amended upwards', () => {
    const order = working({ quantity: '0.1', price: '60000' }, '0.1');
    // Only 0.1 more would trade, and the order would be twice the limit.
    const more = sized(wish({ quantity: '0.2', price: '60000' }), { order });
    expect(nearest(orderNotionalRefusal(more, limit('6000')))).toMatchObject({
      field: 'quantity',
      nearest: '0.1',
    });
    expect(orderNotionalRefusal(more, limit('12000'))).toBeNull();
  });

  it.each<[string, Partial<OrderDraft>]>([
    ['a stop to buy below the market', { type: 'stopMarket', side: 'buy', triggerPrice: '1' }],
    ['a stop to sell above a market far below', { type: 'stopMarket', side: 'sell', triggerPrice: '60000' }],
    ['a profit to buy above the market', { type: 'takeProfitMarket', side: 'buy', triggerPrice: '60001' }],
    ['a profit to sell below the market', { type: 'takeProfitMarket', side: 'sell', triggerPrice: '1' }],
    [
      'a stop to sell that has been passed, with a price of nothing',
      { type: 'takeProfitLimit', side: 'sell', triggerPrice: '1', price: '1' },
    ],
  ])('is measured at the market for %s: it would trade at once', (_name, over) => {
    const order = wish({ price: undefined, quantity: '0.1', ...over });
    expect(Number(measuringPrice(order, '60000'))).toBeGreaterThanOrEqual(60_000);
    expect(orderNotionalRefusal(sized(order), limit('5000'))).not.toBeNull();
  });

  it('is measured at its trigger where it waits for it', () => {
    const stop = wish({ type: 'stopMarket', side: 'sell', triggerPrice: '50000', price: undefined });
    expect(String(measuringPrice(stop, '60000'))).toBe('50000');
    const entry = wish({ type: 'stopMarket', side: 'buy', triggerPrice: '70000', price: undefined });
    expect(String(measuringPrice(entry, '60000'))).toBe('70000');
    // Its limit is the most that it pays, though it is passed.
    const capped = wish({ type: 'stopLimit', side: 'buy', triggerPrice: '50000', price: '50100' });
    expect(String(measuringPrice(capped, '60000'))).toBe('50100');
  });
});

describe('an option that is written', () => {
  const option: Instrument = {
    ...BTC_PERPETUAL,
    symbol: 'BTC/USDT:USDT-261225-90000-C',
    kind: 'option',
    quantityUnit: 'base',
  };
  it('is worth the coin behind it, whatever its premium', () => {
    expect(String(writtenWorth(option, dec('60000')))).toBe('60000');
    const contracts: Instrument = { ...option, quantityUnit: 'contracts', contractValue: '0.1' };
    expect(String(writtenWorth(contracts, dec('60000')))).toBe('6000');
    expect(
      writtenWorth({ ...contracts, contractValue: undefined } as unknown as Instrument, dec('1')),
    ).toBeNull();
    expect(writtenWorth(option, null)).toBeNull();
  });
});

describe('the share of the equity', () => {
  it('names the nearest total of an amendment, with what has traded of it', () => {
    const order = working({ quantity: '0.2', price: '60000' }, '0.1');
    const more = sized(wish({ quantity: '0.6', price: '60000' }), { order });
    // Room for 0.4 more beside the 0.1 that are filled.
    expect(nearest(positionShareRefusal(more, dec('24000'), limit('1')))).toMatchObject({
      field: 'quantity',
      nearest: '0.5',
    });
  });

  it('names an amount where an amount was asked for', () => {
    const spend = sized(
      draft({ type: 'market', price: undefined, quantity: undefined, quoteAmount: '9000' }),
      { instrument: BTC_SPOT },
    );
    expect(nearest(positionShareRefusal(spend, dec('6000'), limit('0.5')))).toMatchObject({
      field: 'quoteAmount',
      nearest: '3000',
    });
  });

  it('names nothing where there is no room at all', () => {
    const others = [working({ quantity: '1', price: '60000' })].map((order): Order => ({
      ...order,
      clientOrderId: '8',
      filledQuantity: '0',
    }));
    const order = working({ quantity: '0.2', price: '60000' }, '0.1');
    const more = sized(wish({ quantity: '0.3', price: '60000' }), { order, others });
    expect(nearest(positionShareRefusal(more, dec('57000'), limit('1')))).not.toHaveProperty('nearest');
  });
});
