import type { ConvertQuote } from '../../src-preload/contract/types/funds.ts';
import type { HoldfastError } from '../errors.ts';
import { dec } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import type { AccountSession } from '../trading/account-sessions.ts';
import { exceedsLoss } from './risk-gate.ts';
import type { RiskGateParts } from './risk-gate.ts';
import type { EffectiveLimits } from './risk-limits.ts';
import { dollars, percent, refusal } from './risk-refusal.ts';
import { within } from './within.ts';

/** Longest wait for the loss of the day. */
const ASK_MS = 3000;
/** Converting into one of these makes a position smaller. */
const DOLLARS: ReadonlySet<string> = new Set(['USD', 'USDT', 'USDC']);

type Parts = Pick<RiskGateParts, 'limits' | 'killSwitch' | 'session' | 'usd' | 'dailyLoss' | 'after'>;

interface Judged {
  readonly quote: ConvertQuote;
  readonly limits: EffectiveLimits;
  readonly session: AccountSession;
  readonly price: (asset: string) => Decimal | null;
}

/** A conversion is a trade by another name: the kill switch and the limits hold for it, too. */
export class ConvertGate {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Rejects with `notAllowed` and a code `risk.*`. What cannot be known is refused, not passed. */
  async check(accountId: string, quote: ConvertQuote): Promise<void> {
    const { killSwitch, limits: store, usd, dailyLoss, after } = this.#parts;
    await killSwitch.load();
    killSwitch.pass(false);
    const session = this.#parts.session(accountId);
    const limits = await store.effective(accountId);
    const price = (asset: string): Decimal | null => usd.priceOf(session.account.venue, asset);
    const judged = { quote, limits, session, price };
    const needsLoss = limits.maxDailyLoss !== null && !DOLLARS.has(quote.to);
    const realized = needsLoss ? await within(ASK_MS, after, dailyLoss.realizedToday(accountId)) : null;
    const refused =
      marketRefusal(judged) ??
      sizeRefusal(judged) ??
      (needsLoss ? lossRefusal(limits, realized) : null) ??
      shareRefusal(judged, usd.equityOf(session));
    if (refused !== null) throw refused;
    // Engaged while figures were asked for.
    killSwitch.pass(false);
  }
}

function marketRefusal({ limits: { allowedMarkets }, quote: { from, to } }: Judged): HoldfastError | null {
  if (allowedMarkets === null) return null;
  const markets = [`${to}/${from}`, `${from}/${to}`];
  if (markets.some((market) => allowedMarkets.value.includes(market))) return null;
  const list = allowedMarkets.value.join(', ') || 'none';
  return refusal(
    'allowedMarkets',
    `Trading is limited to chosen markets (${allowedMarkets.setting}): ${list}. Converting ${from} into ${to} needs ${markets.join(' or ')} among them.`,
    'to',
  );
}

function sizeRefusal({ limits, quote, price }: Judged): HoldfastError | null {
  const limit = limits.maxOrderNotional;
  if (limit === null) return null;
  const rule = `The largest order is limited to ${limit.value} USD (${limit.setting})`;
  const worth = price(quote.from)?.times(quote.fromAmount) ?? price(quote.to)?.times(quote.toAmount) ?? null;
  if (worth === null)
    return refusal('maxOrderNotional', `${rule}, and what is converted has no known worth now.`, 'amount');
  if (worth.lessThanOrEqualTo(limit.value)) return null;
  return refusal('maxOrderNotional', `${rule}; what is converted is worth ${dollars(worth)}.`, 'amount');
}

function lossRefusal(limits: EffectiveLimits, realized: Decimal | null): HoldfastError | null {
  const limit = limits.maxDailyLoss;
  if (limit === null) return null;
  const rule = `The realised loss of a day is limited to ${limit.value} USD (${limit.setting})`;
  const only = 'Only conversions into USDT, USDC or USD pass';
  if (realized === null)
    return refusal('maxDailyLoss', `${rule}, and that of today is not known now. ${only}.`, 'to');
  if (!exceedsLoss(realized, limit.value)) return null;
  return refusal('maxDailyLoss', `${rule}; today it is ${dollars(realized.negated())}. ${only}.`, 'to');
}

/** As a spot buy of the coin: what is owned of it afterwards. */
function shareRefusal(
  { limits, quote, session, price }: Judged,
  equity: Decimal | null,
): HoldfastError | null {
  const limit = limits.maxPositionShare;
  if (limit === null || DOLLARS.has(quote.to)) return null;
  const rule = `The largest position is limited to ${percent(dec(limit.value))} of the equity (${limit.setting})`;
  const owned = session.balances
    .filter(({ asset, counted }) => asset === quote.to && counted)
    .reduce((sum, { total }) => sum.plus(total), dec(quote.toAmount));
  const worth = price(quote.to)?.times(owned) ?? null;
  if (worth === null)
    return refusal('maxPositionShare', `${rule}, and the worth of ${quote.to} is not known now.`, 'amount');
  if (equity === null)
    return refusal('maxPositionShare', `${rule}, and the equity of this account is not known now.`, 'amount');
  if (worth.lessThanOrEqualTo(equity.times(limit.value))) return null;
  return refusal(
    'maxPositionShare',
    `${rule}; ${quote.to} would become ${dollars(worth)} of ${dollars(equity)}.`,
    'amount',
  );
}
