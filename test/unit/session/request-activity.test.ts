import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { activityHandlers } from '../../../src-main/ipc/handlers/activity.ts';
import { RequestActivity } from '../../../src-main/session/request-activity.ts';
import type { RequestRow } from '../../../src-preload/contract/types/activity.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';

let ledger: TestLedger;
let folder: string;
beforeEach(() => {
  ledger = testLedger();
  folder = mkdtempSync(join(tmpdir(), 'holdfast-activity-'));
});
afterEach(() => {
  ledger.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const CONTEXT = { windowId: 1 };
const entry = (operation: string, request = '{}') => ({
  time: 1000,
  accountId: 'key-1',
  transport: 'http' as const,
  operation,
  method: 'GET',
  path: '/v5/x',
  request,
  response: '{"retCode":0}',
  status: 200,
  outcome: 'ok' as const,
  waitedMs: 1,
  flightMs: 20,
});

function activity(chosen: string | null = null) {
  const made = new RequestActivity({ ledger: ledger.repositories, clock: () => 2000 });
  const chooseFile = vi.fn(() => Promise.resolve(chosen));
  const handlers = activityHandlers({ requests: () => made, chooseFile });
  return { made, handlers, chooseFile };
}

describe('the log of requests', () => {
  it('keeps what a venue sends, tells it, and never shows a key id', async () => {
    const { made, handlers } = activity();
    const heard: RequestRow[] = [];
    made.rows.on((row) => heard.push(row));
    made.hide('test-key-0001');
    const log = await made.log();
    log.sink('bybit').record(entry('order.create', '{"note":"test-key-0001"}'));
    await log.flush();
    const listed = await handlers.requests({ limit: 10, offset: 0 }, CONTEXT);
    expect(listed).toMatchObject({ total: 1, rows: [{ operation: 'order.create', venue: 'bybit' }] });
    expect(heard).toEqual(listed.rows);
    expect(JSON.stringify(listed)).not.toContain('test-key-0001');
    expect(await handlers.latency({}, CONTEXT)).toMatchObject([{ operation: 'order.create', p50: 20 }]);
  });

  it('is exported as JSON lines for its owner alone, the last ones included, even over an older file', async () => {
    const path = join(folder, 'activity.jsonl');
    writeFileSync(path, 'something older and longer than a line\n', { mode: 0o644 });
    const { made, handlers } = activity(path);
    const sink = (await made.log()).sink('bybit');
    for (let n = 0; n < 1200; n += 1) sink.record(entry(n === 700 ? 'order.create' : 'tickers'));
    expect(await handlers.export({}, CONTEXT)).toEqual({ path, rows: 1200 });
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(1200);
    expect(lines.map((line) => (JSON.parse(line) as RequestRow).id)).toEqual(lines.map((_, n) => n + 1));
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await handlers.export({ text: 'order' }, CONTEXT)).toMatchObject({ rows: 1 });
  });

  it('exports nothing when the person cancels, and says so when the file cannot be written', async () => {
    expect(await activity().handlers.export({}, CONTEXT)).toBeNull();
    const nowhere = activity(join(folder, 'no', 'such', 'folder.jsonl'));
    await expect(nowhere.handlers.export({}, CONTEXT)).rejects.toMatchObject({ code: 'activity.notWritten' });
  });

  it('opens no dialog while locked', async () => {
    const { chooseFile } = activity();
    const handlers = activityHandlers({
      requests: () => {
        throw new Error('locked');
      },
      chooseFile,
    });
    await expect(handlers.export({}, CONTEXT)).rejects.toThrow('locked');
    expect(chooseFile).not.toHaveBeenCalled();
  });

  it('is empty after it was cleared, also of what was on its way', async () => {
    const { made, handlers } = activity();
    const log = await made.log();
    log.sink('bybit').record(entry('tickers'));
    await log.flush();
    log.sink('bybit').record(entry('instruments'));
    await handlers.clear({}, CONTEXT);
    await made.dispose();
    expect(await handlers.requests({ limit: 10, offset: 0 }, CONTEXT)).toEqual({ rows: [], total: 0 });
  });
});
