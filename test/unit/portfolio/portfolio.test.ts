import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Exchange } from '../../../src-main/exchanges/exchange.ts';
import { Portfolio, SNAPSHOT_EVERY_MS } from '../../../src-main/portfolio/portfolio.ts';
import { portfolioView } from '../../../src-main/portfolio/portfolio-view.ts';
import { Prices } from '../../../src-main/portfolio/prices.ts';
import { Valuation } from '../../../src-main/portfolio/valuation.ts';
import { AccountSessions } from '../../../src-main/trading/account-sessions.ts';
import type { Account } from '../../../src-preload/contract/types/account.ts';
import type { Instrument } from '../../../src-preload/contract/types/market.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { BTC_PERPETUAL, BTC_SPOT, balance, ticker } from '../../support/markets.ts';
import { fakeAccount } from '../../support/trading-account.ts';

const spot = (base: string, quote: string): Instrument => ({
  ...BTC_SPOT,
  symbol: `${base}/${quote}`,
  base,
  quote,
});
const INSTRUMENTS = [spot('BTC', 'USDT'), spot('EUR', 'USDT'), spot('ETH', 'BTC'), BTC_PERPETUAL];
const TICKERS = [
  ticker('BTC/USDT', '60000'),
  ticker('EUR/USDT', '1.2'),
  ticker('ETH/BTC', '0.05'),
  ticker('BTC/USDT:USDT', '61000'),
];

describe('valuation', () => {
  const valuation = new Valuation(INSTRUMENTS, TICKERS);

  it('goes through several markets and back through inverse ones, and tells the way', () => {
    const price = valuation.price('ETH', 'EUR');
    expect(price?.value.toFixed(0)).toBe('2500');
    expect(price?.path).toEqual(['ETH/BTC', 'BTC/USDT', 'EUR/USDT']);
  });

  it('names the assumption that a stablecoin is a dollar', () => {
    expect(valuation.price('USDT', 'USD')?.path).toEqual(['USDT = 1 USD']);
  });

  it('knows no price rather than zero', () => {
    expect(valuation.price('DOGE', 'USD')).toBeNull();
    expect(new Valuation(INSTRUMENTS, [ticker('BTC/USDT', null)]).price('BTC', 'USD')).toBeNull();
    expect(new Valuation(INSTRUMENTS, [ticker('BTC/USDT', '0')]).price('BTC', 'USD')).toBeNull();
  });

  it('does not price a coin by its contract', () => {
    expect(new Valuation(INSTRUMENTS, [ticker('BTC/USDT:USDT', '61000')]).price('BTC', 'USDT')).toBeNull();
  });
});

const ACCOUNT: Account = {
  id: 'practice',
  venue: 'practice',
  label: 'Practice',
  environment: 'practice',
  region: 'local',
  uses: ['read', 'trade'],
  keyType: 'none',
  keyLast4: '',
  permissions: null,
  modes: null,
  inspection: null,
  addedAt: 0,
  state: 'live',
};

function sessionsOf(count = 1) {
  const accounts = Array.from({ length: count }, () => fakeAccount());
  let next = 0;
  const sessions = new AccountSessions({
    exchangeOf: () => ({ openAccount: () => accounts[next++] }) as unknown as Exchange,
    signerOf: () => null,
    clock: () => 1000,
  });
  accounts.forEach((_, n) =>
    sessions.open({ ...ACCOUNT, id: `account-${String(n)}`, label: `Account ${String(n)}` }),
  );
  return { sessions, accounts };
}
const view = (sessions: AccountSessions, over: Partial<Parameters<typeof portfolioView>[0]> = {}) =>
  portfolioView({
    sessions: sessions.all(),
    prices: new Prices(INSTRUMENTS, TICKERS),
    currency: 'USD',
    now: 1000,
    startOfDay: null,
    ...over,
  });

describe('the portfolio view', () => {
  it('adds wallets and unrealised profit up, sorts by worth and gives shares', () => {
    const { sessions, accounts } = sessionsOf();
    accounts[0]?.emit({ kind: 'balances', balances: [balance('USDT', '40000'), balance('BTC', '1')] });
    accounts[0]?.emit({ kind: 'positions', positions: [{ unrealizedPnl: '-100', settle: 'USDT' } as never] });
    const shown = view(sessions, { startOfDay: { 'account-0': '80000' } });
    expect(shown).toMatchObject({
      total: '99900',
      unrealizedPnl: '-100',
      changeToday: '19900',
      changeTodayFraction: '0.24875',
      missing: [],
    });
    expect(shown.holdings.map((holding) => [holding.asset, holding.share])).toEqual([
      ['BTC', '0.6'],
      ['USDT', '0.4'],
    ]);
  });

  it('shows no total, and names what is missing, while an account has not answered', () => {
    const { sessions, accounts } = sessionsOf(2);
    accounts[0]?.emit({ kind: 'balances', balances: [balance('USDT', '1')] });
    const shown = view(sessions);
    expect(shown.total).toBeNull();
    expect(shown.missing).toEqual(['Account 1']);
    expect(shown.accounts.map((account) => account.state)).toEqual(['live', 'loading']);
  });

  it('shows no total, and names the coin, when a counted coin has no price', () => {
    const { sessions, accounts } = sessionsOf();
    accounts[0]?.emit({ kind: 'balances', balances: [balance('USDT', '1'), balance('XYZ', '5')] });
    const shown = view(sessions);
    expect(shown.total).toBeNull();
    expect(shown.missing).toEqual(['XYZ']);
    expect(shown.holdings.find((holding) => holding.asset === 'XYZ')?.value).toBeNull();
  });

  it('names a contract whose profit cannot be valued, once', () => {
    const { sessions, accounts } = sessionsOf();
    const position = { symbol: 'XYZ/USDT:USDT', unrealizedPnl: null, settle: 'USDT' } as never;
    accounts[0]?.emit({ kind: 'balances', balances: [balance('USDT', '1')] });
    accounts[0]?.emit({ kind: 'positions', positions: [position, position] });
    const shown = view(sessions);
    expect(shown.total).toBeNull();
    expect(shown.missing).toEqual(['XYZ/USDT:USDT']);
  });

  it('leaves a wallet that is not counted out of the total but in the list', () => {
    const { sessions, accounts } = sessionsOf();
    accounts[0]?.emit({
      kind: 'balances',
      balances: [balance('USDT', '10'), balance('BTC', '9', { counted: false, notCountedReason: 'earn' })],
    });
    const shown = view(sessions);
    expect(shown.total).toBe('10');
    expect(shown.accounts[0]?.balances).toHaveLength(2);
  });

  it('keeps the last figures and calls them stale when the connection is gone', () => {
    const { sessions, accounts } = sessionsOf();
    accounts[0]?.emit({ kind: 'balances', balances: [balance('USDT', '10')] });
    accounts[0]?.emit({ kind: 'state', state: 'failed', reason: 'connection lost' });
    const shown = view(sessions);
    expect(shown.accounts[0]).toMatchObject({ state: 'stale', equity: '10', error: 'connection lost' });
    expect(shown.total).toBe('10');
  });

  it('counts an option at its mark, because its premium has left the balance', () => {
    const { sessions, accounts } = sessionsOf();
    const option = {
      symbol: 'BTC/USDT:USDT-261225-90000-C',
      side: 'long',
      quantity: '2',
      markPrice: '150',
      unrealizedPnl: '-100',
      settle: 'USDT',
    };
    accounts[0]?.emit({ kind: 'balances', balances: [balance('USDT', '1000')] });
    accounts[0]?.emit({ kind: 'positions', positions: [option as never] });
    expect(view(sessions)).toMatchObject({ total: '1300', unrealizedPnl: '-100' });
    accounts[0]?.emit({ kind: 'positions', positions: [{ ...option, side: 'short' } as never] });
    expect(view(sessions).total).toBe('700');
    accounts[0]?.emit({ kind: 'positions', positions: [{ ...option, markPrice: null } as never] });
    expect(view(sessions)).toMatchObject({ total: null, missing: [option.symbol] });
  });

  it('shows no total, and names the account, while one waits for its venue', () => {
    const { sessions, accounts } = sessionsOf();
    accounts[0]?.emit({ kind: 'balances', balances: [balance('USDT', '1')] });
    expect(view(sessions, { absent: [{ label: 'Main', environment: 'practice' }] })).toMatchObject({
      total: null,
      missing: ['Main'],
    });
  });

  it('takes totals as they are: net of what is borrowed, and below zero where more is owed', () => {
    const { sessions, accounts } = sessionsOf();
    accounts[0]?.emit({ kind: 'balances', balances: [balance('USDT', '10', { borrowed: '4' })] });
    expect(view(sessions).total).toBe('10');
    accounts[0]?.emit({ kind: 'balances', balances: [balance('USDT', '-3', { borrowed: '3' })] });
    expect(view(sessions).total).toBe('-3');
  });
});

describe('the equity curve', () => {
  let ledger: TestLedger;
  beforeEach(() => {
    ledger = testLedger();
  });
  afterEach(() => {
    ledger.dispose();
  });

  function portfolio(currency: () => string, now: () => number) {
    const { sessions, accounts } = sessionsOf();
    const made = new Portfolio({
      ledger: ledger.repositories,
      sessions,
      instruments: () => INSTRUMENTS,
      tickers: () => TICKERS,
      currency,
      clock: now,
      every: () => () => undefined,
      onWriteFailed: (error) => {
        throw error;
      },
    });
    return { made, account: accounts[0] };
  }

  it('is kept in the currency asked for later, at the rates of its time', async () => {
    let currency = 'USDT';
    const { made, account } = portfolio(
      () => currency,
      () => 5000,
    );
    account?.emit({ kind: 'balances', balances: [balance('USDT', '1200')] });
    await made.snapshot();
    expect(await made.equity('1D')).toEqual([{ time: 5000, equity: '1200', accounts: ['account-0'] }]);
    currency = 'EUR';
    expect(await made.equity('1D')).toEqual([{ time: 5000, equity: '1000', accounts: ['account-0'] }]);
  });

  it('begins as soon as every part is known, and goes on every five minutes', async () => {
    const runs: { ms: number; run: () => void }[] = [];
    const { sessions, accounts } = sessionsOf();
    const made = new Portfolio({
      ledger: ledger.repositories,
      sessions,
      instruments: () => INSTRUMENTS,
      tickers: () => TICKERS,
      currency: () => 'USDT',
      clock: () => 5000,
      every: (ms, run) => {
        runs.push({ ms, run });
        return () => undefined;
      },
      onWriteFailed: (error) => {
        throw error;
      },
    });
    const second = runs.find(({ ms }) => ms === 1000)?.run;
    second?.();
    accounts[0]?.emit({ kind: 'balances', balances: [balance('USDT', '5')] });
    second?.();
    second?.();
    await vi.waitFor(async () => {
      expect(await made.equity('1D')).toEqual([{ time: 5000, equity: '5', accounts: ['account-0'] }]);
    });
    await vi.waitFor(() => {
      expect(made.view().changeToday).toBe('0');
    });
    expect(runs.some(({ ms }) => ms === SNAPSHOT_EVERY_MS)).toBe(true);
  });

  it('gets no point while something is missing', async () => {
    const { made, account } = portfolio(
      () => 'USDT',
      () => 5000,
    );
    await made.snapshot();
    account?.emit({ kind: 'balances', balances: [balance('XYZ', '1')] });
    await made.snapshot();
    expect(await made.equity('all')).toEqual([]);
  });

  it('measures the change of today from the last snapshot before midnight', async () => {
    const noon = new Date(2026, 10, 20, 12).getTime();
    const { made, account } = portfolio(
      () => 'USDT',
      () => noon,
    );
    await ledger.repositories.snapshots.insert({
      time: noon - 86_400_000,
      total: '80',
      rates: {},
      accounts: { 'account-0': '80' },
    });
    await ledger.repositories.snapshots.insert({
      time: noon - 3_600_000,
      total: '95',
      rates: {},
      accounts: { 'account-0': '95' },
    });
    Object.assign(account ?? {}, { balances: () => Promise.resolve([balance('USDT', '100')]) });
    expect((await made.refresh()).changeToday).toBe('20');
  });

  it('asks again only those connected accounts that said nothing lately, and one at a time', async () => {
    let now = 100_000;
    const runs: { ms: number; run: () => void }[] = [];
    const { sessions, accounts } = sessionsOf(3);
    const asked: string[] = [];
    const { promise, resolve } = Promise.withResolvers<[]>();
    for (const [index, account] of accounts.entries())
      Object.assign(account, {
        balances: () => {
          asked.push(`account-${String(index)}`);
          return promise;
        },
      });
    const made = new Portfolio({
      ledger: ledger.repositories,
      sessions,
      instruments: () => INSTRUMENTS,
      tickers: () => TICKERS,
      currency: () => 'USDT',
      clock: () => now,
      every: (ms, run) => {
        runs.push({ ms, run });
        return () => undefined;
      },
      onWriteFailed: (error) => {
        throw error;
      },
    });
    const [talkative, quiet, gone] = accounts;
    talkative?.emit({ kind: 'state', state: 'live' });
    quiet?.emit({ kind: 'state', state: 'live' });
    gone?.emit({ kind: 'state', state: 'failed', reason: 'refused' });
    const [session] = sessions.all();
    if (session) session.asOf = now;
    const again = () => runs.find(({ ms }) => ms === 15_000)?.run();
    again();
    again();
    expect(asked).toEqual(['account-1']);
    now += 15_000;
    again();
    expect(asked).toEqual(['account-1', 'account-0']);
    resolve([]);
    await vi.waitFor(() => {
      expect(sessions.all().map(({ asOf }) => asOf)).toEqual([now, now, null]);
    });
    made.dispose();
  });

  it('lets a stream that spoke meanwhile keep its word against the answer of a refresh', async () => {
    const { made, account } = portfolio(
      () => 'USDT',
      () => 5000,
    );
    Object.assign(account ?? {}, {
      balances: () => {
        account?.emit({ kind: 'balances', balances: [balance('USDT', '9')] });
        return Promise.resolve([balance('USDT', '7')]);
      },
    });
    expect((await made.refresh()).total).toBe('9');
  });

  it('keeps old figures when a refresh fails', async () => {
    const { made, account } = portfolio(
      () => 'USDT',
      () => 5000,
    );
    account?.emit({ kind: 'balances', balances: [balance('USDT', '7')] });
    Object.assign(account ?? {}, { balances: () => Promise.reject(new Error('down')) });
    expect((await made.refresh()).total).toBe('7');
  });
});
