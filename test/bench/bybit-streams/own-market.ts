/** Holdfast's whole public side on a local server: sessions, feeds, instrument index. Only the lists are given. */
import { createBybitMarket, type BybitMarket } from '../../../src-main/exchanges/bybit/public/market.ts';
import { UnknownFields } from '../../../src-main/exchanges/bybit/payload.ts';
import { loopbackSite } from '../../../src-main/exchanges/bybit/sites.ts';
import type { NetTime } from '../../../src-main/net/time.ts';
import { createVenueNet, type OwnedVenueNet } from '../../../src-main/net/venue-net.ts';
import type { InstrumentRow } from './market-frames.ts';

export interface OwnMarket extends BybitMarket {
  readonly net: OwnedVenueNet;
  readonly unknown: UnknownFields;
}

export async function ownMarket(
  origin: string,
  rows: readonly InstrumentRow[],
  time?: NetTime,
): Promise<OwnMarket> {
  const net = createVenueNet({ venue: 'bybit', ...(time === undefined ? {} : { time }) });
  const unknown = new UnknownFields();
  const site = loopbackSite(origin);
  const bybit = createBybitMarket({
    venue: 'bybit',
    rest: {
      ask: async ({ params }) => ({
        result: { list: params?.['category'] === 'linear' ? rows : [], nextPageCursor: '' },
        retExtInfo: {},
        time: Date.now(),
      }),
      get: () => Promise.reject(new Error('nothing is signed here')),
      post: () => Promise.reject(new Error('nothing is written here')),
    },
    net,
    site: () => site,
    clock: Date.now,
    unknown,
  });
  await bybit.index.ready();
  return { ...bybit, net, unknown };
}
