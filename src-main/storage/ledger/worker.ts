/** The ledger's worker thread: the only place that has the database open, so that no query stalls the main process. */
import { parentPort } from 'node:worker_threads';
import { HoldfastError } from '../../errors.ts';
import { LedgerWriter } from './ledger-writer.ts';
import type { Task } from './ledger-writer.ts';
import type { LedgerOpening, LedgerRequest, LedgerResponse } from './messages.ts';
import { openLedger, storageError } from './open.ts';
import type { OpenedLedger } from './open.ts';
import { ledgerOperations } from './operations.ts';

type AnyOperation = (input: unknown) => unknown;
type RunRequest = Extract<LedgerRequest, { kind: 'run' }>;

let opened: { readonly ledger: OpenedLedger; readonly writer: LedgerWriter } | null = null;
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
    // The log of requests is for looking at, not for finding orders again.
    isLazy: repository === 'requestLog',
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
  if (opened) opened.writer.run(requests.map(taskOf));
  else for (const request of requests) fail(request.id, closed());
}

function close(): void {
  const closing = opened;
  opened = null;
  operations = {};
  try {
    closing?.writer.close();
  } finally {
    closing?.ledger.db.close();
  }
}

/** Answers what was found when the ledger was opened. */
function control(request: Exclude<LedgerRequest, RunRequest>): LedgerOpening | null {
  if (request.kind === 'durability') {
    opened?.writer.setDurability(request.durability);
    return null;
  }
  close();
  if (request.kind === 'close') return null;
  const ledger = openLedger({ file: request.file, key: request.key });
  const writer = new LedgerWriter(ledger.db, ledger.redoLog);
  writer.setDurability(request.durability);
  operations = ledgerOperations(writer.recording) as unknown as typeof operations;
  opened = { ledger, writer };
  return ledger.opening;
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
