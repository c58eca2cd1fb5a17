import type { FieldProblem } from '../result.ts';
import type { VenueId } from './market.ts';

export type Phase = 'firstRun' | 'locked' | 'unlocked';

export interface AppState {
  readonly phase: Phase;
  readonly version: string;
  readonly platform: 'linux' | 'darwin' | 'win32';
  /** True on the stand-in or an unpacked build; shown in About only. */
  readonly packaged: boolean;
  readonly lockReason: string | null;
  /** How screen locks are learnt. `none`: this desktop does not tell, only idle time and sleep lock. */
  readonly screenLock: 'system' | 'dbus' | 'none';
  /** Non-empty when a part could not start: the vault still opens. */
  readonly notices: readonly Notice[];
  readonly time: number;
}

/** Something a person has to know, that is no failure of a call: a damaged ledger set aside, a full disk. */
export interface Notice {
  readonly id: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly code: string;
  readonly message: string;
  readonly problems?: readonly FieldProblem[];
}

/** A menu item, tray item or global accelerator that the window carries out. */
export const APP_COMMANDS = [
  'palette',
  'portfolio',
  'trade',
  'orders',
  'alerts',
  'activity',
  'funds',
  'accounts',
  'settings',
  'lock',
  'hideAmounts',
  'about',
] as const;
export type AppCommand = (typeof APP_COMMANDS)[number];

export interface VenueHealth {
  readonly venue: VenueId;
  readonly state: 'off' | 'connecting' | 'live' | 'stale' | 'backingOff' | 'failed' | 'paused';
  /** Median round trip, ms; null while unknown. */
  readonly latencyMs: number | null;
  /** Venue clock minus ours, ms. */
  readonly clockOffsetMs: number | null;
  /** Age of the newest public message, ms at `time`. */
  readonly dataAgeMs: number | null;
  /** Share of the rate-limit budget that is left, 0 to 1; null where there is none. */
  readonly budget: number | null;
  readonly streams: readonly {
    readonly name: string;
    readonly state: string;
    readonly ageMs: number | null;
  }[];
  readonly nextAttemptAt: number | null;
  readonly lastError: string | null;
  /** What the venue sent otherwise than documented, in plain sentences; absent or empty when nothing. */
  readonly remarks?: readonly string[];
  /** Replay: position and length of the record, ms. */
  readonly replay?: {
    readonly file: string;
    readonly positionMs: number;
    readonly lengthMs: number;
    readonly speed: number;
    readonly ended: boolean;
  };
}
export interface Health {
  readonly time: number;
  readonly venues: readonly VenueHealth[];
}

export interface FileLocations {
  readonly vault: string;
  readonly generations: string;
  readonly ledger: string;
  readonly settings: string;
  readonly logs: string;
}
