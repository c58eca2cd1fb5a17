import type { RequestOutcome, RequestRow } from '../../../src-preload/contract/types/activity.ts';
import type { VenueId } from '../../../src-preload/contract/types/market.ts';

/** What the log is narrowed down to; an empty text means all. */
export interface ActivityFilter {
  readonly venue: VenueId | '';
  readonly accountId: string;
  readonly outcome: RequestOutcome | '';
  /** Part of operation or path. */
  readonly text: string;
}

export const NO_FILTER: ActivityFilter = { venue: '', accountId: '', outcome: '', text: '' };

/** The contract's longest text. */
export const LONGEST_TEXT = 80;

export interface ActivityQuery {
  venue?: VenueId;
  accountId?: string;
  outcome?: RequestOutcome;
  text?: string;
}

/** The filter as the ledger takes it. */
export function queryOf({ venue, accountId, outcome, text }: ActivityFilter): ActivityQuery {
  const part = text.trim().slice(0, LONGEST_TEXT);
  return {
    ...(venue === '' ? {} : { venue }),
    ...(accountId === '' ? {} : { accountId }),
    ...(outcome === '' ? {} : { outcome }),
    ...(part === '' ? {} : { text: part }),
  };
}

/** The same rule for a request that has just ended: the ledger is not asked about each one. */
export function matches(row: RequestRow, filter: ActivityFilter): boolean {
  const { venue, accountId, outcome, text = '' } = queryOf(filter);
  const part = text.toLowerCase();
  return (
    (venue === undefined || row.venue === venue) &&
    (accountId === undefined || row.accountId === accountId) &&
    (outcome === undefined || row.outcome === outcome) &&
    (row.operation.toLowerCase().includes(part) || row.path.toLowerCase().includes(part))
  );
}

export const isFiltered = (filter: ActivityFilter): boolean => Object.keys(queryOf(filter)).length > 0;
