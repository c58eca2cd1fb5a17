/** The ledger's worker thread: the only place that has the database open, so that no query stalls the main process. */
import { parentPort } from 'node:worker_threads';
import { HoldfastError } from '../../errors.ts';
import { commitTogether } from './group-commit.ts';
import type { Task } from './group-commit.ts';
import type { Durability, LedgerRequest, LedgerResponse } from './messages.ts';
import { openLedger, storageError } from './open.ts';
import type { Db } from './open.ts';
import { ledgerOperations } from './operations.ts';

type AnyOperation = (input: unknown) => unknown;
type RunRequest = Extract<LedgerRequest, { kind: 'run' }>;

let db: Db | null = null;
let operations: Readonly<Record<string, Readonly<Record<string, AnyOperation>>>> = {};
/** What came in since the last turn. */
let waiting: RunRequest[] = [];

function answer(response: LedgerResponse): void {
  parentPort?.postMessage(response);
}

function fail(id: number, error: unknown): void {
  answer({ id, ok: false, error: storageError(error).toShape() });
}

function taskOf({ id, repository, operation, input }: RunRequest): Task {
  return {
    run: () => {
      const found = operations[repository]?.[operation];
      if (!found) throw new HoldfastError('storage', 'ledger.closed', 'The ledger is not open.');
      return found(input);
    },
    done: (value) => {
      answer({ id, ok: true, value });
    },
    failed: (error) => {
      fail(id, error);
    },
  };
}

function flush(): void {
  const requests = waiting;
  waiting = [];
  if (db) commitTogether(db, requests.map(taskOf));
  else for (const request of requests) fail(request.id, closed());
}

function setDurability(durability: Durability): null {
  // FULL waits for the disk at each commit; NORMAL hands the commit to the operating system.
  db?.pragma(`synchronous=${durability === 'power' ? 'FULL' : 'NORMAL'}`);
  return null;
}

function control(request: Exclude<LedgerRequest, RunRequest>): null {
  if (request.kind === 'durability') return setDurability(request.durability);
  db?.close();
  db = null;
  operations = {};
  if (request.kind === 'open') {
    db = openLedger({ file: request.file, key: request.key });
    operations = ledgerOperations(db) as unknown as typeof operations;
    setDurability(request.durability);
  }
  return null;
}

parentPort?.on('message', (request: LedgerRequest) => {
  if (request.kind === 'run') {
    // Everything that is in the queue by now has come before the turn ends.
    if (waiting.push(request) === 1) setImmediate(flush);
    return;
  }
  flush();
  try {
    answer({ id: request.id, ok: true, value: control(request) });
  } catch (error) {
    fail(request.id, error);
  }
});

const closed = () => new HoldfastError('storage', 'ledger.closed', 'The ledger is not open.');
