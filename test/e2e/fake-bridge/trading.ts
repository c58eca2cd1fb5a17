/** Orders, fills and positions of the fake bridge, and a desk that answers as the real one would. */
import Decimal from 'decimal.js';
import type { ErrorShape } from '../../../src-preload/contract/result.ts';
import type {
  Fill,
  Order,
  OrderDraft,
  OrderPreview,
  Position,
} from '../../../src-preload/contract/types/trading.ts';
import { BYBIT_ACCOUNT, PRACTICE_ACCOUNT } from './accounts.ts';
import { answer, pending, refuse, UNAVAILABLE, type FakePart, type FakeState } from './fake-state.ts';
import { marketAt } from './market.ts';
import { reconciliations, timelineOf } from './order-life.ts';
import { allPositions, OWN_OPTION } from './positions.ts';

const PERP = 'BTC/USDT:USDT';
const MINUTE = 60_000;

const order = (state: FakeState, id: string, change: Partial<Order>): Order => ({
  venue: 'practice',
  symbol: PERP,
  accountId: PRACTICE_ACCOUNT,
  clientOrderId: `order-fake-${id}`,
  venueOrderId: `venue-fake-${id}`,
  side: 'buy',
  type: 'limit',
  state: 'working',
  quantity: '0.015',
  filledQuantity: '0',
  averagePrice: null,
  price: '60120.4',
  triggerPrice: null,
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net',
  createdAt: state.now - 4 * MINUTE,
  updatedAt: change.createdAt ?? state.now - 4 * MINUTE,
  ...change,
});

const openOrders = (state: FakeState): readonly Order[] => [
  order(state, '1', { postOnly: true }),
  order(state, '2', {
    side: 'sell',
    price: '60310.0',
    quantity: '0.040',
    filledQuantity: '0.012',
    averagePrice: '60310.0',
    state: 'partiallyFilled',
    reduceOnly: true,
    createdAt: state.now - 31 * MINUTE,
  }),
  order(state, '3', {
    side: 'sell',
    type: 'stopMarket',
    price: null,
    triggerPrice: '59420.0',
    triggerBy: 'mark',
    quantity: '0.045',
    state: 'untriggered',
    reduceOnly: true,
    createdAt: state.now - 55 * MINUTE,
  }),
  order(state, '4', {
    symbol: 'ETH/USDT:USDT',
    price: '3180.00',
    quantity: '1.50',
    createdAt: state.now - 90 * MINUTE,
  }),
  order(state, '5', {
    symbol: 'SOL/USDT:USDT',
    price: '143.10',
    quantity: '25.0',
    state: 'unknown',
    venueOrderId: null,
    reason: 'The answer never came; the venue is being asked.',
    createdAt: state.now - 2 * MINUTE,
  }),
  order(state, '8', {
    venue: 'bybit',
    accountId: BYBIT_ACCOUNT,
    symbol: 'ETH/USDT:USDT',
    side: 'sell',
    price: '3264.50',
    quantity: '2.40',
    state: 'needsYou',
    venueOrderId: null,
    reason: 'No answer to five look-ups within ten minutes.',
    venueCode: '10016',
    createdAt: state.now - 21 * MINUTE,
    updatedAt: state.now - 11 * MINUTE,
  }),
  // Placed on the venue's own page: without an id of ours.
  order(state, '6', {
    venue: 'bybit',
    accountId: BYBIT_ACCOUNT,
    clientOrderId: '',
    side: 'sell',
    type: 'stopMarket',
    state: 'untriggered',
    price: null,
    triggerPrice: '58900.0',
    triggerBy: 'last',
    quantity: '0.120',
    reduceOnly: true,
    positionSide: 'long',
    createdAt: state.now - 3 * 60 * MINUTE,
  }),
  order(state, '7', {
    venue: 'bybit',
    accountId: BYBIT_ACCOUNT,
    symbol: OWN_OPTION,
    side: 'sell',
    price: '2400',
    quantity: '0.10',
    takeProfit: '1200',
    createdAt: state.now - 26 * MINUTE,
  }),
];

const ended = (state: FakeState): readonly Order[] =>
  Array.from({ length: 64 }, (_, index) =>
    order(state, `old-${index}`, {
      side: index % 3 === 0 ? 'sell' : 'buy',
      type: index % 5 === 0 ? 'market' : 'limit',
      price: index % 5 === 0 ? null : (60_000 - index * 13.5).toFixed(1),
      quantity: '0.020',
      filledQuantity: index % 4 === 1 ? '0' : '0.020',
      averagePrice: index % 4 === 1 ? null : (60_000 - index * 13.5).toFixed(1),
      state: index % 4 === 1 ? (index % 8 === 1 ? 'rejected' : 'cancelled') : 'filled',
      createdAt: state.now - (index + 2) * 47 * MINUTE,
      updatedAt: state.now - (index + 2) * 46 * MINUTE,
      ...(index % 8 === 1
        ? { reason: 'Post-only: it would have taken.', venueCode: 'EC_PostOnlyWillTakeLiquidity' }
        : {}),
    }),
  );

const fills = (state: FakeState): readonly Fill[] =>
  Array.from({ length: 72 }, (_, index) => ({
    venue: 'practice',
    symbol: index % 6 === 5 ? 'ETH/USDT:USDT' : PERP,
    accountId: PRACTICE_ACCOUNT,
    id: `fill-fake-${index}`,
    venueOrderId: `venue-fake-old-${index}`,
    clientOrderId: `order-fake-old-${index}`,
    side: index % 3 === 0 ? 'sell' : 'buy',
    price: index % 6 === 5 ? (3260 - index).toFixed(2) : (60_110 - index * 11.4).toFixed(1),
    quantity: index % 6 === 5 ? '0.50' : '0.012',
    fee: index % 2 === 0 ? '0.1442' : '0.3966',
    feeCurrency: 'USDT',
    liquidity: index % 2 === 0 ? 'maker' : 'taker',
    cause: 'trade',
    ...(index % 3 === 0 ? { realizedPnl: index % 6 === 0 ? '12.48' : '-4.10' } : {}),
    time: state.now - (index + 1) * 13 * MINUTE,
  }));

/** Enough of the desk's arithmetic that the ticket shows figures which belong together. */
function preview(draft: OrderDraft): OrderPreview {
  const venue = draft.accountId === BYBIT_ACCOUNT ? 'bybit' : 'practice';
  const { instrument, mid, perTick } = marketAt(draft.symbol, venue);
  const market = draft.price === undefined;
  const price = new Decimal(draft.price ?? mid * perTick);
  const quantity = new Decimal(draft.quantity ?? new Decimal(draft.quoteAmount ?? '0').div(price))
    .div(instrument.lotSize)
    .floor()
    .times(instrument.lotSize);
  const contract = instrument.kind !== 'spot';
  const inverse = instrument.kind === 'inverse';
  const currency = instrument.settle ?? instrument.quote;
  const cents = inverse ? 8 : 2;
  // In the currency that it is paid in: an inverse contract is worth a dollar of coin.
  const notional = inverse ? quantity.div(price) : quantity.times(price);
  const available = new Decimal(inverse ? '0.81240071' : '8412.36');
  const leverage = contract && instrument.kind !== 'option' ? 10 : 1;
  const cost = notional.div(leverage);
  const signed = draft.side === 'buy' ? quantity : quantity.neg();
  const after = signed.plus(draft.symbol === PERP ? '0.045' : '0');
  const tooMuch = cost.gt(available);
  const decimals = instrument.lotSize.split('.')[1]?.length ?? 0;
  return {
    snaps:
      draft.quantity !== undefined && !quantity.eq(draft.quantity)
        ? [{ field: 'quantity', from: draft.quantity, to: quantity.toFixed(decimals), rule: 'step' }]
        : [],
    problems: tooMuch
      ? [
          {
            field: 'balance',
            rule: `Needs ${cost.toFixed(cents)} ${currency}, ${available.toFixed(cents)} ${currency} are available.`,
          },
        ]
      : [],
    currency,
    quantity: quantity.toFixed(decimals),
    estimatedPrice: price.toFixed(),
    notional: notional.toFixed(cents),
    cost: cost.toFixed(cents),
    costCurrency: currency,
    available: available.toFixed(cents),
    fee: notional.times(draft.postOnly ? '0.0002' : '0.00055').toFixed(inverse ? 8 : 4),
    feeCurrency: currency,
    feeKind: draft.postOnly ? 'maker' : 'taker',
    positionAfter: contract ? after.toFixed(decimals) : null,
    liquidationPriceAfter:
      contract && !after.isZero() ? price.times(after.gt(0) ? '0.893' : '1.107').toFixed(1) : null,
    maxQuantity: (inverse ? available.times(leverage).times(price) : available.times(leverage).div(price))
      .toDecimalPlaces(decimals, Decimal.ROUND_DOWN)
      .toFixed(decimals),
    slippage: market ? '0.00004' : null,
    bookAgeMs: 300,
  };
}

const OVER_WORDS =
  'The largest order is limited to 1000 USD (the limits of all accounts); this one is worth 3006.07 USD.';
const OVER_LIMIT: ErrorShape = {
  code: 'risk.maxOrderNotional',
  kind: 'notAllowed',
  message: OVER_WORDS,
  problems: [{ field: 'quantity', rule: OVER_WORDS, nearest: '0.016' }],
};

export const trading: FakePart = (state) => {
  let working: readonly Order[] = state.name === 'empty' ? [] : openOrders(state);
  let held = state.name === 'empty' ? [] : allPositions(state);
  const holders = new Set<(list: readonly Position[]) => void>();
  const listeners = new Set<(event: Order) => void>();
  let made = 0;
  const publish = (next: Order): Order => {
    for (const listener of listeners) listener(next);
    return next;
  };
  const end = (id: string): Order => {
    const found = working.find((one) => one.clientOrderId === id);
    if (found === undefined)
      return refuse({
        code: 'trading.unknownOrder',
        kind: 'unknownOrder',
        message: 'There is no such order.',
      });
    working = working.filter((one) => one !== found);
    return publish({ ...found, state: 'cancelled', updatedAt: state.now + made });
  };
  const settleAs = (id: string, became: Order['state']): Order => {
    const found = working.find((one) => one.clientOrderId === id) ?? order(state, id, {});
    made += 1;
    const next = { ...found, state: became, updatedAt: state.now + made };
    working = working.flatMap((one) =>
      one.clientOrderId !== id ? [one] : became === 'working' ? [next] : [],
    );
    return publish(next);
  };
  const place = (draft: OrderDraft): Order => {
    if (state.flags.includes('refuseOrders')) {
      return refuse({
        code: 'trading.insufficientFunds',
        kind: 'insufficientFunds',
        message: 'The balance does not cover this order.',
        problems: [{ field: 'quantity', rule: 'at most 0.012 with this balance', nearest: '0.012' }],
      });
    }
    made += 1;
    const market = draft.type === 'market';
    const next = order(state, `new-${made}`, {
      symbol: draft.symbol,
      side: draft.side,
      type: draft.type,
      quantity: draft.quantity ?? null,
      price: draft.price ?? null,
      triggerPrice: draft.triggerPrice ?? null,
      state: market ? 'filled' : draft.triggerPrice === undefined ? 'working' : 'untriggered',
      postOnly: draft.postOnly,
      reduceOnly: draft.reduceOnly,
      createdAt: state.now + made,
      updatedAt: state.now + made,
    });
    if (!market) working = [next, ...working];
    return publish(next);
  };
  const page = <T>(rows: readonly T[], limit = 100, offset = 0): { rows: readonly T[]; total: number } => ({
    rows: rows.slice(offset, offset + limit),
    total: rows.length,
  });
  const none = { rows: [], total: 0 };
  return {
    calls: {
      trading: {
        preview: (draft) => {
          if (state.name === 'loading') return pending<OrderPreview>();
          return state.name === 'error' ? refuse(UNAVAILABLE) : preview(draft);
        },
        place: (draft) => (state.flags.includes('limitRefuses') ? refuse(OVER_LIMIT) : place(draft)),
        amend: ({ clientOrderId, price, quantity, triggerPrice }) => {
          const found = working.find((one) => one.clientOrderId === clientOrderId);
          if (found === undefined)
            return refuse({
              code: 'trading.unknownOrder',
              kind: 'unknownOrder',
              message: 'There is no such order.',
            });
          made += 1;
          const next = {
            ...found,
            price: price ?? found.price,
            quantity: quantity ?? found.quantity,
            triggerPrice: triggerPrice ?? found.triggerPrice,
            updatedAt: state.now + made,
          };
          working = working.map((one) => (one === found ? next : one));
          return publish(next);
        },
        cancel: ({ clientOrderId }) => end(clientOrderId),
        cancelAll: ({ symbol }) => {
          const chosen = working.filter((one) => symbol === undefined || one.symbol === symbol);
          const cancelled = chosen.map((one) => end(one.clientOrderId).clientOrderId);
          return { requested: chosen.length, cancelled, failed: [] };
        },
        closePosition: ({ symbol }) =>
          order(state, 'close', {
            symbol,
            side: 'sell',
            type: 'market',
            price: null,
            state: 'filled',
            reduceOnly: true,
          }),
        setLeverage: () => null,
        setPositionMode: () => null,
        setProtection: ({ symbol, positionSide, takeProfit, stopLoss }) => {
          held = held.map((one) =>
            one.symbol === symbol && one.positionSide === positionSide
              ? { ...one, takeProfit, stopLoss }
              : one,
          );
          for (const listener of holders) listener(held);
          return null;
        },
        setMarginMode: ({ marginMode }) => ({ positionMode: 'oneWay', marginMode }),
        marketModes: ({ accountId, symbol }) => ({
          positionMode: accountId === BYBIT_ACCOUNT && symbol.endsWith(':USDT') ? 'hedge' : 'oneWay',
          marginMode: 'cross',
          leverage: '10',
        }),
        openOrders: () => answer(state, working, []),
        orderHistory: ({ limit, offset, accountId, venue, symbol, states }) => {
          const chosen = [...working, ...ended(state)].filter(
            (one) =>
              (accountId === undefined || one.accountId === accountId) &&
              (venue === undefined || one.venue === venue) &&
              (symbol === undefined || one.symbol === symbol) &&
              (states === undefined || states.includes(one.state)),
          );
          return answer(state, page(chosen, limit, offset), none);
        },
        exportOrders: () =>
          state.name === 'error'
            ? refuse(UNAVAILABLE)
            : { path: '/home/example/holdfast-orders.csv', rows: 71 },
        timeline: ({ clientOrderId }) => {
          const found = [...working, ...ended(state)].find((one) => one.clientOrderId === clientOrderId);
          return timelineOf(state, found ?? order(state, clientOrderId, {}));
        },
        lookAgain: ({ clientOrderId }) => settleAs(clientOrderId, 'working'),
        markNotPlaced: ({ clientOrderId }) => settleAs(clientOrderId, 'rejected'),
        reconciliations: () => answer(state, reconciliations(state), []),
        reconcile: ({ accountId }) => ({
          accountId,
          startedAt: state.now,
          endedAt: state.now + 212,
          trigger: 'person',
          outcome: 'equal',
          error: null,
          differences: [],
        }),
        fills: ({ limit, offset }) => answer(state, page(fills(state), limit, offset), none),
      },
    },
    topics: {
      trading: {
        orders: (_params, emit) => {
          listeners.add(emit);
          return () => listeners.delete(emit);
        },
        fills: () => () => undefined,
        positions: (_params, emit) => {
          if (state.name === 'loading' || state.name === 'error') return () => undefined;
          emit(held);
          holders.add(emit);
          return () => holders.delete(emit);
        },
        reconciliation: () => () => undefined,
      },
    },
  };
};
