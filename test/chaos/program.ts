/**
 * The program that is killed: the whole application of the main process (vault, ledger on disk, session, Bybit
 * adapter, desk, reconciler, gate) behind its real border, on a stand-in for Electron. It says `warm` when its
 * modules are loaded and touches nothing before the first command, so that one can wait while another one runs.
 */
import '../setup/electron-crypto-gaps.ts';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { openBorder } from '../../src-main/ipc/border.ts';
import { KnownWindows } from '../../src-main/ipc/sender.ts';
import { parseArguments } from '../../src-main/shell/args.ts';
import { sitesFromArguments } from '../../src-main/shell/start-arguments.ts';
import { systemTimers } from '../../src-main/session/timers.ts';
import { contract } from '../../src-preload/contract/index.ts';
import type { Result } from '../../src-preload/contract/result.ts';
import { testApplication } from '../support/application.ts';
import { FakeIpc, FakeLog, ORIGIN, WINDOW } from '../unit/ipc/fakes.ts';
import { reportJournal } from './journal-reports.ts';
import { trade } from './traffic.ts';
import { revived } from './wire.ts';
import type { Command, Report } from './wire.ts';

/** Waits of desk and reconciler are this much shorter than in life; the line to the venue is as fast as it is. */
const HURRY = 10;

/** Written before this returns, whatever happens next. */
function report(message: Report): void {
  const line = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let sent = 0; sent < line.length;) sent += writeSome(line, sent);
}

/** Waits for the reader when the pipe is full. */
function writeSome(line: Buffer, from: number): number {
  try {
    return writeSync(1, line, from);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return 0;
  }
}

function start() {
  const ipc = new FakeIpc();
  const windows = new KnownWindows(ORIGIN);
  windows.add(WINDOW, ['read', 'trade', 'withdraw', 'vault']);
  const wait = (ms: number): Promise<void> => systemTimers.wait(ms / HURRY);
  const ledger = new URL('../../src-main/storage/ledger/worker.ts', import.meta.url);
  const { application } = testApplication({
    ...(argv.userDataDir === undefined ? {} : { folder: argv.userDataDir }),
    venueSites,
    timers: { ...systemTimers, wait },
    createLedgerWorker: () => reportJournal(new Worker(ledger), report),
  });
  openBorder({ ipc, windows, contract, application, log: new FakeLog() });
  return (channel: string, input: unknown): Promise<Result<unknown>> =>
    ipc.invoke(`call:${channel}`, revived(input));
}

const argv = parseArguments(process.argv.slice(2), process.cwd(), false);
const venueSites = await sitesFromArguments(argv);
await import('../../src-main/session/open-bybit.ts');
report({ kind: 'warm' });

let invoke: ReturnType<typeof start> | null = null;
const commands = createInterface({ input: process.stdin });
// Nobody is left to talk to.
commands.on('close', () => process.exit(0));
commands.on('line', (line) => {
  const command = JSON.parse(line) as Command;
  invoke ??= start();
  if (command.kind === 'trade') void trade(command.traffic, invoke, report);
  else void answer(command.id, invoke(command.channel, command.input));
});

async function answer(id: number, result: Promise<Result<unknown>>): Promise<void> {
  report({ kind: 'answer', id, result: await result });
}
