import type { AppState } from '../src-preload/contract/types/app.ts';
import type { Notices } from './notices.ts';
import type { SessionHost } from './session/session-host.ts';
import { Signal } from './signal.ts';
import type { SettingsStore } from './storage/settings.ts';
import type { Vault } from './vault/vault.ts';

/** Whether and how screen locks are learnt, and word when that changes. */
export interface ScreenLockPort {
  readonly source: () => AppState['screenLock'];
  readonly onChange: (listener: () => void) => () => void;
}

interface Parts {
  readonly vault: Pick<Vault, 'exists' | 'onLock' | 'onUnlock'>;
  readonly host: Pick<SessionHost, 'isOpen' | 'changed'>;
  readonly notices: Notices;
  readonly settings: Pick<SettingsStore, 'setAside'>;
  readonly screenLock: ScreenLockPort;
  readonly about: Pick<AppState, 'version' | 'platform' | 'packaged'>;
  readonly now: () => number;
}

/** Where the application stands, as the window sees it, and word of each change. */
export class ApplicationState {
  readonly changed = new Signal<void>();
  readonly #parts: Parts;
  readonly #stops: (() => void)[];
  #lockReason: string | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { vault, host, notices } = parts;
    const tell = (): void => this.tell();
    this.#stops = [
      vault.onUnlock(({ rolledBack }) => {
        this.#lockReason = null;
        if (rolledBack) notices.add(rolledBackNotice(rolledBack));
      }),
      vault.onLock((reason) => {
        this.#lockReason = reason;
        tell();
      }),
      host.changed.on(tell),
      notices.changed.on(tell),
      parts.screenLock.onChange(tell),
    ];
    noticeSetAside(parts);
  }

  async now(): Promise<AppState> {
    const { vault, host, notices, screenLock, about, now } = this.#parts;
    // Asked first, so that all the rest is true when it is answered: an answer that took long is not an old one.
    const exists = await vault.exists();
    return {
      ...about,
      phase: host.isOpen ? 'unlocked' : exists ? 'locked' : 'firstRun',
      lockReason: this.#lockReason,
      screenLock: screenLock.source(),
      notices: notices.all(),
      time: now(),
    };
  }

  /** Something changed that none of the parts tells by itself. */
  tell(): void {
    this.changed.emit();
  }

  dispose(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.changed.clear();
  }
}

function rolledBackNotice({ seen, found }: { seen: number; found: number }) {
  const message = `An older vault file was put back: save ${String(found)} was opened, save ${String(seen)} was seen before. Keys and limits changed since may be missing.`;
  return { id: 'vault.rolledBack', severity: 'warning', code: 'vault.rolledBack', message } as const;
}

function noticeSetAside({ settings, notices }: Pick<Parts, 'settings' | 'notices'>): void {
  if (settings.setAside === null) return;
  const message = `The settings file could not be read. It was kept as ${settings.setAside} and the defaults are used.`;
  notices.add({ id: 'settings.setAside', severity: 'warning', code: 'settings.setAside', message });
}
