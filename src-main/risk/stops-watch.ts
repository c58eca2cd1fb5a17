import type { Notice } from '../../src-preload/contract/types/app.ts';
import type { Order, Position } from '../../src-preload/contract/types/trading.ts';
import { dec, isZeroText, text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import type { AccountSession, AccountSessions } from '../trading/account-sessions.ts';
import type { After } from './within.ts';

/** Orders and positions are told one after the other: what disagrees for a moment is no finding. */
const SETTLE_MS = 2000;
const STOPS: ReadonlySet<Order['type']> = new Set(['stopLimit', 'stopMarket']);

export interface StopFinding {
  readonly symbol: string;
  readonly position: string;
  readonly stops: string;
}

/** Markets in which the waiting reduce-only stops close more than there is. */
export function stopsBeyond(
  positions: readonly Position[],
  orders: readonly Order[],
): readonly StopFinding[] {
  const findings: StopFinding[] = [];
  for (const [key, stops] of stopSums(orders)) {
    const [symbol = '', side] = key.split(' ');
    const size = positions
      .filter((position) => position.symbol === symbol && closingSide(position) === side)
      .reduce((sum, { quantity }) => sum.plus(quantity), dec('0'));
    if (stops.greaterThan(size)) findings.push({ symbol, position: text(size), stops: text(stops) });
  }
  return findings;
}

/** Positions that no stop-loss of the venue and no waiting stop order would end. */
export function withoutStop(positions: readonly Position[], orders: readonly Order[]): readonly Position[] {
  const guarded = stopSums(orders);
  return positions.filter(
    (position) =>
      (position.stopLoss ?? null) === null && !guarded.has(`${position.symbol} ${closingSide(position)}`),
  );
}

const closingSide = ({ side }: Position): Order['side'] => (side === 'long' ? 'sell' : 'buy');

function stopSums(orders: readonly Order[]): ReadonlyMap<string, Decimal> {
  const sums = new Map<string, Decimal>();
  for (const order of orders) {
    if (!order.reduceOnly || order.state !== 'untriggered' || !STOPS.has(order.type)) continue;
    // Some venues hang a stop on the whole position and give it no quantity: it follows by itself.
    if (order.quantity === null || isZeroText(order.quantity)) continue;
    const key = `${order.symbol} ${order.side}`;
    sums.set(key, (sums.get(key) ?? dec('0')).plus(order.quantity).minus(order.filledQuantity));
  }
  return sums;
}

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
    const open = withoutStop(positions, orders).map(({ symbol }) => symbol);
    this.#tell(
      `risk.noStop.${account.id}`,
      'risk.noStop',
      'info',
      open.length === 0
        ? null
        : `${String(open.length)} of ${String(positions.length)} positions of "${account.label}" have no stop-loss: ${open.join(', ')}.`,
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
