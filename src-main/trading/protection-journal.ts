import type { OrderEvent, PositionSide } from '../../src-preload/contract/types/trading.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';

/** Take-profit and stop-loss of a position, both; null = none. */
export interface Legs {
  readonly takeProfit: string | null;
  readonly stopLoss: string | null;
}

interface Market {
  readonly accountId: string;
  readonly symbol: string;
  readonly positionSide: PositionSide;
}

/**
 * What was asked for a position and what came of it lies among the steps of orders, under a name that no order can
 * have: ids have no spaces.
 */
export const protectionKey = ({ accountId, symbol, positionSide }: Market) => ({
  accountId,
  clientOrderId: `position ${symbol} ${positionSide}`,
});

export const legWords = ({ takeProfit, stopLoss }: Legs): string =>
  `take-profit ${takeProfit ?? 'none'}, stop-loss ${stopLoss ?? 'none'}`;

interface Parts {
  readonly ledger: { readonly orders: Pick<LedgerRepositories['orders'], 'note'> };
  readonly clock: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly onWriteFailed: (error: unknown) => void;
}

/** What was asked waits this long for the disk, ms, and then goes out without. */
const JOURNAL_PATIENCE = 1000;

/**
 * The journal of protection that is set on positions. As with cancels, a disk that is full or slow keeps none of it
 * back: a position without its stop is worse than a step that is missing. The failure is told.
 */
export class ProtectionJournal {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Resolves when it is durable, could not be written, or takes too long. */
  async asked(market: Market, legs: Legs): Promise<void> {
    const { onWriteFailed, wait } = this.#parts;
    const written = this.#note(market, `asked: ${legWords(legs)}`).catch(onWriteFailed);
    await Promise.race([written, wait(JOURNAL_PATIENCE)]);
  }

  /** Not waited for: what the venue said is true before it is written. */
  heard(market: Market, detail: string): void {
    this.#note(market, detail).catch(this.#parts.onWriteFailed);
  }

  async #note(market: Market, detail: string): Promise<void> {
    const step: OrderEvent = { time: this.#parts.clock(), kind: 'protection', state: null, detail };
    await this.#parts.ledger.orders.note({ ...protectionKey(market), steps: [step] });
  }
}
