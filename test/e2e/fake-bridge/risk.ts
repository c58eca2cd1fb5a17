/** Limits and the kill switch of the fake bridge. Its switch works: what is pending goes one by one. */
import Decimal from 'decimal.js';
import type {
  KillStep,
  KillSwitchStatus,
  RiskLimits,
  RiskLimitsEntry,
  RiskUse,
} from '../../../src-preload/contract/types/risk.ts';
import { BYBIT_ACCOUNT, PRACTICE_ACCOUNT } from './accounts.ts';
import { answer, refuse, type FakePart, type FakeState } from './fake-state.ts';
import { marketAt } from './market.ts';
import { FAKE_PASSPHRASE } from './vault.ts';

const HOUR = 3_600_000;
/** Between two steps of the switch. */
const STEP_MS = 400;

const NO_LIMITS: RiskLimits = {
  maxOrderNotional: null,
  maxPositionShare: null,
  maxOpenOrders: null,
  priceBand: null,
  maxDailyLoss: null,
  maxOrdersPerMinute: null,
  allowedMarkets: null,
};

const entries = (state: FakeState): RiskLimitsEntry[] => [
  {
    accountId: null,
    version: 4,
    changedAt: state.now - 30 * HOUR,
    limits: {
      ...NO_LIMITS,
      maxOrderNotional: '25000',
      maxOpenOrders: 60,
      priceBand: '0.05',
      maxOrdersPerMinute: 30,
    },
  },
  {
    accountId: PRACTICE_ACCOUNT,
    version: 2,
    changedAt: state.now - 3 * HOUR,
    limits: {
      ...NO_LIMITS,
      maxPositionShare: '0.5',
      maxOpenOrders: 6,
      maxDailyLoss: '250',
      allowedMarkets: ['BTC/USDT:USDT', 'ETH/USDT:USDT'],
    },
  },
  { accountId: BYBIT_ACCOUNT, version: 0, changedAt: null, limits: NO_LIMITS },
];

const USE: readonly RiskUse[] = [
  {
    accountId: PRACTICE_ACCOUNT,
    openOrders: 5,
    ordersLastMinute: 3,
    realizedToday: '-181.42',
    equity: '24310.55',
    reduceOnly: false,
    reason: null,
  },
  {
    accountId: BYBIT_ACCOUNT,
    openOrders: 2,
    ordersLastMinute: 0,
    realizedToday: null,
    equity: null,
    reduceOnly: false,
    reason: null,
  },
];

const step = (
  name: string,
  result: KillStep['result'],
  message: string | null,
  more: Partial<KillStep> = {},
): KillStep => ({
  accountId: PRACTICE_ACCOUNT,
  kind: 'order',
  symbol: 'BTC/USDT:USDT',
  name,
  result,
  message,
  ...more,
});

const steps = (): readonly KillStep[] => [
  step('order-fake-1', 'gone', null),
  step('order-fake-2', 'filledBefore', 'It was filled before the cancel arrived.'),
  step('order-fake-3', 'gone', null),
  step('order-fake-4', 'gone', null, { symbol: 'ETH/USDT:USDT' }),
  step('order-fake-5', 'unknown', 'The venue has not said whether it exists.', { symbol: 'SOL/USDT:USDT' }),
  step('venue-fake-6', 'left', 'Bybit did not answer within 10 s (10016).', { accountId: BYBIT_ACCOUNT }),
  step('long', 'gone', null, { kind: 'position', accountId: BYBIT_ACCOUNT }),
];

const OFF: KillSwitchStatus = {
  engaged: false,
  engagedAt: null,
  flatten: false,
  progress: 'off',
  steps: [],
};

function started(state: FakeState): KillSwitchStatus {
  const engaged = { ...OFF, engaged: true, engagedAt: state.now - 9000 };
  const has = (flag: string): boolean => state.flags.includes(flag);
  if (has('killIncomplete')) return { ...engaged, flatten: true, progress: 'incomplete', steps: steps() };
  if (has('killVerified')) {
    return {
      ...engaged,
      progress: 'verified',
      steps: steps().map((one) => ({ ...one, result: 'gone', message: null })),
    };
  }
  if (has('killWorking')) {
    const under = steps().map((one, at) =>
      at < 3 ? one : { ...one, result: 'pending' as const, message: null },
    );
    return { ...engaged, progress: 'working', steps: under };
  }
  return OFF;
}

const checkPassphrase = (bytes: Uint8Array): void => {
  if (new TextDecoder().decode(bytes) !== FAKE_PASSPHRASE) {
    refuse({ code: 'vault.wrongPassphrase', kind: 'vault', message: 'The passphrase is wrong.' });
  }
};

export const risk: FakePart = (state) => {
  let limits =
    state.name === 'empty'
      ? entries(state).map((one) => ({ ...one, version: 0, changedAt: null, limits: NO_LIMITS }))
      : entries(state);
  let status = started(state);
  const listeners = new Set<(next: KillSwitchStatus) => void>();
  const publish = (next: KillSwitchStatus): KillSwitchStatus => {
    status = next;
    for (const listener of listeners) listener(next);
    return next;
  };
  const advance = (): void => {
    const at = status.steps.findIndex((one) => one.result === 'pending');
    if (!status.engaged) return;
    if (at < 0) {
      publish({ ...status, progress: 'verified' });
      return;
    }
    publish({
      ...status,
      steps: status.steps.map((one, index) => (index === at ? { ...one, result: 'gone' } : one)),
    });
    setTimeout(advance, STEP_MS);
  };
  return {
    calls: {
      risk: {
        limits: () => answer<readonly RiskLimitsEntry[]>(state, limits, limits),
        setLimits: ({ accountId, limits: next, passphrase }) => {
          checkPassphrase(passphrase);
          const before = limits.find((one) => one.accountId === accountId);
          const entry = {
            accountId,
            version: (before?.version ?? 0) + 1,
            changedAt: state.now,
            limits: next,
          };
          limits = [...limits.filter((one) => one !== before), entry];
          return entry;
        },
        use: () => answer(state, USE, []),
        killSwitch: () => status,
        engageKillSwitch: ({ flatten }) => {
          const pending = steps().map((one) => ({ ...one, result: 'pending' as const, message: null }));
          setTimeout(advance, STEP_MS);
          return publish({
            engaged: true,
            engagedAt: state.now,
            flatten,
            progress: 'working',
            steps: pending,
          });
        },
        releaseKillSwitch: ({ passphrase }) => {
          checkPassphrase(passphrase);
          return publish(OFF);
        },
        positionSize: ({ accountId, symbol, side, entry, stop, riskAmount, riskShare }) => {
          const { instrument } = marketAt(symbol, accountId === BYBIT_ACCOUNT ? 'bybit' : 'practice');
          const distance = side === 'buy' ? new Decimal(entry).minus(stop) : new Decimal(stop).minus(entry);
          if (distance.lte(0)) {
            return refuse({
              code: 'input.invalid',
              kind: 'badInput',
              message: 'The stop lies on the wrong side of the price.',
              problems: [
                {
                  field: 'stop',
                  rule: side === 'buy' ? 'must be below the entry price' : 'must be above the entry price',
                },
              ],
            });
          }
          const budget = new Decimal(riskAmount ?? new Decimal('8412.36').times(riskShare ?? '0'));
          const feeEach = new Decimal(entry).plus(stop).times('0.00055');
          const wanted = budget.div(distance.plus(feeEach));
          const most = new Decimal('8412.36').times(10).div(entry);
          const decimals = instrument.lotSize.split('.')[1]?.length ?? 0;
          const quantity = Decimal.min(wanted, most).toDecimalPlaces(decimals, Decimal.ROUND_DOWN);
          return {
            venue: instrument.venue,
            symbol,
            quantity: quantity.toFixed(decimals),
            notional: quantity.times(entry).toFixed(2),
            risk: quantity.times(distance.plus(feeEach)).toFixed(2),
            fees: quantity.times(feeEach).toFixed(2),
            currency: instrument.settle ?? instrument.quote,
            boundBy: wanted.gt(most) ? 'balance' : 'risk',
          };
        },
      },
    },
    topics: {
      risk: {
        killSwitch: (_params, emit) => {
          emit(status);
          listeners.add(emit);
          return () => listeners.delete(emit);
        },
      },
    },
  };
};
