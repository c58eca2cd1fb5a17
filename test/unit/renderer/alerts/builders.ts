import type { Alert, AlertFiring } from '../../../../src-preload/contract/types/alert.ts';

export const NOW = 1_780_000_000_000;

export const alert = (id: string, change: Partial<Alert> = {}): Alert => ({
  id,
  label: 'BTC above 61 000',
  condition: {
    kind: 'priceCrosses',
    market: { venue: 'practice', symbol: 'BTC/USDT' },
    direction: 'above',
    price: '61000',
    source: 'last',
  },
  repeat: 'once',
  cooldownSeconds: 0,
  hysteresisPercent: '0.2',
  notify: true,
  state: 'active',
  createdAt: NOW,
  lastFiredAt: null,
  firedCount: 0,
  ...change,
});

export const firing = (id: string, change: Partial<AlertFiring> = {}): AlertFiring => ({
  id,
  alertId: 'a1',
  label: 'BTC above 61 000',
  time: NOW,
  text: { key: 'priceCrosses', values: { symbol: 'BTC/USDT', price: '61000' } },
  seen: false,
  ...change,
});
