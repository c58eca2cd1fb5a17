import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src-main/exchanges/exchange.ts';
import { VenueConnections } from '../../../src-main/session/venue-connections.ts';
import type { VenueId } from '../../../src-preload/contract/types/market.ts';

const exchange = (venue: VenueId, log: string[] = []): Exchange =>
  ({
    venue,
    wake: () => log.push(`wake ${venue}`),
    dispose: () => log.push(`dispose ${venue}`),
  }) as unknown as Exchange;

function connections() {
  const log: string[] = [];
  const loads: { venue: VenueId; resolve: (made: Exchange) => void; reject: (error: Error) => void }[] = [];
  const made = new VenueConnections({
    practice: exchange('practice', log),
    load: (venue) => {
      if (venue === 'bitget') return null;
      const { promise, resolve, reject } = Promise.withResolvers<Exchange>();
      loads.push({ venue, resolve, reject });
      return promise;
    },
    onOpened: (opened) => {
      log.push(`opened ${opened.venue}, found: ${String(made.now(opened.venue) === opened)}`);
      return () => log.push(`left ${opened.venue}`);
    },
  });
  return { made, log, loads };
}

describe('the connected venues', () => {
  it('are practice alone until an account of another one asks for it', async () => {
    const { made, log, loads } = connections();
    expect(made.all().map(({ venue }) => venue)).toEqual(['practice']);
    expect(made.now('bybit')).toBeNull();
    expect(loads).toEqual([]);
    const first = made.open('bybit');
    expect(made.open('bybit')).toBe(first);
    expect(loads).toHaveLength(1);
    loads[0]?.resolve(exchange('bybit', log));
    await first;
    expect(made.all().map(({ venue }) => venue)).toEqual(['practice', 'bybit']);
    expect(made.open('bybit')).toBe(made.now('bybit'));
    expect(log).toEqual(['opened bybit, found: true']);
  });

  it('does not know a venue that this version has no adapter for', () => {
    expect(connections().made.open('bitget')).toBeNull();
  });

  it('closes a venue whose last account is gone, after those who used it have left', async () => {
    const { made, log, loads } = connections();
    const opening = made.open('bybit');
    loads[0]?.resolve(exchange('bybit', log));
    await opening;
    made.keepOnly(new Set<VenueId>(['practice', 'bybit']));
    expect(made.now('bybit')).not.toBeNull();
    made.keepOnly(new Set<VenueId>(['practice']));
    expect(made.now('bybit')).toBeNull();
    expect(log.slice(1)).toEqual(['left bybit', 'dispose bybit']);
  });

  it('closes at once a venue that nobody waits for any more when it has been loaded', async () => {
    const { made, log, loads } = connections();
    const opening = Promise.resolve(made.open('bybit'));
    made.dispose();
    loads[0]?.resolve(exchange('bybit', log));
    await expect(opening).rejects.toMatchObject({ kind: 'locked' });
    expect(log).toEqual(['dispose bybit']);
    expect(made.open('bybit')).toBeNull();
  });

  it('tries again after a load that failed', async () => {
    const { made, loads } = connections();
    const first = Promise.resolve(made.open('bybit'));
    loads[0]?.reject(new Error('no such file'));
    await expect(first).rejects.toThrow('no such file');
    void made.open('bybit');
    expect(loads).toHaveLength(2);
  });

  it('wakes all of them, and ends them last opened first without practice, which has its own owner', async () => {
    const { made, log, loads } = connections();
    for (const venue of ['bybit', 'bybit-testnet'] as const) {
      const opening = made.open(venue);
      loads.at(-1)?.resolve(exchange(venue, log));
      await opening;
    }
    log.length = 0;
    made.wake();
    made.dispose();
    expect(log).toEqual([
      'wake practice',
      'wake bybit',
      'wake bybit-testnet',
      'left bybit-testnet',
      'dispose bybit-testnet',
      'left bybit',
      'dispose bybit',
    ]);
  });
});
