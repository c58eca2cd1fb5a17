import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CAPABILITIES } from '../../../src-main/exchanges/capabilities.ts';
import type { Exchange } from '../../../src-main/exchanges/exchange.ts';
import { AccountDirectory } from '../../../src-main/trading/account-directory.ts';
import { AccountSessions } from '../../../src-main/trading/account-sessions.ts';
import { KeyWatch } from '../../../src-main/trading/key-watch.ts';
import type { KeyMetaPatch, KeyRecordPublic } from '../../../src-main/vault/key-record.ts';
import type { Vault } from '../../../src-main/vault/vault.ts';
import type { KeyFinding, KeyInspection } from '../../../src-preload/contract/types/account.ts';
import type { Notice } from '../../../src-preload/contract/types/app.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { fakeAccount } from '../../support/trading-account.ts';
import type { FakeAccount } from '../../support/trading-account.ts';

const DAY = 86_400_000;
const START = 1000 * DAY;

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

const inspection = (over: Partial<KeyInspection> = {}): KeyInspection => ({
  inspectedAt: START,
  permissions: {
    read: true,
    trade: true,
    withdraw: false,
    transfer: false,
    ipAddresses: ['192.0.2.1'],
    expiresAt: null,
    inspectedAt: START,
  },
  modes: { positionMode: 'oneWay', marginMode: 'cross' },
  accountType: 'unified',
  clockOffsetMs: 0,
  otherSite: null,
  findings: [],
  ...over,
});
const found = (code: KeyFinding['code'], severity: KeyFinding['severity'] = 'danger'): KeyFinding => ({
  code,
  severity,
  values: {},
});

/** As much of a vault as the directory uses: one key. */
function keptKey() {
  let key: KeyRecordPublic | null = {
    id: 'key-1',
    revision: 1,
    addedAt: 1,
    keyLast4: '0001',
    hasVenuePassphrase: false,
    venue: 'bybit',
    environment: 'live',
    region: 'global',
    label: 'Main',
    keyType: 'hmac',
    uses: ['read', 'trade'],
    permissions: null,
    accountType: null,
    modes: null,
  };
  const patches: KeyMetaPatch[] = [];
  const vault = {
    isUnlocked: true,
    listKeys: () => (key === null ? [] : [key]),
    updateKeyMeta: (_id: string, patch: KeyMetaPatch) => {
      patches.push(patch);
      if (key !== null) key = { ...key, ...patch };
      return Promise.resolve(key);
    },
    verify: () => Promise.resolve(),
    replaceKey: () => Promise.resolve(),
    removeKey: () => {
      key = null;
      return Promise.resolve();
    },
  };
  return { vault, patches };
}

function directory(answer: () => Promise<KeyInspection>) {
  const { vault, patches } = keptKey();
  const inspect = vi.fn(answer);
  const opened: { venue: string; trading: FakeAccount }[] = [];
  let now = START;
  const sessions = new AccountSessions({
    exchangeOf: (account) =>
      ({
        openAccount: () => {
          const trading = fakeAccount({ inspect });
          opened.push({ venue: account.venue, trading });
          return trading;
        },
      }) as unknown as Exchange,
    signerOf: () => null,
    clock: () => now,
  });
  const made = new AccountDirectory({
    vault: vault as unknown as Vault,
    ledger: ledger.repositories,
    sessions,
    keeper: { open: () => [], holdAll: () => Promise.resolve(), forgetAccount: () => undefined },
    venues: () => CAPABILITIES,
    clock: () => now,
    onWriteFailed: (error) => {
      throw error;
    },
  });
  const ticks: (() => void)[] = [];
  const notices = new Map<string, Notice>();
  const watch = new KeyWatch({
    sessions,
    directory: made,
    clock: () => now,
    every: (_ms, run) => {
      ticks.push(run);
      return () => undefined;
    },
    notices: { add: (notice) => notices.set(notice.id, notice), dismiss: (id) => notices.delete(id) },
  });
  const emit = (state: 'live' | 'failed' | 'stale') =>
    opened.at(-1)?.trading.emit({ kind: 'state', state, ...(state === 'failed' ? { reason: 'no' } : {}) });
  const later = (ms: number) => {
    now += ms;
    for (const tick of ticks) tick();
  };
  return { made, vault, sessions, patches, inspect, opened, notices, watch, emit, later };
}

describe('the inspection of a key', () => {
  it('happens when it first connects, is kept with the key and in the ledger, and once a day after that', async () => {
    const { made, patches, inspect, emit, later } = directory(() => Promise.resolve(inspection()));
    await made.open();
    expect(made.get('key-1').inspection).toBeNull();
    emit('live');
    await vi.waitFor(() => {
      expect(made.get('key-1')).toMatchObject({
        inspection: inspection(),
        permissions: inspection().permissions,
        modes: { marginMode: 'cross' },
        state: 'live',
      });
    });
    expect(patches).toEqual([
      { permissions: inspection().permissions, modes: inspection().modes, accountType: 'unified' },
    ]);
    later(DAY - 1);
    emit('live');
    expect(inspect).toHaveBeenCalledTimes(1);
    inspect.mockImplementation(() => Promise.resolve(inspection({ inspectedAt: START + DAY })));
    later(1);
    await vi.waitFor(() => {
      expect(made.get('key-1').inspection?.inspectedAt).toBe(START + DAY);
    });
    // The same answer is no reason to write the vault again.
    expect(patches).toHaveLength(1);
  });

  it('is remembered by the ledger, and forgotten with the key', async () => {
    const first = directory(() => Promise.resolve(inspection()));
    await first.made.open();
    await first.made.inspect('key-1');
    const second = directory(() => Promise.reject(new Error('not asked')));
    await second.made.open();
    expect(second.made.get('key-1').inspection).toEqual(inspection());
    await second.made.replaceKey(
      'key-1',
      { key: 'test-key-2', secret: new Uint8Array(8) },
      new Uint8Array(1),
    );
    expect(second.made.get('key-1').inspection).toBeNull();
    await second.made.inspect('key-1').catch(() => undefined);
    await second.made.remove('key-1', true);
    const third = directory(() => Promise.reject(new Error('not asked')));
    await third.made.open();
    expect(third.made.get('key-1').inspection).toBeNull();
  });

  it('tells loudly of a key that puts money at risk, until that is mended or the vault locked', async () => {
    const dangerous = inspection({ findings: [found('withdraw'), found('ipUnbound'), found('read', 'ok')] });
    const { made, notices, inspect, emit, watch } = directory(() => Promise.resolve(dangerous));
    await made.open();
    emit('live');
    await vi.waitFor(() => {
      expect(notices.get('key.key-1')?.message).toContain(
        'may withdraw money, and it works from any network',
      );
    });
    inspect.mockImplementation(() => Promise.resolve(inspection()));
    await made.inspect('key-1');
    expect(notices.size).toBe(0);
    inspect.mockImplementation(() => Promise.resolve(dangerous));
    await made.inspect('key-1');
    expect(notices.size).toBe(1);
    watch.dispose();
    expect(notices.size).toBe(0);
  });

  it('tells of a key that works from everywhere, and not again once that was dismissed', async () => {
    const unbound = inspection({ findings: [found('ipUnbound', 'warning'), found('hedge', 'warning')] });
    const { made, notices } = directory(() => Promise.resolve(unbound));
    await made.open();
    await made.inspect('key-1');
    expect(notices.get('key.key-1')?.message).toContain('works from any network address. The');
    notices.clear();
    await made.inspect('key-1');
    expect(notices.size).toBe(0);
  });

  it('tells no more of a key that was removed', async () => {
    const dangerous = inspection({ findings: [found('withdraw')] });
    const { made, notices } = directory(() => Promise.resolve(dangerous));
    await made.open();
    await made.inspect('key-1');
    expect(notices.size).toBe(1);
    await made.remove('key-1', true);
    expect(notices.size).toBe(0);
  });

  it('is not tried at every hiccup while the venue cannot answer', async () => {
    const { made, inspect, emit, later } = directory(() => Promise.reject(new Error('down')));
    await made.open();
    for (const state of ['live', 'stale', 'live', 'failed'] as const) emit(state);
    expect(inspect).toHaveBeenCalledTimes(1);
    later(600_000);
    expect(inspect).toHaveBeenCalledTimes(2);
    expect(made.get('key-1').inspection).toBeNull();
  });

  it('says why a key is refused, and still believes a stream that lives', async () => {
    const refused = inspection({ permissions: null, findings: [found('ipRefused')] });
    const { made, emit } = directory(() => Promise.resolve(refused));
    await made.open();
    emit('failed');
    await vi.waitFor(() => {
      expect(made.get('key-1').stateReason).toContain('network address');
    });
    expect(made.get('key-1')).toMatchObject({ state: 'refused', permissions: null });
    emit('live');
    expect(made.get('key-1').state).toBe('live');
  });

  it('says nothing about anybody once the vault is locked', async () => {
    const { made, vault, emit, inspect } = directory(() => Promise.resolve(inspection()));
    const heard = vi.fn();
    await made.open();
    made.changed.on(heard);
    vault.isUnlocked = false;
    emit('live');
    made.stateChanged();
    expect(heard).not.toHaveBeenCalled();
    expect(inspect).not.toHaveBeenCalled();
  });
});

describe('renaming an account', () => {
  it('leaves its connection alone', async () => {
    const { made, opened } = directory(() => Promise.resolve(inspection()));
    await made.open();
    expect((await made.rename('key-1', 'Savings')).label).toBe('Savings');
    expect((await made.rename('practice', 'Play money')).label).toBe('Play money');
    expect(opened).toHaveLength(2);
  });
});

describe('a key of another site', () => {
  const elsewhere = inspection({
    permissions: null,
    otherSite: { venue: 'bybit-testnet', region: 'global', environment: 'testnet' },
    findings: [found('otherSite')],
  });

  it('is moved there with everything but what the wrong site said, and connects', async () => {
    const { made, opened, patches } = directory(() => Promise.resolve(elsewhere));
    await made.open();
    await made.inspect('key-1');
    expect(made.get('key-1')).toMatchObject({ state: 'refused' });
    const moved = await made.moveSite('key-1');
    expect(moved).toMatchObject({ venue: 'bybit-testnet', environment: 'testnet', label: 'Main' });
    expect(moved).toMatchObject({ inspection: null, permissions: null, state: 'connecting' });
    expect(patches.at(-1)).toMatchObject({ venue: 'bybit-testnet', region: 'global' });
    expect(opened.map(({ venue }) => venue)).toEqual(['practice', 'bybit', 'bybit-testnet']);
    await vi.waitFor(async () => {
      const kept = await ledger.repositories.accounts.list();
      expect(kept).toMatchObject([{ id: 'key-1', venue: 'bybit-testnet', environment: 'testnet' }]);
    });
  });

  it('stays connected where it is when the vault cannot be saved', async () => {
    const { made, vault, sessions } = directory(() => Promise.resolve(elsewhere));
    await made.open();
    await made.inspect('key-1');
    vault.updateKeyMeta = () => Promise.reject(new Error('disk full'));
    await expect(made.moveSite('key-1')).rejects.toThrow('disk full');
    expect(sessions.require('key-1').account.venue).toBe('bybit');
  });

  it('goes nowhere without an inspection that found the site', async () => {
    const { made, patches } = directory(() => Promise.resolve(inspection()));
    await made.open();
    await expect(made.moveSite('key-1')).rejects.toMatchObject({ code: 'account.noOtherSite' });
    await made.inspect('key-1');
    await expect(made.moveSite('key-1')).rejects.toMatchObject({ code: 'account.noOtherSite' });
    expect(patches.filter((patch) => patch.venue !== undefined)).toEqual([]);
  });
});
