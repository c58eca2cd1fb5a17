/** What kind of account this is: only unified ones are supported, and margin mode is the account's, not a market's. */
import { HoldfastError } from '../../../errors.ts';
import type { MarginMode } from '../../exchange.ts';
import { BUDGETS } from '../limits.ts';
import { read } from '../payload.ts';
import type { AccountContext } from './account-context.ts';
import { ACCOUNT_INFO } from './forms.ts';

/** The mode can be changed on the website. */
const FRESH_MS = 60_000;
/** 1 is a classic account, 3 and 4 the first unified ones; 5 and up are what the API serves today. */
const FIRST_UNIFIED = 5;

export class AccountInfo {
  readonly #context: AccountContext;
  #mode: MarginMode | null = null;
  #loadedAt = 0;
  #loading: Promise<MarginMode> | null = null;

  constructor(context: AccountContext) {
    this.#context = context;
  }

  /** Rejects with `permission`/`bybit.notUnified` for an account that first has to be upgraded at Bybit. */
  async marginMode(): Promise<MarginMode> {
    if (this.#mode !== null && this.#context.now() - this.#loadedAt < FRESH_MS) return this.#mode;
    this.#loading ??= this.#load().finally(() => (this.#loading = null));
    return this.#loading;
  }

  /** The last known mode, for messages that do not carry it. */
  get lastMarginMode(): MarginMode {
    return this.#mode ?? 'cross';
  }

  forget(): void {
    this.#mode = null;
  }

  async #load(): Promise<MarginMode> {
    const { result } = await this.#context.rest.get({
      operation: 'account.info',
      path: '/v5/account/info',
      lane: 'privateRead',
      budget: BUDGETS.accountInfo,
    });
    const info = read(ACCOUNT_INFO, result, this.#context.unknown);
    if (info.unifiedMarginStatus < FIRST_UNIFIED) throw notUnified();
    this.#mode = info.marginMode === 'ISOLATED_MARGIN' ? 'isolated' : 'cross';
    this.#loadedAt = this.#context.now();
    return this.#mode;
  }
}

function notUnified(): HoldfastError {
  return new HoldfastError(
    'permission',
    'bybit.notUnified',
    'This is a classic account. Upgrade it to a unified trading account on Bybit’s website first.',
    { action: 'visitVenue' },
  );
}
