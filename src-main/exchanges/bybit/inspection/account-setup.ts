/** How the account behind a key is set up: mode, margin, and what Bybit does with prices out of bounds. */
import { HoldfastError } from '../../../errors.ts';
import type { AccountModes, KeyFinding, KeyInspection } from '../../exchange.ts';
import { read } from '../payload.ts';
import type { UnknownFields } from '../payload.ts';
import type { BybitCall, BybitRest } from '../rest.ts';
import { ACCOUNT_INFO, POSITIONS, TRADE_SETTINGS } from './forms.ts';
import type { FormOf } from './forms.ts';
import { finding } from './permissions.ts';

/** `unifiedMarginStatus` of the unified account that Bybit still documents; 1, 3 and 4 are older kinds. */
const UNIFIED: readonly number[] = [5, 6];
const ONE_WAY = 0;
const HEDGE: readonly unknown[] = [1, 2];
/** Any USDT perpetual tells the mode, an empty position too; this one is on every site that has them. */
const PROBE_SYMBOL = 'BTCUSDT';

const MARGIN_MODES: Readonly<Record<string, readonly [AccountModes['marginMode'], KeyFinding['code']]>> = {
  REGULAR_MARGIN: ['cross', 'crossMargin'],
  ISOLATED_MARGIN: ['isolated', 'isolatedMargin'],
  // A kind of cross margin with another arithmetic.
  PORTFOLIO_MARGIN: ['cross', 'portfolioMargin'],
};

export interface AccountSetup {
  readonly modes: AccountModes | null;
  readonly accountType: KeyInspection['accountType'];
  readonly findings: readonly KeyFinding[];
}

interface Asking {
  readonly rest: BybitRest;
  readonly unknown: UnknownFields;
}

/** What can be told. A part that Bybit refuses this key is left out; rejects when Bybit cannot be reached. */
export async function accountSetup({ rest, unknown }: Asking): Promise<AccountSetup> {
  const [account, positionMode, prices] = await Promise.all([
    told(rest, call('account.info', '/v5/account/info'), (result) => read(ACCOUNT_INFO, result, unknown)),
    told(
      rest,
      {
        ...call('position.modes', '/v5/position/list'),
        params: { category: 'linear', symbol: PROBE_SYMBOL },
      },
      (result) => positionModeOf(read(POSITIONS, result, unknown).list ?? []),
    ),
    told(rest, call('account.settings', '/v5/account/user-setting-config'), (result) =>
      priceFindings(read(TRADE_SETTINGS, result, unknown)),
    ),
  ]);
  const margin = account === null ? undefined : MARGIN_MODES[account.marginMode ?? ''];
  return {
    modes: margin === undefined || positionMode === null ? null : { positionMode, marginMode: margin[0] },
    accountType: account === null ? null : isUnified(account.unifiedMarginStatus) ? 'unified' : 'classic',
    findings: [
      ...(account === null ? [] : [unifiedFinding(account.unifiedMarginStatus)]),
      ...(positionMode === null ? [] : [finding(positionMode, 'info')]),
      ...(margin === undefined ? [] : [finding(margin[1], 'info')]),
      ...(prices ?? []),
    ],
  };
}

const call = (operation: string, path: string): BybitCall => ({
  operation,
  path,
  lane: 'privateRead',
  budget: { name: operation, limit: 50 },
});

/** Null where Bybit refuses: a key without the right to it, a site or an account kind that does not have it. */
async function told<T>(rest: BybitRest, asked: BybitCall, map: (result: unknown) => T): Promise<T | null> {
  try {
    return map((await rest.get(asked)).result);
  } catch (error) {
    // An answer that we cannot read must not hide what the others say of the key.
    const isUnread = error instanceof HoldfastError && error.kind === 'protocol';
    if (isRefusal(error) || isUnread) return null;
    throw error;
  }
}

/** Bybit answered, and said no. */
export function isRefusal(error: unknown): error is HoldfastError {
  if (!(error instanceof HoldfastError)) return false;
  // A code that the sheet does not know comes as `unavailable`, but it is Bybit's answer all the same.
  const isUnlisted = error.code === 'bybit.refused';
  return isUnlisted || ['auth', 'permission', 'invalidOrder', 'notSupported'].includes(error.kind);
}

const isUnified = (status: number): boolean => UNIFIED.includes(status);

const unifiedFinding = (status: number): KeyFinding =>
  isUnified(status) ? finding('unified', 'ok') : finding('notUnified', 'danger', { status: String(status) });

/** One row with index 0, or a row for each side. */
function positionModeOf(rows: readonly unknown[]): AccountModes['positionMode'] | null {
  const indices = rows.map((row) => (row as { positionIdx?: unknown } | null)?.positionIdx);
  if (indices.some((index) => HEDGE.includes(index))) return 'hedge';
  return indices.includes(ONE_WAY) ? 'oneWay' : null;
}

/**
 * Out of the price limits Bybit either refuses an order or moves its price without a word. The two settings
 * have opposite meanings of `true` (sheet, trap 4).
 */
function priceFindings(settings: FormOf<typeof TRADE_SETTINGS>): KeyFinding[] {
  const moved = [
    ...(settings.lpaPerp === false ? ['futures'] : []),
    ...(settings.lpaSpot === true ? ['spot'] : []),
  ];
  return moved.length === 0 ? [] : [finding('movesPrices', 'warning', { products: moved.join(', ') })];
}
