/** Three arrangements to switch between; what is resized in one stays in that one. */
export const LAYOUTS = ['standard', 'chart', 'depth'] as const;
export type LayoutName = (typeof LAYOUTS)[number];

export const isLayout = (name: unknown): name is LayoutName => LAYOUTS.some((known) => known === name);

/** Room for book and dock in px, before anybody moved a divider; the chart gets the rest. */
const ROOM: Readonly<Record<LayoutName, { readonly book: number; readonly dock: number }>> = {
  standard: { book: 320, dock: 216 },
  chart: { book: 290, dock: 150 },
  depth: { book: 460, dock: 300 },
};

const share = (rest: number, whole: number, least: number, most: number): number =>
  whole <= 0 ? 70 : Math.round(Math.min(most, Math.max(least, (1 - rest / whole) * 100)));

/** Shares of the first panes in percent: chart of chart-and-book, and both of these of all above the dock. */
export function shares(
  name: LayoutName,
  arrangement: Arrangement,
  width: number,
  height: number,
): { readonly chart: number; readonly top: number } {
  const columns = arrangement === 'beside' ? 1.9 : 1;
  return {
    chart: share(ROOM[name].book * columns, width, 40, 82),
    top: share(ROOM[name].dock * (arrangement === 'tabs' ? 0.6 : 1), height, 50, 86),
  };
}

export type Arrangement = 'tabs' | 'pair' | 'beside' | 'underTicket';

/**
 * Where book and tape stand in a view of this size, px. Narrow: tabs with the chart. Otherwise the book stands
 * beside the chart; the tape shares its place, stands beside it, or fills what a tall ticket column leaves.
 */
export function arrange(width: number, height: number): Arrangement {
  if (width < 1120) return 'tabs';
  if (height >= 1080) return 'underTicket';
  return width >= 1700 ? 'beside' : 'pair';
}
