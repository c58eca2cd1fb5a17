import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import { dec, isMultipleOf } from '../../../src-main/market/decimal.ts';
import { draftProblems, snapDraft } from '../../../src-main/trading/order-checks.ts';
import { ProtectionDesk } from '../../../src-main/trading/protection-desk.ts';
import { snapProtection } from '../../../src-main/trading/protection.ts';
import type { OrderDraft, Position } from '../../../src-preload/contract/types/trading.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { BTC_PERPETUAL, BTC_SPOT, draft } from '../../support/markets.ts';
import { deskOver } from './desk-fixture.ts';

const contract = (over: Partial<OrderDraft>) => draft({ symbol: 'BTC/USDT:USDT', ...over });
const problems = (over: Partial<OrderDraft>, instrument = BTC_PERPETUAL, attachedProtection = true) =>
  draftProblems(contract(over), { instrument, reference: '60000', venue: { attachedProtection } });

describe('protection attached to an order', () => {
  const price = fc.integer({ min: 1, max: 10_000_000 }).map((cents) => (cents / 100).toFixed(2));

  it('is moved onto the tick, and never becomes looser than it was typed', () => {
    fc.assert(
      fc.property(
        price,
        fc.constantFrom('takeProfit' as const, 'stopLoss' as const),
        fc.constantFrom('long' as const, 'short' as const),
        (value, field, side) => {
          const snapped = snapProtection(field, value, side, { tickSize: '0.5' });
          expect(isMultipleOf(snapped, '0.5')).toBe(true);
          expect(dec(snapped).minus(value).abs().lessThan('0.5')).toBe(true);
          const isAbove = (field === 'takeProfit') === (side === 'long');
          // Nearer to the price that it guards, or where it was.
          expect(
            isAbove ? dec(snapped).lessThanOrEqualTo(value) : dec(snapped).greaterThanOrEqualTo(value),
          ).toBe(true);
        },
      ),
    );
  });

  it('has a nearest price on its side of the one it guards, on the tick', () => {
    expect(problems({ stopLoss: '60001' })).toMatchObject([{ field: 'stopLoss', nearest: '59999.9' }]);
    expect(problems({ takeProfit: '60000' })).toMatchObject([{ field: 'takeProfit', nearest: '60000.1' }]);
    expect(problems({ price: '60000.05', stopLoss: '60001' })[0]).toMatchObject({ nearest: '60000' });
    expect(problems({ side: 'sell', price: '60000', stopLoss: '59000' })[0]).toMatchObject({
      nearest: '60000.1',
    });
    // Below the first tick there is no price.
    expect(
      problems({ price: '0.1', stopLoss: '0.2' }).find(({ field }) => field === 'stopLoss'),
    ).not.toHaveProperty('nearest');
  });

  it('shows what was moved', () => {
    const moved = snapDraft(contract({ takeProfit: '65000.07', stopLoss: '59000.01' }), BTC_PERPETUAL);
    expect(moved.draft).toMatchObject({ takeProfit: '65000', stopLoss: '59000.1' });
    expect(moved.snaps.map(({ field }) => field)).toEqual(['takeProfit', 'stopLoss']);
  });

  it.each<[string, Partial<OrderDraft>, string, string]>([
    ['a stop above the entry of a long', { stopLoss: '60001' }, 'stopLoss', 'below the order price 60000'],
    ['a profit below the entry of a long', { takeProfit: '59999' }, 'takeProfit', 'above the order price'],
    ['a stop at the entry itself', { stopLoss: '60000' }, 'stopLoss', 'below the order price'],
    ['a stop below the entry of a short', { side: 'sell', stopLoss: '59000' }, 'stopLoss', 'above the order'],
    ['a profit above a short', { side: 'sell', takeProfit: '61000' }, 'takeProfit', 'below the order price'],
    ['a price of nothing', { stopLoss: '0' }, 'stopLoss', 'at least the tick size'],
    ['a market order stopped above the market', marketWith('60500'), 'stopLoss', 'present price 60000'],
    ['a reduce-only order', { reduceOnly: true, stopLoss: '59000' }, 'stopLoss', 'opens nothing'],
    [
      'an order that closes a hedged short',
      { positionSide: 'short', takeProfit: '70000' },
      'takeProfit',
      'opens nothing',
    ],
  ])('refuses %s', (_name, over, field, rule) => {
    const found = problems(over);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ field });
    expect(found[0]?.rule).toContain(rule);
  });

  it('goes with a limit order only on a spot market, and with no order where the venue has none', () => {
    const stop = { symbol: 'BTC/USDT', stopLoss: '59000' };
    expect(problems(stop, BTC_SPOT)).toEqual([]);
    expect(problems({ ...stop, type: 'market', price: undefined }, BTC_SPOT)[0]?.rule).toContain('limit');
    expect(problems({ stopLoss: '59000' }, BTC_PERPETUAL, false)[0]?.rule).toContain('at this venue');
    expect(problems({ stopLoss: '59000' }, { ...BTC_PERPETUAL, kind: 'option' })[0]?.rule).toContain(
      'options',
    );
  });
});

function marketWith(stopLoss: string): Partial<OrderDraft> {
  return { type: 'market', price: undefined, stopLoss };
}

describe('protection and the venue', () => {
  let ledger: TestLedger;
  beforeEach(() => {
    ledger = testLedger();
  });
  afterEach(() => {
    ledger.dispose();
  });
  const position = (over: Partial<Position> = {}): Position => ({
    venue: 'practice',
    symbol: 'BTC/USDT:USDT',
    accountId: 'practice',
    side: 'long',
    positionSide: 'net',
    quantity: '1',
    entryPrice: '50000',
    markPrice: '60000',
    liquidationPrice: null,
    leverage: '10',
    marginMode: 'cross',
    margin: '0',
    unrealizedPnl: '0',
    realizedPnl: '0',
    settle: 'USDT',
    updatedAt: 0,
    ...over,
  });
  function protection(positions: readonly Position[], positionProtection = true) {
    const setProtection = vi.fn<TradingAccount['setProtection']>(() => Promise.resolve());
    const { session } = deskOver(ledger, { positions: () => Promise.resolve(positions), setProtection });
    Object.assign(session.exchange, { capabilities: { positionProtection } });
    const desk = new ProtectionDesk({
      sessions: { requireTrading: () => session } as never,
      instrument: () => Promise.resolve(BTC_PERPETUAL),
      reference: () => Promise.resolve('60000'),
      requireSending: () => undefined,
      ledger: ledger.repositories,
      clock: () => 1000,
      wait: () => Promise.resolve(),
      onWriteFailed: () => undefined,
    });
    const market = { accountId: 'practice', symbol: 'BTC/USDT:USDT', positionSide: 'net' } as const;
    const set = (stop: { takeProfit: string | null; stopLoss: string | null }) =>
      desk.set({ ...market, ...stop });
    return { set, setProtection };
  }

  it('is journaled and sent with the order', async () => {
    const { desk, trading } = deskOver(ledger);
    const order = await desk.place(draft({ takeProfit: '65000', stopLoss: '55000.05' }), 'intent-1');
    expect(trading.placed[0]).toMatchObject({ takeProfit: '65000', stopLoss: '55000.1' });
    const stored = await ledger.repositories.orders.byClientId(order);
    expect(stored).toMatchObject({ takeProfit: '65000', stopLoss: '55000.1' });
  });

  it('of a position is sent with both legs, on the tick', async () => {
    const { set, setProtection } = protection([position()]);
    await set({ takeProfit: '65000.09', stopLoss: null });
    expect(setProtection.mock.calls[0]?.slice(0, 3)).toEqual([
      'BTC/USDT:USDT',
      'net',
      { takeProfit: '65000', stopLoss: null },
    ]);
  });

  it('of a position is refused on the wrong side of the mark price, which for a short is the other one', async () => {
    const long = protection([position()]);
    await expect(long.set({ takeProfit: null, stopLoss: '60001' })).rejects.toThrow('below the mark price');
    expect(long.setProtection).not.toHaveBeenCalled();
    const short = protection([position({ side: 'short' })]);
    await short.set({ takeProfit: null, stopLoss: '60001' });
    await expect(short.set({ takeProfit: '60001', stopLoss: null })).rejects.toThrow('below the mark price');
  });

  it('needs the position, and a venue that has it', async () => {
    const none = protection([position({ positionSide: 'long' })]);
    await expect(none.set({ takeProfit: null, stopLoss: '1' })).rejects.toMatchObject({ kind: 'notFound' });
    const lacking = protection([position()], false);
    await expect(lacking.set({ takeProfit: null, stopLoss: '1' })).rejects.toMatchObject({
      kind: 'notSupported',
    });
  });
});
