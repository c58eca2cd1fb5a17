/** Whether an account can afford an order (sheet section 6.3, group "insufficient balance/margin"). */
import { Decimal, dec } from '../../../src-main/market/decimal.ts';
import type { Account } from './accounts.ts';
import type { Market } from './market.ts';
import type { OrderSpec } from './order.ts';
import { Refusal } from './protocol.ts';
import { freeCoin, valuation, type CoinPrice } from './valuation.ts';

type Wanted = Pick<
  OrderSpec,
  'side' | 'orderType' | 'price' | 'qty' | 'positionIdx' | 'reduceOnly' | 'isLeverage' | 'marketUnit'
>;

/** Throws the venue's refusal when the order is not covered. */
export function checkFunds(account: Account, market: Market, order: Wanted, usd: CoinPrice): void {
  if (market.listing.category === 'spot') checkSpot(account, market, order, usd);
  else if (!order.reduceOnly) checkContract(account, market, order, usd);
}

function checkSpot(account: Account, market: Market, order: Wanted, usd: CoinPrice): void {
  const { base, quote } = market.listing;
  const price = order.price === '' ? (market.bestAsk()?.[0] ?? market.last) : order.price;
  const worth = order.marketUnit === 'quoteCoin' ? dec(order.qty) : dec(order.qty).times(price);
  const quantity =
    order.marketUnit === 'quoteCoin'
      ? dec(order.qty).div(market.bestBid()?.[0] ?? market.last)
      : dec(order.qty);
  if (order.isLeverage) {
    checkBorrow(account, worth.times(usd(quote)), usd);
    return;
  }
  const coin = order.side === 'Buy' ? quote : base;
  const need = order.side === 'Buy' ? worth : quantity;
  if (need.gt(freeCoin(account, coin, usd))) throw new Refusal(170131, 'Insufficient balance.');
}

function checkBorrow(account: Account, worth: Decimal, usd: CoinPrice): void {
  if (account.marginMode === 'ISOLATED_MARGIN')
    throw new Refusal(182021, 'Spot margin is not available in isolated margin mode.');
  if (!account.spotMargin) throw new Refusal(170036, 'Spot margin trading is not enabled.');
  const room = valuation(account, usd).available.times(account.spotLeverage);
  if (worth.gt(room)) throw new Refusal(170033, 'Margin insufficient account balance.');
}

function checkContract(account: Account, market: Market, order: Wanted, usd: CoinPrice): void {
  const { category, settle } = market.listing;
  const price = dec(order.price === '' ? market.mark : order.price);
  const opening = openingPart(account, market, order);
  if (!opening.gt(0)) return;
  const value = category === 'inverse' ? opening.div(price) : opening.times(price);
  if (category === 'option' && order.side === 'Sell') return;
  const leverage = category === 'option' ? '1' : account.leverageOf(market, order.positionIdx);
  const fee = value.times(account.contractFees.taker);
  const need = value.div(leverage).plus(fee);
  const free =
    account.marginMode === 'ISOLATED_MARGIN'
      ? isolatedFree(account, settle, usd)
      : valuation(account, usd).available;
  const worth = account.marginMode === 'ISOLATED_MARGIN' ? need : need.times(usd(settle));
  if (worth.gt(free)) throw new Refusal(110007, 'ab not enough for new order');
}

/** The part of an order that does not just close what is held. */
function openingPart(account: Account, market: Market, order: Wanted): Decimal {
  const { size } = account.position(market, order.positionIdx);
  const closes = order.side === 'Sell' ? size.gt(0) : size.lt(0);
  return closes ? Decimal.max(0, dec(order.qty).minus(size.abs())) : dec(order.qty);
}

function isolatedFree(account: Account, coin: string, usd: CoinPrice): Decimal {
  const at = valuation(account, usd).coins.get(coin);
  if (at === undefined) return new Decimal(0);
  return at.wallet.minus(at.positionMargin).minus(at.orderMargin).minus(at.locked);
}
