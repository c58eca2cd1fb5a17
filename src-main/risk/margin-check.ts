import type { DecimalText, Instrument } from '../../src-preload/contract/types/market.ts';
import type { OrderDraft, OrderPreview } from '../../src-preload/contract/types/trading.ts';
import type { HoldfastError } from '../errors.ts';
import { compareText, dec, text } from '../market/decimal.ts';
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
 * Whether the balance pays for what the order adds. Where that cannot be known (every coin backs every contract,
 * figures that the venue did not give in time) it claims nothing: the venue decides. Null = it does, or unknown.
 */
export async function marginRefusal(parts: Parts, asked: Asked): Promise<HoldfastError | null> {
  const { session, draft, instrument, added } = asked;
  const { modes } = session.account;
  if (instrument.kind !== 'spot' && sharesMargin(session.balances) && modes?.marginMode === 'cross')
    return null;
  if (added?.isZero() === true) return null;
  const wanted = draft.quantity === undefined || added === null ? draft : { ...draft, quantity: text(added) };
  const preview = () => within(ASK_MS, parts.after, parts.preview(wanted));
  if (!isShort(await preview())) return null;
  // What was pushed lags behind a cancel or a deposit of this moment: the venue is asked before a person is refused.
  if (!(await isRefreshed(parts, session))) return null;
  const seen = await preview();
  if (!isShort(seen)) return null;
  return refusal(
    'availableMargin',
    `The order needs ${seen.cost} ${seen.costCurrency} and ${seen.available} is available in this account (the balance itself, no setting).`,
    draft.quantity === undefined ? 'quoteAmount' : 'quantity',
    nearestOf(asked, seen),
  );
}

interface Short extends OrderPreview {
  readonly cost: DecimalText;
  readonly available: DecimalText;
}
const isShort = (seen: OrderPreview | null): seen is Short =>
  seen !== null &&
  seen.cost !== null &&
  seen.available !== null &&
  compareText(seen.cost, seen.available) > 0;

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
