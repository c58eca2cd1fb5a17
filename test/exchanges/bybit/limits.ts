/** Request limits (sheet section 6.2): per UID and endpoint in a rolling window, per address over all paths. */
export interface Allowance {
  readonly limit: number;
  readonly windowMs: number;
}

export const perSecond = (limit: number): Allowance => ({ limit, windowMs: 1000 });
export const perMinute = (limit: number): Allowance => ({ limit, windowMs: 60_000 });

export interface Budget {
  readonly allowed: boolean;
  /** Units that were granted: of a batch, the orders that still fit. */
  readonly granted: number;
  readonly limit: number;
  readonly left: number;
  /** Unix ms: when refused, when the oldest request leaves the window; otherwise now. */
  readonly resetAt: number;
}

export class RollingLimits {
  readonly #used = new Map<string, number[]>();

  /** Takes as many of the units as fit; a refusal takes nothing. */
  take(name: string, { limit, windowMs }: Allowance, now: number, units = 1): Budget {
    const stamps = (this.#used.get(name) ?? []).filter((stamp) => stamp > now - windowMs);
    this.#used.set(name, stamps);
    const granted = Math.min(units, limit - stamps.length);
    if (granted <= 0) {
      return { allowed: false, granted: 0, limit, left: 0, resetAt: (stamps[0] ?? now) + windowMs };
    }
    for (let unit = 0; unit < granted; unit += 1) stamps.push(now);
    return { allowed: true, granted, limit, left: limit - stamps.length, resetAt: now };
  }

  clear(): void {
    this.#used.clear();
  }
}
