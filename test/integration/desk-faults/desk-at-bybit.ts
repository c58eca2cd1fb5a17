/**
 * The order desk with its limits, ledger and reconciliation at the loopback Bybit, through the real adapter and
 * network, in a time of its own: what is waited for comes without anybody waiting.
 */
import { afterEach, expect } from 'vitest';
import type { OrderDraft } from '../../../src-main/exchanges/exchange.ts';
import { NO_LIMITS } from '../../../src-main/risk/risk-limits.ts';
import type { RiskLimits } from '../../../src-preload/contract/types/risk.ts';
import type { Order, OrderEvent } from '../../../src-preload/contract/types/trading.ts';
import type { VenueOrder } from '../../exchanges/bybit/order.ts';
import { openBybitWorld } from '../chaos/bybit-world.ts';
import type { BybitWorld } from '../chaos/bybit-world.ts';
import { restart } from '../chaos/commands.ts';
import { startProgram } from '../chaos/program.ts';
import type { Program } from '../chaos/program.ts';
import { wish } from '../chaos/world.ts';

const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

type Named = Pick<Order, 'clientOrderId'>;
/** Turns in which something that is on its way must arrive; time stands still meanwhile. */
const TURNS = 60;

export class DeskAtBybit {
  readonly world: BybitWorld;
  program: Program;
  #intents = 0;

  constructor(world: BybitWorld, program: Program) {
    this.world = world;
    this.program = program;
  }

  get accountId(): string {
    return this.world.account.id;
  }

  /** Every order that the venue accepted, oldest first. */
  get there(): readonly VenueOrder[] {
    return this.world.venue.account(this.world.uid).orders;
  }

  /** Kills the program, lets things happen, and starts it on the same ledger. */
  async restart(meanwhile: () => void = () => undefined): Promise<void> {
    this.program.kill();
    meanwhile();
    this.program = await restart(this.world);
    await this.live();
  }

  /** Starts the program on the same ledger, whether or not the venue is there. */
  async startAgain(): Promise<void> {
    this.program = await startProgram(this.world);
  }

  limit(over: Partial<RiskLimits>): Promise<unknown> {
    return this.program.store.set(null, { ...NO_LIMITS, ...over });
  }

  /** A limit order below the market, unless told otherwise. */
  async draft(over: Partial<OrderDraft> = {}): Promise<OrderDraft> {
    const { bid } = await this.world.best();
    const price = over.type === 'market' ? {} : { price: String(Math.floor(Number(bid) * 0.98)) };
    return wish(this.world, { quantity: '0.01', ...price, ...over });
  }

  /** Begins to place; each call is an intent of its own. */
  async placing(over: Partial<OrderDraft> = {}): Promise<{ readonly done: Promise<Order> }> {
    const done = this.program.desk.place(await this.draft(over), `intent-${String((this.#intents += 1))}`);
    done.catch(() => undefined);
    return { done };
  }

  async place(over: Partial<OrderDraft> = {}): Promise<Order> {
    const { done } = await this.placing(over);
    return this.world.until(done);
  }

  /** An order that rests and is known to. */
  async working(over: Partial<OrderDraft> = {}): Promise<Order> {
    const order = await this.place(over);
    await this.becomes(order, 'working');
    return order;
  }

  cancel({ clientOrderId }: Named): Promise<Order> {
    return this.world.until(this.program.desk.cancel(this.accountId, clientOrderId));
  }

  amend({ clientOrderId }: Named, to: { price?: string; quantity?: string }): Promise<Order> {
    const amendment = { accountId: this.accountId, clientOrderId, ...to };
    return this.world.until(this.program.desk.amend(amendment));
  }

  known({ clientOrderId }: Named): Order | null {
    return this.program.keeper.get(this.accountId, clientOrderId);
  }

  async becomes(order: Named, state: Order['state']): Promise<void> {
    await this.waitFor(() => this.known(order)?.state === state);
    expect(this.known(order)?.state, this.known(order)?.reason).toBe(state);
  }

  /** Turns, without time passing, until it is so or does not become so. */
  async waitFor(isSo: () => boolean): Promise<void> {
    for (let left = TURNS; left > 0 && !isSo(); left -= 1) await this.world.turn();
  }

  async live(): Promise<void> {
    const { session, reconciler } = this.program;
    for (let left = 100; left > 0 && session.state !== 'live'; left -= 1)
      await this.world.until(this.world.timers.wait(100));
    expect(session.state).toBe('live');
    await this.world.until(reconciler.ready(session));
    // Order entry is live by then, too.
    for (let left = 10; left > 0; left -= 1) await this.world.turn();
  }

  /** What is in the ledger of it, and not in memory. */
  kept({ clientOrderId }: Named): Promise<Order | null> {
    const { orders } = this.world.ledger.repositories;
    return orders.byClientId({ accountId: this.accountId, clientOrderId });
  }

  steps({ clientOrderId }: Named): Promise<readonly OrderEvent[]> {
    const { orders } = this.world.ledger.repositories;
    return orders.events({ accountId: this.accountId, clientOrderId });
  }

  async fills() {
    return (await this.world.ledger.repositories.fills.list({ limit: 1000, offset: 0 })).rows;
  }

  /** The differences that the newest reconciliation told. */
  async differences() {
    const [report] = await this.program.reconciler.reports([this.accountId]);
    return report?.differences ?? [];
  }

  /** How often it left the program. */
  sends({ clientOrderId }: Named, kind: 'place' | 'amend' = 'place'): number {
    return this.world.sent.filter((one) => one.clientOrderId === clientOrderId && one.kind === kind).length;
  }
}

/** A desk that is connected and reconciled. It ends with its test. */
export async function deskAtBybit(transport: 'socket' | 'rest' = 'socket'): Promise<DeskAtBybit> {
  const world = await openBybitWorld(transport);
  const made = new DeskAtBybit(world, await restart(world));
  closings.push(async () => {
    made.program.kill();
    await world.dispose();
  });
  await made.live();
  return made;
}

/** What a promise that has to fail failed with. */
export async function failureOf(run: Promise<unknown>): Promise<unknown> {
  return run.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );
}
