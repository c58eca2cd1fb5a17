import type { Db } from './open.ts';
import { accountOperations } from './repositories/accounts.ts';
import { alertOperations } from './repositories/alerts.ts';
import { fillOperations } from './repositories/fills.ts';
import { fundsIntentOperations } from './repositories/funds-intents.ts';
import { keyValueOperations } from './repositories/key-values.ts';
import { orderOperations } from './repositories/orders.ts';
import { orderRequestOperations } from './repositories/order-requests.ts';
import { requestLogOperations } from './repositories/request-log.ts';
import { snapshotOperations } from './repositories/snapshots.ts';

/** Everything the ledger can do, by repository: what the worker runs and the client is typed from. */
export function ledgerOperations(db: Db) {
  return {
    accounts: accountOperations(db),
    orders: orderOperations(db),
    fills: fillOperations(db),
    snapshots: snapshotOperations(db),
    alerts: alertOperations(db),
    requestLog: requestLogOperations(db),
    orderRequests: orderRequestOperations(db),
    keyValues: keyValueOperations(db),
    fundsIntents: fundsIntentOperations(db),
  };
}
export type LedgerOperations = ReturnType<typeof ledgerOperations>;
