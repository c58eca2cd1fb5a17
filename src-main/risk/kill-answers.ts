import type { Order } from '../../src-preload/contract/types/trading.ts';
import type { CancelAnswer, CancelJournal } from '../trading/cancel-journal.ts';
import { orderKey } from './kill-steps.ts';

interface Parts {
  readonly journal: Pick<CancelJournal, 'intend' | 'answered'>;
}

/**
 * What the kill switch writes of its cancels, order by order. A run goes on for as long as something is left, every
 * minute in the end: each order is named once as to be cancelled, and each answer to it is written once.
 */
export class KillAnswers {
  readonly #parts: Parts;
  readonly #intended = new Set<string>();
  readonly #unwritten = new Set<string>();
  readonly #said = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Written before the cancels leave, in one write. A disk that is full or slow holds none of them back: whoever
   * throws the switch wants out, now. The result says so (`isUnwritten`). Never rejects.
   */
  async intend(open: readonly Order[]): Promise<void> {
    const fresh = open.filter((order) => !this.#intended.has(orderKey(order)));
    const isWritten = await this.#parts.journal.intend(fresh, 'killSwitch');
    for (const order of fresh) {
      this.#intended.add(orderKey(order));
      if (!isWritten) this.#unwritten.add(orderKey(order));
    }
  }

  /** Whether the order's cancel left without being in the journal. */
  isUnwritten(order: Order): boolean {
    return this.#unwritten.has(orderKey(order));
  }

  /** Not waited for: what the venue said is true before it is written. */
  heard(orders: readonly Order[], at: number, answerOf: (order: Order) => CancelAnswer): void {
    const news = orders.filter((order) => this.#isNews(order, answerOf(order)));
    void this.#parts.journal.answered(news, { by: 'killSwitch', at }, answerOf);
  }

  #isNews(order: Order, answer: CancelAnswer): boolean {
    const said = `${orderKey(order)} ${wordOf(answer)}`;
    if (this.#said.has(said)) return false;
    this.#said.add(said);
    return true;
  }
}

const wordOf = (answer: CancelAnswer): string =>
  answer === null || answer === 'cancelled' ? (answer ?? 'sent') : answer.code;
