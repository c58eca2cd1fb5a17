import * as z from 'zod/mini';
import type { KillStep, KillSwitchStatus } from '../../src-preload/contract/types/risk.ts';
import type { Notice } from '../../src-preload/contract/types/app.ts';
import type { Account } from '../../src-preload/contract/types/account.ts';
import type { Instrument, MarketRef } from '../../src-preload/contract/types/market.ts';
import type { Order, OrderDraft, Position, PositionSide } from '../../src-preload/contract/types/trading.ts';
import { toHoldfastError } from '../errors.ts';
import { compareText } from '../market/decimal.ts';
import { Signal } from '../signal.ts';
import type { AccountSession, AccountSessions } from '../trading/account-sessions.ts';
import { closingDraft } from '../trading/order-draft.ts';
import { isFinal } from '../trading/order-states.ts';
import { KillRun } from './kill-run.ts';
import type { KillRunParts } from './kill-run.ts';
import { within } from './within.ts';
import { readDocument, writeDocument } from './stored-document.ts';
import type { DocumentParts } from './stored-document.ts';
import { SWITCH_KEY } from './switch-state.ts';
import type { SwitchState } from './switch-state.ts';

/** What became of each order, for the window after the next unlock. */
const STEPS_KEY = `${SWITCH_KEY}.steps`;
const STEPS = z.array(
  z.strictObject({
    accountId: z.string(),
    kind: z.enum(['order', 'position']),
    symbol: z.string(),
    name: z.string(),
    result: z.enum(['pending', 'gone', 'filledBefore', 'left', 'unknown']),
    message: z.nullable(z.string()),
  }),
);
const WRITE_MS = 1000;
const NOT_WRITTEN = 'risk.killSwitchNotWritten';
const NEW_LEDGER = 'risk.newLedger';

interface Parts extends DocumentParts {
  readonly state: SwitchState;
  readonly sessions: Pick<AccountSessions, 'all' | 'missing' | 'onEvent'>;
  readonly orders: KillRunParts['orders'];
  readonly journal: KillRunParts['journal'];
  /** Each change of an order, our own included. */
  readonly onOrder: (listener: (order: Order) => void) => () => void;
  readonly desk: {
    closePosition(accountId: string, symbol: string, side: PositionSide, intentId: string): Promise<Order>;
    place(draft: OrderDraft, intentId: string): Promise<Order>;
  };
  readonly instrument: (market: MarketRef) => Promise<Instrument>;
  /** `Vault.verify`: the guess throttle is in it. */
  readonly verify: (passphrase: Uint8Array) => Promise<void>;
  readonly newIntentId: () => string;
  readonly wait: (ms: number) => Promise<void>;
  readonly notices: { add(notice: Notice): void; dismiss(id: string): void };
}

/**
 * Stops everything: blocks new orders, cancels on all accounts, closes positions when told so, and asks the
 * venues whether it is so. Goes on after a crash, a lock and a restart, until a person releases it.
 */
export class KillSwitch {
  readonly changed = new Signal<KillSwitchStatus>();
  readonly #parts: Parts;
  readonly #runs = new Map<string, KillRun>();
  readonly #stops: (() => void)[];
  #known: readonly KillStep[] = [];
  #disposed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#stops = [
      parts.sessions.onEvent((session, event) => {
        // Connected now, or again: what is open there is looked at.
        if (event.kind === 'state') this.#look(session, event.state === 'live');
        if (event.kind === 'positions' && event.positions.length > 0 && this.#flattens)
          this.#look(session, false);
      }),
      // Sent before the switch was thrown and journaled after, or placed elsewhere.
      parts.onOrder((order) => {
        if (isFinal(order.state)) return;
        const session = parts.sessions.all().find(({ account }) => account.id === order.accountId);
        if (session !== undefined) this.#look(session, false);
      }),
    ];
  }

  /** Goes on where the last run of Holdfast was. Never rejects: what cannot be read refuses orders by itself. */
  async start(): Promise<void> {
    const record = await this.#parts.state.load().catch(() => null);
    if (record?.engaged !== true) return;
    if (record.reason === 'newLedger') return this.#parts.notices.add(newLedger());
    const read = await readDocument(this.#parts, STEPS_KEY, (value) => z.parse(STEPS, value));
    if (read.kind === 'value') this.#known = read.value;
    this.#lookEverywhere();
  }

  /** Rejects with `risk.unreadable`. */
  async status(): Promise<KillSwitchStatus> {
    await this.#parts.state.load();
    return this.#status();
  }

  /**
   * From now on nothing passes but cancels and closing orders. Answers when that is durable and the work has
   * begun; how it goes on is told by `changed`. A ledger that cannot be written stops nothing of it.
   */
  async engage(flatten: boolean): Promise<KillSwitchStatus> {
    const written = this.#parts.state.engage(flatten);
    // Durable before anything leaves, so that no crash forgets it; but stopping does not wait for a slow disk.
    await within(WRITE_MS, this.#parts.after, written);
    this.#lookEverywhere();
    await this.#told(written);
    return this.#status();
  }

  /** Rejects as `Vault.verify` does, or with a `storage` error; then it is still engaged. */
  async release(passphrase: Uint8Array): Promise<KillSwitchStatus> {
    await this.#parts.verify(passphrase);
    await this.#parts.state.release();
    if (this.#parts.state.now?.engaged !== true) {
      this.#stopRuns();
      this.#known = [];
      this.#parts.notices.dismiss(NOT_WRITTEN);
      this.#parts.notices.dismiss(NEW_LEDGER);
      this.#emit();
    }
    return this.#status();
  }

  /** An account may have been removed: nobody can ask there any more, and what is left stays to be told. */
  accountsChanged(): void {
    const gone = [...this.#runs.values()].filter(({ session }) => !this.#isHere(session.account.id));
    for (const run of gone) run.stop();
    if (gone.length > 0) this.#emit();
  }

  #isHere(accountId: string): boolean {
    const { sessions } = this.#parts;
    return [...sessions.all().map(({ account }) => account), ...sessions.missing()].some(
      ({ id }) => id === accountId,
    );
  }

  /**
   * What was not known to be stopped on accounts that are not here any more, in this run of Holdfast or the last one:
   * it stays unverified until the switch is released.
   */
  #leftBehind(): readonly KillStep[] {
    const runs = [...this.#runs.values()].filter(({ session }) => !this.#isHere(session.account.id));
    const unverified = runs.filter(({ progress }) => progress !== 'verified');
    const earlier = this.#known.filter(
      ({ accountId }) => !this.#runs.has(accountId) && !this.#isHere(accountId),
    );
    const isOpen = ({ result }: KillStep): boolean => result !== 'gone' && result !== 'filledBefore';
    return [
      ...unverified.flatMap((run) => [
        ...run.steps().filter((step) => isOpen(step) && step.symbol !== ''),
        removed(run.session.account),
      ]),
      ...earlier.filter(isOpen),
    ].map((step) => (step.result === 'pending' ? { ...step, result: 'unknown' } : step));
  }

  /** Ends the work; it goes on after the next unlock. */
  dispose(): void {
    this.#disposed = true;
    for (const stop of this.#stops) stop();
    this.#stopRuns();
    this.changed.clear();
  }

  get #flattens(): boolean {
    return this.#parts.state.now?.flatten === true;
  }

  /** Not when it engaged itself: what is open may be the stops of a position, and a person is to look first. */
  get #stopsAll(): boolean {
    const record = this.#parts.state.now;
    return record?.engaged === true && record.reason === undefined;
  }

  #stopRuns(): void {
    for (const run of this.#runs.values()) run.stop();
    this.#runs.clear();
  }

  #lookEverywhere(): void {
    for (const session of this.#parts.sessions.all()) this.#look(session, true);
    this.#emit();
  }

  /** `isForced`: also when the account was verified already and nothing is known to have come since. */
  #look(session: AccountSession, isForced: boolean): void {
    if (this.#disposed || !this.#stopsAll) return;
    const { id } = session.account;
    const present = this.#runs.get(id);
    if (present?.session === session) {
      // What the run itself sends is heard of here, too: it looks once more when it is done.
      if (isForced || present.progress !== 'incomplete') present.kick();
      return;
    }
    present?.stop();
    const run: KillRun = new KillRun({
      session,
      orders: this.#parts.orders,
      journal: this.#parts.journal,
      clock: this.#parts.clock,
      close: (position) => this.#close(session.account, position, () => run.isStopped),
      flatten: () => this.#flattens,
      wait: this.#parts.wait,
      onChanged: () => this.#emit(),
      known: present?.steps() ?? this.#known,
    });
    this.#runs.set(id, run);
    run.kick();
  }

  /** Through the desk, so that it is journaled like any order. */
  #close({ id, venue }: Account, position: Position, isOver: () => boolean): Promise<unknown> {
    const { desk, state, instrument, newIntentId } = this.#parts;
    const { symbol, positionSide, quantity } = position;
    return state.whileClosing(isOver, async () => {
      const { maxMarketQuantity, maxQuantity } = await instrument({ venue, symbol });
      const largest = maxMarketQuantity ?? maxQuantity;
      if (largest === undefined || compareText(quantity, largest) <= 0)
        return desk.closePosition(id, symbol, positionSide, newIntentId());
      // More than the venue takes at once: the next round closes the next part.
      return desk.place({ ...closingDraft(position), accountId: id, quantity: largest }, newIntentId());
    });
  }

  #emit(): void {
    if (this.#disposed || this.#parts.state.now === null) return;
    const status = this.#status();
    this.changed.emit(status);
    if (this.#stopsAll && status.progress !== 'working') void this.#keep(status.steps);
  }

  /** For the next unlock; without it the orders are asked for again, so a failure loses nothing. */
  async #keep(steps: readonly KillStep[]): Promise<void> {
    await writeDocument(this.#parts, STEPS_KEY, steps).catch(() => undefined);
  }

  async #told(written: Promise<void>): Promise<void> {
    this.#parts.notices.dismiss(NEW_LEDGER);
    try {
      await written;
      this.#parts.notices.dismiss(NOT_WRITTEN);
    } catch (error) {
      const { message: reason } = toHoldfastError(error);
      const message = `The kill switch is engaged, but that could not be written down: ${reason} It would be lost when Holdfast ends. Engage it again.`;
      this.#parts.notices.add({ id: NOT_WRITTEN, severity: 'error', code: NOT_WRITTEN, message });
    }
  }

  #status(): KillSwitchStatus {
    const record = this.#parts.state.now;
    if (record?.engaged !== true)
      return { engaged: false, engagedAt: null, flatten: false, progress: 'off', steps: [] };
    const { engagedAt, flatten, reason } = record;
    if (reason !== undefined)
      return { engaged: true, engagedAt, flatten, reason, progress: 'off', steps: [] };
    const sessions = this.#parts.sessions.all();
    const runs = [...this.#runs.values()].filter(({ session }) => sessions.includes(session));
    const absent = this.#parts.sessions.missing();
    const behind = this.#leftBehind();
    const steps = [...runs.flatMap((run) => run.steps()), ...absent.map(notConnected), ...behind];
    // Nobody has been asked yet where there is no run.
    const isWorking = runs.length < sessions.length || sessions.length === 0;
    const isAny = (progress: KillRun['progress']): boolean => runs.some((run) => run.progress === progress);
    const isIncomplete = isAny('incomplete') || absent.length + behind.length > 0;
    const progress = isWorking || isAny('working') ? 'working' : isIncomplete ? 'incomplete' : 'verified';
    return { engaged: true, engagedAt, flatten, progress, steps };
  }
}

const notConnected = ({ id, label }: Account): KillStep => ({
  accountId: id,
  kind: 'order',
  symbol: '',
  name: '',
  result: 'unknown',
  message: `"${label}" is not connected: what is open there is not known. It is dealt with as soon as it is.`,
});

const removed = ({ id, label }: Account): KillStep => ({
  accountId: id,
  kind: 'order',
  symbol: '',
  name: '',
  result: 'unknown',
  message: `"${label}" was removed before its venue had confirmed that nothing is left there: look at the venue.`,
});

const newLedger = (): Notice => ({
  id: NEW_LEDGER,
  severity: 'error',
  code: NEW_LEDGER,
  message:
    "The ledger is new: limits and the kill switch's state are gone. So the kill switch is engaged; nothing was cancelled. Set your limits again, look at what is open, then release it with your passphrase.",
});
