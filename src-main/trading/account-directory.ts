import type {
  Account,
  AccountUse,
  Environment,
  KeyInspection,
  VenueCapabilities,
} from '../../src-preload/contract/types/account.ts';
import type { VenueId } from '../../src-preload/contract/types/market.ts';
import { HoldfastError, badInput } from '../errors.ts';
import { Signal } from '../signal.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { KeyMaterial, KeyMetaPatch } from '../vault/key-record.ts';
import type { Vault } from '../vault/vault.ts';
import type { AccountSession, AccountSessions } from './account-sessions.ts';
import { KeyInspections, withInspection } from './key-inspections.ts';
import type { OrderKeeper } from './order-keeper.ts';
import { leaveOrders, requireEmpty } from './removed-account.ts';

export const PRACTICE_ACCOUNT = 'practice';
const LABEL_KEY = 'practice.label';
const FIRST_LABEL = 'Practice';

/** A key as its venue hands it out. The byte arrays are overwritten. */
export interface NewKeyMaterial {
  readonly key: string;
  readonly secret: Uint8Array;
  /** Of venues that give every key a passphrase; not the vault's. */
  readonly venuePassphrase?: Uint8Array | undefined;
}

export interface NewAccount extends NewKeyMaterial {
  readonly venue: VenueId;
  readonly environment: Environment;
  readonly region: string;
  readonly label: string;
  readonly uses: readonly AccountUse[];
}

interface Parts {
  readonly vault: Vault;
  readonly ledger: LedgerRepositories;
  readonly sessions: AccountSessions;
  readonly keeper: Pick<OrderKeeper, 'open' | 'holdAll' | 'forgetAccount'>;
  readonly venues: () => readonly VenueCapabilities[];
  readonly clock: () => number;
  /** The ledger's memory of an account could not be written. */
  readonly onWriteFailed: (error: unknown) => void;
}

/** All accounts: the practice account and one for each key of the vault. */
export class AccountDirectory {
  readonly #parts: Parts;
  readonly #inspections: KeyInspections;
  readonly changed = new Signal<readonly Account[]>();
  /** A key was inspected just now. */
  readonly inspected = new Signal<{ readonly account: Account; readonly inspection: KeyInspection }>();
  #practiceLabel = FIRST_LABEL;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#inspections = new KeyInspections(parts);
  }

  /** Connects every account that this version has a venue for, and that is not connected yet. */
  async open(): Promise<void> {
    const label = await this.#parts.ledger.keyValues.get({ key: LABEL_KEY }).catch(() => null);
    if (label !== null) this.#practiceLabel = label;
    await this.#inspections.load(this.#stored().map((account) => account.id));
    const connected = new Set(this.#parts.sessions.all().map((session) => session.account.id));
    for (const account of this.#stored()) if (!connected.has(account.id)) this.#connect(account);
    this.#tell();
  }

  /** Practice first, then in the order in which the keys were added. */
  list(): readonly Account[] {
    return this.#stored().map((account) =>
      withInspection(this.#withState(account), this.#inspections.get(account.id)),
    );
  }

  get(accountId: string): Account {
    const account = this.list().find((entry) => entry.id === accountId);
    if (!account)
      throw new HoldfastError('notFound', 'account.notFound', 'This account does not exist any more.');
    return account;
  }

  /** Puts a key into the vault and connects it. Rejects with `badInput` naming the field. */
  async add(input: NewAccount): Promise<Account> {
    this.#checkSite(input);
    const pem = Buffer.from(input.secret.buffer, input.secret.byteOffset, input.secret.byteLength).includes(
      'PRIVATE KEY',
    );
    const adding = this.#parts.vault.addKey({
      ...materialOf(input),
      meta: {
        venue: input.venue,
        environment: input.environment,
        region: input.region,
        label: input.label,
        uses: withRead(input.uses),
        keyType: pem ? 'rsa' : 'hmac',
      },
    });
    const id = await inTheFormsWords(adding);
    const account = this.get(id);
    this.#remember(account, null);
    this.#connect(account);
    this.#tell();
    return this.get(id);
  }

  /** Asks the venue what the key may do and how the account is set up, and keeps the answer with the key. */
  async inspect(accountId: string): Promise<Account> {
    const account = this.get(accountId);
    if (account.state === 'notSupported') {
      throw new HoldfastError(
        'notSupported',
        'account.venueNotSupported',
        account.stateReason ?? 'This version cannot connect to this venue.',
      );
    }
    const inspection = await this.#parts.sessions.require(accountId).trading.inspect();
    if (accountId === PRACTICE_ACCOUNT) return withInspection(this.get(accountId), inspection);
    await this.#keepWithKey(accountId, inspection);
    this.#inspections.keep(accountId, inspection);
    const inspected = this.get(accountId);
    this.#tell();
    this.inspected.emit({ account: inspected, inspection });
    return inspected;
  }

  /** Each change of the vault is a save and an earlier state more: only news is worth that. */
  async #keepWithKey(accountId: string, { permissions, modes, accountType }: KeyInspection): Promise<void> {
    const { vault } = this.#parts;
    const key = vault.listKeys().find((entry) => entry.id === accountId);
    if (permissions === null || key === undefined) return;
    const undated = (value: typeof permissions | null) => ({ ...value, inspectedAt: 0 });
    const patch: KeyMetaPatch = {
      ...(isSame(undated(key.permissions), undated(permissions)) ? {} : { permissions }),
      ...(modes === null || isSame(key.modes, modes) ? {} : { modes }),
      ...(accountType === null || key.accountType === accountType ? {} : { accountType }),
    };
    if (Object.keys(patch).length > 0) await vault.updateKeyMeta(accountId, patch);
  }

  /**
   * Keeps a key under the site that knows it, as the last inspection found out, and connects there. Rejects with
   * `notFound` when no other site is known.
   */
  async moveSite(accountId: string): Promise<Account> {
    const site = this.get(accountId).inspection?.otherSite ?? null;
    if (site === null)
      throw new HoldfastError(
        'notFound',
        'account.noOtherSite',
        'No other site of the venue is known to accept this key. Inspect it first.',
      );
    const { venue, region, environment } = site;
    this.#checkRegion(site);
    await this.#parts.vault.updateKeyMeta(accountId, { venue, region, environment, permissions: null });
    // Only now: a vault that could not be saved leaves the account connected where it is.
    this.#parts.sessions.close(accountId);
    this.#inspections.forget(accountId);
    this.#remember(this.get(accountId), null);
    this.#reconnect(accountId);
    return this.get(accountId);
  }

  async rename(accountId: string, label: string): Promise<Account> {
    this.get(accountId);
    if (accountId === PRACTICE_ACCOUNT) {
      await this.#parts.ledger.keyValues.set({ key: LABEL_KEY, value: label, time: this.#parts.clock() });
      this.#practiceLabel = label;
    } else {
      await this.#parts.vault.updateKeyMeta(accountId, { label });
    }
    this.#remember(this.get(accountId), null);
    this.#parts.sessions.rename(accountId, label);
    this.#tell();
    return this.get(accountId);
  }

  /** Changes what Holdfast may use a key for. The passphrase is asked again because it can widen it. */
  async setUses(accountId: string, uses: readonly AccountUse[], passphrase: Uint8Array): Promise<Account> {
    if (accountId === PRACTICE_ACCOUNT)
      throw badInput([{ field: 'accountId', rule: 'the practice account has no key to restrict' }]);
    this.get(accountId);
    await this.#parts.vault.verify(passphrase);
    await this.#parts.vault.updateKeyMeta(accountId, { uses: withRead(uses) });
    this.#reconnect(accountId);
    return this.get(accountId);
  }

  /**
   * Puts a new key in the place of an account's old one: label, uses and history stay, and what the venue
   * allows has to be asked again. The vault's passphrase is asked because whoever replaces a key decides where
   * the money is.
   */
  async replaceKey(accountId: string, input: NewKeyMaterial, passphrase: Uint8Array): Promise<Account> {
    if (accountId === PRACTICE_ACCOUNT)
      throw badInput([{ field: 'accountId', rule: 'the practice account has no key to replace' }]);
    const account = this.get(accountId);
    this.#checkVenuePassphrase(account.venue, input);
    await this.#parts.vault.verify(passphrase);
    await inTheFormsWords(this.#parts.vault.replaceKey(accountId, materialOf(input)));
    this.#inspections.forget(accountId);
    this.#reconnect(accountId);
    return this.get(accountId);
  }

  /**
   * Removes the key from the vault; the history of the account stays in the ledger. Rejects with `account.notEmpty`
   * while something is open there, or nobody knows, unless a person has said to leave it.
   */
  async remove(accountId: string, leaveOpen: boolean): Promise<void> {
    if (accountId === PRACTICE_ACCOUNT)
      throw badInput([{ field: 'accountId', rule: 'the practice account cannot be removed' }]);
    const account = this.get(accountId);
    const { keeper, sessions, vault, clock } = this.#parts;
    const session = sessions.all().find((entry) => entry.account.id === accountId) ?? null;
    if (!leaveOpen) requireEmpty(account, keeper.open(accountId), session);
    await vault.removeKey(accountId);
    // Only now: a vault that could not be saved leaves the account connected.
    sessions.close(accountId);
    this.#inspections.forget(accountId);
    this.#remember(account, clock());
    await leaveOrders(keeper, accountId, clock());
    this.#tell();
  }

  /** False once the vault is locked: then it has nothing to say. */
  get isOpen(): boolean {
    return this.#parts.vault.isUnlocked;
  }

  /** A connection changed its state. */
  stateChanged(): void {
    this.#tell();
  }

  #stored(): Account[] {
    const practice: Account = {
      id: PRACTICE_ACCOUNT,
      venue: 'practice',
      label: this.#practiceLabel,
      environment: 'practice',
      region: 'local',
      uses: ['read', 'trade'],
      keyType: 'none',
      keyLast4: '',
      permissions: null,
      modes: null,
      inspection: null,
      addedAt: 0,
      state: 'connecting',
    };
    const keys = this.#parts.vault.listKeys().toSorted((a, b) => a.addedAt - b.addedAt);
    return [practice, ...keys.map((key): Account => ({ ...pickAccount(key), state: 'connecting' }))];
  }

  #withState(account: Account): Account {
    const venue = this.#parts.venues().find((entry) => entry.venue === account.venue);
    if (!venue?.available) {
      return {
        ...account,
        state: 'notSupported',
        stateReason: 'This version keeps the key but cannot connect to this venue yet.',
      };
    }
    const { sessions } = this.#parts;
    const session = sessions.all().find((entry) => entry.account.id === account.id);
    if (session) return { ...account, ...stateOf(session) };
    if (sessions.isWaiting(account.id)) return { ...account, state: 'connecting' };
    const stateReason = sessions.problemOf(account.id);
    return { ...account, state: 'paused', ...(stateReason === null ? {} : { stateReason }) };
  }

  #connect(account: Account): void {
    this.#parts.sessions.open(account);
  }

  #reconnect(accountId: string): void {
    const account = this.#stored().find((entry) => entry.id === accountId);
    if (account) this.#connect(account);
    this.#tell();
  }

  #checkSite(input: NewAccount): void {
    this.#checkRegion(input);
    this.#checkVenuePassphrase(input.venue, input);
  }

  #checkRegion(input: Pick<NewAccount, 'venue' | 'region' | 'environment'>): void {
    const venue = this.#parts.venues().find((entry) => entry.venue === input.venue);
    const region = venue?.regions.find((entry) => entry.id === input.region);
    if (!venue || input.venue === 'practice')
      throw badInput([{ field: 'venue', rule: 'must be a venue that takes keys' }]);
    if (!region)
      throw badInput([
        { field: 'region', rule: `must be one of ${venue.regions.map((entry) => entry.id).join(', ')}` },
      ]);
    if (!region.environments.includes(input.environment)) {
      throw badInput([
        { field: 'environment', rule: `must be one of ${region.environments.join(', ')} for this region` },
      ]);
    }
  }

  #checkVenuePassphrase(venueId: VenueId, { venuePassphrase }: NewKeyMaterial): void {
    const venue = this.#parts.venues().find((entry) => entry.venue === venueId);
    if (venue?.needsVenuePassphrase && venuePassphrase === undefined) {
      throw badInput([
        { field: 'venuePassphrase', rule: 'is needed: this venue gives every key a passphrase' },
      ]);
    }
  }

  #remember(account: Account, removedAt: number | null): void {
    const { id, venue, label, environment, addedAt } = account;
    this.#parts.ledger.accounts
      .save({ id, venue, label, environment, addedAt, removedAt })
      .catch(this.#parts.onWriteFailed);
  }

  /** Word of a connection can come after a lock, before the session is closed: it is nobody's any more. */
  #tell(): void {
    if (!this.isOpen) return;
    this.changed.emit(this.list());
  }
}

const withRead = (uses: readonly AccountUse[]): AccountUse[] => [...new Set<AccountUse>(['read', ...uses])];

function materialOf({ key, secret, venuePassphrase }: NewKeyMaterial): KeyMaterial {
  return { key, secret, ...(venuePassphrase === undefined ? {} : { passphrase: venuePassphrase }) };
}

/** What the vault calls a key's `passphrase` is the venue's to a person, who has one of the vault as well. */
async function inTheFormsWords<T>(pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (error) {
    const problems = error instanceof HoldfastError ? error.details.problems : undefined;
    if (problems === undefined) throw error;
    throw badInput(
      problems.map((one) => (one.field === 'passphrase' ? { ...one, field: 'venuePassphrase' } : one)),
    );
  }
}

function pickAccount(key: ReturnType<Vault['listKeys']>[number]): Omit<Account, 'state'> {
  const { id, venue, label, environment, region, uses, keyType, keyLast4, permissions, modes, addedAt } = key;
  const seen = { permissions, modes, inspection: null };
  return { id, venue, label, environment, region, uses, keyType, keyLast4, ...seen, addedAt };
}

const isSame = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

function stateOf(session: AccountSession): Pick<Account, 'state' | 'stateReason'> {
  const state = session.state === 'failed' ? 'refused' : session.state;
  return { state, ...(session.stateReason === null ? {} : { stateReason: session.stateReason }) };
}
