/** Two witnesses that the program cannot talk to: what it said it would do, and what arrived at the venue. */
import { dec } from '../../src-main/market/decimal.ts';
import type { Result } from '../../src-preload/contract/result.ts';
import type { OrderArrival } from '../exchanges/bybit/counters.ts';
import { nameOf } from './prices.ts';
import type { Deed, Report, Wish } from './wire.ts';

export interface Wished {
  readonly wish: Wish;
  /** Number of the life that was asked first. */
  readonly life: number;
  /** Every answer, over all lives. */
  readonly answers: Result<unknown>[];
  /** An answer of the life that was asked last is still to come. */
  pending: number;
}

interface Done {
  readonly deed: Deed;
  readonly life: number;
  /** Null while it is not answered. */
  result: Result<unknown> | null;
  /** When it was answered, ms UTC. */
  at: number;
}

export interface Arrival {
  readonly op: OrderArrival['op'];
  /** Client order id; '' for one that was named by the venue's id. */
  readonly linkId: string;
  readonly orderId: string;
  /** As `nameOf` says, for a new order. */
  readonly name: string;
  /** Of an amendment; '' where it changes something else. */
  readonly price: string;
  readonly quantity: string;
  /** ms UTC. */
  readonly at: number;
  /** When the program signed it, ms UTC. */
  readonly signedAt: number;
  readonly life: number;
}

const plain = (value: unknown): string =>
  typeof value === 'string' && value !== '' ? dec(value).toFixed() : '';
const field = (value: unknown): string => (typeof value === 'string' ? value : '');
const symbolOf = (category: string): string => (category === 'spot' ? 'BTC/USDT' : 'BTC/USDT:USDT');

export class Record {
  readonly wishes = new Map<number, Wished>();
  readonly deeds = new Map<number, Done>();
  readonly arrivals: Arrival[] = [];
  readonly #byName = new Map<string, Set<Wished>>();
  #life = 0;

  /** Another life begins: what was not answered will not be answered any more. */
  newLife(): void {
    this.#life += 1;
    for (const wished of this.wishes.values()) wished.pending = 0;
  }

  get life(): number {
    return this.#life;
  }

  /** Wishes that go by a name at the venue: one, but in runs of many thousands. */
  wishesNamed(name: string): readonly Wished[] {
    return [...(this.#byName.get(name) ?? [])];
  }

  get nextWish(): number {
    return Math.max(-1, ...this.wishes.keys()) + 1;
  }

  get nextDeed(): number {
    return Math.max(-1, ...this.deeds.keys()) + 1;
  }

  /** What was asked in this life and not answered. */
  unanswered(): readonly Wished[] {
    return [...this.wishes.values()].filter(({ pending }) => pending > 0);
  }

  /** What was done in this life without an answer. */
  undone(): readonly Done[] {
    return [...this.deeds.values()].filter(({ life, result }) => life === this.#life && result === null);
  }

  hear(report: Report): void {
    if (report.kind === 'wish') this.asked(report.wish);
    else if (report.kind === 'placed') this.answered(report.intent, report.result);
    else if (report.kind === 'deed')
      this.deeds.set(report.deed.deed, { deed: report.deed, life: this.#life, result: null, at: 0 });
    else if (report.kind === 'done') {
      const known = this.deeds.get(report.deed);
      if (known) Object.assign(known, { result: report.result, at: report.at });
    }
  }

  asked(wish: Wish): void {
    const known = this.wishes.get(wish.intent) ?? { wish, life: this.#life, answers: [], pending: 0 };
    known.pending += 1;
    this.wishes.set(wish.intent, known);
    const name = nameOf(wish.symbol, wish.side, plain(wish.price), plain(wish.quantity));
    this.#byName.set(name, (this.#byName.get(name) ?? new Set()).add(known));
  }

  answered(intent: number, result: Result<unknown>): void {
    const wished = this.wishes.get(intent);
    if (!wished) return;
    wished.pending -= 1;
    wished.answers.push(result);
  }

  arrived({ op, category, row, signedAt }: OrderArrival): Arrival {
    const [price, quantity] = [plain(row['price']), plain(row['qty'])];
    const arrival: Arrival = {
      op,
      linkId: field(row['orderLinkId']),
      orderId: field(row['orderId']),
      name: nameOf(symbolOf(category), field(row['side']), price, quantity),
      price,
      quantity,
      at: Date.now(),
      signedAt,
      life: this.#life,
    };
    this.arrivals.push(arrival);
    return arrival;
  }
}
