import { describe, expect, it, vi } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { Exchange } from '../../../src-main/exchanges/exchange.ts';
import { AccountSessions } from '../../../src-main/trading/account-sessions.ts';
import type { Account } from '../../../src-preload/contract/types/account.ts';
import { fakeAccount } from '../../support/trading-account.ts';
import { ACCOUNT } from './desk-fixture.ts';

const KEYED: Account = { ...ACCOUNT, id: 'key-1', venue: 'bybit', keyType: 'hmac' };

function opening() {
  const { promise, resolve, reject } = Promise.withResolvers<Exchange>();
  const onOpened = vi.fn();
  const openAccount = vi.fn(() => fakeAccount());
  const sessions = new AccountSessions({
    exchangeOf: (account) => (account.venue === 'bitget' ? null : promise),
    signerOf: () => null,
    clock: () => 1000,
    onOpened,
  });
  const loaded = () => resolve({ openAccount } as unknown as Exchange);
  return { sessions, loaded, reject, onOpened, openAccount, promise };
}

describe('an account whose venue is still being loaded', () => {
  it('waits, and connects by itself', async () => {
    const { sessions, loaded, onOpened, openAccount } = opening();
    expect(sessions.open(KEYED)).toBeNull();
    expect(sessions.isWaiting('key-1')).toBe(true);
    expect(sessions.missing().map(({ id }) => id)).toEqual(['key-1']);
    loaded();
    await vi.waitFor(() => {
      expect(onOpened).toHaveBeenCalledTimes(1);
    });
    expect(sessions.require('key-1').account).toBe(KEYED);
    expect(openAccount).toHaveBeenCalledWith(
      expect.objectContaining({ accountId: 'key-1', keyType: 'hmac' }),
    );
    expect(sessions.missing()).toEqual([]);
  });

  it('connects once, as it was opened last', async () => {
    const { sessions, loaded, openAccount, onOpened } = opening();
    sessions.open(KEYED);
    const renamed = { ...KEYED, label: 'Other' };
    sessions.open(renamed);
    loaded();
    await vi.waitFor(() => {
      expect(onOpened).toHaveBeenCalled();
    });
    expect(openAccount).toHaveBeenCalledTimes(1);
    expect(sessions.require('key-1').account).toBe(renamed);
  });

  it.each(['close', 'dispose'] as const)('does not connect any more after %s', async (end) => {
    const { sessions, loaded, openAccount, promise } = opening();
    sessions.open(KEYED);
    if (end === 'close') sessions.close('key-1');
    else sessions.dispose();
    loaded();
    await promise;
    await Promise.resolve();
    expect(openAccount).not.toHaveBeenCalled();
    expect(sessions.all()).toEqual([]);
  });

  it('says why it could not be connected, and is missing until it is', async () => {
    const { sessions, reject, onOpened } = opening();
    sessions.open(KEYED);
    reject(new Error('no such file'));
    await vi.waitFor(() => {
      expect(onOpened).toHaveBeenCalled();
    });
    expect(sessions.problemOf('key-1')).toBe('Something unexpected went wrong.');
    expect(sessions.missing()).toEqual([KEYED]);
    sessions.close('key-1');
    expect(sessions.missing()).toEqual([]);
  });

  it('does not take the others with it when its venue does not have its site', async () => {
    const { sessions, loaded, openAccount, onOpened } = opening();
    openAccount.mockImplementationOnce(() => {
      throw new HoldfastError('notFound', 'bybit.site', 'No such site.');
    });
    sessions.open(KEYED);
    sessions.open({ ...KEYED, id: 'key-2' });
    loaded();
    await vi.waitFor(() => {
      expect(onOpened).toHaveBeenCalledTimes(2);
    });
    expect(sessions.problemOf('key-1')).toBe('No such site.');
    expect(sessions.all().map(({ account }) => account.id)).toEqual(['key-2']);
  });

  it('is left out where this version has no such venue', () => {
    const { sessions } = opening();
    expect(sessions.open({ ...KEYED, venue: 'bitget' })).toBeNull();
    expect(sessions.missing()).toEqual([]);
  });
});
