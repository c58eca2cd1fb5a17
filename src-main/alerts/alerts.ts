import { randomUUID } from 'node:crypto';
import type { Alert, AlertDraft, AlertFiring } from '../../src-preload/contract/types/alert.ts';
import type { VenueHealth } from '../../src-preload/contract/types/app.ts';
import type { MarketRef, Ticker } from '../../src-preload/contract/types/market.ts';
import type { Fill, Order } from '../../src-preload/contract/types/trading.ts';
import { HoldfastError, toHoldfastError } from '../errors.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import { MoveWindow } from './percent-move.ts';
import { crossPrice, FRESH_CROSS } from './price-cross.ts';
import type { CrossMemory } from './price-cross.ts';

const MEMORY_KEY = 'alerts.memory';
/** A person who needs more has a bot in mind; a page gone wild stops here. */
export const MAX_ALERTS = 500;

interface Parts {
  readonly ledger: LedgerRepositories;
  /** Hears tickers of a market until the answered function is called. */
  readonly watch: (market: MarketRef, listener: (ticker: Ticker) => void) => () => void;
  readonly clock: () => number;
  readonly onFired: (firing: AlertFiring, alert: Alert) => void;
  readonly onChanged: (alerts: readonly Alert[]) => void;
  readonly onWriteFailed: (error: unknown) => void;
}

interface Entry {
  alert: Alert;
  cross: CrossMemory;
  window: MoveWindow;
  /** When each venue was first seen down; cleared when it is live again. */
  downSince: Map<string, number>;
  stop: () => void;
  /** Why it cannot be watched now; never stored, because the next start may be able to. */
  blocked: string | null;
}

/** Keeps the alert rules, evaluates them on what the market and the accounts say, and logs what fired. */
export class Alerts {
  readonly #parts: Parts;
  readonly #entries = new Map<string, Entry>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Loads the rules of earlier sessions, with the side on which each price last was. */
  async load(): Promise<void> {
    const stored = await this.#parts.ledger.keyValues.get({ key: MEMORY_KEY });
    const memory = stored === null ? {} : (JSON.parse(stored) as Record<string, CrossMemory>);
    for (const alert of await this.#parts.ledger.alerts.list()) this.#add(alert, memory[alert.id]);
  }

  /** Newest first. */
  list(): readonly Alert[] {
    return [...this.#entries.values()].map(shown).toSorted((a, b) => b.createdAt - a.createdAt);
  }

  async create(draft: AlertDraft): Promise<Alert> {
    if (this.#entries.size >= MAX_ALERTS) {
      throw new HoldfastError(
        'badInput',
        'alert.tooMany',
        `There can be at most ${String(MAX_ALERTS)} alerts.`,
      );
    }
    const alert: Alert = {
      ...draft,
      id: randomUUID(),
      state: 'active',
      createdAt: this.#parts.clock(),
      lastFiredAt: null,
      firedCount: 0,
    };
    await this.#parts.ledger.alerts.save(alert);
    this.#add(alert);
    this.#changed();
    return shown(this.#require(alert.id));
  }

  /** A changed rule starts afresh: it is active and remembers no earlier price. */
  async update(id: string, draft: AlertDraft): Promise<Alert> {
    const { alert } = this.#require(id);
    return this.#replace({ ...alert, ...draft, state: 'active' });
  }

  async setPaused(id: string, paused: boolean): Promise<Alert> {
    const { alert } = this.#require(id);
    return this.#replace({ ...alert, state: paused ? 'paused' : 'active' });
  }

  async remove(id: string): Promise<void> {
    const entry = this.#require(id);
    await this.#parts.ledger.alerts.remove({ id });
    entry.stop();
    this.#entries.delete(id);
    this.#changed();
  }

  /** An order of any account changed. */
  orderChanged(order: Order): void {
    if (order.state !== 'filled') return;
    for (const entry of this.#active()) {
      const { condition } = entry.alert;
      if (condition.kind !== 'orderFilled' || condition.partial) continue;
      if (condition.accountId !== null && condition.accountId !== order.accountId) continue;
      this.#fire(entry, 'orderFilled', {
        symbol: order.symbol,
        side: order.side,
        quantity: order.filledQuantity,
        price: order.averagePrice ?? '',
      });
    }
  }

  /** A fill of any account came in. */
  filled(fill: Fill): void {
    for (const entry of this.#active()) {
      const { condition } = entry.alert;
      if (condition.kind !== 'orderFilled' || !condition.partial) continue;
      if (condition.accountId !== null && condition.accountId !== fill.accountId) continue;
      this.#fire(entry, 'orderPartiallyFilled', {
        symbol: fill.symbol,
        side: fill.side,
        quantity: fill.quantity,
        price: fill.price,
      });
    }
  }

  /** What the connections are like now; called about once a second. */
  connections(venues: readonly VenueHealth[]): void {
    const now = this.#parts.clock();
    for (const entry of this.#active()) {
      const { condition } = entry.alert;
      if (condition.kind !== 'connectionLost') continue;
      for (const health of venues) {
        if (condition.venue !== null && condition.venue !== health.venue) continue;
        this.#connection(entry, health, condition.afterSeconds, now);
      }
    }
  }

  async dispose(): Promise<void> {
    const memory = Object.fromEntries([...this.#entries].map(([id, entry]) => [id, entry.cross]));
    for (const entry of this.#entries.values()) entry.stop();
    this.#entries.clear();
    await this.#parts.ledger.keyValues
      .set({ key: MEMORY_KEY, value: JSON.stringify(memory), time: this.#parts.clock() })
      .catch(this.#parts.onWriteFailed);
  }

  #connection(entry: Entry, health: VenueHealth, afterSeconds: number, now: number): void {
    if (['live', 'off', 'paused'].includes(health.state)) {
      entry.downSince.delete(health.venue);
      return;
    }
    const since = entry.downSince.get(health.venue) ?? now;
    entry.downSince.set(health.venue, since);
    if (since === Number.POSITIVE_INFINITY || now - since < afterSeconds * 1000) return;
    // Infinity marks "already told": it fires again only after the connection was live.
    entry.downSince.set(health.venue, Number.POSITIVE_INFINITY);
    this.#fire(entry, 'connectionLost', {
      venue: health.venue,
      seconds: String(Math.round((now - since) / 1000)),
    });
  }

  #ticker(entry: Entry, ticker: Ticker): void {
    if (entry.alert.state !== 'active') return;
    const { condition } = entry.alert;
    if (condition.kind === 'priceCrosses') {
      const price = condition.source === 'mark' ? (ticker.mark ?? ticker.last) : ticker.last;
      if (price === null) return;
      const { memory, fired } = crossPrice(condition, entry.alert.hysteresisPercent, entry.cross, price);
      entry.cross = memory;
      if (fired)
        this.#fire(entry, 'priceCrosses', { symbol: ticker.symbol, price: condition.price, last: price });
    } else if (condition.kind === 'percentMove' && ticker.last !== null) {
      const move = entry.window.next(condition, ticker.last, this.#parts.clock());
      if (move !== null) {
        this.#fire(entry, 'percentMove', {
          symbol: ticker.symbol,
          percent: move,
          minutes: String(condition.windowMinutes),
          last: ticker.last,
        });
      }
    }
  }

  #fire(entry: Entry, key: string, values: Readonly<Record<string, string>>): void {
    const now = this.#parts.clock();
    const { alert } = entry;
    const silentUntil = (alert.lastFiredAt ?? Number.NEGATIVE_INFINITY) + alert.cooldownSeconds * 1000;
    if (alert.repeat === 'repeating' && now < silentUntil) return;
    entry.alert = {
      ...alert,
      state: alert.repeat === 'once' ? 'done' : 'active',
      lastFiredAt: now,
      firedCount: alert.firedCount + 1,
    };
    if (entry.alert.state === 'done') entry.stop();
    const firing: AlertFiring = {
      id: randomUUID(),
      alertId: alert.id,
      label: alert.label,
      time: now,
      text: { key, values },
      seen: false,
    };
    // The person is told at once; a log that cannot be written is told as well.
    this.#parts.ledger.alerts.fire({ alert: entry.alert, firing }).catch(this.#parts.onWriteFailed);
    this.#parts.onFired(firing, entry.alert);
    this.#changed();
  }

  async #replace(alert: Alert): Promise<Alert> {
    await this.#parts.ledger.alerts.save(alert);
    this.#require(alert.id).stop();
    this.#add(alert);
    this.#changed();
    return shown(this.#require(alert.id));
  }

  #add(alert: Alert, cross: CrossMemory = FRESH_CROSS): void {
    const entry: Entry = {
      alert,
      cross,
      window: new MoveWindow(),
      downSince: new Map(),
      stop: () => undefined,
      blocked: null,
    };
    this.#entries.set(alert.id, entry);
    const { condition } = alert;
    if (alert.state === 'active' && (condition.kind === 'priceCrosses' || condition.kind === 'percentMove')) {
      try {
        entry.stop = this.#parts.watch(condition.market, (ticker) => {
          this.#ticker(entry, ticker);
        });
      } catch (error) {
        // Its venue is not connected: the rule stays, says so, and must not keep the others from being watched.
        entry.blocked = toHoldfastError(error).message;
      }
    }
  }

  #active(): Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.alert.state === 'active');
  }

  #require(id: string): Entry {
    const entry = this.#entries.get(id);
    if (!entry) throw new HoldfastError('notFound', 'alert.notFound', 'This alert does not exist any more.');
    return entry;
  }

  #changed(): void {
    this.#parts.onChanged(this.list());
  }
}

const shown = ({ alert, blocked }: Entry): Alert =>
  blocked === null ? alert : { ...alert, blockedReason: blocked };
