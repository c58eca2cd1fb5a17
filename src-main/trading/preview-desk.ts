import type { BookView, Instrument, MarketRef } from '../../src-preload/contract/types/market.ts';
import type { OrderDraft, OrderPreview } from '../../src-preload/contract/types/trading.ts';
import type { FeeRate } from '../exchanges/exchange.ts';
import type { AccountSession, AccountSessions } from './account-sessions.ts';
import { previewOrder } from './order-preview.ts';

/** Fees and modes change by hand and rarely; a ticket asks many times a second. */
const KEEP_MS = 5000;
const BOOK_DEPTH = 200;

interface Parts {
  readonly sessions: AccountSessions;
  readonly instrument: (market: MarketRef) => Promise<Instrument>;
  readonly reference: (market: MarketRef) => Promise<string | null>;
  /** The live book where one is streaming, else the venue's answer; null when there is none to be had. */
  readonly book: (market: MarketRef, depth: number) => Promise<BookView | null>;
  readonly clock: () => number;
}

type Modes = Awaited<ReturnType<AccountSession['trading']['modes']>>;
interface Kept {
  readonly at: number;
  readonly value: Promise<readonly [FeeRate, Modes]>;
}

/** Gathers what a preview rests on. */
export class PreviewDesk {
  readonly #parts: Parts;
  readonly #kept = new Map<string, Kept>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What the order would do now. Rejects when instrument, fees or modes cannot be had. */
  async preview(draft: OrderDraft): Promise<OrderPreview> {
    const session = this.#parts.sessions.require(draft.accountId);
    const market = { venue: session.account.venue, symbol: draft.symbol };
    const [instrument, book, reference, [fees, modes]] = await Promise.all([
      this.#parts.instrument(market),
      this.#parts.book(market, BOOK_DEPTH).catch(() => null),
      this.#parts.reference(market),
      this.#feesAndModes(session, draft.symbol),
    ]);
    const { balances, positions } = session;
    return previewOrder({
      draft,
      instrument,
      book,
      reference,
      balances,
      positions,
      fees,
      modes,
      now: this.#parts.clock(),
      venue: session.exchange.capabilities,
    });
  }

  /** Forgets what was kept: the leverage or the margin mode was changed. */
  forget(): void {
    this.#kept.clear();
  }

  #feesAndModes(session: AccountSession, symbol: string): Kept['value'] {
    const key = `${session.account.id}/${symbol}`;
    const known = this.#kept.get(key);
    const now = this.#parts.clock();
    if (known && now - known.at < KEEP_MS) return known.value;
    const value = Promise.all([session.trading.fees(symbol), session.trading.modes(symbol)] as const);
    this.#kept.set(key, { at: now, value });
    // A failure is not worth keeping.
    value.catch(() => this.#kept.delete(key));
    return value;
  }
}
