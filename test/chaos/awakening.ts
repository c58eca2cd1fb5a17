/** A start of the program until it has reconciled its account, on the folder that the last one left behind. */
import { setTimeout as pause } from 'node:timers/promises';
import { NO_LIMITS } from '../../src-main/risk/risk-limits.ts';
import { PASSPHRASE } from '../support/application.ts';
import { isOpenEnded } from './invariants.ts';
import type { Life } from './life.ts';
import { KEY, LIMITS, SECRET } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';
import { secret } from './wire.ts';

const POLL_MS = 10;
/** Finds a hang; nothing is measured by it. */
const PATIENCE_MS = 90_000;

export const passphrase = secret(PASSPHRASE);

/** Asks until the answer is true. Rejects with what it waits for, and why not yet, when that never comes. */
export async function until(isSo: () => Promise<string | null>, ms = POLL_MS): Promise<void> {
  const began = performance.now();
  for (;;) {
    const reason = await isSo();
    if (reason === null) return;
    if (performance.now() - began > PATIENCE_MS) throw new Error(reason);
    await pause(ms);
  }
}

export class Awakening {
  readonly #around: Surroundings;
  accountId = '';
  /** What a start usually takes, ms. */
  usualMs = 500;
  /** Orders that the ledger had no word of the venue for, at this start. */
  unknown: readonly string[] = [];

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Answers false when the program was killed meanwhile. */
  async full(life: Life): Promise<boolean> {
    const [began, since] = [performance.now(), Date.now()];
    const opened =
      this.accountId === '' ? await this.#firstTime(life) : await life.ask('vault', 'unlock', { passphrase });
    if (opened === null) return false;
    // Before the venue has said anything: as the ledger has it.
    const orders = await life.ask('trading', 'openOrders', { accountId: this.accountId });
    if (orders === null) return false;
    this.unknown = orders
      .filter((order) => isOpenEnded(order) && order.state !== 'cancelling')
      .map(({ clientOrderId }) => clientOrderId);
    await until(() => this.#reconciled(life, since));
    if (life.isOver) return false;
    this.usualMs = (this.usualMs * 3 + performance.now() - began) / 4;
    return true;
  }

  async #firstTime(life: Life): Promise<object | null> {
    await life.call('vault', 'create', { passphrase });
    const { id } = await life.call('accounts', 'add', {
      venue: 'bybit',
      environment: 'live',
      region: 'global',
      label: 'Kill test',
      uses: ['read', 'trade'],
      key: KEY,
      secret: secret(SECRET),
    });
    this.accountId = id;
    const limits = {
      ...NO_LIMITS,
      maxOrderNotional: LIMITS.orderNotional,
      maxOpenOrders: LIMITS.openOrders,
    };
    return life.call('risk', 'setLimits', { accountId: id, limits, passphrase });
  }

  /** Null when it is, or when there is nobody left to ask. */
  async #reconciled(life: Life, since: number): Promise<string | null> {
    const reports = await life.ask('trading', 'reconciliations');
    if (reports === null) return null;
    const own = reports.filter(
      ({ accountId, startedAt }) => accountId === this.accountId && startedAt >= since,
    );
    if (own.some(({ outcome }) => outcome === 'equal' || outcome === 'adopted')) return null;
    const last = own[0];
    const open = this.#around.account.openOrders().length;
    return `It does not reconcile: ${last?.outcome ?? 'nothing yet'} ${last?.error ?? ''}; ${String(open)} open at the venue`;
  }
}
