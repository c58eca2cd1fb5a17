/** What is in the wallets (sheet 4.2). A wallet that we cannot count is shown as such, never as zero or as nothing. */
import { toHoldfastError } from '../../../errors.ts';
import { addText, compareText, isZeroText, subtractText } from '../../../market/decimal.ts';
import type { Balance } from '../../exchange.ts';
import { BUDGETS } from '../limits.ts';
import { orNull, read, readList } from '../payload.ts';
import { type AccountContext, zeroIfEmpty } from './account-context.ts';
import { FUND_COIN, OVERVIEW_WALLET, WALLET, WALLET_COIN } from './forms.ts';

/** Names under which the overview lists the two wallets that are read exactly. */
const COUNTED = /^(unified|uta|unifiedtrading|fund|funding)/i;
const OTHER_WALLET = 'Holdfast shows this wallet of Bybit, but does not count or use it.';
/** In place of a coin, where not even the coins of a wallet are known. */
const ANY_ASSET = '*';
const NO_FIGURE = 'Bybit gave no figure for this coin.';

/** All wallets. Rejects when one of the two main ones could not be asked: half a picture looks like a loss. */
export async function loadBalances(context: AccountContext): Promise<readonly Balance[]> {
  const [unified, funding, others] = await Promise.all([
    loadUnified(context),
    context.isDemo ? [] : loadFunding(context).catch((error: unknown) => unreadable(context, error)),
    context.isDemo ? [] : loadOthers(context),
  ]);
  return [...unified, ...funding, ...others];
}

async function loadUnified(context: AccountContext): Promise<readonly Balance[]> {
  const { result, time } = await context.rest.get({
    operation: 'wallet.balance',
    path: '/v5/account/wallet-balance',
    params: { accountType: 'UNIFIED' },
    lane: 'privateRead',
    budget: BUDGETS.walletBalance,
  });
  const accounts = readList(WALLET, (result as { list?: unknown } | null)?.list, context.unknown);
  return accounts.flatMap((account) => unifiedCoins(context, account, time));
}

/** Coins of `wallet-balance` and of the `wallet` topic. */
export function unifiedCoins(
  context: AccountContext,
  account: { readonly coin: readonly unknown[]; readonly totalAvailableBalance?: string | null | undefined },
  time: number,
): Balance[] {
  // Empty in isolated margin, where each position has its own.
  const shared = orNull(account.totalAvailableBalance);
  return readList(WALLET_COIN, account.coin, context.unknown).map((coin): Balance => {
    const common = { accountId: context.accountId, wallet: 'unified', asset: coin.coin, updatedAt: time };
    const wallet = orNull(coin.walletBalance);
    if (wallet === null) {
      const none = { total: '0', available: '0', held: '0' };
      return { ...common, ...none, counted: false, notCountedReason: NO_FIGURE };
    }
    // What was borrowed for spot is in the wallet, but not the user's.
    const total = subtractText(wallet, zeroIfEmpty(coin.spotBorrow));
    const held = [coin.locked, coin.totalOrderIM, coin.totalPositionIM, coin.bonus]
      .map(zeroIfEmpty)
      .reduce(addText, '0');
    const borrowed = zeroIfEmpty(coin.borrowAmount ?? coin.spotBorrow);
    return {
      ...common,
      total,
      available: notNegative(subtractText(total, held)),
      held,
      ...(isZeroText(borrowed) ? {} : { borrowed }),
      ...(shared === null ? {} : { sharedMargin: notNegative(shared) }),
      counted: true,
    };
  });
}

async function loadFunding(context: AccountContext): Promise<readonly Balance[]> {
  const { result, time } = await context.rest.get({
    operation: 'asset.coinsBalance',
    path: '/v5/asset/transfer/query-account-coins-balance',
    params: { accountType: 'FUND' },
    lane: 'privateRead',
    budget: BUDGETS.coinsBalance,
  });
  const rows = readList(FUND_COIN, (result as { balance?: unknown } | null)?.balance ?? [], context.unknown);
  return rows.flatMap((coin): Balance[] => {
    const total = orNull(coin.walletBalance);
    if (total === null || isZeroText(total)) return [];
    const available = orNull(coin.transferBalance) ?? total;
    return [
      {
        accountId: context.accountId,
        wallet: 'funding',
        asset: coin.coin,
        total,
        available,
        held: notNegative(subtractText(total, available)),
        counted: true,
        updatedAt: time,
      },
    ];
  });
}

/** A key or a site without this wallet is no failure, and no zero either. */
function unreadable(context: AccountContext, caught: unknown): readonly Balance[] {
  const error = toHoldfastError(caught);
  if (error.kind !== 'permission' && error.kind !== 'notSupported') throw error;
  return [
    {
      accountId: context.accountId,
      wallet: 'funding',
      asset: ANY_ASSET,
      total: '0',
      available: '0',
      held: '0',
      counted: false,
      notCountedReason: error.message,
      updatedAt: context.now(),
    },
  ];
}

interface OverviewCoin {
  readonly coin?: unknown;
  readonly equity?: unknown;
}

/** Earn, copy trading, bots and what else Bybit has. Regional sites do not have this call. */
async function loadOthers(context: AccountContext): Promise<readonly Balance[]> {
  try {
    const { result, time } = await context.rest.get({
      operation: 'asset.overview',
      path: '/v5/asset/asset-overview',
      lane: 'privateRead',
      budget: BUDGETS.assetOverview,
    });
    const list = (result as { list?: unknown } | null)?.list;
    if (!Array.isArray(list)) return [];
    return list.flatMap((entry: unknown) => otherWallet(context, entry, time));
  } catch (error) {
    // A refused key or a locked vault has to be told; that this site lacks the overview has not.
    const { kind } = toHoldfastError(error);
    if (kind === 'auth' || kind === 'locked') throw error;
    return [];
  }
}

function otherWallet(context: AccountContext, entry: unknown, time: number): readonly Balance[] {
  const { accountType } = read(OVERVIEW_WALLET, entry, context.unknown);
  if (COUNTED.test(accountType)) return [];
  const { coinDetail, categories } = entry as { coinDetail?: unknown; categories?: unknown };
  const details = Array.isArray(categories)
    ? categories.map((category: unknown) => (category as { coinDetail?: unknown } | null)?.coinDetail)
    : [coinDetail];
  const sums = new Map<string, string>();
  for (const coin of details.flatMap((list) => (Array.isArray(list) ? (list as OverviewCoin[]) : []))) {
    const { coin: asset, equity } = coin;
    if (typeof asset !== 'string' || typeof equity !== 'string' || equity === '') continue;
    sums.set(asset, addText(sums.get(asset) ?? '0', equity));
  }
  return [...sums]
    .filter(([, total]) => !isZeroText(total))
    .map(([asset, total]) => ({
      accountId: context.accountId,
      wallet: accountType,
      asset,
      total,
      available: '0',
      held: total,
      counted: false,
      notCountedReason: OTHER_WALLET,
      updatedAt: time,
    }));
}

const notNegative = (value: string): string => (compareText(value, '0') < 0 ? '0' : value);
