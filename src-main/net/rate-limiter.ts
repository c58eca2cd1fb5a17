import { tooLong } from './failures.ts';
import { RollingBudget } from './rolling-budget.ts';
import type { Hold } from './rolling-budget.ts';
import type { NetTime } from './time.ts';
import { LANES } from './types.ts';
import type { BudgetFeedback, BudgetRule, BudgetUse, HttpJob, Lane } from './types.ts';

/** What the limiter has to know of a job. */
export type Turn = Pick<HttpJob, 'lane' | 'budgets'>;

interface Waiting {
  readonly turn: Turn;
  readonly giveUpAt: number;
  readonly resolve: (ticket: Ticket) => void;
  readonly reject: (error: Error) => void;
}

/** Share of every budget that a lane leaves to those before it, so that reads can never starve a cancel. */
const RESERVE: Readonly<Record<Lane, number>> = {
  cancel: 0,
  order: 0.02,
  privateRead: 0.1,
  publicRead: 0.2,
};
/** Requests in flight at the same time, by lane: ten slow reads must not hold every connection. */
export const MAX_IN_FLIGHT: Readonly<Record<Lane, number>> = {
  cancel: 32,
  order: 28,
  privateRead: 20,
  publicRead: 12,
};
/** An order that waits goes out at a price of the past; a cancel is as good later. */
export const LONGEST_WAIT_MS: Readonly<Record<Lane, number>> = {
  cancel: 30_000,
  order: 3_000,
  privateRead: 30_000,
  publicRead: 30_000,
};
const LONGEST_QUEUE = 2000;

/** Units and a slot, taken together. Ends exactly once. */
export class Ticket {
  readonly #limiter: RateLimiter;
  readonly #holds: readonly { readonly budget: RollingBudget; readonly hold: Hold }[];
  #isOpen = true;

  constructor(limiter: RateLimiter, holds: readonly { budget: RollingBudget; hold: Hold }[]) {
    this.#limiter = limiter;
    this.#holds = holds;
  }

  /** Frees the slot. Units come back only when surely nothing left this machine. */
  end(wasSent: boolean, now: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const { budget, hold } of this.#holds) {
      if (wasSent) budget.settle(hold, now);
      else budget.giveBack(hold);
    }
    this.#limiter.freed();
  }
}

/**
 * Whose turn it is: several budgets taken together or not at all, higher lanes first, first come first served
 * within a lane. A job that has to wait keeps its place in every budget it needs, so that smaller ones behind
 * it cannot starve it, and nothing else waits for it.
 */
export class RateLimiter {
  readonly #time: NetTime;
  readonly #budgets = new Map<string, RollingBudget>();
  readonly #declared = new Map<string, BudgetRule>();
  readonly #queues: readonly Waiting[][] = LANES.map(() => []);
  #waiting = 0;
  #inFlight = 0;
  #cancelTimer: (() => void) | null = null;

  constructor(time: NetTime) {
    this.#time = time;
  }

  /** The same declaration again changes nothing: the venue may have corrected it meanwhile. */
  limit(name: string, rule: BudgetRule): void {
    const before = this.#declared.get(name);
    if (before?.limit === rule.limit && before.windowMs === rule.windowMs) return;
    this.#declared.set(name, rule);
    const known = this.#budgets.get(name);
    if (known) known.change(rule);
    else this.#budgets.set(name, new RollingBudget(rule));
    this.#pump();
  }

  /** `resetAt` here on our monotonic clock. */
  observe(name: string, feedback: BudgetFeedback): void {
    this.#budgets.get(name)?.observe(feedback, this.#time.monotonic());
    this.#pump();
  }

  /** Smallest share left, 0 to 1; null without budgets. */
  left(): number | null {
    const now = this.#time.monotonic();
    let least: number | null = null;
    for (const budget of this.#budgets.values()) {
      const share = Math.max(0, Math.min(1, budget.available(now) / budget.limit));
      least = least === null ? share : Math.min(least, share);
    }
    return least;
  }

  /** At once when nobody waits and everything is free; null when this job has to `wait`. */
  tryTake(turn: Turn): Ticket | null {
    if (this.#waiting > 0) return null;
    const now = this.#time.monotonic();
    return this.#fits(turn, now, null) ? this.#take(turn, now) : null;
  }

  /** Units without a slot, for what goes another way than HTTP: see VenueHttp.take. */
  spend(turn: Turn): ((wasSent: boolean) => void) | null {
    const now = this.#time.monotonic();
    const names = new Set(turn.budgets.map(({ budget }) => budget));
    const isAwaited = this.#queues.some((queue) =>
      queue.some((one) => one.turn.budgets.some(({ budget }) => names.has(budget))),
    );
    if (isAwaited || !this.#hasUnits(turn, now, null)) return null;
    const holds = this.#hold(turn, now);
    return (wasSent) => {
      for (const { budget, hold } of holds.splice(0)) {
        if (wasSent) budget.settle(hold, this.#time.monotonic());
        else budget.giveBack(hold);
      }
      this.#pump();
    };
  }

  /** Rejects with `rateLimited`/`net.tooLong` when its turn would come, or came, after the longest wait. */
  wait(turn: Turn): Promise<Ticket> {
    const now = this.#time.monotonic();
    const expected = this.#expectedWait(turn, now);
    const longest = LONGEST_WAIT_MS[turn.lane];
    if (expected > longest || this.#waiting >= LONGEST_QUEUE) return Promise.reject(tooLong(expected));
    return new Promise((resolve, reject) => {
      const giveUpAt = now + longest;
      this.#queues[LANES.indexOf(turn.lane)]?.push({ turn, giveUpAt, resolve, reject });
      this.#waiting += 1;
      this.#pump();
    });
  }

  /** Sends everybody away who still waits. */
  rejectWaiting(error: Error): void {
    for (const queue of this.#queues) for (const one of queue.splice(0)) one.reject(error);
    this.#waiting = 0;
    this.#schedule(Infinity, 0);
  }

  /** A slot is free again: told by tickets. */
  freed(): void {
    this.#inFlight -= 1;
    this.#pump();
  }

  #fits(turn: Turn, now: number, promised: ReadonlyMap<RollingBudget, number> | null): boolean {
    return this.#inFlight < MAX_IN_FLIGHT[turn.lane] && this.#hasUnits(turn, now, promised);
  }

  #hasUnits(turn: Turn, now: number, promised: ReadonlyMap<RollingBudget, number> | null): boolean {
    for (const use of turn.budgets) {
      const budget = this.#budgets.get(use.budget);
      if (!budget) continue;
      const kept = promised?.get(budget) ?? 0;
      if (budget.available(now) - kept < unitsOf(use) + reserve(turn.lane, use, budget)) return false;
    }
    return true;
  }

  #take(turn: Turn, now: number): Ticket {
    this.#inFlight += 1;
    return new Ticket(this, this.#hold(turn, now));
  }

  #hold(turn: Turn, now: number): { budget: RollingBudget; hold: Hold }[] {
    return turn.budgets.flatMap((use) => {
      const budget = this.#budgets.get(use.budget);
      return budget ? [{ budget, hold: budget.take(unitsOf(use), now) }] : [];
    });
  }

  /** Serves, in order, everybody whose turn has come. */
  #pump(): void {
    if (this.#waiting === 0) return;
    const now = this.#time.monotonic();
    const promised = new Map<RollingBudget, number>();
    let next = Infinity;
    for (const queue of this.#queues) {
      let kept = 0;
      for (const one of queue) {
        if (this.#fits(one.turn, now, promised)) {
          one.resolve(this.#take(one.turn, now));
        } else if (now >= one.giveUpAt) {
          one.reject(tooLong(this.#ownWait(one.turn, now)));
        } else {
          queue[kept] = one;
          kept += 1;
          next = Math.min(next, one.giveUpAt, this.#keepPlace(one.turn, promised, now));
        }
      }
      this.#waiting -= queue.length - kept;
      queue.length = kept;
    }
    this.#schedule(next, now);
  }

  /** Reserves what a blocked job needs from those behind it; answers when its budgets change next. */
  #keepPlace(turn: Turn, promised: Map<RollingBudget, number>, now: number): number {
    let next = Infinity;
    for (const use of turn.budgets) {
      const budget = this.#budgets.get(use.budget);
      if (!budget) continue;
      promised.set(budget, (promised.get(budget) ?? 0) + unitsOf(use));
      next = Math.min(next, budget.nextChange(now));
    }
    return next;
  }

  #schedule(at: number, now: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (at === Infinity) return;
    this.#cancelTimer = this.#time.after(Math.max(1, Math.ceil(at - now)), () => {
      this.#cancelTimer = null;
      this.#pump();
    });
  }

  /** How long until its units are free, after all who go before it. */
  #expectedWait(turn: Turn, now: number): number {
    return this.#ownWait(turn, now, (budget) => this.#unitsAhead(turn.lane, budget));
  }

  #ownWait(turn: Turn, now: number, ahead: (budget: RollingBudget) => number = () => 0): number {
    let wait = 0;
    for (const use of turn.budgets) {
      const budget = this.#budgets.get(use.budget);
      if (!budget) continue;
      // More than the whole limit never fits, for example a batch after the venue lowered it.
      if (unitsOf(use) > budget.limit) return Infinity;
      const units = unitsOf(use) + reserve(turn.lane, use, budget) + ahead(budget);
      wait = Math.max(wait, budget.freeAt(units, now) - now);
    }
    return wait;
  }

  #unitsAhead(lane: Lane, budget: RollingBudget): number {
    let units = 0;
    for (const queue of this.#queues.slice(0, LANES.indexOf(lane) + 1))
      for (const { turn } of queue)
        for (const use of turn.budgets) if (this.#budgets.get(use.budget) === budget) units += unitsOf(use);
    return units;
  }
}

const unitsOf = (use: BudgetUse): number => use.units ?? 1;

/** Never so much that the job itself could not go when the budget is untouched. */
const reserve = (lane: Lane, use: BudgetUse, budget: RollingBudget): number =>
  Math.max(0, Math.min(Math.floor(budget.limit * RESERVE[lane]), budget.limit - unitsOf(use)));
