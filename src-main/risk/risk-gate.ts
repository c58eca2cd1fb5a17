import type { BookView, DecimalText, MarketRef } from '../../src-preload/contract/types/market.ts';
import type { Order, OrderDraft, OrderPreview } from '../../src-preload/contract/types/trading.ts';
import type { HoldfastError } from '../errors.ts';
import { dec } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import type { AccountSession } from '../trading/account-sessions.ts';
import type { GatedIntent, Leaving, OrderGate } from '../trading/order-gate.ts';
import { hasTrigger } from '../trading/order-checks.ts';
import type { DailyLoss } from './daily-loss.ts';
import { exposureOf } from './exposure.ts';
import type { Exposure } from './exposure.ts';
import { marginRefusal } from './margin-check.ts';
import type { OrderRate } from './order-rate.ts';
import { hasBand, isFresh, priceBandRefusal } from './price-band.ts';
import { limitsFor } from './reducing.ts';
import type { EffectiveLimits } from './risk-limits.ts';
import { dollars, refusal } from './risk-refusal.ts';
import {
  isWriting,
  measuringPrice,
  orderNotionalRefusal,
  positionShareRefusal,
  unitWorth,
  writtenWorth,
} from './size-limits.ts';
import { stopSumRefusal } from './stop-sum-limit.ts';
import type { SwitchState } from './switch-state.ts';
import type { UnseenFills } from './unseen-fills.ts';
import type { UsdValues } from './usd-values.ts';
import { within } from './within.ts';
import type { After } from './within.ts';

/** Longest wait for a figure that a venue or the ledger has to give. */
const ASK_MS = 3000;
const BOOK_DEPTH = 200;

export interface RiskGateParts {
  readonly limits: { effective(accountId: string): Promise<EffectiveLimits> };
  readonly killSwitch: Pick<SwitchState, 'load' | 'pass' | 'isClosing'>;
  readonly session: (accountId: string) => AccountSession;
  readonly openOrders: (accountId: string) => readonly Order[];
  readonly usd: Pick<UsdValues, 'priceOf' | 'equityOf'>;
  readonly dailyLoss: Pick<DailyLoss, 'realizedToday'>;
  readonly rate: OrderRate;
  readonly unseen: Pick<UnseenFills, 'on'>;
  readonly reference: (market: MarketRef) => Promise<DecimalText | null>;
  readonly book: (market: MarketRef, depth: number) => Promise<BookView | null>;
  readonly preview: (draft: OrderDraft) => Promise<OrderPreview>;
  readonly clock: () => number;
  readonly after: After;
}

/** What had to be asked for. Null = could not be had, and then a limit that needs it refuses. */
interface Facts {
  readonly reference: DecimalText | null;
  readonly book: BookView | null;
  readonly realized: Decimal | null;
}

interface Judged extends Facts {
  readonly intent: GatedIntent;
  readonly limits: EffectiveLimits;
  readonly session: AccountSession;
  readonly exposure: Exposure;
  readonly price: Decimal | null;
}

/** What the kill switch sends when it flattens. */
const isClosing = ({ draft, kind }: Leaving): boolean =>
  draft.reduceOnly && draft.type === 'market' && kind === 'place';

/** The limits and the kill switch, below everything that a window can ask for. */
export class RiskGate implements OrderGate {
  readonly #parts: RiskGateParts;

  constructor(parts: RiskGateParts) {
    this.#parts = parts;
  }

  /** The switch may have been thrown while the order was journaled: what has not left yet does not leave. */
  leaving(intent: Leaving): void {
    this.#parts.killSwitch.pass(isClosing(intent));
  }

  isClosing(intent: Leaving): boolean {
    return isClosing(intent) && this.#parts.killSwitch.isClosing;
  }

  /** Rejects with `notAllowed` and a code `risk.*`. Bounded in time; what cannot be known is refused, not passed. */
  async check(intent: GatedIntent): Promise<void> {
    const { draft, account } = intent;
    await this.#parts.killSwitch.load();
    // What the switch itself sends makes positions smaller: no limit may stand in its way.
    if (this.#parts.killSwitch.pass(isClosing(intent))) return;
    const session = this.#parts.session(account.id);
    const limits = limitsFor({ ...intent, session }, await this.#parts.limits.effective(account.id));
    const facts = await this.#facts(intent, limits, session);
    const tooMany = await stopSumRefusal({
      intent,
      session,
      orders: this.#orders(intent),
      after: this.#parts.after,
    });
    if (tooMany !== null) throw tooMany;
    // From here to the last limit nothing is waited for: what was counted is still so when the order passes.
    const judged = this.#judge(intent, limits, session, facts);
    const refused = refusalOf(judged, this.#parts);
    if (refused !== null) throw refused;
    if (!judged.exposure.isReducing) {
      const { instrument } = intent;
      const short = await marginRefusal(this.#parts, {
        session,
        draft,
        instrument,
        added: judged.exposure.added,
      });
      if (short !== null) throw short;
    }
    // Engaged while figures were asked for.
    this.leaving(intent);
  }

  sent(accountId: string): void {
    this.#parts.rate.add(accountId);
  }

  async #facts(
    { draft, account }: GatedIntent,
    limits: EffectiveLimits,
    session: AccountSession,
  ): Promise<Facts> {
    const market = { venue: account.venue, symbol: draft.symbol };
    const sized = limits.maxOrderNotional !== null || limits.maxPositionShare !== null;
    const bounded = <T>(isNeeded: boolean, ask: () => Promise<T | null>): Promise<T | null> =>
      isNeeded ? within(ASK_MS, this.#parts.after, ask()) : Promise.resolve(null);
    const needsBook = limits.priceBand !== null && hasBand(draft) && draft.triggerPrice === undefined;
    const [reference, book, realized] = await Promise.all([
      bounded(sized, () => this.#parts.reference(market)),
      bounded(needsBook, () => this.#freshBook(market, session)),
      bounded(limits.maxDailyLoss !== null, () => this.#parts.dailyLoss.realizedToday(account.id)),
    ]);
    return { reference, book, realized };
  }

  /** A quiet market's stream says nothing for long: then the venue is asked. */
  async #freshBook(market: MarketRef, session: AccountSession): Promise<BookView | null> {
    const known = await this.#parts.book(market, BOOK_DEPTH);
    if (isFresh(known, this.#parts.clock())) return known;
    return session.exchange.market.book(market.symbol, BOOK_DEPTH);
  }

  #judge(intent: GatedIntent, limits: EffectiveLimits, session: AccountSession, facts: Facts): Judged {
    const { draft, instrument, order } = intent;
    const price = measuringPrice(draft, facts.reference);
    const orders = this.#orders(intent);
    const unseen = this.#parts.unseen.on(intent.account.id, draft);
    const exposure = exposureOf({ draft, instrument, session, orders, order, price, unseen });
    return { ...facts, intent, limits, session, exposure, price };
  }

  #orders({ account, pending }: GatedIntent): readonly Order[] {
    return unique([...this.#parts.openOrders(account.id), ...pending]);
  }
}

/** A pending order that was journaled this moment is in both lists. */
const unique = (orders: readonly Order[]): readonly Order[] => [
  ...new Map(orders.map((order) => [order.clientOrderId, order])).values(),
];

type Counts = Pick<RiskGateParts, 'usd' | 'rate' | 'clock' | 'openOrders'>;

/** The first limit that the order breaks. */
function refusalOf(judged: Judged, parts: Counts): HoldfastError | null {
  return (
    marketRefusal(judged) ??
    rateRefusal(judged, parts) ??
    openOrdersRefusal(judged, parts) ??
    sizeRefusal(judged, parts) ??
    bandRefusal(judged, parts) ??
    lossRefusal(judged)
  );
}

function marketRefusal({ limits: { allowedMarkets }, intent: { draft } }: Judged): HoldfastError | null {
  if (allowedMarkets === null || allowedMarkets.value.includes(draft.symbol)) return null;
  const list = allowedMarkets.value.join(', ') || 'none';
  return refusal(
    'allowedMarkets',
    `Trading is limited to chosen markets (${allowedMarkets.setting}): ${list}. ${draft.symbol} is not among them.`,
    'symbol',
  );
}

function rateRefusal({ limits, intent }: Judged, { rate }: Counts): HoldfastError | null {
  const limit = limits.maxOrdersPerMinute;
  if (limit === null) return null;
  const count = rate.count(intent.account.id);
  if (count < limit.value) return null;
  return refusal(
    'maxOrdersPerMinute',
    `Orders and changes are limited to ${limit.value} in any 60 seconds (${limit.setting}); ${count} were sent.`,
    'symbol',
  );
}

function openOrdersRefusal({ limits, intent }: Judged, { openOrders }: Counts): HoldfastError | null {
  const limit = limits.maxOpenOrders;
  if (limit === null || intent.kind === 'amend' || !canRest(intent.draft)) return null;
  const known = unique([...openOrders(intent.account.id), ...intent.pending]).length;
  if (known < limit.value) return null;
  return refusal(
    'maxOpenOrders',
    `Open orders are limited to ${limit.value} (${limit.setting}); ${known} are open.`,
    'symbol',
  );
}

/** An order that trades at once or ends is never one of the open ones. */
const canRest = ({ type, timeInForce }: OrderDraft): boolean =>
  hasTrigger(type) || (type === 'limit' && timeInForce === 'GTC');

function sizeRefusal(judged: Judged, { usd }: Counts): HoldfastError | null {
  const { limits, exposure, intent, session, price } = judged;
  if (limits.maxOrderNotional === null && limits.maxPositionShare === null) return null;
  const { draft, instrument } = intent;
  const quoteRate = usd.priceOf(instrument.venue, instrument.quote);
  const unit = isWriting(draft, instrument, exposure)
    ? writtenWorth(instrument, usd.priceOf(instrument.venue, instrument.base))
    : unitWorth(instrument, price, quoteRate);
  const filled = dec(intent.order?.filledQuantity ?? '0');
  const sized = { draft, instrument, exposure, quoteRate, unit, filled };
  const large = limits.maxOrderNotional && orderNotionalRefusal(sized, limits.maxOrderNotional);
  if (large !== null) return large;
  if (limits.maxPositionShare === null || exposure.isReducing) return null;
  return positionShareRefusal(sized, usd.equityOf(session), limits.maxPositionShare);
}

function bandRefusal({ limits, intent, book }: Judged, { clock }: Counts): HoldfastError | null {
  if (limits.priceBand === null) return null;
  const { draft, instrument } = intent;
  return priceBandRefusal({ draft, instrument, book, now: clock() }, limits.priceBand);
}

function lossRefusal({ limits, exposure, realized }: Judged): HoldfastError | null {
  const limit = limits.maxDailyLoss;
  if (limit === null || exposure.isReducing) return null;
  const rule = `The realised loss of a day is limited to ${limit.value} USD (${limit.setting})`;
  const only = 'Until local midnight only orders that reduce a position pass';
  if (realized === null)
    return refusal(
      'maxDailyLoss',
      `${rule}, and that of today is not known now. Only orders that reduce a position pass.`,
      'side',
    );
  if (!exceedsLoss(realized, limit.value)) return null;
  return refusal('maxDailyLoss', `${rule}; today it is ${dollars(realized.negated())}. ${only}.`, 'side');
}

/** `realized` negative = loss. */
export const exceedsLoss = (realized: Decimal, limit: DecimalText): boolean =>
  realized.negated().greaterThan(limit);
