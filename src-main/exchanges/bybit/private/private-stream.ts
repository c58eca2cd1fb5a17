/**
 * What happens on an account (sheet 5.5). The stream sends changes only: after each connect everything is loaded by
 * REST, told, and then called live. Messages come late, twice and for markets that we do not know yet.
 */
import { toHoldfastError } from '../../../errors.ts';
import type { After } from '../../../market/shared-stream.ts';
import type { SocketSession, SocketState } from '../../../net/types.ts';
import type { AccountEvent, Balance, StreamState, Unsubscribe } from '../../exchange.ts';
import { read } from '../payload.ts';
import { type AccountContext, timeOf } from './account-context.ts';
import { AccountState, type Heard } from './account-state.ts';
import type { AccountInfo } from './account-info.ts';
import { unifiedCoins } from './balances.ts';
import { isFunding, readFill } from './executions.ts';
import { WALLET } from './forms.ts';
import type { ListedOrder } from './order-lists.ts';
import { knownCategory, readOrder, spotFilterOf } from './order-mapping.ts';
import type { OrderMemory } from './order-memory.ts';
import { openPrivateSocket, type PrivateSocketParts } from './private-socket.ts';
import { type PositionRow, readPosition } from './positions.ts';

/** An acknowledgement that does not come by then is not waited for. */
const SUBSCRIBED_MS = 5_000;
const RETRY_MS = 2_000;
const RETRY_MAX_MS = 30_000;
/** While unreadable messages keep coming: reloading everything each time would use the limits up. */
const DOUBT_MAX_MS = 60_000;
/** Execution ids that are remembered, so that a fill told twice is told on once. */
const MOST_FILLS = 5_000;
const LOCKED = 'The vault is locked.';
const UNREADABLE = 'Bybit sent something that Holdfast could not read.';
/** Kinds that trying again does not mend. */
const FOR_GOOD: ReadonlySet<string> = new Set(['auth', 'locked', 'permission']);

export interface Present {
  readonly orders: readonly ListedOrder[];
  readonly positions: readonly PositionRow[];
  readonly balances: readonly Balance[];
}

export interface StreamParts extends Omit<
  PrivateSocketParts,
  'onFrame' | 'onState' | 'onLocked' | 'onSubscribed' | 'onRefused'
> {
  readonly context: AccountContext;
  readonly info: AccountInfo;
  readonly memory: OrderMemory;
  /** Everything by REST. */
  readonly load: () => Promise<Present>;
  readonly after: After;
  readonly onOpen: () => void;
  readonly onAttempt: (succeeded: boolean) => void;
}

type Listener = (event: AccountEvent) => void;

interface Message {
  readonly topic?: unknown;
  readonly creationTime?: unknown;
  readonly data?: unknown;
}

export class PrivateStream {
  readonly #parts: StreamParts;
  readonly #listeners = new Set<Listener>();
  readonly #state = new AccountState();
  readonly #fillIds = new Set<string>();
  #session: SocketSession | null = null;
  #phase: { state: StreamState; reason: string | undefined } = { state: 'connecting', reason: undefined };
  /** Set while REST is being asked: what the stream says meanwhile. */
  #heard: Heard | null = null;
  #run = 0;
  #failures = 0;
  /** An unreadable message came while REST was asked: what that loads may be older than it. */
  #isInDoubt = false;
  /** Reloads for unreadable messages, each of them soon after the one before. */
  #doubts = 0;
  #lastDoubtAt = 0;
  /** On this connection the topics were acknowledged. */
  #isSubscribed = false;
  /** How often topics were refused. */
  #refusals = 0;
  #stopRetry: (() => void) | null = null;
  /** Messages are worked through one after the other: a market that has to be looked up first delays the rest. */
  #queue: Promise<void> = Promise.resolve();

  constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  get session(): SocketSession | null {
    return this.#session;
  }

  subscribe(listener: Listener): Unsubscribe {
    this.#listeners.add(listener);
    if (this.#phase.state === 'live' && this.#session !== null) this.#tellAll((event) => listener(event));
    else listener(stateEvent(this.#phase));
    this.#open();
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.close();
    };
  }

  /** After sleep or an unlock: looks at the connection at once. A refused key is not tried again by this. */
  wake(): void {
    if (this.#listeners.size === 0 || this.#phase.state === 'failed') return;
    if (this.#session === null) this.#open();
    else this.#session.wake();
  }

  /** The key was found to be good: a stream that had given up starts anew. */
  retry(): void {
    if (this.#listeners.size === 0 || this.#phase.state !== 'failed') return;
    this.#stop();
    this.#open();
  }

  close(): void {
    this.#stop();
    this.#refusals = 0;
    this.#doubts = 0;
    this.#phase = { state: 'connecting', reason: undefined };
  }

  #open(): void {
    if (this.#session !== null) return;
    this.#parts.onOpen();
    this.#session = openPrivateSocket({
      ...this.#parts,
      onFrame: (text) => this.#enqueue(text),
      onState: (state, reason) => this.#socketState(state, reason),
      onLocked: () => this.#locked(),
      onSubscribed: () => this.#subscribed(),
      onRefused: (error) => this.#refused(error),
    });
  }

  #subscribed(): void {
    const isAwaited = !this.#isSubscribed;
    this.#isSubscribed = true;
    if (isAwaited && this.#session?.state === 'live') void this.#load();
  }

  /** Without a topic nobody would tell what happens: not live, and tried on a new connection a little later. */
  #refused(error: Error): void {
    // Every topic of the request says so; the first one has ended this connection.
    if (this.#session === null) return;
    this.#stop();
    this.#enter('stale', toHoldfastError(error).message);
    const wait = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** this.#refusals);
    this.#refusals += 1;
    this.#stopRetry = this.#parts.after(wait, () => this.#open());
  }

  /**
   * What happens before the topics count is told by nobody, so that everything is asked for after that only. A
   * connection that was in doubt and spoke again has its topics still.
   */
  #loadOnceSubscribed(): void {
    if (this.#isSubscribed) return void this.#load();
    this.#abandonLoad();
    this.#heard = { positions: [], balances: [] };
    this.#stopRetry = this.#parts.after(SUBSCRIBED_MS, () => void this.#load());
  }

  /** Quietly: nothing is tried again until somebody unlocked and asks. */
  #locked(): void {
    this.#stop();
    this.#enter('stale', LOCKED);
  }

  #stop(): void {
    const session = this.#session;
    this.#session = null;
    this.#isSubscribed = false;
    this.#abandonLoad();
    session?.close();
  }

  #abandonLoad(): void {
    this.#run += 1;
    this.#heard = null;
    this.#isInDoubt = false;
    this.#stopRetry?.();
    this.#stopRetry = null;
  }

  #socketState(state: SocketState, reason: string | null): void {
    if (state === 'closed' || state === 'idle') return;
    if (state === 'live') {
      this.#parts.onAttempt(true);
      this.#failures = 0;
      this.#loadOnceSubscribed();
      return;
    }
    if (state !== 'stale') this.#isSubscribed = false;
    if (state === 'backingOff') this.#parts.onAttempt(false);
    this.#abandonLoad();
    if (state === 'failed') this.#enter('failed', reason ?? undefined);
    else if (this.#phase.state === 'live' || this.#phase.state === 'stale') {
      this.#enter('stale', reason ?? this.#phase.reason);
    } else this.#enter('connecting', reason ?? undefined);
  }

  /** Everything by REST, then `live`. Never rejects. */
  async #load(): Promise<void> {
    this.#abandonLoad();
    const run = this.#run;
    const heard: Heard = { positions: [], balances: [] };
    this.#heard = heard;
    const askedAt = this.#parts.context.now();
    try {
      const present = await this.#parts.load();
      await this.#queue;
      if (run !== this.#run) return;
      this.#heard = null;
      this.#state.load(present.positions, present.balances, heard);
      this.#parts.memory.replaceOpen(present.orders, askedAt);
      this.#failures = 0;
      if (this.#isInDoubt) {
        this.#tellPresent((event) => this.#emit(event));
        return this.#loadAfterDoubt();
      }
      this.#phase = { state: 'live', reason: undefined };
      this.#tellAll((event) => this.#emit(event));
    } catch (caught) {
      if (run === this.#run) this.#loadFailed(caught);
    }
  }

  #loadFailed(caught: unknown): void {
    const error = toHoldfastError(caught);
    this.#heard = null;
    if (error.kind === 'locked') return this.#locked();
    if (FOR_GOOD.has(error.kind)) {
      this.#stop();
      this.#enter('failed', error.message);
      return;
    }
    this.#enter(this.#phase.state === 'connecting' ? 'connecting' : 'stale', error.message);
    this.#loadLater();
  }

  #loadLater(): void {
    this.#stopRetry?.();
    const wait = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#stopRetry = this.#parts.after(wait, () => void this.#load());
  }

  #tellAll(tell: (event: AccountEvent) => void): void {
    this.#tellPresent(tell);
    tell(stateEvent(this.#phase));
  }

  #tellPresent(tell: (event: AccountEvent) => void): void {
    for (const order of this.#parts.memory.open()) tell({ kind: 'order', order });
    tell({ kind: 'positions', positions: this.#state.positions() });
    tell({ kind: 'balances', balances: this.#state.balances() });
  }

  #enqueue(text: string): void {
    const session = this.#session;
    this.#queue = this.#queue.then(async () => {
      // A message of a connection that is gone says nothing about what the next one loads.
      if (session === null || session !== this.#session) return;
      try {
        await this.#message(text);
      } catch {
        this.#distrust();
      }
    });
  }

  /** A message that could not be read may have been anything: all is loaded anew, after it. */
  #distrust(): void {
    // Before the topics count, or waiting to try again, everything is still to be asked for.
    if (this.#stopRetry !== null) return;
    if (this.#heard === null) this.#loadAfterDoubt();
    else this.#isInDoubt = true;
  }

  /** Waits twice as long each time while doubts keep coming: a field that we cannot read may be in every message. */
  #loadAfterDoubt(): void {
    const now = this.#parts.context.now();
    if (now - this.#lastDoubtAt > 2 * DOUBT_MAX_MS) this.#doubts = 0;
    this.#lastDoubtAt = now;
    const wait = Math.min(DOUBT_MAX_MS, RETRY_MS * 2 ** this.#doubts);
    this.#doubts += 1;
    this.#isInDoubt = false;
    this.#enter(this.#phase.state === 'connecting' ? 'connecting' : 'stale', UNREADABLE);
    this.#stopRetry = this.#parts.after(wait, () => void this.#load());
  }

  async #message(text: string): Promise<void> {
    const message = JSON.parse(text) as Message | null;
    if (typeof message?.topic !== 'string' || !Array.isArray(message.data)) return;
    const [topic] = message.topic.split('.');
    const rows = message.data as readonly unknown[];
    if (topic === 'order') await this.#orders(rows);
    else if (topic === 'execution') await this.#fills(rows);
    else if (topic === 'position') await this.#positions(rows);
    else if (topic === 'wallet') this.#wallet(rows, timeOf(message.creationTime as string | number));
  }

  async #orders(rows: readonly unknown[]): Promise<void> {
    for (const row of rows) {
      const category = knownCategory((row as { category?: unknown } | null)?.category);
      if (category === null) continue;
      const order = await readOrder(this.#parts.context, category, row);
      if (this.#parts.memory.hear(order, spotFilterOf(row as object))) this.#emit({ kind: 'order', order });
    }
  }

  async #fills(rows: readonly unknown[]): Promise<void> {
    for (const row of rows) {
      const category = knownCategory((row as { category?: unknown } | null)?.category);
      if (category === null || isFunding(row)) continue;
      const fill = await readFill(this.#parts.context, category, row);
      if (this.#fillIds.has(fill.id)) continue;
      this.#fillIds.add(fill.id);
      if (this.#fillIds.size > MOST_FILLS) {
        const [oldest] = this.#fillIds;
        if (oldest !== undefined) this.#fillIds.delete(oldest);
      }
      this.#emit({ kind: 'fill', fill });
    }
  }

  async #positions(rows: readonly unknown[]): Promise<void> {
    const { context, info } = this.#parts;
    const read: PositionRow[] = [];
    for (const row of rows) {
      const category = knownCategory((row as { category?: unknown } | null)?.category);
      if (category === null || category === 'spot') continue;
      read.push(await readPosition(context, category, row, info.lastMarginMode));
    }
    if (this.#heard !== null) this.#heard.positions.push(...read);
    else if (this.#state.hearPositions(read)) {
      this.#emit({ kind: 'positions', positions: this.#state.positions() });
    }
  }

  #wallet(rows: readonly unknown[], time: number): void {
    const { context } = this.#parts;
    const balances = rows.flatMap((row) => {
      const wallet = read(WALLET, row, context.unknown);
      return wallet.accountType === 'UNIFIED' ? unifiedCoins(context, wallet, time) : [];
    });
    if (this.#heard !== null) this.#heard.balances.push(...balances);
    else if (this.#state.hearBalances(balances)) {
      this.#emit({ kind: 'balances', balances: this.#state.balances() });
    }
  }

  #enter(state: StreamState, reason: string | undefined): void {
    if (this.#phase.state === state && this.#phase.reason === reason) return;
    this.#phase = { state, reason };
    this.#emit(stateEvent(this.#phase));
  }

  #emit(event: AccountEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

function stateEvent({ state, reason }: { state: StreamState; reason: string | undefined }): AccountEvent {
  return { kind: 'state', state, ...(reason === undefined ? {} : { reason }) };
}
