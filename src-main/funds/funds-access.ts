/** Who may move what: the venue's capability table and the uses that the user allowed the account. */
import type { Account, VenueCapabilities } from '../../src-preload/contract/types/account.ts';
import { HoldfastError } from '../errors.ts';
import type { FundsAccount } from '../exchanges/exchange.ts';
import type { AccountSessions } from '../trading/account-sessions.ts';

export type FundsCapability = keyof Pick<
  VenueCapabilities,
  'transfers' | 'deposits' | 'withdrawals' | 'convert'
>;
export type ActingUse = 'trade' | 'withdraw';

const WHAT: Readonly<Record<FundsCapability, string>> = {
  transfers: 'transfers between wallets',
  deposits: 'deposits',
  withdrawals: 'withdrawals',
  convert: 'converting coins',
};
const SETTING: Readonly<Record<ActingUse, string>> = { trade: 'Trade', withdraw: 'Withdraw' };

export interface AccessParts {
  readonly sessions: Pick<AccountSessions, 'require'>;
  /** The account as it is now: what it may be used for can have changed since it was connected. */
  readonly account: (accountId: string) => Account;
}

export class FundsAccess {
  readonly #parts: AccessParts;

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  /**
   * The account's money. Throws `notFound` for an account that is not connected, `notSupported` where the venue
   * or the environment has nothing of the kind.
   */
  reading(accountId: string, ...capabilities: readonly FundsCapability[]): FundsAccount {
    const { exchange, trading } = this.#parts.sessions.require(accountId);
    const missing = capabilities.find((capability) => !exchange.capabilities[capability]);
    if (missing !== undefined) throw notSupported(`Holdfast does not do ${WHAT[missing]} at this venue.`);
    if (trading.funds === null) throw notSupported('There is no money to move on this account.');
    return trading.funds;
  }

  /** Throws `notAllowed` naming the setting, unless the user allowed this account that use. */
  acting(accountId: string, use: ActingUse, capability: FundsCapability): FundsAccount {
    const account = this.#parts.account(accountId);
    if (!account.uses.includes(use)) {
      throw new HoldfastError(
        'notAllowed',
        `funds.needsUse.${use}`,
        `The account "${account.label}" may not be used for ${WHAT[capability]}: "${SETTING[use]}" is off under ` +
          'Accounts, "What Holdfast may do with this key".',
        { action: 'accountUses' },
      );
    }
    return this.reading(accountId, capability);
  }
}

const notSupported = (message: string) => new HoldfastError('notSupported', 'funds.notSupported', message);
