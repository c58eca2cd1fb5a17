/** What a person should know of a venue whose messages are not quite what its documentation says. */

/** Named in full up to here; what is beyond is counted. */
const MOST_NAMED = 12;
const MOST_PROBLEMS = 20;
/** Names come from outside. */
const LONGEST_NAME = 80;
/** Kind under which markets are noted that are not listed any more (`marketOf`). */
const MARKET = 'market.';

interface Noted {
  /** What was wrong with the lists of markets, in plain words. */
  readonly problems: readonly string[];
  /** `kind.field`. */
  readonly unknown: readonly string[];
  /** Frames of public streams that could not be read. */
  readonly protocolErrors: number;
}

/** Plain sentences; none when all is as documented. */
export function remarksOf({ problems, unknown, protocolErrors }: Noted): readonly string[] {
  const markets = unknown.filter((name) => name.startsWith(MARKET)).map((name) => name.slice(MARKET.length));
  const fields = unknown.filter((name) => !name.startsWith(MARKET));
  const remarks = problems.slice(0, MOST_PROBLEMS);
  if (problems.length > MOST_PROBLEMS)
    remarks.push(`${problems.length - MOST_PROBLEMS} more problems with the lists of markets.`);
  if (protocolErrors > 0)
    remarks.push(`Messages of public streams that could not be read so far: ${protocolErrors}.`);
  if (markets.length > 0)
    remarks.push(`Markets of orders or positions that are not listed any more: ${named(markets)}.`);
  if (fields.length > 0) remarks.push(`Fields that Holdfast does not know and leaves out: ${named(fields)}.`);
  return remarks;
}

function named(names: readonly string[]): string {
  const list = names
    .slice(0, MOST_NAMED)
    .map((name) => name.slice(0, LONGEST_NAME))
    .join(', ');
  const rest = names.length - MOST_NAMED;
  return rest > 0 ? `${list} and ${rest} more` : list;
}
