/** The ledger's worker thread: the only place that has the database open, so that no query stalls the main process. */
import { parentPort } from 'node:worker_threads';
import { HoldfastError } from '../../errors.ts';
import type { LedgerRequest, LedgerResponse } from './messages.ts';
import { openLedger, storageError } from './open.ts';
import type { Db } from './open.ts';
import { ledgerOperations } from './operations.ts';

type AnyOperation = (input: unknown) => unknown;

let db: Db | null = null;
let operations: Readonly<Record<string, Readonly<Record<string, AnyOperation>>>> = {};

function run(request: LedgerRequest): unknown {
  switch (request.kind) {
    case 'open':
      db?.close();
      db = openLedger({ file: request.file, key: request.key });
      operations = ledgerOperations(db) as unknown as typeof operations;
      return null;
    case 'close':
      db?.close();
      db = null;
      operations = {};
      return null;
    case 'run': {
      const operation = operations[request.repository]?.[request.operation];
      if (!operation) throw new HoldfastError('storage', 'ledger.closed', 'The ledger is not open.');
      return operation(request.input);
    }
  }
}

parentPort?.on('message', (request: LedgerRequest) => {
  let response: LedgerResponse;
  try {
    response = { id: request.id, ok: true, value: run(request) };
  } catch (error) {
    response = { id: request.id, ok: false, error: storageError(error).toShape() };
  }
  parentPort?.postMessage(response);
});
