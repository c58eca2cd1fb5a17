import type { Instrument, MarketRef } from '../../src-preload/contract/types/market.ts';
import type { PositionSide } from '../../src-preload/contract/types/trading.ts';
import { HoldfastError, badInput, toHoldfastError } from '../errors.ts';
import { compareText } from '../market/decimal.ts';
import { ORDER_DEADLINE_MS, sendWithin } from '../net/send-deadline.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { AccountSession, AccountSessions } from './account-sessions.ts';
import { sideProblems, snapProtection } from './protection.ts';
import type { Direction, ProtectionField } from './protection.ts';
import { ProtectionJournal, legWords } from './protection-journal.ts';
import type { Legs } from './protection-journal.ts';
import { cannotKnow } from './unknown-outcome.ts';

/** Waits before each look at a position whose change was not answered, ms. */
const LOOKS = [0, 500, 1500, 3000];

interface Parts {
  readonly sessions: AccountSessions;
  readonly instrument: (market: MarketRef) => Promise<Instrument>;
  /** Mark price of a contract; null while unknown. */
  readonly reference: (market: MarketRef) => Promise<string | null>;
  /** Throws while nothing but cancels may be sent. */
  readonly requireSending: () => unknown;
  readonly ledger: { readonly orders: Pick<LedgerRepositories['orders'], 'note'> };
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly onWriteFailed: (error: unknown) => void;
}

/** A price sets or changes a leg, null takes it away. */
export interface Protection extends Legs {
  readonly accountId: string;
  readonly symbol: string;
  readonly positionSide: PositionSide;
}

/** Sets, changes and removes take-profit and stop-loss of open positions. */
export class ProtectionDesk {
  readonly #parts: Parts;
  readonly #journal: ProtectionJournal;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#journal = new ProtectionJournal(parts);
  }

  /**
   * Both legs are sent every time, because a venue may take a leg away that is left out. Rejects with `badInput`
   * for a trigger on the wrong side of the mark price, `notFound` without such a position, `notSupported` where
   * the venue has none of this, or with the venue's refusal. The same again does no harm. An answer that never came is looked up: it resolves when the venue shows what was asked,
   * and rejects with `position.protectionUnknown` otherwise, saying what the venue shows.
   */
  async set(wanted: Protection): Promise<void> {
    const { accountId, symbol, positionSide } = wanted;
    this.#requireSending(wanted);
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
    await this.#journal.asked(wanted, stop);
    await this.#send(session, { ...wanted, ...stop });
  }

  /** Rejects with what keeps it here, or what the venue says. */
  async #send(session: AccountSession, wanted: Protection): Promise<void> {
    const { symbol, positionSide, takeProfit, stopLoss } = wanted;
    // The kill switch may have been thrown since, and may be until it has left.
    const deadline = { ...sendWithin(ORDER_DEADLINE_MS), stopped: () => this.#stopped(wanted) };
    try {
      this.#requireSending(wanted);
      await session.trading.setProtection(symbol, positionSide, { takeProfit, stopLoss }, deadline);
    } catch (thrown) {
      const error = toHoldfastError(thrown);
      if (cannotKnow(error)) return this.#lookUp(session, wanted, error);
      this.#journal.heard(wanted, `not set: ${error.code}`);
      throw error;
    }
    this.#journal.heard(wanted, `set: ${legWords(wanted)}`);
  }

  /** Asks only: nothing is ever sent again from here. */
  async #lookUp(session: AccountSession, wanted: Protection, error: HoldfastError): Promise<void> {
    this.#journal.heard(wanted, `not answered: ${error.code}`);
    let shown: Legs | null = null;
    for (const ms of LOOKS) {
      await this.#parts.wait(ms);
      const positions = await session.trading.positions().catch(() => null);
      if (positions === null) continue;
      const position = positions.find((entry) => isOf(entry, wanted));
      if (!position) {
        this.#journal.heard(wanted, 'looked up: the position is gone');
        throw noPosition(wanted.symbol);
      }
      shown = { takeProfit: position.takeProfit ?? null, stopLoss: position.stopLoss ?? null };
      if (!shows(shown, wanted)) continue;
      return this.#journal.heard(wanted, `looked up: ${legWords(shown)}`);
    }
    const known = shown === null ? 'it could not be looked up' : `the venue shows ${legWords(shown)}`;
    this.#journal.heard(wanted, `looked up: ${known}`);
    throw new HoldfastError(
      'unknownOutcome',
      'position.protectionUnknown',
      `The venue did not answer whether it set the protection of ${wanted.symbol}; ${known}. Look at the position before you set it again.`,
      {},
      error,
    );
  }

  /** Taking both legs away opens nothing and passes; what sets one waits like an order. */
  #requireSending({ takeProfit, stopLoss }: Legs): void {
    if (takeProfit !== null || stopLoss !== null) this.#parts.requireSending();
  }

  #stopped(wanted: Legs): HoldfastError | null {
    try {
      this.#requireSending(wanted);
      return null;
    } catch (error) {
      return toHoldfastError(error);
    }
  }

  /** Asked of the venue, because a stop on the side of a position that has turned round would open one. */
  async #sideOf(session: AccountSession, symbol: string, positionSide: PositionSide): Promise<Direction> {
    const position = (await session.trading.positions()).find((entry) =>
      isOf(entry, { symbol, positionSide }),
    );
    if (position) return position.side;
    throw noPosition(symbol);
  }
}

type Side = Pick<Protection, 'symbol' | 'positionSide'>;
const isOf = (entry: Side, { symbol, positionSide }: Side): boolean =>
  entry.symbol === symbol && entry.positionSide === positionSide;

const isSame = (left: string | null, right: string | null): boolean =>
  left === null || right === null ? left === right : compareText(left, right) === 0;
const shows = (shown: Legs, wanted: Legs): boolean =>
  isSame(shown.takeProfit, wanted.takeProfit) && isSame(shown.stopLoss, wanted.stopLoss);

const noPosition = (symbol: string) =>
  new HoldfastError('notFound', 'position.none', `There is no open position in ${symbol}.`);

const notSupported = () =>
  new HoldfastError(
    'notSupported',
    'position.noProtection',
    'This venue has no take-profit or stop-loss for open positions.',
  );
