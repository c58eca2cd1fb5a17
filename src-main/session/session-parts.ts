import type { VenueCapabilities } from '../../src-preload/contract/types/account.ts';
import type { Alert, AlertFiring } from '../../src-preload/contract/types/alert.ts';
import type { Fill, Order } from '../../src-preload/contract/types/trading.ts';
import type { SiteResolver } from '../exchanges/bybit/sites.ts';
import type { Notices } from '../notices.ts';
import { Signal } from '../signal.ts';
import type { Ledger } from '../storage/ledger/ledger.ts';
import type { SettingsStore } from '../storage/settings.ts';
import type { PowerEvents } from '../vault/auto-lock.ts';
import type { Vault } from '../vault/vault.ts';
import type { Timers } from './timers.ts';

/** What a session is opened with: all of it outlives the session. */
export interface SessionParts {
  readonly vault: Vault;
  readonly ledger: Ledger;
  readonly ledgerFile: string;
  readonly settings: SettingsStore;
  readonly notices: Notices;
  readonly venues: () => readonly VenueCapabilities[];
  readonly timers: Timers;
  readonly power: Pick<PowerEvents, 'on'>;
  /** Puts an address on the clipboard for a short while. */
  readonly copySensitive: (text: string) => Promise<void>;
  /** A failure that nobody waits for: goes to the log, by its code. */
  readonly onFailure: (where: string, error: unknown) => void;
  /** Tests only: other servers than the venues' own. */
  readonly venueSites?: SiteResolver | undefined;
}

/** What happens in a session, for the window and the desktop. */
export class SessionSignals {
  readonly orders = new Signal<Order>();
  readonly fills = new Signal<Fill>();
  readonly fired = new Signal<{ readonly firing: AlertFiring; readonly alert: Alert }>();
  readonly alertsChanged = new Signal<readonly Alert[]>();

  dispose(): void {
    for (const signal of [this.orders, this.fills, this.fired, this.alertsChanged]) signal.clear();
  }
}
