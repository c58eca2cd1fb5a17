import { describe, expect, it } from 'vitest';
import { stopSumRefusal } from '../../../src-main/risk/stop-sum-limit.ts';
import type { AccountSession } from '../../../src-main/trading/account-sessions.ts';
import { orderOf } from '../../../src-main/trading/order-draft.ts';
import type { GatedIntent } from '../../../src-main/trading/order-gate.ts';
import type { Order, OrderDraft, Position } from '../../../src-preload/contract/types/trading.ts';
import { BTC_PERPETUAL, draft } from '../../support/markets.ts';
import { fakeAccount } from '../../support/trading-account.ts';
import { ACCOUNT } from '../trading/desk-fixture.ts';

const { symbol } = BTC_PERPETUAL;
const position = (quantity: string): Position => ({
  venue: 'practice',
  accountId: 'practice',
  symbol,
  side: 'long',
  positionSide: 'net',
  quantity,
  entryPrice: '60000',
  markPrice: '60000',
  liquidationPrice: null,
  leverage: '10',
  marginMode: 'cross',
  margin: '1',
  unrealizedPnl: null,
  realizedPnl: '0',
  settle: 'USDT',
  updatedAt: 0,
});
const STOP: Partial<OrderDraft> = {
  symbol,
  side: 'sell',
  type: 'stopMarket',
  price: undefined,
  triggerPrice: '58000',
  reduceOnly: true,
};
const open = (id: string, quantity: string, over: Partial<Order> = {}): Order => ({
  ...orderOf(draft({ ...STOP, quantity }), { venue: 'practice', symbol }, id, 1),
  state: 'untriggered',
  ...over,
});

interface World {
  readonly pushed?: readonly Position[];
  readonly told?: readonly Position[] | 'nothing';
  readonly orders?: readonly Order[];
  readonly order?: Order;
}

async function judged(wish: Partial<OrderDraft>, { pushed, told, orders = [], order }: World) {
  const positions = pushed ?? [position('1')];
  const answer = told ?? positions;
  const session = {
    positions,
    trading: fakeAccount({
      positions: () => (answer === 'nothing' ? Promise.reject(new Error('down')) : Promise.resolve(answer)),
    }),
  } as unknown as AccountSession;
  const intent: GatedIntent = {
    account: ACCOUNT,
    draft: draft({ ...STOP, ...wish }),
    instrument: BTC_PERPETUAL,
    kind: order === undefined ? 'place' : 'amend',
    order: order ?? null,
    pending: [],
  };
  const error = await stopSumRefusal({ intent, session, orders, after: () => () => undefined });
  const [problem] = error?.details.problems ?? [];
  return error === null
    ? null
    : { code: error.code, field: problem?.field, nearest: problem?.nearest, error };
}

describe('a stop that would close more than there is', () => {
  it('is refused with the field, the rule and the nearest value that passes', async () => {
    const orders = [open('1', '0.6')];
    const refused = await judged({ quantity: '0.5' }, { orders });
    expect(refused).toMatchObject({ code: 'risk.stopsBeyondPosition', field: 'quantity', nearest: '0.4' });
    expect(refused?.error.message).toMatch(
      /limited to the position .*no setting.*: 1 of BTC.*stops for 0\.6/,
    );
    expect(await judged({ quantity: '0.4' }, { orders })).toBeNull();
  });

  it('has no nearest value where nothing is left to guard', async () => {
    expect(await judged({ quantity: '0.5' }, { pushed: [] })).toMatchObject({ nearest: undefined });
    expect(await judged({ quantity: '0.5' }, { orders: [open('1', '1')] })).toMatchObject({
      nearest: undefined,
    });
    // To buy closes nothing of a long.
    expect(await judged({ quantity: '0.5', side: 'buy' }, {})).toMatchObject({ nearest: undefined });
  });

  it('is measured by what the venue says when what was pushed would refuse it', async () => {
    expect(await judged({ quantity: '0.5' }, { pushed: [], told: [position('1')] })).toBeNull();
    expect(await judged({ quantity: '0.5' }, { pushed: [], told: 'nothing' })).toMatchObject({
      code: 'risk.stopsBeyondPosition',
    });
    expect(await judged({ quantity: '0.5' }, { told: 'nothing' })).toBeNull();
  });

  it('counts take-profits apart, and calls them so', async () => {
    const orders = [open('1', '1', { type: 'takeProfitLimit' })];
    expect(await judged({ quantity: '1' }, { orders })).toBeNull();
    const refused = await judged({ quantity: '1', type: 'takeProfitMarket' }, { orders });
    expect(refused?.error.message).toMatch(/^Waiting take-profits are limited/);
  });

  it('may be moved and made smaller though they are too many, but not larger', async () => {
    const order = open('1', '0.8', { filledQuantity: '0.1' });
    const world = { order, orders: [order, open('2', '0.5')] };
    expect(await judged({ quantity: '0.8', triggerPrice: '57000' }, world)).toBeNull();
    expect(await judged({ quantity: '0.7' }, world)).toBeNull();
    // 0.5 are free beside the other, and 0.1 have traded.
    expect(await judged({ quantity: '0.9' }, world)).toMatchObject({ nearest: '0.6' });
    const smaller = { ...order, quantity: '0.3' };
    expect(await judged({ quantity: '0.6' }, { ...world, order: smaller })).toBeNull();
  });

  it('is no matter of orders that open, of plain ones, and of spot', async () => {
    expect(await judged({ quantity: '5', reduceOnly: false }, {})).toBeNull();
    expect(await judged({ quantity: '5', type: 'limit', triggerPrice: undefined }, {})).toBeNull();
  });
});
