import type { PowerMonitor } from 'electron';
import { ScreenLockListener, type ScreenLockEvents, type ScreenLockSupport } from './dbus/screen-lock.ts';

export type PowerEvent = 'suspend' | 'resume' | 'lock-screen' | 'unlock-screen';

/** How screen locks are learnt: from the system, over D-Bus (Linux), or not at all. */
export type ScreenLockSource = 'system' | 'dbus' | 'none';

export interface SystemPowerParts {
  readonly monitor: Pick<PowerMonitor, 'getSystemIdleTime'> & {
    on(event: PowerEvent, listener: () => void): unknown;
    removeListener(event: PowerEvent, listener: () => void): unknown;
  };
  readonly platform: NodeJS.Platform;
  readonly createListener?: (events: ScreenLockEvents) => Pick<ScreenLockListener, 'start' | 'dispose'>;
}

const EVENTS: readonly PowerEvent[] = ['suspend', 'resume', 'lock-screen', 'unlock-screen'];

/**
 * Sleep, wake, screen lock and idle time from Electron, and on Linux, where Electron knows no screen lock, from
 * D-Bus as well. Both may report the same event: listeners must not mind hearing it twice.
 */
export class SystemPower {
  readonly #parts: SystemPowerParts;
  readonly #listeners = new Map<PowerEvent, Set<() => void>>(EVENTS.map((event) => [event, new Set()]));
  readonly #supportListeners = new Set<(source: ScreenLockSource) => void>();
  readonly #monitored: readonly (readonly [PowerEvent, () => void])[];
  readonly #dbus: Pick<ScreenLockListener, 'start' | 'dispose'> | undefined;
  #source: ScreenLockSource;

  constructor(parts: SystemPowerParts) {
    this.#parts = parts;
    this.#monitored = EVENTS.map((event) => [event, () => this.#emit(event)] as const);
    for (const [event, listener] of this.#monitored) parts.monitor.on(event, listener);
    const linux = parts.platform === 'linux';
    this.#source = linux ? 'none' : 'system';
    if (linux)
      this.#dbus = (parts.createListener ?? ((events) => new ScreenLockListener(events)))(this.#dbusEvents());
  }

  /** On Linux, looks for the message buses. Never rejects. */
  async start(): Promise<void> {
    await this.#dbus?.start();
  }

  /** Where screen locks come from at the moment; `none` has to be said to the user. */
  get screenLockSource(): ScreenLockSource {
    return this.#source;
  }

  /** The returned function stops listening. */
  on(event: PowerEvent, listener: () => void): () => void {
    this.#listeners.get(event)?.add(listener);
    return () => void this.#listeners.get(event)?.delete(listener);
  }

  onScreenLockSource(listener: (source: ScreenLockSource) => void): () => void {
    this.#supportListeners.add(listener);
    return () => void this.#supportListeners.delete(listener);
  }

  /** Whole seconds since the last key or pointer event anywhere on the system. */
  idleSeconds(): number {
    return this.#parts.monitor.getSystemIdleTime();
  }

  dispose(): void {
    for (const [event, listener] of this.#monitored) this.#parts.monitor.removeListener(event, listener);
    this.#dbus?.dispose();
    for (const listeners of this.#listeners.values()) listeners.clear();
    this.#supportListeners.clear();
  }

  #emit(event: PowerEvent): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener();
  }

  #dbusEvents(): ScreenLockEvents {
    return {
      onLock: () => this.#emit('lock-screen'),
      onUnlock: () => this.#emit('unlock-screen'),
      onSuspend: () => this.#emit('suspend'),
      onResume: () => this.#emit('resume'),
      onSupport: (support) => this.#onSupport(support),
    };
  }

  #onSupport({ session, system }: ScreenLockSupport): void {
    const source = session === 'connected' || system === 'connected' ? 'dbus' : 'none';
    if (source === this.#source) return;
    this.#source = source;
    for (const listener of [...this.#supportListeners]) listener(source);
  }
}
