import type { Fill, Order } from '../../../../src-preload/contract/types/trading.ts';

export const NOW = 1_780_000_000_000;

export const order = (id: string, change: Partial<Order> = {}): Order => ({
  venue: 'practice',
  symbol: 'BTC/USDT',
  accountId: 'acc-1',
  clientOrderId: id,
  venueOrderId: `v-${id}`,
  side: 'buy',
  type: 'limit',
  state: 'working',
  quantity: '1',
  filledQuantity: '0',
  averagePrice: null,
  price: '60000',
  triggerPrice: null,
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net',
  createdAt: NOW,
  updatedAt: NOW,
  ...change,
});

export const fill = (id: string, change: Partial<Fill> = {}): Fill => ({
  venue: 'practice',
  symbol: 'BTC/USDT',
  accountId: 'acc-1',
  id,
  venueOrderId: 'v-1',
  clientOrderId: 'c-1',
  side: 'buy',
  price: '60000',
  quantity: '0.1',
  fee: '0.6',
  feeCurrency: 'USDT',
  liquidity: 'taker',
  cause: 'trade',
  time: NOW,
  ...change,
});
