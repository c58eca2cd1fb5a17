/** Stand-ins for the parts of Electron that the border touches, and a clock that tests move by hand. */
import type { Result } from '../../../src-preload/contract/result.ts';
import type { FailureLog } from '../../../src-main/ipc/failure.ts';
import type { IpcCalls } from '../../../src-main/ipc/router.ts';
import type { Scheduler } from '../../../src-main/ipc/scheduler.ts';
import type { FrameLike, SenderEvent } from '../../../src-main/ipc/sender.ts';
import type { IpcMessages, PushTarget, TopicEvent } from '../../../src-main/ipc/topics.ts';

export const ORIGIN = 'app://holdfast';
export const WINDOW = 7;

export const ourFrame: FrameLike = { url: `${ORIGIN}/index.html`, origin: ORIGIN, parent: null };

type CallListener = Parameters<IpcCalls['handle']>[1];
type MessageListener = Parameters<IpcMessages['on']>[1];

export class FakeIpc implements IpcCalls, IpcMessages {
  readonly calls = new Map<string, CallListener>();
  readonly messages = new Map<string, MessageListener>();

  handle(channel: string, listener: CallListener): void {
    if (this.calls.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.calls.set(channel, listener);
  }
  removeHandler(channel: string): void {
    this.calls.delete(channel);
  }
  on(channel: string, listener: MessageListener): void {
    this.messages.set(channel, listener);
  }
  removeListener(channel: string, listener: MessageListener): void {
    if (this.messages.get(channel) === listener) this.messages.delete(channel);
  }

  async invoke(
    channel: string,
    input: unknown,
    event: SenderEvent = { sender: { id: WINDOW }, senderFrame: ourFrame },
  ) {
    const listener = this.calls.get(channel);
    if (listener === undefined) throw new Error(`No handler registered for '${channel}'`);
    return (await listener(event, input)) as Result<unknown>;
  }
}

/** A webContents that keeps what it was sent, and refuses like the real one once it is gone. */
export class FakeTarget implements PushTarget {
  readonly sent: { id: string; result: Result<unknown> }[] = [];
  destroyed = false;
  readonly id: number;
  constructor(id = WINDOW) {
    this.id = id;
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  send(channel: string, id: string, result: Result<unknown>): void {
    if (this.destroyed) throw new TypeError('Object has been destroyed');
    if (channel !== 'topic:event') throw new Error(`unexpected channel ${channel}`);
    this.sent.push({ id, result });
  }
  eventFrom(frame: FrameLike | null = ourFrame): TopicEvent {
    return { sender: this, senderFrame: frame };
  }
}

export class FakeScheduler implements Scheduler {
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];
  now(): number {
    return this.#now;
  }
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }
  get pending(): number {
    return this.#timers.length;
  }
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }
}

export class FakeLog implements FailureLog {
  readonly entries: { level: string; fields: Readonly<Record<string, unknown>>; message: string }[] = [];
  error(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.entries.push({ level: 'error', fields, message });
  }
  warn(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.entries.push({ level: 'warn', fields, message });
  }
}

export class FakeGate {
  open = true;
  readonly #listeners = new Set<() => void>();
  isUnlocked(): boolean {
    return this.open;
  }
  onLock(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
  lock(): void {
    this.open = false;
    for (const listener of this.#listeners) listener();
  }
  get listening(): number {
    return this.#listeners.size;
  }
}
