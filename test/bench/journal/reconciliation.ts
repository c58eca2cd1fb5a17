import type { Order } from '../../../src-preload/contract/types/trading.ts';
import type { Ledger } from '../../../src-main/storage/ledger/ledger.ts';
import type { AccountSession } from '../../../src-main/trading/account-sessions.ts';
import { HistoryBackfill } from '../../../src-main/trading/history-backfill.ts';
import { OrderKeeper } from '../../../src-main/trading/order-keeper.ts';
import { reconcile } from '../../../src-main/trading/reconciliation.ts';
import { fakeAccount } from '../../support/trading-account.ts';
import type { BenchResult } from '../result.ts';
import { BENCH_ACCOUNT, journalOrder } from './orders.ts';

const [PAST, OPEN, PAGE] = [10_000, 500, 50];

/** Every one of 500 open orders was placed elsewhere, and 10,000 finished ones are to be fetched page by page. */
export async function reconciliationCpu(ledger: Ledger): Promise<BenchResult> {
  const ignore = (): void => undefined;
  const keeper = new OrderKeeper({
    ledger: ledger.repositories,
    clock: Date.now,
    onOrder: ignore,
    onFill: ignore,
    onWriteFailed: (error) => {
      throw error;
    },
  });
  const venueOrder = (n: number, state: Order['state']): Order =>
    journalOrder(100_000 + n, { state, venueOrderId: `venue-${String(n)}` });
  const past = Array.from({ length: PAST }, (_, n) => venueOrder(n, 'cancelled'));
  const open = Array.from({ length: OPEN }, (_, n) => venueOrder(PAST + n, 'working'));
  const trading = fakeAccount({
    accountId: BENCH_ACCOUNT,
    openOrders: () => Promise.resolve(open),
    orderHistory: (cursor) => {
      const from = Number(cursor ?? '0');
      const end = from + PAGE;
      return Promise.resolve({ rows: past.slice(from, end), cursor: end < PAST ? String(end) : null });
    },
  });
  const exchange = { market: { serverTime: () => Promise.resolve(Date.now()) } };
  const session = { account: { id: BENCH_ACCOUNT }, exchange, trading } as unknown as AccountSession;
  const wait = () => Promise.resolve();
  const shared = { ledger: ledger.repositories, keeper, clock: Date.now, wait };
  const history = new HistoryBackfill({ ...shared, isOpen: () => true });
  const cpu = process.cpuUsage();
  await reconcile(session, { ...shared, history });
  await history.idle();
  // What `hear` sends to the ledger is written before what is asked now.
  const { total } = await ledger.repositories.orders.list({ limit: 1, offset: 0 });
  const { user, system } = process.cpuUsage(cpu);
  history.dispose();
  if (total < PAST + OPEN) throw new Error(`only ${String(total)} orders are in the ledger`);
  return {
    name: 'reconciliation: 10,000 past and 500 open orders, CPU of all threads',
    unit: 's',
    ours: (user + system) / 1e6,
    peers: {},
    note: 'target 2 s',
  };
}
