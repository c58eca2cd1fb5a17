/**
 * Plays a record at 1 to 100 times its pace. Reading runs ahead of playing by a bounded number of events; when
 * the disk is slower than the player, market time waits for it. Nothing is shown before its time.
 */
import { HoldfastError, toHoldfastError } from '../../../errors.ts';
import type { RecordedEvent, Recording } from '../../../market/recording/recorded-event.ts';
import type {
  ListenerFactory,
  MarketSource,
  PracticeMarket,
  ReplayPosition,
  SourceEvents,
} from '../market-source.ts';
import { ReplayMarket } from './replay-market.ts';

export type OpenRecording = (file: string) => Promise<Recording> | Recording;

export interface ReplayOptions {
  readonly file: string;
  readonly speed: number;
  readonly now: number;
  readonly open: OpenRecording;
  readonly listener: ListenerFactory;
  readonly events: SourceEvents;
  readonly clock: () => number;
}

/** Events read ahead; reading goes on when half of them are played. */
const READ_AHEAD = 20_000;

/** Reads the record once from end to end, so that a file that is none is refused here, with its line. */
export async function openReplay(options: ReplayOptions): Promise<ReplaySource> {
  const recording = await options.open(options.file);
  const summary = await recording.describe();
  const playable = summary.instruments.filter((instrument) => instrument.kind !== 'inverse');
  if (playable.length === 0) {
    const rule = 'the record has no spot or linear market that could be played';
    throw new HoldfastError('badInput', 'input.invalid', `file: ${rule}`, {
      problems: [{ field: 'file', rule }],
    });
  }
  const markets = playable.map(
    (instrument) =>
      new ReplayMarket(instrument, options.listener(instrument.symbol), options.clock, summary.from),
  );
  const source = new ReplaySource(options, recording, markets, summary);
  await source.ready();
  return source;
}

export class ReplaySource implements MarketSource {
  readonly key: string;
  readonly markets: ReadonlyMap<string, PracticeMarket>;
  readonly #markets: ReadonlyMap<string, ReplayMarket>;
  readonly #events: SourceEvents;
  readonly #file: string;
  readonly #from: number;
  readonly #to: number;
  readonly #queue: RecordedEvent[] = [];
  #head = 0;
  readonly #iterator: AsyncIterator<RecordedEvent>;
  #filling: Promise<void> | null = null;
  #exhausted = false;
  #ended = false;
  #failure: Error | null = null;
  #speed: number;
  #time: number;
  /** Wall time that `#time` belongs to; null while paused. */
  #wall: number | null;
  #lastDataAt: number | null = null;
  #disposed = false;

  constructor(
    { file, speed, now, events }: ReplayOptions,
    recording: Recording,
    markets: readonly ReplayMarket[],
    span: { readonly from: number; readonly to: number },
  ) {
    // Each opening starts from the beginning, so no earlier one is the same market.
    this.key = `replay ${file} opened ${now}`;
    this.#file = file;
    this.#events = events;
    this.#from = span.from;
    this.#to = span.to;
    this.#time = span.from;
    this.#speed = speed;
    this.#wall = now;
    this.#markets = new Map(markets.map((market) => [market.instrument.symbol, market]));
    this.markets = this.#markets;
    this.#iterator = recording.events()[Symbol.asyncIterator]();
  }

  /** Resolves when the first events are there, and plays those of the first moment. */
  async ready(): Promise<void> {
    await this.#fill();
    if (this.#failure !== null) throw this.#failure;
    this.#play(this.#from);
    this.#lastDataAt = this.#wall;
  }

  get failure(): Error | null {
    return this.#failure;
  }

  get lastDataAt(): number | null {
    return this.#lastDataAt;
  }

  advance(now: number): void {
    if (this.#wall === null || this.#ended || this.#failure !== null || this.#disposed) return;
    const target = this.#time + Math.max(0, now - this.#wall) * this.#speed;
    this.#wall = now;
    const before = this.#head;
    this.#play(Math.min(target, this.#to));
    if (this.#head !== before) this.#lastDataAt = now;
    this.#fund();
    if (this.#queue.length - this.#head < READ_AHEAD / 2) void this.#fill();
    if (this.#exhausted && this.#head >= this.#queue.length && this.#time >= this.#to) this.#end();
  }

  pause(now: number): void {
    this.advance(now);
    this.#wall = null;
  }

  resume(now: number): void {
    this.#wall ??= now;
  }

  setSpeed(speed: number, now: number): void {
    this.advance(now);
    this.#speed = speed;
  }

  replay(): ReplayPosition {
    return {
      file: this.#file,
      positionMs: Math.round(this.#time - this.#from),
      lengthMs: this.#to - this.#from,
      speed: this.#speed,
      ended: this.#ended,
    };
  }

  dispose(): void {
    this.#disposed = true;
    this.#queue.length = 0;
    this.#head = 0;
    // Closes the file; a reader that fails while closing has nothing left to tell.
    void Promise.resolve(this.#iterator.return?.()).catch(() => undefined);
  }

  /** Plays every event up to a moment of the record, as far as it has been read. */
  #play(target: number): void {
    for (;;) {
      const event = this.#queue[this.#head];
      if (event === undefined) break;
      if (event.time > target) break;
      this.#head += 1;
      this.#time = Math.max(this.#time, event.time);
      const market = this.#markets.get(event.symbol);
      if (market === undefined) continue;
      market.apply(event);
      this.#events.moved(event.symbol);
    }
    if (this.#head > READ_AHEAD / 2) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    // Beyond what has been read nobody knows what happened: market time waits there.
    if (this.#head < this.#queue.length || this.#exhausted) this.#time = Math.max(this.#time, target);
    for (const market of this.#markets.values()) market.advance(this.#time);
  }

  #fund(): void {
    for (const [symbol, market] of this.#markets) {
      const due = market.fundingDue(this.#time);
      if (due !== null) this.#events.funding(symbol, due.rate, due.mark);
    }
  }

  #end(): void {
    this.#ended = true;
    for (const market of this.#markets.values()) market.open = false;
  }

  #fill(): Promise<void> {
    if (this.#exhausted || this.#disposed) return Promise.resolve();
    this.#filling ??= this.#read().finally(() => {
      this.#filling = null;
    });
    return this.#filling;
  }

  async #read(): Promise<void> {
    try {
      while (!this.#disposed && this.#queue.length - this.#head < READ_AHEAD) {
        const next = await this.#iterator.next();
        if (next.done === true) {
          this.#exhausted = true;
          return;
        }
        this.#queue.push(next.value);
      }
    } catch (error) {
      this.#failure = toHoldfastError(error);
      for (const market of this.#markets.values()) market.open = false;
    }
  }
}
