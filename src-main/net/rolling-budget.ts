import type { BudgetFeedback, BudgetRule } from './types.ts';

/**
 * A unit is held for its window counted from when the venue can last have counted it: the answer, or this long
 * after sending, whichever is sooner. Counted from sending alone, a slow request followed by fast ones would
 * be bunched inside the venue's own window.
 */
export const ARRIVAL_SLACK_MS = 250;
/** No answer of a venue closes a budget for longer: a nonsense reset time must not lock a trader out. */
const LONGEST_CLOSURE_MS = 60_000;

/** Units taken by one request. Opaque to callers. */
export interface Hold {
  readonly units: number;
  freeAt: number;
}

/**
 * One budget as an exact rolling window: every use is remembered until its window has passed, so that no
 * window of `windowMs` ever holds more than `limit` units. A bucket with continuous refill allows nearly twice
 * the limit in one window (a full bucket and what drips in meanwhile), which venues answer with a refusal.
 * Times are monotonic ms.
 */
export class RollingBudget {
  #rule: BudgetRule;
  /** Oldest first. `#start` is the first that still counts: shifting an array of 600 each time is slow. */
  #holds: Hold[] = [];
  #start = 0;
  #used = 0;
  #closedUntil = -Infinity;

  constructor(rule: BudgetRule) {
    this.#rule = rule;
  }

  get limit(): number {
    return this.#rule.limit;
  }

  change(rule: BudgetRule): void {
    this.#rule = rule;
  }

  /** Units that can be taken at `now`. */
  available(now: number): number {
    this.#expire(now);
    return now < this.#closedUntil ? 0 : this.#rule.limit - this.#used;
  }

  /** Takes units; the caller has asked `available` first. */
  take(units: number, now: number): Hold {
    const hold = { units, freeAt: now + this.#rule.windowMs + ARRIVAL_SLACK_MS };
    this.#holds.push(hold);
    this.#used += units;
    return hold;
  }

  /** The request was answered (or given up): the venue has counted it by now, if at all. */
  settle(hold: Hold, now: number): void {
    hold.freeAt = Math.min(hold.freeAt, now + this.#rule.windowMs);
  }

  /** Next time after `now` at which more can be available; Infinity when nothing is held. */
  nextChange(now: number): number {
    if (now < this.#closedUntil) return this.#closedUntil;
    this.#expire(now);
    return this.#holds[this.#start]?.freeAt ?? Infinity;
  }

  /** Gives units back that surely never left. */
  giveBack(hold: Hold): void {
    const index = this.#holds.lastIndexOf(hold);
    if (index < this.#start) return;
    this.#holds.splice(index, 1);
    this.#used -= hold.units;
  }

  /** Time at which `units` will be free when nobody else takes any; more than the limit means several windows. */
  freeAt(units: number, now: number): number {
    this.#expire(now);
    const { limit, windowMs } = this.#rule;
    const opens = Math.max(now, this.#closedUntil);
    let missing = units - (limit - this.#used);
    if (missing <= 0) return opens;
    // More than a whole window's worth queues up behind whole windows.
    const windows = Math.max(0, Math.ceil(units / limit) - 1);
    missing -= windows * limit;
    let latest = opens;
    for (let index = this.#start; index < this.#holds.length && missing > 0; index += 1) {
      const hold = this.#holds[index];
      if (!hold) break;
      missing -= hold.units;
      latest = Math.max(latest, hold.freeAt);
    }
    return latest + windows * windowMs;
  }

  /**
   * What the venue says. `resetAt` is given here on our monotonic clock. Requests in flight count as used on our
   * side and not yet on the venue's, so that only a venue that has less left than we think corrects us: somebody
   * else uses the same key.
   */
  observe(feedback: BudgetFeedback & { readonly resetAt?: number | undefined }, now: number): void {
    const { limit, remaining, resetAt } = feedback;
    if (limit !== undefined && Number.isInteger(limit) && limit > 0) this.#rule = { ...this.#rule, limit };
    if (remaining === undefined || !Number.isInteger(remaining) || remaining < 0) return;
    this.#expire(now);
    const ours = Math.max(0, this.#rule.limit - this.#used);
    if (remaining < ours) this.settle(this.take(ours - remaining, now), now);
    if (remaining === 0 && resetAt !== undefined && resetAt > now)
      this.#closedUntil = Math.min(resetAt, now + LONGEST_CLOSURE_MS);
  }

  #expire(now: number): void {
    for (let hold = this.#holds[this.#start]; hold && hold.freeAt <= now; hold = this.#holds[this.#start]) {
      this.#used -= hold.units;
      this.#start += 1;
    }
    if (this.#start > 64 && this.#start * 2 > this.#holds.length) {
      this.#holds = this.#holds.slice(this.#start);
      this.#start = 0;
    }
  }
}
