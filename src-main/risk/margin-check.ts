import type { DecimalText, Instrument } from '../../src-preload/contract/types/market.ts';
import type { OrderDraft, OrderPreview } from '../../src-preload/contract/types/trading.ts';
import type { HoldfastError } from '../errors.ts';
import { dec, text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import type { AccountSession } from '../trading/account-sessions.ts';
import { sharesMargin } from '../trading/usable-balance.ts';
import { refusal } from './risk-refusal.ts';
import { within } from './within.ts';
import type { After } from './within.ts';

const ASK_MS = 3000;

interface Parts {
  readonly preview: (draft: OrderDraft) => Promise<OrderPreview>;
  readonly after: After;
  /** ms UTC. */
  readonly clock: () => number;
}

interface Asked {
  readonly session: AccountSession;
  readonly draft: OrderDraft;
  readonly instrument: Instrument;
  /** What is new of the order. */
  readonly added: Decimal | null;
}

/**
 * Whether the balance pays for what the order adds; where every coin backs every contract, whether the margin that the
 * venue counts of all of them does. Where that cannot be known (a figure that the venue did not give in time, portfolio
 * margin) it claims nothing: no limit of the person's is at stake, and the venue looks at its own margin before it
 * takes an order. Null = it does, or unknown.
 */
export async function marginRefusal(parts: Parts, asked: Asked): Promise<HoldfastError | null> {
  const { session, draft, instrument, added } = asked;
  if (added?.isZero() === true) return null;
  // What an order needs there depends on everything else that is open: leverage says nothing about it.
  if (instrument.kind !== 'spot' && hasPortfolioMargin(session)) return null;
  const wanted = draft.quantity === undefined || added === null ? draft : { ...draft, quantity: text(added) };
  const preview = () => within(ASK_MS, parts.after, parts.preview(wanted));
  const isShort = shortness(session, instrument);
  if (!isShort(await preview())) return null;
  // What was pushed lags behind a cancel or a deposit of this moment: the venue is asked before a person is refused.
  if (!(await isRefreshed(parts, session))) return null;
  const seen = await preview();
  if (!isShort(seen)) return null;
  return refusal(
    'availableMargin',
    isShared(session, instrument)
      ? `The order needs ${seen.cost} ${seen.costCurrency} of margin, and all coins of this account together leave ${seen.available} USD (the venue's own figure, no setting).`
      : `The order needs ${seen.cost} ${seen.costCurrency} and ${seen.available} is available in this account (the balance itself, no setting).`,
    draft.quantity === undefined ? 'quoteAmount' : 'quantity',
    nearestOf(asked, seen),
  );
}

interface Short extends OrderPreview {
  readonly cost: DecimalText;
  readonly available: DecimalText;
}

/** Shared margin is counted in dollars, what an order needs in a coin of about a dollar: so far apart they may be. */
const DOLLAR_SPREAD = '0.01';

const shortness =
  (session: AccountSession, instrument: Instrument) =>
  (seen: OrderPreview | null): seen is Short => {
    if (seen === null || seen.cost === null || seen.available === null) return false;
    const spread = isShared(session, instrument) ? DOLLAR_SPREAD : '0';
    return dec(seen.cost).times(dec('1').minus(spread)).greaterThan(seen.available);
  };

const isShared = ({ account, balances }: AccountSession, { kind }: Instrument): boolean =>
  kind !== 'spot' && sharesMargin(balances) && account.modes?.marginMode !== 'isolated';

const hasPortfolioMargin = ({ account }: AccountSession): boolean =>
  account.inspection?.findings.some(({ code }) => code === 'portfolioMargin') === true;

/** Whether the balances are as the venue has them now. */
async function isRefreshed({ after, clock }: Parts, session: AccountSession): Promise<boolean> {
  const heard = session.asOf;
  const balances = await within(ASK_MS, after, session.trading.balances());
  if (balances === null) return false;
  // The stream is nearer to the truth when it spoke while we asked.
  if (session.asOf === heard) Object.assign(session, { balances, asOf: clock() });
  return true;
}

/** The most that the balance pays for, in the order's own unit; null when that is less than the market allows. */
function nearestOf({ draft, instrument, added }: Asked, seen: Short): DecimalText | null {
  if (draft.quantity === undefined) {
    const isEnough =
      dec(seen.available).greaterThan('0') && !dec(seen.available).lessThan(instrument.minNotional ?? '0');
    return isEnough ? seen.available : null;
  }
  if (seen.maxQuantity === null) return null;
  // Of an amendment only what it adds has to be paid for.
  const most = dec(draft.quantity)
    .minus(added ?? draft.quantity)
    .plus(seen.maxQuantity);
  return most.lessThan(instrument.minQuantity) ? null : text(most);
}
