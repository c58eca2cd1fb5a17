/** Withdrawing: only to the venue's own address book, only with the passphrase, one at a time, never twice. */
import type { FundsMovement, WithdrawalQuote } from '../../src-preload/contract/types/funds.ts';
import { HoldfastError, badInput } from '../errors.ts';
import type { BookedAddress, FundsAccount, WithdrawalRequest } from '../exchanges/exchange.ts';
import type { FundsAccess } from './funds-access.ts';
import type { IntentJournal } from './intent-journal.ts';
import { quoteWithdrawal } from './withdrawal-quote.ts';
import type { WithdrawalWish } from './withdrawal-quote.ts';

export interface WithdrawalOrder extends WithdrawalWish {
  readonly accountId: string;
  readonly intentId: string;
  /** UTF-8 bytes of the vault's passphrase; overwritten whatever happens. */
  readonly passphrase: Uint8Array;
}

interface Parts {
  readonly access: FundsAccess;
  readonly journal: IntentJournal;
  /** Rejects with `vault.wrongPassphrase`, `vault.throttled` or `vault.locked`. */
  readonly verify: (passphrase: Uint8Array) => Promise<void>;
}

interface Active {
  readonly intentId: string;
  readonly fingerprint: string;
  readonly outcome: Promise<FundsMovement>;
}

export class Withdrawals {
  readonly #parts: Parts;
  readonly #active = new Map<string, Active>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Every figure from the venue, now. Broken rules are part of the answer. */
  async quote(accountId: string, wish: WithdrawalWish): Promise<WithdrawalQuote> {
    const funds = this.#parts.access.reading(accountId, 'withdrawals');
    return (await look(funds, wish)).quote;
  }

  async withdraw(order: WithdrawalOrder): Promise<FundsMovement> {
    const { accountId, passphrase } = order;
    try {
      const funds = this.#parts.access.acting(accountId, 'withdraw', 'withdrawals');
      await this.#parts.verify(passphrase);
      return await this.#oneAtATime(funds, order);
    } finally {
      // A moved buffer has no bytes left and would throw.
      if (passphrase.byteLength > 0) passphrase.fill(0);
    }
  }

  #oneAtATime(funds: FundsAccount, order: WithdrawalOrder): Promise<FundsMovement> {
    const { accountId, intentId } = order;
    const fingerprint = fingerprintOf(order);
    const active = this.#active.get(accountId);
    if (active?.intentId === intentId && active.fingerprint === fingerprint) return active.outcome;
    if (active !== undefined) return Promise.reject(inFlight());
    const outcome = this.#carryOut(funds, order, fingerprint).finally(() => this.#active.delete(accountId));
    this.#active.set(accountId, { intentId, fingerprint, outcome });
    return outcome;
  }

  async #carryOut(funds: FundsAccount, order: WithdrawalOrder, fingerprint: string): Promise<FundsMovement> {
    const { accountId, intentId } = order;
    const known = {
      accountId,
      intentId,
      kind: 'withdrawal',
      fingerprint,
      find: (request: unknown, ageMs: number) => funds.findWithdrawal(request as WithdrawalRequest, ageMs),
    } as const;
    const earlier = await this.#parts.journal.earlier(known);
    if (earlier !== undefined) return earlier.result;
    await this.#settleOthers(funds, accountId);
    const { quote, address } = await look(funds, order);
    if (quote.problems.length > 0 || address === undefined) throw badInput(quote.problems);
    const { asset, network, amount, feeFromAmount } = order;
    const request: WithdrawalRequest = { asset, network, address, amount, feeFromAmount, intentId };
    return this.#parts.journal.run({ ...known, request, send: () => funds.withdraw(request) });
  }

  /**
   * A withdrawal whose end nobody knows stands before every other one: whoever withdraws again because the first
   * seemed lost would pay twice.
   */
  async #settleOthers(funds: FundsAccount, accountId: string): Promise<void> {
    for (const other of await this.#parts.journal.unsettled(accountId, 'withdrawal')) {
      await this.#parts.journal
        .earlier<FundsMovement>({
          ...other,
          find: (request, ageMs) => funds.findWithdrawal(request as WithdrawalRequest, ageMs),
        })
        .catch((error: unknown) => {
          const isOver = error instanceof HoldfastError && error.code === 'funds.neverArrived';
          if (!isOver) throw unsettled();
        });
    }
  }

  async cancel(accountId: string, withdrawalId: string): Promise<void> {
    await this.#parts.access.acting(accountId, 'withdraw', 'withdrawals').cancelWithdrawal(withdrawalId);
  }
}

async function look(
  funds: FundsAccount,
  wish: WithdrawalWish,
): Promise<{ quote: WithdrawalQuote; address: BookedAddress | undefined }> {
  const [assets, book, available] = await Promise.all([
    funds.assets(wish.asset),
    funds.addressBook(wish.asset),
    funds.withdrawable(wish.asset),
  ]);
  return {
    quote: quoteWithdrawal(wish, { assets, book, available }),
    address: book.find((entry) => entry.id === wish.addressId),
  };
}

const fingerprintOf = ({ asset, network, addressId, amount, feeFromAmount }: WithdrawalWish): string =>
  JSON.stringify([asset, network, addressId, amount, feeFromAmount]);

const inFlight = () =>
  new HoldfastError(
    'notAllowed',
    'funds.withdrawalInFlight',
    'Another withdrawal of this account is on its way. Wait until it is answered.',
  );

const unsettled = () =>
  new HoldfastError(
    'notAllowed',
    'funds.withdrawalUnsettled',
    'The venue has not told yet what became of an earlier withdrawal of this account. Look at its history and ' +
      'try again in a few minutes.',
  );
