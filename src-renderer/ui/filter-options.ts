import type { SelectOption } from './options.ts';

/*
 * Ranks by where the typed text is found: at the start of the label, at the start of one of its words, anywhere,
 * or as letters in order ("bus" finds BTC/USDT). Equal ranks keep their order.
 */
function rank(label: string, query: string): number {
  const at = label.indexOf(query);
  if (at === 0) return 0;
  if (at > 0) return /[\s/:·-]/.test(label.charAt(at - 1)) ? 1 : 2;
  let from = 0;
  for (const letter of query) {
    from = label.indexOf(letter, from) + 1;
    if (from === 0) return -1;
  }
  return 3;
}

/** The options that match what was typed, best first; all of them for an empty query. */
export function filterOptions<O extends Pick<SelectOption, 'label' | 'hint'>>(
  options: readonly O[],
  query: string,
): readonly O[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return options;
  return options
    .map((option) => ({ option, rank: rank(`${option.label} ${option.hint ?? ''}`.toLowerCase(), wanted) }))
    .filter((entry) => entry.rank >= 0)
    .sort((a, b) => a.rank - b.rank)
    .map((entry) => entry.option);
}
