import { describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import { dec } from '../../../src-main/market/decimal.ts';
import { ConvertGate } from '../../../src-main/risk/convert-gate.ts';
import { NO_LIMITS, tighter } from '../../../src-main/risk/risk-limits.ts';
import type { AccountSession } from '../../../src-main/trading/account-sessions.ts';
import type { ConvertQuote } from '../../../src-preload/contract/types/funds.ts';
import type { RiskLimits } from '../../../src-preload/contract/types/risk.ts';
import type { Balance } from '../../../src-preload/contract/types/trading.ts';
import { balance } from '../../support/markets.ts';
import { ACCOUNT } from '../trading/desk-fixture.ts';

const PRICES: Record<string, string> = { BTC: '50000', USDT: '1', ETH: '2500' };

interface World {
  limits?: Partial<RiskLimits>;
  equity?: string | null;
  realized?: string | null;
  balances?: readonly Balance[];
  /** Whether it is engaged, the first time it is asked and the second. */
  engaged?: readonly [boolean, boolean];
}

function gate({ limits = {}, equity = '100000', realized = '0', balances = [], engaged }: World = {}) {
  const states = [...(engaged ?? [])];
  return new ConvertGate({
    limits: { effective: () => Promise.resolve(tighter(NO_LIMITS, { ...NO_LIMITS, ...limits })) },
    killSwitch: {
      load: () => Promise.resolve({ engaged: false, engagedAt: null, flatten: false }),
      pass: (isClosingOrder) => {
        expect(isClosingOrder).toBe(false);
        if (states.shift() === true) throw new HoldfastError('notAllowed', 'risk.killSwitch', 'Engaged.');
        return false;
      },
      isClosing: false,
    },
    session: () => ({ account: ACCOUNT, balances }) as unknown as AccountSession,
    usd: {
      priceOf: (_venue, asset) => (PRICES[asset] === undefined ? null : dec(PRICES[asset])),
      equityOf: () => (equity === null ? null : dec(equity)),
    },
    dailyLoss: { realizedToday: () => Promise.resolve(realized === null ? null : dec(realized)) },
    after: () => () => undefined,
  });
}
const BUY: ConvertQuote = {
  quoteId: 'q',
  from: 'USDT',
  to: 'BTC',
  fromAmount: '5000',
  toAmount: '0.1',
  rate: '0.00002',
  expiresAt: 1,
};
const SELL: ConvertQuote = { ...BUY, from: 'BTC', to: 'USDT', fromAmount: '0.1', toAmount: '5000' };
const check = (world: World, quote: ConvertQuote): Promise<string | null> =>
  gate(world)
    .check('practice', quote)
    .then(
      () => null,
      (error: HoldfastError) => error.code,
    );

describe('a conversion', () => {
  it('does not pass while the kill switch is engaged, nor when it is thrown meanwhile', async () => {
    expect(await check({ engaged: [true, true] }, BUY)).toBe('risk.killSwitch');
    expect(await check({ engaged: [false, true] }, BUY)).toBe('risk.killSwitch');
    expect(await check({}, BUY)).toBeNull();
  });

  it('needs a market of its coins on the list, whichever is named first', async () => {
    for (const quote of [BUY, SELL]) {
      expect(await check({ limits: { allowedMarkets: ['BTC/USDT'] } }, quote)).toBeNull();
      expect(await check({ limits: { allowedMarkets: ['USDT/BTC'] } }, quote)).toBeNull();
      expect(await check({ limits: { allowedMarkets: ['ETH/USDT'] } }, quote)).toBe('risk.allowedMarkets');
    }
  });

  it('is limited by its worth, measured by either coin, and refused where neither has a price', async () => {
    expect(await check({ limits: { maxOrderNotional: '5000' } }, BUY)).toBeNull();
    expect(await check({ limits: { maxOrderNotional: '4999' } }, BUY)).toBe('risk.maxOrderNotional');
    expect(await check({ limits: { maxOrderNotional: '4999' } }, { ...BUY, from: 'XYZ' })).toBe(
      'risk.maxOrderNotional',
    );
    expect(await check({ limits: { maxOrderNotional: '5000' } }, { ...BUY, from: 'XYZ' })).toBeNull();
    const unknown = { ...BUY, from: 'XYZ', to: 'ABC' };
    expect(await check({ limits: { maxOrderNotional: '9999999' } }, unknown)).toBe('risk.maxOrderNotional');
  });

  it('may not make the coin a larger share of the equity than is allowed, with what is owned of it', async () => {
    const limits = { maxPositionShare: '0.5' };
    const balances = [balance('BTC', '0.9'), balance('BTC', '7', { counted: false })];
    expect(await check({ limits, balances }, BUY)).toBeNull();
    expect(await check({ limits, balances: [balance('BTC', '0.91')] }, BUY)).toBe('risk.maxPositionShare');
    expect(await check({ limits, equity: null }, BUY)).toBe('risk.maxPositionShare');
    expect(await check({ limits }, { ...BUY, to: 'ABC' })).toBe('risk.maxPositionShare');
    // Into dollars it makes something smaller.
    expect(await check({ limits, equity: null }, SELL)).toBeNull();
  });

  it('goes into dollars only after the loss of the day, also while that is not known', async () => {
    const limits = { maxDailyLoss: '100' };
    expect(await check({ limits, realized: '-100' }, BUY)).toBeNull();
    for (const realized of ['-101', null]) {
      expect(await check({ limits, realized }, BUY)).toBe('risk.maxDailyLoss');
      expect(await check({ limits, realized }, SELL)).toBeNull();
    }
  });
});
