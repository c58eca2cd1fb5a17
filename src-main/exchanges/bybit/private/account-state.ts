/** Positions and balances as of now: REST fills it, stream messages correct it, and nothing goes back in time. */
import type { Balance, Position } from '../../exchange.ts';
import { openPositions, type PositionRow } from './positions.ts';

export class AccountState {
  #positions = new Map<string, PositionRow>();
  #balances = new Map<string, Balance>();

  /** Replaces everything; rows that the stream sent meanwhile and that are newer stay. */
  load(positions: readonly PositionRow[], balances: readonly Balance[], heard: Heard): void {
    this.#positions = new Map(positions.map((row) => [row.key, row]));
    this.#balances = new Map(balances.map((balance) => [keyOf(balance), balance]));
    this.hearPositions(heard.positions);
    this.hearBalances(heard.balances);
  }

  /** True when something changed. */
  hearPositions(rows: readonly PositionRow[]): boolean {
    let changed = false;
    for (const row of rows) {
      const known = this.#positions.get(row.key);
      if (known !== undefined && isOlder(row, known)) continue;
      this.#positions.set(row.key, row);
      // Bybit sends the position with each order, also when nothing happened to it.
      changed ||= JSON.stringify(known?.position ?? null) !== JSON.stringify(row.position);
    }
    return changed;
  }

  hearBalances(balances: readonly Balance[]): boolean {
    let changed = false;
    for (const balance of balances) {
      const known = this.#balances.get(keyOf(balance));
      if (known !== undefined && balance.updatedAt < known.updatedAt) continue;
      this.#balances.set(keyOf(balance), balance);
      changed = true;
    }
    return changed;
  }

  positions(): readonly Position[] {
    return openPositions(this.#positions.values());
  }

  balances(): readonly Balance[] {
    return [...this.#balances.values()];
  }
}

/** What the stream said while REST was still being asked. */
export interface Heard {
  readonly positions: PositionRow[];
  readonly balances: Balance[];
}

const keyOf = ({ wallet, asset }: Balance): string => `${wallet} ${asset}`;

function isOlder(row: PositionRow, known: PositionRow): boolean {
  if (row.updatedAt !== known.updatedAt) return row.updatedAt < known.updatedAt;
  return row.sequence < known.sequence;
}
