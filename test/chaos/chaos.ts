/**
 * The kill test: a venue that lives on, and a program that is killed at random instants while its orders are in
 * flight, started again on the same folder, and asked what is true.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hash, Sequence } from '../../src-main/exchanges/practice/synthetic/random.ts';
import { Awakening } from './awakening.ts';
import { Inspector } from './inspector.ts';
import { inWords, nextInstant } from './instants.ts';
import type { Instant } from './instants.ts';
import { Life } from './life.ts';
import { Record as Witness } from './record.ts';
import { MIDDLE, Surroundings } from './surroundings.ts';
import { emptyTally } from './tally.ts';
import type { Tally } from './tally.ts';
import type { Report } from './wire.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly kills: number;
  /** Hears a line after each kill. */
  readonly log?: (line: string) => void;
}

const QUANTITIES = ['0.001', '0.002', '0.003', '0.004'];
const TOO_MUCH = '0.006';
/** Every so many kills the whole ledger is read, and not only what is new. */
const WHOLE_EVERY = 20;
const CALM_MS = 30;
/** Traffic takes seconds; only a call that never answers takes this long. */
const STUCK_MS = 120_000;

/** Runs the test. Rejects with what is not true, and how to see it again. */
export async function chaos(options: ChaosOptions): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-chaos-'));
  const witness = new Witness();
  const surroundings = await Surroundings.open(options.seed, witness);
  const run = new ChaosRun(options, folder, witness, surroundings);
  try {
    const tally = await run.all();
    rmSync(folder, { recursive: true, force: true });
    return tally;
  } catch (error) {
    const { seed, kills } = options;
    const again = `HOLDFAST_CHAOS_SEED=${String(seed)} HOLDFAST_CHAOS_KILLS=${String(kills)} npm run test:chaos`;
    throw new Error(
      `After kill ${String(run.kills)} (${run.instant}), seed ${String(seed)}:\n${String(error instanceof Error ? error.message : error)}\n${run.complaints}Folder: ${folder}\nAgain: ${again}`,
      { cause: error },
    );
  } finally {
    await run.dispose();
    await surroundings.dispose();
  }
}

class ChaosRun {
  readonly #options: ChaosOptions;
  readonly #witness: Witness;
  readonly #around: Surroundings;
  readonly #awakening: Awakening;
  readonly #inspector: Inspector;
  readonly #tally = emptyTally();
  readonly #spawn: () => Life;
  #life: Life;
  /** Loads its modules while the other one works. */
  #next: Life;
  kills = 0;
  instant = 'none yet';

  constructor(options: ChaosOptions, folder: string, witness: Witness, around: Surroundings) {
    this.#options = options;
    this.#witness = witness;
    this.#around = around;
    const cache = join(folder, 'compiled');
    this.#spawn = () => new Life({ folder: join(folder, 'user-data'), port: around.port, cache });
    this.#life = this.#spawn();
    this.#next = this.#life;
    this.#awakening = new Awakening(around);
    this.#inspector = new Inspector(witness, around, this.#awakening, this.#tally);
  }

  get complaints(): string {
    return this.#life.complaints;
  }

  async all(): Promise<Tally> {
    const began = performance.now();
    const { seed, kills, log } = this.#options;
    while (this.kills < kills) {
      const random = new Sequence(hash(seed, this.kills, 1));
      const instant = nextInstant(random);
      this.instant = inWords(instant);
      await this.#live(random, instant);
      this.kills += 1;
      this.#tally.moments[instant.moment] = (this.#tally.moments[instant.moment] ?? 0) + 1;
      log?.(`${String(this.kills)}/${String(kills)} killed at ${this.instant}`);
    }
    // The last word: a start that nobody disturbs, and the whole ledger.
    this.#begin();
    await this.#awakening.full(this.#life);
    await this.#inspector.inspect(this.#life, true);
    this.#tally.seconds = (performance.now() - began) / 1000;
    this.#tally.mostOpen = this.#around.most;
    return this.#tally;
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#life.kill(), this.#next.kill()]);
  }

  /** One life from its first breath to its end. */
  async #live(random: Sequence, instant: Instant): Promise<void> {
    const isFirst = this.kills === 0;
    this.#begin();
    if (!isFirst) this.#around.spoilStart(random);
    if (instant.moment === 'start' && !isFirst) {
      const end = this.#killIn((instant.ms / 1000) * this.#awakening.usualMs);
      await Promise.all([this.#awakening.full(this.#life), end]);
    } else {
      await this.#awakening.full(this.#life);
      this.#around.calm();
      await this.#inspector.inspect(this.#life, this.kills % WHOLE_EVERY === WHOLE_EVERY - 1);
      await this.#inspector.pressAgain(this.#life, random);
      await this.#tradeUntil(random, instant);
    }
    this.#around.calm();
    this.#inspector.killed();
    this.#around.meanwhile(random);
  }

  #begin(): void {
    this.#life = this.#next;
    this.#next = this.#spawn();
    this.#witness.newLife();
    this.#life.onReport = (report) => this.#witness.hear(report);
  }

  async #tradeUntil(random: Sequence, instant: Instant): Promise<void> {
    this.#around.spoilTraffic(random);
    const stop = this.#around.busy(new Sequence(hash(this.#options.seed, this.kills, 2)));
    const killed = this.#killAt(instant);
    this.#life.trade({
      seed: hash(this.#options.seed, this.kills, 3),
      accountId: this.#awakening.accountId,
      first: this.#witness.nextWish,
      firstDeed: this.#witness.nextDeed,
      middle: MIDDLE,
      quantities: QUANTITIES,
      tooMuch: TOO_MUCH,
      engageAfter: random.below(6) === 0 ? 1 + random.below(8) : null,
      lanes: 2 + random.below(4),
      actions: 40,
    });
    try {
      await killed;
    } finally {
      stop();
    }
  }

  /** Resolves when the program is dead. One whose moment does not come is killed a while after its traffic ended. */
  #killAt({ moment, count, ms }: Instant): Promise<void> {
    let left = count;
    let isOver = false;
    return new Promise((resolve, reject) => {
      const come = (after: number): void => {
        if (isOver) return;
        isOver = true;
        this.#killIn(after).then(resolve, reject);
      };
      const happened = (what: string): void => {
        if (what === moment && (left -= 1) <= 0) come(ms);
      };
      this.#around.onArrival = () => happened('arrival');
      this.#around.onFill = () => happened('fill');
      this.#life.onReport = (report: Report) => {
        this.#witness.hear(report);
        if (report.kind === 'idle') come(CALM_MS);
        else happened(report.kind);
      };
      if (moment === 'anyTime' || moment === 'start') come(ms);
      const stuck = setTimeout(() => {
        const waiting = this.#witness.unanswered().map(({ wish }) => String(wish.intent));
        const deeds = this.#witness.undone().map(({ deed }) => `${deed.what} ${deed.clientOrderId ?? ''}`);
        reject(
          new Error(`The program hangs: no answer to wishes ${waiting.join(', ')}; ${deeds.join(', ')}`),
        );
      }, STUCK_MS);
      void this.#life.ended.then(() => {
        clearTimeout(stuck);
        if (!isOver) reject(new Error('The program ended by itself.'));
      });
    });
  }

  async #killIn(ms: number): Promise<void> {
    if (ms > 0) await pause(ms);
    await this.#life.kill();
  }
}
