import { sessionBusPath, systemBusPath } from './address.ts';
import { BusConnection, type BusOptions } from './connection.ts';
import type { Message } from './message.ts';

export type BusState = 'connected' | 'unavailable';

/** What this desktop can tell us. Shown in the settings, because a lock that never comes must be known. */
export interface ScreenLockSupport {
  /** Screen savers of the desktop (freedesktop.org and GNOME). */
  readonly session: BusState;
  /** logind: lock requests and sleep. */
  readonly system: BusState;
}

export interface ScreenLockEvents {
  readonly onLock: () => void;
  readonly onUnlock: () => void;
  readonly onSuspend: () => void;
  readonly onResume: () => void;
  readonly onSupport: (support: ScreenLockSupport) => void;
}

interface Bus {
  dispose(): void;
}

export interface ScreenLockParts {
  readonly env?: NodeJS.ProcessEnv;
  readonly open?: (options: BusOptions) => Promise<Bus>;
  /** Calls `run` once after `ms`; the returned function cancels. */
  readonly after?: (ms: number, run: () => void) => () => void;
}

/** A bus that went away (the session restarted it) is looked for again after this long. */
export const RETRY_MS = 30_000;

const SCREEN_SAVERS = ['org.freedesktop.ScreenSaver', 'org.gnome.ScreenSaver'] as const;
const LOGIND = 'org.freedesktop.login1';

const SESSION_RULES = SCREEN_SAVERS.map((name) => `type='signal',interface='${name}',member='ActiveChanged'`);
// The system bus checks the sender, so that another user cannot pretend to be logind.
const SYSTEM_RULES = [
  `type='signal',sender='${LOGIND}',interface='${LOGIND}.Session',member='Lock'`,
  `type='signal',sender='${LOGIND}',interface='${LOGIND}.Session',member='Unlock'`,
  `type='signal',sender='${LOGIND}',interface='${LOGIND}.Manager',member='PrepareForSleep'`,
];

/**
 * Tells when a Linux desktop locks, sleeps and wakes, which Electron does not. A bus that is not there is no
 * error: the support status says so, and idle lock and suspend of Electron remain.
 */
export class ScreenLockListener {
  readonly #events: ScreenLockEvents;
  readonly #parts: Required<ScreenLockParts>;
  readonly #buses = new Map<keyof ScreenLockSupport, Bus>();
  readonly #cancelRetries = new Set<() => void>();
  readonly #ourSession: string | undefined;
  #disposed = false;

  constructor(events: ScreenLockEvents, parts: ScreenLockParts = {}) {
    this.#events = events;
    this.#parts = {
      env: process.env,
      open: (options) => BusConnection.open(options),
      after: afterTimeout,
      ...parts,
    };
    this.#ourSession = sessionPath(this.#parts.env['XDG_SESSION_ID']);
  }

  /** Connects to both buses; settles once it is known which of them are there. Never rejects. */
  async start(): Promise<ScreenLockSupport> {
    const { env } = this.#parts;
    await Promise.all([
      this.#listen('session', sessionBusPath(env), SESSION_RULES),
      this.#listen('system', systemBusPath(env), SYSTEM_RULES),
    ]);
    return this.support;
  }

  get support(): ScreenLockSupport {
    const state = (name: keyof ScreenLockSupport): BusState =>
      this.#buses.has(name) ? 'connected' : 'unavailable';
    return { session: state('session'), system: state('system') };
  }

  dispose(): void {
    this.#disposed = true;
    for (const cancel of this.#cancelRetries) cancel();
    for (const bus of this.#buses.values()) bus.dispose();
    this.#buses.clear();
  }

  async #listen(
    name: keyof ScreenLockSupport,
    path: string | undefined,
    matchRules: readonly string[],
  ): Promise<void> {
    if (path === undefined) return this.#events.onSupport(this.support);
    const onEnd = (): void => {
      this.#buses.delete(name);
      this.#events.onSupport(this.support);
      this.#retry(() => void this.#listen(name, path, matchRules));
    };
    try {
      const bus = await this.#parts.open({
        path,
        matchRules,
        onSignal: (signal) => this.#onSignal(signal),
        onEnd,
      });
      if (this.#disposed) return bus.dispose();
      this.#buses.set(name, bus);
    } catch {
      // No such bus on this desktop; the status says it.
    }
    if (!this.#disposed) this.#events.onSupport(this.support);
  }

  #retry(run: () => void): void {
    if (this.#disposed) return;
    const cancel = this.#parts.after(RETRY_MS, () => {
      this.#cancelRetries.delete(cancel);
      run();
    });
    this.#cancelRetries.add(cancel);
  }

  #onSignal({ interface: from, member, argument, path }: Message): void {
    if (this.#disposed) return;
    if ((SCREEN_SAVERS as readonly string[]).includes(from) && member === 'ActiveChanged') {
      if (argument === true) this.#events.onLock();
      if (argument === false) this.#events.onUnlock();
    } else if (from === `${LOGIND}.Manager` && member === 'PrepareForSleep') {
      if (argument === true) this.#events.onSuspend();
      if (argument === false) this.#events.onResume();
    } else if (
      from === `${LOGIND}.Session` &&
      (this.#ourSession === undefined || path === this.#ourSession)
    ) {
      if (member === 'Lock') this.#events.onLock();
      if (member === 'Unlock') this.#events.onUnlock();
    }
  }
}

/** logind's object path of a session: bytes that a path may not hold, and a leading digit, become _xx. */
export function sessionPath(sessionId: string | undefined): string | undefined {
  if (sessionId === undefined || sessionId === '') return undefined;
  const escaped = [...Buffer.from(sessionId, 'utf8')].map((byte, index) => {
    const character = String.fromCharCode(byte);
    const plain = index === 0 ? /[A-Za-z]/ : /[A-Za-z0-9]/;
    return plain.test(character) ? character : `_${byte.toString(16).padStart(2, '0')}`;
  });
  return `/org/freedesktop/login1/session/${escaped.join('')}`;
}

function afterTimeout(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
}
