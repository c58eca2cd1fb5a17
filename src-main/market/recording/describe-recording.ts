import type { RecordedEvent, RecordedInstrument, RecordedKind, RecordingSummary } from './recorded-event.ts';
import { lineError, newContext, type RecordReader } from './record-reader.ts';

type Counts = Record<RecordedKind, number>;

const MOST_VOLUME_DIGITS = 8;

const noCounts = (): Counts => ({ bookSnapshot: 0, bookDelta: 0, trade: 0, ticker: 0, candle: 0 });

/** What a market's figures were written with. */
class Steps {
  readonly counts = noCounts();
  #price = 0;
  #quantity = 0;

  see(event: RecordedEvent): void {
    this.counts[event.kind] += 1;
    switch (event.kind) {
      case 'trade':
        this.#see([event.trade.price], [event.trade.quantity]);
        break;
      case 'candle': {
        const { open, high, low, close } = event.candle;
        this.#see([open, high, low, close], []);
        const digits = decimals(event.candle.volume, this.#quantity);
        // Volumes that a program summed as floats end in noise such as 0.30000000000000004.
        if (digits <= MOST_VOLUME_DIGITS) this.#quantity = Math.max(this.#quantity, digits);
        break;
      }
      case 'ticker':
        // Only the last price is a price of the market; mark and index prices are computed and longer.
        if (event.ticker.last !== null) this.#see([event.ticker.last], []);
        break;
      case 'bookSnapshot':
      case 'bookDelta':
        for (const [price, size] of [...event.bids, ...event.asks]) {
          this.#price = Math.max(this.#price, decimals(price, this.#price));
          this.#quantity = Math.max(this.#quantity, decimals(size, this.#quantity));
        }
    }
  }

  get tickSize(): string {
    return step(this.#price);
  }

  get lotSize(): string {
    return step(this.#quantity);
  }

  #see(prices: readonly string[], quantities: readonly string[]): void {
    for (const price of prices) this.#price = Math.max(this.#price, decimals(price, this.#price));
    for (const size of quantities) this.#quantity = Math.max(this.#quantity, decimals(size, this.#quantity));
  }
}

/** Digits behind the point without trailing zeros; texts with no more digits than `known` are not looked at further. */
function decimals(text: string, known: number): number {
  const point = text.indexOf('.');
  if (point === -1 || text.length - point - 1 <= known) return 0;
  return text.replace(/0+$/, '').length - point - 1;
}

/** The step of so many digits: 2 gives "0.01". */
function step(digits: number): string {
  return digits === 0 ? '1' : `0.${'1'.padStart(digits, '0')}`;
}

/** Reads the whole record once and says what is in it. Throws `badInput` for one without a single event. */
export async function describeRecording(
  reader: RecordReader,
  signal?: AbortSignal,
): Promise<RecordingSummary> {
  const context = newContext();
  const steps = new Map<string, Steps>();
  const counts = noCounts();
  let [from, to] = [Number.NaN, Number.NaN];
  for await (const event of reader.read(context)) {
    signal?.throwIfAborted();
    if (Number.isNaN(from)) from = event.time;
    to = event.time;
    counts[event.kind] += 1;
    let seen = steps.get(event.symbol);
    if (seen === undefined) steps.set(event.symbol, (seen = new Steps()));
    seen.see(event);
  }
  if (Number.isNaN(from))
    throw lineError(
      1,
      "at least one book, trade, ticker or candle (in a capture: of Bybit's v5 public stream)",
    );
  const instruments: RecordedInstrument[] = [];
  for (const [symbol, seen] of steps) {
    const name = context.markets.get(symbol);
    if (name === undefined) continue;
    instruments.push({ ...name, tickSize: seen.tickSize, lotSize: seen.lotSize, counts: seen.counts });
  }
  return { format: reader.format, instruments, from, to, counts, oddities: context.oddities };
}
