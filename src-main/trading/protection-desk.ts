import type { Instrument, MarketRef } from '../../src-preload/contract/types/market.ts';
import type { PositionSide } from '../../src-preload/contract/types/trading.ts';
import { HoldfastError, badInput } from '../errors.ts';
import type { AccountSession, AccountSessions } from './account-sessions.ts';
import { sideProblems, snapProtection } from './protection.ts';
import type { Direction, ProtectionField } from './protection.ts';

interface Parts {
  readonly sessions: AccountSessions;
  readonly instrument: (market: MarketRef) => Promise<Instrument>;
  /** Mark price of a contract; null while unknown. */
  readonly reference: (market: MarketRef) => Promise<string | null>;
  /** Throws while nothing but cancels may be sent. */
  readonly requireSending?: () => unknown;
}

export interface Protection {
  readonly accountId: string;
  readonly symbol: string;
  readonly positionSide: PositionSide;
  /** A price sets or changes it, null takes it away. */
  readonly takeProfit: string | null;
  readonly stopLoss: string | null;
}

/** Sets, changes and removes take-profit and stop-loss of open positions. */
export class ProtectionDesk {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Both legs are sent every time, because a venue may take a leg away that is left out. Rejects with `badInput`
   * for a trigger on the wrong side of the mark price, `notFound` without such a position, `notSupported` where
   * the venue has none of this, or with the venue's refusal. The same again does no harm.
   */
  async set(wanted: Protection): Promise<void> {
    const { accountId, symbol, positionSide } = wanted;
    if (wanted.takeProfit !== null || wanted.stopLoss !== null) this.#parts.requireSending?.();
    const session = this.#parts.sessions.requireTrading(accountId);
    if (!session.exchange.capabilities.positionProtection) throw notSupported();
    const market = { venue: session.account.venue, symbol };
    const instrument = await this.#parts.instrument(market);
    const side = await this.#sideOf(session, symbol, positionSide);
    const snap = (field: ProtectionField): string | null => {
      const value = wanted[field];
      return value === null ? null : snapProtection(field, value, side, instrument);
    };
    const stop = { takeProfit: snap('takeProfit'), stopLoss: snap('stopLoss') };
    const from = await this.#parts.reference(market);
    const problems = sideProblems(stop, { side, from, named: 'mark price' }, instrument);
    if (problems.length > 0) throw badInput(problems);
    await session.trading.setProtection(symbol, positionSide, stop);
  }

  /** Asked of the venue, because a stop on the side of a position that has turned round would open one. */
  async #sideOf(session: AccountSession, symbol: string, positionSide: PositionSide): Promise<Direction> {
    const position = (await session.trading.positions()).find(
      (entry) => entry.symbol === symbol && entry.positionSide === positionSide,
    );
    if (position) return position.side;
    throw new HoldfastError('notFound', 'position.none', `There is no open position in ${symbol}.`);
  }
}

const notSupported = () =>
  new HoldfastError(
    'notSupported',
    'position.noProtection',
    'This venue has no take-profit or stop-loss for open positions.',
  );
