import type { Instrument } from '../../src-preload/contract/types/market.ts';
import type { OrderDraft, OrderPreview } from '../../src-preload/contract/types/trading.ts';
import type { HoldfastError } from '../errors.ts';
import { compareText } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import { text } from '../market/decimal.ts';
import type { AccountSession } from '../trading/account-sessions.ts';
import { availableOf, sharesMargin } from '../trading/usable-balance.ts';
import { refusal } from './risk-refusal.ts';
import { within } from './within.ts';
import type { After } from './within.ts';

const ASK_MS = 3000;

interface Parts {
  readonly preview: (draft: OrderDraft) => Promise<OrderPreview>;
  readonly after: After;
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
export async function marginRefusal(
  { preview, after }: Parts,
  { session, draft, instrument, added }: Asked,
): Promise<HoldfastError | null> {
  const { modes } = session.account;
  if (instrument.kind !== 'spot' && sharesMargin(session.balances) && modes?.marginMode === 'cross')
    return null;
  if (added?.isZero() === true) return null;
  const asked = draft.quantity === undefined || added === null ? draft : { ...draft, quantity: text(added) };
  const seen = await within(ASK_MS, after, preview(asked));
  if (seen === null || seen.cost === null || seen.available === null) return null;
  if (compareText(seen.cost, seen.available) <= 0) return null;
  // What was pushed lags behind a cancel or a deposit of this moment: the venue is asked before a person is refused.
  const balances = await within(ASK_MS, after, session.trading.balances());
  const available = balances === null ? null : availableOf(balances, seen.costCurrency);
  if (available === null || compareText(seen.cost, available) <= 0) return null;
  const field = draft.quantity === undefined ? 'quoteAmount' : 'quantity';
  const isUsable =
    field === 'quantity' &&
    seen.maxQuantity !== null &&
    compareText(seen.available, available) === 0 &&
    compareText(seen.maxQuantity, instrument.minQuantity) >= 0;
  return refusal(
    'availableMargin',
    `The order needs ${seen.cost} ${seen.costCurrency} and ${available} is available in this account.`,
    field,
    isUsable ? seen.maxQuantity : null,
  );
}
