/** What can happen, as fast-check makes it up, and how it is done in a world. */
import fc from 'fast-check';
import { dec, roundToStep, text } from '../../../src-main/market/decimal.ts';
import type { Order } from '../../../src-preload/contract/types/trading.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';
import { FAULTS, STREAMS, wish } from './world.ts';
import type { Fault, VenueOrder, World } from './world.ts';

/** US dollars: within the limit of an order, and beyond it. */
const SIZES = { small: '400', large: '1600' } as const;
const TICK = '0.1';
const LOT = '0.001';
/** Longer than the minute of the order rate. */
const OVER_A_MINUTE = 61_000;

const fault = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Fault>('none') },
  { weight: 3, arbitrary: fc.constantFrom<Fault>(...FAULTS) },
);
const side = fc.constantFrom('buy' as const, 'sell' as const);
const nth = fc.nat(9);
const size = fc.constantFrom<keyof typeof SIZES>('small', 'small', 'small', 'large');
/** Share of the price away from the best one; null = at the market. */
const away = fc.constantFrom(null, '0', '0.01', '0.02');

const of = <K extends string, T extends object>(
  weight: number,
  kind: K,
  more: { [P in keyof T]: fc.Arbitrary<T[P]> },
) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constant(kind), ...more }) as fc.Arbitrary<{ kind: K } & T>,
});

export const command = fc.oneof(
  of(7, 'place', { side, size, away, fault }),
  of(2, 'cancel', { nth, fault }),
  of(3, 'amend', { nth, size, fault }),
  of(1, 'cancelAll', { fault }),
  of(2, 'pass', { ms: fc.integer({ min: 1, max: 3000 }) }),
  of(3, 'pass', { ms: fc.constant(OVER_A_MINUTE) }),
  of(2, 'stream', { stream: fc.constantFrom(...STREAMS) }),
  of(3, 'fill', { nth, share: fc.constantFrom('half' as const, 'all' as const) }),
  of(1, 'cancelThere', { nth }),
  of(1, 'amendThere', { nth }),
  of(1, 'placeThere', {}),
  of(1, 'kill', {}),
  /** Dies at a step of what comes next, whatever that is. */
  of(2, 'doom', { steps: fc.nat(12) }),
);
export type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

/** Carries out one command. What the program still waits for goes on beside the next ones. */
export async function perform(
  world: World,
  program: Program,
  one: Command,
  intents: string[],
): Promise<Program> {
  if ('fault' in one) world.fault(one.fault);
  for (const promise of await begin(world, program, one, intents)) promise.catch(() => undefined);
  await happen(world, one);
  if (one.kind === 'doom') program.life.doom(one.steps);
  if (one.kind === 'kill') program.kill();
  for (let left = 3; left > 0; left -= 1) await world.turn();
  if (!program.life.dead) return program;
  program.kill();
  return restart(world);
}

/** Starts the program on what the last one left. Its first look at the venue may fail; that is its own affair. */
export async function restart(world: World): Promise<Program> {
  const program = await startProgram(world);
  await world.until(program.reconciler.ready(program.session).catch(() => undefined));
  return program;
}

/** What a person asks the program for. */
async function begin(
  world: World,
  { desk, keeper }: Program,
  one: Command,
  intents: string[],
): Promise<readonly Promise<unknown>[]> {
  const { id } = world.account;
  if (one.kind === 'place') {
    const intent = `intent-${String(intents.length)}`;
    intents.push(intent);
    const draft = await draftOf(world, one);
    // Pressed twice: the same intent is the same order.
    return [desk.place(draft, intent), desk.place(draft, intent)];
  }
  if (one.kind === 'cancelAll') return [desk.cancelAll(id)];
  const order = 'nth' in one ? pick(keeper.open(id), one.nth) : null;
  if (order === null) return [];
  const { clientOrderId } = order;
  if (one.kind === 'cancel') return [desk.cancel(id, clientOrderId)];
  if (one.kind !== 'amend' || order.price === null) return [];
  const price = await priceAway(world, order.side, '0.015');
  return [desk.amend({ accountId: id, clientOrderId, price, quantity: quantityFor(one.size, price) })];
}

/** What happens at the venue without the program. */
async function happen(world: World, one: Command): Promise<void> {
  if (one.kind === 'pass') await world.pass(one.ms);
  if (one.kind === 'stream') world.stream(one.stream);
  if (one.kind === 'placeThere') await world.placeThere(await priceAway(world, 'buy', '0.02'), '0.004');
  const needsOrder = one.kind === 'fill' || one.kind === 'cancelThere' || one.kind === 'amendThere';
  if (!needsOrder) return;
  const order = pick(await restingAt(world), one.nth);
  if (order === null) return;
  if (one.kind === 'fill') await world.fill(order, one.share);
  if (one.kind === 'cancelThere') await world.cancelThere(order);
  if (one.kind === 'amendThere') await world.amendThere(order, await priceAway(world, order.side, '0.012'));
}

async function draftOf(world: World, one: Command & { kind: 'place' }) {
  const isMarket = one.away === null;
  const price = await priceAway(world, one.side, one.away ?? '0');
  return wish(world, {
    side: one.side,
    type: isMarket ? 'market' : 'limit',
    timeInForce: isMarket ? 'IOC' : 'GTC',
    quantity: quantityFor(one.size, price),
    ...(isMarket ? {} : { price }),
  });
}

async function priceAway(world: World, way: Order['side'], share: string): Promise<string> {
  const { bid, ask } = await world.best();
  const factor = way === 'buy' ? dec('1').minus(share) : dec('1').plus(share);
  return roundToStep(text(dec(way === 'buy' ? bid : ask).times(factor)), TICK, 'halfEven');
}

const quantityFor = (wanted: keyof typeof SIZES, price: string): string =>
  roundToStep(text(dec(SIZES[wanted]).div(price)), LOT, 'down');

const restingAt = async (world: World): Promise<readonly VenueOrder[]> =>
  (await world.orders()).filter(({ isOpen, price }) => isOpen && price !== null);

const pick = <T>(from: readonly T[], at: number): T | null => from[at % Math.max(1, from.length)] ?? null;
