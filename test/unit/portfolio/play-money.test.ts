import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src-main/exchanges/exchange.ts';
import { Portfolio } from '../../../src-main/portfolio/portfolio.ts';
import { portfolioView } from '../../../src-main/portfolio/portfolio-view.ts';
import { Prices } from '../../../src-main/portfolio/prices.ts';
import { AccountSessions } from '../../../src-main/trading/account-sessions.ts';
import type { Account, Environment } from '../../../src-preload/contract/types/account.ts';
import type { Instrument, Ticker, VenueId } from '../../../src-preload/contract/types/market.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { BTC_SPOT, balance, ticker } from '../../support/markets.ts';
import { fakeAccount } from '../../support/trading-account.ts';

const market = (venue: VenueId, base: string): Instrument => ({
  ...BTC_SPOT,
  venue,
  symbol: `${base}/USDT`,
  base,
});
const INSTRUMENTS = [market('practice', 'BTC'), market('bybit', 'BTC'), market('bybit', 'EUR')];
const price = (venue: VenueId, symbol: string, last: string): Ticker => ({ ...ticker(symbol, last), venue });
const TICKERS = [
  price('practice', 'BTC/USDT', '50000'),
  price('bybit', 'BTC/USDT', '100000'),
  price('bybit', 'EUR/USDT', '1.25'),
];

const VENUES: Readonly<Record<Environment, VenueId>> = {
  practice: 'practice',
  demo: 'bybit',
  testnet: 'bybit-testnet',
  live: 'bybit',
};

function accountOf(id: string, environment: Environment): Account {
  return {
    id,
    venue: VENUES[environment],
    label: `Account ${id}`,
    environment,
    region: 'global',
    uses: ['read'],
    keyType: 'hmac',
    keyLast4: 'abcd',
    permissions: null,
    modes: null,
    inspection: null,
    addedAt: 0,
    state: 'live',
  };
}

/** Connected accounts, each with what it holds. */
function connected(...given: readonly (readonly [Environment, Readonly<Record<string, string>>])[]) {
  const venues = given.map(() => fakeAccount());
  let next = 0;
  const sessions = new AccountSessions({
    exchangeOf: () => ({ openAccount: () => venues[next++] }) as unknown as Exchange,
    signerOf: () => null,
    clock: () => 1000,
  });
  given.forEach(([environment, coins], index) => {
    sessions.open(accountOf(`${environment}-${String(index)}`, environment));
    const balances = Object.entries(coins).map(([asset, total]) => balance(asset, total));
    venues[index]?.emit({ kind: 'balances', balances });
  });
  return sessions;
}

const view = (sessions: AccountSessions, over: Partial<Parameters<typeof portfolioView>[0]> = {}) =>
  portfolioView({
    sessions: sessions.all(),
    prices: new Prices(INSTRUMENTS, TICKERS),
    currency: 'USDT',
    now: 1000,
    startOfDay: null,
    ...over,
  });

describe('play money beside real money', () => {
  it.each(['practice', 'demo', 'testnet'] as const)('is in no sum: %s', (environment) => {
    const shown = view(connected([environment, { USDT: '1000000' }], ['live', { USDT: '70' }]));
    expect(shown).toMatchObject({ total: '70', holdings: [{ asset: 'USDT', total: '70', share: '1' }] });
    expect(shown.accounts).toMatchObject([
      { equity: '1000000', counted: false, notCountedReason: 'playMoney', holdings: [{ total: '1000000' }] },
      { equity: '70', counted: true, holdings: [{ total: '70' }] },
    ]);
  });

  it('counts as before while there is no account with real money', () => {
    const shown = view(connected(['practice', { USDT: '5' }], ['demo', { USDT: '7' }]));
    expect(shown.total).toBe('12');
    expect(shown.accounts.map(({ counted }) => counted)).toEqual([true, true]);
  });

  it('does not stand in for real money that could not be connected yet', () => {
    const absent = [{ label: 'Main', environment: 'live' as const }];
    const shown = view(connected(['practice', { USDT: '5' }]), { absent });
    expect(shown).toMatchObject({ total: null, missing: ['Main'] });
  });

  it('keeps nobody from seeing the real total while it is not there itself', () => {
    const absent = [{ label: 'Testnet', environment: 'testnet' as const }];
    const shown = view(connected(['live', { USDT: '5' }]), { absent });
    expect(shown).toMatchObject({ total: '5', missing: [] });
  });

  it('is priced by its own world, and real money never by that of play money', () => {
    const shown = view(connected(['practice', { BTC: '1' }], ['live', { BTC: '1' }], ['demo', { BTC: '1' }]));
    expect(shown.accounts.map(({ equity }) => equity)).toEqual(['50000', '100000', '100000']);
    const [made, real] = TICKERS;
    const prices = new Prices(INSTRUMENTS, made ? [made] : []);
    expect(real?.venue).toBe('bybit');
    expect(view(connected(['live', { BTC: '1' }]), { prices })).toMatchObject({
      total: null,
      missing: ['BTC'],
    });
  });

  it('goes through real markets only for a currency that its own world does not have', () => {
    const shown = view(connected(['practice', { BTC: '1' }]), { currency: 'EUR' });
    expect(shown).toMatchObject({ total: '40000', holdings: [{ pricePath: ['BTC/USDT', 'EUR/USDT'] }] });
  });
});

describe('the change of today', () => {
  it('compares only accounts that were there at its start', () => {
    const shown = view(connected(['live', { USDT: '110' }], ['live', { USDT: '900' }]), {
      startOfDay: { 'live-0': '100' },
    });
    expect(shown).toMatchObject({ total: '1010', changeToday: '10', changeTodayFraction: '0.1' });
  });

  it('leaves out one that was there and is gone, and is unknown when none was there', () => {
    const sessions = connected(['live', { USDT: '110' }]);
    expect(view(sessions, { startOfDay: { 'live-0': '100', gone: '5000' } }).changeToday).toBe('10');
    expect(view(sessions, { startOfDay: { practice: '5000' } })).toMatchObject({
      changeToday: null,
      changeTodayFraction: null,
    });
  });
});

describe('the equity curve of several accounts', () => {
  let ledger: TestLedger;
  beforeEach(() => {
    ledger = testLedger();
  });
  afterEach(() => {
    ledger.dispose();
  });
  const NOON = new Date(2026, 10, 20, 12).getTime();
  const HOUR = 3_600_000;
  const made = (sessions: AccountSessions, now = NOON) =>
    new Portfolio({
      ledger: ledger.repositories,
      sessions,
      instruments: () => INSTRUMENTS,
      tickers: () => TICKERS,
      currency: () => 'USDT',
      clock: () => now,
      every: () => () => undefined,
      onWriteFailed: (error) => {
        throw error;
      },
    });
  const insert = (ago: number, accounts: Readonly<Record<string, string>>) =>
    ledger.repositories.snapshots.insert({ time: NOON - ago, total: '0', rates: {}, accounts });

  it('is that of the accounts that count now, and says which of them each point has', async () => {
    await insert(3 * HOUR, { practice: '10000' });
    await insert(2 * HOUR, { practice: '10000', 'live-0': '100', removed: '7' });
    await insert(HOUR, { 'live-0': '101', 'live-1': '900' });
    const curve = await made(connected(['live', { USDT: '102' }], ['live', { USDT: '900' }])).equity('1D');
    expect(curve).toEqual([
      { time: NOON - 2 * HOUR, equity: '100', accounts: ['live-0'] },
      { time: NOON - HOUR, equity: '1001', accounts: ['live-0', 'live-1'] },
    ]);
  });

  it('keeps the equity of play money with its snapshots, and only real money in their total', async () => {
    const portfolio = made(connected(['practice', { BTC: '1' }], ['live', { BTC: '1' }]), 1000);
    await portfolio.snapshot();
    expect(await ledger.repositories.snapshots.atOrBefore({ time: 1000 })).toMatchObject({
      total: '100000',
      accounts: { 'practice-0': '50000', 'live-1': '100000' },
      rates: { BTC: '100000' },
    });
  });

  it('is written though play money does not answer', async () => {
    const sessions = connected(['practice', { USDT: '1' }], ['live', { USDT: '5' }]);
    const [practice] = sessions.all();
    if (practice) practice.asOf = null;
    const portfolio = made(sessions, 1000);
    await portfolio.snapshot();
    expect(await portfolio.equity('all')).toEqual([{ time: 1000, equity: '5', accounts: ['live-1'] }]);
  });

  it('does not call a week away the change of today', async () => {
    await insert(7 * 24 * HOUR, { 'live-0': '50' });
    await insert(HOUR, { 'live-0': '90' });
    const venue = connected(['live', { USDT: '100' }]);
    const [session] = venue.all();
    Object.assign(session?.trading ?? {}, { balances: () => Promise.resolve([balance('USDT', '100')]) });
    expect((await made(venue).refresh()).changeToday).toBe('10');
  });
});
