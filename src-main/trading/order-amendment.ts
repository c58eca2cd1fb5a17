/** What an amendment asks for: as the journal keeps it, read back, and compared with what the venue shows. */
import type { Order } from '../../src-preload/contract/types/trading.ts';
import type { OrderAmendment } from '../exchanges/exchange.ts';
import { compareText } from '../market/decimal.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';

const NAMES = ['price', 'quantity', 'triggerPrice'] as const;
export type AmendedValues = Pick<OrderAmendment, (typeof NAMES)[number]>;

/** As the timeline shows it: "price 59000, quantity 0.2". */
export const wordsOf = (values: AmendedValues): string =>
  NAMES.flatMap((name) => (values[name] === undefined ? [] : [`${name} ${values[name]}`])).join(', ');

/** Reads back what `wordsOf` wrote; whatever else there is, is left out. */
export function valuesOf(words: string): AmendedValues {
  const pairs = words.split(', ').map((pair) => pair.split(' '));
  const isOne = ([name, value]: readonly string[]): boolean =>
    (NAMES as readonly (string | undefined)[]).includes(name) && value !== undefined;
  return Object.fromEntries(pairs.filter(isOne)) as AmendedValues;
}

/** Whether the order has every value that the amendment asked for. */
export function shows(order: Order, wanted: AmendedValues): boolean {
  return NAMES.every((name) => {
    const [have, want] = [order[name], wanted[name]];
    return want === undefined || (have !== null && compareText(have, want) === 0);
  });
}

/**
 * Whether the venue shows an amendment of ours whose answer never came, because it was lost or we stopped meanwhile.
 * Rejects as the ledger does.
 */
export async function isOurAmendment(
  { accountId, clientOrderId }: Pick<Order, 'accountId' | 'clientOrderId'>,
  theirs: Order,
  { orders }: Pick<LedgerRepositories, 'orders'>,
): Promise<boolean> {
  const events = await orders.events({ accountId, clientOrderId });
  const answered = events.findLastIndex(({ kind }) => kind === 'amended');
  return events.slice(answered + 1).some(({ kind, detail }) => {
    const wanted = kind === 'amending' && detail !== null ? valuesOf(detail) : {};
    return Object.keys(wanted).length > 0 && shows(theirs, wanted);
  });
}
