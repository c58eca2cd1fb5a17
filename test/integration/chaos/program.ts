/** The program at a venue, as far as orders are concerned: put together as the session does it. */
import { MarketHub } from '../../../src-main/market/market-hub.ts';
import { openLimits } from '../../../src-main/session/open-risk.ts';
import { referencePrice } from '../../../src-main/session/reference-price.ts';
import { Signal } from '../../../src-main/signal.ts';
import type { LedgerRepositories } from '../../../src-main/storage/ledger/ledger.ts';
import { AccountSessions } from '../../../src-main/trading/account-sessions.ts';
import { beyondOurIds, clientOrderIds } from '../../../src-main/trading/client-order-id.ts';
import { OrderDesk } from '../../../src-main/trading/order-desk.ts';
import { OrderKeeper } from '../../../src-main/trading/order-keeper.ts';
import { PreviewDesk } from '../../../src-main/trading/preview-desk.ts';
import { Reconciler } from '../../../src-main/trading/reconciler.ts';
import type { MarketRef } from '../../../src-preload/contract/types/market.ts';
import type { Order } from '../../../src-preload/contract/types/trading.ts';
import { Life } from './world.ts';
import type { World } from './world.ts';

export type Program = Awaited<ReturnType<typeof startProgram>>;

/** Starts on what the ledger has. Ends with `kill`, at any moment. */
export async function startProgram(world: World) {
  const life = new Life();
  const repositories = mortal(world.ledger.repositories, life);
  const { timers, account } = world;
  const clock = timers.now;
  const { exchange, signer } = world.connect(life);
  const changed = new Signal<Order>();
  /** What could not be written though it was true. */
  const unwritten: unknown[] = [];
  const keeper = new OrderKeeper({
    ledger: repositories,
    clock,
    onOrder: (order) => changed.emit(order),
    onFill: () => undefined,
    onWriteFailed: (error) => unwritten.push(error),
  });
  for (const order of await repositories.orders.open()) keeper.load(order);
  const sessions = new AccountSessions({ exchangeOf: () => exchange, signerOf: () => signer, clock });
  const hub = new MarketHub({ marketOf: () => exchange.market, clock, after: timers.after });
  const stopTickers = hub.keepTickers(exchange.venue);
  const market = {
    instrument: (ref: MarketRef) => hub.instrument(ref),
    reference: (ref: MarketRef) => referencePrice(hub, ref),
  };
  const book = (ref: MarketRef, depth: number) => hub.bookNow(ref, depth);
  const reconciler = new Reconciler({
    ledger: repositories,
    keeper,
    clock,
    wait: timers.wait,
    instrument: market.instrument,
    isOpen: () => !life.dead,
    onFailed: () => undefined,
  });
  const previews = new PreviewDesk({ sessions, ...market, book, clock });
  const limitParts = {
    vault: { listKeys: () => [] },
    ledger: { repositories },
    timers,
    hub,
    sessions,
    keeper,
    previews,
    ...market,
    book,
  };
  const limits = await openLimits(limitParts as unknown as Parameters<typeof openLimits>[0]);
  const highest = await repositories.orders.highestId({ below: beyondOurIds(clock()) });
  const desk = new OrderDesk({
    ledger: repositories,
    sessions,
    keeper,
    ...market,
    clock,
    newId: clientOrderIds(clock, highest),
    wait: timers.wait,
    ready: (session) => reconciler.ready(session),
    gate: limits.gate,
    onTrouble: (session) => void reconciler.troubled(session),
  });
  sessions.onEvent((session, event) => {
    if (life.dead) return;
    if (event.kind === 'order') keeper.hear(event.order);
    if (event.kind === 'fill') keeper.hearFills([event.fill]);
    reconciler.heard(session, event);
  });
  const session = sessions.open(account);
  if (!session) throw new Error('no session');
  /** Nothing is closed in order, nothing is written, nothing is sent any more. */
  const kill = (): void => {
    life.end();
    reconciler.dispose();
    stopTickers();
    sessions.dispose();
    hub.dispose();
  };
  const { store } = limits;
  const more = { repositories, sessions, limits, store, market, changed, unwritten };
  return { desk, keeper, reconciler, session, life, kill, ...more };
}

/** A ledger that a dead program cannot write any more. */
function mortal(repositories: LedgerRepositories, life: Life): LedgerRepositories {
  type Operation = (input: unknown) => Promise<unknown>;
  const entries = Object.entries(repositories as unknown as Record<string, Record<string, Operation>>);
  return Object.fromEntries(
    entries.map(([name, operations]) => [
      name,
      Object.fromEntries(
        Object.entries(operations).map(([operation, run]) => [
          operation,
          (input: unknown) => life.step(() => run(input)),
        ]),
      ),
    ]),
  ) as unknown as LedgerRepositories;
}
