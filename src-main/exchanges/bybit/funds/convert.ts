/** From one coin to another at a price that Bybit offers (sheet 4.8). Executed later than it is accepted. */
import { HoldfastError, toHoldfastError } from '../../../errors.ts';
import { normalise } from '../../../market/decimal.ts';
import type { ConvertCoin, ConvertQuote, ConvertResult } from '../../exchange.ts';
import { payloadError, read, readList } from '../payload.ts';
import { BUDGETS } from './context.ts';
import type { FundsContext } from './context.ts';
import { CONVERSION, CONVERT_ACK, CONVERT_COIN, CONVERT_COINS, CONVERT_RESULT, QUOTE } from './forms.ts';
import { convertState, timeOf } from './movements.ts';
import { SendOnce } from './send-once.ts';
import { convertTypeOf, walletOf } from './wallets.ts';

const FROM_SIDE = 0;
const TO_SIDE = 1;
/** Waits between looks at a conversion that is under way. */
const RESULT_WAITS_MS = [300, 700, 1_500, 3_000] as const;
const QUOTES_KEPT = 100;

export class BybitConvert {
  readonly #context: FundsContext;
  readonly #once: SendOnce<ConvertResult>;
  readonly #quotes = new Map<string, ConvertQuote>();

  constructor(context: FundsContext) {
    this.#context = context;
    this.#once = new SendOnce(context);
  }

  /** Coins that can be given; with `from`, those that can be taken for it. */
  async coins(walletName: string, from?: string): Promise<readonly ConvertCoin[]> {
    const { result } = await this.#context.rest.get({
      operation: 'convert.coins',
      path: '/v5/asset/exchange/query-coin-list',
      params: {
        accountType: convertTypeOf(walletOf(walletName, 'wallet')),
        side: from === undefined ? FROM_SIDE : TO_SIDE,
        coin: from,
      },
      lane: 'privateRead',
      budget: BUDGETS.convert,
    });
    const { coins } = read(CONVERT_COINS, result, this.#context.unknown);
    return readList(CONVERT_COIN, coins ?? [], this.#context.unknown)
      .filter((coin) => (from === undefined ? !coin.disableFrom : !coin.disableTo))
      .map((coin) => ({
        asset: coin.coin,
        available: normalise(coin.balance),
        min: normalise(coin.singleFromMinLimit),
        max: normalise(coin.singleFromMaxLimit),
        precision: coin.accuracyLength ?? null,
      }));
  }

  /** A price that holds for about 15 seconds. Nothing is exchanged by asking. */
  async quote(walletName: string, from: string, to: string, amount: string): Promise<ConvertQuote> {
    const { result } = await this.#context.rest.post({
      operation: 'convert.quote',
      path: '/v5/asset/exchange/quote-apply',
      body: {
        accountType: convertTypeOf(walletOf(walletName, 'wallet')),
        fromCoin: from,
        toCoin: to,
        requestCoin: from,
        requestAmount: amount,
        requestId: this.#context.random(),
      },
      acts: false,
      lane: 'privateRead',
      budget: BUDGETS.convert,
    });
    const row = read(QUOTE, result, this.#context.unknown);
    if (row.fromCoin !== from || row.toCoin !== to) throw payloadError('convert.quote', 'coins');
    const expiresAt = timeOf(row.expiredTime);
    if (expiresAt === null) throw payloadError('convert.quote', 'expiredTime');
    const quote: ConvertQuote = {
      quoteId: row.quoteTxId,
      from,
      to,
      fromAmount: normalise(row.fromAmount),
      toAmount: normalise(row.toAmount),
      rate: normalise(row.exchangeRate),
      expiresAt,
    };
    this.#remember(quote);
    return quote;
  }

  /** Carries a quote out, once. Rejects with `bybit.quoteExpired`, or `unknownOutcome` when nobody can tell. */
  async execute(walletName: string, quoteId: string): Promise<ConvertResult> {
    walletOf(walletName, 'wallet');
    return this.#once.run(quoteId, {
      send: () => this.#post(walletName, quoteId),
      find: () => this.result(walletName, quoteId),
    });
  }

  async #post(walletName: string, quoteId: string): Promise<ConvertResult> {
    const quote = this.#quotes.get(quoteId);
    if (quote !== undefined && quote.expiresAt <= this.#context.clock()) throw expired();
    try {
      const { result } = await this.#context.rest.post({
        operation: 'convert.execute',
        path: '/v5/asset/exchange/convert-execute',
        body: { quoteTxId: quoteId },
        lane: 'order',
        budget: BUDGETS.convert,
      });
      read(CONVERT_ACK, result, this.#context.unknown);
    } catch (thrown) {
      const error = toHoldfastError(thrown);
      // Used already: an earlier try of ours arrived, and what became of it can be asked.
      if (error.details.venueCode !== '700009') throw error;
    }
    return this.#settled(walletName, quoteId, quote);
  }

  /** Accepted is not done: asks until it is, or answers `pending`. */
  async #settled(
    walletName: string,
    quoteId: string,
    quote: ConvertQuote | undefined,
  ): Promise<ConvertResult> {
    let last: ConvertResult | null = null;
    for (const ms of RESULT_WAITS_MS) {
      await this.#context.wait(ms);
      last = (await this.result(walletName, quoteId).catch(() => null)) ?? last;
      if (last !== null && last.state !== 'pending') return last;
    }
    if (last !== null) return last;
    if (quote === undefined) throw lost();
    return { quoteId, state: 'pending', fromAmount: quote.fromAmount, toAmount: quote.toAmount };
  }

  /** Null when Bybit knows no conversion of this quote. */
  async result(walletName: string, quoteId: string): Promise<ConvertResult | null> {
    const { result } = await this.#context.rest.get({
      operation: 'convert.result',
      path: '/v5/asset/exchange/convert-result-query',
      params: { quoteTxId: quoteId, accountType: convertTypeOf(walletOf(walletName, 'wallet')) },
      lane: 'privateRead',
      budget: BUDGETS.convert,
    });
    // Really twice: `result.result`.
    const inner = read(CONVERT_RESULT, result, this.#context.unknown).result;
    if (inner === undefined || inner === null) return null;
    const row = read(CONVERSION, inner, this.#context.unknown);
    return {
      quoteId,
      // A word that the documentation does not have is not an end.
      state: convertState(row.exchangeStatus) ?? 'pending',
      fromAmount: normalise(row.fromAmount),
      toAmount: normalise(row.toAmount),
    };
  }

  #remember(quote: ConvertQuote): void {
    this.#quotes.set(quote.quoteId, quote);
    const oldest = this.#quotes.keys().next().value;
    if (this.#quotes.size > QUOTES_KEPT && oldest !== undefined) this.#quotes.delete(oldest);
  }
}

const expired = () =>
  new HoldfastError('invalidOrder', 'bybit.quoteExpired', 'The quote has expired: ask for a new one.', {
    action: 'newQuote',
  });

const lost = () =>
  new HoldfastError(
    'unknownOutcome',
    'bybit.noAnswer',
    'Bybit took the conversion, but does not tell what became of it yet.',
  );
