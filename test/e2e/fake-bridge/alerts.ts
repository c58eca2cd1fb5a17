import type { Alert, AlertDraft, AlertFiring } from '../../../src-preload/contract/types/alert.ts';
import { answer, refuse, type FakePart, type FakeState } from './fake-state.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PRACTICE_BTC = { venue: 'practice', symbol: 'BTC/USDT' } as const;

const alert = (state: FakeState, id: string, change: Partial<Alert>): Alert => ({
  id: `alert-fake-${id}`,
  label: 'BTC over 61 000',
  condition: {
    kind: 'priceCrosses',
    market: PRACTICE_BTC,
    direction: 'above',
    price: '61000',
    source: 'last',
  },
  repeat: 'once',
  cooldownSeconds: 0,
  hysteresisPercent: '0.2',
  notify: true,
  state: 'active',
  createdAt: state.now - 2 * HOUR,
  lastFiredAt: null,
  firedCount: 0,
  ...change,
});

const full = (state: FakeState): readonly Alert[] => [
  alert(state, '1', {}),
  alert(state, '2', {
    label: 'ETH moves fast',
    condition: {
      kind: 'percentMove',
      market: { venue: 'practice', symbol: 'ETH/USDT:USDT' },
      direction: 'either',
      percent: '2.5',
      windowMinutes: 15,
    },
    repeat: 'repeating',
    cooldownSeconds: 900,
    lastFiredAt: state.now - 26 * MINUTE,
    firedCount: 4,
    createdAt: state.now - 30 * HOUR,
  }),
  alert(state, '3', {
    label: 'Any fill',
    condition: { kind: 'orderFilled', accountId: null, partial: true },
    repeat: 'repeating',
    cooldownSeconds: 0,
    notify: false,
    lastFiredAt: state.now - 3 * MINUTE,
    firedCount: 17,
    createdAt: state.now - 50 * HOUR,
  }),
  alert(state, '4', {
    label: 'SOL under 120 on Bybit',
    condition: {
      kind: 'priceCrosses',
      market: { venue: 'bybit', symbol: 'SOL/USDT:USDT' },
      direction: 'below',
      price: '120.50',
      source: 'mark',
    },
    blockedReason: 'Its market is not streaming: this version does not connect to Bybit yet.',
    createdAt: state.now - 52 * HOUR,
  }),
  alert(state, '5', {
    label: 'Connection watch',
    condition: { kind: 'connectionLost', venue: null, afterSeconds: 30 },
    state: 'paused',
    repeat: 'repeating',
    cooldownSeconds: 300,
    createdAt: state.now - 70 * HOUR,
  }),
  alert(state, '6', {
    label: 'BTC back over 60 000',
    condition: {
      kind: 'priceCrosses',
      market: PRACTICE_BTC,
      direction: 'above',
      price: '60000',
      source: 'last',
    },
    state: 'done',
    lastFiredAt: state.now - 5 * HOUR,
    firedCount: 1,
    createdAt: state.now - 90 * HOUR,
  }),
];

const firing = (
  state: FakeState,
  id: number,
  age: number,
  label: string,
  text: AlertFiring['text'],
): AlertFiring => ({
  id: `fired-fake-${id}`,
  alertId: 'alert-fake-3',
  label,
  time: state.now - age,
  text,
  seen: id > 2,
});
const fill = (side: string, quantity: string, symbol: string, price: string): AlertFiring['text'] => ({
  key: 'orderFilled',
  values: { side, quantity, symbol, price },
});
const log = (state: FakeState): readonly AlertFiring[] => [
  firing(state, 1, 3 * MINUTE, 'Any fill', fill('buy', '0.015', 'BTC/USDT', '60120.4')),
  firing(state, 2, 26 * MINUTE, 'ETH moves fast', {
    key: 'percentMove',
    values: { symbol: 'ETH/USDT:USDT', percent: '-2.6', minutes: '15', last: '3262.15' },
  }),
  firing(state, 3, 2 * HOUR, 'Any fill', fill('sell', '1.50', 'ETH/USDT:USDT', '3218.40')),
  firing(state, 4, 5 * HOUR, 'BTC back over 60 000', {
    key: 'priceCrosses',
    values: { symbol: 'BTC/USDT', price: '60000', last: '60004.9' },
  }),
  firing(state, 5, 9 * HOUR, 'Connection watch', {
    key: 'connectionLost',
    values: { venue: 'practice', seconds: '30' },
  }),
];

export const alerts: FakePart = (state) => {
  let list: readonly Alert[] = state.name === 'empty' ? [] : full(state);
  const rows = state.name === 'empty' ? [] : log(state);
  const listeners = new Set<(next: readonly Alert[]) => void>();
  let made = 0;
  const set = (next: readonly Alert[]): void => {
    list = next;
    for (const listener of listeners) listener(list);
  };
  const change = (id: string, part: Partial<Alert>): Alert => {
    const found = list.find((one) => one.id === id);
    if (found === undefined) {
      return refuse({ code: 'alerts.unknown', kind: 'notFound', message: 'There is no such alert.' });
    }
    const next = { ...found, ...part };
    set(list.map((one) => (one.id === id ? next : one)));
    return next;
  };
  const create = (draft: AlertDraft): Alert => {
    made += 1;
    const next = alert(state, `new-${made}`, { ...draft, createdAt: state.now });
    set([next, ...list]);
    return next;
  };
  return {
    calls: {
      alerts: {
        list: () => answer(state, list, list),
        create,
        update: ({ alertId, ...draft }) => change(alertId, draft),
        pause: ({ alertId }) => change(alertId, { state: 'paused' }),
        resume: ({ alertId }) => change(alertId, { state: 'active' }),
        remove: ({ alertId }) => {
          set(list.filter((one) => one.id !== alertId));
          return null;
        },
        log: () =>
          answer(
            state,
            { rows, total: rows.length, unseen: rows.filter((row) => !row.seen).length },
            { rows: [], total: 0, unseen: 0 },
          ),
        markSeen: () => null,
      },
    },
    topics: {
      alerts: {
        list: (_params, emit) => {
          listeners.add(emit);
          return () => listeners.delete(emit);
        },
        fired: (_params, emit) => {
          if (state.flags.includes('fires')) {
            emit(firing(state, 0, 0, 'Any fill', fill('buy', '0.015', 'BTC/USDT', '60120.4')));
          }
          return () => undefined;
        },
      },
    },
  };
};
