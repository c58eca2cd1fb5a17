/** One measurement beside its peers, all taken in the same run. */
export interface BenchResult {
  /** Stable, for example `book.recorded200`. */
  readonly name: string;
  /** Smaller is better unless the unit says "per second". */
  readonly unit: string;
  readonly ours: number;
  /** Other implementations doing the same work on the same input. */
  readonly peers: Readonly<Record<string, number>>;
  /** The least that this work can cost on this machine. */
  readonly floor?: number;
  /** What a reader has to know to trust the figure. */
  readonly note?: string;
}

/** What a file of `test/bench/` exports as `run`. */
export type Bench = () => Promise<BenchResult | readonly BenchResult[]>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}
