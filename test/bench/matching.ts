/**
 * Order operations a second of the matching engine on one core: a mix of resting limits, cancels, amends and
 * takers against a book of about 200 levels, prepared beforehand so that only the engine is measured.
 */
import { MatchingEngine } from '../../src-main/exchanges/practice/matching/matching-engine.ts';
import type { EngineListener, OrderTicket } from '../../src-main/exchanges/practice/matching/order.ts';
import { Sequence } from '../../src-main/exchanges/practice/synthetic/random.ts';
import { median, type BenchResult } from './result.ts';

const OPERATIONS = 400_000;
const ROUNDS = 5;
const MIDDLE = 920_000;

type Operation =
  | { readonly kind: 'submit'; readonly ticket: OrderTicket }
  | { readonly kind: 'cancel'; readonly id: string }
  | { readonly kind: 'amend'; readonly id: string; readonly lots: number };

interface Counted extends EngineListener {
  trades: number;
}

function counter(): Counted {
  return {
    trades: 0,
    trade() {
      this.trades += 1;
    },
    ended: () => undefined,
    firing: () => true,
    reducible: () => 0,
  };
}

function operations(): Operation[] {
  const random = new Sequence(42);
  const ids: string[] = [];
  return Array.from({ length: OPERATIONS }, (_, index): Operation => {
    const what = random.next();
    const id = ids[random.below(Math.max(1, ids.length))] ?? '';
    if (what < 0.35 && ids.length > 500) return { kind: 'cancel', id };
    if (what < 0.45 && ids.length > 500) return { kind: 'amend', id, lots: 1 + random.below(50) };
    const side = random.next() < 0.5 ? 'buy' : 'sell';
    const taking = what > 0.9;
    const distance = taking ? -5 : 1 + Math.floor(100 * random.next() ** 2);
    const ticket: OrderTicket = {
      id: `o${index}`,
      owner: `owner ${index % 50}`,
      clientId: `client ${index}`,
      side,
      price: side === 'buy' ? MIDDLE - distance : MIDDLE + distance,
      market: false,
      lots: 1 + random.below(100),
      timeInForce: taking ? 'IOC' : 'GTC',
      postOnly: false,
      reduceOnly: false,
      trigger: null,
    };
    if (!taking) {
      if (ids.length < 2_000) ids.push(ticket.id);
      else ids[random.below(ids.length)] = ticket.id;
    }
    return { kind: 'submit', ticket };
  });
}

function round(steps: readonly Operation[]): { readonly perSecond: number; readonly trades: number } {
  const listener = counter();
  const engine = new MatchingEngine(listener);
  const start = process.cpuUsage();
  for (const step of steps) {
    if (step.kind === 'submit') engine.submit(step.ticket, 0);
    else if (step.kind === 'cancel') engine.cancel(step.id, 'requested');
    else engine.amend(step.id, { lots: step.lots }, 0);
  }
  const { user, system } = process.cpuUsage(start);
  return { perSecond: (steps.length / (user + system)) * 1_000_000, trades: listener.trades };
}

export async function run(): Promise<BenchResult[]> {
  const steps = operations();
  round(steps.slice(0, 50_000));
  const rounds = Array.from({ length: ROUNDS }, () => round(steps));
  const trades = rounds[0]?.trades ?? 0;
  return [
    {
      name: 'matching.operations',
      unit: 'order operations per second of one core',
      ours: Math.round(median(rounds.map(({ perSecond }) => perSecond))),
      peers: {},
      note: `${OPERATIONS} operations (55 % placed, 35 % cancels, 10 % amends), ${trades} trades a round, CPU time, median of ${ROUNDS}. At least 200,000 are asked for.`,
    },
  ];
}
