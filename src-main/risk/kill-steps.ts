import type { KillStep } from '../../src-preload/contract/types/risk.ts';
import type { Order, Position } from '../../src-preload/contract/types/trading.ts';
import { nameOf } from '../trading/order-identity.ts';

type Outcome = Pick<KillStep, 'result' | 'message'>;

/** What became of each order and position of one account. */
export class KillSteps {
  readonly #accountId: string;
  readonly #steps = new Map<string, KillStep>();

  constructor(accountId: string, known: readonly KillStep[]) {
    this.#accountId = accountId;
    for (const step of known) if (step.accountId === accountId) this.#steps.set(keyOf(step), step);
  }

  all(): readonly KillStep[] {
    return [...this.#steps.values()];
  }

  order(order: Order, outcome: Outcome): void {
    this.#set({ kind: 'order', symbol: order.symbol, name: nameOf(order), ...outcome });
  }

  position({ symbol, positionSide, side }: Position, outcome: Outcome): void {
    this.#set({ kind: 'position', symbol, name: positionSide === 'net' ? side : positionSide, ...outcome });
  }

  /** The account as a whole could not be dealt with; null when it could. */
  account(message: string | null): void {
    const step = { kind: 'order', symbol: '', name: '' } as const;
    if (message === null) this.#steps.delete(keyOf(step));
    else this.#set({ ...step, result: 'unknown', message });
  }

  /** Every step of a kind that is not settled yet, and is not among those still there, has ended. */
  settleAbsent(
    kind: KillStep['kind'],
    present: ReadonlySet<string>,
    outcomeOf: (step: KillStep) => Outcome,
  ): void {
    for (const [key, step] of this.#steps) {
      const isOpen = step.result === 'pending' || step.result === 'left' || step.result === 'unknown';
      if (step.kind !== kind || step.symbol === '' || !isOpen || present.has(key)) continue;
      this.#steps.set(key, { ...step, ...outcomeOf(step) });
    }
  }

  #set(step: Omit<KillStep, 'accountId'>): void {
    this.#steps.set(keyOf(step), { accountId: this.#accountId, ...step });
  }
}

export const keyOf = ({ kind, symbol, name }: Pick<KillStep, 'kind' | 'symbol' | 'name'>): string =>
  `${kind} ${symbol} ${name}`;

export const orderKey = (order: Order): string =>
  keyOf({ kind: 'order', symbol: order.symbol, name: nameOf(order) });

export const positionKey = ({ symbol, positionSide, side }: Position): string =>
  keyOf({ kind: 'position', symbol, name: positionSide === 'net' ? side : positionSide });
