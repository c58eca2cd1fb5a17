import type { Handlers } from '../../../src-preload/contract/index.ts';
import { HoldfastError } from '../../errors.ts';
import type { LedgerRepositories } from '../../storage/ledger/ledger.ts';
import type { AccountDirectory } from '../../trading/account-directory.ts';
import type { AccountSessions } from '../../trading/account-sessions.ts';
import type { OrderDesk } from '../../trading/order-desk.ts';
import type { OrderKeeper } from '../../trading/order-keeper.ts';
import type { PreviewDesk } from '../../trading/preview-desk.ts';
import { exportOrders } from '../../trading/export-orders.ts';
import { orderTimeline } from '../../trading/order-timeline.ts';
import type { PressGuard } from '../../trading/press-guard.ts';
import type { ProtectionDesk } from '../../trading/protection-desk.ts';
import type { Reconciler } from '../../trading/reconciler.ts';
import type { CallContext } from '../router.ts';

/** What is there while the vault is open. */
export interface TradingParts {
  readonly desk: OrderDesk;
  readonly keeper: OrderKeeper;
  readonly previews: PreviewDesk;
  readonly protection: ProtectionDesk;
  readonly sessions: AccountSessions;
  readonly directory: Pick<AccountDirectory, 'inspect'>;
  readonly ledger: LedgerRepositories;
  readonly presses: PressGuard;
  readonly reconciler: Pick<Reconciler, 'now' | 'reports'>;
  /** Rejects while the kill switch is engaged. */
  readonly requireSending: () => Promise<void>;
  readonly clock: () => number;
}

/** @param chooseFile asks in a dialog of main's own where to write; null when the person cancelled */
export function tradingHandlers(
  live: () => TradingParts,
  chooseFile: () => Promise<string | null>,
): Handlers<CallContext>['trading'] {
  return {
    preview: (draft) => live().previews.preview(draft),
    place: ({ intentId, ...draft }) => {
      const { desk, presses } = live();
      presses.order(draft, intentId);
      return desk.place(draft, intentId);
    },
    amend: (amendment) => live().desk.amend(amendment),
    cancel: ({ accountId, clientOrderId }) => live().desk.cancel(accountId, clientOrderId),
    cancelAll: ({ accountId, symbol }) => live().desk.cancelAll(accountId, symbol),
    closePosition: ({ accountId, symbol, positionSide, intentId }) => {
      const { desk, presses } = live();
      presses.close({ accountId, symbol, positionSide }, intentId);
      return desk.closePosition(accountId, symbol, positionSide, intentId);
    },
    setLeverage: async ({ accountId, symbol, leverage }) => {
      await live().requireSending();
      await live().sessions.requireTrading(accountId).trading.setLeverage(symbol, leverage);
      live().previews.forget();
      return null;
    },
    setMarginMode: async ({ accountId, symbol, marginMode }) => {
      await live().requireSending();
      const { trading } = live().sessions.requireTrading(accountId);
      await trading.setMarginMode(symbol, marginMode);
      live().previews.forget();
      return trading.modes(symbol);
    },
    setPositionMode: async ({ accountId, mode }) => {
      await live().requireSending();
      const { exchange, trading } = live().sessions.requireTrading(accountId);
      if (!exchange.capabilities.positionModeSwitch) throw noPositionModes();
      await trading.setPositionMode(mode);
      live().previews.forget();
      // What is known of the account's set-up is not true any more; the next look finds out when this one fails.
      live()
        .directory.inspect(accountId)
        .catch(() => undefined);
      return null;
    },
    setProtection: async (protection) => {
      await live().protection.set(protection);
      return null;
    },
    marketModes: ({ accountId, symbol }) => live().sessions.require(accountId).trading.modes(symbol),
    openOrders: ({ accountId }) => live().keeper.open(accountId),
    orderHistory: (filter) => live().ledger.orders.list(filter),
    exportOrders: async (filter) => {
      // Asked for first: a locked vault opens no dialog, and one locked meanwhile writes nothing.
      live();
      const path = await chooseFile();
      if (path === null) return null;
      const { orders } = live().ledger;
      const rows = await exportOrders(path, (after, limit) => orders.page({ ...filter, after, limit }));
      return { path, rows };
    },
    timeline: (key) => orderTimeline(live(), key),
    lookAgain: ({ accountId, clientOrderId }) => live().desk.lookAgain(accountId, clientOrderId),
    markNotPlaced: ({ accountId, clientOrderId }) => live().desk.markNotPlaced(accountId, clientOrderId),
    reconciliations: () => {
      const { sessions, reconciler } = live();
      return reconciler.reports(sessions.all().map(({ account }) => account.id));
    },
    reconcile: ({ accountId }) => live().reconciler.now(live().sessions.require(accountId)),
    fills: (filter) => live().ledger.fills.list(filter),
  };
}

const noPositionModes = () =>
  new HoldfastError(
    'notSupported',
    'account.noPositionModes',
    'The position mode cannot be changed at this venue.',
  );
