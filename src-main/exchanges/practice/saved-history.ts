/**
 * A saved state in two parts: all of it now and then, and between those only what such a save does not have. Money,
 * positions and open orders are whole in both; the history, which is nearly all of the bytes, is what is left out.
 */
import { checkState, type PracticeState, type SavedAccount, type SavedOrder } from './state-schema.ts';

type History = SavedAccount['history'];

/** What a save has of the past of each account, to leave it out of the next ones. */
export class SavedHistory {
  readonly #ids = new Map<string, ReadonlySet<string>>();

  constructor(state: PracticeState) {
    for (const account of state.accounts) this.#ids.set(account.id, idsOf(account));
  }

  /** The state without what the save has already. */
  without(state: PracticeState): PracticeState {
    return { ...state, accounts: state.accounts.map((account) => this.#reduced(account)) };
  }

  #reduced(account: SavedAccount): SavedAccount {
    const known = this.#ids.get(account.id);
    if (known === undefined) return account;
    const { orders, fills, funding } = account.history;
    return {
      ...account,
      usedIds: account.usedIds.filter((id) => !known.has(`used ${id}`)),
      history: {
        orders: orders.filter((order) => !known.has(orderId(order))),
        fills: fills.filter(({ id }) => !known.has(`fill ${id}`)),
        funding: funding.filter(({ id }) => !known.has(`funding ${id}`)),
      },
    };
  }
}

/** The later state with the history of both. Throws `storage` when one of them is no state of ours. */
export function joinStates(earlier: unknown, later: unknown): PracticeState {
  const [before, after] = [checkState(earlier), checkState(later)];
  const rest = new SavedHistory(after).without(before);
  return {
    ...after,
    accounts: after.accounts.map((account) => {
      const past = rest.accounts.find(({ id }) => id === account.id);
      if (past === undefined) return account;
      return {
        ...account,
        usedIds: [...past.usedIds, ...account.usedIds],
        history: joined(past.history, account.history),
      };
    }),
  };
}

const joined = (past: History, present: History): History => ({
  orders: [...past.orders, ...present.orders],
  fills: [...past.fills, ...present.fills],
  funding: [...past.funding, ...present.funding],
});

const idsOf = ({ usedIds, history }: SavedAccount): ReadonlySet<string> =>
  new Set([
    ...usedIds.map((id) => `used ${id}`),
    ...history.orders.map(orderId),
    ...history.fills.map(({ id }) => `fill ${id}`),
    ...history.funding.map(({ id }) => `funding ${id}`),
  ]);

const orderId = ({ clientOrderId, venueOrderId }: SavedOrder): string =>
  `order ${venueOrderId ?? ''} ${clientOrderId}`;
