/**
 * Margin arithmetic of linear contracts. Pure: a book, a mark price, an answer.
 *
 * Isolated: a position lives on its own margin. Cross: the cross positions of an asset share what the wallet
 * has beyond isolated margins. Unrealised losses of cross positions reduce what is available, unrealised
 * profits do not add to it.
 */
import { absolute, divide, larger, multiply, ONE, type Amount } from '../amount.ts';
import type { AccountBook, MarketTerms, PositionBook } from './ledger.ts';

/** Mark price in ticks; null when the market has none now. */
export type Marks = (symbol: string) => number | null;

/** Margin that opening `notional` takes at a leverage in hundredths, rounded up. */
export function initialMargin(notional: Amount, leverage: number): Amount {
  return divide(absolute(notional) * 100n, BigInt(leverage), 'up');
}

export function unrealized(position: PositionBook, mark: number | null): Amount {
  if (mark === null) return 0n;
  return position.terms.scale.notional(mark, position.lots) - position.cost;
}

/** Smallest margin that keeps a position; 0 while there is no mark price to measure it with. */
export function maintenanceMargin(position: PositionBook, mark: number | null): Amount {
  if (mark === null) return 0n;
  const notional = absolute(position.terms.scale.notional(mark, position.lots));
  return multiply(notional, position.terms.maintenanceRate, 'up');
}

/** What a position locks of the wallet. */
export function positionMargin(position: PositionBook): Amount {
  return position.marginMode === 'isolated'
    ? position.margin
    : initialMargin(position.cost, position.leverage);
}

interface CollateralSums {
  isolated: Amount;
  locked: Amount;
  crossPnl: Amount;
  crossMaintenance: Amount;
}

function sums(account: AccountBook, asset: string, marks: Marks): CollateralSums {
  const result: CollateralSums = { isolated: 0n, locked: 0n, crossPnl: 0n, crossMaintenance: 0n };
  for (const position of account.positions.values()) {
    if (position.terms.quote !== asset) continue;
    result.locked += positionMargin(position);
    if (position.marginMode === 'isolated') {
      result.isolated += position.margin;
      continue;
    }
    const mark = marks(position.terms.symbol);
    result.crossPnl += unrealized(position, mark);
    result.crossMaintenance += maintenanceMargin(position, mark);
  }
  return result;
}

export function isolatedMargins(account: AccountBook, asset: string): Amount {
  return sums(account, asset, () => null).isolated;
}

/** What is free for new orders; negative when losses have eaten into what is held. */
export function rawAvailable(account: AccountBook, asset: string, marks: Marks): Amount {
  const { locked, crossPnl } = sums(account, asset, marks);
  const loss = crossPnl < 0n ? crossPnl : 0n;
  return account.total(asset) - account.held(asset) - locked + loss;
}

export function available(account: AccountBook, asset: string, marks: Marks): Amount {
  return larger(rawAvailable(account, asset, marks), 0n);
}

/** Wallet beyond isolated margins plus unrealised profit of cross positions, and what it has to cover. */
export function crossHealth(
  account: AccountBook,
  asset: string,
  marks: Marks,
): { readonly equity: Amount; readonly maintenance: Amount } {
  const { isolated, crossPnl, crossMaintenance } = sums(account, asset, marks);
  return { equity: account.total(asset) - isolated + crossPnl, maintenance: crossMaintenance };
}

/** True when the margin behind a position no longer covers its maintenance margin. */
export function mustLiquidate(account: AccountBook, position: PositionBook, marks: Marks): boolean {
  const mark = marks(position.terms.symbol);
  if (mark === null) return false;
  if (position.marginMode === 'isolated') {
    return position.margin + unrealized(position, mark) <= maintenanceMargin(position, mark);
  }
  const { equity, maintenance } = crossHealth(account, position.terms.quote, marks);
  return equity <= maintenance;
}

/**
 * First tick at which the position would be liquidated if nothing else moved; null when no price can.
 * Long: margin + p*q - cost <= r*p*q; short: margin + cost' - p*q <= r*p*q.
 */
export function liquidationTicks(account: AccountBook, position: PositionBook, marks: Marks): number | null {
  const backing = backingOf(account, position, marks);
  const { scale, maintenanceRate } = position.terms;
  const perTick = absolute(scale.notional(1, position.lots));
  if (position.lots > 0) {
    const short = position.cost - backing;
    if (short <= 0n) return null;
    return Number(divide(short * ONE, perTick * (ONE - maintenanceRate), 'down'));
  }
  return Number(divide((backing - position.cost) * ONE, perTick * (ONE + maintenanceRate), 'up'));
}

/** Money behind a position, its own unrealised profit and maintenance left out. */
function backingOf(account: AccountBook, position: PositionBook, marks: Marks): Amount {
  if (position.marginMode === 'isolated') return position.margin;
  const { equity, maintenance } = crossHealth(account, position.terms.quote, marks);
  const mark = marks(position.terms.symbol);
  return equity - unrealized(position, mark) - (maintenance - maintenanceMargin(position, mark));
}

/** Leverage as the port writes it: "10", "2.5". */
export function leverageText(hundredths: number): string {
  return String(hundredths / 100);
}

/** Hundredths of a leverage text; null when it is not between 1 and the market's most, in steps of 0.01. */
export function parseLeverage(text: string, terms: MarketTerms): number | null {
  const match = /^(\d{1,4})(?:\.(\d{1,2}))?$/.exec(text);
  if (match === null) return null;
  const value = Number((match[1] ?? '0') + (match[2] ?? '').padEnd(2, '0'));
  return value >= 100 && value <= terms.maxLeverage ? value : null;
}
