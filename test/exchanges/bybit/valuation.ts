/** What an account is worth and what of it is free, in US dollars and by coin (cross margin of a unified account). */
import { Decimal, dec, text } from '../../../src-main/market/decimal.ts';
import type { Account } from './accounts.ts';
import type { VenueOrder } from './order.ts';
import { round, type Position } from './position.ts';
import type { Payload } from './protocol.ts';

const ZERO = new Decimal(0);
const DOLLARS = new Set(['USDT', 'USDC', 'USD']);

/** US dollars for one of a coin; zero when no market tells. */
export type CoinPrice = (coin: string) => Decimal;

export const isDollar = (coin: string): boolean => DOLLARS.has(coin);

interface CoinFigures {
  wallet: Decimal;
  locked: Decimal;
  orderMargin: Decimal;
  positionMargin: Decimal;
  maintenance: Decimal;
  unrealised: Decimal;
}

export interface Valuation {
  readonly coins: ReadonlyMap<string, Readonly<CoinFigures>>;
  readonly equity: Decimal;
  readonly walletBalance: Decimal;
  readonly initialMargin: Decimal;
  readonly maintenanceMargin: Decimal;
  readonly unrealised: Decimal;
  /** Free for new positions and orders. */
  readonly available: Decimal;
}

/** What an open order keeps from being spent: coins for spot, margin for contracts. */
export function reserved(
  order: VenueOrder,
  leverage: string,
): { coin: string; locked: Decimal; margin: Decimal } {
  const { listing } = order.market;
  const leaves = order.leaves();
  const price = dec(order.price === '' ? order.market.last : order.price);
  const none = { coin: listing.settle, locked: ZERO, margin: ZERO };
  if (!order.open || (order.status === 'Untriggered' && order.spec.orderFilter !== 'tpslOrder')) return none;
  if (listing.category === 'spot') {
    if (order.spec.side === 'Sell') return { coin: listing.base, locked: leaves, margin: ZERO };
    return { coin: listing.quote, locked: order.byAmount ? leaves : leaves.times(price), margin: ZERO };
  }
  if (order.spec.reduceOnly) return none;
  if (listing.category === 'option') {
    return order.spec.side === 'Buy' ? { ...none, margin: leaves.times(price) } : none;
  }
  const value = listing.category === 'inverse' ? leaves.div(price) : leaves.times(price);
  return { ...none, margin: value.div(leverage) };
}

export function valuation(account: Account, usd: CoinPrice): Valuation {
  const coins = new Map<string, CoinFigures>();
  const figures = (coin: string): CoinFigures => {
    const known = coins.get(coin);
    if (known !== undefined) return known;
    const fresh: CoinFigures = {
      wallet: account.balance(coin),
      locked: ZERO,
      orderMargin: ZERO,
      positionMargin: ZERO,
      maintenance: ZERO,
      unrealised: ZERO,
    };
    coins.set(coin, fresh);
    return fresh;
  };
  for (const coin of account.wallets.UNIFIED.keys()) figures(coin);
  for (const order of account.openOrders()) {
    const { coin, locked, margin } = reserved(
      order,
      account.leverageOf(order.market, order.spec.positionIdx),
    );
    const at = figures(coin);
    at.locked = at.locked.plus(locked);
    at.orderMargin = at.orderMargin.plus(margin);
  }
  for (const position of account.openPositions()) {
    addPosition(figures(position.market.listing.settle), position, account);
  }
  return totals(coins, usd);
}

function addPosition(at: CoinFigures, position: Position, account: Account): void {
  at.positionMargin = at.positionMargin.plus(
    position.initialMargin(account.leverageOf(position.market, position.index)),
  );
  at.maintenance = at.maintenance.plus(position.maintenanceMargin());
  at.unrealised = at.unrealised.plus(position.unrealised());
}

function totals(coins: Map<string, CoinFigures>, usd: CoinPrice): Valuation {
  const sum = {
    equity: ZERO,
    walletBalance: ZERO,
    initialMargin: ZERO,
    maintenanceMargin: ZERO,
    unrealised: ZERO,
  };
  let locked = ZERO;
  for (const [coin, at] of coins) {
    const price = usd(coin);
    sum.walletBalance = sum.walletBalance.plus(at.wallet.times(price));
    sum.equity = sum.equity.plus(at.wallet.plus(at.unrealised).times(price));
    sum.unrealised = sum.unrealised.plus(at.unrealised.times(price));
    sum.initialMargin = sum.initialMargin.plus(at.orderMargin.plus(at.positionMargin).times(price));
    sum.maintenanceMargin = sum.maintenanceMargin.plus(at.maintenance.times(price));
    locked = locked.plus(at.locked.times(price));
  }
  const available = Decimal.max(0, sum.equity.minus(sum.initialMargin).minus(locked));
  return { coins, ...sum, available };
}

const shown = (value: Decimal): string => text(round(value));

/** The account object of `wallet-balance` and of the `wallet` topic. */
export function walletPayload(account: Account, usd: CoinPrice, only: readonly string[] | null): Payload {
  const value = valuation(account, usd);
  const rate = (part: Decimal): string =>
    value.equity.gt(0) ? text(part.div(value.equity).toDecimalPlaces(4)) : '0';
  const blank = account.marginMode === 'ISOLATED_MARGIN';
  const coins = [...value.coins].filter(([coin, at]) =>
    only === null ? !at.wallet.isZero() || !at.unrealised.isZero() : only.includes(coin),
  );
  return {
    accountType: 'UNIFIED',
    totalEquity: shown(value.equity),
    totalWalletBalance: shown(value.walletBalance),
    totalMarginBalance: blank ? '' : shown(value.equity),
    totalAvailableBalance: blank ? '' : shown(value.available),
    totalPerpUPL: shown(value.unrealised),
    totalInitialMargin: blank ? '' : shown(value.initialMargin),
    totalMaintenanceMargin: blank ? '' : shown(value.maintenanceMargin),
    accountIMRate: blank ? '' : rate(value.initialMargin),
    accountMMRate: blank ? '' : rate(value.maintenanceMargin),
    accountLTV: '0',
    coin: coins.map(([coin, at]) => coinPayload(account, coin, at, usd(coin))),
  };
}

function coinPayload(account: Account, coin: string, at: CoinFigures, price: Decimal): Payload {
  const borrowed = Decimal.max(0, at.wallet.neg());
  const equity = at.wallet.plus(at.unrealised);
  return {
    coin,
    equity: shown(equity),
    usdValue: shown(equity.times(price)),
    walletBalance: shown(Decimal.max(0, at.wallet)),
    free: '',
    locked: shown(at.locked),
    spotHedgingQty: '0',
    borrowAmount: shown(borrowed),
    spotBorrow: shown(borrowed),
    availableToWithdraw: '',
    availableToBorrow: '',
    accruedInterest: '0',
    totalOrderIM: shown(at.orderMargin),
    totalPositionIM: shown(at.positionMargin),
    totalPositionMM: shown(at.maintenance),
    unrealisedPnl: shown(at.unrealised),
    cumRealisedPnl: shown(account.realised.get(coin) ?? ZERO),
    bonus: '0',
    marginCollateral: true,
    collateralSwitch: !account.collateralOff.has(coin),
    colRes: '',
  };
}

/** What is left of a coin for spot orders. */
export function freeCoin(account: Account, coin: string, usd: CoinPrice): Decimal {
  const at = valuation(account, usd).coins.get(coin);
  if (at === undefined) return ZERO;
  return Decimal.max(
    0,
    at.wallet.minus(at.locked).minus(isDollar(coin) ? at.positionMargin.plus(at.orderMargin) : 0),
  );
}
