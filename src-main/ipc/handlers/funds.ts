import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { FundsDesk } from '../../funds/funds-desk.ts';
import type { CallContext } from '../router.ts';

/** The desk exists while the vault is open; `desk` throws `locked` otherwise. */
export function fundsHandlers(desk: () => FundsDesk): Handlers<CallContext>['funds'] {
  return {
    assets: ({ accountId, asset }) => desk().assets(accountId, asset),
    transferable: ({ accountId, asset, wallet }) => desk().transferable(accountId, asset, wallet),
    transfer: (request) => desk().transfer(request),
    depositAddress: ({ accountId, asset, network }) => desk().depositAddress(accountId, asset, network),
    copyDepositAddress: async (wanted) => {
      await desk().copyDepositAddress(wanted);
      return null;
    },
    deposits: ({ accountId, cursor }) => desk().deposits(accountId, cursor),
    withdrawals: ({ accountId, cursor }) => desk().withdrawals(accountId, cursor),
    transfers: ({ accountId, cursor }) => desk().transfers(accountId, cursor),
    conversions: ({ accountId, cursor }) => desk().conversions(accountId, cursor),
    addressBook: ({ accountId, asset }) => desk().addressBook(accountId, asset),
    quoteWithdrawal: ({ accountId, ...wish }) => desk().quoteWithdrawal(accountId, wish),
    withdraw: (order) => desk().withdraw(order),
    cancelWithdrawal: async ({ accountId, withdrawalId }) => {
      await desk().cancelWithdrawal(accountId, withdrawalId);
      return null;
    },
    convertCoins: ({ accountId, wallet, from }) => desk().convertCoins(accountId, wallet, from),
    convertQuote: ({ accountId, ...wish }) => desk().convertQuote(accountId, wish),
    convert: (order) => desk().convert(order),
  };
}
