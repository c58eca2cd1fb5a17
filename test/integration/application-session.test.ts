import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { HoldfastError } from '../../src-main/errors.ts';
import { systemTimers } from '../../src-main/session/timers.ts';
import { PASSPHRASE, bytes } from '../support/application.ts';
import { CONTEXT, ORDER, created, lastPrice, restingPrice, start } from './running.ts';

describe('locking', () => {
  it('takes an address off the clipboard, and so does quitting', async () => {
    const clearClipboard = vi.fn(() => Promise.resolve());
    const app = start({ clearClipboard });
    await app.handlers.vault.create({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    expect(clearClipboard).not.toHaveBeenCalled();
    await app.handlers.vault.lock({}, CONTEXT);
    expect(clearClipboard).toHaveBeenCalledTimes(1);
    await app.stop();
    expect(clearClipboard).toHaveBeenCalledTimes(2);
  });

  it('refuses everything that needs the vault, and gives all of it back after unlock', async () => {
    const app = await created();
    const { handlers } = app;
    const price = await restingPrice(app);
    const order = await handlers.trading.place(
      { ...ORDER, price, quantity: '0.01', intentId: 'intent-1' },
      CONTEXT,
    );
    await handlers.alerts.create(
      {
        label: 'test alert',
        repeat: 'once',
        cooldownSeconds: 0,
        hysteresisPercent: '0',
        notify: false,
        condition: { kind: 'orderFilled', accountId: null, partial: false },
      },
      CONTEXT,
    );
    await handlers.vault.lock({}, CONTEXT);
    expect(() => handlers.trading.openOrders({}, CONTEXT)).toThrowError(
      expect.objectContaining({ kind: 'locked' }) as Error,
    );
    await expect(
      handlers.vault.unlock({ passphrase: bytes('test passphrase that is wrong') }, CONTEXT),
    ).rejects.toMatchObject({ code: 'vault.wrongPassphrase' });
    await handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    const open = await handlers.trading.openOrders({}, CONTEXT);
    expect(open.map((entry) => [entry.clientOrderId, entry.state])).toEqual([
      [order.clientOrderId, 'working'],
    ]);
    expect(await handlers.alerts.list({}, CONTEXT)).toHaveLength(1);
  });

  it('keeps orders and balances over a restart of the program', async () => {
    const first = await created();
    const price = await restingPrice(first);
    const order = await first.handlers.trading.place(
      { ...ORDER, price, quantity: '0.01', intentId: 'intent-1' },
      CONTEXT,
    );
    await first.stop();
    const second = start({ folder: first.folder, settings: first.settings });
    await second.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    const open = await second.handlers.trading.openOrders({}, CONTEXT);
    expect(open.map((entry) => entry.clientOrderId)).toEqual([order.clientOrderId]);
    expect(
      (
        await second.handlers.trading.cancel(
          { accountId: 'practice', clientOrderId: order.clientOrderId },
          CONTEXT,
        )
      ).state,
    ).toBe('cancelled');
  });
});

describe('a session that cannot be opened', () => {
  it('leaves nothing open: the vault locks, says why, and opens when the cause is gone', async () => {
    let broken = true;
    let timers = 0;
    const workers = { made: 0, ended: 0 };
    const count = (stop: () => void) => {
      timers += 1;
      let isOn = true;
      return () => {
        if (isOn) timers -= 1;
        isOn = false;
        stop();
      };
    };
    const app = start({
      timers: {
        ...systemTimers,
        every: (ms, run) => {
          // The portfolio asks first: by then ledger, practice exchange and accounts are there.
          if (broken) throw new HoldfastError('internal', 'test.noTimers', 'No more timers.');
          return count(systemTimers.every(ms, run));
        },
      },
      createLedgerWorker: () => {
        const worker = new Worker(new URL('../../src-main/storage/ledger/worker.ts', import.meta.url));
        workers.made += 1;
        worker.once('exit', () => {
          workers.ended += 1;
        });
        return worker;
      },
    });
    await expect(app.handlers.vault.create({ passphrase: bytes(PASSPHRASE) }, CONTEXT)).rejects.toMatchObject(
      { code: 'test.noTimers' },
    );
    expect(await app.handlers.app.state({}, CONTEXT)).toMatchObject({
      phase: 'locked',
      lockReason: 'openFailed',
      notices: [{ id: 'session', severity: 'error' }],
    });
    expect(app.failures.map(({ where }) => where)).toEqual(['session']);
    expect(workers).toEqual({ made: 1, ended: 1 });
    broken = false;
    await app.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    expect(await app.handlers.accounts.list({}, CONTEXT)).toMatchObject([{ state: 'live' }]);
    expect((await app.handlers.app.state({}, CONTEXT)).notices).toEqual([]);
    await app.handlers.vault.lock({}, CONTEXT);
    await app.application.host.settled();
    expect(timers).toBe(0);
    expect(workers).toEqual({ made: 2, ended: 2 });
  });

  it('is not called broken when a lock came in between', async () => {
    const app = await created();
    await app.handlers.vault.lock({}, CONTEXT);
    const stop = app.application.vault.onUnlock(() => {
      void app.application.vault.lock('suspend');
    });
    await expect(app.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT)).rejects.toMatchObject(
      { kind: 'locked' },
    );
    stop();
    expect(await app.handlers.app.state({}, CONTEXT)).toMatchObject({
      phase: 'locked',
      lockReason: 'suspend',
      notices: [],
    });
    expect(app.failures).toEqual([]);
    await app.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT);
    expect(app.application.host.isOpen).toBe(true);
  });
});

describe('a ledger that cannot be opened', () => {
  it('is a notice: the vault opens, market data runs, and orders are refused', async () => {
    const first = await created();
    await first.stop();
    writeFileSync(
      join(first.folder, 'ledger.db'),
      'not a database at all, but long enough to be taken for one'.repeat(200),
    );
    rmSync(join(first.folder, 'ledger.db-wal'), { force: true });
    const second = start({ folder: first.folder, settings: first.settings });
    expect((await second.handlers.vault.unlock({ passphrase: bytes(PASSPHRASE) }, CONTEXT)).state).toBe(
      'unlocked',
    );
    const state = await second.handlers.app.state({}, CONTEXT);
    expect(state.notices.map((notice) => notice.code)).toContain('ledger.damaged');
    expect(await lastPrice(second)).toBeGreaterThan(0);
    const placing = Promise.resolve(
      second.handlers.trading.place(
        { ...ORDER, price: await restingPrice(second), quantity: '0.01', intentId: 'intent-1' },
        CONTEXT,
      ),
    );
    await expect(placing).rejects.toMatchObject({ kind: 'storage' });
  });
});
