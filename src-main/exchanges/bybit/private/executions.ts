/** Bybit's execution object as our `Fill` or `FundingPayment`: it lists both as one kind (sheet 4.3). */
import { compareText, isZeroText, subtractText } from '../../../market/decimal.ts';
import type { Fill, FundingPayment } from '../../exchange.ts';
import { orNull, read } from '../payload.ts';
import type { BybitCategory } from '../public/category.ts';
import { type AccountContext, marketOf, type NamedMarket, timeOf, zeroIfEmpty } from './account-context.ts';
import { EXECUTION } from './forms.ts';

const CAUSES: Readonly<Record<string, Fill['cause']>> = {
  BustTrade: 'liquidation',
  AdlTrade: 'adl',
  Delivery: 'delivery',
  Settle: 'settlement',
  CorporateAction: 'settlement',
};

export const isFunding = (row: unknown): boolean =>
  (row as { execType?: unknown } | null)?.execType === 'Funding';

/** `profits`: of executions that do not tell theirs. */
export async function readFill(
  context: AccountContext,
  category: BybitCategory,
  value: unknown,
  profits?: ReadonlyMap<string, string>,
): Promise<Fill> {
  const row = read(EXECUTION, value, context.unknown);
  const market = await marketOf(context, category, row.symbol);
  const side = row.side === 'Buy' ? 'buy' : 'sell';
  const fee = zeroIfEmpty(row.execFee);
  const profit = orNull(row.execPnl) ?? profits?.get(row.execId) ?? null;
  return {
    venue: context.venue,
    symbol: market.symbol,
    accountId: context.accountId,
    id: row.execId,
    venueOrderId: row.orderId,
    clientOrderId: row.orderLinkId ?? '',
    side,
    price: row.execPrice,
    quantity: row.execQty,
    fee,
    feeCurrency: orNull(row.feeCurrency) ?? feeCoin(category, market, side, row),
    liquidity: row.isMaker == null ? 'unknown' : row.isMaker ? 'maker' : 'taker',
    cause: CAUSES[row.execType] ?? 'trade',
    ...(category === 'spot' || profit === null ? {} : { realizedPnl: profit }),
    time: timeOf(row.execTime),
  };
}

/** Where Bybit does not name the coin: contracts pay in what they settle in, spot by the rule of the sheet. */
function feeCoin(
  category: BybitCategory,
  { listed }: NamedMarket,
  side: 'buy' | 'sell',
  row: { isMaker?: boolean | null | undefined; feeRate?: string | null | undefined },
): string {
  if (listed === null) return '';
  const { base, quote, settle } = listed.instrument;
  if (category !== 'spot') return settle ?? quote;
  const isRebate = row.isMaker === true && compareText(zeroIfEmpty(row.feeRate), '0') < 0;
  return (side === 'buy') !== isRebate ? base : quote;
}

/** Here a positive fee was paid: the opposite sign of what the account received. */
export async function readFunding(
  context: AccountContext,
  category: BybitCategory,
  value: unknown,
): Promise<FundingPayment> {
  const row = read(EXECUTION, value, context.unknown);
  const market = await marketOf(context, category, row.symbol);
  const paid = zeroIfEmpty(row.execFee);
  const { listed } = market;
  return {
    id: row.execId,
    symbol: market.symbol,
    amount: isZeroText(paid) ? '0' : subtractText('0', paid),
    asset: orNull(row.feeCurrency) ?? listed?.instrument.settle ?? '',
    rate: orNull(row.feeRate),
    time: timeOf(row.execTime),
  };
}
