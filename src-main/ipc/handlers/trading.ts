import type { Handlers } from '../../../src-preload/contract/index.ts';
import { HoldfastError } from '../../errors.ts';
import type { LedgerRepositories } from '../../storage/ledger/ledger.ts';
import type { AccountDirectory } from '../../trading/account-directory.ts';
import type { AccountSessions } from '../../trading/account-sessions.ts';
import type { OrderDesk } from '../../trading/order-desk.ts';
import type { OrderKeeper } from '../../trading/order-keeper.ts';
import type { PreviewDesk } from '../../trading/preview-desk.ts';
import type { ProtectionDesk } from '../../trading/protection-desk.ts';
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
}

export function tradingHandlers(live: () => TradingParts): Handlers<CallContext>['trading'] {
  return {
    preview: (draft) => live().previews.preview(draft),
    place: ({ intentId, ...draft }) => live().desk.place(draft, intentId),
    amend: (amendment) => live().desk.amend(amendment),
    cancel: ({ accountId, clientOrderId }) => live().desk.cancel(accountId, clientOrderId),
    cancelAll: ({ accountId, symbol }) => live().desk.cancelAll(accountId, symbol),
    closePosition: ({ accountId, symbol, positionSide, intentId }) =>
      live().desk.closePosition(accountId, symbol, positionSide, intentId),
    setLeverage: async ({ accountId, symbol, leverage }) => {
      await live().sessions.requireTrading(accountId).trading.setLeverage(symbol, leverage);
      live().previews.forget();
      return null;
    },
    setMarginMode: async ({ accountId, symbol, marginMode }) => {
      const { trading } = live().sessions.requireTrading(accountId);
      await trading.setMarginMode(symbol, marginMode);
      live().previews.forget();
      return trading.modes(symbol);
    },
    setPositionMode: async ({ accountId, mode }) => {
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
    fills: (filter) => live().ledger.fills.list(filter),
  };
}

const noPositionModes = () =>
  new HoldfastError(
    'notSupported',
    'account.noPositionModes',
    'The position mode cannot be changed at this venue.',
  );
