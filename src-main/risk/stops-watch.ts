import type { Notice } from '../../src-preload/contract/types/app.ts';
import type { Order, Position } from '../../src-preload/contract/types/trading.ts';
import type { DecimalText } from '../../src-preload/contract/types/market.ts';
import { dec, text } from '../market/decimal.ts';
import type { AccountSession, AccountSessions } from '../trading/account-sessions.ts';
import { closable, groupsOf } from './protective-orders.ts';
import type { After } from './within.ts';

/** Orders and positions are told one after the other: what disagrees for a moment is no finding. */
const SETTLE_MS = 2000;

export interface StopFinding {
  readonly symbol: string;
  readonly position: string;
  readonly stops: string;
}

/** Markets in which the waiting stops close more than there is. */
export const stopsBeyond = (
  positions: readonly Position[],
  orders: readonly Order[],
): readonly StopFinding[] =>
  stopsOf(positions, orders).flatMap(({ symbol, side, sum }) => {
    const size = closable(positions, symbol, side);
    return sum.greaterThan(size) ? [{ symbol, position: text(size), stops: text(sum) }] : [];
  });

/** Positions that no stop-loss of the venue ends, with how much of each the waiting stops leave unguarded. */
export function withoutStop(
  positions: readonly Position[],
  orders: readonly Order[],
): readonly { readonly position: Position; readonly unguarded: DecimalText }[] {
  const stops = stopsOf(positions, orders);
  return positions.flatMap((position) => {
    if ((position.stopLoss ?? null) !== null) return [];
    const guarding = stops.find(
      ({ symbol, side }) => symbol === position.symbol && (side === 'sell') === (position.side === 'long'),
    );
    const unguarded = dec(position.quantity).minus(guarding?.sum ?? '0');
    return unguarded.greaterThan('0') ? [{ position, unguarded: text(unguarded) }] : [];
  });
}

const stopsOf = (positions: readonly Position[], orders: readonly Order[]) =>
  groupsOf(
    positions,
    orders.filter(({ state }) => state === 'untriggered'),
  ).filter(({ family }) => family === 'stop');

interface Parts {
  readonly sessions: Pick<AccountSessions, 'all' | 'onEvent'>;
  readonly openOrders: (accountId: string) => readonly Order[];
  readonly notices: { add(notice: Notice): void; dismiss(id: string): void };
  readonly after: After;
}

/** Says when stops close more than a position holds, and which positions have none. */
export class StopsWatch {
  readonly #parts: Parts;
  readonly #stop: () => void;
  readonly #due = new Map<string, () => void>();
  readonly #told = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#stop = parts.sessions.onEvent((session, event) => {
      if (event.kind === 'order' || event.kind === 'positions') this.#soon(session);
    });
  }

  dispose(): void {
    this.#stop();
    for (const cancel of this.#due.values()) cancel();
    this.#due.clear();
    // A locked Holdfast says nothing about accounts.
    for (const id of this.#told) this.#parts.notices.dismiss(id);
  }

  #soon(session: AccountSession): void {
    const { id } = session.account;
    if (this.#due.has(id)) return;
    this.#due.set(
      id,
      this.#parts.after(SETTLE_MS, () => {
        this.#due.delete(id);
        this.#look(session);
      }),
    );
  }

  #look({ account, positions }: AccountSession): void {
    const orders = this.#parts.openOrders(account.id);
    const findings = stopsBeyond(positions, orders);
    const beyond = findings.map(
      ({ symbol, stops, position }) => `${symbol}: stops for ${stops}, position ${position}`,
    );
    this.#tell(
      `risk.stopsExceed.${account.id}`,
      'risk.stopsExceed',
      'warning',
      beyond.length === 0
        ? null
        : `Waiting stops of "${account.label}" would close more than there is (${beyond.join('; ')}). Cancel or change those that are too many.`,
    );
    const open = withoutStop(positions, orders).map(({ position: { symbol, quantity }, unguarded }) =>
      unguarded === quantity ? symbol : `${symbol} (${unguarded} of ${quantity})`,
    );
    this.#tell(
      `risk.noStop.${account.id}`,
      'risk.noStop',
      'info',
      open.length === 0
        ? null
        : `${String(open.length)} of ${String(positions.length)} positions of "${account.label}" have no stop-loss, or none for all of it: ${open.join(', ')}.`,
    );
  }

  #tell(id: string, code: string, severity: Notice['severity'], message: string | null): void {
    if (message === null) {
      if (this.#told.delete(id)) this.#parts.notices.dismiss(id);
      return;
    }
    this.#told.add(id);
    this.#parts.notices.add({ id, severity, code, message });
  }
}
