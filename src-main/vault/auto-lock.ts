import * as z from 'zod/mini';
import { badInput } from '../errors.ts';
import type { LockReason } from './lock-listeners.ts';

export type PowerEvent = 'suspend' | 'resume' | 'lock-screen' | 'minimise';

/** What the shell tells about the machine and the person in front of it. */
export interface PowerEvents {
  /** Answers the function that ends the subscription. */
  on(event: PowerEvent, listener: () => void): () => void;
  /** Seconds since the person last used keyboard or mouse, anywhere on the machine. */
  idleSeconds(): number;
}

export interface AutoLockPolicy {
  /** Minutes without keyboard and mouse, 1 to 1440; null = never. */
  readonly idleMinutes: number | null;
  readonly onSuspend: boolean;
  readonly onScreenLock: boolean;
  readonly onMinimise: boolean;
}

export const DEFAULT_AUTO_LOCK: AutoLockPolicy = {
  idleMinutes: 15,
  onSuspend: true,
  onScreenLock: true,
  onMinimise: false,
};

/** The part of the vault that automatic locking needs. */
export interface Lockable {
  readonly isUnlocked: boolean;
  lock(reason: LockReason): Promise<void>;
  onUnlock(listener: () => void): () => void;
}

export interface Timers {
  readonly every: (action: () => void, ms: number) => () => void;
  /** Milliseconds UTC: unlike a counter of running time it goes on during sleep. */
  readonly now: () => number;
}

export interface AutoLockOptions {
  readonly vault: Lockable;
  readonly power: PowerEvents;
  readonly policy?: AutoLockPolicy;
  readonly timers?: Timers;
  /** A lock that failed: the vault is locked in memory all the same. */
  readonly onError: (error: unknown) => void;
}

const CHECK_EVERY_MS = 5000;
const MS_PER_MINUTE = 60_000;

const realTimers: Timers = {
  every: (action, ms) => {
    const timer = setInterval(action, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
  now: Date.now,
};

const flag = z.boolean('must be true or false');
const policySchema = z.strictObject({
  idleMinutes: z.nullable(
    z
      .number('must be a number of minutes')
      .check(
        z.int('must be whole minutes'),
        z.minimum(1, 'must be at least 1'),
        z.maximum(1440, 'must be at most 1440'),
      ),
  ),
  onSuspend: flag,
  onScreenLock: flag,
  onMinimise: flag,
});

function validPolicy(policy: AutoLockPolicy): AutoLockPolicy {
  const result = policySchema.safeParse(policy);
  if (result.success) return result.data;
  throw badInput(
    result.error.issues.map((issue) => ({ field: issue.path.map(String).join('.'), rule: issue.message })),
  );
}

/**
 * Locks the vault when the person has left. Idle time is the smaller of what the system reports and the time
 * since the last activity or unlock in Holdfast, because some systems report none or count from log-in.
 */
export class AutoLock {
  readonly #vault: Lockable;
  readonly #power: PowerEvents;
  readonly #timers: Timers;
  readonly #onError: (error: unknown) => void;
  readonly #ends: (() => void)[];
  #policy: AutoLockPolicy;
  #lastActivityAt: number;
  #lastCheckAt: number;

  /** Throws `input.invalid` for a policy outside its ranges. */
  constructor(options: AutoLockOptions) {
    const { vault, power, timers = realTimers } = options;
    this.#vault = vault;
    this.#power = power;
    this.#timers = timers;
    this.#onError = options.onError;
    this.#policy = validPolicy(options.policy ?? DEFAULT_AUTO_LOCK);
    this.#lastActivityAt = timers.now();
    this.#lastCheckAt = timers.now();
    this.#ends = [
      vault.onUnlock(() => this.activity()),
      power.on('suspend', () => this.#lockIf(this.#policy.onSuspend, 'suspend')),
      power.on('resume', () => this.#check()),
      power.on('lock-screen', () => this.#lockIf(this.#policy.onScreenLock, 'screenLock')),
      power.on('minimise', () => this.#lockIf(this.#policy.onMinimise, 'minimise')),
      timers.every(() => this.#check(), CHECK_EVERY_MS),
    ];
  }

  get policy(): AutoLockPolicy {
    return this.#policy;
  }

  /** Throws `input.invalid`; then the old policy stays. */
  setPolicy(policy: AutoLockPolicy): void {
    this.#policy = validPolicy(policy);
    this.#check();
  }

  /** A person used Holdfast. */
  activity(): void {
    this.#lastActivityAt = this.#timers.now();
  }

  #check(): void {
    const { idleMinutes, onSuspend } = this.#policy;
    const now = this.#timers.now();
    const gap = now - this.#lastCheckAt;
    this.#lastCheckAt = now;
    // A clock that was set back would otherwise keep the vault open for as long as it was set back.
    if (now < this.#lastActivityAt) this.#lastActivityAt = now;
    // Far more time passed than between two checks: the machine slept, and nobody told us (Linux, some VMs).
    if (gap > 12 * CHECK_EVERY_MS) this.#lockIf(onSuspend, 'suspend');
    if (idleMinutes === null) return;
    const limit = idleMinutes * MS_PER_MINUTE;
    const idle = Math.min(this.#power.idleSeconds() * 1000, now - this.#lastActivityAt);
    this.#lockIf(idle >= limit || gap >= limit, 'idle');
  }

  #lockIf(condition: boolean, reason: LockReason): void {
    if (!condition || !this.#vault.isUnlocked) return;
    this.#vault.lock(reason).catch(this.#onError);
  }

  dispose(): void {
    for (const end of this.#ends.splice(0).reverse()) end();
  }
}
