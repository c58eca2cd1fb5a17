import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../../../src-main/errors.ts';
import { refusalError, statusError } from '../../../../../src-main/exchanges/bybit/errors.ts';
import { inspectKey } from '../../../../../src-main/exchanges/bybit/inspection/inspect-key.ts';
import { UnknownFields } from '../../../../../src-main/exchanges/bybit/payload.ts';
import { otherSites, siteOf } from '../../../../../src-main/exchanges/bybit/sites.ts';
import type { BybitSite } from '../../../../../src-main/exchanges/bybit/sites.ts';
import type { KeyFindingCode, KeyInspection } from '../../../../../src-main/exchanges/exchange.ts';
import type { VenueClock } from '../../../../../src-main/net/types.ts';
import { NOW, fakeRest, refuses } from '../funds/fake-rest.ts';
import type { FakeRest } from '../funds/fake-rest.ts';

const KEY = '/v5/user/query-api';
const INFO = '/v5/account/info';
const POSITIONS = '/v5/position/list';
const SETTINGS = '/v5/account/user-setting-config';
const DAY = 86_400_000;

/** The example of the sheet (4.9), bound to an address. */
const key = (over: object = {}) => ({
  readOnly: 0,
  type: 1,
  isMaster: true,
  uta: 1,
  ips: ['203.0.113.7'],
  deadlineDay: -2,
  expiredAt: '1970-01-01T00:00:00Z',
  userID: 1001,
  parentUid: '0',
  vipLevel: 'No VIP',
  rsaPublicKey: '',
  kycRegion: '',
  permissions: {
    ContractTrade: ['Order', 'Position'],
    Spot: ['SpotTrade'],
    Options: ['OptionsTrade'],
    Derivatives: ['DerivativesTrade'],
    Wallet: ['AccountTransfer', 'SubMemberTransfer'],
    Exchange: ['ExchangeHistory'],
    CopyTrading: [],
    Unheard: ['Of'],
  },
  ...over,
});
const good = () => ({
  [KEY]: key() as unknown,
  [INFO]: { unifiedMarginStatus: 6, marginMode: 'REGULAR_MARGIN', updatedTime: '1' } as unknown,
  [POSITIONS]: { category: 'linear', list: [{ positionIdx: 0 }], nextPageCursor: '' } as unknown,
  [SETTINGS]: { lpaSpot: false, lpaPerp: true } as unknown,
});

interface Case {
  readonly answers?: Record<string, unknown>;
  readonly site?: BybitSite;
  readonly others?: readonly BybitSite[];
  readonly restAt?: (site: BybitSite) => FakeRest;
  readonly offset?: number | null;
  readonly keyType?: 'hmac' | 'rsa';
  readonly unknown?: UnknownFields;
}

async function inspect(given: Case = {}): Promise<KeyInspection & { rest: FakeRest }> {
  const rest = fakeRest({ ...good(), ...given.answers });
  const clock = {
    now: () => NOW,
    offsetMs: () => (given.offset === undefined ? 12.4 : given.offset),
    sync: () => Promise.resolve(),
    dispose: () => undefined,
  } satisfies VenueClock;
  const found = await inspectKey({
    rest,
    restAt:
      given.restAt ??
      (() => {
        throw new Error('no other site is expected to be asked');
      }),
    site: given.site ?? siteOf('global', 'live'),
    others: given.others ?? [],
    venue: 'bybit',
    clock,
    keyType: given.keyType ?? 'hmac',
    unknown: given.unknown ?? new UnknownFields(),
    now: () => NOW,
  });
  return { ...found, rest };
}

const codes = ({ findings }: KeyInspection) => findings.map((entry) => entry.code);
const one = ({ findings }: KeyInspection, code: KeyFindingCode) =>
  findings.find((entry) => entry.code === code);

describe('a good key', () => {
  it('may trade everything, cannot withdraw, is bound, and its account is unified', async () => {
    const unknown = new UnknownFields();
    const found = await inspect({ unknown });
    expect(found).toMatchObject({
      permissions: {
        read: true,
        trade: true,
        withdraw: false,
        transfer: true,
        ipAddresses: ['203.0.113.7'],
        expiresAt: null,
        inspectedAt: NOW,
      },
      modes: { positionMode: 'oneWay', marginMode: 'cross' },
      accountType: 'unified',
      clockOffsetMs: 12.4,
      otherSite: null,
    });
    expect(codes(found)).toEqual([
      'read',
      'trade',
      'noWithdraw',
      'transfer',
      'ipBound',
      'neverExpires',
      'masterAccount',
      'unified',
      'oneWay',
      'crossMargin',
      'clockOk',
    ]);
    expect(found.findings.every((entry) => entry.severity === 'ok' || entry.severity === 'info')).toBe(true);
    expect(unknown.list()).toEqual([]);
  });
});

describe('rights', () => {
  it('to withdraw are a danger', async () => {
    const found = await inspect({ answers: { [KEY]: key({ permissions: { Wallet: ['Withdraw'] } }) } });
    expect(found.permissions).toMatchObject({ withdraw: true, trade: false });
    expect(one(found, 'withdraw')?.severity).toBe('danger');
    expect(codes(found)).toContain('noTrade');
    expect(codes(found)).toContain('noTransfer');
  });

  it('of a read-only key are nothing but reading, whatever its groups say', async () => {
    const permissions = { ...key().permissions, Wallet: ['AccountTransfer', 'Withdraw'] };
    const found = await inspect({ answers: { [KEY]: key({ readOnly: 1, permissions }) } });
    expect(found.permissions).toMatchObject({ trade: false, withdraw: false, transfer: false });
    expect(codes(found)).toEqual(
      expect.arrayContaining(['readOnlyKey', 'noTrade', 'noWithdraw', 'noTransfer']),
    );
  });

  it('to some products only name those that are missing', async () => {
    const found = await inspect({
      answers: { [KEY]: key({ permissions: { Spot: ['SpotTrade'], ContractTrade: ['Order'] } }) },
    });
    expect(one(found, 'tradePartly')).toEqual({
      code: 'tradePartly',
      severity: 'warning',
      values: { products: 'spot', missing: 'futures, options' },
    });
    expect(found.permissions?.trade).toBe(true);
  });
});

describe('expiry and addresses', () => {
  const unbound = (days: number, at = NOW + days * DAY) =>
    inspect({
      answers: { [KEY]: key({ ips: ['*'], deadlineDay: days, expiredAt: new Date(at).toISOString() }) },
    });

  it('an unbound key is a warning, with the days that it has left', async () => {
    const found = await unbound(60);
    expect(one(found, 'ipUnbound')).toMatchObject({ severity: 'warning', values: { days: '60' } });
    expect(one(found, 'expires')?.severity).toBe('info');
    expect(found.permissions).toMatchObject({ ipAddresses: [], expiresAt: NOW + 60 * DAY });
  });

  it.each([
    [14, 'expires'],
    [13, 'expiresSoon'],
    [0, 'expiresSoon'],
  ] as const)('%s days left are "%s"', async (days, code) => {
    expect(codes(await unbound(days))).toContain(code);
  });

  it('a date that is over is a danger, though Bybit counts no days', async () => {
    const found = await unbound(-1);
    expect(one(found, 'expired')).toMatchObject({ severity: 'danger', values: { days: '0' } });
  });

  it('no list of addresses is unbound as well', async () => {
    const found = await inspect({ answers: { [KEY]: key({ ips: [], deadlineDay: 90 }) } });
    expect(one(found, 'ipUnbound')?.values['days']).toBe('90');
  });
});

describe('the account behind the key', () => {
  it.each([1, 3, 4])('of kind %s is not unified: a danger', async (unifiedMarginStatus) => {
    const found = await inspect({
      answers: { [INFO]: { unifiedMarginStatus, marginMode: 'REGULAR_MARGIN' } },
    });
    expect(found.accountType).toBe('classic');
    expect(one(found, 'notUnified')?.severity).toBe('danger');
  });

  it('in hedge mode with isolated margin says both', async () => {
    const found = await inspect({
      answers: {
        [INFO]: { unifiedMarginStatus: 5, marginMode: 'ISOLATED_MARGIN' },
        [POSITIONS]: { list: [{ positionIdx: 1 }, { positionIdx: 2 }] },
      },
    });
    expect(found.modes).toEqual({ positionMode: 'hedge', marginMode: 'isolated' });
    expect(codes(found)).toEqual(expect.arrayContaining(['hedge', 'isolatedMargin']));
  });

  it('with portfolio margin counts as cross', async () => {
    const found = await inspect({
      answers: { [INFO]: { unifiedMarginStatus: 6, marginMode: 'PORTFOLIO_MARGIN' } },
    });
    expect(found.modes?.marginMode).toBe('cross');
    expect(codes(found)).toContain('portfolioMargin');
  });

  it('has no modes, rather than guessed ones, when the key may not see them', async () => {
    const found = await inspect({ answers: { [POSITIONS]: refuses(10005, 'no', false) } });
    expect(found.modes).toBeNull();
    expect(codes(found)).not.toContain('oneWay');
    expect(codes(found)).toContain('crossMargin');
  });

  it('of a sub-account, of another application, and with an RSA key say so', async () => {
    const found = await inspect({
      answers: { [KEY]: key({ isMaster: false, type: 2, rsaPublicKey: 'test-public-key' }) },
    });
    expect(codes(found)).toEqual(expect.arrayContaining(['subAccount', 'thirdParty', 'rsaKey']));
  });

  it.each([
    [{ lpaSpot: false, lpaPerp: false }, 'futures'],
    [{ lpaSpot: true, lpaPerp: true }, 'spot'],
    [{ lpaSpot: true, lpaPerp: false }, 'futures, spot'],
  ])('with %j has its prices moved: %s', async (settings, products) => {
    const found = await inspect({ answers: { [SETTINGS]: settings } });
    expect(one(found, 'movesPrices')).toMatchObject({ severity: 'warning', values: { products } });
  });
});

describe('the clock', () => {
  it.each([
    [1_000, 'clockOff'],
    [-30_000, 'clockOff'],
    [999, 'clockOk'],
  ] as const)('%s ms away is "%s"', async (offset, code) => {
    expect(codes(await inspect({ offset }))).toContain(code);
  });

  it('is not judged before there is a sample', async () => {
    const found = await inspect({ offset: null });
    expect(codes(found).filter((code) => code.startsWith('clock'))).toEqual([]);
  });

  it('that Bybit refuses is told like a refused key', async () => {
    const found = await inspect({ answers: { [KEY]: refuses(10002, 'window', false) }, offset: 40_000 });
    expect(found.permissions).toBeNull();
    expect(one(found, 'refused')?.values['reason']).toBe('clock');
    expect(codes(found)).toContain('clockOff');
  });
});

describe('a refused key', () => {
  it.each([
    [10004, 'refused', 'signature'],
    [10005, 'refused', 'permission'],
    [10007, 'refused', 'authentication'],
    [10008, 'refused', 'banned'],
    [10024, 'refused', 'region'],
    [81007, 'refused', 'other'],
  ] as const)('with %s is an answer, and no other site is asked', async (code, finding, reason) => {
    const found = await inspect({ answers: { [KEY]: refuses(code, 'no', false) } });
    expect(found).toMatchObject({ permissions: null, modes: null, accountType: null, otherSite: null });
    expect(one(found, finding)).toMatchObject({
      severity: 'danger',
      values: { reason, code: String(code), message: 'no' },
    });
  });

  it('that has expired says so', async () => {
    const found = await inspect({ answers: { [KEY]: refuses(33004, 'expired', false) } });
    expect(one(found, 'expired')?.severity).toBe('danger');
  });

  it.each([
    ['Unmatched IP, please check your API key. Your IP is 198.51.100.23.', '198.51.100.23'],
    ['Unmatched IP: 2001:db8::7', '2001:db8::7'],
    ['Unmatched IP, please check your API key bound IP addresses.', undefined],
  ])('from a wrong address names our own when Bybit does: %s', async (message, address) => {
    const found = await inspect({ answers: { [KEY]: refuses(10010, message, false) } });
    expect(one(found, 'ipRefused')?.values['ip']).toBe(address);
  });

  it('is looked for on the other sites one after the other, each once, until one knows it', async () => {
    const asked: string[] = [];
    const home = siteOf('global', 'live');
    const others = otherSites('bybit', home);
    const found = await inspect({
      answers: { [KEY]: refuses(10003, 'invalid', false) },
      others,
      restAt: (site) =>
        fakeRest({
          [KEY]: () => {
            asked.push(site.id);
            if (asked.length === 2) throw new HoldfastError('unavailable', 'net.notSent', 'not reached');
            if (asked.length < 4) throw refusalError({ code: 10003, message: 'invalid', isWrite: false });
            return key();
          },
        }),
    });
    expect(asked).toEqual(others.slice(0, 4).map((site) => site.id));
    const known = others[3];
    expect(found.otherSite).toEqual({
      venue: known?.environment === 'testnet' ? 'bybit-testnet' : 'bybit',
      region: known?.region,
      environment: known?.environment,
    });
    expect(codes(found).slice(0, 2)).toEqual(['refused', 'otherSite']);
    expect(found.permissions).toBeNull();
  });

  it('belongs to a site that refuses it for another reason, too', async () => {
    const nl = siteOf('nl', 'live');
    const found = await inspect({
      answers: {
        [KEY]: () => {
          throw statusError(401, false);
        },
      },
      others: [nl],
      restAt: () => fakeRest({ [KEY]: refuses(10010, 'Unmatched IP', false) }),
    });
    expect(found.otherSite).toEqual({ venue: 'bybit', region: 'nl', environment: 'live' });
    expect(one(found, 'otherSite')?.values).toEqual({ site: 'bybit/nl/live' });
  });

  it('that no site knows is refused everywhere, after one request to each', async () => {
    let requests = 0;
    const others = otherSites('bybit', siteOf('global', 'live'));
    const found = await inspect({
      answers: { [KEY]: refuses(10003, 'invalid', false) },
      others,
      restAt: () => fakeRest({ [KEY]: () => ((requests += 1), refuses(10003, 'invalid', false)()) }),
    });
    expect(requests).toBe(others.length);
    expect(found.otherSite).toBeNull();
    expect(one(found, 'refused')?.values['reason']).toBe('unknownKey');
  });
});

describe('a demo key', () => {
  const demo = siteOf('global', 'demo');

  it('is tolerated where the demo site does not have the call', async () => {
    const found = await inspect({
      site: demo,
      answers: {
        [KEY]: () => {
          throw statusError(404, false);
        },
      },
    });
    expect(found.permissions).toMatchObject({ read: true, trade: true, withdraw: false, transfer: false });
    expect(codes(found)).toContain('demoUnchecked');
    expect(found.modes).toEqual({ positionMode: 'oneWay', marginMode: 'cross' });
  });

  it('that nothing takes is refused all the same', async () => {
    const found = await inspect({
      site: demo,
      answers: { [KEY]: refuses(10032, 'no', false), [INFO]: refuses(10004, 'sign', false) },
    });
    expect(one(found, 'refused')?.values['reason']).toBe('signature');
  });
});

describe('an inspection that cannot be made', () => {
  it.each(['unavailable', 'rateLimited', 'locked'] as const)('rejects with "%s"', async (kind) => {
    const inspection = inspect({
      answers: {
        [KEY]: () => {
          throw new HoldfastError(kind, 'net.noAnswer', 'no');
        },
      },
    });
    await expect(inspection).rejects.toMatchObject({ kind });
  });
});
