import type { DecimalText, MarketRef, VenueId } from './market.ts';

export type AlertCondition =
  | {
      readonly kind: 'priceCrosses';
      readonly market: MarketRef;
      readonly direction: 'above' | 'below' | 'either';
      readonly price: DecimalText;
      readonly source: 'last' | 'mark';
    }
  | {
      readonly kind: 'percentMove';
      readonly market: MarketRef;
      readonly direction: 'up' | 'down' | 'either';
      /** Percent, for example "2.5". */ readonly percent: DecimalText;
      readonly windowMinutes: number;
    }
  | { readonly kind: 'orderFilled'; readonly accountId: string | null; readonly partial: boolean }
  | { readonly kind: 'connectionLost'; readonly venue: VenueId | null; readonly afterSeconds: number };

export interface AlertDraft {
  readonly label: string;
  readonly condition: AlertCondition;
  readonly repeat: 'once' | 'repeating';
  /** Seconds after a firing in which it stays silent (repeating only). */
  readonly cooldownSeconds: number;
  /** Percent that the price has to move back before it can fire again, so that a jittering price fires once. */
  readonly hysteresisPercent: DecimalText;
  readonly notify: boolean;
}

export interface Alert extends AlertDraft {
  readonly id: string;
  readonly state: 'active' | 'paused' | 'done';
  readonly createdAt: number;
  readonly lastFiredAt: number | null;
  readonly firedCount: number;
  /** Set when it cannot be evaluated now, for example because its market is not streaming. */
  readonly blockedReason?: string;
}

export interface AlertFiring {
  readonly id: string;
  readonly alertId: string;
  readonly label: string;
  readonly time: number;
  readonly text: { readonly key: string; readonly values: Readonly<Record<string, string>> };
  readonly seen: boolean;
}
