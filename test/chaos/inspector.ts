/** Looks at a program that has just started again, and compares what it says with the venue and the witness. */
import type { Sequence } from '../../src-main/exchanges/practice/synthetic/random.ts';
import type { Order } from '../../src-preload/contract/types/trading.ts';
import { passphrase, until } from './awakening.ts';
import type { Awakening } from './awakening.ts';
import { Books } from './books.ts';
import {
  answerViolations,
  arrivalViolations,
  fillViolations,
  fundsViolations,
  isOpenEnded,
  journalViolations,
  orderViolations,
} from './invariants.ts';
import { Refused } from './life.ts';
import type { Life } from './life.ts';
import type { Arrival, Record as Witness, Wished } from './record.ts';
import type { Surroundings } from './surroundings.ts';
import type { Tally } from './tally.ts';
import { order } from './traffic.ts';

const LOOK_MS = 50;
/** Calls that are open at once. */
const TOGETHER = 40;
const MOST_PRESSED = 5;
/** Our clock and the one that signs are the same; its offset to the venue is an estimate. */
const CLOCKS_MS = 500;

export class Inspector {
  readonly #witness: Witness;
  readonly #around: Surroundings;
  readonly #awakening: Awakening;
  readonly #tally: Tally;
  #books: Books | null = null;
  /** Arrivals that were looked at. */
  #seen = 0;
  /** In flight when the program was killed. */
  #lost: readonly Wished[] = [];
  /** Wishes with answers that were not compared yet: the newer ones, and those that were pressed again. */
  #since = 0;
  #again: readonly Wished[] = [];
  /** Client order ids of orders that were open at the last look. */
  #open: readonly string[] = [];

  constructor(witness: Witness, around: Surroundings, awakening: Awakening, tally: Tally) {
    this.#witness = witness;
    this.#around = around;
    this.#awakening = awakening;
    this.#tally = tally;
  }

  /** The program is dead: notes what was in flight. */
  killed(): void {
    const lost = this.#witness.unanswered();
    if (lost.length > 0) this.#tally.killsInFlight += 1;
    this.#lost = [...this.#lost, ...lost];
  }

  /** Rejects with everything that is not true. `all`: of the whole ledger, not only of what is new. */
  async inspect(life: Life, all: boolean): Promise<void> {
    const books = (this.#books ??= new Books(this.#awakening.accountId));
    await this.#requireSwitch(life);
    // What the streams still tell, and what is being looked up, may take its time.
    await until(async () => {
      const found = await this.#look(life, books, all);
      return found.length === 0 ? null : found.join('\n');
    }, LOOK_MS);
    const found = [...this.#around.broken, ...arrivalViolations(this.#witness)];
    found.push(...this.#answers(books), ...(await this.#journal(life)), ...this.#afterTheSwitch());
    if (found.length > 0) throw new Error(found.join('\n'));
    this.#count(books);
    await this.#release(life);
  }

  /** Presses some of the buttons again that had given no answer: the same intent is still the same order. */
  async pressAgain(life: Life, random: Sequence): Promise<void> {
    const pressed = this.#lost.filter(() => random.below(2) === 0).slice(0, MOST_PRESSED);
    this.#lost = [];
    this.#again = pressed;
    for (const { wish } of pressed) {
      this.#witness.asked(wish);
      const input = order(this.#awakening.accountId, wish);
      const result = await life.call('trading', 'place', input).then(
        (value) => ({ ok: true as const, value }),
        (error: unknown) => {
          if (error instanceof Refused) return { ok: false as const, error: error.error };
          throw error;
        },
      );
      this.#witness.answered(wish.intent, result);
      this.#tally.pressedAgain += 1;
    }
  }

  async #look(life: Life, books: Books, all: boolean): Promise<string[]> {
    await books.read(life, all);
    await this.#readOlder(life, books);
    for (const one of books.orders.values()) if (one.state === 'needsYou') await this.#lookAgain(life, one);
    return [
      ...orderViolations(books, this.#around),
      ...this.#missing(books, all),
      ...fillViolations(books, this.#around),
      ...fundsViolations(books, this.#around),
    ];
  }

  /** Orders that may have changed since the last look, and are too old for the newest page. */
  async #readOlder(life: Life, books: Books): Promise<void> {
    for (const id of this.#open.filter((each) => !books.orders.has(each))) {
      const { order: known } = await books.timeline(life, id);
      books.orders.set(id, known);
    }
  }

  async #lookAgain(life: Life, { accountId, clientOrderId }: Order): Promise<void> {
    this.#tally.lookedAgain += 1;
    await life.call('trading', 'lookAgain', { accountId, clientOrderId });
  }

  #missing(books: Books, all: boolean): string[] {
    const { orders } = this.#around.account;
    const newest = all ? orders : orders.slice(-100);
    const open = this.#around.account.openOrders();
    return [...new Set([...newest, ...open])]
      .filter(({ linkId }) => !books.orders.has(linkId))
      .map(({ linkId, status }) => `${linkId} is ${status} at the venue and not known here`);
  }

  #sentFor({ wish }: Wished): Arrival | undefined {
    return this.#witness.arrivals.find(
      ({ op, name }) =>
        op === 'create' && this.#witness.wishesNamed(name).some((wished) => wished.wish === wish),
    );
  }

  #answers(books: Books): string[] {
    const wishes = [...this.#witness.wishes.values()].filter(
      (wished) => wished.wish.intent >= this.#since || [...this.#lost, ...this.#again].includes(wished),
    );
    return wishes.flatMap((wished) => answerViolations(wished, this.#sentFor(wished), books, this.#around));
  }

  /** Everything that has arrived since the last look was in the journal before. */
  async #journal(life: Life): Promise<string[]> {
    const books = this.#books as Books;
    const fresh = this.#witness.arrivals.slice(this.#seen).filter(({ op }) => op !== 'cancel');
    const found: string[] = [];
    for (let from = 0; from < fresh.length; from += TOGETHER)
      found.push(
        ...(
          await Promise.all(
            fresh.slice(from, from + TOGETHER).map(async (arrival) => {
              const id = arrival.linkId || (this.#around.account.order(arrival.orderId)?.linkId ?? '');
              return books.timeline(life, id).then(
                (timeline) => journalViolations({ ...arrival, linkId: id }, timeline),
                (error: unknown) => [`${id} arrived and has no timeline: ${String(error)}`],
              );
            }),
          )
        ).flat(),
      );
    return found;
  }

  /** Whether the switch was thrown and that was answered: from then on no new order may leave. */
  #engaged(): { readonly at: number; readonly life: number } | null {
    const deeds = [...this.#witness.deeds.values()].filter(
      ({ deed, life, result }) => deed.what === 'engage' && life >= this.#released && result?.ok === true,
    );
    return deeds.at(-1) ?? null;
  }

  /** The life in which it was found released, or was released, before that life began to trade. */
  #released = 0;

  #afterTheSwitch(): string[] {
    const engaged = this.#engaged();
    if (!engaged) return [];
    return this.#witness.arrivals
      .filter(({ op, signedAt }) => op !== 'cancel' && signedAt > engaged.at + CLOCKS_MS)
      .map(
        ({ op, linkId, signedAt }) =>
          `${op} of ${linkId} left ${String(signedAt - engaged.at)} ms after the kill switch`,
      );
  }

  /** A switch that was thrown is still thrown, and does its work to the end. */
  async #requireSwitch(life: Life): Promise<void> {
    const { engaged } = await life.call('risk', 'killSwitch');
    if (this.#engaged() && !engaged)
      throw new Error('The kill switch was thrown, and is not thrown any more.');
    if (!engaged) return;
    this.#tally.foundEngaged += 1;
    await until(async () => {
      const { progress } = await life.call('risk', 'killSwitch');
      const open = this.#around.account.openOrders().length;
      return progress === 'verified' && open === 0 ? null : `kill switch: ${progress}, ${String(open)} open`;
    });
  }

  async #release(life: Life): Promise<void> {
    const { engaged } = await life.call('risk', 'killSwitch');
    this.#released = this.#witness.life;
    if (!engaged) return;
    const status = await life.call('risk', 'releaseKillSwitch', { passphrase });
    if (status.engaged) throw new Error('The kill switch was not released.');
  }

  #count(books: Books): void {
    const { inFlight } = this.#tally;
    for (const wished of this.#lost) {
      const sent = this.#sentFor(wished);
      const isThere = sent && this.#around.account.orders.some(({ linkId }) => linkId === sent.linkId);
      if (isThere) inFlight.acceptedNotAnswered += 1;
      else if (sent) inFlight.refusedNotAnswered += 1;
      else if (isJournaled(wished, books)) inFlight.journaledNotSent += 1;
      else inFlight.beforeTheJournal += 1;
    }
    const resolved = this.#awakening.unknown.filter((id) => {
      const known = books.orders.get(id);
      return known !== undefined && !isOpenEnded(known);
    });
    this.#tally.unknownFound += this.#awakening.unknown.length;
    this.#tally.unknownResolved += resolved.length;
    const { account } = this.#around;
    this.#tally.orders = account.orders.length;
    this.#tally.fills = account.executions.length;
    this.#tally.refusedByLimits = [...this.#witness.wishes.values()].filter(({ answers }) =>
      answers.some((result) => !result.ok && result.error.code.startsWith('risk.max')),
    ).length;
    this.#seen = this.#witness.arrivals.length;
    this.#since = this.#witness.nextWish;
    this.#open = account.openOrders().map(({ linkId }) => linkId);
  }
}

const isJournaled = ({ wish }: Wished, books: Books): boolean =>
  [...books.orders.values()].some(
    ({ symbol, side, price, quantity }) =>
      symbol === wish.symbol && side === wish.side && price === wish.price && quantity === wish.quantity,
  );
