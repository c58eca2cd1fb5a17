/**
 * Geometry of the equity curve. Here, and only here, money becomes a float: a pixel has no more precision
 * than that, and the figures that are read come from the text of the point, not from these numbers.
 */
import type { EquityPoint } from '../../../src-preload/contract/types/portfolio.ts';
import { toPixels } from '../../lib/decimal.ts';

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

export interface PlottedPoint {
  readonly x: number;
  readonly y: number;
  readonly point: EquityPoint;
}

export interface Curve {
  readonly points: readonly PlottedPoint[];
  /** SVG path of the line; a break stands where snapshots are missing or another account is in them. */
  readonly line: string;
  /** SVG path of the area under it. */
  readonly area: string;
  /** Where other accounts begin to be in it: what changes there is no profit. */
  readonly marks: readonly number[];
  /** Horizontal grid: where, and the value as a plain number for the label. */
  readonly grid: readonly { readonly y: number; readonly value: number }[];
}

/** A pause this many times the usual distance is a hole (the application was closed), not a straight line. */
const HOLE = 6;
const GRID_LINES = 4;

/** Plots points, oldest first, into the frame. Empty for fewer than two points: one snapshot is no curve. */
export function plot(points: readonly EquityPoint[], frame: Frame): Curve {
  const sorted = [...points].sort((a, b) => a.time - b.time);
  const first = sorted[0];
  const last = sorted.at(-1);
  if (first === undefined || last === undefined || first.time === last.time) {
    return { points: [], line: '', area: '', marks: [], grid: [] };
  }
  const floats = sorted.map((point) => toPixels(point.equity));
  const scale = niceScale(Math.min(...floats), Math.max(...floats));
  const innerWidth = frame.width - frame.left - frame.right;
  const innerHeight = frame.height - frame.top - frame.bottom;
  const toX = (time: number): number =>
    frame.left + ((time - first.time) / (last.time - first.time)) * innerWidth;
  const toY = (value: number): number =>
    frame.top + (1 - (value - scale.low) / (scale.high - scale.low)) * innerHeight;
  const plotted = sorted.map((point, index) => ({
    x: round(toX(point.time)),
    y: round(toY(floats[index] ?? 0)),
    point,
  }));
  const runs = splitAtHoles(plotted);
  const floor = frame.height - frame.bottom;
  return {
    points: plotted,
    line: runs.map(linePath).join(''),
    area: runs.map((run) => areaPath(run, floor)).join(''),
    marks: plotted.filter((one, index) => isOther(plotted[index - 1], one)).map(({ x }) => x),
    grid: scale.ticks.map((value) => ({ y: round(toY(value)), value })),
  };
}

/** Index of the point nearest to `x`; -1 for an empty curve. */
export function nearest(points: readonly PlottedPoint[], x: number): number {
  let best = -1;
  let distance = Infinity;
  points.forEach((point, index) => {
    const away = Math.abs(point.x - x);
    if (away < distance) {
      distance = away;
      best = index;
    }
  });
  return best;
}

/** Limits and round grid values that hold [low, high] with a little air. A flat line gets a band around it. */
export function niceScale(
  low: number,
  high: number,
): { low: number; high: number; ticks: readonly number[] } {
  const flat = high === low;
  const span = flat ? Math.max(Math.abs(high) * 0.02, 1) : high - low;
  const bottom = flat ? low - span / 2 : low - span * 0.06;
  const top = flat ? high + span / 2 : high + span * 0.06;
  const raw = (top - bottom) / GRID_LINES;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5].find((factor) => factor * power >= raw) ?? 10) * power;
  const ticks: number[] = [];
  for (let index = Math.ceil(bottom / step); index * step <= top; index += 1) ticks.push(index * step);
  return { low: bottom, high: top, ticks };
}

function splitAtHoles(points: readonly PlottedPoint[]): readonly (readonly PlottedPoint[])[] {
  const pauses = points.slice(1).map((point, index) => point.point.time - (points[index]?.point.time ?? 0));
  const usual = [...pauses].sort((a, b) => a - b)[Math.floor(pauses.length / 2)] ?? 0;
  const runs: PlottedPoint[][] = [[]];
  points.forEach((point, index) => {
    const isHole = index > 0 && usual > 0 && (pauses[index - 1] ?? 0) > usual * HOLE;
    if (isHole || isOther(points[index - 1], point)) runs.push([]);
    runs.at(-1)?.push(point);
  });
  return runs;
}

const isOther = (before: PlottedPoint | undefined, after: PlottedPoint): boolean =>
  before !== undefined && !hasSameAccounts(before.point, after.point);

/** Whether two points can be compared. */
export const hasSameAccounts = (a: EquityPoint, b: EquityPoint): boolean =>
  a.accounts.length === b.accounts.length && a.accounts.every((id, index) => id === b.accounts[index]);

const linePath = (run: readonly PlottedPoint[]): string =>
  run.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');

function areaPath(run: readonly PlottedPoint[], floor: number): string {
  const first = run[0];
  const last = run.at(-1);
  if (first === undefined || last === undefined || run.length < 2) return '';
  return `${linePath(run)}L${last.x} ${floor}L${first.x} ${floor}Z`;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** Decimals that tell neighbouring grid values apart, and no more. */
export function gridDecimals(values: readonly number[]): number {
  const [low, next] = values;
  if (low === undefined || next === undefined) return 2;
  const step = Math.abs(next - low);
  return Math.min(
    10,
    Math.max(0, -Math.floor(Math.log10(step)) + (step.toPrecision(2).includes('25') ? 1 : 0)),
  );
}
