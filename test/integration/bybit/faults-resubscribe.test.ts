/** Hundreds of topics come back after a drop, asked for as the venue wants it. */
import { describe, expect, it, vi } from 'vitest';
import { spotListing } from '../../exchanges/bybit/catalogue.ts';
import { rig, type Rig, WAIT } from './support.ts';

const SIZES = { tick: '0.01', step: '0.001', max: '1000', maxMarket: '500', minNotional: '5' };
const LISTINGS = Array.from({ length: 500 }, (_, at) => spotListing(`C${at}`, 'USDT', '100', SIZES));

const followed = ({ venue }: Rig): number =>
  LISTINGS.filter(({ symbol }) => venue.followers('spot', `publicTrade.${symbol}`) === 1).length;

/** How many topics each request for spot asked for. */
const sizes = ({ subscriptions }: Rig): number[] =>
  subscriptions
    .filter(({ name }) => name === 'public.spot')
    .map(({ frame }) => (JSON.parse(frame) as { args: string[] }).args.length);

/** Topics that were asked for since so many requests. */
const asked = (made: Rig, since: number): number =>
  sizes(made)
    .slice(since)
    .reduce((sum, size) => sum + size, 0);

async function following(): Promise<Rig> {
  const made = await rig({ venue: { listings: LISTINGS } });
  await made.exchange.market.instruments();
  for (const { base } of LISTINGS)
    made.exchange.market.streamTrades(`${base}/USDT`, { next: () => undefined });
  await vi.waitFor(() => expect(followed(made)).toBe(500), WAIT);
  return made;
}

describe('500 topics on spot', () => {
  it('are asked for by ten at most, all of them, before and after a drop', async () => {
    const made = await following();
    const before = sizes(made).length;
    made.venue.disconnect('public');
    await vi.waitFor(
      () =>
        expect(
          sizes(made)
            .slice(before)
            .reduce((sum, size) => sum + size, 0),
        ).toBe(500),
      WAIT,
    );
    await vi.waitFor(() => expect(followed(made)).toBe(500), WAIT);
    expect(Math.max(...sizes(made))).toBe(10);
    expect(sizes(made).slice(before)).toHaveLength(50);
  });

  it('come back without those that were left meanwhile', async () => {
    const made = await following();
    const extra = made.exchange.market.streamTrades('BTC/USDT', { next: () => undefined });
    await vi.waitFor(() => expect(made.venue.followers('spot', 'publicTrade.BTCUSDT')).toBe(1), WAIT);
    const before = sizes(made).length;
    made.venue.disconnect('public');
    extra();
    await vi.waitFor(() => expect(asked(made, before)).toBe(500), WAIT);
    await vi.waitFor(() => expect(followed(made)).toBe(500), WAIT);
    expect(made.venue.followers('spot', 'publicTrade.BTCUSDT')).toBe(0);
  });

  it('come back after a drop in the middle of asking', async () => {
    const made = await following();
    for (let n = 0; n < 3; n += 1) {
      made.venue.disconnect('public');
      await vi.waitFor(() => expect(followed(made)).toBeGreaterThan(0), WAIT);
    }
    await vi.waitFor(() => expect(followed(made)).toBe(500), WAIT);
    expect(Math.max(...sizes(made))).toBe(10);
  });
});
