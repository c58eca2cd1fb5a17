/** Three arrangements to switch between; what is resized in one stays in that one. */
export const LAYOUTS = ['standard', 'chart', 'depth'] as const;
export type LayoutName = (typeof LAYOUTS)[number];

export const isLayout = (name: unknown): name is LayoutName => LAYOUTS.some((known) => known === name);

/** Shares of the first pane in percent, before anybody moved a divider. */
export const SHARES: Readonly<Record<LayoutName, { readonly top: number; readonly chart: number }>> = {
  standard: { top: 70, chart: 68 },
  chart: { top: 82, chart: 76 },
  depth: { top: 62, chart: 48 },
};

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
