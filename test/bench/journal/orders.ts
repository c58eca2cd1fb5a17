import type { Order } from '../../../src-preload/contract/types/trading.ts';

export const BENCH_ACCOUNT = 'practice';

/** An order as the desk journals it before sending. */
export const journalOrder = (n: number, over: Partial<Order> = {}): Order => ({
  venue: 'practice',
  symbol: 'BTC/USDT',
  accountId: BENCH_ACCOUNT,
  clientOrderId: String(20_000_000_000_000 + n),
  venueOrderId: null,
  side: 'buy',
  type: 'limit',
  state: 'sending',
  quantity: '0.1',
  filledQuantity: '0',
  averagePrice: null,
  price: '59000.1',
  triggerPrice: null,
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net',
  createdAt: 1_760_000_000_000 + n,
  updatedAt: 1_760_000_000_000 + n,
  ...over,
});
