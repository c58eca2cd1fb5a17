/** Out of Bybit (sheet 4.7). A withdrawal is sent once; a lost answer is looked up in Bybit's records. */
import { HoldfastError } from '../../../errors.ts';
import { addText, compareText, isZeroText, normalise } from '../../../market/decimal.ts';
import type { FundsMovement, WithdrawalRequest } from '../../exchange.ts';
import { orNull, read, readList } from '../payload.ts';
import { BUDGETS } from './context.ts';
import type { FundsContext } from './context.ts';
import { CANCEL_ACK, ROWS, WITHDRAWABLE, WITHDRAWABLE_WALLET, WITHDRAWAL, WITHDRAWAL_ACK } from './forms.ts';
import type { FormOf } from './forms.ts';
import { requestIdOf } from './intent-ids.ts';
import { timeOf, withdrawalOf } from './movements.ts';
import type { SendOnce } from './send-once.ts';

/** Bybit takes one withdrawal of a coin over a chain in this time. */
const PAUSE_MS = 10_000;
const ON_CHAIN = 1;
const FEE_ON_TOP = 0;
const FEE_FROM_AMOUNT = 1;
const ALL_TYPES = 2;
const CANCELLED = '1';
/** Funding first: what lies there is in nobody's way. `UTA` is this interface's word for the unified wallet. */
const SOURCES = ['FUND', 'UTA'] as const;
/** A record's time around that of the request. */
interface Room {
  readonly beforeMs: number;
  readonly afterMs: number;
}
/** While the request is under way: both times are Bybit's. */
const AT_ONCE: Room = { beforeMs: 5_000, afterMs: 15 * 60_000 };
/**
 * In a later call or run, when our clock may have been put right meanwhile. Wide, because "not found" lets a
 * person send it again: rather an equal record too many than a payment too many.
 */
const LATER: Room = { beforeMs: 30 * 60_000, afterMs: 24 * 60 * 60_000 };
const PAGE = 50;
const MOST_PAGES = 10;

type Row = FormOf<typeof WITHDRAWAL>;

/** What each wallet lets go now, after Bybit's locks and limits. */
async function letsGo(context: FundsContext, asset: string): Promise<ReadonlyMap<string, string>> {
  const { result } = await context.rest.get({
    operation: 'asset.withdrawable',
    path: '/v5/asset/withdraw/withdrawable-amount',
    params: { coin: asset },
    lane: 'privateRead',
    budget: BUDGETS.withdrawable,
  });
  const { withdrawableAmount } = read(WITHDRAWABLE, result, context.unknown);
  const amounts = new Map<string, string>();
  for (const wallet of SOURCES) {
    const entry = withdrawableAmount[wallet];
    if (entry === undefined || entry === null) continue;
    const told = orNull(read(WITHDRAWABLE_WALLET, entry, context.unknown).withdrawableAmount);
    if (told !== null) amounts.set(wallet, normalise(told));
  }
  return amounts;
}

/** Funding and unified wallet together: a withdrawal can take from both. */
export async function withdrawable(context: FundsContext, asset: string): Promise<string> {
  return [...(await letsGo(context, asset)).values()].reduce((sum, amount) => addText(sum, amount), '0');
}

export class BybitWithdrawals {
  readonly #context: FundsContext;
  readonly #once: SendOnce<FundsMovement>;
  /** When the last one of a coin and chain was sent. */
  readonly #lastSent = new Map<string, number>();
  /** Records that belong to an intent already: two equal withdrawals are never taken for one another. */
  readonly #claimed = new Map<string, string>();

  constructor(context: FundsContext, once: SendOnce<FundsMovement>) {
    this.#context = context;
    this.#once = once;
  }

  /** Rejects with `rateLimited` within ten seconds of another one of this coin and chain. */
  async send(request: WithdrawalRequest): Promise<FundsMovement> {
    let accountType = '';
    const movement = await this.#once.run(`withdrawal/${request.intentId}`, {
      prepare: async () => {
        this.#checkPause(`${request.asset}/${request.network}`);
        accountType = await this.#sources(request.asset);
      },
      send: () => this.#post(request, accountType),
      find: (sentAt) => this.#find(request, sentAt, AT_ONCE),
    });
    this.#claimed.set(movement.id, request.intentId);
    return movement;
  }

  async #post(request: WithdrawalRequest, accountType: string): Promise<FundsMovement> {
    const { asset, network, address } = request;
    const { clock, accountId, rest, unknown } = this.#context;
    const timestamp = clock();
    this.#lastSent.set(`${asset}/${network}`, timestamp);
    const { result, time } = await rest
      .post({
        operation: 'asset.withdraw',
        path: '/v5/asset/withdraw/create',
        body: {
          coin: asset,
          chain: network,
          address: address.address,
          ...(address.memo === null ? {} : { tag: address.memo }),
          amount: request.amount,
          timestamp: Math.floor(timestamp),
          // Never the internal shortcut: what was confirmed was this chain.
          forceChain: ON_CHAIN,
          accountType,
          feeType: request.feeFromAmount ? FEE_FROM_AMOUNT : FEE_ON_TOP,
          requestId: requestIdOf(accountId, request.intentId),
        },
        lane: 'order',
        budget: BUDGETS.withdraw,
      })
      .catch(explained);
    return sentMovement(accountId, request, read(WITHDRAWAL_ACK, result, unknown).id, time);
  }

  #checkPause(key: string): void {
    const left = (this.#lastSent.get(key) ?? -Infinity) + PAUSE_MS - this.#context.clock();
    if (left <= 0) return;
    throw new HoldfastError(
      'rateLimited',
      'funds.withdrawalPause',
      'Bybit takes one withdrawal of a coin over a network every ten seconds. Try again in a moment.',
      { retryAfterMs: Math.ceil(left) },
    );
  }

  /** Only wallets that have something: Bybit need not be asked to take from an empty one. */
  async #sources(asset: string): Promise<string> {
    const amounts = await letsGo(this.#context, asset);
    const filled = SOURCES.filter((wallet) => !isZeroText(amounts.get(wallet) ?? '0'));
    return filled.length === 0 ? SOURCES[0] : filled.join(',');
  }

  /** What became of one that was sent about `ageMs` ago. */
  findLater(request: WithdrawalRequest, ageMs: number): Promise<FundsMovement | null> {
    return this.#find(request, this.#context.clock() - ageMs, LATER);
  }

  /**
   * Bybit's records do not carry our `requestId`: coin, chain, address, memo, amount and time together tell it,
   * and a record that is another intent's does not count. Of several the one nearest in time is it.
   */
  async #find(request: WithdrawalRequest, sentAt: number, room: Room): Promise<FundsMovement | null> {
    const away = (row: Row): number => Math.abs((timeOf(row.createTime) ?? 0) - sentAt);
    const matching = (await this.#records(request.asset, sentAt, room))
      .filter((row) => isOurs(row, request))
      .filter((row) => (this.#claimed.get(row.withdrawId) ?? request.intentId) === request.intentId)
      .toSorted((a, b) => away(a) - away(b));
    const row = matching[0];
    if (row === undefined) return null;
    this.#claimed.set(row.withdrawId, request.intentId);
    return withdrawalOf(this.#context.accountId, row, sentAt);
  }

  async #records(coin: string, sentAt: number, { beforeMs, afterMs }: Room): Promise<readonly Row[]> {
    const startTime = Math.floor(sentAt) - beforeMs;
    const endTime = Math.floor(sentAt) + afterMs;
    const found: Row[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { result } = await this.#context.rest.get({
        operation: 'asset.withdrawRecords',
        path: '/v5/asset/withdraw/query-record',
        params: { coin, withdrawType: ALL_TYPES, startTime, endTime, limit: PAGE, cursor },
        lane: 'privateRead',
        budget: BUDGETS.withdrawRecords,
      });
      const { rows, nextPageCursor } = read(ROWS, result, this.#context.unknown);
      const entries = readList(WITHDRAWAL, rows ?? [], this.#context.unknown);
      // Bybit may round the times that it is asked for.
      found.push(...entries.filter((row) => isWithin(row, startTime, endTime)));
      const next = orNull(nextPageCursor) ?? undefined;
      if (next === undefined || next === cursor || entries.length === 0) break;
      cursor = next;
    }
    return found;
  }

  /** Rejects with `notAllowed` when it is too late. */
  async cancel(withdrawalId: string): Promise<void> {
    const { result } = await this.#context.rest.post({
      operation: 'asset.cancelWithdrawal',
      path: '/v5/asset/withdraw/cancel',
      body: { id: withdrawalId },
      lane: 'cancel',
      budget: BUDGETS.cancelWithdrawal,
    });
    if (read(CANCEL_ACK, result, this.#context.unknown).status === CANCELLED) return;
    throw new HoldfastError(
      'notAllowed',
      'funds.notCancelled',
      'Bybit did not cancel this withdrawal: it is too late for that.',
    );
  }
}

function isWithin(row: Row, from: number, to: number): boolean {
  const time = timeOf(row.createTime);
  return time !== null && time >= from && time <= to;
}

function isOurs(row: Row, request: WithdrawalRequest): boolean {
  if (row.coin !== request.asset || orNull(row.chain) !== request.network) return false;
  // Hexadecimal addresses come back in another case.
  if ((row.toAddress ?? '').toLowerCase() !== request.address.address.toLowerCase()) return false;
  if (orNull(row.tag) !== request.address.memo) return false;
  if (compareText(row.amount, request.amount) === 0) return true;
  // Whether the record's amount is before or after a fee that comes out of it is not documented.
  const gross = addText(row.amount, orNull(row.withdrawFee) ?? '0');
  return request.feeFromAmount && compareText(gross, request.amount) === 0;
}

function sentMovement(
  accountId: string,
  request: WithdrawalRequest,
  id: string,
  time: number,
): FundsMovement {
  return {
    id,
    accountId,
    kind: 'withdrawal',
    asset: request.asset,
    amount: normalise(request.amount),
    fee: null,
    network: request.network,
    from: null,
    to: request.address.address,
    memo: request.address.memo,
    transactionId: null,
    state: 'pending',
    venueState: 'accepted',
    confirmations: null,
    time,
  };
}

function explained(error: unknown): never {
  if (!(error instanceof HoldfastError) || error.details.venueCode !== '10005') throw error;
  throw new HoldfastError(
    'permission',
    'funds.keyCannotWithdraw',
    'This key may not withdraw: Bybit allows that to keys of the main account that have the right to withdraw.',
    error.details,
    error,
  );
}
