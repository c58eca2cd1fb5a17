import { describe, expect, it } from 'vitest';
import { BYBIT, BYBIT_TESTNET } from '../../../../src-main/exchanges/bybit/capabilities.ts';
import {
  type BybitEnvironment,
  loopbackSite,
  otherSites,
  siteOf,
  streamsOf,
  venueOf,
} from '../../../../src-main/exchanges/bybit/sites.ts';

const offered = [BYBIT, BYBIT_TESTNET].flatMap(({ venue, regions }) =>
  regions.flatMap(({ id, environments }) =>
    environments.map((environment) => ({ venue, id, environment: environment as BybitEnvironment })),
  ),
);

describe('the sites of Bybit', () => {
  it.each(offered)('has $id $environment, which the capability table of $venue offers', (row) => {
    const site = siteOf(row.id, row.environment);
    expect(site).toMatchObject({ id: `${row.id}/${row.environment}`, region: row.id });
    expect(venueOf(site)).toBe(row.venue);
    expect(site.rest).toMatch(/^https:\/\/api[a-z.-]+$/);
    expect(site.publicStream).toMatch(/^wss:\/\/stream[a-z.-]+\/v5\/public$/);
    expect(site.privateStream).toMatch(/^wss:\/\/stream[a-z.-]+\/v5\/private$/);
  });

  it('has hosts of the protocol sheet', () => {
    const hosts = offered.map(({ id, environment }) => {
      const site = siteOf(id, environment);
      return `${site.id} ${new URL(site.rest).host} ${new URL(site.privateStream).host}`;
    });
    expect(hosts).toEqual([
      'global/live api.bybit.com stream.bybit.com',
      'global/demo api-demo.bybit.com stream-demo.bybit.com',
      'eu/live api.bybit.eu stream.bybit.eu',
      'nl/live api.bybit.nl stream.bybit.com',
      'tr/live api.bybit.tr stream.bybit.tr',
      'kz/live api.bybit.kz stream.bybit.kz',
      'ge/live api.bybitgeorgia.ge stream.bybitgeorgia.ge',
      'ae/live api.bybit.ae stream.bybit.com',
      'id/live api.bybit.id stream.bybit.id',
      'jp/live api.manepa.jp stream.manepa.jp',
      'hk/live api.spark-fintech.com stream.spark-fintech.com',
      'br/live api.bybit.com stream.bybit.com',
      'ar/live api.bybit.com stream.bybit.com',
      'global/testnet api-testnet.bybit.com stream-testnet.bybit.com',
      'jp/testnet api-testnet.manepa.jp stream-testnet.bybit.com',
      'hk/testnet api-testnet.spark-fintech.com stream-testnet.bybit.com',
    ]);
  });

  it('has no order entry on demo, whose public data is the live one', () => {
    const demo = siteOf('global', 'demo');
    expect(demo.tradeStream).toBeNull();
    expect(demo.publicStream).toBe(siteOf('global', 'live').publicStream);
  });

  it('sends the headers that tell sites on shared hosts apart, also in the handshake', () => {
    const headers = (['hk', 'br', 'ar', 'global'] as const).map((region) => siteOf(region, 'live'));
    expect(headers.map((site) => site.headers)).toEqual([
      { 'x-refer-site-id': 'HKG' },
      { 'x-site-id': 'BRA_BTL' },
      { 'x-site-id': 'ARG_BTL' },
      {},
    ]);
    for (const site of headers) expect(site.handshakeHeaders).toEqual(site.headers);
  });

  it('tries the global streams of the EEA site every other time, and one set everywhere else', () => {
    const eu = siteOf('eu', 'live');
    const hosts = [0, 1, 2].map((failures) => new URL(streamsOf(eu, failures).tradeStream ?? '').host);
    expect(hosts).toEqual(['stream.bybit.eu', 'stream.bybit.com', 'stream.bybit.eu']);
    expect(streamsOf(siteOf('tr', 'live'), 1).publicStream).toBe('wss://stream.bybit.tr/v5/public');
  });

  it('refuses a region that does not have the environment', () => {
    expect(() => siteOf('eu', 'testnet')).toThrow(expect.objectContaining({ code: 'bybit.site' }));
    expect(() => siteOf('__proto__', 'live')).toThrow(expect.objectContaining({ kind: 'notFound' }));
  });

  it('names every other site as a candidate for a refused key, those of the same venue first', () => {
    const live = otherSites('bybit', siteOf('eu', 'live'));
    expect(live).toHaveLength(offered.length - 1);
    expect(live.map(({ id }) => id)).not.toContain('eu/live');
    expect(live.map(venueOf).lastIndexOf('bybit')).toBe(live.map(venueOf).indexOf('bybit-testnet') - 1);
    expect(live[0]?.id).toBe('global/live');
    expect(otherSites('bybit-testnet', siteOf('global', 'testnet')).slice(0, 2).map(venueOf)).toEqual([
      'bybit-testnet',
      'bybit-testnet',
    ]);
  });
});

describe('a loopback site', () => {
  it('is on 127.0.0.1 alone', () => {
    expect(loopbackSite('http://127.0.0.1:8080')).toMatchObject({
      rest: 'http://127.0.0.1:8080',
      publicStream: 'ws://127.0.0.1:8080/v5/public',
      tradeStream: 'ws://127.0.0.1:8080/v5/trade',
    });
    expect(loopbackSite('http://127.0.0.1:8080', 'demo').tradeStream).toBeNull();
  });

  it.each([
    'https://127.0.0.1:1',
    'http://localhost:1',
    'http://127.0.0.1.evil.example',
    'http://127.0.0.1:1/path',
    'http://user@127.0.0.1:1',
    'http://127.0.0.2:1',
    'nonsense',
  ])('refuses %s', (origin) => {
    expect(() => loopbackSite(origin)).toThrow(expect.objectContaining({ code: 'bybit.loopback' }));
  });
});
