/** Looks over the shoulder of the ledger's thread: which new orders it was given, and which it has confirmed. */
import type { Worker } from 'node:worker_threads';
import type { Report } from './wire.ts';

interface Request {
  readonly id: number;
  readonly repository?: string;
  readonly operation?: string;
  readonly input?: unknown;
}

/** The orders that are written down for the first time: their entry carries the intent. */
function newOrders({ repository, operation, input }: Request): readonly string[] {
  if (repository !== 'orders' || operation !== 'record' || !Array.isArray(input)) return [];
  return (input as { intentId?: string; order: { clientOrderId: string } }[])
    .filter(({ intentId }) => intentId !== undefined)
    .map(({ order }) => order.clientOrderId);
}

/** The same worker, which reports before anybody else hears of it. */
export function reportJournal(worker: Worker, report: (message: Report) => void): Worker {
  const written = new Map<number, readonly string[]>();
  const post = worker.postMessage.bind(worker);
  worker.postMessage = (message: Request) => {
    const orders = newOrders(message);
    if (orders.length > 0) {
      written.set(message.id, orders);
      report({ kind: 'journaling', orders });
    }
    post(message);
  };
  worker.on('message', ({ id }: { id: number }) => {
    const orders = written.get(id);
    written.delete(id);
    if (orders) report({ kind: 'journaled', orders });
  });
  return worker;
}
