/** How thousands of markets become a list that a person can read. */
import type {
  DecimalText,
  Instrument,
  MarketRef,
  VenueId,
} from '../../../../src-preload/contract/types/market.ts';
import { filterOptions } from '../../../ui/filter-options.ts';

export const MARKET_GROUPS = ['perpetual', 'spot', 'future', 'inverse', 'option'] as const;
export type MarketGroup = (typeof MARKET_GROUPS)[number];

/** A market, or all options on one coin behind one entry. */
export type MarketEntry =
  | { readonly kind: 'market'; readonly group: MarketGroup; readonly instrument: Instrument }
  | {
      readonly kind: 'chain';
      readonly group: 'option';
      readonly venue: VenueId;
      readonly base: string;
      readonly count: number;
    };

export const groupOf = (one: Pick<Instrument, 'kind' | 'expiry'>): MarketGroup => {
  if (one.kind === 'option' || one.kind === 'spot') return one.kind;
  if (one.expiry !== undefined) return 'future';
  return one.kind === 'inverse' ? 'inverse' : 'perpetual';
};

/** Entries of these markets: options by coin, everything else one by one. */
export function entriesOf(instruments: readonly Instrument[]): MarketEntry[] {
  const chains = new Map<string, { venue: VenueId; base: string; count: number }>();
  const entries: MarketEntry[] = [];
  for (const instrument of instruments) {
    if (instrument.kind !== 'option') {
      entries.push({ kind: 'market', group: groupOf(instrument), instrument });
      continue;
    }
    const key = `${instrument.venue}|${instrument.base}`;
    const chain = chains.get(key) ?? { venue: instrument.venue, base: instrument.base, count: 0 };
    chain.count += 1;
    chains.set(key, chain);
  }
  for (const chain of chains.values()) entries.push({ kind: 'chain', group: 'option', ...chain });
  return entries;
}

export interface NamedEntry {
  readonly entry: MarketEntry;
  readonly label: string;
  /** Venue and kind in words: searched as well. */
  readonly hint: string;
}

/** Rows of the list: a heading before each group. */
export type ListRow =
  | { readonly heading: MarketGroup; readonly count: number }
  | { readonly index: number; readonly named: NamedEntry };

/** 24-hour turnovers, the larger first; plain unsigned decimals, compared as text without a float. */
function largerFirst(a: DecimalText, b: DecimalText): number {
  const [wholeA = '', fractionA = ''] = a.split('.');
  const [wholeB = '', fractionB = ''] = b.split('.');
  if (wholeA.length !== wholeB.length) return wholeB.length - wholeA.length;
  if (wholeA !== wholeB) return wholeA < wholeB ? 1 : -1;
  if (fractionA === fractionB) return 0;
  return fractionA < fractionB ? 1 : -1;
}

export const marketKeyOf = (one: MarketRef): string => `${one.venue}|${one.symbol}`;

/** The most traded first within their list; what nobody knows of keeps its place at the end. */
export function byTurnover(
  named: readonly NamedEntry[],
  turnover: ReadonlyMap<string, DecimalText>,
): readonly NamedEntry[] {
  if (turnover.size === 0) return named;
  const of = ({ entry }: NamedEntry): DecimalText =>
    (entry.kind === 'market' ? turnover.get(marketKeyOf(entry.instrument)) : undefined) ?? '0';
  return named
    .map((one) => ({ one, turnover: of(one) }))
    .sort((a, b) => largerFirst(a.turnover, b.turnover))
    .map(({ one }) => one);
}

export interface FoundMarkets {
  readonly rows: readonly ListRow[];
  /** In the order of the rows, headings left out: what the arrow keys walk. */
  readonly found: readonly NamedEntry[];
  /** For each of `found`, its row. */
  readonly rowOf: readonly number[];
}

/** What matches, under the headings of its groups; the group with the best match stands first. */
export function arrangeMarkets(
  named: readonly NamedEntry[],
  query: string,
  group: MarketGroup | 'all',
): FoundMarkets {
  const ranked = filterOptions(
    group === 'all' ? named : named.filter(({ entry }) => entry.group === group),
    query,
  );
  const groups = query.trim() === '' ? MARKET_GROUPS : [...new Set(ranked.map(({ entry }) => entry.group))];
  const rows: ListRow[] = [];
  const found: NamedEntry[] = [];
  const rowOf: number[] = [];
  for (const heading of groups) {
    const members = ranked.filter(({ entry }) => entry.group === heading);
    if (members.length === 0) continue;
    rows.push({ heading, count: members.length });
    for (const one of members) {
      rowOf.push(rows.length);
      rows.push({ index: found.length, named: one });
      found.push(one);
    }
  }
  return { rows, found, rowOf };
}
