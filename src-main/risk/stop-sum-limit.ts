/** No more waiting stops than there is to close: refused when placed or enlarged, for every account and always. */
import type { DecimalText, Instrument } from '../../src-preload/contract/types/market.ts';
import type { Order, Position } from '../../src-preload/contract/types/trading.ts';
import type { HoldfastError } from '../errors.ts';
import { compareText, dec, floorToStep, text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import type { AccountSession } from '../trading/account-sessions.ts';
import type { GatedIntent } from '../trading/order-gate.ts';
import { closable, familyOf, groupsOf, isClosing } from './protective-orders.ts';
import { refusal } from './risk-refusal.ts';
import { within } from './within.ts';
import type { After } from './within.ts';

const ASK_MS = 3000;
const NAMES = { stop: 'stops', takeProfit: 'take-profits' } as const;

interface Asked {
  readonly intent: GatedIntent;
  readonly session: AccountSession;
  /** Open and pending orders of the account. */
  readonly orders: readonly Order[];
  readonly after: After;
}

/**
 * Null = the stops (or take-profits) that close this position, the new one included, close no more than it. The
 * position is the one that was pushed last, unless it would refuse: then the venue is asked.
 */
export async function stopSumRefusal({
  intent,
  session,
  orders,
  after,
}: Asked): Promise<HoldfastError | null> {
  const known = refusalBy(intent, session.positions, orders);
  if (known === null) return null;
  const told = await within(ASK_MS, after, session.trading.positions());
  return told === null ? known : refusalBy(intent, told, orders);
}

function refusalBy(
  { draft, instrument, order }: GatedIntent,
  positions: readonly Position[],
  orders: readonly Order[],
): HoldfastError | null {
  const { symbol, side, quantity, type } = draft;
  const family = familyOf(type);
  if (family === null || instrument.kind === 'spot' || !isClosing(draft) || quantity === undefined)
    return null;
  const present = order?.quantity ?? null;
  // One that only moves, or becomes smaller, makes nothing worse.
  if (present !== null && compareText(quantity, present) <= 0) return null;
  const others = orders.filter(({ clientOrderId }) => clientOrderId !== order?.clientOrderId);
  const waiting =
    groupsOf(positions, others).find(
      (group) => group.symbol === symbol && group.side === side && group.family === family,
    )?.sum ?? dec('0');
  const size = closable(positions, symbol, side);
  const filled = order?.filledQuantity ?? '0';
  const rest = dec(quantity).minus(filled);
  if (waiting.plus(rest).lessThanOrEqualTo(size)) return null;
  const [what, doing] = [NAMES[family], side === 'sell' ? 'selling' : 'buying'];
  const room = size.minus(waiting);
  return refusal(
    'stopsBeyondPosition',
    `Waiting ${what} are limited to the position that they close (always on, no setting): ${text(size)} of ${symbol} is there to close by ${doing}, ${what} for ${text(waiting)} wait already, and this one would be for ${text(rest)}.`,
    'quantity',
    room.greaterThan('0') ? nearestOf(instrument, room.plus(filled)) : null,
  );
}

/** Null when that is less than the market allows. */
function nearestOf({ lotSize, minQuantity }: Instrument, quantity: Decimal): DecimalText | null {
  const nearest = floorToStep(text(quantity), lotSize);
  return compareText(nearest, minQuantity) >= 0 ? nearest : null;
}
