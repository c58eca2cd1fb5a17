import * as z from 'zod/mini';
import type { Domain, TopicEntry } from '../../src-preload/contract/define.ts';
import type { TopicSources } from '../../src-preload/contract/index.ts';
import type { ErrorShape, Result } from '../../src-preload/contract/result.ts';
import { HoldfastError } from '../errors.ts';
import { failureOf, type FailureLog } from './failure.ts';
import { parseInput } from './parse-input.ts';
import { lockedError, requireCapability, type Gate } from './router.ts';
import { systemScheduler, type Scheduler } from './scheduler.ts';
import type { KnownWindows, SenderEvent, WindowGrant } from './sender.ts';
import { Subscription } from './subscription.ts';

/** The window's side of a push, as Electron's webContents offers it. */
export interface PushTarget {
  readonly id: number;
  isDestroyed(): boolean;
  send(channel: string, ...values: unknown[]): void;
}

export interface TopicEvent extends SenderEvent {
  readonly sender: PushTarget;
}

type TopicListener = (event: TopicEvent, message: unknown) => void;

/** The part of Electron's ipcMain that topics use. */
export interface IpcMessages {
  on(channel: string, listener: TopicListener): unknown;
  removeListener(channel: string, listener: TopicListener): unknown;
}

export interface TopicGate extends Gate {
  /** Calls back each time the vault has locked; the returned function stops that. */
  onLock(listener: () => void): () => void;
}

export interface TopicServerParts {
  readonly ipc: IpcMessages;
  readonly windows: KnownWindows;
  readonly gate: TopicGate;
  readonly log: FailureLog;
  readonly contract: Readonly<Record<string, Domain>>;
  /** Complete by type: a topic of the contract without a source does not compile. */
  readonly sources: TopicSources;
  readonly scheduler?: Scheduler;
}

type Source = (params: unknown, emit: (event: unknown) => void) => () => void;

interface Open {
  readonly id: string;
  readonly target: PushTarget;
  readonly unlocked: boolean;
  readonly subscription: Subscription;
  disposeSource: () => void;
}

/** A page needs a few dozen; more is a leak or an attack. */
export const MAX_SUBSCRIPTIONS = 100;

const subscriptionId = z.string().check(z.regex(/^s\d{1,9}$/));
const openMessage = z.strictObject({
  id: subscriptionId,
  topic: z.string().check(z.maxLength(64)),
  params: z.unknown(),
});
const idMessage = z.strictObject({ id: subscriptionId });

/**
 * Serves the topics of the contract: opens a source per subscription, paces what it emits, and closes it when
 * the window unsubscribes, reloads or goes, or when the vault locks under a topic that needs it open.
 */
export class TopicServer {
  readonly #parts: TopicServerParts;
  readonly #scheduler: Scheduler;
  readonly #open = new Map<number, Map<string, Open>>();
  readonly #listeners: readonly (readonly [string, TopicListener])[];
  readonly #stopLockWatch: () => void;

  constructor(parts: TopicServerParts) {
    this.#parts = parts;
    this.#scheduler = parts.scheduler ?? systemScheduler;
    this.#listeners = [
      ['topic:open', (event, message) => this.#guarded('topic:open', () => this.#onOpen(event, message))],
      ['topic:close', (event, message) => this.#guarded('topic:close', () => this.#onClose(event, message))],
      ['topic:ack', (event, message) => this.#guarded('topic:ack', () => this.#onAck(event, message))],
    ];
    for (const [channel, listener] of this.#listeners) parts.ipc.on(channel, listener);
    this.#stopLockWatch = parts.gate.onLock(() => this.#closeUnlockedTopics());
  }

  /** Closes all subscriptions of a window: it navigates, reloads, crashed or is gone. */
  closeWindow(windowId: number): void {
    for (const open of [...this.#ofWindow(windowId).values()]) this.#close(open);
  }

  /** How many subscriptions are open, for the health view and for tests of leaks. */
  get openCount(): number {
    return [...this.#open.values()].reduce((sum, subscriptions) => sum + subscriptions.size, 0);
  }

  dispose(): void {
    for (const [channel, listener] of this.#listeners) this.#parts.ipc.removeListener(channel, listener);
    this.#stopLockWatch();
    for (const windowId of [...this.#open.keys()]) this.closeWindow(windowId);
  }

  /** A message that is refused before it has an id cannot be answered: it is noted and dropped. */
  #guarded(channel: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#parts.log.warn(
        { where: channel, code: failureOf(error, channel, this.#parts.log).code },
        'message refused',
      );
    }
  }

  #onOpen(event: TopicEvent, message: unknown): void {
    const grant = this.#parts.windows.check(event);
    const { id, topic, params } = parseInput(openMessage, message);
    try {
      this.#start(event.sender, grant, id, topic, params);
    } catch (error) {
      this.#push(event.sender, id, { ok: false, error: failureOf(error, `topic:${topic}`, this.#parts.log) });
    }
  }

  #onClose(event: TopicEvent, message: unknown): void {
    const grant = this.#parts.windows.check(event);
    const open = this.#ofWindow(grant.windowId).get(parseInput(idMessage, message).id);
    if (open !== undefined) this.#close(open);
  }

  #onAck(event: TopicEvent, message: unknown): void {
    const grant = this.#parts.windows.check(event);
    this.#ofWindow(grant.windowId).get(parseInput(idMessage, message).id)?.subscription.taken();
  }

  #start(target: PushTarget, grant: WindowGrant, id: string, topic: string, params: unknown): void {
    const { entry, source } = this.#find(topic);
    requireCapability(grant, entry, topic);
    if (entry.unlocked && !this.#parts.gate.isUnlocked()) throw lockedError();
    const parsed = parseInput(entry.params, params);
    const subscriptions = this.#ofWindow(grant.windowId);
    if (subscriptions.has(id)) throw new HoldfastError('badInput', 'topic.duplicateId', 'This id is in use.');
    if (subscriptions.size >= MAX_SUBSCRIPTIONS) {
      throw new HoldfastError(
        'throttled',
        'topic.tooMany',
        `At most ${MAX_SUBSCRIPTIONS} subscriptions at once.`,
      );
    }
    const open: Open = {
      id,
      target,
      unlocked: entry.unlocked,
      disposeSource: () => undefined,
      subscription: new Subscription({
        delivery: entry.delivery,
        scheduler: this.#scheduler,
        deliver: (value) => this.#push(target, id, { ok: true, value }),
        onOverflow: () => this.#closeWith(open, overflowError().toShape()),
      }),
    };
    subscriptions.set(id, open);
    this.#open.set(grant.windowId, subscriptions);
    this.#openSource(open, source, parsed);
  }

  /** A source may emit, overflow or lose its window while it opens: then it is disposed as soon as it has. */
  #openSource(open: Open, source: Source, params: unknown): void {
    try {
      const dispose = source(params, (event) => open.subscription.emit(event));
      if (this.#ofWindow(open.target.id).get(open.id) === open) open.disposeSource = dispose;
      else dispose();
    } catch (error) {
      this.#close(open);
      throw error;
    }
  }

  #find(topic: string): { entry: TopicEntry; source: Source } {
    const [domainName = '', name = '', ...rest] = topic.split('.');
    const { contract, sources } = this.#parts;
    const topics = Object.hasOwn(contract, domainName) ? contract[domainName]?.topics : undefined;
    const entry = topics !== undefined && Object.hasOwn(topics, name) ? topics[name] : undefined;
    if (entry === undefined || rest.length > 0) {
      throw new HoldfastError('notFound', 'topic.unknown', 'There is no such topic.');
    }
    const domain = (sources as unknown as Record<string, Record<string, Source>>)[domainName];
    const source = domain?.[name];
    if (domain === undefined || source === undefined) throw new Error(`no source for ${topic}`);
    return { entry, source: source.bind(domain) };
  }

  #closeUnlockedTopics(): void {
    for (const subscriptions of this.#open.values()) {
      for (const open of [...subscriptions.values()]) {
        if (open.unlocked) this.#closeWith(open, lockedError().toShape());
      }
    }
  }

  #closeWith(open: Open, error: ErrorShape): void {
    this.#close(open);
    this.#push(open.target, open.id, { ok: false, error });
  }

  #close(open: Open): void {
    open.subscription.close();
    const subscriptions = this.#ofWindow(open.target.id);
    if (subscriptions.get(open.id) === open) subscriptions.delete(open.id);
    if (subscriptions.size === 0) this.#open.delete(open.target.id);
    this.#guarded(`close ${open.id}`, open.disposeSource);
  }

  #push(target: PushTarget, id: string, result: Result<unknown>): void {
    if (target.isDestroyed()) return this.closeWindow(target.id);
    target.send('topic:event', id, result);
  }

  #ofWindow(windowId: number): Map<string, Open> {
    return this.#open.get(windowId) ?? new Map<string, Open>();
  }
}

function overflowError(): HoldfastError {
  const text = 'The window fell behind; the view starts afresh.';
  return new HoldfastError('throttled', 'topic.overflow', text, { action: 'resubscribe' });
}
