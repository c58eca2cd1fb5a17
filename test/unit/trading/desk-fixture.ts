import { HoldfastError } from '../../../src-main/errors.ts';
import type { Exchange, Order, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import { AccountSessions } from '../../../src-main/trading/account-sessions.ts';
import type { AccountSession } from '../../../src-main/trading/account-sessions.ts';
import type { NetTime } from '../../../src-main/net/time.ts';
import type { OrderGate } from '../../../src-main/trading/order-gate.ts';
import { OrderDesk } from '../../../src-main/trading/order-desk.ts';
import { OrderKeeper } from '../../../src-main/trading/order-keeper.ts';
import type { Account } from '../../../src-preload/contract/types/account.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { BTC_SPOT } from '../../support/markets.ts';
import { fakeAccount } from '../../support/trading-account.ts';
import type { FakeAccount } from '../../support/trading-account.ts';

export const ACCOUNT: Account = {
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

/** A desk over the given ledger and a venue that accepts everything `over` does not replace. */
export function deskOver(
  ledger: TestLedger,
  over: Partial<TradingAccount> = {},
  account: Account = ACCOUNT,
  more: {
    readonly gate?: OrderGate;
    readonly wait?: (ms: number) => Promise<void>;
    readonly onTrouble?: (session: AccountSession) => void;
    readonly ready?: () => Promise<void>;
    readonly time?: NetTime;
    /** The venue's clock. */
    readonly venueTime?: () => number;
  } = {},
) {
  const trading: FakeAccount = fakeAccount(over);
  const venueTime = more.venueTime ?? (() => 1000);
  const seen: Order[] = [];
  const writeFailures: unknown[] = [];
  const sessions = new AccountSessions({
    exchangeOf: () =>
      ({
        openAccount: () => trading,
        market: { serverTime: () => Promise.resolve(venueTime()) },
      }) as unknown as Exchange,
    signerOf: () => null,
    clock: () => 1000,
  });
  const session = sessions.open(account);
  if (!session) throw new Error('no session');
  const keeper = new OrderKeeper({
    ledger: ledger.repositories,
    clock: () => 1000,
    onOrder: (order) => seen.push(order),
    onFill: () => undefined,
    onWriteFailed: (error) => writeFailures.push(error),
  });
  let next = 100;
  const made = new OrderDesk({
    ledger: ledger.repositories,
    sessions,
    keeper,
    instrument: () => Promise.resolve(BTC_SPOT),
    reference: () => Promise.resolve('60000'),
    clock: () => 1000,
    newId: () => String(next++),
    wait: () => Promise.resolve(),
    ready: () => Promise.resolve(),
    ...more,
  });
  return { desk: made, trading, keeper, seen, session, writeFailures };
}

/** A request whose answer never came. */
export const lost = () =>
  Promise.reject(new HoldfastError('unknownOutcome', 'net.timeout', 'The venue did not answer in time.'));
