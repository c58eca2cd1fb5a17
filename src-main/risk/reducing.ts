/** Which limits a reduce-only order is held to: none may keep a person from making a position smaller. */
import type { Instrument } from '../../src-preload/contract/types/market.ts';
import type { Order, OrderDraft } from '../../src-preload/contract/types/trading.ts';
import { dec } from '../market/decimal.ts';
import type { AccountSession } from '../trading/account-sessions.ts';
import { presentQuantity } from '../trading/position-after.ts';
import { NO_LIMITS, tighter } from './risk-limits.ts';
import type { EffectiveLimits } from './risk-limits.ts';

const UNLIMITED = tighter(NO_LIMITS, NO_LIMITS);

interface Reducing {
  readonly draft: OrderDraft;
  readonly instrument: Instrument;
  /** The order to be amended. */
  readonly order: Order | null;
  readonly session: Pick<AccountSession, 'positions'>;
}

/** Reduce-only, against a position that is known, and not more than it: it surely makes that smaller. */
export function isWithinPosition({ draft, instrument, order, session }: Reducing): boolean {
  if (!draft.reduceOnly || instrument.kind === 'spot' || draft.quantity === undefined) return false;
  const present = presentQuantity(draft, session.positions).times(draft.side === 'buy' ? '1' : '-1');
  const quantity = dec(draft.quantity).minus(order?.filledQuantity ?? '0');
  return present.plus(quantity).lessThanOrEqualTo('0');
}

/**
 * The limits that count for the order. One that closes at the market is held to none: out is out, at whatever the
 * book gives. One that waits keeps the price band, since a slip of the keyboard would give the position away.
 */
export function limitsFor(intent: Reducing, limits: EffectiveLimits): EffectiveLimits {
  if (!isWithinPosition(intent)) return limits;
  if (intent.draft.type === 'market') return UNLIMITED;
  return { ...limits, allowedMarkets: null, maxOrdersPerMinute: null, maxOrderNotional: null };
}
