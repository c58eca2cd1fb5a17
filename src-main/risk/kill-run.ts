import type { KillStep, KillSwitchStatus } from '../../src-preload/contract/types/risk.ts';
import type { Order, Position } from '../../src-preload/contract/types/trading.ts';
import { toHoldfastError } from '../errors.ts';
import type { AccountSession } from '../trading/account-sessions.ts';
import type { CancelJournal } from '../trading/cancel-journal.ts';
import { isNamed, named, venueRef } from '../trading/order-identity.ts';
import type { Note } from '../trading/order-keeper.ts';
import { isConfirmed, isFinal } from '../trading/order-states.ts';
import { KillAnswers } from './kill-answers.ts';
import { KillSteps, orderKey, positionKey } from './kill-steps.ts';

/** Waits between rounds, ms: what a venue refuses for being asked too often is asked less often. */
const BACKOFF_MS = [1000, 2000, 5000, 10_000, 30_000, 60_000];
/** Waits before the looks of one round: a venue lists a cancelled order for some moments more. */
const LOOKS_MS = [0, 250, 750, 1500];
/** Before one more look at an account that is empty, but told something meanwhile. */
const SOON_MS = 250;
/** Orders cancelled one by one at a time. */
const AT_ONCE = 8;
const NOT_JOURNALED = 'Its cancel left before it could be written to the journal.';

export interface KillRunParts {
  readonly session: AccountSession;
  /** What we know of the account's orders. */
  readonly orders: {
    get(accountId: string, clientOrderId: string): Order | null;
    open(accountId: string): readonly Order[];
    hear(order: Order, note?: Note): Order;
  };
  readonly journal: Pick<CancelJournal, 'intend' | 'answered'>;
  readonly clock: () => number;
  /** Sends what closes a position. */
  readonly close: (position: Position) => Promise<unknown>;
  readonly flatten: () => boolean;
  readonly wait: (ms: number) => Promise<void>;
  readonly onChanged: () => void;
  /** Steps of an earlier run. */
  readonly known: readonly KillStep[];
}

type Progress = Exclude<KillSwitchStatus['progress'], 'off'>;

/** Ends everything on one account: cancels, closes, asks the venue whether it is so, and again until it is. */
export class KillRun {
  readonly session: AccountSession;
  readonly #parts: KillRunParts;
  readonly #steps: KillSteps;
  readonly #answers: KillAnswers;
  #progress: Progress = 'working';
  #running = false;
  /** Something happened since the round began. */
  #isStale = false;
  #wake: () => void = () => undefined;
  #stopped = false;

  constructor(parts: KillRunParts) {
    this.#parts = parts;
    this.session = parts.session;
    this.#steps = new KillSteps(parts.session.account.id, parts.known);
    this.#answers = new KillAnswers(parts);
  }

  get progress(): Progress {
    return this.#progress;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  steps(): readonly KillStep[] {
    return this.#steps.all();
  }

  /** Begins, or looks again at once. */
  kick(): void {
    this.#isStale = true;
    this.#wake();
    if (!this.#running && !this.#stopped) void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    this.#running = true;
    for (let attempt = 0; !this.#stopped; attempt += 1) {
      this.#isStale = false;
      this.#tell('working');
      const isDone = await this.#round(attempt);
      if (this.#stopped) break;
      if (isDone && !this.#isStale) {
        this.#tell('verified');
        break;
      }
      if (!isDone) this.#tell('incomplete');
      // What the round itself sent is news, too: only a round that left nothing may be followed at once.
      const wait = BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length - 1)] ?? 0;
      await this.#pause(isDone ? SOON_MS : wait);
    }
    this.#running = false;
  }

  #tell(progress: Progress): void {
    this.#progress = progress;
    this.#parts.onChanged();
  }

  /** Until the time is over or somebody has news. */
  async #pause(ms: number): Promise<void> {
    await Promise.race([
      this.#parts.wait(ms),
      new Promise<void>((resolve) => {
        this.#wake = resolve;
      }),
    ]);
  }

  /** Whether the venue says that nothing is left. */
  async #round(attempt: number): Promise<boolean> {
    try {
      const isEmpty = await this.#endOrders(attempt);
      if (!this.#parts.flatten()) {
        this.#steps.account(null);
        return isEmpty;
      }
      const isFlat = await this.#endPositions();
      // What was closed may have left stops behind, or an order filled meanwhile.
      const isStillEmpty = isEmpty && (await this.#lookAtOrders()).length === 0;
      this.#steps.account(null);
      return isFlat && isStillEmpty && this.#unsure().length === 0;
    } catch (error) {
      this.#steps.account(toHoldfastError(error).message);
      return false;
    }
  }

  async #endOrders(attempt: number): Promise<boolean> {
    const { session, orders, wait } = this.#parts;
    for (const order of orders.open(session.account.id))
      this.#steps.order(order, { result: 'pending', message: null });
    const failure = await this.#cancelAll(attempt);
    let left: readonly Order[] = [];
    for (const ms of LOOKS_MS) {
      await wait(ms);
      left = await this.#lookAtOrders();
      if ((left.length === 0 && this.#unsure().length === 0) || this.#stopped) break;
    }
    for (const order of left)
      this.#steps.order(order, { result: 'left', message: failure ?? 'The venue still lists it as open.' });
    await this.#settleEnded(new Set(left.map(orderKey)));
    return left.length === 0 && this.#unsure().length === 0;
  }

  /** Answers why it failed; what is still open is asked all the same. */
  async #cancelAll(attempt: number): Promise<string | null> {
    const { trading, account } = this.session;
    if (!account.uses.includes('trade')) return 'This account is set to reading only: cancel at the venue.';
    await this.#answers.intend(this.#parts.orders.open(account.id));
    if (this.#stopped) return null;
    try {
      // What one call for everything leaves behind is cancelled by name.
      if (attempt >= 2) await this.#cancelEach(await trading.openOrders());
      return await this.#cancelInOne();
    } catch (error) {
      return toHoldfastError(error).message;
    }
  }

  async #cancelInOne(): Promise<string | null> {
    const { orders, clock } = this.#parts;
    const targets = orders.open(this.session.account.id);
    const at = clock();
    try {
      const ids = new Set(await this.session.trading.cancelAll());
      this.#answers.heard(targets, at, (order) => (isNamed(order, ids) ? 'cancelled' : null));
      return null;
    } catch (thrown) {
      const error = toHoldfastError(thrown);
      this.#answers.heard(targets, at, () => error);
      return error.message;
    }
  }

  async #cancelEach(left: readonly Order[]): Promise<void> {
    for (let from = 0; from < left.length && !this.#stopped; from += AT_ONCE) {
      await Promise.all(left.slice(from, from + AT_ONCE).map((order) => this.#cancelOne(order)));
    }
  }

  /** Never rejects: what is left is seen by the look that follows. */
  async #cancelOne(listed: Order): Promise<void> {
    const order = named(listed);
    const at = this.#parts.clock();
    try {
      this.#parts.orders.hear(await this.session.trading.cancel(venueRef(order)));
      this.#answers.heard([order], at, () => 'cancelled');
    } catch (thrown) {
      this.#answers.heard([order], at, () => toHoldfastError(thrown));
    }
  }

  async #lookAtOrders(): Promise<readonly Order[]> {
    const open = await this.session.trading.openOrders();
    for (const order of open) this.#parts.orders.hear(order);
    return open.filter(({ state }) => !isFinal(state));
  }

  /** Orders on their way: the venue not listing them proves nothing. */
  #unsure(): readonly Order[] {
    return this.#parts.orders.open(this.session.account.id).filter(({ state }) => !isConfirmed(state));
  }

  /** Says how each order ended that the venue lists no more: by its stream, or else by asking. */
  async #settleEnded(left: ReadonlySet<string>): Promise<void> {
    const { session, orders } = this.#parts;
    const unsure = new Set(this.#unsure().map(orderKey));
    for (const order of orders.open(session.account.id)) {
      if (left.has(orderKey(order)) || unsure.has(orderKey(order)) || this.#stopped) continue;
      const found = await session.trading.findOrder(venueRef(order)).catch(() => null);
      if (found !== null) orders.hear(found, { kind: 'lookedUp', detail: 'killSwitch' });
    }
    this.#steps.settleAbsent('order', left, ({ symbol, name }) => {
      const order = orders.get(session.account.id, name);
      if (order !== null && unsure.has(orderKey({ ...order, symbol })))
        return {
          result: 'unknown',
          message: order.reason ?? 'The venue has not said yet whether it has it.',
        };
      const unwritten = order !== null && this.#answers.isUnwritten(order) ? NOT_JOURNALED : null;
      if (order?.state === 'filled') return { result: 'filledBefore', message: unwritten };
      if (order !== null && isFinal(order.state)) return { result: 'gone', message: unwritten };
      const unsaid = 'The venue lists it no more, but does not say how it ended.';
      return { result: 'gone', message: unwritten === null ? unsaid : `${unsaid} ${unwritten}` };
    });
  }

  async #endPositions(): Promise<boolean> {
    const { session, close, wait } = this.#parts;
    let left: readonly Position[] = await session.trading.positions();
    // Released while the venue was asked: what is open now is the person's.
    if (this.#stopped) return false;
    const failures = new Map<string, string>();
    for (const position of left) this.#steps.position(position, { result: 'pending', message: null });
    this.#parts.onChanged();
    await Promise.all(
      left.map((position) =>
        close(position).catch((error: unknown) => {
          failures.set(positionKey(position), toHoldfastError(error).message);
        }),
      ),
    );
    for (const ms of left.length === 0 ? [] : LOOKS_MS) {
      await wait(ms);
      left = await session.trading.positions();
      if (left.length === 0 || this.#stopped) break;
    }
    for (const position of left) {
      const message = failures.get(positionKey(position)) ?? 'The venue still shows it.';
      this.#steps.position(position, { result: 'left', message });
    }
    this.#steps.settleAbsent('position', new Set(left.map(positionKey)), () => ({
      result: 'gone',
      message: null,
    }));
    return left.length === 0;
  }
}
