/** Which pictures the gallery holds: every view in every state that it has. */
import type { FakeStateName } from './fake-bridge/fake-state.ts';

export interface GalleryView {
  /** Name of the file, before state, size and theme. */
  readonly name: string;
  readonly route: string;
  readonly states: readonly FakeStateName[];
  /** Extra switches of the fake bridge: one more picture for each. */
  readonly flags?: readonly string[];
  /** Locator of what is clicked, or keys pressed, before the picture is taken. */
  readonly click?: string;
  readonly press?: string;
}

const DATA_STATES = ['full', 'empty', 'loading', 'error', 'stale'] as const;

export const GALLERY_VIEWS: readonly GalleryView[] = [
  { name: 'first-run', route: '/portfolio', states: ['firstRun'] },
  { name: 'unlock', route: '/portfolio', states: ['locked'], flags: ['throttled', 'quickUnlock'] },
  { name: 'portfolio', route: '/portfolio', states: DATA_STATES },
  { name: 'trade', route: '/trade', states: DATA_STATES },
  { name: 'trade-positions', route: '/trade', states: ['full'], click: '.dock [role=tab]:nth-child(2)' },
  { name: 'trade-search', route: '/trade/bybit/BTC%2FUSDT:USDT', states: ['full'], press: '/' },
  {
    name: 'trade-hedge',
    route: '/trade/bybit/BTC%2FUSDT:USDT',
    states: ['full'],
    click: '.protection label',
  },
  { name: 'trade-by-risk', route: '/trade', states: ['full'], click: '.by-risk .toggle' },
  {
    name: 'trade-stopped',
    route: '/trade',
    states: ['full'],
    flags: ['killWorking', 'killVerified', 'killIncomplete'],
  },
  { name: 'kill-switch', route: '/portfolio', states: ['full'], press: 'Shift+Escape' },
  {
    name: 'kill-switch-engaged',
    route: '/portfolio',
    states: ['full'],
    flags: ['killWorking', 'killVerified', 'killIncomplete'],
    press: 'Shift+Escape',
  },
  { name: 'trade-inverse', route: '/trade/bybit/BTC%2FUSD:BTC', states: ['full'] },
  { name: 'trade-future', route: '/trade/bybit/BTC%2FUSDT:USDT-261225', states: ['full'] },
  { name: 'trade-option', route: '/trade/bybit/BTC%2FUSDT:USDT-261127-61000-C', states: ['full'] },
  {
    name: 'options',
    route: '/options/bybit/BTC',
    states: ['full', 'empty', 'loading', 'stale'],
    flags: ['noMarkets'],
  },
  { name: 'options-none', route: '/options/bitget', states: ['full'] },
  { name: 'orders', route: '/orders', states: DATA_STATES },
  {
    name: 'orders-attention',
    route: '/orders',
    states: ['full', 'empty'],
    click: '.orders [role=tab]:nth-child(2)',
  },
  { name: 'orders-history', route: '/orders', states: ['full'], click: '.orders [role=tab]:nth-child(3)' },
  { name: 'orders-fills', route: '/orders', states: ['full'], click: '.orders [role=tab]:nth-child(4)' },
  {
    name: 'orders-reconciliation',
    route: '/orders',
    states: ['full', 'empty', 'loading', 'error'],
    click: '.orders [role=tab]:nth-child(5)',
  },
  {
    name: 'orders-timeline',
    route: '/orders',
    states: ['full'],
    flags: ['oldTimeline'],
    click: '.orders tbody tr:nth-child(3) td button:first-child',
  },
  { name: 'funds', route: '/funds', states: ['full', 'loading', 'error'] },
  { name: 'funds-deposit', route: '/funds/acc-fake-bybit/deposit', states: ['full', 'empty', 'error'] },
  { name: 'funds-withdraw', route: '/funds/acc-fake-bybit/withdraw', states: ['full', 'error'] },
  { name: 'funds-convert', route: '/funds/acc-fake-bybit/convert', states: ['full'] },
  { name: 'funds-history', route: '/funds/acc-fake-bybit/history', states: ['full', 'empty', 'error'] },
  { name: 'alerts', route: '/alerts', states: DATA_STATES },
  { name: 'accounts', route: '/accounts/acc-fake-bybit', states: ['full', 'empty', 'loading', 'error'] },
  { name: 'account-demo', route: '/accounts/acc-fake-demo', states: ['full'] },
  { name: 'account-misplaced', route: '/accounts/acc-fake-misplaced', states: ['full'] },
  { name: 'account-new', route: '/accounts/acc-fake-new', states: ['full'] },
  {
    name: 'account-inspect',
    route: '/accounts/acc-fake-new',
    states: ['full'],
    flags: ['inspecting', 'inspectFails'],
    click: '.detail .empty button',
  },
  { name: 'activity', route: '/activity', states: ['full', 'empty', 'loading', 'error'] },
  {
    name: 'activity-request',
    route: '/activity',
    states: ['full'],
    click: '.activity tbody .row:nth-child(4)',
  },
  {
    name: 'activity-latency',
    route: '/activity',
    states: ['full', 'empty', 'loading', 'error'],
    click: '.activity [role=tab]:nth-child(2)',
  },
  { name: 'health', route: '/portfolio', states: ['full'], click: '.venues li:nth-child(2) .chip' },
  { name: 'account-add', route: '/accounts', states: ['full'], click: '.accounts .head button' },
  { name: 'settings-appearance', route: '/settings/appearance', states: ['full'] },
  { name: 'settings-vault', route: '/settings/vault', states: ['full'], flags: ['noKeyring'] },
  { name: 'settings-orders', route: '/settings/trading', states: ['full'], flags: ['quickJournal'] },
  { name: 'settings-limits', route: '/settings/limits', states: ['full', 'empty', 'loading', 'error'] },
  { name: 'settings-practice', route: '/settings/practice', states: ['full', 'error'], flags: ['replay'] },
  { name: 'settings-files', route: '/settings/files', states: ['full'] },
  { name: 'settings-forget', route: '/settings/forget', states: ['full'] },
  { name: 'palette', route: '/portfolio', states: ['full'], press: 'Control+k' },
  { name: 'keys', route: '/portfolio', states: ['full'], press: '?' },
  { name: 'notice', route: '/settings/about', states: ['full'], flags: ['notice'] },
  { name: 'components', route: '/gallery', states: ['full'] },
];

export const GALLERY_SIZES = [
  { width: 1024, height: 640 },
  { width: 1440, height: 900 },
  { width: 2560, height: 1440 },
] as const;

export const GALLERY_THEMES = ['dark', 'light'] as const;

export interface GalleryShot {
  readonly view: GalleryView;
  readonly state: FakeStateName;
  readonly flag: string | null;
}

/** One entry for each picture of a size and a theme. */
export function galleryShots(views: readonly GalleryView[] = GALLERY_VIEWS): readonly GalleryShot[] {
  return views.flatMap((view) => [
    ...view.states.map((state) => ({ view, state, flag: null })),
    ...(view.flags ?? []).map((flag) => ({ view, state: view.states[0] ?? ('full' as const), flag })),
  ]);
}

export const shotName = ({ view, state, flag }: GalleryShot): string =>
  [view.name, state, flag].filter((part) => part !== null).join('-');
