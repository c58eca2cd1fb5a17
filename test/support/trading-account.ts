import type { AccountEvent, Order, OrderRequest, TradingAccount } from '../../src-main/exchanges/exchange.ts';

export interface FakeAccount extends TradingAccount {
  readonly placed: OrderRequest[];
  emit(event: AccountEvent): void;
}

/** A venue that accepts everything, unless a test replaces a method. */
export function fakeAccount(over: Partial<TradingAccount> = {}): FakeAccount {
  const placed: OrderRequest[] = [];
  const listeners = new Set<(event: AccountEvent) => void>();
  const refuse = (name: string) => (): Promise<never> =>
    Promise.reject(new Error(`${name} is not expected in this test`));
  return {
    accountId: 'practice',
    placed,
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    balances: () => Promise.resolve([]),
    positions: () => Promise.resolve([]),
    openOrders: () => Promise.resolve([]),
    findOrder: refuse('findOrder'),
    orderHistory: () => Promise.resolve({ rows: [], cursor: null }),
    fills: () => Promise.resolve({ rows: [], cursor: null }),
    fees: (symbol) => Promise.resolve({ symbol, maker: '0.001', taker: '0.001' }),
    place: (request) => {
      placed.push(request);
      return Promise.resolve(acknowledged(request));
    },
    placeBatch: refuse('placeBatch'),
    amend: refuse('amend'),
    cancel: refuse('cancel'),
    cancelAll: () => Promise.resolve([]),
    modes: () => Promise.resolve({ positionMode: 'oneWay', marginMode: 'cross', leverage: '10' }),
    setLeverage: () => Promise.resolve(),
    setMarginMode: () => Promise.resolve(),
    setPositionMode: () => Promise.resolve(),
    setProtection: () => Promise.resolve(),
    funding: () => Promise.resolve({ rows: [], cursor: null }),
    inspect: refuse('inspect'),
    funds: null,
    stream: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => {
      listeners.clear();
    },
    ...over,
  };
}

/** The order as a venue acknowledges it. */
export function acknowledged(request: OrderRequest, over: Partial<Order> = {}): Order {
  return {
    venue: 'practice',
    symbol: request.symbol,
    accountId: 'practice',
    clientOrderId: request.clientOrderId,
    venueOrderId: `venue-${request.clientOrderId}`,
    side: request.side,
    type: request.type,
    state: 'working',
    quantity: request.quantity ?? null,
    filledQuantity: '0',
    averagePrice: null,
    price: request.price ?? null,
    triggerPrice: request.triggerPrice ?? null,
    timeInForce: request.timeInForce,
    postOnly: request.postOnly,
    reduceOnly: request.reduceOnly,
    positionSide: request.positionSide,
    createdAt: 1000,
    updatedAt: 1001,
    ...over,
  };
}
