/** Geometry of a line chart. Floats are allowed here: these are pixels, the labels are made from the text. */
import { compareText, toPixels } from '../lib/decimal.ts';

export interface ChartPoint {
  /** ms UTC. */
  readonly time: number;
  /** Decimal text. */
  readonly value: string;
}

export interface LineShape {
  readonly line: string;
  readonly area: string;
  readonly at: readonly { readonly x: number; readonly y: number }[];
  readonly low: string;
  readonly high: string;
}

/** Lays points out in a box; null with fewer than two points, because one point is no course. */
export function lineShape(points: readonly ChartPoint[], width: number, height: number): LineShape | null {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2 || width <= 0 || height <= 0)
    return null;
  let low = first.value;
  let high = first.value;
  for (const { value } of points) {
    if (compareText(value, low) < 0) low = value;
    if (compareText(value, high) > 0) high = value;
  }
  const base = toPixels(low);
  const span = toPixels(high) - base;
  const duration = Math.max(1, last.time - first.time);
  const at = points.map(({ time, value }) => ({
    x: ((time - first.time) / duration) * width,
    // A flat course runs through the middle.
    y: span === 0 ? height / 2 : height - ((toPixels(value) - base) / span) * height,
  }));
  const line = at
    .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}`)
    .join('');
  return { line, area: `${line}L${width} ${height}L0 ${height}Z`, at, low, high };
}

/** Index of the point nearest to a horizontal position. */
export function nearestIndex(at: LineShape['at'], x: number): number {
  let best = 0;
  at.forEach((point, index) => {
    if (Math.abs(point.x - x) < Math.abs((at[best]?.x ?? 0) - x)) best = index;
  });
  return best;
}
