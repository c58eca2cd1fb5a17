import { describe, expect, it } from 'vitest';
import {
  RISK_LIMIT_NAMES,
  type RiskLimits,
  type RiskUse,
} from '../../../../src-preload/contract/types/risk.ts';
import { risk } from '../../../../src-preload/contract/risk.ts';
import { shareInDollars, useOf } from '../../../../src-renderer/features/risk/limits/limit-use.ts';
import {
  changedNames,
  checkLimit,
  draftOf,
  limitsOf,
  NO_LIMITS,
} from '../../../../src-renderer/features/risk/limits/limits-form.ts';

const SET: RiskLimits = {
  maxOrderNotional: '25000',
  maxPositionShare: '0.5',
  maxOpenOrders: 60,
  priceBand: '0.025',
  maxDailyLoss: '250.5',
  maxOrdersPerMinute: 30,
  allowedMarkets: ['BTC/USDT:USDT', 'ETH/USDT'],
};
const USE: RiskUse = {
  accountId: 'acc-1',
  openOrders: 4,
  ordersLastMinute: 0,
  realizedToday: '-80',
  equity: '1000',
  reduceOnly: false,
  reason: null,
};
const limits = (change: Partial<RiskLimits>): RiskLimits => ({ ...NO_LIMITS, ...change });

describe('the form of the limits', () => {
  it('goes to text and back without a change, and shows fractions as percent', () => {
    expect(limitsOf(draftOf(SET))).toEqual(SET);
    expect(draftOf(SET).priceBand).toBe('2.5');
    expect(limitsOf(draftOf(NO_LIMITS))).toEqual(NO_LIMITS);
  });

  it('takes empty for off, of every limit', () => {
    for (const name of RISK_LIMIT_NAMES) expect([name, checkLimit(name, '')]).toEqual([name, null]);
  });

  it.each([
    ['maxOrderNotional', '0', 'positive'],
    ['maxOrderNotional', '-5', 'positive'],
    ['maxDailyLoss', 'abc', 'number'],
    ['maxDailyLoss', '1.1234567890123456789', 'digits'],
    ['maxOpenOrders', '2.5', 'count'],
    ['maxOrdersPerMinute', '10001', 'count'],
    ['priceBand', '100', 'band'],
    ['maxPositionShare', '10001', 'share'],
    ['allowedMarkets', 'BTC/USDT\nBITCOIN', 'market'],
  ] as const)('refuses %s = %s', (name, text, key) => {
    expect(checkLimit(name, text)?.key).toBe(key);
  });

  it('lets nothing through that the border of main would refuse', () => {
    const draft = {
      ...draftOf(SET),
      maxPositionShare: '33.3',
      priceBand: '99.99',
      allowedMarkets: 'btc/usdt eth/usdt',
    };
    for (const name of RISK_LIMIT_NAMES) expect([name, checkLimit(name, draft[name])]).toEqual([name, null]);
    const input = { accountId: null, limits: limitsOf(draft), passphrase: new Uint8Array([1]) };
    expect(risk.calls.setLimits.input.safeParse(input).success).toBe(true);
  });

  it('reads markets by line, comma or space, in any case, each once', () => {
    const draft = { ...draftOf(NO_LIMITS), allowedMarkets: ' btc/usdt, ETH/USDT\nBTC/USDT ' };
    expect(limitsOf(draft).allowedMarkets).toEqual(['BTC/USDT', 'ETH/USDT']);
  });

  it('counts as a change what counts differently, not what is written differently', () => {
    const draft = draftOf(SET);
    expect(
      changedNames(SET, { ...draft, maxOrderNotional: '25000.0', allowedMarkets: 'eth/usdt btc/usdt:usdt' }),
    ).toEqual([]);
    expect(changedNames(SET, { ...draft, maxOpenOrders: '', priceBand: '3' })).toEqual([
      'maxOpenOrders',
      'priceBand',
    ]);
  });
});

describe('the use of a limit', () => {
  it('is measured against the tighter of both', () => {
    const [all, own] = [limits({ maxOpenOrders: 60 }), limits({ maxOpenOrders: 5 })];
    expect(useOf('maxOpenOrders', USE, all, own)).toEqual({ used: '4', limit: '5', tone: 'near' });
    expect(useOf('maxOpenOrders', USE, own, all)?.limit).toBe('5');
  });

  it('tells quiet, near and reached apart', () => {
    const tone = (max: string) => useOf('maxDailyLoss', USE, limits({ maxDailyLoss: max }), NO_LIMITS)?.tone;
    expect([tone('101'), tone('100'), tone('80'), tone('79')]).toEqual([
      'quiet',
      'near',
      'reached',
      'reached',
    ]);
  });

  it('is not known rather than zero when main does not know it', () => {
    const all = limits({ maxDailyLoss: '100' });
    expect(useOf('maxDailyLoss', { ...USE, realizedToday: null }, all, NO_LIMITS)?.used).toBeNull();
    expect(useOf('maxOpenOrders', null, all, NO_LIMITS)?.used).toBeNull();
  });

  it('does not count a profit as used', () => {
    const all = limits({ maxDailyLoss: '100' });
    expect(useOf('maxDailyLoss', { ...USE, realizedToday: '500' }, all, NO_LIMITS)).toMatchObject({
      used: '0',
      tone: 'quiet',
    });
  });

  it('turns a share of the equity into dollars', () => {
    expect(shareInDollars(USE, limits({ maxPositionShare: '0.5' }), NO_LIMITS)).toBe('500');
    expect(
      shareInDollars({ ...USE, equity: null }, limits({ maxPositionShare: '0.5' }), NO_LIMITS),
    ).toBeNull();
  });
});
