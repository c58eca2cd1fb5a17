import type {
  Account,
  KeyFinding,
  KeyInspection,
  KeyPermissions,
  VenueCapabilities,
} from '../../../src-preload/contract/types/account.ts';
import type { VenueId } from '../../../src-preload/contract/types/market.ts';
import { answer, pending, refuse, UNAVAILABLE, type FakePart, type FakeState } from './fake-state.ts';

const DAY = 86_400_000;

export const PRACTICE_ACCOUNT = 'acc-fake-practice';
export const BYBIT_ACCOUNT = 'acc-fake-bybit';

const practiceAccount = (state: FakeState): Account => ({
  id: PRACTICE_ACCOUNT,
  venue: 'practice',
  label: 'Practice',
  environment: 'practice',
  region: 'local',
  uses: ['read', 'trade'],
  keyType: 'none',
  keyLast4: '',
  permissions: null,
  inspection: null,
  modes: { positionMode: 'oneWay', marginMode: 'cross' },
  addedAt: state.now - 12 * DAY,
  state: state.name === 'stale' ? 'stale' : 'live',
});

const rights = (change: Partial<KeyPermissions>, inspectedAt: number): KeyPermissions => ({
  read: true,
  trade: true,
  withdraw: false,
  transfer: true,
  ipAddresses: ['192.0.2.17'],
  expiresAt: null,
  inspectedAt,
  ...change,
});

const found = (
  code: KeyFinding['code'],
  severity: KeyFinding['severity'] = 'ok',
  values: KeyFinding['values'] = {},
): KeyFinding => ({ code, severity, values });

const HEDGE = { positionMode: 'hedge', marginMode: 'cross' } as const;

/** A key with nearly everything that the inspector warns of. */
function riskyKey(state: FakeState): KeyInspection {
  const inspectedAt = state.now - 3 * 60_000;
  return {
    inspectedAt,
    permissions: rights({ withdraw: true, ipAddresses: [], expiresAt: state.now + 9.4 * DAY }, inspectedAt),
    modes: HEDGE,
    accountType: 'unified',
    clockOffsetMs: -1240,
    otherSite: null,
    findings: [
      found('read'),
      found('tradePartly', 'warning', { products: 'spot, futures', missing: 'options' }),
      found('withdraw', 'danger'),
      found('transfer'),
      found('ipUnbound', 'warning', { days: '9' }),
      found('expiresSoon', 'warning', { days: '9', expiresAt: '2026-11-29T23:38:11.000Z' }),
      found('masterAccount', 'info'),
      found('unified'),
      found('hedge', 'info'),
      found('crossMargin', 'info'),
      found('clockOff', 'warning', { offsetMs: '-1240' }),
      found('movesPrices', 'warning', { products: 'futures' }),
    ],
  };
}

/** A key in good order, in the demo, where the venue does not say what it may do. */
function demoKey(state: FakeState): KeyInspection {
  const inspectedAt = state.now - 2 * 3_600_000;
  return {
    inspectedAt,
    permissions: null,
    modes: { positionMode: 'oneWay', marginMode: 'isolated' },
    accountType: 'unified',
    clockOffsetMs: 12,
    otherSite: null,
    findings: [
      found('demoUnchecked', 'info'),
      found('rsaKey', 'info'),
      found('unified'),
      found('oneWay'),
      found('isolatedMargin', 'info'),
      found('clockOk', 'ok', { offsetMs: '12' }),
    ],
  };
}

/** A testnet key that was added as one of the live site. */
function misplacedKey(state: FakeState): KeyInspection {
  return {
    inspectedAt: state.now - 40_000,
    permissions: null,
    modes: null,
    accountType: null,
    clockOffsetMs: 31,
    otherSite: { venue: 'bybit-testnet', region: 'global', environment: 'testnet' },
    findings: [
      found('refused', 'danger', { reason: 'unknownKey', message: 'API key is invalid.', code: '10003' }),
      found('otherSite', 'danger', { site: 'bybit-testnet/global/testnet' }),
      found('clockOk', 'ok', { offsetMs: '31' }),
    ],
  };
}

const rest = (state: FakeState): readonly Account[] => [
  {
    id: BYBIT_ACCOUNT,
    venue: 'bybit',
    label: 'Bybit main',
    environment: 'live',
    region: 'global',
    uses: ['read', 'trade', 'withdraw'],
    keyType: 'hmac',
    keyLast4: 'f4k3',
    permissions: riskyKey(state).permissions,
    inspection: riskyKey(state),
    modes: HEDGE,
    addedAt: state.now - 80 * DAY,
    state: 'live',
  },
  {
    id: 'acc-fake-demo',
    venue: 'bybit',
    label: 'Bybit demo',
    environment: 'demo',
    region: 'global',
    uses: ['read', 'trade'],
    keyType: 'rsa',
    keyLast4: '0f4k',
    permissions: null,
    inspection: demoKey(state),
    modes: { positionMode: 'oneWay', marginMode: 'isolated' },
    addedAt: state.now - 30 * DAY,
    state: 'live',
  },
  {
    id: 'acc-fake-misplaced',
    venue: 'bybit',
    label: 'Bybit test key',
    environment: 'live',
    region: 'global',
    uses: ['read'],
    keyType: 'hmac',
    keyLast4: 't35t',
    permissions: null,
    inspection: misplacedKey(state),
    modes: null,
    addedAt: state.now - 60_000,
    state: 'refused',
  },
  {
    id: 'acc-fake-new',
    venue: 'bybit',
    label: 'Bybit new',
    environment: 'live',
    region: 'nl',
    uses: ['read'],
    keyType: 'hmac',
    keyLast4: 'n3w0',
    permissions: null,
    inspection: null,
    modes: null,
    addedAt: state.now - 2_000,
    state: 'connecting',
  },
  {
    id: 'acc-fake-bitget',
    venue: 'bitget',
    label: 'Bitget read-only',
    environment: 'demo',
    region: 'global',
    uses: ['read'],
    keyType: 'rsa',
    keyLast4: '0f4k',
    permissions: null,
    inspection: null,
    modes: null,
    addedAt: state.now - 30 * DAY,
    state: 'notSupported',
    stateReason: 'This version of Holdfast does not connect to Bitget yet.',
  },
];

const BYBIT_REGIONS = ['eu', 'nl', 'tr', 'kz', 'ge', 'ae', 'id', 'jp', 'hk', 'br', 'ar'];
const REGIONS: Readonly<Record<VenueId, VenueCapabilities['regions']>> = {
  practice: [{ id: 'local', environments: ['practice'] }],
  bybit: [
    { id: 'global', environments: ['live', 'demo'] },
    ...BYBIT_REGIONS.map((id) => ({ id, environments: ['live'] as const })),
  ],
  'bybit-testnet': ['global', 'jp', 'hk'].map((id) => ({ id, environments: ['testnet'] as const })),
  bitget: [{ id: 'global', environments: ['live', 'demo'] }],
  bitfinex: [{ id: 'global', environments: ['live'] }],
};

const capability = (venue: VenueId, available: boolean): VenueCapabilities => {
  const isBybit = venue === 'bybit' || venue === 'bybit-testnet';
  return {
    venue,
    available,
    orderTypes: ['limit', 'market', 'stopLimit', 'stopMarket', 'takeProfitLimit', 'takeProfitMarket'],
    timesInForce: ['GTC', 'IOC', 'FOK'],
    postOnly: true,
    reduceOnly: true,
    amend: true,
    cancelAll: true,
    batch: isBybit,
    quoteAmountOrders: true,
    leverage: true,
    marginModes: ['cross', 'isolated'],
    positionSides: isBybit ? ['net', 'long', 'short'] : ['net'],
    attachedProtection: isBybit,
    positionProtection: true,
    marketKinds: ['spot', 'linear', 'inverse', 'option'],
    positionModeSwitch: isBybit,
    transfers: isBybit,
    deposits: isBybit,
    withdrawals: isBybit,
    convert: isBybit,
    needsVenuePassphrase: venue === 'bitget',
    keyTypes: venue === 'practice' ? [] : ['hmac', 'rsa'],
    regions: REGIONS[venue],
  };
};

export const accounts: FakePart = (state) => {
  const own = [practiceAccount(state)];
  let list: readonly Account[] = state.name === 'empty' ? own : [...own, ...rest(state)];
  const listeners = new Set<(next: readonly Account[]) => void>();
  // The other views need the list even in their own loading and error pictures.
  const here = state.route.startsWith('/accounts');
  const set = (next: readonly Account[]): void => {
    list = next;
    for (const listener of listeners) listener(list);
  };
  const change = (id: string, part: Partial<Account>): Account => {
    const found = list.find((account) => account.id === id);
    if (found === undefined) {
      return refuse({ code: 'accounts.unknown', kind: 'notFound', message: 'There is no such account.' });
    }
    const next = { ...found, ...part };
    set(list.map((account) => (account.id === id ? next : account)));
    return next;
  };
  const venuesAvailable = state.flags.includes('allVenues');
  return {
    calls: {
      accounts: {
        list: () => (here ? answer(state, list, list) : list),
        venues: () => [
          capability('practice', true),
          capability('bybit', true),
          capability('bybit-testnet', true),
          capability('bitget', venuesAvailable),
          capability('bitfinex', venuesAvailable),
        ],
        add: ({ venue, environment, region, label, uses, key }) => {
          const added: Account = {
            ...practiceAccount(state),
            id: `acc-fake-${list.length}`,
            venue,
            environment,
            region,
            label,
            uses,
            keyType: 'hmac',
            keyLast4: key.slice(-4),
            state: 'connecting',
          };
          set([...list, added]);
          return added;
        },
        inspect: ({ accountId }) => {
          if (state.flags.includes('inspecting')) return pending<Account>();
          if (state.flags.includes('inspectFails')) return refuse(UNAVAILABLE);
          return change(accountId, {});
        },
        moveSite: ({ accountId }) => {
          const site = list.find(({ id }) => id === accountId)?.inspection?.otherSite ?? {};
          return change(accountId, { ...site, inspection: null, state: 'connecting' });
        },
        replaceKey: ({ accountId, key }) => change(accountId, { keyLast4: key.slice(-4), permissions: null }),
        rename: ({ accountId, label }) => change(accountId, { label }),
        setUses: ({ accountId, uses }) => change(accountId, { uses }),
        remove: ({ accountId }) => {
          set(list.filter((account) => account.id !== accountId));
          return null;
        },
      },
    },
    topics: {
      accounts: {
        list: (_params, emit) => {
          if (!here || (state.name !== 'loading' && state.name !== 'error')) emit(list);
          listeners.add(emit);
          return () => listeners.delete(emit);
        },
      },
    },
  };
};
