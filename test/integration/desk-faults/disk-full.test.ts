/**
 * The disk is full at one write, or from one write on, of everything that a person can ask the desk for: what leaves,
 * what is told, and what the ledger has when there is space again.
 */
import { describe, expect, it } from 'vitest';
import { KillSwitch } from '../../../src-main/risk/kill-switch.ts';
import { CancelJournal } from '../../../src-main/trading/cancel-journal.ts';
import { ProtectionDesk } from '../../../src-main/trading/protection-desk.ts';
import type { Notice } from '../../../src-preload/contract/types/app.ts';
import type { Order } from '../../../src-preload/contract/types/trading.ts';
import { type DeskAtBybit, deskAtBybit } from './desk-at-bybit.ts';

const WRITES = new Set(['orders.record', 'orders.note', 'orders.noteAll', 'fills.insert', 'keyValues.set']);
const FULL = { code: 'SQLITE_FULL' };

/** More than any of these needs: past the last write nothing fails, and all is as it should be. */
const NTHS = [0, 1, 2, 3, 4];
const EXTENTS = ['only', 'from'] as const;
const CASES = EXTENTS.flatMap((extent) => NTHS.map((nth) => [extent, nth] as const));

/** The nth write from now fails, or each from the nth on. Answers how many were tried. */
function fillDisk(made: DeskAtBybit, extent: (typeof EXTENTS)[number], nth: number): () => number {
  let tried = 0;
  made.world.ledger.failWhen((operation) => {
    if (!WRITES.has(operation)) return false;
    const at = tried++;
    return extent === 'only' ? at === nth : at >= nth;
  });
  return () => tried;
}

/** There is space again: the next look at the venue and the next start each leave the ledger right. */
async function expectRight(made: DeskAtBybit): Promise<void> {
  made.world.ledger.failWhen(null);
  await made.world.until(made.program.reconciler.now(made.program.session));
  await expectSame(made, 'after a reconciliation');
  await made.restart();
  await expectSame(made, 'after a restart');
}

async function expectSame(made: DeskAtBybit, when: string): Promise<void> {
  const fills = await made.fills();
  for (const {
    clientOrderId: given,
    venueOrderId,
    state,
    filledQuantity,
    quantity,
  } of await made.world.orders()) {
    // The venue's own stops go by its name for them.
    const clientOrderId = given === '' ? venueOrderId : given;
    const expected = { state, filledQuantity, quantity };
    const known = made.known({ clientOrderId });
    if (known) expect(known, when).toMatchObject(expected);
    expect(await made.kept({ clientOrderId }), `${when}, in the ledger`).toMatchObject(expected);
    const filled = fills.filter((fill) => fill.clientOrderId === clientOrderId);
    const sum = filled.reduce((all, fill) => all + Number(fill.quantity), 0);
    expect(sum, when).toBeCloseTo(Number(filledQuantity), 9);
  }
  const { rows } = await made.world.ledger.repositories.orders.list({ limit: 100, offset: 0 });
  for (const one of rows) {
    if (when === 'after a restart') expect(one.state, when).not.toMatch(/sending|cancelling|unknown/);
  }
}

const outcomeOf = (run: Promise<unknown>): Promise<unknown> => run.catch((error: unknown) => error);

describe.each(CASES)('a disk that is full (%s write %i)', (extent, nth) => {
  it('lets no order out that is not written, and forgets none that left', async () => {
    const made = await deskAtBybit();
    const tried = fillDisk(made, extent, nth);
    const outcome = await outcomeOf(made.place());
    await made.waitFor(() => false);
    // The first write is the journal.
    if (nth === 0) {
      expect(outcome).toMatchObject(FULL);
      expect(made.there).toEqual([]);
      expect(made.world.sent).toEqual([]);
    } else {
      expect(outcome).toMatchObject({ state: 'working' });
      expect(made.there).toHaveLength(1);
      if (tried() > nth) expect(made.program.unwritten.length).toBeGreaterThan(0);
    }
    await expectRight(made);
    expect(made.there).toHaveLength(nth === 0 ? 0 : 1);
  });

  it('loses no fill', async () => {
    const made = await deskAtBybit();
    const order = await made.working();
    fillDisk(made, extent, nth);
    const [resting] = await made.world.orders();
    if (resting) await made.world.fill(resting, 'half');
    await made.waitFor(() => made.known(order)?.filledQuantity === '0.005');
    expect(made.known(order)).toMatchObject({ state: 'partiallyFilled', filledQuantity: '0.005' });
    await expectRight(made);
  });

  it('keeps an amendment that is not written, and knows one that left', async () => {
    const made = await deskAtBybit();
    const order = await made.working();
    fillDisk(made, extent, nth);
    const outcome = await outcomeOf(made.amend(order, { quantity: '0.02' }));
    if (nth === 0) expect(outcome).toMatchObject(FULL);
    else expect(outcome).toMatchObject({ quantity: '0.02' });
    expect(made.sends(order, 'amend')).toBe(nth === 0 ? 0 : 1);
    expect(made.there[0]?.qty).toBe(nth === 0 ? '0.01' : '0.02');
    await expectRight(made);
  });

  it('keeps no cancel back', async () => {
    const made = await deskAtBybit();
    const order = await made.working();
    fillDisk(made, extent, nth);
    await made.cancel(order);
    await made.becomes(order, 'cancelled');
    expect(made.there[0]?.open).toBe(false);
    await expectRight(made);
    expect(await made.kept(order)).toMatchObject({ state: 'cancelled' });
  });

  it('keeps no cancel of all orders back, and the report has each', async () => {
    const made = await deskAtBybit();
    const orders: Order[] = [];
    for (const quantity of ['0.01', '0.011', '0.012']) orders.push(await made.working({ quantity }));
    fillDisk(made, extent, nth);
    const report = await made.world.until(made.program.desk.cancelAll(made.accountId));
    expect([...report.cancelled].sort()).toEqual(orders.map(({ clientOrderId }) => clientOrderId).sort());
    expect(report.failed).toEqual([]);
    expect(made.there.filter(({ open }) => open)).toEqual([]);
    await expectRight(made);
    for (const order of orders) expect(await made.kept(order)).toMatchObject({ state: 'cancelled' });
  });

  it('does not stop the kill switch: everything ends, nothing new leaves, and what is not written is told', async () => {
    const made = await deskAtBybit();
    const orders = [await made.working(), await made.working({ quantity: '0.011' })];
    const { killSwitch, notices } = switchOf(made);
    const tried = fillDisk(made, extent, nth);
    await made.world.until(killSwitch.engage(false));
    await expect(made.place()).rejects.toMatchObject({ code: 'risk.killSwitch' });
    for (let left = 50; left > 0 && (await killSwitch.status()).progress !== 'verified'; left -= 1)
      await made.world.until(made.world.timers.wait(200));
    expect(await killSwitch.status()).toMatchObject({ engaged: true, progress: 'verified' });
    expect(made.there.filter(({ open }) => open)).toEqual([]);
    const { steps } = await killSwitch.status();
    for (const { clientOrderId } of orders)
      expect(steps).toContainEqual(expect.objectContaining({ name: clientOrderId, result: 'gone' }));
    // The first write is the state of the switch: without it, it would not outlive this run, and that is said.
    expect([...notices.keys()].includes('risk.killSwitchNotWritten')).toBe(nth === 0 && tried() > 0);
    made.world.ledger.failWhen(null);
    await made.world.until(killSwitch.engage(false));
    expect([...notices.keys()]).toEqual([]);
    killSwitch.dispose();
    await expectRight(made);
    await expect(made.place()).rejects.toMatchObject({ code: 'risk.killSwitch' });
  });

  it('does not keep the protection of a position back', async () => {
    const made = await deskAtBybit();
    await made.place({ type: 'market', timeInForce: 'IOC' });
    await made.waitFor(() => made.program.session.positions.length === 1);
    const stopLoss = String(Math.floor(Number((await made.world.best()).bid) * 0.95));
    const { sessions, market } = made.program;
    const protection = new ProtectionDesk({
      sessions,
      ...market,
      requireSending: () => undefined,
      ledger: made.world.ledger.repositories,
      clock: made.world.timers.now,
      wait: made.world.timers.wait,
      onWriteFailed: () => undefined,
    });
    fillDisk(made, extent, nth);
    const { accountId } = made;
    const symbol = made.world.symbol;
    await made.world.until(
      protection.set({ accountId, symbol, positionSide: 'net', takeProfit: null, stopLoss }),
    );
    const [position] = made.world.venue.account(made.world.uid).openPositions();
    expect(position?.protection.stopLoss).toBe(stopLoss);
    await made.waitFor(() => made.program.session.positions[0]?.stopLoss === stopLoss);
    expect(made.program.session.positions).toMatchObject([{ stopLoss }]);
    await expectRight(made);
  });
});

/** The kill switch on the program's desk, as the session puts it together. */
function switchOf({ world, program }: DeskAtBybit) {
  const notices = new Map<string, Notice>();
  const { sessions, keeper, desk, limits, market, repositories, changed } = program;
  const { now: clock, after, wait } = world.timers;
  let closings = 0;
  const killSwitch = new KillSwitch({
    ledger: repositories,
    clock,
    after,
    wait,
    state: limits.killSwitch,
    sessions,
    orders: keeper,
    journal: new CancelJournal({ keeper, clock, wait }),
    onOrder: (listener) => changed.on(listener),
    desk,
    instrument: market.instrument,
    verify: () => Promise.resolve(),
    newIntentId: () => `kill-${String((closings += 1))}`,
    notices: {
      add: (notice) => notices.set(notice.id, notice),
      dismiss: (id) => notices.delete(id),
    },
  });
  return { killSwitch, notices };
}
