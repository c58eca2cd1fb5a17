import { describe, expect, it } from 'vitest';
import { dec } from '../../../src-main/market/decimal.ts';
import { marginRefusal } from '../../../src-main/risk/margin-check.ts';
import { previewOrder } from '../../../src-main/trading/order-preview.ts';
import type { AccountSession } from '../../../src-main/trading/account-sessions.ts';
import type { Account, KeyInspection } from '../../../src-preload/contract/types/account.ts';
import type { BookView, Instrument } from '../../../src-preload/contract/types/market.ts';
import type { Balance, MarginMode, OrderDraft } from '../../../src-preload/contract/types/trading.ts';
import { BTC_PERPETUAL, BTC_SPOT, balance, draft } from '../../support/markets.ts';
import { fakeAccount } from '../../support/trading-account.ts';
import { ACCOUNT } from '../trading/desk-fixture.ts';

const BOOK: BookView = {
  venue: 'practice',
  symbol: BTC_SPOT.symbol,
  bids: [['59990', '10']],
  asks: [['60000', '10']],
  state: 'live',
  time: 1,
  receivedAt: 1,
  sequence: null,
};

interface World {
  readonly pushed: readonly Balance[];
  readonly told?: readonly Balance[] | 'nothing';
  /** What an amendment adds. */
  readonly added?: string;
  readonly instrument?: Instrument;
  readonly account?: Account;
  readonly marginMode?: MarginMode;
  readonly onAsked?: (session: AccountSession) => void;
}

/** Judged by the real preview, over balances as they were pushed and as the venue tells them. */
async function judged(over: Partial<OrderDraft>, world: World) {
  const { pushed, told = pushed, added, onAsked, account = ACCOUNT, marginMode = 'cross' } = world;
  const instrument = world.instrument ?? BTC_SPOT;
  const session = { account, balances: pushed, positions: [], asOf: 1 } as unknown as AccountSession;
  const trading = fakeAccount({
    balances: () => {
      onAsked?.(session);
      return told === 'nothing' ? Promise.reject(new Error('down')) : Promise.resolve(told);
    },
  });
  Object.assign(session, { trading });
  const wish = draft(over);
  const error = await marginRefusal(
    {
      preview: (asked) =>
        Promise.resolve(
          previewOrder({
            draft: asked,
            instrument,
            book: BOOK,
            reference: '60000',
            balances: session.balances,
            positions: [],
            fees: { symbol: asked.symbol, maker: '0', taker: '0' },
            modes: { positionMode: 'oneWay', marginMode, leverage: '10' },
            now: 1,
          }),
        ),
      after: () => () => undefined,
      clock: () => 5,
    },
    {
      session,
      draft: wish,
      instrument,
      added: added === undefined ? (wish.quantity === undefined ? null : dec(wish.quantity)) : dec(added),
    },
  );
  return { error, problem: error?.details.problems?.[0], session };
}
const USDT = (total: string) => [balance('USDT', total)];

describe('a balance that does not pay for an order', () => {
  it('names the most that it pays for, as the venue has it now', async () => {
    const { problem, error } = await judged(
      { quantity: '1', price: '60000' },
      { pushed: USDT('1000'), told: USDT('30000') },
    );
    expect(problem).toMatchObject({ field: 'quantity', nearest: '0.5' });
    expect(error?.message).toContain('30000 is available');
  });

  it('is no refusal when it does by what the venue says, or when the venue says nothing', async () => {
    const wish = { quantity: '1', price: '60000' };
    const paid = await judged(wish, { pushed: USDT('1000'), told: USDT('60000') });
    expect(paid.error).toBeNull();
    expect(paid.session).toMatchObject({ balances: USDT('60000'), asOf: 5 });
    expect((await judged(wish, { pushed: USDT('1000'), told: 'nothing' })).error).toBeNull();
  });

  it('is what the stream says when it spoke while the venue was asked', async () => {
    const onAsked = (session: AccountSession) => Object.assign(session, { balances: USDT('60000'), asOf: 2 });
    const { error } = await judged(
      { quantity: '1', price: '60000' },
      { pushed: USDT('1000'), told: USDT('1000'), onAsked },
    );
    expect(error).toBeNull();
  });

  it('has to pay for what an amendment adds, and names the total', async () => {
    const wish = { quantity: '1', price: '60000' };
    expect((await judged(wish, { pushed: USDT('6000'), added: '0.1' })).error).toBeNull();
    expect((await judged(wish, { pushed: USDT('3000'), added: '0.1' })).problem).toMatchObject({
      nearest: '0.95',
    });
  });

  it('names none where even the least is too much', async () => {
    const { problem } = await judged({ quantity: '1', price: '60000' }, { pushed: USDT('1') });
    expect(problem).toMatchObject({ field: 'quantity' });
    expect(problem).not.toHaveProperty('nearest');
  });

  it('is itself the nearest amount to spend, unless that is too little for the market', async () => {
    const spend = { type: 'market', price: undefined, quantity: undefined, quoteAmount: '100' } as const;
    expect((await judged(spend, { pushed: USDT('50') })).problem).toMatchObject({
      field: 'quoteAmount',
      nearest: '50',
    });
    expect((await judged(spend, { pushed: USDT('4') })).problem).not.toHaveProperty('nearest');
    expect((await judged(spend, { pushed: USDT('100') })).error).toBeNull();
  });
});

describe('margin that all coins of an account back together', () => {
  const instrument = BTC_PERPETUAL;
  // 6000 USDT at the leverage of ten.
  const wish = { symbol: instrument.symbol, quantity: '1', price: '60000' } as const;
  const coins = (sharedMargin?: string): readonly Balance[] => [
    balance('BTC', '3', { wallet: 'unified', ...(sharedMargin === undefined ? {} : { sharedMargin }) }),
  ];
  const inspected = (code: 'portfolioMargin' | 'crossMargin'): Account => ({
    ...ACCOUNT,
    inspection: { findings: [{ code }] } as unknown as KeyInspection,
  });

  it('refuses what it does not pay for, by the venue’s figure of now', async () => {
    const { error } = await judged(wish, {
      instrument,
      pushed: coins('5000'),
      account: inspected('crossMargin'),
    });
    expect(error).toMatchObject({ code: 'risk.availableMargin' });
    expect(error?.message).toContain(
      'needs 6000 USDT of margin, and all coins of this account together leave 5000 USD',
    );
    expect((await judged(wish, { instrument, pushed: coins('5000'), told: coins('6000') })).error).toBeNull();
    expect((await judged(wish, { instrument, pushed: coins('5000'), added: '0.5' })).error).toBeNull();
  });

  it('takes a dollar coin for a dollar within one percent, and leaves the rest to the venue', async () => {
    expect((await judged(wish, { instrument, pushed: coins('5940') })).error).toBeNull();
    expect((await judged(wish, { instrument, pushed: coins('5939') })).error).not.toBeNull();
    // With a balance of its own nothing is converted.
    const isolated = { ...ACCOUNT, modes: { positionMode: 'oneWay', marginMode: 'isolated' } } as const;
    const own = [balance('USDT', '5999', { wallet: 'unified' })];
    const alone = await judged(wish, { instrument, pushed: own, account: isolated, marginMode: 'isolated' });
    expect(alone.error?.message).toContain('5999 is available in this account (the balance itself');
  });

  it('claims nothing where the venue gave no figure, in another currency, or with portfolio margin', async () => {
    expect((await judged(wish, { instrument, pushed: coins() })).error).toBeNull();
    const other = { ...instrument, settle: 'EUR' };
    expect((await judged(wish, { instrument: other, pushed: coins('1') })).error).toBeNull();
    const account = inspected('portfolioMargin');
    expect((await judged(wish, { instrument, pushed: coins('1'), account })).error).toBeNull();
  });
});
