import type { AccountEvent, OrderRequest } from '../../../../src-main/exchanges/exchange.ts';
import { HoldfastError } from '../../../../src-main/errors.ts';
import {
  createPracticeExchange,
  type PracticeOptions,
} from '../../../../src-main/exchanges/practice/practice-exchange.ts';

export const NOON = Date.UTC(2026, 10, 20, 12, 0, 30);

/** An exchange under a clock that only tests move. */
export async function openPractice(over: Partial<PracticeOptions> & { readonly now?: number } = {}) {
  let now = over.now ?? NOON;
  let tick: (() => void) | null = null;
  const exchange = await createPracticeExchange({
    source: { kind: 'synthetic', seed: 7 },
    clock: () => now,
    repeat: (run) => {
      tick = run;
      return () => {
        tick = null;
      };
    },
    openRecording: () => {
      throw new Error('this test has no record');
    },
    ...over,
  });
  let ids = 0;
  const account = exchange.openAccount({
    accountId: 'practice-1',
    environment: 'practice',
    region: 'local',
    uses: ['read', 'trade'],
    keyType: 'none',
    signer: null,
  });
  const events: AccountEvent[] = [];
  account.stream((event) => events.push(event));
  return {
    exchange,
    account,
    events,
    now: () => now,
    ticking: () => tick !== null,
    /** Time passes in timer steps of `step` ms. */
    pass: (ms: number, step = 100) => {
      for (let left = ms; left > 0; left -= step) {
        now += Math.min(step, left);
        tick?.();
      }
    },
    place: (order: Partial<OrderRequest>) =>
      account.place({
        symbol: 'BTC/USDT',
        side: 'buy',
        type: 'limit',
        quantity: '0.01',
        timeInForce: 'GTC',
        postOnly: false,
        reduceOnly: false,
        positionSide: 'net',
        clientOrderId: `t${now}-${++ids}`,
        ...order,
      }),
    best: async (symbol = 'BTC/USDT') => {
      const { bids, asks } = await exchange.market.book(symbol, 1);
      return { bid: bids[0]?.[0] ?? '', ask: asks[0]?.[0] ?? '' };
    },
    total: async (asset: string) => (await account.balances()).find((row) => row.asset === asset)?.total,
  };
}

/** The kind and code of a refusal; fails when nothing was refused or something else was thrown. */
export async function refusalOf(promise: Promise<unknown>): Promise<HoldfastError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof HoldfastError) return error;
  throw error instanceof Error ? error : new Error('nothing was refused');
}
