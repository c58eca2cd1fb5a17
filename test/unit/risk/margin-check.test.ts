import { describe, expect, it } from 'vitest';
import { dec } from '../../../src-main/market/decimal.ts';
import { marginRefusal } from '../../../src-main/risk/margin-check.ts';
import { previewOrder } from '../../../src-main/trading/order-preview.ts';
import type { AccountSession } from '../../../src-main/trading/account-sessions.ts';
import type { BookView } from '../../../src-preload/contract/types/market.ts';
import type { Balance, OrderDraft } from '../../../src-preload/contract/types/trading.ts';
import { BTC_SPOT, balance, draft } from '../../support/markets.ts';
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
  readonly onAsked?: (session: AccountSession) => void;
}

/** Judged by the real preview, over balances as they were pushed and as the venue tells them. */
async function judged(over: Partial<OrderDraft>, { pushed, told = pushed, added, onAsked }: World) {
  const session = { account: ACCOUNT, balances: pushed, positions: [], asOf: 1 } as unknown as AccountSession;
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
            instrument: BTC_SPOT,
            book: BOOK,
            reference: '60000',
            balances: session.balances,
            positions: [],
            fees: { symbol: asked.symbol, maker: '0', taker: '0' },
            modes: { positionMode: 'oneWay', marginMode: 'cross', leverage: '1' },
            now: 1,
          }),
        ),
      after: () => () => undefined,
      clock: () => 5,
    },
    {
      session,
      draft: wish,
      instrument: BTC_SPOT,
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
