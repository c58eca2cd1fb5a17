import type { DecimalText, Instrument, MarketRef } from '../../src-preload/contract/types/market.ts';
import type { PositionSize } from '../../src-preload/contract/types/risk.ts';
import type { OrderDraft } from '../../src-preload/contract/types/trading.ts';
import { HoldfastError, badInput } from '../errors.ts';
import { compareText, dec, text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import type { AccountSession } from '../trading/account-sessions.ts';
import { settledValueOf } from '../trading/contract-value.ts';
import { availableOf, sharesMargin } from '../trading/usable-balance.ts';
import { exposureOf } from './exposure.ts';
import { currencyOf, positionSize } from './position-size.ts';
import type { RiskGateParts } from './risk-gate.ts';
import { unitWorth } from './size-limits.ts';

const DOWN = 1;

export interface SizeWish {
  readonly accountId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly entry: DecimalText;
  readonly stop: DecimalText;
  readonly riskAmount?: DecimalText | undefined;
  readonly riskShare?: DecimalText | undefined;
}

type Parts = Pick<RiskGateParts, 'limits' | 'session' | 'openOrders' | 'usd'> & {
  readonly instrument: (market: MarketRef) => Promise<Instrument>;
};

/** Gathers what the size of a position rests on: fees, balance, limits. */
export class SizeDesk {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Rejects with `badInput`, `risk.unreadable`, or as the venue does when it cannot say fees or leverage. */
  async positionSize(wish: SizeWish): Promise<PositionSize> {
    const session = this.#parts.session(wish.accountId);
    const market = { venue: session.account.venue, symbol: wish.symbol };
    const instrument = await this.#parts.instrument(market);
    const riskAmount = riskOf(wish, session, instrument);
    const { taker: takerFee } = await session.trading.fees(wish.symbol);
    const byBalance = await balanceBound(wish, session, instrument, takerFee);
    const byLimit = await this.#limitBound(wish, session, instrument);
    const { side, entry, stop } = wish;
    return positionSize({ instrument, side, entry, stop, riskAmount, takerFee, byBalance, byLimit });
  }

  async #limitBound(
    wish: SizeWish,
    session: AccountSession,
    instrument: Instrument,
  ): Promise<DecimalText | null> {
    const { maxOrderNotional, maxPositionShare } = await this.#parts.limits.effective(wish.accountId);
    if (maxOrderNotional === null && maxPositionShare === null) return null;
    const price = dec(wish.entry);
    const unit = unitWorth(instrument, price, this.#parts.usd.priceOf(instrument.venue, instrument.quote));
    if (unit === null) throw unknown('The worth of this market in US dollars');
    const bounds: Decimal[] = [];
    if (maxOrderNotional !== null) bounds.push(dec(maxOrderNotional.value).div(unit));
    if (maxPositionShare !== null) {
      const equity = this.#parts.usd.equityOf(session);
      if (equity === null) throw unknown('The equity of this account');
      const orders = this.#parts.openOrders(wish.accountId);
      const draft = asDraft(wish, session);
      const { before } = exposureOf({ draft, instrument, session, orders, order: null, price });
      bounds.push(equity.times(maxPositionShare.value).div(unit).minus(before));
    }
    return least(bounds);
  }
}

function riskOf(
  { riskAmount, riskShare }: SizeWish,
  session: AccountSession,
  instrument: Instrument,
): DecimalText {
  if ((riskAmount === undefined) === (riskShare === undefined))
    throw badInput([
      { field: 'riskAmount', rule: 'give either an amount or a share of the balance to risk' },
    ]);
  if (riskAmount !== undefined) return riskAmount;
  if (riskShare === undefined || compareText(riskShare, '1') > 0)
    throw badInput([
      { field: 'riskShare', rule: 'must be a fraction of at most 1: 0.01 means 1 %', nearest: '1' },
    ]);
  const available = availableOf(session.balances, currencyOf(instrument));
  if (available === null) throw unknown('The balance of this account');
  return text(dec(available).times(riskShare).toDecimalPlaces(18, DOWN));
}

/** Null where every coin backs every contract: one coin's balance says little then. */
async function balanceBound(
  { symbol, entry }: SizeWish,
  session: AccountSession,
  instrument: Instrument,
  takerFee: DecimalText,
): Promise<DecimalText | null> {
  const one = settledValueOf(instrument, dec('1'), dec(entry));
  const available = availableOf(session.balances, currencyOf(instrument));
  if (one === null || available === null) return null;
  const fee = dec(takerFee).greaterThan('0') ? dec(takerFee) : dec('0');
  const part = await partPaid(symbol, session, instrument);
  if (part === null) return null;
  return least([dec(available).div(one.times(part.plus(fee)))]);
}

/** The part of its worth that an order takes from the balance. */
async function partPaid(
  symbol: string,
  session: AccountSession,
  instrument: Instrument,
): Promise<Decimal | null> {
  if (instrument.kind === 'spot') return dec('1');
  const { marginMode, leverage } = await session.trading.modes(symbol);
  return marginMode === 'cross' && sharesMargin(session.balances) ? null : dec('1').div(leverage);
}

/** Rounded down; never below zero. */
function least(bounds: readonly Decimal[]): DecimalText {
  const smallest = bounds.reduce((a, b) => (b.lessThan(a) ? b : a));
  return smallest.isNegative() ? '0' : text(smallest.toDecimalPlaces(18, DOWN));
}

const asDraft = ({ accountId, symbol, side, entry }: SizeWish, session: AccountSession): OrderDraft => ({
  accountId,
  symbol,
  side,
  type: 'limit',
  price: entry,
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  positionSide: session.positions.find((one) => one.symbol === symbol && one.positionSide !== 'net')
    ? side === 'buy'
      ? 'long'
      : 'short'
    : 'net',
});

const unknown = (what: string): HoldfastError =>
  new HoldfastError(
    'unavailable',
    'risk.unknownFigures',
    `${what} is not known now: no size can be computed.`,
  );
