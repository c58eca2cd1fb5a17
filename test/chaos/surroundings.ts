/**
 * The venue that outlives the program, and what goes on there by itself: it fills, cancels, is late, loses answers
 * and drops connections. It also keeps the limits in sight, because nobody else can.
 */
import type { Sequence } from '../../src-main/exchanges/practice/synthetic/random.ts';
import { dec } from '../../src-main/market/decimal.ts';
import type { Account } from '../exchanges/bybit/accounts.ts';
import type { OrderArrival } from '../exchanges/bybit/counters.ts';
import type { VenueOrder } from '../exchanges/bybit/order.ts';
import { startBybitVenue } from '../exchanges/bybit/venue.ts';
import type { BybitVenue } from '../exchanges/bybit/venue.ts';
import type { Record as Witness } from './record.ts';

export const KEY = 'test-key-of-the-kill-test';
export const SECRET = 'test-secret-of-the-kill-test';
const UID = '1001';
export const MIDDLE = 65_000;
export const DEPOSIT = { USDT: '100000', BTC: '5' } as const;
/** What a person has set in Holdfast; here only to see that nothing goes beyond it. */
export const LIMITS = { orderNotional: '300', openOrders: 8 } as const;
const BUSY_MS = 8;
const OPS = ['order.create', 'order.create', 'order.create', 'order.amend', 'order.cancel'] as const;

export class Surroundings {
  readonly venue: BybitVenue;
  readonly account: Account;
  /** Limits that were broken, in words. */
  readonly broken: string[] = [];
  onArrival: () => void = () => undefined;
  onFill: () => void = () => undefined;
  #most = 0;

  private constructor(venue: BybitVenue, witness: Witness) {
    this.venue = venue;
    venue.addKey({ key: KEY, secret: SECRET, ips: ['127.0.0.1'] });
    this.account = venue.account(UID).deposit('USDT', DEPOSIT.USDT).deposit('BTC', DEPOSIT.BTC);
    venue.counters.onArrival = (arrival) => {
      witness.arrived(arrival);
      this.#watchSize(arrival);
      if (arrival.op !== 'create') return;
      // The venue acts on it in this same turn.
      queueMicrotask(() => this.#watchCount());
      this.onArrival();
    };
    this.restock();
  }

  static async open(seed: number, witness: Witness): Promise<Surroundings> {
    return new Surroundings(await startBybitVenue({ seed, addressLimit: 100_000 }), witness);
  }

  get port(): number {
    return Number(new URL(this.venue.origin).port);
  }

  /** Most orders that were open at the same time. */
  get most(): number {
    return this.#most;
  }

  /** Things happen by themselves until the answer is called. */
  busy(random: Sequence): () => void {
    const timer = setInterval(() => this.#happen(random), BUSY_MS);
    return () => clearInterval(timer);
  }

  /** What can happen to orders while nobody looks. */
  meanwhile(random: Sequence): void {
    for (let left = random.below(4); left > 0; left -= 1) {
      if (random.below(3) > 0) this.#fillSome(random);
      else this.#cancelOne(random);
    }
  }

  /** Plans how the line misbehaves while the program trades. */
  spoilTraffic(random: Sequence): void {
    const { faults } = this.venue;
    const late = (): { kind: 'latency'; ms: number } => ({ kind: 'latency', ms: 1 + random.below(25) });
    for (let left = 4 + random.below(8); left > 0; left -= 1) {
      const op = OPS[random.below(OPS.length)] ?? OPS[0];
      const path = `/v5/order/${op.slice('order.'.length)}`;
      const dice = random.below(12);
      if (dice < 5) faults.trade(op, late(), 1 + random.below(10));
      else if (dice < 7) faults.trade(op, { kind: 'dropAfter' });
      else if (dice < 8) faults.trade(op, { kind: 'dropBefore' });
      else if (dice < 9) faults.trade(op, { kind: 'disconnectAfter' });
      else if (dice < 10) faults.trade(op, { kind: 'code', code: 10016 });
      else if (dice < 11) faults.http(path, { kind: 'status', status: 502, acts: random.below(2) === 0 });
      else faults.http(path, random.below(2) === 0 ? { kind: 'dropAfter' } : late());
    }
    for (const topic of ['order', 'execution']) {
      const fault = (['duplicate', 'reverse', 'drop'] as const)[random.below(5)];
      if (fault) faults.privateMessages(topic, fault, 1 + random.below(6));
    }
    if (random.below(8) === 0) faults.privateSilent = true;
  }

  /** Plans what goes wrong while the program starts and asks what became of its orders. */
  spoilStart(random: Sequence): void {
    const { faults } = this.venue;
    if (random.below(4) > 0) return;
    const dice = random.below(4);
    if (dice === 0) faults.http('/v5/order/realtime', { kind: 'status', status: 503 }, 1 + random.below(2));
    else if (dice === 1) faults.http('/v5/order/history', { kind: 'dropBefore' });
    else if (dice === 2) faults.http('/v5/execution/list', { kind: 'code', code: 10016 });
    else faults.http('/v5/account/wallet-balance', { kind: 'html' });
  }

  /** Well behaved again, with a full book. */
  calm(): void {
    this.venue.faults.clear();
    this.restock();
  }

  restock(): void {
    for (const category of ['linear', 'spot'] as const)
      this.venue.market(category, 'BTCUSDT').fillBook(String(MIDDLE), { levels: 10, size: '2' });
  }

  dispose(): Promise<void> {
    return this.venue.dispose();
  }

  #happen(random: Sequence): void {
    const dice = random.below(100);
    if (dice < 12) this.#fillSome(random);
    else if (dice < 15) this.#cancelOne(random);
    else if (dice === 15) this.venue.disconnect('trade');
    else if (dice === 16) this.venue.disconnect('private');
  }

  #one(random: Sequence): VenueOrder | undefined {
    const open = this.account.openOrders();
    return open[random.below(Math.max(1, open.length))];
  }

  /** All of an order, or the smallest part of it. */
  #fillSome(random: Sequence): void {
    const order = this.#one(random);
    if (order === undefined) return;
    this.venue.fill(UID, order.orderId, random.below(2) === 0 ? '0.001' : undefined);
    this.restock();
    this.onFill();
  }

  #cancelOne(random: Sequence): void {
    const order = this.#one(random);
    if (order === undefined) return;
    this.venue.world.desk.cancel(order, 'margin');
    order.market.touch();
  }

  #watchSize({ op, category, row }: OrderArrival): void {
    if (op === 'cancel') return;
    const { account } = this;
    const [id, link] = [String(row['orderId']), String(row['orderLinkId'])];
    const known = account.order(id) ?? account.linked(category === 'spot' ? 'spot' : 'contract', link);
    // A change of what was never there changes nothing.
    if (op === 'amend' && known === null) return;
    const price = row['price'] ?? known?.price;
    const quantity = row['qty'] ?? known?.qty;
    if (typeof price !== 'string' || typeof quantity !== 'string') return;
    const worth = dec(price).times(quantity);
    if (worth.gt(LIMITS.orderNotional))
      this.broken.push(`${op} of ${known?.linkId ?? link} is worth ${worth.toFixed(2)}`);
  }

  #watchCount(): void {
    const open = this.account.openOrders().length;
    this.#most = Math.max(this.#most, open);
    if (open > LIMITS.openOrders) this.broken.push(`${String(open)} orders were open at once`);
  }
}
