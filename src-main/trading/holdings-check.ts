import type {
  Balance,
  Fill,
  Position,
  ReconciliationDifference,
} from '../../src-preload/contract/types/trading.ts';
import { dec, text } from '../market/decimal.ts';
import type { Decimal } from '../market/decimal.ts';
import type { LedgerRepositories } from '../storage/ledger/ledger.ts';
import type { AccountSession } from './account-sessions.ts';
import { FillEffects } from './fill-effects.ts';
import { listedOrNull } from './unlisted-market.ts';
import type { FindInstrument } from './unlisted-market.ts';

const KEY = (accountId: string) => `holdings.${accountId}`;
/** A fill this close to when the balances were read may or may not be in them, ms. */
const BLUR = 2000;
/** What is left over by rounding, as a share of what was moved. */
const DUST = '0.00001';

/** What the venue said the account held, and how many fills we had by then. */
interface Holdings {
  /** ms UTC, by the venue's clock. */
  readonly at: number;
  /** Number of the last fill that is counted. */
  readonly n: number;
  readonly assets: Readonly<Record<string, string>>;
  /** Signed: long minus short, by symbol. */
  readonly positions: Readonly<Record<string, string>>;
}

interface Parts {
  readonly ledger: LedgerRepositories;
  readonly clock: () => number;
}
type Differences = readonly ReconciliationDifference[];

/**
 * Reads balances and positions. The answered function compares them with those of the last time and the fills
 * since; it is to be called when the fills are in. What it found is the base of the next time.
 * @param at now, ms UTC by the venue's clock, as the times of fills are
 */
export async function compareHoldings(
  session: AccountSession,
  { ledger, clock }: Parts,
  instrument: FindInstrument,
  at: number,
): Promise<() => Promise<Differences>> {
  const { accountId } = session.trading;
  const heard = session.asOf;
  const [balances, positions] = await Promise.all([session.trading.balances(), session.trading.positions()]);
  // The stream is nearer to the truth when it spoke while we asked.
  if (session.asOf === heard) Object.assign(session, { balances, positions, asOf: clock() });
  return async () => {
    const stored = await ledger.keyValues.get({ key: KEY(accountId) });
    // Our own words, from an authenticated file.
    const base = stored === null ? null : (JSON.parse(stored) as Holdings);
    const since = await ledger.fills.after({ accountId, n: base?.n ?? Number.MAX_SAFE_INTEGER });
    const n = since.last;
    if (since.fills.some((fill) => fill.time >= at - BLUR)) return [];
    const now: Holdings = { at, n, assets: totalsOf(balances), positions: netOf(positions) };
    const counted = since.fills.filter((fill) => base !== null && fill.time >= base.at - BLUR);
    const found = base ? await differences(session, base, now, counted, instrument) : [];
    await ledger.keyValues.set({ key: KEY(accountId), value: JSON.stringify(now), time: at });
    return found;
  };
}

async function differences(
  session: AccountSession,
  base: Holdings,
  now: Holdings,
  fills: readonly Fill[],
  instrument: FindInstrument,
): Promise<Differences> {
  const effects = await FillEffects.of(fills, instrument);
  const { venue } = session.account;
  const found: ReconciliationDifference[] = [];
  for (const symbol of keysOf(base.positions, now.positions, effects.positions)) {
    const ours = dec(base.positions[symbol] ?? '0').plus(effects.positions.get(symbol) ?? '0');
    const theirs = dec(now.positions[symbol] ?? '0');
    if (ours.equals(theirs) || effects.unlisted.has(symbol)) continue;
    // It ended with its market; the fill that says so may go by another name of it.
    if (theirs.isZero() && (await listedOrNull({ venue, symbol }, instrument)) === null) continue;
    const cause = isDust(ours, theirs) ? 'dust' : 'changedElsewhere';
    found.push({ subject: 'position', symbol, name: symbol, cause, ours: text(ours), theirs: text(theirs) });
  }
  const funding = new Funding(session, base.at);
  for (const asset of keysOf(base.assets, now.assets, effects.assets)) {
    const one = await assetDifference(asset, base, now, effects, funding);
    if (one) found.push(one);
  }
  return found;
}

async function assetDifference(
  asset: string,
  base: Holdings,
  now: Holdings,
  effects: FillEffects,
  funding: Funding,
): Promise<ReconciliationDifference | null> {
  if (!effects.tells(asset)) return null;
  const before = dec(base.assets[asset] ?? '0');
  const traded = before.plus(effects.assets.get(asset) ?? '0');
  const fees = dec(effects.fees.get(asset) ?? '0');
  const theirs = dec(now.assets[asset] ?? '0');
  const of = (cause: ReconciliationDifference['cause'], ours: Decimal): ReconciliationDifference => ({
    subject: 'balance',
    symbol: null,
    name: asset,
    cause,
    ours: text(ours),
    theirs: text(theirs),
  });
  const ours = traded.minus(fees);
  // The venue took its fee out of what was bought: less arrived than the orders say.
  if (ours.equals(theirs)) return effects.feesInCoin.has(asset) ? of('feeInCoin', traded) : null;
  if (isDust(ours, theirs)) return of('dust', ours);
  const paid = await funding.of(asset);
  if (paid !== null && isDust(ours.plus(paid), theirs)) return null;
  return of(effects.assets.has(asset) ? 'unexplained' : 'changedElsewhere', ours);
}

const isDust = (ours: Decimal, theirs: Decimal): boolean => {
  const scale = ours.abs().greaterThan(theirs.abs()) ? ours.abs() : theirs.abs();
  return ours.minus(theirs).abs().lessThanOrEqualTo(scale.times(DUST));
};

/** Funding payments move a balance without a fill. Asked for only when something does not add up. */
class Funding {
  readonly #session: AccountSession;
  readonly #since: number;
  #sums: Promise<ReadonlyMap<string, Decimal> | null> | null = null;

  constructor(session: AccountSession, since: number) {
    this.#session = session;
    this.#since = since;
  }

  /** Null when the venue does not say. */
  async of(asset: string): Promise<Decimal | null> {
    this.#sums ??= this.#ask().catch(() => null);
    const sums = await this.#sums;
    return sums === null ? null : (sums.get(asset) ?? dec('0'));
  }

  async #ask(): Promise<ReadonlyMap<string, Decimal>> {
    const sums = new Map<string, Decimal>();
    const { rows } = await this.#session.trading.funding(null, this.#since);
    for (const { asset, amount, time } of rows)
      if (time >= this.#since) sums.set(asset, (sums.get(asset) ?? dec('0')).plus(amount));
    return sums;
  }
}

function totalsOf(balances: readonly Balance[]): Record<string, string> {
  const totals: Record<string, string> = {};
  for (const { asset, total, counted } of balances)
    if (counted) totals[asset] = text(dec(totals[asset] ?? '0').plus(total));
  return totals;
}

function netOf(positions: readonly Position[]): Record<string, string> {
  const net: Record<string, string> = {};
  for (const { symbol, side, quantity } of positions)
    net[symbol] = text(dec(net[symbol] ?? '0').plus(side === 'long' ? quantity : dec(quantity).negated()));
  return net;
}

const keysOf = (
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
  c: ReadonlyMap<string, unknown>,
): ReadonlySet<string> => new Set([...Object.keys(a), ...Object.keys(b), ...c.keys()]);
