import type { Account, VenueCapabilities } from '../../../src-preload/contract/types/account.ts';
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
    permissions: {
      read: true,
      trade: true,
      withdraw: true,
      transfer: true,
      ipAddresses: [],
      expiresAt: state.now + 9 * DAY,
      inspectedAt: state.now - 3 * 60_000,
    },
    inspection: null,
    modes: { positionMode: 'hedge', marginMode: 'cross' },
    addedAt: state.now - 80 * DAY,
    state: 'notSupported',
    stateReason: 'This version of Holdfast does not connect to Bybit yet.',
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
    permissions: {
      read: true,
      trade: false,
      withdraw: false,
      transfer: false,
      ipAddresses: ['192.0.2.17'],
      expiresAt: null,
      inspectedAt: state.now - 2 * DAY,
    },
    inspection: null,
    modes: null,
    addedAt: state.now - 30 * DAY,
    state: 'refused',
    stateReason: 'The venue does not accept the key: it was deleted or its address binding changed.',
  },
];

const capability = (venue: VenueId, available: boolean): VenueCapabilities => ({
  venue,
  available,
  orderTypes: ['limit', 'market', 'stopLimit', 'stopMarket', 'takeProfitLimit', 'takeProfitMarket'],
  timesInForce: ['GTC', 'IOC', 'FOK'],
  postOnly: true,
  reduceOnly: true,
  amend: true,
  cancelAll: true,
  batch: false,
  quoteAmountOrders: true,
  leverage: true,
  marginModes: ['cross', 'isolated'],
  positionSides: ['net'],
  attachedProtection: false,
  positionProtection: true,
  marketKinds: ['spot', 'linear', 'inverse', 'option'],
  positionModeSwitch: false,
  transfers: false,
  deposits: false,
  withdrawals: false,
  convert: false,
  needsVenuePassphrase: venue === 'bitget',
  keyTypes: venue === 'practice' ? [] : ['hmac', 'rsa'],
  regions:
    venue === 'practice'
      ? [{ id: 'local', environments: ['practice'] }]
      : [
          { id: 'global', environments: ['live', 'demo', 'testnet'] },
          { id: 'eu', environments: ['live'] },
        ],
});

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
          capability('bybit', venuesAvailable),
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
