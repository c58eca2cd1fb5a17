import type { Account } from '../../src-preload/contract/types/account.ts';
import { HoldfastError, toHoldfastError } from '../errors.ts';
import type {
  AccountEvent,
  Balance,
  Exchange,
  Position,
  Signer,
  StreamState,
  TradingAccount,
  Unsubscribe,
} from '../exchanges/exchange.ts';

/** One account that is connected, with what its venue last said. */
export interface AccountSession {
  /** Its name can change while it is connected. */
  account: Account;
  readonly exchange: Exchange;
  readonly trading: TradingAccount;
  balances: readonly Balance[];
  positions: readonly Position[];
  state: StreamState;
  stateReason: string | null;
  /** When balances or positions were last heard of; null = never. */
  asOf: number | null;
}

export type SessionListener = (session: AccountSession, event: AccountEvent) => void;

interface Parts {
  /** A promise while the venue's adapter is being loaded; null for a venue that this version does not have. */
  readonly exchangeOf: (account: Account) => Exchange | Promise<Exchange> | null;
  readonly signerOf: (account: Account) => Signer | null;
  readonly clock: () => number;
  /** An account that waited for its venue is connected now, or cannot be. */
  readonly onOpened?: () => void;
}

/** The open connections of all accounts: opened after unlock, closed on lock. */
export class AccountSessions {
  readonly #parts: Parts;
  readonly #sessions = new Map<string, { session: AccountSession; stop: Unsubscribe }>();
  readonly #waiting = new Map<string, Account>();
  readonly #problems = new Map<string, { readonly account: Account; readonly reason: string }>();
  readonly #listeners = new Set<SessionListener>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Connects an account whose venue this version can talk to; others are left out. While the venue is being
   * loaded the answer is null and the account connects by itself as soon as it is there.
   */
  open(account: Account): AccountSession | null {
    this.close(account.id);
    const exchange = this.#parts.exchangeOf(account);
    if (exchange === null) return null;
    if (!(exchange instanceof Promise)) return this.#connect(account, exchange);
    this.#waiting.set(account.id, account);
    // Closed or opened anew meanwhile: somebody else's word counts now.
    const isWanted = (): boolean => this.#waiting.get(account.id) === account;
    exchange.then(
      (loaded) => {
        if (!isWanted()) return;
        this.#waiting.delete(account.id);
        this.#connect(account, loaded);
        this.#parts.onOpened?.();
      },
      (error: unknown) => {
        if (!isWanted()) return;
        this.#waiting.delete(account.id);
        this.#problems.set(account.id, { account, reason: toHoldfastError(error).message });
        this.#parts.onOpened?.();
      },
    );
    return null;
  }

  /** The account has another name; its connection goes on. */
  rename(accountId: string, label: string): void {
    const entry = this.#sessions.get(accountId);
    if (entry) entry.session.account = { ...entry.session.account, label };
  }

  /** Accounts that belong here but are not connected: on their way, or prevented. */
  missing(): readonly Account[] {
    return [...this.#waiting.values(), ...[...this.#problems.values()].map(({ account }) => account)];
  }

  /** Whether the account waits for its venue's adapter. */
  isWaiting(accountId: string): boolean {
    return this.#waiting.has(accountId);
  }

  /** Why an account could not be connected at all; null when it was. */
  problemOf(accountId: string): string | null {
    return this.#problems.get(accountId)?.reason ?? null;
  }

  #connect(account: Account, exchange: Exchange): AccountSession | null {
    let trading: TradingAccount;
    try {
      trading = exchange.openAccount({
        accountId: account.id,
        environment: account.environment,
        region: account.region,
        uses: account.uses,
        keyType: account.keyType,
        signer: this.#parts.signerOf(account),
      });
    } catch (error) {
      // A site that the venue does not have any more: the other accounts are not to suffer for it.
      this.#problems.set(account.id, { account, reason: toHoldfastError(error).message });
      return null;
    }
    const session: AccountSession = {
      account,
      exchange,
      trading,
      balances: [],
      positions: [],
      state: 'connecting',
      stateReason: null,
      asOf: null,
    };
    const entry = { session, stop: () => undefined as void };
    this.#sessions.set(account.id, entry);
    entry.stop = trading.stream((event) => {
      this.#heard(session, event);
    });
    return session;
  }

  /** All that are connected. */
  all(): readonly AccountSession[] {
    return [...this.#sessions.values()].map((entry) => entry.session);
  }

  /** Throws `notFound` for an account that is not connected. */
  require(accountId: string): AccountSession {
    const entry = this.#sessions.get(accountId);
    if (!entry) throw new HoldfastError('notFound', 'account.notConnected', 'This account is not connected.');
    return entry.session;
  }

  /** Throws `notAllowed` where the account may not be used for trading inside Holdfast. */
  requireTrading(accountId: string): AccountSession {
    const session = this.require(accountId);
    if (!session.account.uses.includes('trade')) {
      throw new HoldfastError(
        'notAllowed',
        'account.readOnly',
        `The account "${session.account.label}" is set to reading only.`,
      );
    }
    return session;
  }

  /** Hears every event of every account, those opened later included. */
  onEvent(listener: SessionListener): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  close(accountId: string): void {
    this.#waiting.delete(accountId);
    this.#problems.delete(accountId);
    const entry = this.#sessions.get(accountId);
    if (!entry) return;
    this.#sessions.delete(accountId);
    entry.stop();
    entry.session.trading.dispose();
  }

  dispose(): void {
    for (const accountId of [...this.#sessions.keys()]) this.close(accountId);
    this.#waiting.clear();
    this.#listeners.clear();
  }

  #heard(session: AccountSession, event: AccountEvent): void {
    if (event.kind === 'balances') session.balances = event.balances;
    if (event.kind === 'positions') session.positions = event.positions;
    if (event.kind === 'balances' || event.kind === 'positions') session.asOf = this.#parts.clock();
    if (event.kind === 'state') {
      session.state = event.state;
      session.stateReason = event.reason ?? null;
    } else if (session.state === 'connecting') {
      session.state = 'live';
    }
    for (const listener of this.#listeners) listener(session, event);
  }
}
