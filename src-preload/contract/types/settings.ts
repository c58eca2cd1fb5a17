/** Harmless preferences: kept in a plain file, never a secret, never history. */
export interface Settings {
  readonly theme: 'system' | 'dark' | 'light';
  readonly palette: 'greenRed' | 'blueOrange';
  readonly density: 'comfortable' | 'compact';
  readonly language: 'en' | 'de';
  readonly currency: 'USD' | 'EUR' | 'USDT' | 'BTC' | 'ETH';
  readonly hideAmounts: boolean;
  readonly lock: {
    /** 0 = never on idle. */
    readonly idleMinutes: number;
    readonly onSuspend: boolean;
    readonly onScreenLock: boolean;
    readonly onMinimize: boolean;
  };
  readonly confirmations: { readonly orders: boolean; readonly cancelAll: boolean };
  /** True: the same order may be placed twice within 300 ms. False takes the second for a double click. */
  readonly repeatOrders: boolean;
  /** What a confirmed write of the journal survives: a power cut, or only the death of this process. */
  readonly durability: 'power' | 'process';
  readonly notifications: { readonly alerts: boolean; readonly fills: boolean; readonly connection: boolean };
  readonly practice: PracticeSettings;
  /** Panel sizes and the last market, by view. Opaque to main, at most 16 KiB. */
  readonly layout: string;
}

export interface PracticeSettings {
  readonly source: 'synthetic' | 'replay';
  /** Seed of the synthetic market: the same seed makes the same market. */
  readonly seed: number;
  /** Recorded file, set only through the open dialog or the command line. */
  readonly replayFile: string | null;
  /** 1 to 100. */
  readonly speed: number;
}
