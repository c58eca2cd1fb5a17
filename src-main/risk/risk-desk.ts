import type { RiskLimits, RiskLimitsEntry, RiskUse } from '../../src-preload/contract/types/risk.ts';
import { badInput } from '../errors.ts';
import { text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import type { AccountSession } from '../trading/account-sessions.ts';
import { exceedsLoss } from './risk-gate.ts';
import type { RiskGateParts } from './risk-gate.ts';
import { limitProblems } from './risk-limits.ts';
import type { RiskLimitsStore } from './risk-limits-store.ts';
import { within } from './within.ts';

const ASK_MS = 3000;
/** Money as it is shown. */
const PLACES = 8;

type Parts = Pick<RiskGateParts, 'usd' | 'dailyLoss' | 'rate' | 'openOrders' | 'after'> & {
  readonly store: RiskLimitsStore;
  readonly sessions: () => readonly AccountSession[];
  /** Every account that Holdfast has, connected or not. */
  readonly accountIds: () => readonly string[];
  /** Throws `notFound`. */
  readonly requireAccount: (accountId: string) => unknown;
  /** `Vault.verify`: the guess throttle is in it. */
  readonly verify: (passphrase: Uint8Array) => Promise<void>;
};

/** The limits as a person sees and sets them, and where the accounts stand. */
export class RiskDesk {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Those of all accounts first. Rejects with `risk.unreadable`. */
  async limits(): Promise<readonly RiskLimitsEntry[]> {
    const { store, accountIds } = this.#parts;
    return Promise.all([null, ...accountIds()].map((accountId) => store.entry(accountId)));
  }

  /**
   * Rejects with `badInput` or `notFound`; as `Vault.verify` does; with a `storage` error when they could not be
   * written, and then the earlier ones stay.
   */
  async setLimits(
    accountId: string | null,
    limits: RiskLimits,
    passphrase: Uint8Array,
  ): Promise<RiskLimitsEntry> {
    const problems = limitProblems(limits);
    if (problems.length > 0) {
      passphrase.fill(0);
      throw badInput(problems);
    }
    await this.#parts.verify(passphrase);
    if (accountId !== null) this.#parts.requireAccount(accountId);
    return this.#parts.store.set(accountId, limits);
  }

  use(): Promise<readonly RiskUse[]> {
    return Promise.all(this.#parts.sessions().map((session) => this.#useOf(session)));
  }

  async #useOf(session: AccountSession): Promise<RiskUse> {
    const { usd, dailyLoss, rate, openOrders, store, after } = this.#parts;
    const { id } = session.account;
    const realized = await within(ASK_MS, after, dailyLoss.realizedToday(id));
    const { maxDailyLoss } = await store.effective(id);
    const reduceOnly =
      maxDailyLoss !== null && (realized === null || exceedsLoss(realized, maxDailyLoss.value));
    return {
      accountId: id,
      openOrders: openOrders(id).length,
      ordersLastMinute: rate.count(id),
      realizedToday: shown(realized),
      equity: shown(usd.equityOf(session)),
      reduceOnly,
      reason: reduceOnly ? 'maxDailyLoss' : null,
    };
  }
}

const shown = (value: Decimal | null): string | null =>
  value === null ? null : text(value.toDecimalPlaces(PLACES));
