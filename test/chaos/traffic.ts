/**
 * A person with very quick fingers, inside the program: places alone and together, changes and cancels as fast as
 * the answers come, asks for too much now and then, and presses twice. What it does comes from a seed.
 */
import { Sequence } from '../../src-main/exchanges/practice/synthetic/random.ts';
import type { Order } from '../../src-preload/contract/types/trading.ts';
import type { Result } from '../../src-preload/contract/result.ts';
import { quantityOf, resting, slotOf } from './prices.ts';
import type { Deed, Report, Traffic, Wish } from './wire.ts';

type Invoke = (channel: string, input: unknown) => Promise<Result<unknown>>;
type Tell = (message: Report) => void;

const SYMBOLS = ['BTC/USDT:USDT', 'BTC/USDT'] as const;
const LARGEST_BATCH = 5;

/** What one program does in its life; the lanes share the numbers and what they know of the orders. */
class Trader {
  readonly #traffic: Traffic;
  readonly #invoke: Invoke;
  readonly #report: Tell;
  readonly #open: string[] = [];
  #wishes = 0;
  #deeds = 0;
  #engaged = false;

  constructor(traffic: Traffic, invoke: Invoke, report: Tell) {
    this.#traffic = traffic;
    this.#invoke = invoke;
    this.#report = report;
  }

  async lane(random: Sequence): Promise<void> {
    for (let left = this.#traffic.actions; left > 0; left -= 1) await this.#act(random);
  }

  async #act(random: Sequence): Promise<void> {
    const dice = random.below(100);
    const { engageAfter } = this.#traffic;
    if (engageAfter !== null && !this.#engaged && this.#wishes >= engageAfter) {
      this.#engaged = true;
      await this.#do({ what: 'engage' }, 'risk.engageKillSwitch', { flatten: false });
    } else if (dice < 40) await this.#place(this.#wish(random));
    else if (dice < 55) {
      const wishes = Array.from({ length: 2 + random.below(LARGEST_BATCH - 1) }, () => this.#wish(random));
      await Promise.all(wishes.map((wish) => this.#place(wish)));
    } else if (dice < 60) {
      // Pressed twice: the same intent is the same order.
      const wish = this.#wish(random);
      await Promise.all([this.#place(wish), this.#place(wish)]);
    } else if (dice < 78) await this.#amend(random);
    else if (dice < 98) await this.#cancel(random);
    else await this.#do({ what: 'cancelAll' }, 'trading.cancelAll', {});
  }

  #wish(random: Sequence): Wish {
    const { first, middle, quantities, tooMuch } = this.#traffic;
    const intent = first + this.#wishes;
    this.#wishes += 1;
    const side = random.below(2) === 0 ? 'buy' : 'sell';
    const isCrossing = random.below(4) === 0;
    // A crossing buy stands where a sell would rest.
    const away = isCrossing ? (side === 'buy' ? 'sell' : 'buy') : side;
    return {
      intent,
      symbol: SYMBOLS[random.below(2)] ?? SYMBOLS[0],
      side,
      price: resting(middle, away, slotOf(intent)),
      quantity: random.below(20) === 0 ? tooMuch : quantityOf(quantities, intent),
      timeInForce: isCrossing && random.below(2) === 0 ? 'IOC' : 'GTC',
    };
  }

  async #place(wish: Wish): Promise<void> {
    this.#report({ kind: 'wish', wish });
    const result = await this.#invoke('trading.place', order(this.#traffic.accountId, wish));
    if (result.ok) this.#open.push((result.value as Order).clientOrderId);
    this.#report({ kind: 'placed', intent: wish.intent, result });
  }

  async #amend(random: Sequence): Promise<void> {
    const clientOrderId = this.#open[random.below(Math.max(1, this.#open.length))];
    if (clientOrderId === undefined) return;
    const { middle, firstDeed, tooMuch, quantities } = this.#traffic;
    const deed = { what: 'amend' as const, clientOrderId };
    const slot = slotOf(firstDeed + this.#deeds);
    if (random.below(3) === 0) {
      const quantity = random.below(4) === 0 ? tooMuch : quantities.at(-1);
      return this.#do({ ...deed, ...(quantity === undefined ? {} : { quantity }) }, 'trading.amend', {
        clientOrderId,
        quantity,
      });
    }
    const price = resting(middle, random.below(2) === 0 ? 'buy' : 'sell', slot);
    return this.#do({ ...deed, price }, 'trading.amend', { clientOrderId, price });
  }

  async #cancel(random: Sequence): Promise<void> {
    const at = random.below(Math.max(1, this.#open.length));
    const [clientOrderId] = this.#open.splice(at, 1);
    if (clientOrderId === undefined) return;
    await this.#do({ what: 'cancel', clientOrderId }, 'trading.cancel', { clientOrderId });
  }

  async #do(deed: Omit<Deed, 'deed'>, channel: string, input: object): Promise<void> {
    const number = this.#traffic.firstDeed + this.#deeds;
    this.#deeds += 1;
    this.#report({ kind: 'deed', deed: { ...deed, deed: number } });
    const { accountId } = this.#traffic;
    const result = await this.#invoke(channel, deed.what === 'engage' ? input : { ...input, accountId });
    this.#report({ kind: 'done', deed: number, at: Date.now(), result });
  }
}

/** A wish as the ticket sends it. */
export const order = (accountId: string, { intent, ...wish }: Wish) => ({
  ...wish,
  accountId,
  type: 'limit' as const,
  postOnly: false,
  reduceOnly: false,
  positionSide: 'net' as const,
  intentId: `wish-${String(intent)}`,
});

/** Trades until every lane has done its part; the program is killed long before, as a rule. */
export async function trade(traffic: Traffic, invoke: Invoke, report: Tell): Promise<void> {
  const trader = new Trader(traffic, invoke, report);
  const lanes = Array.from({ length: traffic.lanes }, (_, lane) =>
    trader.lane(new Sequence(traffic.seed + lane)),
  );
  await Promise.all(lanes);
  report({ kind: 'idle' });
}
