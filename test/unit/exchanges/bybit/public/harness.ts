/** Bybit's public side on a fake network: lists of a few markets, answers by path, sockets played by the test. */
import { HoldfastError } from '../../../../../src-main/errors.ts';
import { UnknownFields } from '../../../../../src-main/exchanges/bybit/payload.ts';
import {
  type BybitMarket,
  createBybitMarket,
} from '../../../../../src-main/exchanges/bybit/public/market.ts';
import type { BybitCall, BybitRest } from '../../../../../src-main/exchanges/bybit/rest.ts';
import { type BybitSite, siteOf } from '../../../../../src-main/exchanges/bybit/sites.ts';
import type { StreamListener, StreamState } from '../../../../../src-main/exchanges/exchange.ts';
import { type FakeNet, fakeNet, type FakeSocket } from '../../../../support/net.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

/** A clock and timers that move when the test says so. */
export class FakeTime {
  now = NOW;
  readonly #timers = new Set<{ at: number; run: () => void }>();

  readonly after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: this.now + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  get waiting(): number {
    return this.#timers.size;
  }

  /** Runs what is due on the way, in its order, and lets promises settle in between. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.now = due.at;
      due.run();
      await settle();
    }
    this.now = end;
    await settle();
  }
}

/** Lets everything that waits for answered promises run. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

export const spotRow = (symbol: string, rest: object = {}) => ({
  symbol,
  baseCoin: symbol.slice(0, -4),
  quoteCoin: symbol.slice(-4),
  status: 'Trading',
  lotSizeFilter: { basePrecision: '0.000001', quotePrecision: '0.0000001', minOrderAmt: '5' },
  priceFilter: { tickSize: '0.1' },
  ...rest,
});

export const contractRow = (symbol: string, rest: object = {}) => ({
  symbol,
  contractType: 'LinearPerpetual',
  status: 'Trading',
  baseCoin: symbol.slice(0, 3),
  quoteCoin: 'USDT',
  settleCoin: 'USDT',
  deliveryTime: '0',
  fundingInterval: 480,
  leverageFilter: { minLeverage: '1', maxLeverage: '100.00', leverageStep: '0.01' },
  priceFilter: { tickSize: '0.10', minPrice: '0.10', maxPrice: '1999999.80' },
  lotSizeFilter: {
    maxOrderQty: '1190.000',
    minOrderQty: '0.001',
    qtyStep: '0.001',
    maxMktOrderQty: '500.000',
    minNotionalValue: '5',
  },
  riskParameters: { priceLimitRatioX: '0.05', priceLimitRatioY: '0.1' },
  ...rest,
});

export const optionRow = (symbol: string, rest: object = {}) => ({
  symbol,
  status: 'Trading',
  baseCoin: 'BTC',
  quoteCoin: 'USDT',
  settleCoin: 'USDT',
  optionsType: 'Call',
  deliveryTime: String(Date.UTC(2026, 11, 25, 8)),
  priceFilter: { tickSize: '5' },
  lotSizeFilter: { maxOrderQty: '500', minOrderQty: '0.01', qtyStep: '0.01' },
  ...rest,
});

type Answer = object | Error;
/** Answers `result` of a path; a function sees the parameters. */
export type Answers = Record<string, (params: Readonly<Record<string, unknown>>) => Answer>;

export const LISTS: Readonly<Record<string, readonly object[]>> = {
  spot: [spotRow('BTCUSDT'), spotRow('ETHUSDT')],
  linear: [contractRow('BTCUSDT'), contractRow('ETHUSDT')],
  inverse: [contractRow('BTCUSD', { contractType: 'InversePerpetual', quoteCoin: 'USD', settleCoin: 'BTC' })],
  option: [optionRow('BTC-25DEC26-90000-C-USDT'), optionRow('BTC-25DEC26-100000-C-USDT')],
};

/** One page of each list; options are of BTC alone. */
export const instrumentsOf =
  (lists: Readonly<Record<string, readonly object[]>>) => (params: Readonly<Record<string, unknown>>) => {
    const { category, baseCoin } = params as { category: string; baseCoin?: string };
    const rows = lists[category] ?? [];
    const own =
      category === 'option' ? rows.filter((row) => 'baseCoin' in row && row.baseCoin === baseCoin) : rows;
    return { category, list: own, nextPageCursor: '' };
  };

export class FakeRest implements BybitRest {
  readonly calls: BybitCall[] = [];
  answers: Answers;
  /** Venue time of the answers. */
  time = NOW;

  constructor(answers: Answers) {
    this.answers = answers;
  }

  async ask(call: BybitCall) {
    this.calls.push(call);
    const answer = this.answers[call.path]?.(call.params ?? {});
    if (answer === undefined)
      throw new HoldfastError('unavailable', 'net.noAnswer', `Nothing at ${call.path}.`);
    if (answer instanceof Error) throw answer;
    return { result: answer, retExtInfo: {}, time: this.time };
  }
  async get(): Promise<never> {
    throw new Error('The public side signs nothing.');
  }
  async post(): Promise<never> {
    throw new Error('The public side writes nothing.');
  }
  /** Parameters of the calls of a path. */
  asked(path: string): readonly unknown[] {
    return this.calls.filter((call) => call.path === path).map(({ params }) => params);
  }
}

export interface PublicHarness {
  readonly bybit: BybitMarket;
  readonly rest: FakeRest;
  readonly net: FakeNet;
  readonly time: FakeTime;
  readonly unknown: UnknownFields;
  /** Where public data comes from; can be changed. */
  readonly site: { current: BybitSite };
  /** The public connection of a category. */
  socket(category: string): FakeSocket;
}

export function setUp(answers: Answers = {}): PublicHarness {
  const rest = new FakeRest({ '/v5/market/instruments-info': instrumentsOf(LISTS), ...answers });
  const net = fakeNet();
  const time = new FakeTime();
  const unknown = new UnknownFields();
  const site = { current: siteOf('global', 'live') };
  const bybit = createBybitMarket({
    venue: 'bybit',
    rest,
    net,
    site: () => site.current,
    clock: () => time.now,
    timers: time.after,
    unknown,
  });
  return {
    bybit,
    rest,
    net,
    time,
    unknown,
    site,
    socket: (category) => net.socketNamed(`public.${category}`),
  };
}

/** Keeps what a stream says. */
export class Heard<T> implements StreamListener<T> {
  readonly values: T[] = [];
  readonly states: StreamState[] = [];
  reason: string | undefined;

  next(value: T): void {
    this.values.push(value);
  }
  state(state: StreamState, reason?: string): void {
    this.states.push(state);
    this.reason = reason;
  }
  get last(): T | undefined {
    return this.values.at(-1);
  }
}
