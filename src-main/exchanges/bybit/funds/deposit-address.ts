/** Where a coin can be sent to. Asked each time: an address from a store may be somebody else's by now. */
import { HoldfastError } from '../../../errors.ts';
import type { DepositAddress } from '../../exchange.ts';
import { orNull, payloadError, read, readList } from '../payload.ts';
import { contractEndOf } from './coins.ts';
import { BUDGETS } from './context.ts';
import type { FundsContext } from './context.ts';
import { DEPOSIT_ADDRESS, DEPOSIT_CHAIN } from './forms.ts';

/** Rejects with `permission` for a key of a sub-account, and `unavailable` while Bybit has no address yet. */
export async function depositAddress(
  context: FundsContext,
  asset: string,
  network: string,
): Promise<DepositAddress> {
  const { result } = await context.rest
    .get({
      operation: 'asset.depositAddress',
      path: '/v5/asset/deposit/query-address',
      params: { coin: asset, chainType: network },
      lane: 'privateRead',
      budget: BUDGETS.depositAddress,
    })
    .catch(explained);
  const answer = read(DEPOSIT_ADDRESS, result, context.unknown);
  // Money sent to the address of another coin is lost: what was asked for has to be what is answered.
  if (answer.coin !== asset) throw payloadError('deposit.address', 'coin');
  const chain = readList(DEPOSIT_CHAIN, answer.chains, context.unknown).find(
    (entry) => entry.chain === network,
  );
  if (chain === undefined || chain.addressDeposit.trim() === '') {
    throw new HoldfastError(
      'unavailable',
      'funds.noAddress',
      'Bybit has no deposit address for this coin over this network yet. Try again in a minute.',
    );
  }
  return {
    asset,
    network,
    address: chain.addressDeposit,
    memo: orNull(chain.tagDeposit),
    contractEnd: contractEndOf(chain.contractAddress),
    fetchedAt: context.clock(),
  };
}

function explained(error: unknown): never {
  if (!(error instanceof HoldfastError) || error.details.venueCode !== '10005') throw error;
  throw new HoldfastError(
    'permission',
    'funds.masterOnly',
    'Bybit shows deposit addresses only to a key of the main account that may read its wallet.',
    error.details,
    error,
  );
}
