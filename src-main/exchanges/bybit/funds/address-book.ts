/** The addresses that the user keeps on Bybit's website: the only ones that a withdrawal can go to. */
import type { BookedAddress } from '../../exchange.ts';
import { orNull, read, readList } from '../payload.ts';
import { BUDGETS } from './context.ts';
import type { FundsContext } from './context.ts';
import { BOOKED, ROWS } from './forms.ts';
import type { FormOf } from './forms.ts';
import { addressIdOf } from './intent-ids.ts';

/** Bybit's word for an address that serves every coin of its chain. */
const UNIVERSAL = 'baseCoin';
const ON_CHAIN = 0;
const NORMAL = '0';
const PAGE = 50;
/** A book of 2000 entries; more would be a cursor that never ends. */
const MOST_PAGES = 40;

/** On-chain entries, for one coin those of its own and the universal ones. Needs the right to withdraw. */
export async function addressBook(context: FundsContext, asset?: string): Promise<readonly BookedAddress[]> {
  const found: BookedAddress[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { result } = await context.rest.get({
      operation: 'asset.addressBook',
      path: '/v5/asset/withdraw/query-address',
      // Asked without the coin, because with it the universal addresses are left out.
      params: { addressType: ON_CHAIN, limit: PAGE, cursor },
      lane: 'privateRead',
      budget: BUDGETS.addressBook,
    });
    const { rows, nextPageCursor } = read(ROWS, result, context.unknown);
    const entries = readList(BOOKED, rows ?? [], context.unknown);
    found.push(...entries.map(bookedOf));
    const next = orNull(nextPageCursor) ?? undefined;
    if (next === undefined || next === cursor || entries.length === 0) break;
    cursor = next;
  }
  return asset === undefined ? found : found.filter((entry) => entry.asset === null || entry.asset === asset);
}

function bookedOf(row: FormOf<typeof BOOKED>): BookedAddress {
  const memo = orNull(row.tag);
  return {
    id: addressIdOf(row.coin, row.chain, row.address, memo ?? ''),
    asset: row.coin === UNIVERSAL ? null : row.coin,
    network: row.chain,
    address: row.address,
    memo,
    label: row.remark ?? '',
    // 1 = new, held back for a day; any other word that we do not know is not "usable" either.
    usable: row.status === NORMAL,
  };
}
