/** The desk for money: what the window asks for, checked, journaled and passed on to the venue. */
import type { Account } from '../../src-preload/contract/types/account.ts';
import type {
  BookedAddress,
  ConvertCoin,
  ConvertQuote,
  ConvertResult,
  DepositAddress,
  FundsAsset,
  FundsMovement,
  Transferable,
  WithdrawalQuote,
} from '../../src-preload/contract/types/funds.ts';
import { HoldfastError, badInput } from '../errors.ts';
import type { FundsAccount, Page, TransferRequest } from '../exchanges/exchange.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { AccountSessions } from '../trading/account-sessions.ts';
import { amountProblems } from './amount-rules.ts';
import { FundsAccess } from './funds-access.ts';
import type { FundsCapability } from './funds-access.ts';
import { IntentJournal } from './intent-journal.ts';
import type { WithdrawalWish } from './withdrawal-quote.ts';
import { Withdrawals } from './withdrawals.ts';
import type { WithdrawalOrder } from './withdrawals.ts';

/** As far back as venues keep records of money. */
const HISTORY_MS = 2 * 365 * 86_400_000;

/** The last word before a conversion is sent. Rejects with `notAllowed` and a code `risk.*`. */
export interface ConversionGate {
  check(accountId: string, quote: ConvertQuote): Promise<void>;
}

/** Quotes are good for seconds; more of them than this are not asked for within one. */
const QUOTES_KEPT = 100;

export interface FundsDeskParts {
  readonly sessions: Pick<AccountSessions, 'require'>;
  /** `AccountDirectory.get`: throws `notFound`. */
  readonly account: (accountId: string) => Account;
  /** `Vault.verify`: rejects with `vault.wrongPassphrase`, `vault.throttled` or `vault.locked`. */
  readonly verify: (passphrase: Uint8Array) => Promise<void>;
  /** `SensitiveClipboard.copy`. */
  readonly copy: (text: string) => Promise<void>;
  readonly ledger: Pick<LedgerRepositories, 'fundsIntents'>;
  /** Limits and kill switch: a conversion is a trade. Transfers and withdrawals are not asked for: money to safety. */
  readonly gate: ConversionGate;
  /** Our clock, ms UTC. */
  readonly clock: () => number;
  readonly onWriteFailed: (error: unknown) => void;
}

type Transfer = TransferRequest & { readonly accountId: string };
type History = (funds: FundsAccount, cursor: string | null, since: number) => Promise<Page<FundsMovement>>;

export class FundsDesk {
  readonly #parts: FundsDeskParts;
  readonly #access: FundsAccess;
  readonly #journal: IntentJournal;
  readonly #withdrawals: Withdrawals;
  /** What each quote is about: the gate judges what is exchanged, and its id does not say. */
  readonly #quotes = new Map<string, ConvertQuote>();

  constructor(parts: FundsDeskParts) {
    this.#parts = parts;
    this.#access = new FundsAccess(parts);
    this.#journal = new IntentJournal(parts);
    this.#withdrawals = new Withdrawals({
      access: this.#access,
      journal: this.#journal,
      verify: parts.verify,
    });
  }

  async assets(accountId: string, asset?: string): Promise<readonly FundsAsset[]> {
    return this.#access.reading(accountId).assets(asset);
  }

  async transferable(accountId: string, asset: string, wallet: string): Promise<Transferable> {
    return this.#access.reading(accountId, 'transfers').transferable(asset, wallet);
  }

  /** Between two wallets of the account. The same `intentId` again is the same transfer. */
  async transfer({ accountId, ...request }: Transfer): Promise<FundsMovement> {
    const funds = this.#access.acting(accountId, 'trade', 'transfers');
    const { asset, amount, from, to, intentId } = request;
    if (from === to) throw badInput([{ field: 'to', rule: 'must be another wallet than the one it leaves' }]);
    const movement = {
      accountId,
      intentId,
      kind: 'transfer',
      fingerprint: JSON.stringify([asset, amount, from, to]),
      find: (sent: unknown, ageMs: number) => funds.findTransfer(sent as TransferRequest, ageMs),
    } as const;
    const earlier = await this.#journal.earlier(movement);
    if (earlier !== undefined) return earlier.result;
    const problems = await transferProblems(funds, request);
    if (problems.length > 0) throw badInput(problems);
    return this.#journal.run({ ...movement, request, send: () => funds.transfer(request) });
  }

  async depositAddress(accountId: string, asset: string, network: string): Promise<DepositAddress> {
    return this.#access.reading(accountId, 'deposits').depositAddress(asset, network);
  }

  /**
   * Puts the address or memo on the clipboard as the venue gives it now. Rejects with `funds.addressChanged`, and
   * copies nothing, when that is not what the person sees.
   */
  async copyDepositAddress(wanted: {
    accountId: string;
    asset: string;
    network: string;
    part: 'address' | 'memo';
    shown: string;
  }): Promise<void> {
    const { accountId, asset, network, part, shown } = wanted;
    const address = await this.depositAddress(accountId, asset, network);
    const present = address[part];
    if (present === null || present !== shown) {
      throw new HoldfastError(
        'notAllowed',
        'funds.addressChanged',
        'The venue gives another deposit address now than the one shown. Nothing was copied: look at it anew.',
      );
    }
    await this.#parts.copy(present);
  }

  deposits(accountId: string, cursor: string | null): Promise<Page<FundsMovement>> {
    return this.#history(accountId, 'deposits', cursor, (funds, ...page) => funds.deposits(...page));
  }

  withdrawals(accountId: string, cursor: string | null): Promise<Page<FundsMovement>> {
    return this.#history(accountId, 'withdrawals', cursor, (funds, ...page) => funds.withdrawals(...page));
  }

  transfers(accountId: string, cursor: string | null): Promise<Page<FundsMovement>> {
    return this.#history(accountId, 'transfers', cursor, (funds, ...page) => funds.transfers(...page));
  }

  conversions(accountId: string, cursor: string | null): Promise<Page<FundsMovement>> {
    return this.#history(accountId, 'convert', cursor, (funds, ...page) => funds.conversions(...page));
  }

  async #history(
    accountId: string,
    capability: FundsCapability,
    cursor: string | null,
    ask: History,
  ): Promise<Page<FundsMovement>> {
    const funds = this.#access.reading(accountId, capability);
    return ask(funds, cursor, Math.max(0, this.#parts.clock() - HISTORY_MS));
  }

  async addressBook(accountId: string, asset?: string): Promise<readonly BookedAddress[]> {
    return this.#access.reading(accountId, 'withdrawals').addressBook(asset);
  }

  quoteWithdrawal(accountId: string, wish: WithdrawalWish): Promise<WithdrawalQuote> {
    return this.#withdrawals.quote(accountId, wish);
  }

  /** Needs the use `withdraw` and the passphrase, whose bytes are overwritten. Never sent twice for one intent. */
  withdraw(order: WithdrawalOrder): Promise<FundsMovement> {
    return this.#withdrawals.withdraw(order);
  }

  async cancelWithdrawal(accountId: string, withdrawalId: string): Promise<void> {
    await this.#withdrawals.cancel(accountId, withdrawalId);
  }

  async convertCoins(accountId: string, wallet: string, from?: string): Promise<readonly ConvertCoin[]> {
    return this.#access.reading(accountId, 'convert').convertCoins(wallet, from);
  }

  /** Rejects with `badInput` where the amount breaks a rule of the venue. Nothing is exchanged yet. */
  async convertQuote(
    accountId: string,
    wish: { wallet: string; from: string; to: string; amount: string },
  ): Promise<ConvertQuote> {
    const funds = this.#access.reading(accountId, 'convert');
    const { wallet, from, to, amount } = wish;
    const coin = (await funds.convertCoins(wallet)).find((entry) => entry.asset === from);
    if (coin === undefined)
      throw badInput([{ field: 'from', rule: 'cannot be converted out of this wallet' }]);
    const { min, max, precision } = coin;
    const problems = amountProblems(amount, { min, max, precision });
    if (problems.length > 0) throw badInput(problems);
    const quote = await funds.convertQuote(wallet, from, to, amount);
    this.#quotes.set(`${accountId}/${quote.quoteId}`, quote);
    const [oldest] = this.#quotes.keys();
    if (this.#quotes.size > QUOTES_KEPT && oldest !== undefined) this.#quotes.delete(oldest);
    return quote;
  }

  /**
   * Needs the use `withdraw` and the passphrase, whose bytes are overwritten. A quote is carried out once. Rejects as
   * the gate does, or with `funds.quoteUnknown` for a quote that was not given here.
   */
  async convert(order: {
    accountId: string;
    wallet: string;
    quoteId: string;
    passphrase: Uint8Array;
  }): Promise<ConvertResult> {
    const { accountId, wallet, quoteId, passphrase } = order;
    try {
      const funds = this.#access.acting(accountId, 'withdraw', 'convert');
      await this.#parts.verify(passphrase);
      return await this.#journal.run<ConvertResult>({
        accountId,
        // Not a form that an `intentId` of the window can have.
        intentId: `convert:${quoteId}`,
        kind: 'convert',
        fingerprint: JSON.stringify([wallet, quoteId]),
        request: { wallet, quoteId },
        send: async () => {
          const quote = this.#quotes.get(`${accountId}/${quoteId}`);
          if (quote === undefined) throw quoteUnknown();
          await this.#parts.gate.check(accountId, quote);
          return funds.convert(wallet, quoteId);
        },
        find: () => funds.convertResult(wallet, quoteId),
        isFinal: (result) => result.state !== 'pending',
      });
    } finally {
      if (passphrase.byteLength > 0) passphrase.fill(0);
    }
  }
}

const quoteUnknown = () =>
  new HoldfastError(
    'notAllowed',
    'funds.quoteUnknown',
    'This quote is not known here any more. Nothing was exchanged: ask for a new one.',
  );

async function transferProblems(funds: FundsAccount, { asset, amount, from }: TransferRequest) {
  const [{ amount: available }, assets] = await Promise.all([
    funds.transferable(asset, from),
    funds.assets(asset),
  ]);
  const decimals = assets
    .filter((entry) => entry.asset === asset)
    .flatMap((entry) => entry.networks.map((network) => network.precision))
    .filter((precision) => precision !== null);
  // Inside the venue a coin is as fine as on its finest network.
  const precision = decimals.length === 0 ? null : Math.max(...decimals);
  return amountProblems(amount, { available, precision });
}
