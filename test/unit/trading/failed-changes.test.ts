import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoldfastError } from '../../../src-main/errors.ts';
import type { Order, TradingAccount } from '../../../src-main/exchanges/exchange.ts';
import type { AccountSession } from '../../../src-main/trading/account-sessions.ts';
import { testLedger } from '../../support/ledger.ts';
import type { TestLedger } from '../../support/ledger.ts';
import { draft } from '../../support/markets.ts';
import { acknowledged } from '../../support/trading-account.ts';
import { deskOver, lost } from './desk-fixture.ts';

let ledger: TestLedger;
beforeEach(() => {
  ledger = testLedger();
});
afterEach(() => {
  ledger.dispose();
});

/** The venue's clock is behind that of the desk, which is at 1000. */
const VENUE = 500;
const order = (over: Partial<Order> = {}): Order =>
  acknowledged({ ...draft(), clientOrderId: '7' }, { createdAt: VENUE, updatedAt: VENUE, ...over });
const refused = (): Promise<never> =>
  Promise.reject(new HoldfastError('invalidOrder', 'venue.busy', 'Not now.'));

function desk(known: Order, over: Partial<TradingAccount> = {}) {
  const made = deskOver(ledger, { cancel: refused, findOrder: () => Promise.resolve(null), ...over });
  made.keeper.load(known);
  return made;
}
const cancel = (made: ReturnType<typeof desk>): Promise<unknown> =>
  made.desk.cancel('practice', '7').catch((error: unknown) => error);

describe('a cancel that failed', () => {
  it('leaves the time of the order to the venue, whose next message counts though our clock is ahead', async () => {
    const made = desk(order({ state: 'untriggered' }));
    await cancel(made);
    expect(made.keeper.get('practice', '7')).toMatchObject({ state: 'untriggered', updatedAt: VENUE });
    made.keeper.hear(order({ state: 'working', updatedAt: VENUE + 100 }));
    expect(made.keeper.get('practice', '7')?.state).toBe('working');
  });

  it('gives an order whose first cancel was lost back as the venue lists it', async () => {
    const made = desk(order({ state: 'cancelling' }), { findOrder: () => Promise.resolve(order()) });
    await cancel(made);
    expect(made.keeper.get('practice', '7')?.state).toBe('working');
  });

  it('leaves an order as "cancelling" when neither this cancel nor the look-up after it was answered', async () => {
    const made = desk(order({ state: 'cancelling' }), { findOrder: refused });
    await cancel(made);
    expect(made.keeper.get('practice', '7')?.state).toBe('cancelling');
  });
});

describe('a change that failed', () => {
  const price = '59000';
  const amend = (made: ReturnType<typeof troubled>): Promise<unknown> =>
    made.desk.amend({ accountId: 'practice', clientOrderId: '7', price }).catch((error: unknown) => error);
  const steps = async (): Promise<unknown[]> => {
    const key = { accountId: 'practice', clientOrderId: '7' };
    const events = await ledger.repositories.orders.events(key);
    return events.map(({ kind, detail }) => [kind, detail]);
  };
  function troubled(over: Partial<TradingAccount>) {
    const troubles: string[] = [];
    const onTrouble = ({ account }: AccountSession): number => troubles.push(account.id);
    const made = deskOver(ledger, over, undefined, { onTrouble });
    return { ...made, troubles };
  }

  it('ends in the journal when the venue refused it, and has the account looked at', async () => {
    const made = troubled({ amend: refused });
    await made.keeper.hold(order());
    expect(await amend(made)).toMatchObject({ code: 'venue.busy' });
    expect((await steps()).slice(1)).toEqual([
      ['amending', `price ${price}`],
      ['sent', 'amend'],
      ['state', 'venue.busy'],
    ]);
    expect(made.troubles).toEqual(['practice']);
  });

  it('ends in the journal when nobody answered, look-ups included, and has the account looked at', async () => {
    const made = troubled({ amend: lost, findOrder: lost });
    await made.keeper.hold(order());
    expect(await amend(made)).toMatchObject({ kind: 'unknownOutcome' });
    expect((await steps()).at(-1)).toEqual(['state', 'net.timeout']);
    expect(made.troubles).toEqual(['practice']);
    expect(made.keeper.get('practice', '7')).toMatchObject({ state: 'working', price: '60000' });
  });

  it('ends in the journal as a change when a look-up shows it, and is no trouble', async () => {
    const changed = order({ price, updatedAt: VENUE + 1 });
    const made = troubled({ amend: lost, findOrder: () => Promise.resolve(changed) });
    await made.keeper.hold(order());
    expect(await amend(made)).toMatchObject({ price });
    expect((await steps()).at(-1)).toEqual(['amended', 'lookedUp']);
    expect(made.troubles).toEqual([]);
  });

  it('has the account looked at when it was a cancel and the venue cannot be asked what became of it', async () => {
    const made = troubled({ cancel: lost, findOrder: lost });
    await made.keeper.hold(order());
    await cancel(made);
    expect(made.keeper.get('practice', '7')?.state).toBe('working');
    expect(made.troubles).toEqual(['practice']);
  });
});
