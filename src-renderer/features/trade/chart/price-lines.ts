import { registerOverlay, type OverlayTemplate } from 'klinecharts';

/** A horizontal line of ours on the chart: an order, the position's entry, an alert. */
export interface PriceLine {
  readonly id: string;
  /** Canonical decimal text. */
  readonly price: string;
  /** Stands on the line, for example "Buy 0.0150"; carries the meaning that the colour repeats. */
  readonly label: string;
  readonly tone: 'buy' | 'sell' | 'accent' | 'warn';
  readonly dash: 'solid' | 'dashed' | 'dotted';
  /** A working limit order can be dragged to another price. */
  readonly draggable: boolean;
}

/** What the overlay draws with: a line whose tone has become a colour. */
export interface PriceLineInk {
  readonly label: string;
  readonly priceText: string;
  readonly color: string;
  readonly onColor: string;
  readonly dash: PriceLine['dash'];
}

export const PRICE_LINE = 'holdfastPriceLine';

const DASHES: Readonly<Record<PriceLine['dash'], number[]>> = { solid: [], dashed: [6, 4], dotted: [2, 3] };
const TAG = {
  size: 11,
  family: 'Inter Variable, sans-serif',
  borderRadius: 2,
  paddingLeft: 5,
  paddingRight: 5,
  paddingTop: 3,
  paddingBottom: 3,
};

const template: OverlayTemplate<PriceLineInk> = {
  name: PRICE_LINE,
  totalStep: 2,
  needDefaultPointFigure: false,
  needDefaultXAxisFigure: false,
  needDefaultYAxisFigure: false,
  createPointFigures: ({ overlay, coordinates, bounding }) => {
    const y = coordinates[0]?.y;
    const ink = overlay.extendData;
    if (y === undefined) return [];
    const style = ink.dash === 'solid' ? 'solid' : 'dashed';
    return [
      {
        type: 'line',
        attrs: {
          coordinates: [
            { x: 0, y },
            { x: bounding.width, y },
          ],
        },
        styles: { style, dashedValue: DASHES[ink.dash], color: ink.color, size: 1 },
      },
      {
        type: 'text',
        // At the right end, over the room that the newest candle leaves: the left belongs to the legend.
        attrs: { x: bounding.width - 6, y, text: ink.label, align: 'right', baseline: 'middle' },
        styles: { ...TAG, style: 'fill', color: ink.onColor, backgroundColor: ink.color },
      },
    ];
  },
  createYAxisFigures: ({ overlay, coordinates, bounding }) => {
    const y = coordinates[0]?.y;
    const ink = overlay.extendData;
    if (y === undefined) return [];
    return {
      type: 'text',
      attrs: { x: 0, y, text: ink.priceText, align: 'left', baseline: 'middle', width: bounding.width },
      styles: { ...TAG, style: 'fill', color: ink.onColor, backgroundColor: ink.color },
      ignoreEvent: true,
    };
  },
};

let registered = false;

/** Registers the overlay with the library, once per window. */
export function registerPriceLine(): void {
  if (!registered) registerOverlay(template);
  registered = true;
}
