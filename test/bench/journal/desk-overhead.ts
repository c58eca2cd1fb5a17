import { performance } from 'node:perf_hooks';
import type { Exchange } from '../../../src-main/exchanges/exchange.ts';
import type { LedgerRepositories } from '../../../src-main/storage/ledger/ledger.ts';
import { AccountSessions } from '../../../src-main/trading/account-sessions.ts';
import { OrderDesk } from '../../../src-main/trading/order-desk.ts';
import { OrderKeeper } from '../../../src-main/trading/order-keeper.ts';
import { ACCOUNT } from '../../unit/trading/desk-fixture.ts';
import { BTC_SPOT, draft } from '../../support/markets.ts';
import { fakeAccount } from '../../support/trading-account.ts';
import { median } from '../result.ts';
import type { BenchResult } from '../result.ts';

const ORDERS = 4000;

/** A journal that costs nothing. */
const NO_LEDGER = {
  orders: {
    byIntent: () => Promise.resolve(null),
    record: () => Promise.resolve(null),
    note: () => Promise.resolve(null),
  },
} as unknown as LedgerRepositories;

/** From the call of `place` to its answer, without journal and venue: checks, gate, state, identity. */
export async function deskOverhead(): Promise<BenchResult> {
  const sessions = new AccountSessions({
    exchangeOf: () => ({ openAccount: () => fakeAccount(), capabilities: {} }) as unknown as Exchange,
    signerOf: () => null,
    clock: Date.now,
  });
  sessions.open(ACCOUNT);
  const keeper = new OrderKeeper({
    ledger: NO_LEDGER,
    clock: Date.now,
    onOrder: () => undefined,
    onFill: () => undefined,
    onWriteFailed: () => undefined,
  });
  let next = 1;
  const desk = new OrderDesk({
    ledger: NO_LEDGER,
    sessions,
    keeper,
    instrument: () => Promise.resolve(BTC_SPOT),
    reference: () => Promise.resolve('60000'),
    clock: Date.now,
    newId: () => String(next++),
    wait: () => Promise.resolve(),
    ready: () => Promise.resolve(),
  });
  const times: number[] = [];
  for (let n = 0; n < ORDERS; n += 1) {
    const started = performance.now();
    await desk.place(draft(), `intent-${String(n)}`);
    times.push(1000 * (performance.now() - started));
  }
  sessions.dispose();
  return {
    name: 'desk: overhead of an order without journal and venue',
    unit: 'us',
    ours: median(times.slice(ORDERS / 4)),
    peers: {},
    note: 'target 100 us',
  };
}
