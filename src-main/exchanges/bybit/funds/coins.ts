/** Coins and the networks over which they come in and go out (`query-info`). */
import { normalise } from '../../../market/decimal.ts';
import type { AssetNetwork, FundsAsset } from '../../exchange.ts';
import { orNull, read, readList } from '../payload.ts';
import type { UnknownFields } from '../payload.ts';
import { BUDGETS } from './context.ts';
import type { FundsContext } from './context.ts';
import { CHAIN, COIN, ROWS } from './forms.ts';
import type { FormOf } from './forms.ts';

/** Bybit shows the end of a token's contract beside a deposit address: as many characters here. */
const CONTRACT_END = 6;
const OPEN = '1';
const NO_LIMIT = '-1';

/** All coins, or one. An unknown coin is an empty list. */
export async function fundsAssets(context: FundsContext, asset?: string): Promise<readonly FundsAsset[]> {
  const { result } = await context.rest.get({
    operation: 'asset.coinInfo',
    path: '/v5/asset/coin/query-info',
    params: { coin: asset },
    lane: 'privateRead',
    budget: BUDGETS.coinInfo,
  });
  const { rows } = read(ROWS, result, context.unknown);
  return readList(COIN, rows ?? [], context.unknown).map((row) => assetOf(row, context.unknown));
}

function assetOf(row: FormOf<typeof COIN>, unknown: UnknownFields): FundsAsset {
  return {
    asset: row.coin,
    name: row.name,
    networks: readList(CHAIN, row.chains, unknown).map(networkOf),
  };
}

function networkOf(chain: FormOf<typeof CHAIN>): AssetNetwork {
  const fee = figure(chain.withdrawFee);
  return {
    id: chain.chain,
    name: chain.chainType,
    depositOpen: chain.chainDeposit === OPEN,
    // No fee at all is Bybit's way of saying that this coin cannot go out over this network.
    withdrawOpen: chain.chainWithdraw === OPEN && fee !== null,
    confirmations: count(chain.confirmation),
    minDeposit: figure(chain.depositMin),
    minWithdrawal: figure(chain.withdrawMin),
    maxWithdrawal: figure(chain.withdrawMax),
    withdrawFee: fee,
    withdrawFeeRate: figure(chain.withdrawPercentageFee) ?? '0',
    precision: count(chain.minAccuracy),
    contractEnd: contractEndOf(chain.contractAddress),
  };
}

/** Null for "" and for "-1", which means "none". */
function figure(value: string | null | undefined): string | null {
  const text = orNull(value);
  return text === null || text === NO_LIMIT ? null : normalise(text);
}

function count(value: string | null | undefined): number | null {
  const text = orNull(value);
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

export function contractEndOf(contract: string | null | undefined): string | null {
  return orNull(contract)?.slice(-CONTRACT_END) ?? null;
}
